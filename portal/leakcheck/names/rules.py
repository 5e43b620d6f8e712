"""By what somebody is found in a text: name, nickname, account, birth date, class and initials, however written. Pure.

Source: product rule 6. Rather one warning too many than a name that goes round, except for words that stand in every
other sentence. Everybody is put in one index, and a text is walked once.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from portal.leakcheck.dictionary.rules import is_word
from portal.leakcheck.text.rules import LOOKALIKES, bare, plain

_LISTS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
PARTICLES, NO_NAMES, NOUNS, OPENERS, TITLES, BETWEEN, BORN, MONTHS = (
    frozenset(_LISTS[name].split())
    for name in ("particles", "no_names", "nouns", "openers", "titles", "between", "born", "months")
)
HARD = frozenset({"name", "surname", "nickname", "account", "birth", "class"})
SHORTENED = re.compile(r"(?<![^\W_])(?:'[nst](?![^\W_])|[dlo]')")  # 't, 's, d', l', O'
WORD = re.compile(r"[^\W_]+")
ANY, CAPITAL, MID, SHORT = range(4)  # how a word has to be written to be a name
CALLED = ("klas", "class", "groep", "group")
SOLID = 4  # letters of a name from which it is looked for within longer words of an address or hashtag
TELEPHONE = re.compile(r"(?<![\w+])[+(]?\d[\d ()./-]{6,18}\d(?!\w)")


@dataclass(frozen=True)
class Named:
    """What somebody is known by. `born` are the years in which that can have been; `reach` how they are reached."""

    name: str
    class_name: str = ""
    aliases: tuple[str, ...] = ()
    born: tuple[int, ...] = ()
    reach: str = ""


class Entry(NamedTuple):
    """A word that names somebody: as `role` first, last, nick or whole, found when it is written as `need` says."""

    word: str
    about: int
    role: str
    kind: str
    need: int


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
        for short, rest in re.findall(r"(?<![^\W_])([dlo])'([^\W_]+)", plain(name)):
            if rest in last:  # 'OBrien'
                self._add_word(short + rest, about, "last")
        self._add_whole(first, last, [word.casefold() for word in said], about)
        self._add_initials(name, first + last if len(first + last) > 1 else words_of(name), about)

    def _add_whole(self, first: list[str], last: list[str], said: list[str], about: int) -> None:
        """Written as one word, as in an address: 'noorvermeer', 'vermeernoor', 'nvermeer', 'roosdeboer'."""
        if first and last and len("".join(last)) > 1:
            at = max((place for place, word in enumerate(said) if word == last[0]), default=0)
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
            self.literals.append((alias.translate(LOOKALIKES).casefold(), about))
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
        for match in TELEPHONE.finditer(bare(reach)):
            self.telephones.setdefault(digits_of(match[0]), about)
        self.literals += [(found.casefold(), about) for found in re.findall(r"[^\s,;<>]+@[^\s,;<>]+", bare(reach))]


def _inflected(word: str) -> bool:
    """Whether it may be a form of a word, as 'Bakkers': the dictionary has no such forms."""
    return any(word.endswith(end) and len(word) - len(end) > 3 and is_word(word[: -len(end)]) for end in ("s", "en"))


def _initials(words: list[str]) -> str:
    """'J.B.', 'J. B.' and 'J. de B.': capitals with dots, and no part of a longer abbreviation."""
    between = r"\.\s?(?:[a-z']{1,4}\.?\s?){0,2}"
    return rf"(?<![^\W_])(?<!\.){between.join(word[0].upper() for word in words)}(?![^\W_])(?!\.[^\W_])"


def _shortened(name: str, word: str) -> bool:
    return name.isupper() and len(word) in (2, 3)


def digits_of(number: str) -> str:
    return re.sub(r"^(?:00|\+)31(?:\(?0\)?)?", "0", re.sub(r"[^\d+]", "", number))
