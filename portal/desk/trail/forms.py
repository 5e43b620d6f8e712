"""What the address of a page of the trail asks for."""

from collections.abc import Container, Mapping
from datetime import date

from portal.desk.trail.rules import DAYS, DONE, KINDS, Asked
from portal.web.forms import whole_number


def asked_of_office(args: Mapping[str, str], people: Container[int]) -> Asked:
    """The filters; what is not offered narrows nothing, so that an old bookmark still opens."""
    kind, days = args.get("kind", ""), whole_number(args.get("days"))
    return Asked(person=_one_of(args, people), kind=kind if kind in KINDS else "", days=days if days in DAYS else 0)


def asked_of_case(args: Mapping[str, str], people: Container[int]) -> Asked:
    """As for the office. Who did nothing here is not offered, so asking for them tells nothing."""
    done = args.get("done", "")
    return Asked(person=_one_of(args, people), done=done if done in DONE else "", day=_day(args.get("day", "")))


def _one_of(args: Mapping[str, str], people: Container[int]) -> int:
    person = whole_number(args.get("person"))
    return person if person in people else 0


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
