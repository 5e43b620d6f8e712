"""Ready for the press: deadlines, what was adapted, answers out of the statement. Tables."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.communication.media import rules
from portal.errors import Invalid, Refused
from tests.conftest import MONDAY

SAID = {"going": "Er gaat een beeld rond.", "do": "Wij helpen."}


def after(**span: float) -> Any:
    return MONDAY + timedelta(**span)


@pytest.mark.parametrize(
    ("within", "moment", "at", "expected"),
    [
        ("quarter", None, MONDAY, after(minutes=15)),
        ("half", None, MONDAY, after(minutes=30)),
        ("hour", None, MONDAY, after(hours=1)),
        ("two", None, MONDAY, after(hours=2)),
        ("day", None, MONDAY, after(hours=7)),  # 17:00 in Amsterdam
        ("other", after(days=1), MONDAY, after(days=1)),
        ("hour", after(days=1), MONDAY, after(hours=1)),
        ("none", after(days=1), MONDAY, None),
    ],
)
def test_by_when_an_answer_is_needed(within: str, moment: Any, at: Any, expected: Any) -> None:
    assert rules.deadline(within, moment, at) == expected


@pytest.mark.parametrize(
    ("within", "moment", "at", "field"),
    [
        ("day", None, after(hours=8), "within"),
        ("other", None, MONDAY, "deadline_at"),
        ("other", after(hours=-1), MONDAY, "deadline_at"),
    ],
)
def test_a_deadline_that_cannot_be(within: str, moment: Any, at: Any, field: str) -> None:
    with pytest.raises(Invalid) as error:
        rules.deadline(within, moment, at)
    assert error.value.field == field


def test_every_answer_to_by_when_gives_a_moment_or_none() -> None:
    for within in rules.WITHIN:
        rules.deadline(within, after(hours=3), MONDAY)
    assert set(rules.SPANS) < set(rules.WITHIN)


@pytest.mark.parametrize(
    ("deadline", "how"),
    [
        (None, "none"),
        (after(minutes=-1), "late"),
        (MONDAY, "near"),
        (after(minutes=30), "near"),
        (after(minutes=31), "later"),
    ],
)
def test_what_is_near_stands_out(deadline: Any, how: str) -> None:
    assert rules.urgency(deadline, MONDAY) == how


def test_the_first_deadline_stands_at_the_top() -> None:
    def call(number: int, deadline: Any = None, answered: Any = None) -> Any:
        return SimpleNamespace(id=number, at=MONDAY, deadline_at=deadline, answered_at=answered)

    calls = [call(1), call(2, after(hours=2)), call(3, after(hours=1)), call(4, MONDAY, MONDAY)]
    calls.append(call(5, None, after(hours=1)))
    waiting, done = rules.sorted_calls(calls, MONDAY)
    assert [[one.id for one in row] for row in (waiting, done)] == [[3, 2, 1], [5, 4]]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_twelve_questions_answered_out_of_the_statement(language: str) -> None:
    """Product, phase 5: act in line with the statement; an answer that nobody adapted says what it says."""
    answers = {one.key: one for one in rules.answers({"police": "Vraag de politie."}, SAID, language)}
    assert len(answers) == 12
    assert answers["happened"].text == SAID["going"]
    assert answers["doing"].text == SAID["do"]
    assert answers["think"].text == rules._lists()["without"][language]  # not said yet
    assert (answers["police"].text, answers["police"].is_own) == ("Vraag de politie.", True)
    assert all(one.ask and one.text and "{" not in one.text for one in answers.values())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reply_refers_to_the_statement(language: str) -> None:
    """‘Refer to the statement on the website when posts on social media are wrong’: each has the address."""
    address = "https://school.example/statements/abc"
    found = rules.replies(language, address)
    assert {one.key for one in found} == {"refer", "press", "wrong", "names", "parent", "pupil"}
    assert all(address in one.text and "{" not in one.text for one in found)
    assert rules.replies(language, "") == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_proposed_plan_has_every_part_and_fits(language: str) -> None:
    texts = rules.plan_texts({}, language)
    assert set(texts) == {"holding", "speaks", "silent", "gate", "cameras", "rights", "online"}
    assert all(texts.values())
    assert all(len(text) <= 350 for text in texts.values())
    rules.check_fits(texts)


def test_a_part_with_too_many_lines_does_not_fit_on_one_page() -> None:
    with pytest.raises(Invalid) as error:
        rules.check_fits({"gate": "\n".join("12345")})
    assert error.value.field == "gate"
    rules.check_fits({"police": "\n".join("12345")})


def test_what_was_not_adapted_goes_on_following() -> None:
    ready = [{"gate": "Wacht.", "who": "Nee."}, {"gate": "Wait.", "who": "No."}]
    assert rules.adapted({"gate": "Wait.", "who": "Niemand."}, ready) == {"who": "Niemand."}
    assert rules.adapted({"gate": "", "who": "Nee."}, iter(ready)) == {}


def test_what_was_answered_is_a_reply_or_own_words() -> None:
    assert rules.answer_text("Zie hier.", "En verder niets.") == "Zie hier.\n\nEn verder niets."
    assert rules.answer_text("", "Niets.") == "Niets."
    with pytest.raises(Invalid):
        rules.answer_text("", "")


def test_a_question_is_answered_once() -> None:
    """Product rule 10: what was said is not rewritten; asked again, it is a new call."""
    rules.check_waits(None)
    with pytest.raises(Refused):
        rules.check_waits(MONDAY)
    assert rules.both("Om drie uur.", "Nee, om vier uur.") == "Om drie uur.\nNee, om vier uur."
