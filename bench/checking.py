"""How long the leak check takes: a text of 1,000 words against 60 people, in this process."""

import statistics
import time
import tomllib
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from portal.leakcheck.finding.rules import index_of
from portal.leakcheck.rules import Named, check

WORDS, PEOPLE, ROUNDS = 1000, 60, 25
FIRST = ["Sanne", "Tim", "Roos", "Bram", "Yusuf", "Finn", "Zoë"]
LAST = ["Jansen", "de Boer", "van den Berg", "Haddou", "Smits", "el Amrani", "Çelik", "Visser", "Hendriks"]


def leak_check() -> dict[str, float]:
    """Milliseconds of processor time: of the first look at these people, and of the next ones."""
    people = [
        Named(
            f"{first} {last}{chr(97 + at % 26)}",
            f"{at % 6 + 1}{'ABCDE'[at % 5]}",
            (f"{first}.{at}_x",),
            (2010 + at % 4,),
        )
        for at, (first, last) in enumerate(islice(zip(cycle(FIRST), cycle(LAST), strict=False), PEOPLE))
    ]
    protocol = tomllib.loads((Path(__file__).parents[1] / "portal" / "protocol" / "default.toml").read_text("utf-8"))
    text = " ".join(" ".join(_texts(protocol)).split()[:WORDS])
    first, after = [], []
    for _round in range(ROUNDS):
        index_of.cache_clear()
        first.append(_spent(text, people))
        after.append(_spent(text, people))
    return {"first": round(statistics.median(first), 1), "after": round(statistics.median(after), 1)}


def _spent(text: str, people: list[Named]) -> float:
    begun = time.process_time()
    check(text, people)
    return (time.process_time() - begun) * 1000


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
