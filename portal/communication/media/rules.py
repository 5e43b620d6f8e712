"""Being ready for the press: the plan, the questions with their answers, ready replies, deadlines. Pure.

Source of the prepared texts: phase 5 of the six-phase poster for schools; they stand in `media.toml`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from portal.clock import SCHOOL_ZONE, local
from portal.errors import N_, Invalid, Refused

STEP = "media-ready"  # of the protocol
MOST_LINES = 4  # of one part of the plan: with all of them full it is still one A4
NEAR = timedelta(minutes=30)
WITHIN = {
    "quarter": N_("15 minutes"),
    "half": N_("30 minutes"),
    "hour": N_("1 hour"),
    "two": N_("2 hours"),
    "day": N_("today before 17:00"),
    "other": N_("another moment"),
    "none": N_("not said"),
}
SPANS = {
    "quarter": timedelta(minutes=15),
    "half": timedelta(minutes=30),
    "hour": timedelta(hours=1),
    "two": timedelta(hours=2),
}
EVENTS = {
    "plan.agreed": N_("Media plan agreed on."),
    "plan.changed": N_("Media plan changed: %(what)s."),
    "call.noted": N_("The press called: %(medium)s."),
    "call.later": N_("Another moment was agreed with the press: %(medium)s."),
    "call.answered": N_("The press was answered: %(medium)s."),
}


@dataclass(frozen=True)
class Part:
    """One part of the plan, in both languages; `reception` is whether the reception desk gets it."""

    key: str
    title: dict[str, str]
    hint: dict[str, str]
    text: dict[str, str]
    reception: bool


@dataclass(frozen=True)
class Answer:
    """A question with what is answered; `is_own` when somebody adapted that."""

    key: str
    ask: str
    text: str
    is_own: bool


@dataclass(frozen=True)
class Reply:
    """A ready reply that refers to the statement."""

    key: str
    title: str
    text: str


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "media.toml").read_text("utf-8"))


@cache
def parts() -> dict[str, Part]:
    return {row["key"]: Part(**row) for row in _lists()["part"]}


@cache
def questions() -> dict[str, dict[str, str]]:
    """What may be asked, by key."""
    return {row["key"]: row["ask"] for row in _lists()["question"]}


def plan_texts(own: Mapping[str, str], language: str) -> dict[str, str]:
    """What each part of the plan says: what was adapted, else the proposal."""
    return {key: own.get(key) or part.text[language] for key, part in parts().items()}


def answers(own: Mapping[str, str], said: Mapping[str, str], language: str) -> list[Answer]:
    """The twelve questions; an answer that nobody adapted says what the statement (`said`, by part) says."""
    return [
        Answer(row["key"], row["ask"][language], own.get(row["key"]) or _drawn(row, said, language), row["key"] in own)
        for row in _lists()["question"]
    ]


def _drawn(row: dict[str, Any], said: Mapping[str, str], language: str) -> str:
    if "from" not in row:
        return str(row["answer"][language])
    words = said.get(row["from"], "").strip()
    return row["answer"][language].replace("{said}", words) if words else str(_lists()["without"][language])


def replies(language: str, address: str) -> list[Reply]:
    """Ready replies that refer to the statement at this address; none while there is no address."""
    return [
        Reply(row["key"], row["title"][language], row["text"][language].replace("{address}", address))
        for row in _lists()["reply"]
        if address
    ]


def adapted(typed: Mapping[str, str], ready: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Of what was typed, that which is not ready in one of the languages; emptied is ready again."""
    ready = list(ready)
    return {key: text for key, text in typed.items() if text and not any(text == one.get(key) for one in ready)}


def check_fits(typed: Mapping[str, str]) -> None:
    """The page for the reception desk is one A4. Raises `Invalid` for a part with too many lines."""
    for key, text in typed.items():
        if key in parts() and len(text.splitlines()) > MOST_LINES:
            raise Invalid(key, N_("Use at most %(most)s lines: it has to fit on one page."), most=MOST_LINES)


def deadline(within: str, moment: datetime | None, at: datetime) -> datetime | None:
    """By when an answer is needed, of a call at `at`; None when no moment was said. Raises `Invalid`."""
    if within == "none":
        return None
    if within in SPANS:
        return at + SPANS[within]
    if within == "day":
        moment = datetime.combine(local(at).date(), time(17), SCHOOL_ZONE).astimezone(at.tzinfo)
        if moment <= at:
            raise Invalid("within", N_("It is after 17:00. Choose another moment."))
    if moment is None:
        raise Invalid("deadline_at", N_("Write by when they need an answer."))
    if moment < at:
        raise Invalid("deadline_at", N_("That is before they called."))
    return moment


def urgency(deadline_at: datetime | None, now: datetime) -> str:
    """How near a deadline is: late, near (within half an hour), later, or none."""
    if deadline_at is None:
        return "none"
    return "late" if deadline_at < now else "near" if deadline_at - now <= NEAR else "later"


def sorted_calls(calls: Iterable[Any], now: datetime) -> tuple[list[Any], list[Any]]:
    """Calls that wait for an answer, the first deadline at the top; and the others, newest first."""
    calls = list(calls)
    waiting = [call for call in calls if call.answered_at is None]
    done = [call for call in calls if call.answered_at is not None]
    waiting.sort(key=lambda call: (call.deadline_at is None, call.deadline_at or call.at, call.id))
    return waiting, sorted(done, key=lambda call: (call.answered_at, call.id), reverse=True)


def check_waits(answered_at: datetime | None) -> None:
    """A question is answered once. Raises `Refused` (product rule 10: what was said stays)."""
    if answered_at is not None:
        raise Refused(N_("This question was answered already."), N_("Do they ask more? Note it as a new call."))


def answer_text(reply: str, words: str) -> str:
    """What was answered: a ready reply, own words, or both. Raises `Invalid` for neither."""
    text = "\n\n".join(one for one in (reply, words) if one)
    if not text:
        raise Invalid("words", N_("Write what was answered, or choose a ready reply."))
    return text


def both(before: str, more: str) -> str:
    """What was promised, with what is promised now below it."""
    return "\n".join(one for one in (before, more) if one)
