"""By what somebody is found in a text: name, nickname, account, birth date, class and initials, however written. Pure.

Source: product rule 6. Rather one warning too many than a name that goes round, except for words that stand in every
other sentence. Everybody is put in one index, and a text is walked once.
"""

import re
import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from portal.leakcheck.dictionary.rules import is_word
from portal.leakcheck.text.rules import LEET, Text, Token, bare, plain

_LISTS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
PARTICLES, NO_NAMES, NOUNS, OPENERS, TITLES, BETWEEN, BORN, MONTHS = (
    frozenset(_LISTS[name].split())
    for name in ("particles", "no_names", "nouns", "openers", "titles", "between", "born", "months")
)
HARD = frozenset({"name", "surname", "nickname", "account", "birth", "class"})
SHORTENED = re.compile(r"(?<![^\W_])(?:'[nst](?![^\W_])|[dlo]')")  # 't, 's, d', l', O'
WORD = re.compile(r"[^\W_]+")
MID_SENTENCE = re.compile(r"[\w,;:] $")
ANY, CAPITAL, MID, SHORT = range(4)  # how a word has to be written to be a name
CALLED = ("klas", "class", "groep", "group")
SIGNS = ("", "-", ".", "/", " ", "_", "\u2011", "\n")  # within the name of a class
FARTHEST = 5  # words between a first name and a surname that belong together
GAP = 3  # signs and spaces between two words that belong together
SOLID = 4  # letters of a name from which it is looked for within longer words of an address or hashtag
_SMALLER = re.compile(r"(?:etje|pje|tje|je)s?$")
_ENDS = re.compile(r"[.!?]\s")
_SHARED = r"[-/. ]"
_DATES = [
    re.compile(rf"(?<!\d)\d{{1,2}}({_SHARED})\d{{1,2}}\1(?P<year>\d{{4}}|\d{{2}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"),
    re.compile(rf"(?<!\d)\d{{1,2}}(?:e|ste|st|nd|rd|th)?\s+(?:of\s+)?(?:{'|'.join(MONTHS)})\.?,?\s+(?P<year>\d{{4}})(?!\d)"),
    re.compile(rf"(?<!\w)(?:{'|'.join(MONTHS)})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)"),
]  # fmt: skip
_BORN = re.compile(rf"(?<!\w)(?:{'|'.join(BORN)})\W{{1,3}}(?:(?:in|op|on|is)\W)?\W*")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})(?!\d)")
_TELEPHONE = re.compile(r"(?<![\w+])[+(]?\d[\d ()./-]{6,18}\d(?!\w)")


@dataclass(frozen=True)
class Named:
    """What somebody is known by. `born` are the years in which that can have been; `reach` how they are reached."""

    name: str
    class_name: str = ""
    aliases: tuple[str, ...] = ()
    born: tuple[int, ...] = ()
    reach: str = ""


class Hit(NamedTuple):
    """Somebody (the place in the list of people, None for nobody in particular) in what is read of a text."""

    kind: str
    about: int | None
    start: int
    end: int


class Entry(NamedTuple):
    """A word that names somebody: as `role` first, last, nick or whole, found when it is written as `need` says."""

    word: str
    about: int
    role: str
    kind: str
    need: int


class Sighting(NamedTuple):
    entry: Entry
    token: Token
    at: int  # the place of its first word in the text
    last: int


def words_of(name: str) -> list[str]:
    """The words of a name that name somebody: no particles, no 'mevrouw' or 'unknown', nothing with digits."""
    words = WORD.findall(SHORTENED.sub(" ", plain(name)))
    return [word for word in words if word.isalpha() and word not in PARTICLES | NO_NAMES]


def parted(name: str) -> tuple[list[str], list[str]]:
    """The words of the first names and of the surname: 'Vermeer, Noor' and 'mevrouw Vermeer' too."""
    before, comma, behind = name.partition(",")
    if comma and words_of(behind):
        return words_of(behind), words_of(before)
    said = WORD.findall(plain(name))
    if said and said[0] in TITLES and len(words_of(name)) <= 2:
        return [], words_of(name)
    pieces = SHORTENED.sub(" ' ", plain(name)).split()
    named = [at for at, piece in enumerate(pieces) if words_of(piece)]
    if not named:
        return [], []
    # Up to the first particle, else one word, is the first name.
    until = next((at for at, piece in enumerate(pieces) if at > named[0] and (piece in PARTICLES or piece == "'")), 0)
    until = until if named[-1] > until > 0 else named[0] + 1
    return words_of(" ".join(pieces[:until])), words_of(" ".join(pieces[until:]))


