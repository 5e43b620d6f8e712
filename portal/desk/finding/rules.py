"""What is asked of the list of incidents. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from portal.clock import from_stamp, stamp
from portal.incidents.rules import OPEN

PAGE = 50  # incidents on a page, and the most that a search shows
ANY_FLAG = "any"
_PLACE = re.compile(r"(open|ended)-(\d{1,17})-(\d{1,10})", re.ASCII)
_REF = re.compile(r"(?:(\d{4}|\d{2})-)?(\d{1,5})", re.ASCII)


class Place(NamedTuple):
    """Where a page begins: behind this incident. `at` is when it was reported."""

    state: str
    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{self.state}-{stamp(self.at)}-{self.number}"


def place(text: str) -> Place:
    """Reads what `str` of a place wrote. Raises `ValueError`."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Place(found[1], from_stamp(found[2]), int(found[3]))


@dataclass(frozen=True)
class Asked:
    """The filters; '' and False leave everything in. `phase` is a key, `words` what was typed to search for.

    `reads` is a part of incidents that the person has to be able to read; no address asks for it.
    """

    words: str = ""
    phase: str = ""
    flag: str = ""
    kind: str = ""
    mine: bool = False
    late: bool = False
    reads: str = ""

    @property
    def narrows(self) -> bool:
        return self != Asked()

    @property
    def filters(self) -> bool:
        """Whether something besides the words narrows the list."""
        return replace(self, words="") != Asked()

    def address(self, after: Place | None = None) -> str:
        """Where the list with these filters stands, from a place on."""
        given: dict[str, Any] = {"q": self.words, "phase": self.phase, "flag": self.flag, "kind": self.kind}
        given |= {"mine": self.mine and "y", "late": self.late and "y", "after": after and str(after)}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"/incidents?{query}" if query else "/incidents"

    @property
    def states(self) -> tuple[str, ...]:
        """Open ones first. In what has ended nothing is to be done: no phase, nothing late and nothing of mine."""
        return (OPEN,) if self.phase or self.mine or self.late else (OPEN, "ended")

    def states_from(self, after: Place | None) -> tuple[str, ...]:
        """The states that stand behind this place."""
        if after is None or after.state not in self.states:
            return self.states if after is None else ()
        return self.states[self.states.index(after.state) :]


def references(typed: str, this_year: int) -> list[str]:
    """References that may be meant: '2026-007', '26-7', or '007' of whichever year, the newest first."""
    found = _REF.fullmatch(typed.strip())
    if found is None:
        return []
    year, number = found[1], int(found[2])
    years = [int(year) % 100 + 2000 if len(year) == 2 else int(year)] if year else range(this_year, this_year - 20, -1)
    return [f"{one}-{number:03d}" for one in years]


def names(typed: str) -> str:
    """How the code name begins that may be meant: 'eik 2' and 'Zaak Eik 2' are 'Eik 2'; '' for none."""
    plain = " ".join(typed.split())
    bare = re.sub(r"(?i)^(zaak|incident|case) ", "", plain)
    return bare[:1].upper() + bare[1:].lower()
