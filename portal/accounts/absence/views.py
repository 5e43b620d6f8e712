"""Absences of oneself and, for the administrator, of a colleague; who stands in for each function."""

from typing import Any

from flask import Blueprint, abort, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.absence import operations, queries, rules
from portal.accounts.absence.forms import AbsenceForm, deputies_form
from portal.accounts.models import Person
from portal.accounts.queries import by_id, staff
from portal.clock import local
from portal.policy import TEAM_FUNCTIONS
from portal.web import keeping
from portal.web.access import requires
from portal.web.fragments import answer, onward

bp = Blueprint("absence", __name__)


def _team_member(person: Person | None) -> Person:
    """An administrator and who left have no actions, so there is nothing to stand in for."""
    if person is None or not person.may_be_on_team:
        abort(404)
    return person


def _absence(person: Person, at: str) -> Any:
    proposed = rules.proposed(person.functions, queries.deputies(), person.id)
    form = AbsenceForm(data={"first": local(g.clock.now()).date(), "deputy": proposed})
    form.offer([one for one in staff() if one.id != person.id])
    if form.accepts(
        lambda: operations.report(
            person, form.first.data, form.last.data, form.deputy.data, actor=current_user, now=g.clock.now()
        )
    ):
        flash(_("Saved."))
        return onward(at)
    absences = queries.absences_of(person)
    return answer("accounts/absence.html", form=form, person=person, absences=absences, at=at, status=form.status)


def _end(person: Person, absence_id: int, at: str) -> Any:
    if keeping.sent_before():
        return onward(at)
    absence = queries.absence_of(person, absence_id)
    if absence is None:
        abort(404)
    keeping.once(lambda: operations.end(absence, actor=current_user, now=g.clock.now()))
    flash(_("Saved."))
    return onward(at)


@bp.route("/account/absence", methods=["GET", "POST"])
@requires("absence", "change")
def own() -> Any:
    return _absence(_team_member(current_user), "/account/absence")


@bp.post("/account/absence/<int:absence_id>/end")
@requires("absence", "change")
def end_own(absence_id: int) -> Any:
    return _end(_team_member(current_user), absence_id, "/account/absence")


@bp.route("/accounts/<int:person_id>/absence", methods=["GET", "POST"])
@requires("accounts", "change")
def of(person_id: int) -> Any:
    return _absence(_team_member(by_id(person_id)), f"/accounts/{person_id}/absence")


@bp.post("/accounts/<int:person_id>/absence/<int:absence_id>/end")
@requires("accounts", "change")
def end_of(person_id: int, absence_id: int) -> Any:
    return _end(_team_member(by_id(person_id)), absence_id, f"/accounts/{person_id}/absence")


@bp.route("/accounts/deputies", methods=["GET", "POST"])
@requires("accounts", "change")
def deputies() -> Any:
    there = queries.deputies()
    form = deputies_form(staff(), _shown(there))
    if form.accepts(
        lambda: operations.choose_deputies(
            form.values, edition=form.version.data, actor=current_user, now=g.clock.now()
        )
    ):
        flash(_("Saved."))
        return onward("/accounts/deputies")
    form.compare(_shown(queries.deputies()))
    return answer("accounts/deputies.html", form=form, functions=TEAM_FUNCTIONS, there=there, status=form.status)


def _shown(there: dict[str, Person]) -> dict[str, Any]:
    chosen = {function: there[function].id if function in there else 0 for function in TEAM_FUNCTIONS}
    return {**chosen, "version": rules.edition(there)}