def squeezed(class_name: str) -> str:
    """A class as it is compared: '3 b' and 'klas 3-B' are '3b'."""
    return re.sub(rf"^(?:{'|'.join(CALLED)})(?=.*\d)", "", "".join(WORD.findall(plain(class_name))))


def _common(word: str) -> bool:
    return word in NOUNS or word in OPENERS or is_word(word)


def _is_account(alias: str) -> bool:
    return bool(re.search(r"\w[._]\w|[\d_]|[^\w\s'.-]", alias))


@lru_cache(16)
def index_of(people: tuple[Named, ...], classes: tuple[str, ...] = ()) -> "Index":
    """Everybody in one index; letters to these classes may name them."""
    return Index(people, classes)


class Index:
    """What gives these people away, by the word that it is or begins with."""

    def __init__(self, people: Iterable[Named], classes: Iterable[str] = ()) -> None:
        self.words: dict[str, list[Entry]] = defaultdict(list)
        self.solid: dict[str, Entry] = {}
        self.phrases: dict[str, list[tuple[list[str], Entry]]] = defaultdict(list)
        self.classes: dict[str, tuple[int, str]] = {}
        self.begins: set[str] = set()  # of classes, at the end of each piece
        self.literals: list[tuple[str, int]] = []
        self.telephones: dict[str, int] = {}
        self.initials: dict[str, tuple[str, int]] = {}  # pattern -> what has to be there, and who
        self.born: dict[int, int] = {}
        self.own: dict[int, frozenset[str]] = {}  # all words of a name, particles too
        self.letters: dict[int, tuple[frozenset[str], frozenset[str]]] = {}  # of first names and of the surname
        exempt = {squeezed(name) for name in classes}
        for about, person in enumerate(people):
            self._add_name(person.name, about)
            for alias in person.aliases:
                self._add_alias(bare(alias).strip().lstrip("@"), about)
            if squeezed(person.class_name) not in exempt:
                self._add_class(person.class_name, about)
            for year in person.born:
                self.born.setdefault(year, about)
            self._add_reach(person.reach, about)

    def _add_word(self, word: str, about: int, role: str) -> None:
        common = _common(word)
        kind = {"first": "first", "whole": "name", "last": "surname", "nick": "nickname"}[role]
        if role in ("last", "nick") and common:
            kind = "common"
        if len(word) == 2:
            need = SHORT
        elif word in OPENERS:
            need = MID
        elif word in NOUNS or (role in ("last", "nick") and (common or _inflected(word))):
            need = CAPITAL
        else:
            need = ANY
        entry = Entry(word, about, role, kind, need)
        if entry not in self.words[word]:
            self.words[word].append(entry)
        if len(word) >= SOLID and not (common and role in ("last", "nick")):
            self.solid.setdefault(word, entry)

    def _add_name(self, name: str, about: int) -> None:
        first, last = parted(name)
        said = WORD.findall(bare(name))
        self.own[about] = frozenset(word.casefold() for word in said)
        self.letters[about] = frozenset(word[0] for word in first), frozenset(word[0] for word in last)
        for role, words in (("first", first), ("last", last)):
            for word in words:
                if len(word) > 1:
                    self._add_word(word, about, role)
        self._add_whole(first, last, [word.casefold() for word in said], about)
        self._add_initials(name, first + last if len(first + last) > 1 else words_of(name), about)

    def _add_whole(self, first: list[str], last: list[str], said: list[str], about: int) -> None:
        """Written as one word, as in an address: 'noorvermeer', 'vermeernoor', 'nvermeer', 'roosdeboer'."""
        if first and last and len("".join(last)) > 1:
            at = said.index(last[0]) if last[0] in said else 0
            while at > 0 and said[at - 1] in PARTICLES | {"t", "d"}:
                at -= 1
            ends = {"".join(last), "".join(said[at:]) if at else "".join(last), last[-1]}
            made = {begin + end for begin in ("".join(first), first[0], first[0][0]) for end in ends}
            made |= {end + "".join(first) for end in ends}
        else:
            made = set()
        if len(first) > 1:
            self._add_word("".join(first), about, "first")
        if len(last) > 1:
            self._add_word("".join(last), about, "last")
        for word in made:
            if len(word) > SOLID and not is_word(word) and word not in self.words:
                self._add_word(word, about, "whole")

    def _add_initials(self, name: str, words: list[str], about: int) -> None:
        """Patterns that are only tried where the piece of text stands that each has in it."""
        together = "".join(words).upper()
        if len(words) > 1:
            self.initials.setdefault(_initials(words), (words[0][0].upper() + ".", about))
        elif words and len(words[0]) == 1:
            # Of 'D.' alone there is nothing but the capital with its dot.
            self.initials.setdefault(rf"(?<![^\W_])(?<!\.){together}\.(?![^\W_])", (together + ".", about))
        if (len(words) > 1 and len(together) == len(words)) or (len(words) == 1 and _shortened(name, together)):
            self.initials.setdefault(rf"(?<![^\W_]){together}(?:'?s)?(?![^\W_])", (together, about))

    def _add_alias(self, alias: str, about: int) -> None:
        """An account as it is, a nickname as a name."""
        if not WORD.search(alias):
            return
        if _is_account(alias):
            self.literals.append((alias.casefold(), about))
            return
        first, last = self.letters[about]
        said, words = [word.casefold() for word in WORD.findall(alias)], words_of(alias)
        known = {entry.word for entries in self.words.values() for entry in entries if entry.about == about}
        for word in words:
            if len(word) > 1 and word not in known:
                self._add_word(word, about, "nick")
        if len(said) > 1:
            openers = all(word in OPENERS for word in words)
            kind = "common" if all(map(_common, words)) else "nickname"
            entry = Entry(" ".join(said), about, "nick", kind, CAPITAL if openers else ANY)
            self.phrases[said[0]].append((said, entry))
            self.letters[about] = first, last | {word for word in words[1:] if len(word) == 1}
        self._add_initials(alias, words, about)

    def _add_class(self, class_name: str, about: int) -> None:
        """'3B', '3b' and '3-B', but '3 b' only with a capital: 'van 3 a 4' is no class."""
        pieces = [piece.casefold() for piece in re.findall(r"\d+|[^\W\d_]+", bare(class_name))]
        if pieces[:1] and pieces[0] in CALLED and len(pieces) > 1:
            pieces = pieces[1:]
        name = "".join(pieces)
        if not name:
            return
        kind = "classword" if name.isalpha() and is_word(name) else "class"
        forms = [pieces] if len(name) > 1 else []
        for form in [*forms, *([word, *pieces] for word in CALLED)]:
            self.classes.setdefault("".join(form), (about, kind))
            self.begins |= {"".join(form[:at]) for at in range(1, len(form) + 1)}

    def _add_reach(self, reach: str, about: int) -> None:
        for match in _TELEPHONE.finditer(bare(reach)):
            self.telephones.setdefault(_digits(match[0]), about)
        self.literals += [(found.casefold(), about) for found in re.findall(r"[^\s,;<>]+@[^\s,;<>]+", bare(reach))]

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
        """What is somebody's name within the longer words of an address or hashtag, and these words themselves."""
        for token in text.run_together():
            yield token
            for word in self.solid:
                at = token.low.find(word)
                if at >= 0 and word != token.low:
                    start = token.start + at
                    yield Token(start, start + len(word), text.said[start : start + len(word)], word, False)

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
                if low and sign not in SIGNS:
                    break
                apart = apart or (sign in (" ", "\n") and not low.startswith(CALLED))
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
            for match in _TELEPHONE.finditer(text.said):
                if _digits(match[0]) in self.telephones:
                    yield Hit("account", self.telephones[_digits(match[0])], *match.span())

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
    for hit in sorted(hits, key=lambda one: (one.kind not in HARD, one.start - one.end, one.start)):
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


def _inflected(word: str) -> bool:
    """Whether it may be a form of a word, as 'Bakkers': the dictionary has no such forms."""
    return any(word.endswith(end) and len(word) - len(end) > 3 and is_word(word[: -len(end)]) for end in ("s", "en"))


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


def _initials(words: list[str]) -> str:
    """'J.B.', 'J. B.' and 'J. de B.': capitals with dots, and no part of a longer abbreviation."""
    between = r"\.\s?(?:[a-z']{1,4}\.?\s?){0,2}"
    return rf"(?<![^\W_])(?<!\.){between.join(word[0].upper() for word in words)}(?![^\W_])(?!\.[^\W_])"


def _shortened(name: str, word: str) -> bool:
    return name.isupper() and len(word) in (2, 3)


def _joined(low: str, at: int) -> bool:
    """Whether a word goes on over this place."""
    return 0 < at < len(low) and (low[at - 1].isalnum() or low[at - 1] == "_") and (low[at].isalnum() or low[at] == "_")


def _digits(number: str) -> str:
    return re.sub(r"^(?:00|\+)31(?:\(?0\)?)?", "0", re.sub(r"[^\d+]", "", number))


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
