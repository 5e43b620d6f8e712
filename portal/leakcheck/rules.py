"""Whether a text names somebody: a text and people in, findings out. Pure, and knows nothing of the rest."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.leakcheck.finding.rules import Hit, index_of, once
from portal.leakcheck.harm.rules import harms
from portal.leakcheck.names.rules import HARD, TELEPHONE, digits_of
from portal.leakcheck.names.rules import Named as Named
from portal.leakcheck.names.rules import words_of as words_of
from portal.leakcheck.text.rules import Text
from portal.leakcheck.text.rules import plain as plain


def names_in(text: str, people: Iterable[Named]) -> list[str]:
    """Every name, nickname, initials, class or account of one of these people in a text, without accents."""
    read = Text(text)
    return [read.said[hit.start : hit.end] for hit in index_of(tuple(people)).find(read)]


def holds_name(text: str, people: Iterable[Named], classes: Iterable[str] = ()) -> bool:
    """Whether a text holds a name, nickname, initials, class or account of one of these people (product rule 6).

    `classes` are those that the text is for.
    """
    return bool(index_of(tuple(people), tuple(classes)).find(Text(text)))


@dataclass(frozen=True)
class Finding:
    """Something in a text that could lead to a person, or that does harm: from `start` to `end`, of a `kind`.

    A hard one keeps the text inside; a soft one may stay for a reason. `about` is the place of the person in the list
    that was given, None where it is about nobody in particular.
    """

    kind: str
    hard: bool
    start: int
    end: int
    words: str
    about: int | None = None

    @property
    def key(self) -> str:
        """The same finding in a later version of the text: kind and words, however these were written."""
        return f"{self.kind}:{' '.join(plain(self.words).split())}"


def check(
    text: str, people: Iterable[Named], *, exempt: Iterable[str] = (), classes: Iterable[str] = ()
) -> list[Finding]:
    """What a text gives away of these people or does to them, in its order; places are those of the text as typed.

    `exempt` is what may stand there whatever it looks like, as the name of the school; `classes` are those that the
    text is for.
    """
    read = Text(text)
    hits = once([*index_of(tuple(people), tuple(classes)).find(read), *harms(read)])
    found = []
    for hit in _without(hits, [*_places(read, exempt)]):
        start, end = read.place(hit.start, hit.end)
        found.append(Finding(hit.kind, hit.kind in HARD, start, end, text[start:end], hit.about))
    return found


def _places(read: Text, exempt: Iterable[str]) -> Iterable[tuple[int, int]]:
    for phrase in exempt:
        if TELEPHONE.fullmatch(phrase):
            same = (one for one in TELEPHONE.finditer(read.said) if digits_of(one[0]) == digits_of(phrase))
            yield from (one.span() for one in same)
        words = re.findall(r"\w+", Text(phrase).low)
        if words:
            pattern = r"(?<!\w)" + r"\W{1,3}".join(map(re.escape, words)) + r"(?!\w)"
            yield from (match.span() for match in re.finditer(pattern, read.low))


def _without(hits: Sequence[Hit], places: Sequence[tuple[int, int]]) -> list[Hit]:
    return [hit for hit in hits if not any(start <= hit.start and hit.end <= end for start, end in places)]
