"""How the rows of the trail are chained, and what was done to a chain that does not hold. Pure."""

import hashlib
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

START = "0" * 64
# Number, digest of the row before, own digest, and what the row says.
Row = tuple[int, str, str, dict[str, Any]]


def digest(previous: str, row: dict[str, Any]) -> str:
    """SHA-256 over the row before and what this row says, in one fixed form."""
    said = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{said}".encode()).hexdigest()


TEXTS = {
    "changed": "{rows} changed: what is written there does not fit the digest",
    "removed": "{rows} removed: the row before is {before}, the next one is {after}",
    "replaced": "row {before} was replaced, or rows behind it were removed: row {after} follows something else",
    "headless": "rows before row {after} were removed or replaced: it does not begin the trail",
    "inserted": "{rows} inserted: the trail goes on without what stands there",
    "moved": "row {after} stands before row {before}, which it follows: rows changed places",
    "cut": "the kept head stands nowhere in this trail: it was cut off or written anew from some row on, "
    "or the file is an older copy",
}


class Finding(NamedTuple):
    """Something that is wrong; `first` to `last` are the rows it is about, `before` and `after` those beside them."""

    kind: str
    first: int
    last: int
    before: int = 0
    after: int = 0

    def __str__(self) -> str:
        one = self.first == self.last
        rows = f"row {self.first} was" if one else f"rows {self.first} to {self.last} were"
        return TEXTS[self.kind].format(rows=rows, before=self.before or "none", after=self.after)


class Verdict(NamedTuple):
    """How many rows there are, the digest of the last one, and everything that is wrong."""

    rows: int
    head: str
    findings: list[Finding]


@dataclass
class Stretch:
    """Rows that each follow the one before. `follows` is the row that the first one follows: 0 for the beginning
    of the trail, None for one that is not there."""

    first: int
    last: int
    previous: str
    follows: int | None = None


@dataclass
class Seen:
    """What one reading of all rows leaves in memory: it grows with what is wrong, not with the trail."""

    rows: int = 0
    head: str = START
    stretches: list[Stretch] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    gaps: dict[int, int] = field(default_factory=dict)  # the row behind numbers that no row has -> the row before
    kept_at: int | None = None  # the row with the head that was kept elsewhere


def verify(read: Callable[[], Iterable[Row]], kept_head: str = "") -> Verdict:
    """Every row that was changed, removed, inserted or moved, from all rows in the order of their numbers.

    `read` gives the rows, and is asked again when something is wrong. Whoever writes all rows anew from one on,
    or puts back an older copy, shows only against a head that was kept elsewhere.
    """
    seen = _look(read(), kept_head)
    if len(seen.stretches) > 1 or (seen.stretches and seen.stretches[0].previous != START):
        wanted = {one.previous for one in seen.stretches}
        at = {kept: number for number, _previous, kept, _said in read() if kept in wanted}
        for one in seen.stretches:
            one.follows = 0 if one.previous == START else at.get(one.previous)
    elif seen.stretches:
        seen.stretches[0].follows = 0
    found = _judge(seen)
    if kept_head and seen.kept_at is None:
        found.append(Finding("cut", seen.rows + 1, seen.rows + 1))
    return Verdict(seen.rows, seen.head, found)


def _look(rows: Iterable[Row], kept_head: str) -> Seen:
    seen, last = Seen(kept_at=0 if kept_head == START else None), 0
    for number, previous, kept, said in rows:
        fits = kept == digest(previous, said)
        if not fits:
            seen.changed.add(number)
        # What a row that does not fit says of the row before it is worth nothing.
        if seen.stretches and (previous == seen.head or not fits):
            seen.stretches[-1].last = number
        else:
            seen.stretches.append(Stretch(number, number, previous if fits else START))
        if number != last + 1:
            seen.gaps[number] = last
        seen.rows, seen.head, last = seen.rows + 1, kept, number
        if kept == kept_head:
            seen.kept_at = number
    return seen


