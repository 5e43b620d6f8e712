"""Finding people involved: of one incident, and only those whom a reader may see."""

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import peewee as pw

from portal.errors import Missing
from portal.incidents.models import Incident, Involved, Report
from portal.incidents.people.rules import of_each
from portal.incidents.rules import PARTS, Someone, age_range
from portal.policy import Standing
from portal.prepared import Prepared, given

# Selects of whom somebody's own work is about, of one column each: asked together; filled in `portal.wiring`.
own_people: list[Callable[[Incident, Standing], Any]] = []
# Columns of higher packages that point at people involved: whom they hold stays somebody of their own when incidents
# are joined, and they follow when two rows are merged; filled in `portal.wiring`.
about: list[pw.ForeignKeyField] = []


def involved(incident: Incident) -> Any:
    """People involved, victims first. A row that was merged into another is in no list."""
    order = pw.Case(Involved.part, [(part, place) for place, part in enumerate(PARTS)])
    here = (Involved.incident == incident) & Involved.merged_into.is_null()
    return Involved.select().where(here).order_by(order, Involved.number)


def victims(incident: Incident) -> Any:
    return involved(incident).where(Involved.part == "victim")


def involved_in(incident: Incident, involved_id: int) -> Involved:
    """Raises `Missing` for a person of another incident, and for a row that was merged into another."""
    person: Involved | None = involved(incident).where(Involved.id == involved_id).first()
    if person is None:
        raise Missing
    return person


def people_visible(incident: Incident, standing: Standing) -> list[Involved]:
    """The people whose data this team member may read: a mentor those of own classes and own actions only.

    With a pupil come the parents.
    """
    rows = list(involved(incident))
    here = {row.id: row for row in rows}
    for row in rows:
        # Known already: each parent would ask for the child anew.
        if row.child_id in here:
            row.child = here[row.child_id]
    if standing.may("people", "read"):
        return rows
    mine = reduce(add, [of(incident, standing) for of in own_people])
    # Without nobody: who has no child is not the parent of everybody's.
    own = {number for (number,) in mine.tuples() if number}
    own |= {row.id for row in rows if standing.mentors(row.class_name)}
    return [row for row in rows if row.id in own or row.child_id in own]


@Prepared
def _someones() -> Any:
    shown = (Involved.part, Involved.also, Involved.school, Involved.age, Involved.birth_year, Involved.class_name)
    return involved(given()).select(Involved.id, *shown)


def someones(incident: Incident, today: date) -> tuple[Someone, ...]:
    """What the plan needs to know of the people: who has two parts stands there once for each."""
    return tuple(
        someone
        for number, part, also, school, age, year, class_name in _someones(incident.id)
        for someone in of_each(
            [part, *Involved.also.python_value(also)],
            Someone(number, part, school, age_range(age, year, today), class_name),
        )
    )


@Prepared
def _most() -> Any:
    here = (Involved.incident == given()) & (Involved.part == given())
    return Involved.select(pw.fn.MAX(Involved.number)).where(here)


def next_number(incident: Incident, part: str) -> int:
    """Behind all that are in use, those of merged rows too: what was written about these stays clear."""
    ((most,),) = _most(incident.id, part)
    return (most or 0) + 1


def people_of_report(report: Report) -> Any:
    """The people involved of whom this reporter told; what the receipt shows of them is `Report.told`."""
    return Involved.select().where(Involved.report == report).order_by(Involved.id)


def has_ties(person: Involved) -> bool:
    """Whether this is somebody's child, or anything that a higher package keeps is about them."""
    return any(column.model.select().where(column == person).exists() for column in (Involved.child, *about))
