"""What may be said between two schools, and what of it stays."""

from typing import Any

import pytest

from portal.errors import Invalid, Refused
from portal.links.talking.colleagues import rules as colleagues
from portal.links.talking.feedback import rules as feedback
from portal.links.talking.messages import rules as messages
from portal.links.talking.wording import rules as wording
from tests.conftest import MONDAY

HOUR = MONDAY.replace(hour=MONDAY.hour - 1)


@pytest.mark.parametrize(("danger", "kind"), [("yes", "danger"), ("unknown", "danger"), ("no", "worry")])
def test_who_does_not_know_whether_there_is_danger_is_taken_for_yes(danger: str, kind: str) -> None:
    assert messages.kind_of(danger) == kind


@pytest.mark.parametrize(
    ("answer", "before", "is_newest", "can"),
    [
        ("agreed", "", True, True),
        ("proposed", "", True, True),
        ("agreed", "proposed", True, True),
        ("proposed", "proposed", True, False),
        ("agreed", "agreed", True, False),
        ("proposed", "agreed", True, False),
        ("agreed", "", False, False),
    ],
)
def test_what_was_answered_stays(answer: str, before: str, is_newest: bool, can: bool) -> None:
    """Product rule 10: who proposed other words can still agree, nothing else changes."""
    if can:
        wording.check_can_answer(answer, before=before, is_newest=is_newest)
    else:
        with pytest.raises(Refused):
            wording.check_can_answer(answer, before=before, is_newest=is_newest)


def test_only_the_parts_that_differ_are_proposed() -> None:
    texts = {"nl": {"going": "Een.", "do": "Twee."}}
    typed = {"nl": {"going": "Een. ", "do": "Drie."}, "en": {"going": ""}}
    assert wording.otherwise(texts, typed) == {"nl": {"do": "Drie."}}
    assert wording.as_proposed(texts, {"nl": {"do": "Drie."}})["nl"] == {"going": "Een.", "do": "Drie."}


def test_other_words_have_to_be_there() -> None:
    with pytest.raises(Invalid):
        wording.check_said("proposed", {}, "", "words")
    wording.check_said("proposed", {}, "Korter.", "words")
    wording.check_said("agreed", {}, "", "words")


@pytest.mark.parametrize(
    ("online", "approved", "waiting", "offered"),
    [(None, None, None, []), (1, 1, None, [1]), (1, 2, 3, [2, 1, 3]), (None, None, 1, [1]), (3, 2, None, [3])],
)
def test_the_newest_that_somebody_approved_comes_first(
    online: int | None, approved: int | None, waiting: int | None, offered: list[int]
) -> None:
    assert wording.best(online, approved, waiting) == offered


def test_a_colleague_gets_one_link() -> None:
    with pytest.raises(Invalid):
        colleagues.check_new("A@lyceum.example", ["a@LYCEUM.example"])
    with pytest.raises(Refused):
        colleagues.check_new("z@lyceum.example", [f"{n}@lyceum.example" for n in range(colleagues.MOST + 1)])
    colleagues.check_new("z@lyceum.example", ["a@lyceum.example"])


@pytest.mark.parametrize(("link", "can"), [(1, True), (2, True), (3, False)])
def test_the_first_and_who_proposed_can_end_it(link: int, can: bool) -> None:
    assert colleagues.can_end(link, head_id=1, proposed_by_id=2) is can


@pytest.mark.parametrize(
    ("due", "states", "time"),
    [(None, [], False), (HOUR, ["todo"], True), (None, ["done", "not-needed"], True), (None, ["done", "todo"], False)],
)
def test_when_the_other_school_is_asked_how_it_went(due: Any, states: list[str], time: bool) -> None:
    assert feedback.is_time(due, states, MONDAY) is time


def test_questions_are_few_and_in_both_languages() -> None:
    assert 2 <= len(feedback.questions()) <= 5
    for one in feedback.questions().values():
        assert {"nl", "en"} <= one.ask.keys()
        assert all({"nl", "en"} <= words.keys() for words in one.answers.values())
    with pytest.raises(Invalid):
        feedback.check_said(dict.fromkeys(feedback.questions(), ""))
