"""What stands ready for letters, and when one says the same as the statement, as tables."""

import re

import pytest

from portal.communication.documents.rules import KIND_NAMES, LANGUAGES
from portal.communication.letters import rules
from portal.communication.statement.rules import contact_line, filled, situations
from portal.errors import Invalid
from portal.leakcheck.rules import Named, check
from tests.communication.letters import ENGLISH, SAID, TEXTS

READY = {key: rules.ready(key, TEXTS, "Het Baken College") for key in rules.letters()}


def test_there_is_a_letter_for_everybody_whom_the_product_names() -> None:
    """Parents of classmates, parents of other classes, all staff, pupils, parent council, board."""
    assert list(rules.letters()) == list(KIND_NAMES)
    assert {key: one.pages for key, one in rules.letters().items() if one.pages > 1} == {
        "class-parents": 2,
        "other-parents": 2,
    }


@pytest.mark.parametrize("key", rules.letters())
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_begins_from_the_statement_and_is_whole(key: str, language: str) -> None:
    texts = READY[key]
    rules.check_whole(key, texts)
    assert texts[language]["core"].split("\n\n") == list(TEXTS[language].values())
    assert "Het Baken College" in texts[language]["closing"]
    assert "{" not in str(texts[language].values())


@pytest.mark.parametrize("key", rules.letters())
def test_it_says_the_same_number_of_things_in_both_languages(key: str) -> None:
    kinds = [[(one.kind, len(one.lines)) for one in rules.laid_out(READY[key][language])] for language in LANGUAGES]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("key", ["class-parents", "other-parents"])
def test_parents_are_asked_to_have_the_conversation_at_home_with_three_sentences(key: str) -> None:
    """Protocol, phase 4: ask parents to have the conversation at home too, and give them something to hold on to."""
    for language, title in (("nl", "Praat er thuis ook over"), ("en", "Talk about it at home too")):
        found = rules.blocks(READY[key][language]["more"])
        assert found[0] == rules.Block("heading", (title,))
        assert next(len(one.lines) for one in found if one.kind == "list") == 3


def test_nobody_is_asked_to_delete_before_the_police_said_so() -> None:
    """Product rules 1 and 3: not look, not ask to see it, nothing deleted yet."""
    assert "Laat nog niets wissen" in READY["class-parents"]["nl"]["more"]
    assert "vraag niet om te zien wat er rondgaat" in READY["class-parents"]["nl"]["more"]
    assert "Wis nog niets" in READY["pupils"]["nl"]["more"]
    assert "Kijk er niet naar" in READY["staff"]["nl"]["more"]


@pytest.mark.parametrize("key", rules.letters())
def test_what_stands_ready_blames_nobody_and_names_no_class(key: str) -> None:
    """Product rules 5 and 6."""
    people = [Named("Noor V.", "3B"), Named("Daan van der Berg", "4HV1"), Named("", "2")]
    for said in READY[key].values():
        assert [check(text, people) for text in said.values()] == [[]] * len(said)


@pytest.mark.parametrize("key", rules.letters())
def test_sentences_are_short(key: str) -> None:
    """Plain words: fifteen in a sentence on average, or fewer."""
    for said in rules.letters()[key].texts.values():
        found = [one.split() for text in said.values() for one in re.split(r"[.!?:]\s|\n", text) if one.strip()]
        assert sum(map(len, found)) / len(found) <= 15


def test_without_an_english_statement_there_is_no_english_letter() -> None:
    assert list(rules.ready("staff", {"nl": SAID}, "School")) == ["nl"]


LETTER = READY["staff"]


