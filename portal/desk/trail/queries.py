"""Finding events of the trail: those of accounts and settings, or those of one incident, never both."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import peewee as pw

from portal.accounts.models import SignIn
from portal.actions.models import Action
from portal.actions.queries import title_of
from portal.audit.models import AuditEvent
from portal.desk.trail.rules import BEGINS, OFFICE, READ, Asked
from portal.errors import N_
from portal.incidents.logbook.rules import Place
from portal.incidents.models import Incident, Involved, Report
from portal.incidents.queries import with_joined
from portal.incidents.rules import label
from portal.links.models import SharedLink

# As the index `audit_event_office` has it, in the same words: else it is not used.
_OFFICE = pw.SQL("(" + " OR ".join(f"action LIKE '{begin}%'" for begin in OFFICE) + ")")
_READING = AuditEvent.action.endswith("read") | AuditEvent.action.endswith(":search")
ONE_PERSON = ("incident:person:join", "incident:person:merge")
OWN_ACTION = N_("an action of our own")
NOBODY = N_("an address that nobody has")


def office(asked: Asked, after: Place | None, now: datetime, most: int) -> tuple[list[AuditEvent], Place | None]:
    """What was done to accounts and settings, newest first; and behind which place there is more."""
    rows = AuditEvent.select().where(_OFFICE)
    if asked.kind:
        rows = rows.where(_of_kind(asked.kind))
    if asked.person:
        rows = rows.where(_by(asked.person) | (AuditEvent.subject == f"person:{asked.person}"))
    return _page(rows, asked, after, now, most)


def _by(person_id: int) -> Any:
    # A sum, so that SQLite does not walk through all that this person ever did.
    return AuditEvent.actor_id + 0 == person_id


def _of_kind(kind: str) -> Any:
    if kind not in BEGINS:
        rest = [begin for begins in BEGINS.values() for begin in begins]
        return AuditEvent.action.startswith("account:") & ~_begins(rest)
    # Who stands in for whom is chosen among the settings, and is found with the absences.
    others = [begin for other in BEGINS if other != kind for begin in BEGINS[other] if begin.startswith(BEGINS[kind])]
    return _begins(BEGINS[kind]) & ~_begins(others) if others else _begins(BEGINS[kind])


def _begins(begins: Iterable[str]) -> Any:
    return reduce(or_, (AuditEvent.action.startswith(begin) for begin in begins))


def of_case(
    subjects: Iterable[str], asked: Asked, after: Place | None, now: datetime, most: int | None
) -> tuple[list[AuditEvent], Place | None]:
    """What was done with these subjects, newest first; all of it where `most` is None."""
    rows = AuditEvent.select().where(_about(subjects))
    if asked.person:
        rows = rows.where(_by(asked.person))
    if asked.done:
        rows = rows.where(_READING if asked.done == READ else ~_READING)
    return _page(rows, asked, after, now, most)


def _about(subjects: Iterable[str]) -> Any:
    # As one value: a statement of its own for every number of subjects would never be known again.
    listed = pw.SQL("(SELECT value FROM json_each(?))", [json.dumps(list(subjects))])
    return pw.Expression(AuditEvent.subject, pw.OP.IN, listed)


def _page(
    rows: Any, asked: Asked, after: Place | None, now: datetime, most: int | None
) -> tuple[list[AuditEvent], Place | None]:
    since, until = asked.between(now)
    if since:
        rows = rows.where(AuditEvent.at >= since)
    if until:
        rows = rows.where(AuditEvent.at < until)
    if after:
        rows = rows.where(pw.Tuple(AuditEvent.at, AuditEvent.id) < (AuditEvent.at.db_value(after.at), after.number))
    found = list(rows.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(most and most + 1))
    more = Place(found[most - 1].at, found[most - 1].id) if most and len(found) > most else None
    return found[:most], more


def actors(subjects: Iterable[str]) -> set[int]:
    """Everybody who did something with these subjects."""
    rows = AuditEvent.select(AuditEvent.actor_id).where(_about(subjects), AuditEvent.actor_id.is_null(False))
    return {number for (number,) in rows.distinct().tuples()}


def readings(person: Involved, after: Place | None, now: datetime, most: int) -> tuple[list[AuditEvent], Place | None]:
    """Who read the data of a person involved, also where the same person stood in a row of their own."""
    rows = AuditEvent.select().where(
        _about(f"involved:{number}" for number in _same(person.id)), AuditEvent.action == "incident:person:read"
    )
    return _page(rows, Asked(), after, now, most)


def _same(involved_id: int) -> list[int]:
    """The rows of one person: one that was merged, or that of a report that was joined, and so on."""
    found = [involved_id]
    for number in found:
        taken = AuditEvent.select(AuditEvent.detail).where(
            AuditEvent.subject == f"involved:{number}", AuditEvent.action.in_(ONE_PERSON)
        )
        found += [detail["of"] for (detail,) in taken.tuples() if detail["of"] not in found]
    return found


class Subject(NamedTuple):
    """What an event is about, called without a word of the case; `ref` is of the joined incident it belongs to."""

    name: Any = ""
    ref: str = ""
    school: str = ""  # of whom a shared link is, and who there has it
    holder: str = ""


def subjects_of(incident: Incident) -> dict[str, Subject]:
    """All that events of an incident can be about, and of those that were joined into it.

    But confidential notes: that there is one, its counselor and whom it was handed to know, and nobody else.
    """
    refs = dict(Incident.select(Incident.id, Incident.ref).where(Incident.id.in_(with_joined(incident))).tuples())
    here, refs[incident.id] = list(refs), ""
    found = {f"incident:{number}": Subject("", ref) for number, ref in refs.items()}
    for person in Involved.select().where(Involved.incident.in_(here)):
        found[f"involved:{person.id}"] = Subject(label(person.part, person.number), refs[person.incident_id])
    for action in _actions(here):
        name = title_of(action) if action.step or action.flag else {"message": OWN_ACTION}
        found[f"action:{action.id}"] = Subject(name, refs[action.incident_id])
    for report in Report.select(Report.id).where(Report.incident.in_(here)):
        found[f"report:{report.id}"] = Subject()
    for link in SharedLink.select().where(SharedLink.incident.in_(here)):
        found[link.subject] = Subject("", refs[link.incident_id], link.school, f"{link.name} ({link.school})")
    return found


def _actions(here: list[int]) -> Any:
    columns = (Action.id, Action.step, Action.flag, Action.incident, Action.victim)
    return (
        Action.select(*columns, Involved.number, Incident.id, Incident.protocol)
        .join_from(Action, Incident)
        .join_from(Action, Involved, pw.JOIN.LEFT_OUTER, on=(Action.victim == Involved.id))
        .where(Action.incident.in_(here))
    )


def devices(sessions: Iterable[int]) -> dict[int, str]:
    """What the sessions that are still there are done on."""
    rows = SignIn.select(SignIn.id, SignIn.device).where(SignIn.id.in_(list(sessions)))
    return dict(rows.tuples())
