"""A text as a reader sees it, and where each letter of that stands in what was typed. Pure."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

# What has no accent to take off, but is written as other letters too.
ALSO_WRITTEN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "ı": "i", "İ": "I", "ß": "ss", "æ": "ae",
     "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'",
     # A word processor makes these dashes; spaces of a hair's breadth are read over as one is.
     **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2006\u2009\u200a\u202f", "-")}
)  # fmt: skip
_LOOKALIKES = tomllib.loads((Path(__file__).parent / "lookalikes.toml").read_text("utf-8"))
LOOKALIKES = str.maketrans({pair[0]: pair[1] for pair in _LOOKALIKES["letters"].split()})
# Letters that were typed as digits; '1' can be two of them.
LEET = [str.maketrans("0134578", f"o{one}eastb") for one in "il"]
# White letters in black squares and the like, of which Unicode does not say that they are letters.
BOXED = {chr(first + at): chr(65 + at) for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for at in range(26)}
# Letters that leave an empty place, and so can stand unseen within a name.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
UNSEEN = {"Mn", "Me", "Cf"}  # accents once they are taken apart, selectors, joiners
WORD = re.compile(r"[^\W_]+")
APART = re.compile(r"(?<![^\W_])[^\W_](?:[ .*_·|/-]{1,3}[^\W_]){2,}(?![^\W_])")
BROKEN = re.compile(r"[-_.*·/|~+=:]{1,2}|-?[ \t]*\n[ \t]*")
CHUNK = re.compile(r"\S+")
ADDRESSED = re.compile(r"[@#_]|[^\W_]\.[^\W_]")  # in what may be an address or a hashtag
HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
LONGEST = 24  # letters of a word that is put together again
PIECES = 5  # of such a word


@lru_cache(4096)
def seen(char: str) -> str:
    """One character as it is read: without its accent, nothing for what is not seen. Capitals stay."""
    if char in BOXED:
        return BOXED[char]
    letters = unicodedata.normalize("NFKD", char.translate(ALSO_WRITTEN))
    return "".join(one for one in letters if one not in BLANKS and unicodedata.category(one) not in UNSEEN)


def bare(text: str) -> str:
    """The same words without accents and without signs that are not seen, capitals kept."""
    return text if text.isascii() else "".join(map(seen, text))


def plain(text: str) -> str:
    """Small letters without accents, so that 'Zoë' is found in 'zoe'."""
    return bare(text).casefold()


class Token(NamedTuple):
    """A word of a text: from `start` to `end` of what is read, as it stands there, and in small letters.

    `whole` is false for what was put together or taken out of something longer; a capital says nothing there.
    """

    start: int
    end: int
    raw: str
    low: str
    whole: bool = True


class Text:
    """A text as it is read (`said`), and its words."""

    def __init__(self, typed: str) -> None:
        self.places: list[int] | None = None
        self.typed, self.said = typed, typed
        if not typed.isascii():
            pieces = list(map(seen, typed))
            self.places = [at for at, piece in enumerate(pieces) for _letter in piece]
            self.said = "".join(pieces).translate(LOOKALIKES)
            self.literal = "".join(pieces)
        else:
            self.literal = typed
        self.low = self.said.casefold()
        if len(self.low) != len(self.said):
            self.low = "".join(one if len(one.casefold()) != 1 else one.casefold() for one in self.said)
        self.words = [Token(*m.span(), m[0], m[0].casefold()) for m in WORD.finditer(self.said)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """From where to where that is in what was typed, with the unseen signs that belong to it."""
        if self.places is None or start >= end:
            return start, end
        last = self.places[end - 1] + 1
        while last < len(self.typed) and not seen(self.typed[last]) and unicodedata.category(self.typed[last]) == "Mn":
            last += 1
        return self.places[start], last

    def other_words(self) -> Iterator[Token]:
        """Words that somebody took apart or wrote together: 'Ver-meer', '#ikkenNoorVermeer'."""
        if self.literal != self.said:
            # A name in Greek or Cyrillic letters is looked for as it is, too.
            for match in WORD.finditer(self.literal):
                if self.said[slice(*match.span())] != match[0]:
                    yield Token(*match.span(), match[0], match[0].casefold())
        yield from self._broken()
        for word in self.run_together():
            for hump in HUMPS.finditer(self.said, word.start, word.end):
                if hump.span() != (word.start, word.end):
                    yield Token(*hump.span(), hump[0], hump[0].casefold(), False)

    def _broken(self) -> Iterator[Token]:
        for at, one in enumerate(self.words):
            whole = one
            for after in self.words[at + 1 : at + PIECES]:
                if len(whole.raw) + len(after.raw) >= LONGEST or not BROKEN.fullmatch(
                    self.said, whole.end, after.start
                ):
                    break
                whole = Token(one.start, after.end, whole.raw + after.raw, whole.low + after.low, False)
                yield whole

    def run_together(self) -> list[Token]:
        """Words of addresses and hashtags: somebody's name may be a piece of these."""
        spans = [match.span() for match in CHUNK.finditer(self.said) if ADDRESSED.search(match[0])]
        return [
            Token(*m.span(), m[0], m[0].casefold(), False) for span in spans for m in WORD.finditer(self.said, *span)
        ]

    def apart(self) -> list[Token]:
        """Single letters in a row, as one word: somebody's name may be a piece of it."""
        rows = [(match.span(), "".join(WORD.findall(match[0]))) for match in APART.finditer(self.said)]
        return [Token(*span, word, word.casefold(), False) for span, word in rows]
