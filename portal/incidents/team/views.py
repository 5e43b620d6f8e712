"""The team of an incident, and who can see what of it."""

from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.absence.queries import away_on, away_until, stand_ins
from portal.accounts.models import Person
from portal.accounts.queries import existing, staff
from portal.clock import local
from portal.incidents import queries
from portal.incidents.forms import MemberForm, PersonPickForm
from portal.incidents.team import operations
from portal.incidents.team.rules import seen_parts, seen_with
from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS
from portal.web import keeping
from portal.web.access import requires
from portal.web.fragments import answer, onward
from portal.web.language import named

bp = Blueprint("team", __name__, url_prefix="/incidents/<ref>/team")


def _page(member: MemberForm, barred: PersonPickForm) -> Any:
    status = max(member.status if member.errors or member.refused else 200, 200)
    status = max(status, barred.status if barred.errors or barred.refused else 200)
    return answer(
        "incidents/team.html",
        member=member,
        barred=barred,
        team=list(queries.team(g.incident)),
        kept_out=list(queries.kept_out(g.incident)),
        away=away_on(local(g.clock.now()).date()),
        stand_ins=stand_ins(local(g.clock.now()).date()),
        may_change=g.standing.may("team", "change"),
        status=status,
    )


def _member_form() -> MemberForm:
    form = MemberForm(prefix="member")
    out = {row.person_id for row in queries.kept_out(g.incident)}
    people, away = [person for person in staff() if person.id not in out], away_until(local(g.clock.now()).date())
    form.person.choices = [(0, _("choose")), *((p.id, named(p.name, away.get(p.id))) for p in people)]
    form.function.choices = [("", _("choose")), *((code, _(FUNCTION_NAMES[code])) for code in TEAM_FUNCTIONS)]
    return form


def _bar_form() -> PersonPickForm:
    form = PersonPickForm(prefix="barred")
    form.person.choices = [(0, _("choose")), *((p.id, p.name) for p in staff() if p.id != current_user.id)]
    return form


@bp.get("")
@requires("team", "read")
def team() -> Any:
    return _page(_member_form(), _bar_form())


@bp.get("/who")
@requires("team", "read")
def who() -> Any:
    """Who can see what: by person, and everybody else."""
    functions: dict[Person, list[str]] = {}
    for row in queries.team(g.incident):
        # Whoever left or became administrator sees nothing, whatever stands on the team.
        if row.person.may_be_on_team:
            functions.setdefault(row.person, []).append(row.function)
    reporters = {row.reporter for row in queries.reports(g.incident)}
    return answer(
        "incidents/who.html",
        team=[(person, here, seen_with(here)) for person, here in functions.items()],
        reporters=sorted(reporters, key=lambda person: person.name),
        on_team=set(functions),
        # Who is kept out is known to who can keep out.
        kept_out=list(queries.kept_out(g.incident)) if g.standing.may("team", "change") else None,
        parts=seen_parts(),
        now=g.clock.now(),
    )


@bp.post("/add")
@requires("team", "change")
def add() -> Any:
    form = _member_form()
    if form.accepts(
        lambda: operations.choose_member(
            g.incident, existing(form.person.data), form.function.data, actor=current_user, now=g.clock.now()
        )
    ):
        told = g.settings.smtp is not None
        flash(
            _("Added to the team, and told by mail.")
            if told
            else _("Added to the team. Call them: no mail can be sent.")
        )
        return onward(f"/incidents/{g.incident.ref}/team")
    return _page(form, _bar_form())


@bp.post("/<int:person_id>/remove")
@requires("team", "change")
def remove(person_id: int) -> Any:
    person = existing(person_id)
    keeping.once(lambda: operations.remove_member(g.incident, person, actor=current_user, now=g.clock.now()))
    flash(_("Removed. Actions that were theirs wait for somebody else."))
    return onward(f"/incidents/{g.incident.ref}/team")


@bp.post("/keep-out")
@requires("team", "change")
def keep_out() -> Any:
    form = _bar_form()
    if form.accepts(
        lambda: operations.keep_out(g.incident, existing(form.person.data), actor=current_user, now=g.clock.now())
    ):
        flash(_("From now on this incident does not exist for %(name)s.", name=existing(form.person.data).name))
        return onward(f"/incidents/{g.incident.ref}/team")
    return _page(_member_form(), form)


@bp.post("/<int:person_id>/let-in")
@requires("team", "change")
def let_in(person_id: int) -> Any:
    person = existing(person_id)
    keeping.once(lambda: operations.let_in(g.incident, person, actor=current_user, now=g.clock.now()))
    flash(_("No longer kept out. Add them to the team if they should see the incident."))
    return onward(f"/incidents/{g.incident.ref}/team")
