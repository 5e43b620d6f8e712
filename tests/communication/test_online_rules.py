"""What a file that everybody can read holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.communication.online import rules
from portal.communication.online.rules import Page

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Bel 010-5550101.", ["0105550101"]),
        ("Bel 06-55501001 of +31 10 555 0112.", ["0655501001", "+31105550112"]),
        ("Politie: 0900-8844, inspectie: 0900-1113111, hulp: 0800-0113", ["09008844", "09001113111", "08000113"]),
        ("Op 02-11-2026 om 08:40 waren er 120 leerlingen, in lokaal 0124.", []),
        ("Rekening NL91ABNA0417164300, zaak 2026-001, 1234567890.", []),
        ("http://010-5550101x.example en a010-5550101", []),
    ],
)
def test_telephone_numbers_can_be_tapped_and_nothing_else(text: str, numbers: list[str]) -> None:
    pieces = rules.paragraphs(text)[0][0]
    assert "".join(words for words, _number in pieces) == text
    assert [number for _words, number in pieces if number] == numbers


def test_paragraphs_and_lines_stay() -> None:
    said = rules.paragraphs("One.\r\nTwo.\n \n\nThree.\n")
    assert said == [[[("One.", "")], [("Two.", "")]], [[("Three.", "")]]]


@pytest.mark.parametrize(
    ("published", "hours"),
    [([(1, 0)], [0]), ([(1, 0), (2, 3)], [0, 3]), ([(1, 0), (1, 5)], [0]), ([(1, 0), (2, 1), (1, 2)], [0, 1, 2])],
)
def test_it_changed_when_what_it_says_changed(published: list[tuple[int, int]], hours: list[int]) -> None:
    at = {hour: NOON + timedelta(hours=hour) for hour in range(6)}
    assert rules.moments([(number, at[hour]) for number, hour in published]) == tuple(at[hour] for hour in hours)


@pytest.mark.parametrize(
    ("status", "texts", "languages"),
    [
        (200, {"nl": {"going": "x"}}, ["nl"]),
        (200, {"nl": {"going": "x"}, "en": {"going": " "}}, ["nl"]),
        (200, {"nl": {"going": "x"}, "en": {"going": "y"}}, ["nl", "en"]),
        (410, {}, ["nl", "en"]),
    ],
)
def test_it_is_in_the_languages_that_it_has(status: int, texts: Any, languages: list[str]) -> None:
    assert Page(status, texts, (NOON,), indexed=False, school={}).languages == languages


def test_a_file_is_a_whole_answer() -> None:
    file = rules.bound(200, "<p>é\nx</p>", "p{}", indexed=False)
    answer = rules.opened(file)
    assert (answer.status, answer.body.decode()) == (200, "<p>é\nx</p>")
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert "X-Robots-Tag" not in answer.headers


def test_only_what_is_chosen_and_not_withdrawn_is_for_search_engines() -> None:
    heads = [json.loads(rules.bound(status, "", "", indexed=True).partition(b"\n")[0]) for status in (200, 410)]
    assert [head["headers"].get("X-Robots-Tag") for head in heads] == ["all", None]
