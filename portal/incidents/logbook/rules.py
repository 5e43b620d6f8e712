"""What is asked of the logbook, and which entries belong together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from portal.clock import from_stamp, stamp

PAGE = 100  # entries on a page
PORTAL = "portal"  # the kind of what the portal wrote itself
MOST_LINES, MOST_CHARACTERS = 6, 600  # of a text that is shown whole at once


class Place(NamedTuple):
    """Where a page begins: behind this entry. `at` is when it happened."""

    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{stamp(self.at)}-{self.number}"


def place(text: str) -> Place:
    """Reads what `str` of a place wrote. Raises `ValueError`."""
    at, _dash, number = text.partition("-")
    if not (text.isascii() and number.isdigit() and len(number) <= 10):
        raise ValueError(text)
    return Place(from_stamp(at), int(number))


def place_before(at: datetime, number: int) -> Place:
    """Where the page begins that has this entry at the top."""
    return Place(at, number + 1)


@dataclass(frozen=True)
class Asked:
    """The filters; '' and 0 leave everything in. `phase` is that of the action an entry is about."""

    words: str = ""
    kind: str = ""
    author: int = 0
    phase: str = ""

    @property
    def narrows(self) -> bool:
        return self != Asked()

    def address(self, after: Place | None = None, *, whole: bool = False) -> str:
        """What stands behind the path of the logbook, from a place on, or for all of it."""
        given: dict[str, Any] = {"q": self.words, "kind": self.kind, "author": self.author, "phase": self.phase}
        given |= {"after": after and str(after), "all": int(whole)}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"?{query}" if query else ""


def is_long(text: str) -> bool:
    """Whether a text is folded until somebody asks for all of it."""
    return len(text) > MOST_CHARACTERS or text.count("\n") >= MOST_LINES


def chains(links: Iterable[tuple[int, int | None]]) -> dict[int, list[int]]:
    """Entries that correct each other, oldest first, by each of them; from pairs of an entry and what it corrects."""
    chain_of: dict[int, list[int]] = {}
    for number, corrects in sorted(links):
        chain = chain_of.setdefault(corrects or number, [corrects or number])
        if number not in chain:
            chain.append(number)
        chain_of[number] = chain
    return chain_of
