"""Who is away, and who stands in."""

from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from portal.accounts.absence.rules import KEPT, present
from portal.accounts.models import BEGUN, OVER, PLANNED, Absence, Deputy, Person
from portal.audit.models import AuditEvent
from portal.prepared import Prepared, given

StandsIn, Maker = Person.alias(), Person.alias()


def _absences() -> Any:
    """Absences with who is away, who stands in and who reported it."""
    return (
        Absence.select(Absence, Person, StandsIn, Maker)
        .join_from(Absence, Person, on=(Absence.person == Person.id))
        .join_from(Absence, StandsIn, JOIN.LEFT_OUTER, on=(Absence.deputy == StandsIn.id))
        .join_from(Absence, Maker, on=(Absence.made_by == Maker.id))
        .order_by(Absence.first, Absence.id)
    )


def away_on(day: date) -> dict[int, Absence]:
    """Everybody who is away on a day, by id, with who stands in."""
    rows = _absences().where(Absence.state != OVER, Absence.first <= day, Absence.last >= day)
    return {row.person_id: row for row in rows}


def away_until(day: date) -> dict[int, date]:
    """The last day of everybody who is away on a day, by id."""
    return {person_id: date.fromisoformat(last) for person_id, last in _away(str(day), str(day))}


@Prepared
def _away() -> Any:
    going_on = (Absence.first <= given()) & (Absence.last >= given())
    return Absence.select(Absence.person, Absence.last).where(Absence.state != OVER, going_on)


def away_between(first: date, last: date) -> dict[int, set[date]]:
    """The days of everybody who is away in a period, by id."""
    rows = Absence.select().where(Absence.state != OVER, Absence.first <= last, Absence.last >= first)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found: dict[int, set[date]] = {}
    for row in rows:
        found.setdefault(row.person_id, set()).update(day for day in days if row.first <= day <= row.last)
    return found


def stand_ins(day: date) -> dict[int, Person]:
    """Who is there in the place of everybody who is away on a day."""
    away = away_on(day) if away_until(day) else {}
    found = {person_id: present(absence.person, away) for person_id, absence in away.items()}
    return {person_id: person for person_id, person in found.items() if person}


def absences_of(person: Person) -> list[Absence]:
    """What is still to come or going on, earliest first."""
    return list(_absences().where(Absence.person == person, Absence.state != OVER))


def absence_of(person: Person, absence_id: int) -> Absence | None:
    """An absence of this person that is not over; one of somebody else is not there."""
    found = _absences().where(Absence.id == absence_id, Absence.person == person, Absence.state != OVER).first()
    return found  # type: ignore[no-any-return]


def due(day: date) -> list[Absence]:
    """Absences with which something has to happen on a day: those that end before those that begin."""
    ends = (Absence.state == BEGUN) & (Absence.last < day)
    begins = (Absence.state == PLANNED) & (Absence.first <= day)
    old = (Absence.state == OVER) & (Absence.last < day - KEPT)
    return list(_absences().where(ends | begins | old).order_by(Absence.state, Absence.first, Absence.id))


def deputies() -> dict[str, Person]:
    """Who stands in for each function; whoever became administrator or left stands in for nobody."""
    rows = Deputy.select(Deputy, Person).join(Person)
    return {row.function: row.person for row in rows if row.person.may_be_on_team}


def chosen_at(moment: datetime, actor_id: int) -> list[tuple[str, Person]]:
    """Which deputies somebody chose at this moment, by function."""
    rows = AuditEvent.select().where(
        AuditEvent.actor_id == actor_id, AuditEvent.action == "settings:deputies:change", AuditEvent.at == moment
    )
    people = {person.id: person for person in Person.select()}
    chosen = [pair for row in rows for pair in row.detail["deputies"].items()]
    return [(function, people[number]) for function, number in chosen if number in people]
