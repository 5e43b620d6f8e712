"""Examples per situation, reading ease, and what changed between two versions."""

import pytest

from portal.communication.documents.rules import LANGUAGES, PARTS, running
from portal.communication.statement import rules
from portal.leakcheck.rules import check

VALUES = {
    one: {"contact": rules.contact_line("L. Mulder", "010-5550120", "", one), "board": "Stichting Waterdam"}
    for one in LANGUAGES
}


@pytest.mark.parametrize("key", rules.situations())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_whole_short_and_easy_to_read(key: str, language: str) -> None:
    texts = rules.filled({}, key, [language], VALUES)[language]
    assert set(texts) == set(PARTS)
    assert all(texts.values())
    assert "{" not in running(texts)
    said = rules.reading(running(texts), language)
    assert said.ease is not None
    assert said.ease >= 70
    assert not said.advice
    assert said.words <= 200


@pytest.mark.parametrize("key", rules.situations())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leak_check_has_nothing_against_an_example(key: str, language: str) -> None:
    texts = rules.filled({}, key, [language], VALUES)[language]
    exempt = ["L. Mulder", "010-5550120", "Stichting Waterdam"]
    assert [(part, one) for part, text in texts.items() for one in check(text, [], exempt=exempt)] == []


def test_the_situations_of_the_issue_are_there() -> None:
    assert list(rules.situations()) == ["rumour", "class", "public", "press", "staff", "ai", "solved"]


@pytest.mark.parametrize(
    ("kind", "origin", "spread", "staff", "proposed"),
    [
        ("image", "unknown", "class", False, "class"),
        ("image", "unknown", "unknown", False, "rumour"),
        ("unknown", "unknown", "few", False, "rumour"),
        ("video", "secret", "internet", False, "public"),
        ("fake", "unknown", "internet", False, "ai"),
        ("image", "ai", "class", False, "ai"),
        ("fake", "ai", "internet", True, "staff"),
    ],
)
def test_the_situation_that_fits_is_proposed(kind: str, origin: str, spread: str, staff: bool, proposed: str) -> None:
    assert rules.proposed(kind, origin, spread, staff=staff) == proposed


def test_an_example_never_replaces_what_was_written() -> None:
    before = {"nl": {"going": "Mine.", "think": " "}, "en": {}}
    after = rules.filled(before, "rumour", ["nl"], VALUES)
    assert after["nl"]["going"] == "Mine."
    assert after["nl"]["think"] == rules.situations()["rumour"].examples["nl"]["think"]
    assert after["en"] == {}
    assert before["nl"]["think"] == " "


def test_whom_to_contact_comes_from_the_settings() -> None:
    line = rules.contact_line
    assert line("L. Mulder", "010-1", "a@b.nl", "en").endswith("contact L. Mulder: call 010-1 or mail a@b.nl.")
    assert line("", "010-1", "", "nl").endswith("Neem contact op: bel 010-1.")
    assert line("L. Mulder", "", "a@b.nl", "nl").endswith("Neem contact op met L. Mulder: mail a@b.nl.")
    assert "mentor" in rules.contact_line("", "", "", "nl")
    assert "mentor" in rules.contact_line("L. Mulder", "", "", "nl"), "a name alone reaches nobody"


NL = "leerling:2 ouders:2 privébeelden:4 politie:3 zorgen:2 telefoonnummer:5 bestuur:2 reageren:4 coördinator:5 "
NL += "financiële:5 geïnteresseerd:5 meeuw:1 draaien:2 nieuws:1 situatie:4 ideeën:3 de:1 wij:1 één:1 school:1"
EN = "pupil:2 parents:2 image:2 images:3 shared:1 voted:2 serious:3 people:2 school:1 confidential:4 little:2 table:2 "
EN += "houses:2 safe:1 being:2 asked:1 needed:2 because:2 the:1 telephone:3 counselor:3 cause:1 police:2 why:1"


@pytest.mark.parametrize(("language", "words"), [("nl", NL), ("en", EN)])
def test_syllables_are_counted(language: str, words: str) -> None:
    wrong = [
        (word, rules.syllables(word, language))
        for word, count in (one.split(":") for one in words.split())
        if rules.syllables(word, language) != int(count)
    ]
    assert wrong == []


def test_flesch_douma_as_it_was_published() -> None:
    """Ten words of one syllable in two sentences: 206.84 - 77 x 1 - 0.93 x 5."""
    found = rules.reading("De kat zit op het. De hond ligt er bij.", "nl")
    assert (found.words, found.sentences, found.per_sentence) == (10, 2, 5)
    assert found.ease == 100  # more than a children's book is a children's book
    hard = "Beleidsmedewerkers communiceerden organisatiebrede verantwoordingsverplichtingen."
    assert rules.reading(hard, "nl").ease == 0


def test_nothing_has_no_ease() -> None:
    assert rules.reading(" \n", "nl") == rules.Reading(0, 0, None)
    assert rules.reading("020-1234567.", "nl").ease is None


def test_long_and_hard_texts_get_advice() -> None:
    assert len(rules.Reading(400, 40, 80).advice) == 1
    assert len(rules.Reading(100, 4, 80).advice) == 1
    assert len(rules.Reading(400, 10, 40).advice) == 2


def test_what_changed_is_shown_word_by_word_on_both_sides() -> None:
    old = {"nl": {"going": "Wij zoeken het uit.", "why": "Zo is het."}, "en": {}}
    new = {"nl": {"going": "Wij zochten het uit.", "why": "Zo is het."}, "en": {"why": "So it is."}}
    first, second = rules.difference(old, new)
    assert (first.language, first.part) == ("nl", "going")
    assert [text for text, gone in first.old if gone] == ["zoeken"]
    assert [text for text, added in first.new if added] == ["zochten"]
    assert "".join(text for text, _gone in first.old) == "Wij zoeken het uit."
    assert (second.language, second.part, second.old) == ("en", "why", [])
    assert second.new == [("So it is.", True)]
    assert rules.difference(new, new) == []


def test_comparing_a_text_that_repeats_itself_is_not_gone_into(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_given: object, **_more: object) -> None:
        raise AssertionError("comparing this piece by piece takes minutes")

    monkeypatch.setattr(rules, "SequenceMatcher", never)
    old, new = "a b c " * 250, "b c a d " * 187
    (changed,) = rules.difference({"nl": {"going": old}}, {"nl": {"going": new}})
    assert (changed.old, changed.new) == ([(old, True)], [(new, True)])