@pytest.mark.parametrize(
    ("texts", "statement", "same"),
    [
        (LETTER, TEXTS, True),
        ({"nl": LETTER["nl"]}, TEXTS, True),  # what is not written in English cannot differ
        (LETTER, {"nl": SAID}, False),
        (LETTER, {**TEXTS, "nl": {**SAID, "why": "Om iets anders."}}, False),
        ({**LETTER, "nl": {**LETTER["nl"], "core": LETTER["nl"]["core"].replace("\n\n", " \r\n\r\n")}}, TEXTS, True),
        ({**LETTER, "nl": {**LETTER["nl"], "more": "Iets anders."}}, TEXTS, True),
        ({}, TEXTS, False),
        ({"nl": {}}, {}, False),
    ],
)
def test_only_the_core_is_held_against_the_statement(texts: dict, statement: dict, same: bool) -> None:  # type: ignore[type-arg]
    assert rules.says_the_same("staff", texts, statement) is same


@pytest.mark.parametrize("key", situations())
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_to_parents_is_not_said_to_pupils(key: str, language: str) -> None:
    """One voice, and to a pupil not ‘your child’; what is left is the statement word for word."""
    contact = {one: {"contact": contact_line("L. Mulder", "010-5550120", "", one), "board": "X"} for one in LANGUAGES}
    statement = filled({}, key, LANGUAGES, contact)
    said = rules.ready("pupils", statement, "Baken")[language]["core"]
    assert not re.search(r"\b(u|uw|your child)\b", said, re.IGNORECASE)
    assert len(said) > 300
    assert all(one in rules.core("staff", statement[language]) for one in said.split("\n\n"))
    assert rules.says_the_same("pupils", rules.ready("pupils", statement, "Baken"), statement)


def test_taking_over_the_statement_leaves_the_rest() -> None:
    changed = {"nl": {**SAID, "do": "Wij doen nu ook iets anders."}}
    made = rules.with_core("staff", LETTER, changed)
    assert rules.says_the_same("staff", {"nl": made["nl"]}, changed)
    assert made["en"] == LETTER["en"]
    assert made["nl"]["more"] == LETTER["nl"]["more"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Praat er thuis over\n\nDat helpt.", ["heading", "text"]),
        ("Beste ouders,\n\nHoi", ["text", "heading"]),
        ("Let op:\n- een\n- twee\n\n• drie", ["text", "list", "list"]),
        ("Groeten\nde school", ["text"]),
        ("x" * 61, ["text"]),
        ("laag begin", ["text"]),
        ("", []),
        ("\n\n \n", []),
    ],
)
def test_a_text_is_laid_out_by_its_lines(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in rules.blocks(text)] == kinds


def test_the_points_of_a_list_lose_their_dash_and_nothing_else() -> None:
    assert rules.blocks("- een - twee\n-drie") == [
        rules.Block("list", ("een - twee",)),
        rules.Block("text", ("-drie",)),
    ]


@pytest.mark.parametrize(
    ("key", "change", "field"),
    [
        ("staff", {"core": ""}, "nl-core"),
        ("staff", {"subject": ""}, "nl-subject"),
        ("staff", {"more": ""}, None),
        ("staff", {"more": "Een regel.\n\n" * 40}, "nl-core"),
        ("class-parents", {"more": "Een regel.\n\n" * 25}, None),
        ("class-parents", {"more": "Een regel.\n\n" * 60}, "nl-core"),
    ],
)
def test_what_is_not_whole_or_does_not_fit_cannot_go_out(key: str, change: dict[str, str], field: str | None) -> None:
    texts = {"nl": {**READY[key]["nl"], **change}}
    if field is None:
        rules.check_whole(key, texts)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_whole(key, texts)
    assert refused.value.field == field


def test_half_an_english_letter_cannot_go_out() -> None:
    with pytest.raises(Invalid):
        rules.check_whole("staff", {**LETTER, "en": {"subject": "Only this"}})


@pytest.mark.parametrize(
    ("states", "state"),
    [([], "open"), (["open"], "open"), (["open", "waiting"], "waiting"), (["waiting", "closed", "open"], "closed")],
)
def test_of_several_victims_the_most_careful_wish_counts(states: list[str], state: str) -> None:
    """Product rule 4."""
    assert rules.worst(states) == state


def test_english_stands_for_itself() -> None:
    assert ENGLISH["going"] in READY["board"]["en"]["core"]
