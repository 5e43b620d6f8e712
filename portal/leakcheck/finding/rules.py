"""Walking a text once, with everybody in one index: where it leads to somebody. Pure."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from portal.leakcheck.dictionary.rules import is_word
from portal.leakcheck.names.rules import (
    ANY,
    BETWEEN,
    BORN,
    CALLED,
    CAPITAL,
    HARD,
    MONTHS,
    OPENERS,
    PARTICLES,
    SHORT,
    TELEPHONE,
    Entry,
    Index,
    Named,
    digits_of,
)
from portal.leakcheck.text.rules import LEET, Text, Token

MID_SENTENCE = re.compile(r"[\w,;:] $")
SIGN = re.compile(r"[-./_]?|\s{1,3}|\s[-./]\s")  # within the name of a class
FARTHEST = 5  # words between a first name and a surname that belong together
GAP = 3  # signs and spaces between two words that belong together
_SMALLER = re.compile(r"(?:etje|pje|tje|je)s?$")
_ENDS = re.compile(r"[.!?]\s")
_SHARED = r"[-/.]|\s[-/.]\s|\s"
_DATES = [
    re.compile(rf"(?<!\d)\d{{1,2}}({_SHARED})\d{{1,2}}\1'?(?P<year>\d{{4}}|\d{{2}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"),
    re.compile(rf"(?<!\d)\d{{1,2}}(?:e|ste|st|nd|rd|th)?\s+(?:of\s+)?(?:{'|'.join(MONTHS)})\.?,?\s+(?P<year>\d{{4}}|'\d{{2}})(?!\d)"),
    re.compile(rf"(?<!\w)(?:{'|'.join(MONTHS)})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)"),
]  # fmt: skip
_BORN = re.compile(rf"(?<!\w)(?:{'|'.join(BORN)})\W{{1,3}}(?:(?:in|op|on|is)\W)?\W*")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})(?!\d)")


class Hit(NamedTuple):
    """Somebody (the place in the list of people, None for nobody in particular) in what is read of a text."""

    kind: str
    about: int | None
    start: int
    end: int


class Sighting(NamedTuple):
    entry: Entry
    token: Token
    at: int  # the place of its first word in the text
    last: int


@lru_cache(16)
def index_of(people: tuple[Named, ...], classes: tuple[str, ...] = ()) -> "Finder":
    """Everybody in one index; letters to these classes may name them."""
    return Finder(people, classes)


class Finder(Index):
    """Finds in a text what stands in the index."""

    def find(self, text: Text) -> list[Hit]:
        """Everything in a text that leads to one of them, in its order, each place once."""
        found = [*self._names(text), *self._classes(text), *self._accounts(text), *self._births(text)]
        return once(found)

    def _names(self, text: Text) -> Iterator[Hit]:
        starts = [token.start for token in text.words]
        seen: dict[int, list[Sighting]] = defaultdict(list)
        for at, token in enumerate(text.words):
            for entry in self._entries(token):
                seen[entry.about].append(Sighting(entry, token, at, at))
            if token.low in self.phrases:
                yield from self._phrases_at(text, at)
        for token in (*text.other_words(), *self._pieces(text)):
            at = bisect_left(starts, token.start)
            last = max(at, bisect_left(starts, token.end) - 1)
            for entry in self._entries(token):
                seen[entry.about].append(Sighting(entry, token, at, last))
        for about, sightings in seen.items():
            yield from self._wholes(text, about, sorted(sightings, key=lambda one: (one.at, one.last)))
            for one in sightings:
                if _written(text, one.token, one.entry):
                    yield Hit(one.entry.kind, about, one.token.start, one.token.end)
        for pattern, (piece, about) in self.initials.items():
            if piece in text.said:
                yield from (Hit("initials", about, *match.span()) for match in re.finditer(pattern, text.said))

    def _entries(self, token: Token) -> list[Entry]:
        """Whom a word names: by itself, as a possessive, as a diminutive, or with digits in it."""
        found = list(self.words.get(token.low, ()))
        if token.low.isalpha():
            for stem, needs in _stems(token.low):
                found += [entry for entry in self.words.get(stem, ()) if needs(entry, token)]
        else:
            for form in _without_digits(token.low):
                found += [entry for entry in self.words.get(form, ()) if len(form) > 2]
        return found

    def _pieces(self, text: Text) -> Iterator[Token]:
        """What is somebody's name within longer words of an address or hashtag, or within letters in a row."""
        for token in text.run_together():
            yield token
            for word, at in self._solid_in(token):
                start = token.start + at
                yield Token(start, start + len(word), text.said[start : start + len(word)], word, False)
        for token in text.apart():
            yield token
            # Where in the row it stands takes no part: the row as a whole is no word.
            yield from (Token(token.start, token.end, word, word, False) for word, _at in self._solid_in(token))

    def _solid_in(self, token: Token) -> Iterator[tuple[str, int]]:
        for word in self.solid:
            at = token.low.find(word)
            if at >= 0 and word != token.low:
                yield word, at

    def _phrases_at(self, text: Text, at: int) -> Iterator[Hit]:
        for said, entry in self.phrases[text.words[at].low]:
            found = text.words[at : at + len(said)]
            if [token.low for token in found[:-1]] != said[:-1] or len(found) < len(said):
                continue
            if found[-1].low not in (said[-1], said[-1] + "s") or not _together(text, found):
                continue
            if entry.need == ANY or all(token.raw[0].isupper() for token in found if token.low not in PARTICLES):
                yield Hit(entry.kind, entry.about, found[0].start, found[-1].end)

    def _wholes(self, text: Text, about: int, sightings: list[Sighting]) -> Iterator[Hit]:
        """A first name and a surname that belong together, in either order, or one of them with an initial."""
        for number, one in enumerate(sightings):
            for other in sightings[number + 1 :]:
                if other.at - one.last > FARTHEST:
                    break
                if {one.entry.role, other.entry.role} == {"first", "last"} and other.at > one.last:
                    between = text.words[one.last + 1 : other.at]
                    if self._belong(text, about, one, other, between):
                        yield Hit("name", about, one.token.start, other.token.end)
            yield from self._with_initial(text, about, one)

    def _belong(self, text: Text, about: int, one: Sighting, other: Sighting, between: list[Token]) -> bool:
        if not _together(text, [one.token, *between, other.token]):
            return False
        own = self.own.get(about, frozenset())
        if not all(word.low in own or word.low in BETWEEN or _is_initial(word) for word in between):
            return False
        entries = (one.entry, other.entry)
        as_words = all(entry.word in OPENERS for entry in entries)
        if all(entry.need != ANY for entry in entries) and not all(word.low in own for word in between):
            as_words = True
        return not as_words or all(sight.token.raw[0].isupper() for sight in (one, other))

    def _with_initial(self, text: Text, about: int, one: Sighting) -> Iterator[Hit]:
        first, last = self.letters.get(about, (frozenset(), frozenset()))
        step, letters = (1, last) if one.entry.role == "first" else (-1, first)
        if one.entry.role not in ("first", "last"):
            return
        at = one.last + 1 if step > 0 else one.at - 1
        while 0 <= at < len(text.words) and text.words[at].low in BETWEEN and len(text.words[at].low) > 1:
            at += step
        if not 0 <= at < len(text.words) or not _is_initial(text.words[at]) or text.words[at].low not in letters:
            return
        span = text.words[min(at, one.at) : max(at, one.last) + 1]
        # 'Het gaat om Roos. I met her': a dot before is the end of a sentence, a dot behind makes an initial.
        dotted = text.said[text.words[at].end : text.words[at].end + 1] == "."
        if _together(text, span) and (dotted or step > 0) and one.token.raw[0].isupper():
            yield Hit("name", about, span[0].start, span[-1].end)

    def _classes(self, text: Text) -> Iterator[Hit]:
        for at, token in enumerate(text.words):
            said, low, end, apart = "", "", token.start, False
            for after in text.words[at : at + 5]:
                sign = text.said[end : after.start]
                if low and not SIGN.fullmatch(sign):
                    break
                apart = apart or (sign.strip() != sign and not low.startswith(CALLED))
                said, low, end = said + after.raw, low + after.low, after.end
                known = self.classes.get(low) or (self.classes.get(low[:-1]) if low.endswith("s") else None)
                if known and (said == said.upper() or not apart):
                    yield Hit(known[1], known[0], token.start, end)
                if low not in self.begins:
                    break

    def _accounts(self, text: Text) -> Iterator[Hit]:
        for literal, about in self.literals:
            at = text.low.find(literal)
            while at >= 0:
                end = at + len(literal)
                if not _joined(text.low, at) and not _joined(text.low, end):
                    yield Hit("account", about, at, end)
                at = text.low.find(literal, end)
        if self.telephones:
            for match in TELEPHONE.finditer(text.said):
                if digits_of(match[0]) in self.telephones:
                    yield Hit("account", self.telephones[digits_of(match[0])], *match.span())

    def _births(self, text: Text) -> Iterator[Hit]:
        """A date in a year in which one of them was born, and every date that is said to be a birthday."""
        if not any(char.isdigit() for char in text.low):
            return
        for dates in _DATES:
            for match in dates.finditer(text.low):
                about = self.born.get(_year(match["year"]))
                if about is not None or _BORN.search(text.low[max(0, match.start() - 24) : match.start()]):
                    yield Hit("birth", about, *match.span())
        for match in _BORN.finditer(text.low):
            year = _YEAR.match(text.low, match.end())
            if year and _year(year["year"]) in self.born:
                yield Hit("birth", self.born[_year(year["year"])], *year.span())


