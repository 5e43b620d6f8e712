"""Who an outsider can be, and what each may be shown and may do: the one list. Pure.

A kind that is to come gets a row here; until it is asked for there is none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.errors import N_

# Of a person involved, what can be shared at all; in this order on the page.
PERSON_FIELDS = {
    "name": N_("name"),
    "class_name": N_("class"),
    "age": N_("age"),
    "part": N_("part in it"),
    "school_name": N_("school"),
}
# What can be shared of the incident besides people and actions.
SECTIONS = ("summary", "people", "actions", "statement", "feedback")


@dataclass(frozen=True)
class Kind:
    """One kind of outsider: how it is called, the fields of a person and the sections it may be shown, its acts."""

    name: str
    fields: frozenset[str]
    sections: frozenset[str]
    acts: frozenset[str]


PARTNER_SCHOOL = "partner-school"
KINDS: Mapping[str, Kind] = {
    PARTNER_SCHOOL: Kind(
        name=N_("the other school"),
        fields=frozenset(PERSON_FIELDS),
        sections=frozenset(SECTIONS),
        acts=frozenset(
            {
                "read",  # the page, its print, its trail
                "download",
                "join",  # take part, or decline with a reason
                "answer",  # tick off, propose another date, decline, add an own action
                "write",  # messages, and report a worry
                "align",  # answer to our statement, lay theirs before us
                "invite",  # propose colleagues
                "feedback",
            }
        ),
    )
}


def may(kind: str, act: str) -> bool:
    """Whether this kind of outsider has an act; an unknown kind has none."""
    return kind in KINDS and act in KINDS[kind].acts


def fields_of(kind: str, asked: Iterable[str]) -> list[str]:
    """Of fields that somebody ticked, those that this kind may be shown, in the order of the page."""
    ticked = set(asked)
    return [name for name in PERSON_FIELDS if name in ticked and name in KINDS[kind].fields]


def told_of(kind: str, person: Mapping[str, Any], asked: Iterable[str]) -> dict[str, str]:
    """What is shared of a person with these columns: the ticked fields that are filled in, as text."""
    return {name: str(person[name]) for name in fields_of(kind, asked) if person.get(name) not in (None, "")}
