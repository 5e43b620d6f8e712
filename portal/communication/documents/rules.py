"""From draft to published with two pairs of eyes: the states, and who may do what. Pure.

Source: product rule 7 (the author of a statement or letter cannot approve it) and rule 10 (every version is kept).
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from portal.errors import N_, Invalid, NotAllowed, Refused
from portal.policy import Standing

DRAFT, WAITING, APPROVED, PUBLISHED, WITHDRAWN = "draft", "waiting", "approved", "published", "withdrawn"
STATES = {
    DRAFT: N_("draft"),
    WAITING: N_("for approval"),
    APPROVED: N_("approved"),
    PUBLISHED: N_("published"),
    WITHDRAWN: N_("withdrawn"),
}
# act -> the verb of the policy that it needs, the states in which it can be done, the state after it.
ACTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "ask": ("draft", (DRAFT,), WAITING),
    "send-back": ("approve", (WAITING, APPROVED), DRAFT),
    "approve": ("approve", (WAITING,), APPROVED),
    "publish": ("publish", (APPROVED, WITHDRAWN), PUBLISHED),
    "withdraw": ("withdraw", (PUBLISHED,), WITHDRAWN),
}
ACT_WORDS = {
    "ask": N_("asked for approval"),
    "send-back": N_("sent back"),
    "approve": N_("approved"),
    "publish": N_("published"),
    "withdraw": N_("withdrawn"),
}
NO_STATE = {
    "ask": N_("This is not a draft any more."),
    "send-back": N_("There is nothing to send back any more."),
    "approve": N_("This does not wait for approval any more."),
    "publish": N_("Only what is approved can be published."),
    "withdraw": N_("There is nothing online."),
}
# Whom a letter is to, as it stands within a sentence.
KIND_NAMES = {
    "class-parents": N_("the parents of class %(class_name)s"),
    "other-parents": N_("the parents of other classes"),
    "staff": N_("all staff"),
    "pupils": N_("the pupils"),
    "council": N_("the parent council"),
    "board": N_("the board"),
}
LANGUAGES = ("nl", "en")
PARTS = ("going", "think", "do", "why", "contact")  # of the statement
# As parents read them above each part: in the language of the text, not of who looks at it.
HEADINGS = {
    "nl": {
        "going": "Wat er speelt",
        "think": "Wat wij ervan vinden",
        "do": "Wat wij doen",
        "why": "Waarom wij dit doen",
        "contact": "Bij wie u terechtkunt",
    },
    "en": {
        "going": "What is going on",
        "think": "What we think of it",
        "do": "What we do",
        "why": "Why we do this",
        "contact": "Whom you can contact",
    },
}
Texts = Mapping[str, Mapping[str, str]]
# Told over the telephone and typed from paper: nothing that is read or heard as another, and no vowels to spell a name.
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


def new_slug() -> str:
    """An address that says nothing, short enough to be told: as 'k7mt-q4wx'. What stands there is for everybody."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(2))


def running(said: Mapping[str, str], parts: Iterable[str] = PARTS) -> str:
    """The parts of one language as one running text, in this order."""
    return "\n\n".join(text for text in (said.get(part, "").strip() for part in parts) if text)


def headed(texts: Texts, language: str, parts: Iterable[str] = PARTS) -> list[tuple[str, str]]:
    """Heading and text of the parts of a statement that say something, in their order."""
    said = texts.get(language, {})
    return [(HEADINGS[language][part], said[part]) for part in parts if said.get(part, "").strip()]


def path_of(slug: str) -> str:
    """Where everybody can read what was published."""
    return f"/statements/{slug}"


def check_may(standing: Standing, part: str, act: str) -> None:
    """Raises `NotAllowed` for who may not do this with the statement or the letters (`part`)."""
    if not standing.may(part, ACTS[act][0]):
        raise NotAllowed


def next_state(act: str, state: str, *, is_online: bool = False) -> str:
    """The state after an act. Raises `Refused` where the act is not in place.

    What is online can be withdrawn whatever is written meanwhile, which stays as it is.
    """
    _verb, before, after = ACTS[act]
    if act == "withdraw" and is_online and state not in before:
        return state
    if state not in before:
        raise Refused(NO_STATE[act], N_("Look at what it says now."))
    return after


def check_second_pair(authors: Collection[int], actor_id: int) -> None:
    """Who wrote any of what is new since the last approval cannot approve it. Raises `Refused` (product rule 7)."""
    if actor_id in authors:
        raise Refused(
            N_("You wrote part of this yourself. Somebody else has to approve it."),
            N_("Ask another colleague of school leadership on the team to read it."),
        )


def approvals(acts: Iterable[tuple[int, str]]) -> set[int]:
    """Versions that are approved: what was sent back after that is not. Pairs of number and act, oldest first."""
    found: set[int] = set()
    for number, act in acts:
        if act == "approve":
            found.add(number)
        elif act == "send-back":
            found.discard(number)
    return found


def authors(
    versions: Iterable[tuple[int, int]], acts: Iterable[tuple[int, str, int]], *, number: int
) -> frozenset[int]:
    """Who wrote what the version `number` brings anew, or asked for it to be approved.

    `versions` are pairs of number and author, `acts` triples of number, act and person, oldest first.
    """
    acts = list(acts)
    seen = max((of for of in approvals((of, act) for of, act, _by in acts) if of < number), default=0)
    wrote = {by for of, by in versions if seen < of <= number}
    return frozenset(wrote | {by for of, act, by in acts if act == "ask" and of == number})


def reasons_in(acts: Iterable[Any], number: int, *, by: int | None = None) -> dict[str, str]:
    """Why soft findings in a version may stay, by their key; `acts` from the oldest on, `by`: as one person said it."""
    said: dict[str, str] = {}
    for one in acts:
        if one.number == number and by in (None, one.by_id):
            said |= one.reasons
    return said


def check_complete(texts: Texts, parts: Collection[str], needed: Collection[str]) -> None:
    """The Dutch text is whole; the English one is whole or not there at all. Raises `Invalid` for the first gap."""
    for language in LANGUAGES:
        said = texts.get(language, {})
        if language == "nl" or any(said.get(part, "").strip() for part in parts):
            for part in needed:
                if not said.get(part, "").strip():
                    raise Invalid(f"{language}-{part}", N_("Write this part first: without it nobody can approve it."))


def same(one: Texts, other: Texts) -> bool:
    """Whether two texts say the same, whatever empty parts they have."""
    return _said(one) == _said(other)


def wins(here: tuple[bool, int], moving: tuple[bool, int]) -> bool:
    """Of two documents for one purpose, whether the one that is here goes on when their incidents are joined.

    Each is told by whether it is online and the number of the version that was approved last (0 for none).
    """
    return here >= moving


def _said(texts: Texts) -> dict[str, Any]:
    said = {language: {part: text for part, text in of.items() if text} for language, of in texts.items()}
    return {language: of for language, of in said.items() if of}
