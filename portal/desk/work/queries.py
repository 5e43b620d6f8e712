"""The work of one person over all their incidents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.actions import queries, rules
from portal.actions.deputies.queries import handed_over_by, told_late_to
from portal.actions.models import Action
from portal.incidents.models import Incident

SOON, RECENT = timedelta(days=7), timedelta(days=7)
MOST = 300  # actions on one page: more is no list to work from


@dataclass
class Task:
    """One action on a list that goes over several incidents."""

    action: Action
    incident: Incident
    title: Any
    status: str


def _tasks(actions: Iterable[Action], now: datetime) -> list[Task]:
    rows = list(actions)
    wishes = queries.newest_wishes([row.incident_id for row in rows if row.gate])

    def status(row: Action) -> str:
        wish, safety = wishes.get((row.victim_id, row.gate)), wishes.get((row.victim_id, "safety"))
        gate = rules.gate_state(row.gate, wish and wish.answer, safety and safety.answer)
        return rules.standing_of(row.state, row.due_at, gate, now)

    return [Task(row, row.incident, queries.title_of(row), status(row)) for row in rows]


def mine(person: Person, now: datetime) -> list[Task]:
    """What this person still has to do, most urgent first."""
    return _tasks(queries.unfinished_of(person).limit(MOST), now)


def finished(person: Person, now: datetime) -> list[Task]:
    """What this person finished in the last week, newest first."""
    return _tasks(queries.finished_of(person, now - RECENT).limit(MOST), now)


def to_decide(person: Person, now: datetime) -> list[Task]:
    """For leadership: what a victim's wish or an unsafe home closes, and only they can open."""
    return [task for task in _tasks(queries.closed_for(person).limit(MOST), now) if task.status == "closed"]


def to_give(person: Person, now: datetime) -> list[tuple[Incident, int]]:
    """For a coordinator: incidents with actions that are nobody's yet, and how many are due within a week."""
    return [(row.incident, row.number) for row in queries.nobodys_for(person, now + SOON).limit(MOST)]


def handed_over(person: Person, now: datetime) -> list[Task]:
    """What was this person's and is somebody else's now, as long as it is unfinished."""
    return _tasks(handed_over_by(person).limit(MOST), now)


def late_of_others(person: Person, now: datetime) -> list[Task]:
    """Late actions of the first hour of which this person was told: as deputy, or who leads."""
    return _tasks(told_late_to(person, now)[:MOST], now)
