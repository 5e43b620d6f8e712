"""The letters: to whom, what stands ready, which say the same as the statement, and what fits on paper. Pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from portal.communication.documents.rules import KIND_NAMES, LANGUAGES, Texts, check_complete, running
from portal.errors import N_, Invalid

CLASS_PARENTS, STAFF, PUPILS = "class-parents", "staff", "pupils"
PARTS = ("subject", "opening", "core", "more", "closing")
NEEDED = ("subject", "opening", "core", "closing")
PART_WORDS = {
    "subject": N_("Subject"),
    "opening": N_("Opening"),
    "core": N_("What the school says"),
    "more": N_("What the reader can do"),
    "closing": N_("Closing"),
}
CHANNELS = {
    "mail": N_("the school's mail"),
    "app": N_("the parents' app"),
    "paper": N_("on paper"),
    "meeting": N_("a meeting"),
    "phone": N_("by telephone"),
    "other": N_("another way"),
}
EVENTS = {"letter.informed": N_("%(whom)s informed: letter version %(number)s, %(channel)s.")}
GATE = "class"  # the wish of the victim that opens a letter to parents of classmates
# On A4 in the letters that web/paper.css gives it; tests/communication/test_letter_paper.py prints what is this full.
LETTERS_ON_LINE = 84
GAP, POINT_GAP = 0.6, 0.15  # lines, after a block and after a point of a list
LINES = {1: 48, 2: 99}
HEADING = 60  # characters: a longer line is a sentence
# What is said to parents in a statement, which pupils need not hear.
TO_PARENTS = re.compile(r"\b(?:u|uw|your (?:child|son|daughter))\b", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """What stands ready for one kind of reader, in both languages."""

    key: str
    pages: int
    step: str
    hint: dict[str, str]
    texts: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Block:
    """A piece of a text as it is laid out: a 'heading', a 'list' or 'text', by its lines."""

    kind: str
    lines: tuple[str, ...]


@cache
def letters() -> dict[str, Letter]:
    rows = tomllib.loads((Path(__file__).parent / "letters.toml").read_text("utf-8"))["letter"]
    return {row["key"]: _letter(row) for row in rows}


def _letter(row: dict[str, Any]) -> Letter:
    texts = {
        language: {part: row[part][language].strip() for part in PARTS if part != "core"} for language in LANGUAGES
    }
    return Letter(row["key"], row["pages"], row.get("step", ""), row["hint"], texts)


def name_of(key: str, class_name: str = "") -> dict[str, Any]:
    """Whom a letter is to, as a message."""
    return {"message": KIND_NAMES[key], "values": {"class_name": class_name}}


def core(key: str, said: Mapping[str, str]) -> str:
    """The parts of a statement in one language as one running text; for pupils without what speaks to parents."""
    text = running(said)
    if key != PUPILS:
        return text
    return "\n\n".join(one for one in re.split(r"\n\s*\n", text) if not TO_PARENTS.search(one))


def ready(key: str, statement: Texts, school: str) -> dict[str, dict[str, str]]:
    """The letter as it begins: in English too where the statement is."""
    made = {}
    for language in LANGUAGES:
        said = core(key, statement.get(language, {}))
        if said or language == "nl":
            texts = letters()[key].texts[language]
            made[language] = {**texts, "core": said, "closing": texts["closing"].replace("{school}", school)}
    return made


def is_ready(key: str, texts: Texts, school: str) -> bool:
    """Whether all around the core is as it stood ready."""
    return all(
        ready(key, {language: {"going": "-"}}, school).get(language, {}) | {"core": ""}
        == {**dict.fromkeys(PARTS, ""), **said, "core": ""}
        for language, said in texts.items()
        if any(said.values())
    )


def with_core(key: str, texts: Texts, statement: Texts) -> dict[str, dict[str, str]]:
    """A letter with what the statement says now; a language that the statement does not have stays as it is."""
    return {
        language: {**said, "core": core(key, statement.get(language, {})) or said.get("core", "")}
        for language, said in texts.items()
    }


def says_the_same(key: str, texts: Texts, statement: Texts) -> bool:
    """Whether the core of a letter is what the statement says, in each language that the letter has."""
    has = [language for language in LANGUAGES if any(texts.get(language, {}).values())]
    return bool(has) and all(
        _words(texts[language].get("core", "")) == _words(core(key, statement.get(language, {}))) for language in has
    )


def _words(text: str) -> list[str]:
    return text.split()


def blocks(text: str) -> list[Block]:
    """Paragraphs, lists (lines with a dash) and headings (a short line by itself) of a text, in its order."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if len(lines) == 1 and _is_heading(lines[0]):
            found.append(Block("heading", tuple(lines)))
            continue
        for line in lines:
            kind = "list" if re.match(r"[-•*]\s", line) else "text"
            said = re.sub(r"^[-•*]\s+", "", line) if kind == "list" else line
            if found and found[-1].kind == kind and line is not lines[0]:
                found[-1] = Block(kind, (*found[-1].lines, said))
            else:
                found.append(Block(kind, (said,)))
    return found


def _is_heading(line: str) -> bool:
    return len(line) <= HEADING and line[0].isupper() and line[-1].isalnum()


def laid_out(said: Mapping[str, str]) -> list[Block]:
    """All of a letter in one language but its subject, in the order in which it is read."""
    return [one for part in PARTS[1:] for one in blocks(said.get(part, ""))]


def plain(said: Mapping[str, str]) -> str:
    """The text of a letter in one language, for a mail."""
    return running(said, PARTS[1:])


def printed_lines(said: Mapping[str, str]) -> int:
    """About how many lines a letter takes on paper, with the room between its blocks; its letterhead not counted."""
    laid = laid_out(said)
    lines = sum(1 + len(line) // (LETTERS_ON_LINE - 4 * (one.kind == "list")) for one in laid for line in one.lines)
    points = sum(len(one.lines) for one in laid if one.kind == "list")
    return ceil(lines + GAP * len(laid) + POINT_GAP * points)


def check_whole(key: str, texts: Texts) -> None:
    """A letter that can go out: nothing is missing, and it fits on its paper. Raises `Invalid`."""
    check_complete(texts, PARTS, NEEDED)
    pages = letters()[key].pages
    for language in LANGUAGES:
        over = printed_lines(texts.get(language, {})) - LINES[pages]
        if over > 0:
            message = (
                N_("This does not fit on one sheet of paper. Make it about %(n)s lines shorter.")
                if pages == 1
                else N_("This does not fit on two sheets of paper. Make it about %(n)s lines shorter.")
            )
            raise Invalid(f"{language}-core", message, n=over)


def worst(states: Iterable[str]) -> str:
    """'open', 'waiting' or 'closed': of several victims the most careful answer counts."""
    found = set(states)
    return next((state for state in ("closed", "waiting") if state in found), "open")
