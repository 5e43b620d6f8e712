"""What stands on the teacher sheet. Pure.

Source of the prepared texts: the six-phase poster for schools; they stand in `sheet.toml`.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from portal.errors import N_, Invalid

TEXT, LIST, QUESTIONS = "text", "list", "questions"
LANGUAGES = ("nl", "en")
NOT_YET, GIVEN, ENDED = "not-yet", "given", "ended"
# On one A4 in the letters that `_print.scss` gives it; tests/browser/test_paper.py prints a sheet that is this full.
LETTERS = {TEXT: 110, LIST: 62, QUESTIONS: 64}  # on one printed line
MOST_LINES = 96  # of two columns together


@dataclass(frozen=True)
class Section:
    """One part of the sheet with its prepared text, in both languages."""

    key: str
    kind: str
    title: dict[str, str]
    text: dict[str, str]
    hint: dict[str, str]


@dataclass(frozen=True)
class Filled:
    """A section as it is shown: lines, or pairs of a question and its answer."""

    key: str
    kind: str
    title: str
    lines: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


@cache
def sections() -> dict[str, Section]:
    rows = tomllib.loads((Path(__file__).parent / "sheet.toml").read_text("utf-8"))["section"]
    return {
        row["key"]: Section(
            row["key"],
            row["kind"],
            row["title"],
            {language: text.strip() for language, text in row["text"].items()},
            row.get("hint", {}),
        )
        for row in rows
    }


def texts(own: dict[str, str], language: str) -> dict[str, str]:
    """What each section says: what was adapted, else what was prepared."""
    return {key: own.get(key) or section.text[language] for key, section in sections().items()}


def adapted(typed: dict[str, str]) -> dict[str, str]:
    """Of what was typed, that which is not the prepared text in either language; emptied is prepared again."""
    return {key: text for key, text in typed.items() if text and text not in sections()[key].text.values()}


def pairs(text: str) -> list[tuple[str, str]]:
    """Questions with their answers, out of blocks with an empty line between them."""
    blocks = [[line.strip() for line in block if line.strip()] for block in _blocks(text)]
    return [(block[0], " ".join(block[1:])) for block in blocks if block]


def _blocks(text: str) -> Iterable[list[str]]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


def lines(text: str) -> list[str]:
    """The points of a list, also where somebody typed a dash or a dot before them."""
    return [line for line in (line.strip().lstrip("-•* ").strip() for line in text.splitlines()) if line]


def contents(own: dict[str, str], language: str) -> list[Filled]:
    """The whole sheet; a section without text is left out."""
    said, filled = texts(own, language), []
    for key, section in sections().items():
        asked = section.kind == QUESTIONS
        found = Filled(
            key,
            section.kind,
            section.title[language],
            () if asked else tuple(lines(said[key])),
            tuple(pairs(said[key])) if asked else (),
        )
        if found.lines or found.pairs:
            filled.append(found)
    return filled


def printed_lines(sheet: Iterable[Filled]) -> int:
    """About how many lines a sheet takes on paper."""
    return sum(
        2
        + sum(1 + len(line) // LETTERS[one.kind] for line in one.lines)
        + sum(
            2 + len(question) // LETTERS[QUESTIONS] + len(answer) // LETTERS[QUESTIONS]
            for question, answer in one.pairs
        )
        for one in sheet
    )


def check_text(typed: dict[str, str]) -> None:
    """Refuse a question without an answer, and more than fits on one sheet of paper. Raises `Invalid`."""
    if not all(answer for _question, answer in pairs(typed.get("questions", ""))):
        raise Invalid(
            "questions", N_("Each question needs its answer on the line below it, and an empty line between them.")
        )
    own = adapted(typed)
    over = max(printed_lines(contents(own, language)) for language in LANGUAGES) - MOST_LINES
    if over > 0:
        raise Invalid("", N_("This does not fit on one sheet of paper. Make it about %(n)s lines shorter."), n=over)


def stands(given_at: datetime | None, ended_at: datetime | None) -> str:
    """Whether colleagues can open a sheet: not yet, given out, or ended."""
    return NOT_YET if given_at is None else GIVEN if ended_at is None else ENDED
