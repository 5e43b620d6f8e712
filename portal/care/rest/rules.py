"""Periods of rest: their forms, when they may begin, and what has to be done next. Pure."""

import tomllib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from portal.clock import SCHOOL_ZONE, local
from portal.errors import N_, Invalid, Refused
from portal.school.rules import next_open

GATE, STEP = "rest", "rest-period"
PLANNED, RUNNING = "planned", "running"
FORMS = {
    "home": N_("at home"),
    "room": N_("in another room at school"),
    "short": N_("with shortened days"),
    "weekend": N_("back after the weekend"),
}
EVERY = {1: N_("every school day"), 2: N_("every two days"), 3: N_("every three days"), 7: N_("every week")}
LONGEST = timedelta(days=60)  # more is no rest any more, and asks for help of another kind

EVENTS = {
    "rest.planned": N_("Period of rest planned for %(who)s: %(first)s to %(last)s, %(form)s."),
    "rest.begun": N_("The period of rest of %(who)s began."),
    "rest.changed": N_("Period of rest of %(who)s changed: %(first)s to %(last)s, %(form)s."),
    "rest.longer": N_("The period of rest of %(who)s lasts longer: not to %(before)s but to %(last)s."),
    "rest.contact": N_("Contact with %(who)s during the period of rest."),
    "rest.told": N_("The teachers were told that %(who)s is absent with permission."),
    "rest.ended": N_("The period of rest of %(who)s ended."),
    "rest.cancelled": N_("The period of rest of %(who)s does not go on."),
    "rest.returned": N_("Talk with %(who)s at coming back."),
}


@cache
def ready() -> dict[str, dict[str, str]]:
    """Texts that stand ready, in both languages (`ready.toml`)."""
    return tomllib.loads((Path(__file__).parent / "ready.toml").read_text("utf-8"))


def check_days(first: date, last: date, return_at: datetime | None) -> None:
    """Raises `Invalid` for days that cannot be."""
    if last < first:
        raise Invalid("last", N_("The last day is before the first."))
    if last - first > LONGEST:
        raise Invalid("last", N_("That is more than two months. Choose a nearer day; you can make it longer later."))
    if return_at and local(return_at).date() < first:
        raise Invalid("return_at", N_("The talk at coming back is before the first day of rest."))


def check_none_there(states: Iterable[str]) -> None:
    """One period of rest at a time. Raises `Refused`."""
    if not {PLANNED, RUNNING}.isdisjoint(states):
        raise Refused(N_("There is a period of rest for this victim already."), N_("Change that one, or end it first."))


def check_state(state: str, *allowed: str) -> None:
    """Raises `Refused` for what does not fit how it stands now."""
    if state not in allowed:
        raise Refused(N_("This period of rest stands otherwise by now."), N_("Load the page again to see how it is."))


def check_not_returned(returned_at: datetime | None) -> None:
    """The talk at coming back is held once. Raises `Refused`."""
    if returned_at:
        raise Refused(
            N_("The talk at coming back was noted already."), N_("Write what you want to add in the logbook.")
        )


def check_longer(before: date, last: date) -> None:
    """Raises `Invalid` when it would not last longer."""
    if last <= before:
        raise Invalid("last", N_("Choose a day after the last day that was agreed."))


def talk_stays(return_at: datetime | None, last: date) -> datetime | None:
    """The talk at coming back that was agreed, where it still comes after the last day of a longer rest."""
    return return_at if return_at and local(return_at).date() > last else None


def next_contact(every: int, after: datetime) -> datetime:
    """When there should be contact next: so many days later at the same time of day, never in a weekend or holiday."""
    start = local(after)
    day = next_open(start.date() + timedelta(days=every), (), holidays_count=False)
    return datetime.combine(day, start.time().replace(second=0), SCHOOL_ZONE).astimezone(after.tzinfo)


def stands(state: str, last: date, today: date) -> str:
    """How a period of rest stands today: planned, running, ended, cancelled, or over.

    Over is what still runs after its last day: nobody ended it.
    """
    return "over" if state == RUNNING and last < today else state


def said_day(day: date) -> dict[str, str]:
    """A day within a stored message, shown in the reader's language."""
    return {"day": str(day)}


def said_days(first: date, last: date, form: str) -> dict[str, Any]:
    """Values for a line of the logbook."""
    return {"first": said_day(first), "last": said_day(last), "form": {"message": FORMS[form]}}
