"""Which class needs a conversation, who decides, and what of it who reads. Pure."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from portal.actions.rules import BEYOND_CLASS, UNREST_BEYOND_CLASS
from portal.clock import SCHOOL_ZONE, local
from portal.errors import N_, Invalid, NotAllowed, Refused
from portal.policy import COORDINATOR, Standing
from portal.school.rules import next_open

STATES = {"planned": N_("planned"), "held": N_("held"), "cancelled": N_("cancelled"), "declined": N_("no conversation")}
PLANNED, HELD = "planned", "held"
PRESENCE = {"present": N_("present"), "away": N_("not present"), "": N_("not asked yet")}
UNREST = {
    "0": N_("0: calm"),
    "1": N_("1: a few pupils talk about it"),
    "2": N_("2: the class is restless"),
    "3": N_("3: lessons suffer from it"),
    "4": N_("4: it is not safe in this class"),
}
RESTLESS = 2  # from here on a class is restless by itself
MOST_AGREEMENTS, LONGEST_AGREEMENT = 8, 140  # what fits on one A4 and can be read from the back of a room
END_OF_DAY = time(16)  # of school
TALK, WATCH, NOTHING = "talk", "watch", "nothing"
ADVICE = {TALK: N_("have a conversation"), WATCH: N_("keep an eye on it"), NOTHING: N_("no conversation")}
REASONS = {
    "victim": N_("The victim is in this class."),
    "restless": N_("The class is restless."),
    "suspect": N_("Somebody who is said to have made it or passed it on is in this class."),
    "spread": N_("It goes round in more classes, and this is one of them."),
    "school": N_("More classes are restless, and it touches this one."),
    "some": N_("A few pupils talk about it."),
    "touched": N_("It touches this class, but it does not go round widely."),
    "calm": N_("It is calm here. A class that knows of nothing is not told what goes round."),
}


@cache
def guide() -> dict[str, Any]:
    """What helps before and during a conversation, in both languages (`guide.toml`)."""
    return tomllib.loads((Path(__file__).parent / "guide.toml").read_text("utf-8"))


MESSAGES = ("problematise", "normalise")


@dataclass(frozen=True)
class ClassFacts:
    """What is known of one class: whether a victim or a suspect of our school is in it, whether the situation names
    it, and the unrest that was noted last (0 to 4, None when it never was)."""

    victim: bool = False
    suspect: bool = False
    touched: bool = False
    unrest: int | None = None


def advise(one: ClassFacts, spread: str, unrest: int | None) -> tuple[str, str]:
    """What to do in a class, as codes of `ADVICE` and `REASONS`, by spread and unrest of the whole incident.

    The victim's class has one always; attention in others depends on spread and unrest there. Source: the six-phase
    poster for schools.
    """
    restless = one.unrest is not None and one.unrest >= RESTLESS
    everywhere = unrest is not None and unrest >= UNREST_BEYOND_CLASS
    cases = (
        (one.victim, TALK, "victim"),
        (restless, TALK, "restless"),
        (one.suspect, TALK, "suspect"),
        (one.touched and spread in BEYOND_CLASS, TALK, "spread"),
        (one.touched and everywhere, TALK, "school"),
        (bool(one.unrest), WATCH, "some"),
        (one.touched, WATCH, "touched"),
    )
    return next(((kind, why) for holds, kind, why in cases if holds), (NOTHING, "calm"))


def reads_all(standing: Standing, class_name: str, leader_id: int | None = None) -> bool:
    """Whether this member reads everything of a class: who reads of all people, its mentor, and who leads.

    Others see only that there is a conversation, and what the class agreed (product: a mentor of another class sees
    nothing of these people, communication never names). Who mentors the class but is on the team for something else
    is one of them.
    """
    own = leader_id == standing.person_id or standing.mentors(class_name)
    return standing.may("people", "read") or (own and standing.may("people", "read-own"))


def may_change(standing: Standing, class_name: str, leader_id: int | None = None) -> bool:
    """Whether this member prepares and notes what came of it: of any class, or of the own."""
    if standing.may("classes", "change"):
        return True
    return standing.may("classes", "change-own") and reads_all(standing, class_name, leader_id)


def check_may_change(standing: Standing, class_name: str, leader_id: int | None = None) -> None:
    """Raises `NotAllowed`."""
    if not may_change(standing, class_name, leader_id):
        raise NotAllowed


def may_decide(standing: Standing, class_name: str, *, against: bool = False, victim: bool = False) -> bool:
    """The coordinator decides in which classes. The victim's class has one always: who works with it may plan it."""
    if COORDINATOR in standing.functions:
        return True
    return victim and not against and may_change(standing, class_name)


def check_decision(standing: Standing, class_name: str, reason: str, *, against: bool, victim: bool) -> None:
    """Raises `NotAllowed`, and `Invalid` for a no without its reason."""
    if not may_decide(standing, class_name, against=against, victim=victim):
        raise NotAllowed
    if against and not reason:
        raise Invalid("reason", N_("Write why there is no conversation in this class."))


def check_state(state: str, wanted: str) -> None:
    """Refuse what no longer or not yet can be done with a conversation. Raises `Refused`."""
    if state == wanted:
        return
    if state == HELD:
        raise Refused(
            N_("This conversation was held. What was noted stays as it is."), N_("Add to it what is still missing.")
        )
    if state == PLANNED:
        raise Refused(N_("This conversation was not held yet."), N_("First note how it was."))
    raise Refused(
        N_("This conversation was called off, or decided against."), N_("Plan a new one on the page of the classes.")
    )


def reads_feelings(standing: Standing, leader_id: int | None) -> bool:
    """What it does to the teacher is read by who leads, and by those with whom they can talk about it first."""
    return standing.may("conversations", "change") or leader_id == standing.person_id


def reads_worry(standing: Standing, class_name: str, written_by: int) -> bool:
    """A worry about one pupil: coordinator, leadership, counselor, care, the class's mentor, and who wrote it."""
    return reads_all(standing, class_name) or written_by == standing.person_id


def agreements_in(text: str) -> list[str]:
    """One agreement per line, without the number or dash that somebody typed before it."""
    lines = [re.sub(r"^\s*(?:\d{1,2}[.)]|[-*•–])\s*", "", line).strip() for line in (text or "").splitlines()]
    return [line for line in lines if line]


def letters(agreements: Iterable[str]) -> str:
    """How large the agreements are printed, so that all that fits in them fits on one A4."""
    length = sum(len(one) for one in agreements)
    return "large" if length <= 200 else "middle" if length <= 500 else "small"


def worry_due(now: datetime, closed: Iterable[tuple[date, date]]) -> datetime:
    """Somebody looks after a pupil before the end of the next open day, in UTC."""
    day = next_open(local(now).date() + timedelta(days=1), closed, holidays_count=True)
    return datetime.combine(day, END_OF_DAY, SCHOOL_ZONE).astimezone(now.tzinfo)


def follow_up_day(day: date, closed: Iterable[tuple[date, date]]) -> date:
    """A week later, or the first day after that on which the school is open."""
    return next_open(day + timedelta(days=7), closed, holidays_count=True)
