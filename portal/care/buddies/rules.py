"""Whom a victim may have as buddies, who is asked next, and when they are asked how it goes. Pure.

Source of the three and of the order: the six-phase poster for schools; of the gate: product rule 4.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from portal.errors import N_, Invalid, Refused
from portal.incidents.rules import PARTS, label
from portal.leakcheck.rules import words_of
from portal.school.rules import next_open

MOST = 3  # buddies of one victim at a time, unless a reason is given
CHECK_INS = (3, 7, 21)  # days after a classmate said yes
SHORTEST = 3  # letters of a surname: what is shorter is an initial

ANSWERS = {"yes": N_("yes"), "no": N_("no")}
GOING = {"well": N_("well"), "so-so": N_("so-so"), "hard": N_("it is hard")}
STATES = {
    "named": N_("not asked yet"),
    "asked": N_("thinks about it"),
    "buddy": N_("is a buddy"),
    "declined": N_("said no"),
    "stopped": N_("stopped"),
}
LIVE = ("named", "asked", "buddy")
WARNINGS = {
    "same": N_("This pupil is said to have made or spread it too."),
    "name": N_("Somebody with this name is said to have made or spread it."),
    "surname": N_("Somebody with this surname is said to have made or spread it: perhaps a brother or sister."),
}
# For who may not know who is suspected.
ASK_FIRST = N_("Talk with the coordinator before you ask this pupil.")

EVENTS = {
    "named": N_("Named as buddies by %(victim)s: %(who)s."),
    "asked": N_("%(who)s was asked to be a buddy."),
    "reason": N_("Why %(who)s was asked all the same."),
    "yes": N_("%(who)s said yes."),
    "no": N_("%(who)s said no."),
    "corrected": N_("Correction: %(who)s said %(said)s, not %(before)s."),
    "agreed": N_("Agreed what %(who)s does."),
    "parents": N_("The parents of %(who)s were told."),
    "supports": N_("%(adult)s supports %(who)s."),
    "asks": N_("%(adult)s will ask %(who)s."),
    "check-in": N_("Asked %(who)s how it goes: %(going)s."),
    "stopped": N_("%(who)s is no buddy any more."),
}


@cache
def texts() -> dict[str, Any]:
    """What is said and handed out, in both languages (`texts.toml`)."""
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text("utf-8"))


def called(part: str, number: int) -> dict[str, Any]:
    """A message that speaks of a buddy without a name, and never of another part of the same person."""
    return label(part, number) if part == "buddy" else {"message": PARTS["buddy"]}


def state_of(answer: str, *, asked: bool, ended: bool) -> str:
    """How it stands with one whom the victim named: a key of `STATES`."""
    if ended:
        return "stopped"
    if answer:
        return "buddy" if answer == "yes" else "declined"
    return "asked" if asked else "named"


@dataclass(frozen=True)
class Place:
    """One whom the victim named: `number` tells rows apart, `place` is the order in which they were named."""

    number: int
    place: int
    state: str


def ahead(number: int, others: Iterable[Place]) -> list[Place]:
    """Who keeps this one waiting: all who were asked and did not stop, and who was named before."""
    known = list(others)
    place = next(one.place for one in known if one.number == number)
    return [
        one
        for one in known
        if one.number != number
        and (one.state in ("asked", "buddy") or (one.state == "named" and (one.place, one.number) < (place, number)))
    ]


def next_to_ask(others: Iterable[Place]) -> int | None:
    """Whom to ask now: the first by the victim's order while there are fewer than three; None when nobody is."""
    known = sorted(others, key=lambda one: (one.place, one.number))
    taken = sum(one.state in ("asked", "buddy") for one in known)
    waiting = [one.number for one in known if one.state == "named"]
    return waiting[0] if waiting and taken < MOST else None


def check_can_ask(number: int, others: Sequence[Place], warnings: Sequence[str], reason: str) -> None:
    """Refuse a fourth, who is asked before the victim's order says so, and who is warned of, without a reason.

    Raises `Refused` for one who was asked already, and `Invalid`.
    """
    if next(one.state for one in others if one.number == number) != "named":
        raise Refused(N_("This pupil was asked already, or is no buddy any more."), N_("Look at how it stands now."))
    if reason:
        return
    if len(ahead(number, others)) >= MOST:
        raise Invalid("reason", N_("There are three already. Write why the victim needs a fourth."))
    if warnings:
        raise Invalid("reason", N_("Read the warning. Write why you ask this pupil all the same."))


def check_room(number: int, others: Iterable[Place], reason: str) -> None:
    """Refuse that a no becomes a yes when there are three already, without a reason from before. Raises `Refused`."""
    taken = sum(one.state in ("asked", "buddy") for one in others if one.number != number)
    if taken >= MOST and not reason:
        raise Refused(
            N_("There are three buddies already."), N_("Name this pupil again, and write why there is a fourth.")
        )


def surname(name: str) -> str:
    """The last name without its particles; '' where there is none, or an initial only."""
    words = words_of(name)
    return words[-1] if len(words) > 1 and len(words[-1]) >= SHORTEST else ""


def same_name(first: str, second: str) -> bool:
    """Whether two names can be of one person: the first names alike, and the last ones, or what is given of them."""
    one, other = words_of(first), words_of(second)
    if not one or not other or one[0] != other[0] or len(one[0]) < SHORTEST:
        return False
    if len(one) == 1 or len(other) == 1:
        return True
    last, also = sorted((one[-1], other[-1]), key=len)
    return also.startswith(last) if len(last) < SHORTEST else last == also


@dataclass(frozen=True)
class Known:
    """Of a person involved, what warns of a buddy."""

    id: int
    names: tuple[str, ...]  # the name, then nicknames and accounts
    spread_it: bool  # is said to have made or spread it


def warnings(person: Known, people: Iterable[Known]) -> list[str]:
    """Why this pupil may not be the right buddy, strongest first (keys of `WARNINGS`)."""
    if person.spread_it:
        return ["same"]
    others = [one for one in people if one.spread_it and one.id != person.id]
    if any(same_name(mine, theirs) for one in others for mine in person.names for theirs in one.names):
        return ["name"]
    family = surname(person.names[0])
    return ["surname"] if family and any(surname(one.names[0]) == family for one in others) else []


def check_in_days(said_yes: date, closed: Iterable[tuple[date, date]]) -> list[date]:
    """When a buddy is asked how it goes: after 3 days, 1 week and 3 weeks, on days that the school is open."""
    periods = list(closed)
    days = [next_open(said_yes + timedelta(days=ahead), periods, holidays_count=True) for ahead in CHECK_INS]
    return sorted(set(days))


def is_near(to_come: Sequence[Any], today: date) -> bool:
    """Whether a talk of today is likely the first of the check-ins to come (with `due_on`): due by tomorrow."""
    return bool(to_come) and to_come[0].due_on <= today + timedelta(days=1)


def check_day(day: date, today: date, closed: Iterable[tuple[date, date]]) -> None:
    """Refuse a check-in in the past, or on a day on which nobody is at school. Raises `Invalid`."""
    if day < today:
        raise Invalid("due_on", N_("This day has gone by. Choose another day."))
    if next_open(day, closed, holidays_count=True) != day:
        raise Invalid("due_on", N_("The school is closed that day. Choose another day."))
