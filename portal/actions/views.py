"""One action: its guidance, its planning, its state, and the wish that gates it."""

from typing import Any

from flask import Blueprint, abort, g, request
from flask_login import current_user

from portal.accounts.absence.queries import away_until
from portal.actions import operations, queries
from portal.actions.forms import NoteForm, PlanningForm, SafetyForm, StateForm, WishForm, wish_form
from portal.actions.models import Action
from portal.actions.plan.queries import Row, came_from, one_row
from portal.actions.rules import STATES
from portal.audit.operations import record_read
from portal.clock import local
from portal.incidents.operations import log_was_read, write_entry
from portal.incidents.queries import people_visible, team_people
from portal.web import keeping
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, fragment_due, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import say_or_tell

bp = Blueprint("actions", __name__, url_prefix="/incidents/<ref>/plan/<int:action_id>")


def _action(action_id: int) -> Action:
    return there(queries.action_in(g.incident, action_id))


def _planning_form(action: Action, **sent: Any) -> PlanningForm:
    values = {**_planning(action), "version": action.version}
    form = PlanningForm(data=values, formdata=sent.get("formdata"))
    others = [(a.id, say_or_tell(queries.title_of(a))) for a in queries.plan_rows(g.incident) if a.id != action.id]
    form.offer(team_people(g.incident), others, away_until(local(g.clock.now()).date()))
    form.keep_draft(_at(action, "planning"), changed_at=action.changed_at)
    return form


def _note_form(action: Action, **sent: Any) -> NoteForm:
    form = NoteForm(**sent)
    form.keep_draft(_at(action, "note"))
    return form


def _state_form(action: Action, **sent: Any) -> StateForm:
    form = StateForm(**sent)
    form.keep_draft(_at(action, "state"))
    return form


def _at(action: Action, form: str) -> str:
    return page_of(f"/plan/{action.id}/{form}")


def _planning(action: Action) -> dict[str, Any]:
    fields = ("function", "outsider", "due_at", "place", "how", "version")
    return {
        **{name: getattr(action, name) for name in fields},
        "assignee": action.assignee_id or 0,
        "after": action.after_id or 0,
    }


def _wish_form(action: Action, subject: str) -> WishForm | SafetyForm:
    """Filled in as likely: the reader asked it, just now."""
    likely = {"subject": subject, "asked_by": current_user.name, "asked_at": g.clock.now()}
    form = wish_form(subject, g.standing, formdata=None, data=likely)
    form.keep_draft(_at(action, "wish"), f"{subject}-")
    return form


def _reads_words(row: Row) -> bool:
    """Whether more is shown of the wish than its answer: a mentor of another class sees nothing of this victim."""
    if row.action.victim_id is None or not g.standing.may("wishes", "read", "change"):
        return False
    return row.action.victim_id in {person.id for person in people_visible(g.incident, g.standing)}


def _read(row: Row, reads_words: bool) -> None:
    """Written down: the logbook's words of what came of it, and the victim's own words."""
    by, now = current_user.id, g.clock.now()
    if row.may_read_text and row.action.outcome:
        log_was_read(g.incident, actor=current_user, now=now)
    if (row.wish or row.safety) and reads_words:
        victim = f"involved:{row.action.victim_id}"
        record_read("incident:person:read", victim, reader_id=by, now=now, place="action")


def _came_from(action: Action) -> str:
    """Where an action that somebody added came from; '' for the protocol and for a red flag."""
    if action.step or action.flag:
        return ""
    return next(filter(None, (path(action, g.standing) for path in came_from)), "")


def _panel(action: Action, saved: str = "", **forms: Form) -> Any:
    """The opened action; a form that was refused comes back as it was sent."""
    found = _action(action.id)
    row = one_row(found, g.standing, g.clock.now())
    reads_words = _reads_words(row)
    _read(row, reads_words)
    shown: dict[str, Any] = {
        "planning": _planning_form(row.action),
        "state": _state_form(row.action, formdata=None, data={"version": row.action.version}),
        "wish": _wish_form(row.action, row.action.gate),
        "safety": _wish_form(row.action, "safety"),
        "note": _note_form(row.action, formdata=None),
        **forms,
    }
    for name, form in shown.items():
        form.stand_beside(f"{action.id}-{name}")
    refused = next(iter(forms.values()), None)
    if refused is not None:
        refused.compare({**_planning(row.action), "version": row.action.version})
    return answer(
        "actions/action.html",
        "actions/_action.html",
        row=row,
        reads_words=reads_words,
        saved=saved,
        forms=shown,
        refused=refused,
        inline=fragment_due(),
        came_from=_came_from(found),
        after_title=queries.title_of(found.after) if found.after else "",
        history=list(queries.history(row.action.victim_id, row.action.gate)) if row.action.victim_id else [],
        status=refused.status if refused is not None else 200,
    )


def _saved(action: Action, what: str) -> Any:
    if fragment_due():
        return _panel(action, saved=what)
    return onward(page_of(f"/plan/{action.id}"))


@bp.get("")
@requires("plan", "read")
def action(action_id: int) -> Any:
    found = _action(action_id)
    if fragment_due() and request.args.get("closed"):
        row = one_row(found, g.standing, g.clock.now())
        return answer("actions/action.html", "actions/_row.html", row=row)
    return _panel(found)


@bp.post("/state")
@requires("plan", "change", "change-own")
def state(action_id: int) -> Any:
    found = _action(action_id)
    form = _state_form(found)
    if form.state.data not in STATES:
        abort(404)
    if form.accepts(
        lambda: operations.set_state(
            found,
            form.state.data,
            form.words.data,
            override=form.override.data,
            version=whole_number(form.version.data),
            **as_member(),
        )
    ):
        return _saved(found, "state")
    return _panel(found, state=form)


@bp.post("/planning")
@requires("plan", "change", "change-own")
def planning(action_id: int) -> Any:
    found = _action(action_id)
    form = _planning_form(found, formdata=request.form)
    if form.accepts(
        lambda: operations.change_planning(found, form.planning, version=whole_number(form.version.data), **as_member())
    ):
        return _saved(found, "planning")
    return _panel(found, planning=form)


@bp.post("/wish")
@requires("wishes", "change", "override")
def wish(action_id: int) -> Any:
    found, subject = _action(action_id), request.form.get("subject", "")
    subjects = {found.gate, "safety"} if found.gate == "parents" else {found.gate}
    if found.victim is None or not found.gate or subject not in subjects:
        abort(404)
    form = wish_form(subject, g.standing)
    form.keep_draft(_at(found, "wish"), f"{subject}-")
    if form.accepts(lambda: operations.record_wish(found.victim, subject, form.values, **as_member())):
        return _saved(found, "wish")
    return _panel(found, **{"safety" if subject == "safety" else "wish": form})


@bp.post("/note")
@requires("log", "write", "write-own")
def note(action_id: int) -> Any:
    found = _action(action_id)
    form = _note_form(found)
    if not g.standing.may("log", "write") and found.assignee_id != current_user.id:
        abort(403)
    values = {"kind": "observation", "text": form.text.data}
    if form.accepts(lambda: write_entry(g.incident, values, **by(), action_id=found.id)):
        return _saved(found, "note")
    return _panel(found, note=form)


@bp.post("/drop")
@requires("plan", "change", "change-own")
def drop(action_id: int) -> Any:
    found = _action(action_id)
    if not keeping.sent_before() and not one_row(found, g.standing, g.clock.now()).no_longer_applies:
        abort(404)
    keeping.once(lambda: operations.drop_inapplicable(found, version=found.version, **as_member()))
    return onward(page_of("/plan"))
