"""What the other school is asked at the evaluation, and from when. Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from portal.clock import local
from portal.errors import N_, Invalid, Refused

STEP = "partner-feedback"  # of the protocol
LONGEST = 1500  # characters of one answer
BY_DAY = range(8, 18)  # hours of the school's clock in which the worker asks
EVENTS = {"asked": N_("%(who)s was asked how it went."), "given": N_("%(who)s said how it went.")}


@dataclass(frozen=True)
class Question:
    """One question, in both languages; with `answers` one of these is chosen, without it is answered in words."""

    key: str
    ask: dict[str, str]
    hint: dict[str, str]
    answers: dict[str, dict[str, str]]


@cache
def questions() -> dict[str, Question]:
    rows = tomllib.loads((Path(__file__).parent / "feedback.toml").read_text("utf-8"))["question"]
    return {row["key"]: _question(row) for row in rows}


def _question(row: dict[str, Any]) -> Question:
    answers = {one["key"]: {"nl": one["nl"], "en": one["en"]} for one in row.get("answer", [])}
    return Question(row["key"], row["ask"], row.get("hint", {}), answers)


def is_time(due_at: datetime | None, states: Iterable[str], now: datetime) -> bool:
    """Whether to ask by ourselves: the step is due, or all that was asked of them (`states`) is done."""
    states = list(states)
    done = bool(states) and all(one in ("done", "not-needed") for one in states)
    return done or (due_at is not None and due_at <= now)


def is_day(now: datetime) -> bool:
    return local(now).hour in BY_DAY


def check_can_give(asked: bool, given: bool) -> None:
    """Raises `Refused`: what was said stays (product rule 10)."""
    if not asked or given:
        raise Refused(
            N_("You told us already. Thank you.") if given else N_("We do not ask this yet."),
            N_("Is there more to say? Write a message."),
        )


def check_said(answers: Mapping[str, str]) -> None:
    """Raises `Invalid` for nothing at all."""
    if not any(answers.values()):
        raise Invalid(next(iter(questions())), N_("Answer at least one question."))
