"""Periods of rest of the victims of one incident."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.absence.queries import away_until
from portal.actions.queries import to_tick
from portal.care.rest import operations, queries, rules
from portal.care.rest.forms import BeginForm, ContactForm, EndForm, LongerForm, RestForm, ToldForm
from portal.care.rest.models import Rest
from portal.clock import local
from portal.incidents.models import OPEN
from portal.incidents.people.operations import names_somebody, read_of
from portal.incidents.queries import team, team_people
from portal.policy import MENTOR
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import by, page_of, there
from portal.web.language import tell

bp = Blueprint("rest", __name__, url_prefix="/incidents/<ref>/rest")
STEPS: dict[str, type[Form]] = {
    "begin": BeginForm,
    "told": ToldForm,
    "contact": ContactForm,
    "longer": LongerForm,
    "end": EndForm,
    "return": ContactForm,
}


def _at(part: str = "") -> str:
    return page_of(f"/rest{part}")


def _rest(rest_id: int) -> Rest:
    return there(queries.find(g.incident, g.standing, rest_id))


def _step_form(rest: Rest, step: str, **kw: Any) -> Form:
    form = STEPS[step](**kw)
    form.keep_draft(_at(f"/{rest.id}/{step}"))
    form.stand_beside(f"{rest.id}-{step}")
    return form


def _step_forms(found: list[queries.OfVictim]) -> dict[tuple[int, str], Form]:
    if g.incident.state != OPEN or not g.standing.may("rest", "change", "change-own"):
        return {}
    rests = [rest for one in found for rest in (*one.now, *one.before)]
    return {
        (rest.id, step): _step_form(rest, step, formdata=None, data={"version": rest.version, "ticked": True})
        for rest in rests
        for step in STEPS
    }


def _page(refused: dict[tuple[int, str], Form] | None = None) -> Any:
    found = queries.of_victims(g.incident, g.standing)
    about = [one.victim.id for one in found]
    read_of(about, "rest", **by())
    form = next(iter(refused.values())) if refused else None
    if refused and form:
        ((rest_id, _step),) = refused
        form.compare({"version": _rest(rest_id).version})
    return answer(
        "care/rest.html",
        victims=found,
        contacts=queries.contacts(rest for one in found for rest in (*one.now, *one.before)),
        to_tick={step.victim_id for step in to_tick(g.incident, rules.STEP, about, g.standing)},
        forms=_step_forms(found) | (refused or {}),
        refused=form,
        may_change=g.standing.may("rest", "change", "change-own") and g.incident.state == OPEN,
        rules=rules,
        today=local(g.clock.now()).date(),
        status=form.status if form else 200,
    )


@bp.get("")
@requires("rest", "read", "read-own")
def rest() -> Any:
    return _page()


def _rest_form(place: str, **shown: Any) -> RestForm:
    form = RestForm(**shown)
    form.names_somebody = partial(names_somebody, g.incident, **by())
    form.offer(team_people(g.incident, "rest"), away_until(local(g.clock.now()).date()))
    form.keep_draft(place)
    return form


@bp.route("/new/<int:involved_id>", methods=["GET", "POST"])
@requires("rest", "change", "change-own")
def new(involved_id: int) -> Any:
    victims = {person.id: person for person in queries.victims_for(g.incident, g.standing)}
    victim = there(victims.get(involved_id))
    mentor = next((row.person_id for row in team(g.incident) if row.function == MENTOR), 0)
    likely = {"first": local(g.clock.now()).date(), "every": 1, "keeper": current_user.id, "teller": mentor}
    ready = {name: tell(text) for name, text in rules.ready().items()}
    form = _rest_form(_at(f"/new/{victim.id}"), data={**likely, **ready})
    if form.accepts(lambda: operations.plan(victim, form.values, **by())):
        flash(_("Planned. It begins when you say so, after the victim's yes."))
        return onward(_at())
    return answer("care/plan_rest.html", form=form, victim=victim, rest=None, status=form.status)


def _shown(rest: Rest) -> dict[str, Any]:
    fields = ("first", "last", "form", "schoolwork", "every", "told", "return_at", "version")
    shown = {name: getattr(rest, name) for name in fields}
    return {**shown, "keeper": rest.keeper_id or 0, "teller": rest.teller_id or 0}


@bp.route("/<int:rest_id>/change", methods=["GET", "POST"])
@requires("rest", "change", "change-own")
def change(rest_id: int) -> Any:
    rest = _rest(rest_id)
    read_of([rest.pupil_id], "rest", **by())
    form = _rest_form(_at(f"/{rest_id}/change"), data=_shown(rest))
    version = whole_number(form.version.data)
    if form.accepts(lambda: operations.change(rest, form.values, version=version, **by())):
        flash(_("Saved."))
        return onward(_at())
    form.compare(_shown(_rest(rest_id)))
    return answer("care/plan_rest.html", form=form, victim=rest.pupil, rest=rest, status=form.status)


def _step(rest_id: int, step: str, said: str, act: Callable[[Rest, Any, dict[str, Any]], None]) -> Any:
    """One thing that happens to a period of rest; refused, it comes back in its place on the page."""
    rest = _rest(rest_id)
    form: Any = _step_form(rest, step)
    acts = {"version": whole_number(form.version.data), **by()}
    if form.accepts(lambda: act(rest, form, acts)):
        flash(said)
        return onward(_at(f"#rest-{rest_id}"))
    return _page({(rest_id, step): form})


@bp.post("/<int:rest_id>/begin")
@requires("rest", "change", "change-own")
def begin(rest_id: int) -> Any:
    def act(rest: Rest, form: Any, acts: dict[str, Any]) -> None:
        operations.begin(rest, ticked=bool(form.ticked.data), standing=g.standing, **acts)

    return _step(rest_id, "begin", _("The rest has begun."), act)


@bp.post("/<int:rest_id>/told")
@requires("rest", "change", "change-own")
def told(rest_id: int) -> Any:
    return _step(rest_id, "told", _("Noted."), lambda rest, form, acts: operations.tell_teachers(rest, **acts))


@bp.post("/<int:rest_id>/contact")
@requires("rest", "change", "change-own")
def contact(rest_id: int) -> Any:
    def act(rest: Rest, form: Any, acts: dict[str, Any]) -> None:
        operations.note_contact(rest, form.words.data, **acts)

    return _step(rest_id, "contact", _("Noted, also in the logbook."), act)


@bp.post("/<int:rest_id>/longer")
@requires("rest", "change", "change-own")
def longer(rest_id: int) -> Any:
    def act(rest: Rest, form: Any, acts: dict[str, Any]) -> None:
        operations.lengthen(rest, form.last.data, form.return_at.data, form.words.data or "", **acts)

    return _step(rest_id, "longer", _("Saved."), act)


@bp.post("/<int:rest_id>/end")
@requires("rest", "change", "change-own")
def end(rest_id: int) -> Any:
    return _step(rest_id, "end", _("Saved."), lambda rest, form, acts: operations.end(rest, form.words.data, **acts))


@bp.post("/<int:rest_id>/return")
@requires("rest", "change", "change-own")
def come_back(rest_id: int) -> Any:
    def act(rest: Rest, form: Any, acts: dict[str, Any]) -> None:
        operations.note_return(rest, form.words.data, **acts)

    return _step(rest_id, "return", _("Noted, also in the logbook."), act)
