"""Who may do what: the one table from which permissions, 'who can see what' and the test matrix are made.

Source: the table of functions in the product description. A function that a part does not name sees
nothing of it, and the page answers as if it did not exist.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from portal.errors import N_

COORDINATOR = "coordinator"
LEADERSHIP = "leadership"
COUNSELOR = "counselor"
CARE = "care"
MENTOR = "mentor"
COMMUNICATION = "communication"
ADMINISTRATOR = "administrator"

TEAM_FUNCTIONS = (COORDINATOR, LEADERSHIP, COUNSELOR, CARE, MENTOR, COMMUNICATION)
FUNCTIONS = (*TEAM_FUNCTIONS, ADMINISTRATOR)

FUNCTION_NAMES = {
    "coordinator": N_("Incident coordinator"),
    "leadership": N_("School leadership"),
    "counselor": N_("Confidential counselor"),
    "care": N_("Care coordinator"),
    "mentor": N_("Mentor"),
    "communication": N_("Communication officer"),
    "administrator": N_("Administrator"),
}

CALLED_CLASS = re.compile(r"^(?:klas|class|groep|group)(?:[\W_]+(?=\w)|(?=\d))")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[\W_]+(?=\d)")

# What goes out: written by the one, approved by the other.
ONE_VOICE = {
    COORDINATOR: "read draft",
    LEADERSHIP: "read approve publish withdraw",
    COUNSELOR: "read",
    CARE: "read",
    MENTOR: "read",
    COMMUNICATION: "read draft publish",
}
BY_COMMUNICATION = {**dict.fromkeys((COORDINATOR, LEADERSHIP, COUNSELOR, CARE), "read"), COMMUNICATION: "read change"}

# part -> function in the incident's team -> verbs. '-own' is narrowed per row by that part's rules.
INCIDENT_PARTS: dict[str, dict[str, str]] = {
    "overview": {
        COORDINATOR: "read add change",
        LEADERSHIP: "read",
        COUNSELOR: "read add",
        CARE: "read add",
        MENTOR: "read add",
        COMMUNICATION: "read add",
    },
    "plan": {
        COORDINATOR: "read add change",
        LEADERSHIP: "read change-own",
        COUNSELOR: "read add change-own",
        CARE: "read add change-own",
        MENTOR: "read add change-own",
        COMMUNICATION: "read add change-own",
    },
    "log": {
        COORDINATOR: "read write",
        LEADERSHIP: "read write",
        COUNSELOR: "read write",
        CARE: "read write",
        MENTOR: "read-own write-own",
        COMMUNICATION: "read-own write-own",
    },
    "team": {
        COORDINATOR: "read change",
        LEADERSHIP: "read change",
        COUNSELOR: "read",
        CARE: "read",
        MENTOR: "read",
        COMMUNICATION: "read",
    },
    "people": {
        COORDINATOR: "read change",
        LEADERSHIP: "read",
        COUNSELOR: "read change",
        CARE: "read change",
        MENTOR: "read-own",
    },
    "trail": {LEADERSHIP: "read"},
    "wishes": {
        COORDINATOR: "read change",
        LEADERSHIP: "read override",
        COUNSELOR: "read change",
        CARE: "read",
        MENTOR: "read",
        COMMUNICATION: "read-masked",
    },
    "notes": {COUNSELOR: "read-own write-own"},
    "conversations": {
        COORDINATOR: "read",
        LEADERSHIP: "read",
        COUNSELOR: "read change",
        CARE: "read change",
        MENTOR: "read-own change-own",
    },
    "rest": {
        COORDINATOR: "read",
        LEADERSHIP: "read",
        COUNSELOR: "read change",
        CARE: "read change",
        MENTOR: "read-own change-own",
    },
    "buddies": {
        COORDINATOR: "read",
        LEADERSHIP: "read",
        COUNSELOR: "read change",
        CARE: "read change",
        MENTOR: "read-own change-own",
    },
    "classes": {
        COORDINATOR: "read change",
        LEADERSHIP: "read",
        COUNSELOR: "read change",
        CARE: "read change",
        MENTOR: "read change-own",
        COMMUNICATION: "read",
    },
    "sheet": dict.fromkeys(TEAM_FUNCTIONS, "read change"),
    "statement": ONE_VOICE,
    "letters": ONE_VOICE,
    "media": BY_COMMUNICATION,
    "watch": BY_COMMUNICATION,
    "links": {
        COORDINATOR: "read make revoke",
        LEADERSHIP: "read make revoke",
        COUNSELOR: "read",
        CARE: "read",
        COMMUNICATION: "read",
    },
}

# part -> function of the account -> verbs; EVERYBODY is anyone signed in.
EVERYBODY = "everybody"
SCHOOL_PARTS: dict[str, dict[str, str]] = {
    "desk": {EVERYBODY: "read"},
    "report": {EVERYBODY: "read write"},
    "receipt": {EVERYBODY: "read write"},
    "drafts": {EVERYBODY: "read write remove"},
    "account": {EVERYBODY: "read change password leave"},
    "factor": {EVERYBODY: "read change"},
    "absence": {EVERYBODY: "read change"},
    "accounts": {ADMINISTRATOR: "read change"},
    "settings": {ADMINISTRATOR: "read change"},
    # The school's own list of help: who works with it keeps it.
    "help": {CARE: "read change", COUNSELOR: "read change", ADMINISTRATOR: "read change"},
    "sheets": {EVERYBODY: "read"},
    "emergency": {LEADERSHIP: "read change"},
    "confirmations": {LEADERSHIP: "read change"},
    "audit": {LEADERSHIP: "read", ADMINISTRATOR: "read"},
}

# part -> verbs. Outside the demo, what a password opens by itself: who is here once in three years must be able to
# report in a corridor.
WITHOUT_SECOND_FACTOR: dict[str, str] = {
    "report": "read write",
    "receipt": "read write",
    "drafts": "write",
    "factor": "read change",
    "account": "leave",
}
# part -> verbs: what can be done before a first password, which somebody else knows, is replaced.
WITH_FIRST_PASSWORD: dict[str, str] = {"account": "password leave"}


def _verbs(table: dict[str, str], functions: Iterable[str]) -> frozenset[str]:
    return frozenset(verb for function in functions for verb in table.get(function, "").split())


def goes(table: dict[str, str], part: str, verbs: Iterable[str]) -> bool:
    """Whether one of the two tables above has the part, with one of the verbs."""
    return not set(table.get(part, "").split()).isdisjoint(verbs)


def incident_verbs(part: str, functions: Iterable[str]) -> frozenset[str]:
    """What somebody with these functions in an incident's team may do with a part of it."""
    return _incident_verbs(part, frozenset(functions))


