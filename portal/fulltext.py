"""Searching in the words of the logbook: the one place that speaks SQLite's full-text language (FTS5).

The table `entry_words` has the text and who was present of every entry, folded to small letters without
accents, and its incident. Another database replaces `FOUND` and `query`.
"""

import re
import unicodedata
from collections.abc import Iterable

MOST_WORDS, MOST_CHARACTERS = 10, 100
SHORTEST_BEGINNING = 3  # letters; a shorter beginning would mean half the logbook
_WORD = re.compile(r"[^\W_]+")

# The ids of the entries that hold the words of `query`; `{}` takes the place of the query.
FOUND = "SELECT rowid AS entry_id FROM entry_words WHERE entry_words MATCH {}"


def typed(text: str) -> str:
    """What somebody looks for, as it is shown back: one line that can be read, not too long."""
    return "".join(char if char.isprintable() else " " for char in text).strip()[:MOST_CHARACTERS]


def words(text: str) -> list[str]:
    """What to look for: letters and digits only, so that no sign can mean anything to the database."""
    return _WORD.findall(unicodedata.normalize("NFC", typed(text)))[:MOST_WORDS]


def query(sought: list[str], within: Iterable[int] | None = None) -> str:
    """All of the words, the last one also as the beginning of a longer one; only `within` these incidents."""
    terms = [f'"{word}"' for word in sought]
    if len(sought[-1]) >= SHORTEST_BEGINNING:
        terms[-1] += "*"
    said = "{text present} : (" + " AND ".join(terms) + ")"
    if within is None:
        return said
    return "incident_id : (" + " OR ".join(f'"{number}"' for number in within) + ") AND " + said


def marked(text: str, sought: list[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words that were looked for."""
    wanted = [_folded(word) for word in sought]
    pieces: list[tuple[str, bool]] = []
    end = 0
    for found in _WORD.finditer(text):
        if _is_one_of(_folded(found[0]), wanted):
            pieces += [(text[end : found.start()], False), (found[0], True)]
            end = found.end()
    return [*pieces, (text[end:], False)]


def _is_one_of(word: str, wanted: list[str]) -> bool:
    begins = bool(wanted) and len(wanted[-1]) >= SHORTEST_BEGINNING and word.startswith(wanted[-1])
    return begins or word in wanted


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()
