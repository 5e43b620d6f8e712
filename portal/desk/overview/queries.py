"""How one incident stands for one reader."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import peewee as pw

from portal.accounts.models import Person
from portal.actions.plan.queries import board
from portal.clock import local
from portal.db import moment_of
from portal.desk.contacts.queries import planned, read_at
from portal.desk.contacts.rules import Moment
from portal.desk.overview import rules
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Entry, Incident, Involved, Unrest
from portal.incidents.people.rules import masked
from portal.incidents.rules import CONTACTS
from portal.incidents.unrest.rules import chart
from portal.policy import Standing
from portal.prepared import Prepared, given

Correction = Entry.alias()
TO_DO, CHANGES = 8, 6  # how many are shown; the rest stands in the plan and the logbook


def picture(incident: Incident, standing: Standing, since: datetime | None, now: datetime) -> dict[str, Any]:
    """Everything the overview shows; `since` is when the reader's last visit ended."""
    whole = board(incident, standing, now)
    # Once it has ended nothing is to be done any more, and nobody is waited for.
    running = whole.rows if incident.state == OPEN else []
    to_do = rules.now_to_do(running, now)
    victim, nobody, others = rules.waits_for(running)
    felt = pulse(incident)
    reported: datetime = incident.reported_at
    until = incident.ended_at or now
    after = since or reported - timedelta(days=1)  # everything
    news = incidents.changes(incident, standing, after, CHANGES + 1) if standing.sees("log") else []
    return {
        "board": whole,
        "to_do": to_do[:TO_DO],
        "more_to_do": max(len(to_do) - TO_DO, 0),
        "late": sum(row.status == "late" and not row.asked for row in to_do),
        "waits": victim,
        "nobody": nobody,
        "others": others,
        "contacts": rules.contacts(CONTACTS, whole.rows, felt, standing, now, over=not running),
        "masked": [] if standing.sees("people") else masked(whole.people),
        "worry": rules.worry(felt.planned) if running and standing.sees("links") else None,
        "bars": chart(felt.unrest, reported, until),
        "news": news[:CHANGES],
        "more_news": len(news) > CHANGES,
        "since": since,
        "day": (local(until).date() - local(reported).date()).days + 1,
    }


class Pulse(NamedTuple):
    """When the logbook last notes contact with each group, as corrected; all unrest that was noted of the whole school;
    and what is planned with people.
    """

    noted: dict[str, datetime]
    unrest: list[tuple[datetime, int]]
    planned: list[Moment]


@Prepared
def _pulse() -> Any:
    def here() -> Any:
        return Incident.select(Incident.id).where((Incident.id == given()) | (Incident.joined_into == given()))

    none = [pw.Value(None)] * 6
    corrected = pw.fn.EXISTS(Correction.select(Correction.id).where(Correction.corrects == Entry.id))
    last = (
        Entry.select(pw.Value("last"), Entry.contact, pw.fn.MAX(Entry.at), pw.Value(0), *none)
        .where(Entry.incident.in_(here()), Entry.contact != "", ~corrected)
        .group_by(Entry.contact)
    )
    unrest = Unrest.select(pw.Value("unrest"), pw.Value(""), Unrest.at, Unrest.value, *none).where(
        Unrest.incident.in_(here()), Unrest.class_name == ""
    )
    table = planned()
    person, about = (Person.id, Person.name, Person.phone), (Involved.part, Involved.number)
    coming = (
        table.select_from(
            pw.Value("coming"), table.c.code, table.c.planned_for, pw.Value(0), table.c.kind, *about, *person
        )
        .join(Person, pw.JOIN.LEFT_OUTER, on=(table.c.person == Person.id))
        .join(Involved, pw.JOIN.LEFT_OUTER, on=(table.c.about == Involved.id))
        .where(table.c.incident == given())
    )
    return coming + last + unrest


def pulse(incident: Incident) -> Pulse:
    """In one statement."""
    found = Pulse({}, [], [])
    for what, code, at, value, kind, part, number, *person in _pulse(*[incident.id] * 5):
        if what == "last":
            found.noted[code] = moment_of(at)
        elif what == "unrest":
            found.unrest.append((moment_of(at), value))
        else:
            found.planned.append(Moment(code, read_at(at), kind, part, number, *person))
    found.unrest.sort()
    return found