def once(hits: Iterable[Hit]) -> list[Hit]:
    """Each place once: what is hard, then what is longer, hides what lies within it."""
    kept: list[Hit] = []
    first: dict[tuple[int, int], Hit] = {}  # many are called the same
    for hit in sorted(hits, key=lambda one: (one.kind not in HARD, one.start - one.end, one.start)):
        first.setdefault((hit.start, hit.end), hit)
    for hit in first.values():
        if not any(other.start <= hit.start and hit.end <= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _written(text: Text, token: Token, entry: Entry) -> bool:
    """Whether a word is written as one writes this name."""
    if not token.whole or entry.need == ANY:
        return True
    if entry.need == SHORT:
        return token.raw == entry.word.capitalize()
    if not token.raw[0].isupper():
        return False
    return entry.need == CAPITAL or bool(MID_SENTENCE.search(text.said, max(0, token.start - 2), token.start))


def _stems(low: str) -> Iterator[tuple[str, Callable[[Entry, Token], bool]]]:
    if low.endswith("s") and len(low) > 3:
        yield low[:-1], _unless_a_word
    for match in _SMALLER.finditer(low):
        yield low[: match.start()], _of_first_name


def _unless_a_word(entry: Entry, token: Token) -> bool:
    return token.raw[0].isupper() or not token.whole or not is_word(token.low)


def _of_first_name(entry: Entry, token: Token) -> bool:
    return entry.role in ("first", "nick") and len(entry.word) > 2 and _unless_a_word(entry, token)


def _without_digits(low: str) -> Iterator[str]:
    yield low.strip("0123456789")
    for table in LEET:
        yield low.translate(table)


def _together(text: Text, tokens: list[Token]) -> bool:
    """Whether words follow each other within one sentence."""
    for one, after in pairwise(tokens):
        sign = text.said[one.end : after.start]
        if len(sign.strip()) > GAP or len(sign) > 4 * GAP or (len(one.raw) > 3 and _ENDS.match(sign)):
            return False
    return True


def _is_initial(token: Token) -> bool:
    return len(token.raw) == 1 and token.raw.isupper()


def _joined(low: str, at: int) -> bool:
    """Whether a word goes on over this place."""
    return 0 < at < len(low) and (low[at - 1].isalnum() or low[at - 1] == "_") and (low[at].isalnum() or low[at] == "_")


def _year(digits: str) -> int:
    digits = digits.lstrip("'")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
