"""When somebody is away, and who stands in then. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portal.errors import N_, Invalid

if TYPE_CHECKING:
    from portal.accounts.models import Absence, Person

# Of an absence that is over nothing is needed once the school year has been looked back upon.
KEPT = timedelta(days=365)


def check_days(first: date, last: date, today: date) -> None:
    """Refuse days that end before they begin, or that are over already. Raises `Invalid`."""
    if last < first:
        raise Invalid("last", N_("The last day is before the first day."))
    if last < today:
        raise Invalid("last", N_("These days are over already."))


def overlap(first: date, last: date, others: "Iterable[Absence]") -> bool:
    """Whether one of the others has a day in common with these; both ends are included."""
    return any(first <= other.last and other.first <= last for other in others)


def present(person: "Person | None", away: "Mapping[int, Absence]") -> "Person | None":
    """This person, or whoever stands in when away, and so on; never an administrator or who left. None: nobody does."""
    seen: set[int] = set()
    while person is not None and person.id in away:
        if person.id in seen:
            return None
        seen.add(person.id)
        person = away[person.id].deputy
    return None if person is None or not person.may_be_on_team else person


def set_for(person: "Person | None", functions: Iterable[str], deputies: "Mapping[str, Person]") -> list[str]:
    """Of these functions those for which the administrator set this person as deputy."""
    return [one for one in functions if person is not None and one in deputies and deputies[one].id == person.id]


def proposed(functions: Iterable[str], deputies: "Mapping[str, Person]", own_id: int) -> int:
    """Who is proposed to stand in: the deputy of the first function that has one; 0 when there is none."""
    found = (deputies[function].id for function in functions if function in deputies)
    return next((person_id for person_id in found if person_id != own_id), 0)


def edition(deputies: "Mapping[str, Person]") -> str:
    """Says which deputies a page showed, so that a change by somebody else is noticed."""
    return ".".join(f"{function}-{person.id}" for function, person in sorted(deputies.items()))
