"""Real-looking texts with what is to be found in them, and clean ones: product rules 5 and 6 on a whole shelf."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from portal.leakcheck.names.rules import HARD
from portal.leakcheck.rules import Named, check

HERE = Path(__file__).parent
PEOPLE = [
    Named("Noor Vermeer", "3B", ("@noor.xx_08", "Nootje"), (2011,), "06-12345678"),
    Named("Roos de Boer", "4HV1"),
    Named("Daan van der Berg", "4V", ("Wolf",), (2009,)),
    Named("Storm Jansen", "H2b"),
    Named("Anne-Marie O'Brien-Smits", "3B"),
    Named("Yusuf el Amrani", "2C", ("yusuf_goals",)),
    Named("Lars 't Hooft", "4V"),
    Named("Zoë Çelik"),
    Named("Mevrouw Haddou", reach="bel na 18 uur, haddou.thuis@example.org"),
    Named("Sem D'Angelo", "5G"),
    Named("meneer Wolters"),
    Named("Mei Wong"),
]
WITHOUT_NAMES = ("protocol", "conversations", "rest", "sheets", "talks", "buddies")
SAYINGS = [
    "Het gaat om {}.",
    "Volgens leerlingen was {} erbij.",
    "De foto van {} gaat rond in de appgroep.",
    "Wij spraken vanmorgen met {} en de mentor.",
    "We spoke with {} this morning.",
    "The picture shows nothing of {}, people say.",
]
WRITTEN = {
    "as it is": lambda name: name,
    "small": str.lower,
    "capitals": str.upper,
    "over two lines": lambda name: name.replace(" ", "\n", 1),
    "unseen signs": lambda name: "\u200b".join(name),
    "Cyrillic": lambda name: name.translate(str.maketrans("aeopcx", "аеорсх")),
    "possessive": lambda name: name + "'s",
    "hashtag": lambda name: "#" + re.sub(r"\W", "", name),
    "address": lambda name: re.sub(r"\W+", ".", name.lower()) + "@example.org",
}


class Example(NamedTuple):
    text: str
    marks: list[tuple[str, str]]


def examples() -> Iterator[Example]:
    for line in (HERE / "found.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            line = re.sub(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))", lambda m: chr(int(m[1] or m[2], 16)), line)
            line = line.replace("\\n", "\n")
            yield Example(re.sub(r"\{\w+\|([^}]*)\}", r"\1", line), re.findall(r"\{(\w+)\|([^}]*)\}", line))


@pytest.mark.parametrize("example", list(examples()), ids=lambda one: one.text[:40])
def test_a_text_written_by_hand(example: Example) -> None:
    found = check(example.text, PEOPLE)
    assert [(one.kind, one.words) for one in found] == example.marks
    assert all(example.text[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("person", [one for one in PEOPLE if " " in one.name], ids=lambda one: one.name)
def test_a_full_name_however_it_is_written(person: Named, way: str) -> None:
    for saying in SAYINGS:
        text = saying.format(WRITTEN[way](person.name))
        assert any(one.hard for one in check(text, [person])), text


def clean() -> list[str]:
    """Statements and letters of `clean.txt`, and what the portal itself says to teachers, parents and pupils."""
    own = [path for path in (HERE.parents[1] / "portal").rglob("*.toml") if path.parts[-2] in WITHOUT_NAMES]
    said = [text for path in own for text in texts(tomllib.loads(path.read_text("utf-8"))) if len(text) > 60]
    by_hand = (HERE / "clean.txt").read_text("utf-8").splitlines()
    return list(dict.fromkeys([*filter(None, by_hand), *said]))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def test_there_are_enough_texts() -> None:
    assert len(list(examples())) >= 120
    assert len(list(examples())) + len(WRITTEN) * len(SAYINGS) * 10 >= 300
    assert len(set(clean())) >= 200


def test_clean_texts_are_let_through() -> None:
    """At most 2 % with a false hard finding."""
    wrong = [(text, one.words) for text in clean() for one in check(text, PEOPLE) if one.kind in HARD]
    assert len({text for text, _words in wrong}) <= len(clean()) * 0.02, wrong


def test_clean_texts_ask_little() -> None:
    """Somebody who has to give a reason for every other sentence soon gives any."""
    asked = [(text, one.words) for text in clean() for one in check(text, PEOPLE) if not one.hard]
    assert len({text for text, _words in asked}) <= len(clean()) * 0.1, asked
