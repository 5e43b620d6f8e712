"""What stands on the teacher sheet, as tables."""

import pytest

from portal.classes.sheets import rules
from portal.errors import Invalid
from portal.incidents.people.rules import Named, holds_name


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_the_prepared_sheet_has_all_that_the_protocol_asks(language: str) -> None:
    """Phase 3: the signal, what to say, behaviour, a lesson, own judgement; and ten questions with answers."""
    sheet = {one.key: one for one in rules.contents({}, language)}
    assert set(sheet) == set(rules.sections()) - {"now"}
    assert len(sheet["questions"].pairs) == 10
    assert all(question and answer for question, answer in sheet["questions"].pairs)
    assert all(2 <= len(one.lines) <= 5 for key, one in sheet.items() if key != "questions")
    assert rules.printed_lines(sheet.values()) < rules.MOST_LINES


def test_the_signal_is_that_of_the_protocol() -> None:
    first = {language: rules.contents({}, language)[0].lines[0] for language in rules.LANGUAGES}
    assert first == {
        "nl": "Zonder verspreiders is er geen shame sexting.",
        "en": "Without spreaders there is no shame sexting.",
    }


def test_it_says_the_same_number_of_things_in_both_languages() -> None:
    for section in rules.sections().values():
        counts = {len(rules.pairs(text) or rules.lines(text)) for text in section.text.values()}
        assert len(counts) == 1, section.key


def test_nothing_is_deleted_and_no_phone_is_searched_before_the_police_said_so() -> None:
    """Product rule 3, and rule 1: not look, not ask to be sent it."""
    phone = rules.sections()["phone"].text
    assert "Laat nog niets wissen" in phone["nl"]
    assert "Let nothing be deleted yet" in phone["en"]
    assert "Kijk niet" in phone["nl"]
    assert "Do not look" in phone["en"]


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_the_prepared_text_blames_nobody_and_names_no_class(language: str) -> None:
    """Product rules 5 and 6."""
    text = " ".join(section.text[language] for section in rules.sections().values()).casefold()
    assert not [word for word in ("dader", "schuldig", "guilty", "offender", "perpetrator") if word in text]
    assert not holds_name(text, [Named("", "3B"), Named("Noor V."), Named("Daan van der Berg")])


PREPARED = {key: section.text["nl"] for key, section in rules.sections().items()}


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        (PREPARED, {}),
        ({key: section.text["en"] for key, section in rules.sections().items()}, {}),
        (PREPARED | {"now": "Morgen eerste uur."}, {"now": "Morgen eerste uur."}),
        (PREPARED | {"say": ""}, {}),  # emptied, the prepared text is back
    ],
)
def test_only_what_differs_is_adapted(typed: dict[str, str], own: dict[str, str]) -> None:
    assert rules.adapted(typed) == own


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Who?\nI do not say.", [("Who?", "I do not say.")]),
        ("\n\nWho?\n I do not\nsay.\n\n\nWhy?\nSo.\n", [("Who?", "I do not say."), ("Why?", "So.")]),
        ("Who?\n\nWhy?\nSo.", [("Who?", ""), ("Why?", "So.")]),
        ("", []),
    ],
)
def test_questions_are_blocks_with_an_empty_line_between(text: str, pairs: list[tuple[str, str]]) -> None:
    assert rules.pairs(text) == pairs


def test_points_may_be_typed_with_a_dash() -> None:
    assert rules.lines("- One\n\n• Two\n three ") == ["One", "Two", "three"]


def test_a_question_without_an_answer_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_text(PREPARED | {"questions": "Who?\n\nWhy?\nSo."})
    assert refused.value.field == "questions"


def test_more_than_a_sheet_of_paper_holds_is_refused() -> None:
    rules.check_text(PREPARED | {"now": "Kort."})
    with pytest.raises(Invalid) as refused:
        rules.check_text(PREPARED | {"now": "\n".join(["Een regel."] * 20)})
    assert refused.value.values["n"] > 0
