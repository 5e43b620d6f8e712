"""The plan of an incident: the whole, adding to it, and handing over."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounts.absence.queries import away_until
from portal.actions import operations
from portal.actions.forms import HandOverForm, NewActionForm
from portal.actions.plan.queries import Board, beside, board
from portal.actions.queries import title_of
from portal.clock import local
from portal.incidents.people.rules import share_a_class
from portal.incidents.queries import team_people
from portal.incidents.rules import OPEN
from portal.incidents.team.operations import mark_seen
from portal.protocol.queries import protocol
from portal.school.queries import closed_days
from portal.school.rules import closing_soon
from portal.web.access import requires
from portal.web.fragments import answer, onward
from portal.web.language import named, say_or_tell, tell

bp = Blueprint("plan", __name__, url_prefix="/incidents/<ref>/plan")


def _hand_over_form() -> HandOverForm:
    form = HandOverForm()
    people, away = team_people(g.incident), away_until(local(g.clock.now()).date())
    form.person.choices = [(0, _("choose")), *((p.id, named(p.name, away.get(p.id))) for p in people)]
    return form


def _plan(form: HandOverForm | None, status: int = 200) -> Any:
    now = g.clock.now()
    today = local(now).date()
    whole: Board = board(g.incident, g.standing, now)
    may_hand_over = g.standing.may("plan", "change", "change-own") and g.incident.state == OPEN
    if form is None and may_hand_over and request.args.get("show") == "hand-over":
        form = _hand_over_form()
    return answer(
        "actions/plan.html",
        board=whole,
        form=form,
        mine_only=request.args.get("show") == "mine",
        handing_over=may_hand_over and form is not None,
        may_hand_over=may_hand_over,
        ticked=form.actions.data or [] if form else [],
        one_class=g.incident.state == OPEN and share_a_class(whole.people),
        holiday=closing_soon(today, closed_days()),
        beside=[note for notes in beside for note in notes(g.incident, g.standing, now)],
        may_add=g.standing.may("plan", "add"),
        status=status,
    )


@bp.get("")
@requires("plan", "read")
def plan() -> Any:
    if not g.standing.has_seen:
        mark_seen(g.incident, current_user, now=g.clock.now())
    return _plan(None)


@bp.post("/hand-over")
@requires("plan", "change", "change-own")
def hand_over() -> Any:
    form = _hand_over_form()
    moved: list[int] = []
    if form.accepts(
        lambda: moved.append(
            operations.hand_over(
                g.incident,
                form.actions.data or [],
                form.person.data,
                standing=g.standing,
                actor=current_user,
                now=g.clock.now(),
            )
        )
    ):
        if moved:
            flash(ngettext("%(num)s action handed over.", "%(num)s actions handed over.", moved[0]))
        return onward(f"/incidents/{g.incident.ref}/plan")
    return _plan(form, form.status)


@bp.route("/new", methods=["GET", "POST"])
@requires("plan", "add")
def new() -> Any:
    form = NewActionForm()
    form.keep_draft(f"/incidents/{g.incident.ref}/plan/new")
    whole = board(g.incident, g.standing, g.clock.now())
    mine_only = not g.standing.may("plan", "change")
    people = [p for p in team_people(g.incident) if not mine_only or p.id == current_user.id]
    others = [(row.action.id, say_or_tell(title_of(row.action))) for row in whole.rows]
    form.offer(people, others, away_until(local(g.clock.now()).date()))
    steps = protocol(g.incident.protocol_id)
    there = {row.action.step for row in whole.rows}
    missing = [(key, tell(step.title)) for key, step in steps.steps.items() if key not in there]
    form.step.choices = [("", _("no step")), *missing]
    form.phase.choices = [("", _("no phase")), *((phase.key, tell(phase.name)) for phase in steps.phases)]
    if form.accepts(
        lambda: operations.add_action(
            g.incident, form.values, standing=g.standing, actor=current_user, now=g.clock.now()
        )
    ):
        flash(_("The action is in the plan."))
        return onward(f"/incidents/{g.incident.ref}/plan")
    return answer("actions/new.html", form=form, status=form.status)
