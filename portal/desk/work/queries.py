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


def _tasks(now: datetime, *lists: Iterable[Action]) -> list[list[Task]]:
    """Lists of actions as tasks; the wishes that gate them are asked for once."""
    found = [list(actions) for actions in lists]
    gated = {row.incident_id for rows in found for row in rows if row.gate}
    wishes = queries.newest_wishes(gated) if gated else {}

    def status(row: Action) -> str:
        wish, safety = wishes.get((row.victim_id, row.gate)), wishes.get((row.victim_id, "safety"))
        gate = rules.gate_state(row.gate, wish and wish.answer, safety and safety.answer)
        return rules.standing_of(row.state, row.due_at, gate, now)

    return [[Task(row, row.incident, queries.title_of(row), status(row)) for row in rows] for rows in found]


@dataclass
class Work:
    """The work of one person: `mine` most urgent first, what was `handed` to somebody else and is unfinished,
    what only leadership can `decide`, what was `finished` in the last week.
    """

    mine: list[Task]
    handed: list[Task]
    decide: list[Task]
    finished: list[Task]


def work_of(person: Person, now: datetime, *, finished: bool = False) -> Work:
    """`finished` also asks for what was finished."""
    mine, handed, closed, done = _tasks(
        now,
        queries.unfinished_of(person).limit(MOST),
        handed_over_by(person).limit(MOST),
        queries.closed_for(person).limit(MOST),
        queries.finished_of(person, now - RECENT).limit(MOST) if finished else (),
    )
    # What a victim's wish or an unsafe home closes, only leadership can open.
    return Work(mine, handed, [task for task in closed if task.status == "closed"], done)


def to_give(person: Person, now: datetime) -> list[tuple[Incident, int]]:
    """For a coordinator: incidents with actions that are nobody's yet, and how many are due within a week."""
    return [(row.incident, row.number) for row in queries.nobodys_for(person, now + SOON).limit(MOST)]


def late_of_others(person: Person, now: datetime) -> list[Task]:
    """Late actions of the first hour of which this person was told: as deputy, or who leads."""
    return [Task(row, row.incident, queries.title_of(row), "late") for row in told_late_to(person, now)[:MOST]]
