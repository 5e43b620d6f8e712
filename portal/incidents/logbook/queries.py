"""Finding entries of the logbook, always those that the member may read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee as pw

from portal import fulltext
from portal.accounts.models import Person
from portal.incidents import queries as incidents
from portal.incidents.logbook.rules import PORTAL, Asked, Place, chains
from portal.incidents.models import Entry, Incident
from portal.policy import Standing

# The actions of a phase, told by the package that knows; filled in `portal.wiring`.
in_phase: list[Callable[[Incident, str], Any]] = []


@dataclass(frozen=True)
class Versions:
    """What an entry said before, oldest first, and what it says now when it was corrected."""

    earlier: list[Entry]
    newest: Entry | None


def page(
    incident: Incident, standing: Standing, asked: Asked, after: Place | None, most: int | None
) -> tuple[list[Entry], int, Place | None]:
    """At most so many entries (None: all), how many there are in all, and behind which place there are more."""
    wanted = _matching(incident, standing, asked)
    number = wanted.select(pw.fn.COUNT(Entry.id)).order_by().scalar()
    if after:
        wanted = wanted.where(pw.Tuple(Entry.at, Entry.id) < (Entry.at.db_value(after.at), after.number))
    rows = list(wanted.limit(most and most + 1))
    return rows[:most], number, place_of(rows[most - 1]) if most and len(rows) > most else None


def place_of(entry: Entry) -> Place:
    return Place(entry.at, entry.id)


def _matching(incident: Incident, standing: Standing, asked: Asked) -> Any:
    rows = incidents.entries(incident, standing)
    if asked.kind:
        rows = rows.where(Entry.event != "" if asked.kind == PORTAL else Entry.kind == asked.kind)
    if asked.author:
        rows = rows.where(Entry.author == asked.author)
    if asked.phase:
        rows = rows.where(Entry.action_id.in_(in_phase[0](incident, asked.phase)))
    if asked.words:
        rows = rows.where(_holds(incident, asked.words))
    return rows


def _holds(incident: Incident, typed: str) -> Any:
    sought = fulltext.words(typed)
    if not sought:
        return pw.SQL("1 = 0")
    here = [number for (number,) in incidents.with_joined(incident).tuples()]
    found = pw.SQL(f"({fulltext.FOUND.format('?')})", [fulltext.query(sought, here)])
    return pw.Expression(Entry.id, pw.OP.IN, found)


def authors(incident: Incident, standing: Standing) -> list[tuple[int, str]]:
    """Who wrote something that the member may read, by name."""
    rows = incidents.entries(incident, standing).select(Person.id, Person.name).where(Entry.author.is_null(False))
    return list(rows.distinct().order_by(Person.name, Person.id).tuples())


def versions(incident: Incident, standing: Standing) -> dict[int, Versions]:
    """Every entry that was corrected or corrects another, with what it said before and says now."""
    first = Entry.alias()
    corrected = first.select(first.corrects).where(
        first.incident.in_(incidents.with_joined(incident)), first.corrects.is_null(False)
    )
    rows = incidents.entries(incident, standing).where(Entry.corrects.is_null(False) | Entry.id.in_(corrected))
    known = {entry.id: entry for entry in rows}
    found = {}
    for number, chain in chains((entry.id, entry.corrects_id) for entry in known.values()).items():
        readable = [known[one] for one in chain if one in known]
        newest = readable[-1] if readable else None
        found[number] = Versions(
            [entry for entry in readable if entry.id < number], newest if newest and newest.id != number else None
        )
    return found
