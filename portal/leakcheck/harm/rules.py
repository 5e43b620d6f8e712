"""What leads to a child without a name, and what does harm: age, address, relation, blame, imagery, promises. Pure.

Source: product rules 5 (never a verdict) and 6. All of it is soft: a word list knows no sentence.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from portal.leakcheck.finding.rules import Hit
from portal.leakcheck.text.rules import Text, Token

_LISTS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
PHRASED = ("blame", "imagery", "promise")
RELATIVES, _WHOSE, _HOW, _OF, _WHOM, _ARTICLES = (
    frozenset(_LISTS[name].split()) for name in ("relatives", "whose", "how", "of", "whom", "articles")
)
BEGIN = 3  # letters by which phrases are found

_NUMBER = "|".join(_LISTS["numbers"].split())
_AGE = re.compile(
    rf"(?<!\w)(?:[6-9]|1\d|{_NUMBER})[-‑ ]?(?:jarige?n?|jaar(?: oud)?|years?[- ]olds?)(?!\w)"
    rf"|(?<!\w)(?:leeftijd van|age of|aged) (?:[6-9]|1\d|{_NUMBER})(?!\w)"
    r"|(?<=van )1[0-9](?= (?:uit|in|van|die|dat|op)\b)"
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_NEAR = re.compile(
    r"(?<!\w)(?:"
    + "|".join(word.replace("*", r"\w*") for word in f"{_LISTS['levels']} {_LISTS['sports']}".split())
    + r"|[1-6](?:e |de |ste )?(?:havo|vwo|mavo|vmbo|[a-z]{1,3}\d?))(?!\w)"
)
_STREET = (
    "straat|laan|weg|plein|kade|gracht|singel|dreef|steeg|plantsoen|dijk|hof|pad|park|markt|baan|wal|ring|oord|erf|"
    "veld|kamp|berg|wijk|lei|haven|horst"
)
_ADDRESS = re.compile(
    rf"(?<!\w)[A-Z][\w'.-]{{0,40}}(?:{_STREET})\s+\d{{1,4}}\s?[a-zA-Z]?(?!\w)"
    rf"|(?<!\w)[A-Z]\w+\s(?:{_STREET.title()}|{_STREET})\s\d{{1,4}}[a-z]?(?!\w)"
    r"|(?<!\w)[1-9]\d{3}\s?(?!SA|SD|SS)[A-Z]{2}(?!\w)"
    r"|(?<!\w)\d{1,4}[a-z]?\s[A-Z]\w+(?:\s[A-Z]\w+)?\s(?:Street|Road|Avenue|Lane|Drive|Close|Square|Court|Way)(?!\w)"
)


def _phrases() -> dict[str, list[tuple[list[str], str]]]:
    found: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for kind in PHRASED:
        for line in _LISTS[kind].splitlines():
            if words := line.split():
                found[words[0].rstrip("*")[:BEGIN]].append((words, kind))
    return found


PHRASES = _phrases()


def harms(text: Text) -> list[Hit]:
    """All of it, in no order."""
    found = [*_said(text.words), *_relations(text.words), *_ages(text)]
    found += [Hit("address", None, *match.span()) for match in _ADDRESS.finditer(text.said)]
    return found


def _said(words: list[Token]) -> Iterator[Hit]:
    for at, token in enumerate(words):
        # A phrase of one or two letters stands under these.
        for begin in {token.low[:BEGIN], token.low[:2], token.low[:1]}:
            for phrase, kind in PHRASES.get(begin, ()):
                here = words[at : at + len(phrase)]
                if len(here) == len(phrase) and all(map(_fits, phrase, here)):
                    yield Hit(kind, None, here[0].start, here[-1].end)


def _fits(wanted: str, token: Token) -> bool:
    if wanted.endswith("*"):
        return token.low.startswith(wanted[:-1])
    return wanted in ("_", token.low)


def _relations(words: list[Token]) -> Iterator[Hit]:
    """'Haar jongere broer', 'de zus van het slachtoffer'."""
    for at, token in enumerate(words):
        if token.low not in RELATIVES:
            continue
        before = at - 1
        if before > 0 and words[before].low in _HOW:
            before -= 1
        if before >= 0 and words[before].low in _WHOSE:
            yield Hit("relation", None, words[before].start, token.end)
        behind = [word.low for word in words[at + 1 : at + 4]]
        if behind and behind[0] in _OF:
            whom = 2 if behind[1:2] and behind[1] in _ARTICLES else 1
            if behind[whom : whom + 1] and behind[whom] in _WHOM:
                yield Hit("relation", None, token.start, words[at + 1 + whom].end)


def _ages(text: Text) -> Iterator[Hit]:
    """An age with a class, a kind of school or a sport in the same sentence."""
    for sentence in _SENTENCE.finditer(text.low):
        ages = list(_AGE.finditer(text.low, *sentence.span()))
        if ages and _NEAR.search(text.low, *sentence.span()):
            yield from (Hit("age", None, *match.span()) for match in ages)
