"""Whether a text names somebody: a text and people in, findings out. Pure, and knows nothing of the rest.

Source: product rule 6 (name, nickname, initials, class, account). Rather one warning too many than a name that goes
round, except for words that stand in every other sentence.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_LISTS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
PARTICLES, NO_NAMES, NOUNS, OPENERS = (
    frozenset(_LISTS[name].split()) for name in ("particles", "no_names", "nouns", "openers")
)
# What has no accent to take off, but is written as other letters too.
ALSO_WRITTEN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "ı": "i", "İ": "I", "ß": "ss", "æ": "ae",
     "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "’": "'", "‘": "'", "`": "'", "´": "'"}
)  # fmt: skip
LOOKALIKES = str.maketrans({pair[0]: pair[1] for pair in _LISTS["lookalikes"].split()})
# Letters that leave an empty place, and so can stand unseen within a name.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
UNSEEN = {"Mn", "Me", "Cf"}  # accents once they are taken apart, selectors, joiners
SHORTENED = re.compile(r"(?<![^\W_])(?:'[nst](?![^\W_])|[dlo]')")  # 't, 's, d', l', O'
BEFORE, BEHIND = r"(?<![^\W_])", r"(?![^\W_])"
OWN = r"(?:'?s)?"  # 'Noors', "Noor's"
MID_SENTENCE = r"(?<=[\w,;:] )"
BETWEEN = r"[\W_]{1,3}"


@dataclass(frozen=True)
class Named:
    """What somebody is known by."""

    name: str
    class_name: str = ""
    aliases: tuple[str, ...] = ()


def bare(text: str) -> str:
    """The same words without accents and without signs that are not seen, capitals kept."""
    letters = unicodedata.normalize("NFKD", text.translate(ALSO_WRITTEN))
    return "".join(one for one in letters if one not in BLANKS and unicodedata.category(one) not in UNSEEN)


def _read(text: str) -> list[str]:
    """The text as a reader may see it: as it is, and with Latin letters for those that only look like them."""
    said = bare(text)
    return list(dict.fromkeys((said, said.translate(LOOKALIKES))))


def plain(text: str) -> str:
    """Small letters without accents, so that 'Zoë' is found in 'zoe'."""
    return bare(text).casefold()


def words_of(name: str) -> list[str]:
    """The words of a name that name somebody: no particles, no 'mevrouw' or 'unknown', nothing with digits."""
    words = re.findall(r"[^\W_]+", SHORTENED.sub(" ", plain(name)))
    return [word for word in words if word.isalpha() and word not in PARTICLES | NO_NAMES]


def names_in(text: str, people: Iterable[Named]) -> list[str]:
    """Every name, nickname, initials, class or account of one of these people in a text, without accents."""
    people = list(people)
    found = {
        match.span(): match[0]
        for said in _read(text)
        for one in people
        for sought in _sought(one)
        for match in sought.finditer(said)
    }
    return [found[at] for at in sorted(found)]


def holds_name(text: str, people: Iterable[Named]) -> bool:
    """Whether a text holds a name, nickname, initials, class or account of one of these people (product rule 6)."""
    said = _read(text)
    return any(sought.search(one) for person in people for sought in _sought(person) for one in said)


@lru_cache(512)
def _sought(person: Named) -> tuple[re.Pattern[str], ...]:
    """What gives somebody away."""
    patterns = {*_of_name(person.name), *_of_class(person.class_name)}
    for alias in person.aliases:
        patterns |= _of_alias(bare(alias).strip().lstrip("@"))
    return tuple(re.compile(pattern) for pattern in sorted(patterns))


def _of_name(name: str) -> set[str]:
    words = words_of(name)
    found = {_word(word) for word in words if len(word) > 1}
    if len(words) > 1:
        found |= {_phrase(name), _initials(words)}
        if all(len(word) == 1 for word in words):
            found.add(rf"{BEFORE}{''.join(words).upper()}{OWN}{BEHIND}")
    elif words and name.isupper() and len(words[0]) in (2, 3):
        found.add(f"{BEFORE}{words[0].upper()}{OWN}{BEHIND}")
    elif words and len(words[0]) == 1:
        # Of 'D.' alone there is nothing but the capital with its dot.
        found.add(rf"(?<![^\W_])(?<!\.){words[0].upper()}\.(?![^\W_])")
    return found


def _word(word: str) -> str:
    if word not in NOUNS and word not in OPENERS and len(word) > 2:
        return rf"(?i:{BEFORE}{word}{OWN}{BEHIND})"
    own = "(?:'s)?" if len(word) == 2 else OWN
    written = rf"(?:{word.capitalize()}|{word.upper()})" if len(word) > 2 else word.capitalize()
    return f"{MID_SENTENCE if word in OPENERS else BEFORE}{written}{own}{BEHIND}"


def _phrase(name: str) -> str:
    """All of it, whatever stands between the words; with its capitals where it could be a piece of a sentence."""
    words = re.findall(r"[^\W_]+", bare(name))
    if OPENERS.issuperset(words_of(name)):
        written = [rf"(?i:{word})" if word.casefold() in PARTICLES else word.capitalize() for word in words]
        return f"{BEFORE}{BETWEEN.join(written)}{OWN}{BEHIND}"
    return rf"(?i:{BEFORE}{BETWEEN.join(words)}{OWN}{BEHIND})"


def _initials(words: list[str]) -> str:
    """'J.B.', 'J. B.' and 'J. de B.': capitals with dots, and no part of a longer abbreviation."""
    between = r"\.\s?(?:[a-z']{1,4}\.?\s?){0,2}"
    return rf"(?<![^\W_])(?<!\.){between.join(word[0].upper() for word in words)}(?![^\W_])(?!\.[^\W_])"


def _of_class(class_name: str) -> set[str]:
    """'3B', '3b' and '3-B', but '3 b' only with a capital: 'van 3 a 4' is no class."""
    pieces = re.findall(r"\d+|[^\W\d_]+", bare(class_name))
    if len("".join(pieces)) < 2:
        return {rf"(?i:{BEFORE}(?:klas|class|groep|group)\s?{piece}{BEHIND})" for piece in pieces}
    closed, spaced = r"[-./]?".join(pieces), r"\s".join(piece.upper() for piece in pieces)
    return {rf"(?i:{BEFORE}{closed}{BEHIND})", rf"{BEFORE}{spaced}{BEHIND}"}


def _of_alias(alias: str) -> set[str]:
    """An account as it is, a nickname as a name."""
    if not re.search(r"[^\W_]", alias):
        return set()
    if re.search(r"\w[._]\w|[\d_]|[^\w\s'.-]", alias):
        return {rf"(?i:(?<!\w){re.escape(alias)}(?!\w))"}
    return _of_name(alias)


@dataclass(frozen=True)
class Finding:
    """Something in a text that could lead to a person, or that does harm: from `start` to `end`, of a `kind`.

    A hard one keeps the text inside; a soft one may stay for a reason. `about` is the place of the person in the list
    that was given, None where it is about nobody in particular.
    """

    kind: str
    hard: bool
    start: int
    end: int
    words: str
    about: int | None = None

    @property
    def key(self) -> str:
        """The same finding in a later version of the text: kind and words, however these were written."""
        return f"{self.kind}:{plain(self.words)}"


def check(
    text: str, people: Iterable[Named], *, exempt: Iterable[str] = (), classes: Iterable[str] = ()
) -> list[Finding]:
    """What a text gives away of these people, in its order."""
    own = {re.sub(r"\W", "", plain(name)) for name in classes}
    found = []
    for about, person in enumerate(people):
        for sought in _sought(person):
            found += [
                Finding("name", True, *match.span(), match[0], about)
                for match in sought.finditer(bare(text))
                if re.sub(r"\W", "", plain(match[0])) not in own
            ]
    return sorted(found, key=lambda one: (one.start, one.end))
