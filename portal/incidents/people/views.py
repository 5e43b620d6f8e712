"""The people involved in one incident."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from portal.incidents.models import OPEN, Involved
from portal.incidents.people import operations, queries, rules
from portal.incidents.people.forms import InvolvedForm, MergeForm
from portal.incidents.rules import label
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.here import by, page_of
from portal.web.language import say_or_tell

bp = Blueprint("people", __name__, url_prefix="/incidents/<ref>/people")


def _page(part: str = "") -> str:
    return page_of(f"/people{part}")


def _read(people: Iterable[Involved]) -> None:
    operations.read_of([person.id for person in people], "people", **by())


@bp.get("")
@requires("people", "read", "read-own")
def people() -> Any:
    rows = queries.people_visible(g.incident, g.standing)
    _read(rows)
    here = {row.id for row in rows}
    may_change = g.standing.may("people", "change") and g.incident.state == OPEN
    return answer(
        "incidents/people.html",
        people=[row for row in rows if row.child_id not in here],
        parents={number: [row for row in rows if row.child_id == number] for number in here},
        same=rules.doubles(rows) if may_change else {},
        telephone=rules.telephone,
        may_change=may_change,
    )


def _said(person: Involved) -> str:
    """Whom a list on these pages means."""
    told = (say_or_tell(label(person.part, person.number)).capitalize(), person.name, person.class_name)
    return " · ".join(filter(None, told))


def _form(place: str, person: Involved | None = None, **shown: Any) -> InvolvedForm:
    form = InvolvedForm(data=None if request.form else shown)
    others = [row for row in queries.involved(g.incident) if person is None or row.id != person.id]
    pupils = [row for row in others if row.part != "parent"]
    # The list of whose parent somebody can be names them.
    _read([*([person] if person else []), *pupils])
    form.offer([(row.id, _said(row)) for row in pupils], person.parts if person else ())
    form.keep_draft(_page(place), changed_at=person.changed_at if person else None)
    return form


@bp.route("/new", methods=["GET", "POST"])
@requires("people", "change")
def new() -> Any:
    child = whole_number(request.args.get("child"))
    form = _form("/new", part="parent", child=child) if child > 0 else _form("/new")
    if form.accepts(lambda: operations.add_involved(g.incident, form.person, **by())):
        flash(_("Added. The plan follows what is known now."))
        return onward(_page())
    return answer("incidents/person.html", form=form, person=None, status=form.status)


def _told(person: Involved) -> dict[str, Any]:
    fields = ("part", "also", "name", "class_name", "school", "school_name")
    more = ("reach", "language", "interpreter", "delicate", "support", "version")
    return {
        **{name: getattr(person, name) for name in (*fields, *more)},
        "age_or_year": person.age if person.age is not None else person.birth_year,
        "aliases": ", ".join(person.aliases),
        "child": person.child_id or 0,
    }


@bp.route("/<int:involved_id>", methods=["GET", "POST"])
@requires("people", "change")
def person(involved_id: int) -> Any:
    found = operations.involved_in(g.incident, involved_id)
    form = _form(f"/{involved_id}", found, **_told(found))
    if form.accepts(
        lambda: operations.change_involved(found, form.person, version=whole_number(form.version.data), **by())
    ):
        flash(_("Saved. The plan follows what is known now."))
        return onward(_page())
    form.compare(_told(operations.involved_in(g.incident, involved_id)))
    return answer("incidents/person.html", form=form, person=found, status=form.status)


@bp.route("/<int:involved_id>/merge", methods=["GET", "POST"])
@requires("people", "change")
def merge(involved_id: int) -> Any:
    found, form = operations.involved_in(g.incident, involved_id), MergeForm()
    others = {row.id: row for row in queries.involved(g.incident) if row.id != found.id}
    form.other.choices = [(0, _("choose")), *((row.id, _said(row)) for row in others.values())]
    other = others.get(whole_number(request.values.get("other")))
    both = [found, *([other] if other else [])]
    _read(both if other else [found, *others.values()])
    form.right.choices = [(str(row.id), _said(row)) for row in both]
    edition = rules.edition((row.id, row.version) for row in both)

    def act() -> None:
        assert other
        right, rest = (found, other) if form.right.data == str(found.id) else (other, found)
        operations.merge(right, rest, seen=form.version.data or "", **by())

    if form.accepts(act):
        flash(_("They are one person now."))
        return onward(_page())
    if not form.was_sent:
        form.version.data = edition
    form.compare({"version": edition})
    return answer("incidents/merge.html", form=form, person=found, other=other, both=both, status=form.status)
