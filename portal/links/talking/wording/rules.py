"""Two schools, one line: a statement is laid before the other, which agrees or says how it would word it. Pure."""

from collections.abc import Mapping
from typing import Any

from portal.communication.documents.rules import HEADINGS, LANGUAGES, PARTS, Texts
from portal.communication.statement.rules import difference
from portal.errors import N_, Invalid, Refused

STEP = "align-partner-school"  # of the protocol
OURS, THEIRS = "ours", "theirs"
AGREED, PROPOSED = "agreed", "proposed"
TEXT = "text"  # theirs is one running text: how they divide it is not ours to say
PARTS_OF = {OURS: PARTS, THEIRS: (TEXT,)}
LONGEST = 6000  # characters of theirs
MOST_LAID = 30  # texts of theirs on one link
TITLES = {"nl": {**HEADINGS["nl"], TEXT: "De tekst"}, "en": {**HEADINGS["en"], TEXT: "The text"}}
ANSWERS = {AGREED: N_("We agree"), PROPOSED: N_("We would word it otherwise")}
EVENTS = {
    "ours.offered": N_("Statement version %(number)s laid before %(who)s."),
    "ours.agreed": N_("%(who)s agrees with statement version %(number)s."),
    "ours.proposed": N_("%(who)s proposes other words for statement version %(number)s."),
    "theirs.offered": N_("%(who)s laid its own statement before us."),
    "theirs.agreed": N_("We agree with the statement of %(who)s."),
    "theirs.proposed": N_("Other words proposed to %(who)s for its statement."),
}


def tidied(texts: Texts) -> dict[str, dict[str, str]]:
    """Only the languages and parts that say something."""
    found = {one: {part: text for part, text in texts.get(one, {}).items() if text.strip()} for one in LANGUAGES}
    return {one: said for one, said in found.items() if said}


def otherwise(texts: Texts, typed: Texts) -> dict[str, dict[str, str]]:
    """Of what was typed, the parts that say something else; a part that was emptied is one of them."""
    found = {
        one: {part: text for part, text in said.items() if text.strip() != texts.get(one, {}).get(part, "").strip()}
        for one, said in typed.items()
    }
    return {one: said for one, said in found.items() if said}


def as_proposed(texts: Texts, proposed: Texts) -> dict[str, dict[str, str]]:
    """The whole text with the proposed parts in it."""
    return {one: {**texts.get(one, {}), **proposed.get(one, {})} for one in LANGUAGES}


def changed(row: Any) -> Any:
    """Part by part, what a wording says and what was proposed instead."""
    return difference(row.texts, as_proposed(row.texts, row.proposed), PARTS_OF[row.whose]) if row.proposed else []


def check_can_answer(answer: str, *, before: str, is_newest: bool) -> None:
    """Agreeing is the end of it; who proposed other words can still agree, and propose again to the next version.

    Raises `Refused` (product rule 10: what was said stays).
    """
    if not is_newest:
        raise Refused(N_("There is a newer version of this text."), N_("Look at that one, and answer to it."))
    if before == AGREED or (before, answer) == (PROPOSED, PROPOSED):
        raise Refused(
            N_("This was answered already."), N_("Is there more to say? Write a message, or call the other school.")
        )


def check_said(answer: str, proposed: Mapping[str, Any], words: str, field: str) -> None:
    """Other words have to be there. Raises `Invalid`."""
    if answer == PROPOSED and not proposed and not words:
        raise Invalid(field, N_("Change what you would word otherwise, or write what has to change."))


def best(online: int | None, approved: int | None, waiting: int | None) -> list[int]:
    """Versions of our statement that can be laid before the other school, the one to choose first: online or approved.

    One that waits for approval only by choice.
    """
    newest = max(filter(None, (online, approved)), default=None)
    return list(dict.fromkeys(one for one in (newest, online, waiting) if one))
