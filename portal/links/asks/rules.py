"""What can be asked of another school, how an asked action stands, and when it is reminded of. Pure.

The texts of ready ones stand in `asks.toml`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from portal.actions.rules import FINISHED, SHORT_STEP_DAYS, out_of_night
from portal.clock import SCHOOL_ZONE, local
from portal.errors import N_
from portal.school.rules import next_open

MOST_OWN = 30  # actions that one school can add to a link
DECLINED, KEPT = "declined", "kept"  # answers of an `Ask`: theirs, and ours to another date that they proposed

TODO, DATE, LATE, OURS = "todo", "date", "late", "ours"
DONE, NOT_NEEDED = FINISHED
STATES = {
    TODO: N_("to do"),
    LATE: N_("late"),
    DATE: N_("another date proposed"),
    DECLINED: N_("cannot be done"),
    DONE: N_("done"),
    NOT_NEEDED: N_("no longer needed"),
    OURS: N_("taken over by the school that asked it"),
}
CLOSED = (DONE, NOT_NEEDED, OURS)


@dataclass(frozen=True)
class Ready:
    """An action to ask, in both languages; `fits` says whose pupil that school has ('' for any)."""

    key: str
    title: Mapping[str, str]
    how: Mapping[str, str]
    due: timedelta
    fits: str
    phase: str


@cache
def ready() -> dict[str, Ready]:
    """All that are ready to be asked, by key, in the order of the file."""
    rows = tomllib.loads((Path(__file__).parent / "asks.toml").read_text("utf-8"))["ask"]
    return {row["key"]: Ready(**{**row, "due": _length(row["due"])}) for row in rows}


def _length(text: str) -> timedelta:
    number = int(text[:-1])
    return timedelta(hours=number) if text.endswith("h") else timedelta(days=number)


def fitting(parts: set[str]) -> list[Ready]:
    """The ready ones that fit a school with pupils of these parts in it ('victim', 'suspect'); all when none is
    known."""
    known = {"suspect" if part == "spreader" else part for part in parts} & {"victim", "suspect"}
    return [one for one in ready().values() if not known or not one.fits or one.fits in known]


def due_at(one: Ready, now: datetime, closed: Sequence[tuple[date, date]]) -> datetime:
    """When a ready one that is asked now is due: hours not in the night, days on an open day."""
    start = local(now.replace(second=0))
    if one.due < timedelta(days=1):
        return out_of_night(start + one.due).astimezone(now.tzinfo)
    day = next_open(start.date() + one.due, closed, holidays_count=one.due.days > SHORT_STEP_DAYS)
    return datetime.combine(day, start.time(), SCHOOL_ZONE).astimezone(now.tzinfo)


class Asked(Protocol):
    """What the standing of an asked action follows from."""

    answer: Any
    proposed_at: Any
    reminded_at: Any
    action: Any


def standing_of(ask: Asked, now: datetime) -> str:
    """How an asked action stands, for both schools: a key of `STATES`.

    The action's own state is the truth of done; one that is given to somebody of our own is theirs no longer.
    """
    action = ask.action
    if action.state in FINISHED:
        return str(action.state)
    if action.assignee_id or not action.outsider:
        return OURS
    if ask.answer == DECLINED:
        return DECLINED
    if ask.proposed_at and ask.proposed_at != action.due_at:
        return DATE
    return LATE if action.due_at is not None and action.due_at < now else TODO


def in_order(asks: Iterable[Any], now: datetime) -> list[tuple[Any, str]]:
    """Asked actions with how each stands: first what needs us, then what they still do, then what is over."""
    first = (DATE, DECLINED, LATE, TODO)
    stand = [(ask, standing_of(ask, now)) for ask in asks]
    return sorted(stand, key=lambda one: first.index(one[1]) if one[1] in first else len(first))


def is_night(now: datetime) -> bool:
    """Whether nobody outside is mailed now."""
    return out_of_night(local(now)) != local(now)


def to_remind(ask: Asked, now: datetime) -> bool:
    """Whether the other school is to be reminded of this: once from the day before, and once when it is late.

    Not on the day on which it was asked, or planned anew, for a later day.
    """
    due, said = ask.action.due_at, ask.reminded_at
    if due is None or standing_of(ask, now) not in (TODO, LATE):
        return False
    if due < now:
        return said is None or said < due
    fresh = local(ask.action.changed_at).date() == local(now).date()
    return said is None and not fresh and local(due).date() <= local(now).date() + timedelta(days=1)


def reminded_today(last: datetime | None, now: datetime) -> bool:
    """Whether a link had its one mail of the day."""
    return last is not None and local(last).date() == local(now).date()