def _judge(seen: Seen) -> list[Finding]:
    pieces = _split(seen.stretches)
    after: dict[int, list[Stretch]] = defaultdict(list)
    for piece in pieces:
        if piece.follows is not None:
            after[piece.follows].append(piece)
    between = _standing_between(pieces)
    found, strange, met = _missing(seen, pieces), list[Stretch](), set[int]()
    # Rows whose digest was made up can follow each other in a ring, which no beginning leads to: those come last.
    for begin in [Stretch(0, 0, ""), *(one for one in pieces if one.follows is None), *pieces]:
        if begin.first in met:
            continue
        way, beside = _walk(begin, after, met, seen.kept_at)
        strange += beside
        if begin.first in between:
            strange += way
            continue
        found += _before(begin.first, seen, pieces) if begin.first else []
        found += [
            Finding("moved", two.first, two.first, before=one.last, after=two.first)
            for one, two in pairwise(way)
            if two.first < one.last
        ]
    inserted = {number for piece in strange for number in range(piece.first, piece.last + 1)}
    found += [Finding("inserted", piece.first, piece.last) for piece in strange]
    found += [Finding("changed", number, number) for number in seen.changed - inserted]
    return sorted(found, key=lambda one: (one.first, one.kind))


def _split(stretches: list[Stretch]) -> list[Stretch]:
    """The same, cut behind every row that another stretch follows."""
    ends = sorted({one.follows for one in stretches if one.follows})
    pieces = []
    for one in stretches:
        follows, first = one.follows, one.first
        for end in ends[bisect_left(ends, one.first) : bisect_left(ends, one.last)]:
            pieces.append(Stretch(first, end, "", follows))
            follows, first = end, end + 1
        pieces.append(Stretch(first, one.last, "", follows))
    return pieces


def _standing_between(pieces: list[Stretch]) -> set[int]:
    """First rows of what follows nothing and stands between two rows that follow each other."""
    found: set[int] = set()
    waiting: list[int] = []
    last = 0
    for piece in pieces:
        if piece.follows is None:
            waiting.append(piece.first)
            continue
        if piece.follows == last:
            found.update(waiting)
        waiting, last = [], piece.last
    return found


def _walk(
    begin: Stretch, after: dict[int, list[Stretch]], met: set[int], kept_at: int | None
) -> tuple[list[Stretch], list[Stretch]]:
    """The longest way along pieces that follow each other, past the kept head, and those that branch off from it."""
    reached, waiting = [], [begin]
    while waiting:
        one = waiting.pop()
        if one.first not in met:
            met.add(one.first)
            reached.append(one)
            waiting += after.get(one.last, [])
    # Whether it leads past the kept head, and how many rows it has.
    length: dict[int, tuple[bool, int]] = {}
    for one in reversed(reached):
        beyond = [length[another.first] for another in after.get(one.last, []) if another.first in length]
        past, rows = max(beyond, default=(False, 0))
        here = kept_at is not None and one.first <= kept_at <= one.last
        length[one.first] = here or past, one.last - one.first + 1 + rows
    way, left = [begin], {one.first for one in reached} - {begin.first}
    while ahead := [one for one in after.get(way[-1].last, []) if one.first in left]:
        way.append(max(ahead, key=lambda one: length[one.first]))
        left.remove(way[-1].first)
    return way, [one for one in reached if one.first in left]


def _before(first: int, seen: Seen, pieces: list[Stretch]) -> list[Finding]:
    """What is wrong where rows begin that follow nothing that is there."""
    # Pieces stand in the order of their rows.
    at = bisect_left(pieces, first, key=lambda piece: piece.first)
    before = pieces[at - 1].last if at else 0
    if before in seen.changed or first in seen.gaps:
        return []  # that row or that gap is told of by itself
    return [Finding("replaced" if before else "headless", before, before, before=before, after=first)]


def _missing(seen: Seen, pieces: list[Stretch]) -> list[Finding]:
    """Numbers that no row has, unless the row behind them belongs elsewhere: then nothing is missing here."""
    follows = {piece.first: piece.follows for piece in pieces if piece.follows is not None}
    return [
        Finding("removed", before + 1, after - 1, before=before, after=after)
        for after, before in seen.gaps.items()
        if follows.get(after, before) == before
    ]
