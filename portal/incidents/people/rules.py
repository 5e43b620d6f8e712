"""Who is who among the people involved, and whether a text names one of them. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Parts of a Dutch surname that are no name by themselves.
PARTICLES = {
    "van",
    "von",
    "de",
    "den",
    "der",
    "het",
    "ter",
    "ten",
    "te",
    "la",
    "le",
    "el",
    "al",
    "di",
    "da",
    "du",
    "op",
}
SHORTEST = 3  # letters of a word that is looked for by itself; a shorter one is an initial


@dataclass(frozen=True)
class Named:
    """What somebody is known by."""

    name: str
    class_name: str = ""
    aliases: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Small letters without accents, so that 'Zoë' is found in 'zoe'."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _sought(person: Named) -> set[str]:
    """The words that give somebody away: the whole name, each longer word of it, class and accounts."""
    name = plain(person.name).strip()
    words = {word for word in re.findall(r"[^\W\d_]+", name) if len(word) >= SHORTEST and word not in PARTICLES}
    initials = {name} if re.search(r"\w\W+\w", name) else set()
    return {one for one in words | initials | {plain(alias).strip() for alias in person.aliases} if one} | (
        {plain(person.class_name)} if person.class_name else set()
    )


def holds_name(text: str, people: Iterable[Named]) -> bool:
    """Whether a text holds a name, nickname, initials, class or account of one of these people (product rule 6)."""
    said = plain(text)
    return any(
        re.search(rf"(?<![^\W_]){re.escape(word)}s?(?![^\W_])", said) for person in people for word in _sought(person)
    )
