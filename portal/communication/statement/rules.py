"""What helps to write a statement: examples per situation, how hard a text is to read, what changed. Pure.

Sources: the examples in `statement.toml`; reading ease by Flesch (1948) for English and by Douma (1960) for Dutch.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from portal.communication.documents.rules import LANGUAGES, PARTS, Texts
from portal.errors import N_

STEP, FOLLOW = "statement", "follow-statement"  # of the protocol
RUMOUR, CLASS, PUBLIC, STAFF, AI = "rumour", "class", "public", "staff", "ai"
LONGEST = 1500  # characters of one part: more than anybody reads on a telephone
MOST_WORDS = 300
PLAIN, HARD = 60, 50  # reading ease from which a text is easy, and under which few parents read on
MOST_IN_SENTENCE = 15  # words, on average


@dataclass(frozen=True)
class Situation:
    """What may be going on, with an example of each part by language."""

    key: str
    title: dict[str, str]
    examples: dict[str, dict[str, str]]


@cache
def _read() -> dict[str, object]:
    return tomllib.loads((Path(__file__).parent / "statement.toml").read_text("utf-8"))


@cache
def situations() -> dict[str, Situation]:
    rows: list[dict[str, dict[str, str]]] = _read()["situation"]  # type: ignore[assignment]
    return {
        str(row["key"]): Situation(
            str(row["key"]),
            row["title"],
            {language: {part: row[part][language].strip() for part in PARTS} for language in LANGUAGES},
        )
        for row in rows
    }


@cache
def hints() -> dict[str, dict[str, str]]:
    """How each part is written, for who writes it."""
    rows: dict[str, dict[str, dict[str, str]]] = _read()["part"]  # type: ignore[assignment]
    return {part: rows[part]["hint"] for part in PARTS}


def proposed(kind: str, origin: str, spread: str, *, staff: bool) -> str:
    """The situation that fits what is known of an incident, to be chosen first."""
    if staff:
        return STAFF
    if kind == "fake" or origin == "ai":
        return AI
    if spread == "internet":
        return PUBLIC
    return RUMOUR if spread == "unknown" or kind == "unknown" else CLASS


def contact_line(name: str, phone: str, mail: str, language: str) -> str:
    """Whom parents can reach, as a sentence; the mentor where the school named nobody."""
    lines: dict[str, dict[str, str]] = _read()["contact"]  # type: ignore[assignment]
    ways = [
        lines[way][language].replace(f"{{{way}}}", value) for way, value in (("phone", phone), ("mail", mail)) if value
    ]
    if not ways:
        return lines["unknown"][language]
    line = lines["person" if name else "school"][language]
    return line.replace("{name}", name).replace("{how}", lines["or"][language].join(ways))


def filled(texts: Texts, situation: str, languages: Collection[str], values: Mapping[str, Mapping[str, str]]) -> Texts:
    """The texts with the example of a situation in each part that is empty; what was written is never replaced.

    `values` are by language what stands for {contact} and {board}.
    """
    result = {language: dict(texts.get(language, {})) for language in LANGUAGES}
    for language in languages:
        for part, example in situations()[situation].examples[language].items():
            if not result[language].get(part, "").strip():
                result[language][part] = _put_in(example, values[language])
    return result


def _put_in(example: str, values: Mapping[str, str]) -> str:
    for name, text in values.items():
        example = example.replace(f"{{{name}}}", text)
    return example


# --- How hard it is to read.

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|\n\s*\n")
# A trema begins a new syllable; longer groups first.
_DUTCH = re.compile(r"[ëïöüä]|éé|óó|aai|ooi|oei|eeuw|ieuw|aa|ee|ie|oe|eu|ui|ij|ei|au|ou|uu|oo|[aeiouyáéíóúàèìòùêâîôû]")
_ENGLISH = re.compile(r"[aeiouyéèêëïöüáà]+")


@dataclass(frozen=True)
class Reading:
    """How long a text is and how easy to read: `ease` from 0 (a law) to 100 (a children's book), None without words."""

    words: int
    sentences: int
    ease: int | None

    @property
    def per_sentence(self) -> int:
        """Words in a sentence, on average."""
        return round(self.words / self.sentences) if self.sentences else 0

    @property
    def advice(self) -> list[str]:
        """What would make it easier, as msgids."""
        said = []
        if self.words > MOST_WORDS:
            said.append(N_("Long for a telephone. Leave out what parents need not know today."))
        if self.ease is not None and self.ease < PLAIN:
            said.append(N_("Not easy to read. Use shorter words and shorter sentences."))
        elif self.per_sentence > MOST_IN_SENTENCE:
            said.append(N_("Long sentences. Make two out of one where you can."))
        return said


def ease_words(ease: int) -> str:
    """A reading ease in words, as a msgid."""
    return N_("easy to read") if ease >= PLAIN else N_("not easy to read") if ease >= HARD else N_("hard to read")


def syllables(word: str, language: str) -> int:
    """How many syllables a word has: groups of vowels, which is right for nearly all words and near for the rest."""
    word = word.casefold()
    if language == "nl":
        return max(1, len(_DUTCH.findall(word)))
    said = re.sub(r"(?<=[^aeiouyl])(?:e|es|ed)$|(?<=[aeiouy]l)es?$", "", word) if len(word) > 3 else word
    count = len(_ENGLISH.findall(said))
    # 'voted' is said with the vowel that most words leave out; 'being' and 'serious' have two beside each other.
    count += bool(re.search(r"[td]ed$|(?:s|z|x|ch|sh|c|g)es$", word))
    count += bool(re.search(r"[aeiouy]ing", word)) + bool(re.search(r"[rnvbm]i[ao]", word))
    return max(1, count)


def reading(text: str, language: str) -> Reading:
    """Length and reading ease of a text."""
    words = _WORD.findall(text)
    sentences = [one for one in _SENTENCE.split(text) if _WORD.search(one)]
    if not words:
        return Reading(0, 0, None)
    per_word = sum(syllables(word, language) for word in words) / len(words)
    per_sentence = len(words) / len(sentences)
    if language == "nl":
        ease = 206.84 - 77 * per_word - 0.93 * per_sentence
    else:
        ease = 206.835 - 84.6 * per_word - 1.015 * per_sentence
    return Reading(len(words), len(sentences), max(0, min(100, round(ease))))


# --- What changed.

Pieces = list[tuple[str, bool]]  # text, and whether it is on this side only
_TOKEN = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
MOST_ALIKE = 10_000  # pairs of equal pieces: comparing takes as long as there are many, and prose has few


@dataclass(frozen=True)
class Changed:
    """A part that says something else: as it was, and as it is."""

    language: str
    part: str
    old: Pieces
    new: Pieces


def difference(old: Texts, new: Texts, parts: Iterable[str] = PARTS) -> list[Changed]:
    """The parts that differ, word by word."""
    return [
        Changed(language, part, *_sides(before, after))
        for language in LANGUAGES
        for part in parts
        for before, after in [(old.get(language, {}).get(part, ""), new.get(language, {}).get(part, ""))]
        if before != after
    ]


def _sides(before: str, after: str) -> tuple[Pieces, Pieces]:
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    here, there = Counter(one), Counter(other)
    if sum(number * there[piece] for piece, number in here.items()) > MOST_ALIKE:
        return [(before, True)], [(after, True)]
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    left = [("".join(one[a:b]), kind != "equal") for kind, a, b, _c, _d in steps if b > a]
    right = [("".join(other[c:d]), kind != "equal") for kind, _a, _b, c, d in steps if d > c]
    return list(_parted(left)), list(_parted(right))


def _parted(pieces: Pieces) -> Iterator[tuple[str, bool]]:
    """White space behind what changed did not change."""
    for text, is_changed in pieces:
        bare = text.rstrip() or text
        yield bare, is_changed
        if bare != text:
            yield text[len(bare) :], False