@cache
def _incident_verbs(part: str, functions: frozenset[str]) -> frozenset[str]:
    return _verbs(INCIDENT_PARTS[part], functions)


def school_verbs(part: str, functions: Iterable[str]) -> frozenset[str]:
    """What an account with these functions may do with a part of the school."""
    return _verbs(SCHOOL_PARTS[part], (*functions, EVERYBODY))


@dataclass(frozen=True)
class Standing:
    """Somebody's place in one incident: who they are, their functions in its team, and so what they may do.

    `classes` are those the person mentors; `has_seen` is whether they opened the incident before, `looked_at` when
    they looked at its overview last, and `look_from` when the visit before this one ended.
    """

    person_id: int
    functions: frozenset[str]
    classes: frozenset[str] = field(default_factory=frozenset)
    has_seen: bool = True
    looked_at: datetime | None = None
    look_from: datetime | None = None

    def may(self, part: str, *verbs: str) -> bool:
        """Whether any of the verbs is granted on the part."""
        return not incident_verbs(part, self.functions).isdisjoint(verbs)

    def sees(self, part: str) -> bool:
        """Whether the part exists for this person at all."""
        return bool(incident_verbs(part, self.functions))

    def seen_of(self, parts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of parts with their words, those that exist for this person."""
        return [part for part in parts if self.sees(part[0])]

    def mentors(self, class_name: str) -> bool:
        """Whether this person is the mentor of a class."""
        return as_class(class_name) in {as_class(name) for name in self.classes} - {""}


def as_class(name: str) -> str:
    """The name of a class as it is compared: '3 b', '3-B' and 'klas 3B' are '3B', but '1.12' is not '11.2'.

    Another spelling would walk around the victim's wish (product rule 4).
    """
    name = CALLED_CLASS.sub("", unicodedata.normalize("NFKC", name).casefold().strip())
    return re.sub(r"[\W_]+", "", BETWEEN_DIGITS.sub("x", name)) or name
