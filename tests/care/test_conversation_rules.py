"""Rules of conversations, as tables; each names the rule of the product it keeps."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest

from portal.care.conversations import rules
from portal.care.conversations.forms import SECTION
from portal.care.conversations.rules import SECTIONS, cards
from portal.care.help import rules as help_rules
from portal.errors import ChangedMeanwhile, Refused
from portal.policy import TEAM_FUNCTIONS, Standing
from portal.protocol.rules import CONTACTS, default_document
from tests.conftest import MONDAY

EMOTIONS = {
    "nl": ("Schaamte", "Boosheid", "Verdriet", "Machteloosheid"),
    "en": ("Shame", "Anger", "Grief", "Powerlessness"),
}


@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_card_says_everything_in_both_languages(kind: str) -> None:
    """Product: talking scripts beside the action, on shame, anger, grief and powerlessness."""
    card = cards()[kind]
    for section in SECTIONS:
        told = {language: card.lines(section, {}, language) for language in ("nl", "en")}
        assert len(told["nl"]) == len(told["en"]) >= 1, section
        for language, lines in told.items():
            assert 0 < len("\n".join(lines)) <= SECTION, (section, language)
    for language, names in EMOTIONS.items():
        said = card.lines("emotions", {}, language)
        assert [line.partition(":")[0] for line in said][:4] == list(names)
    assert card.contact in CONTACTS
    assert not card.step or card.step in {step["key"] for step in default_document()["step"]}
    assert bool(card.whom) or kind in rules.TOGETHER


def test_no_card_gives_a_verdict() -> None:
    """Rule 5: reported or suspected, never guilty."""
    words = " ".join(
        line for card in cards().values() for by in card.texts.values() for some in by.values() for line in some
    )
    assert not [word for word in ("dader", "schuldig", "guilty", "offender") if word in words.casefold()]


def test_only_what_was_adapted_is_kept() -> None:
    card = cards()["victim"]
    prepared = {section: "\n".join(card.lines(section, {}, "nl")) for section in SECTIONS}
    assert card.adapted(prepared) == {}
    assert card.adapted(prepared | {"goal": "", "opening": "Come and sit."}) == {"opening": "Come and sit."}
    assert card.lines("opening", {"opening": "One.\nTwo."}, "en") == ["One.", "Two."]


@pytest.mark.parametrize(
    ("parents", "victim", "gate"), [(True, True, "parents"), (True, False, ""), (False, True, ""), (False, False, "")]
)
def test_only_the_victims_own_parents_wait_for_the_wish(parents: bool, victim: bool, gate: str) -> None:
    """Rule 4: informing parents is gated by the victim's wish."""
    assert rules.gate_of(parents=parents, child_is_victim=victim) == gate


@pytest.mark.parametrize(
    ("part", "to_pupil", "gate", "step", "contact"),
    [
        ("victim", False, "parents", "help-victim-parents", "parents"),
        ("victim", True, "", "", "victim"),
        ("suspect", False, "", "help-suspect-parents", "parents"),
        ("spreader", True, "", "", "suspect"),
        ("bystander", True, "", "", ""),
    ],
)
def test_help_for_a_pupil_never_waits_for_the_parents(
    part: str, to_pupil: bool, gate: str, step: str, contact: str
) -> None:
    """Rule 4: what the pupil alone gets tells the parents nothing."""
    assert help_rules.gate_of(part, to_pupil=to_pupil) == gate
    assert help_rules.step_for(part, to_pupil=to_pupil) == step
    assert help_rules.contact_of(part, to_pupil=to_pupil) == contact


def test_an_earlier_answer_stays_readable() -> None:
    """Rule 10: nothing that was said is rewritten."""
    assert help_rules.kept("", None, "", []) == []
    first = help_rules.kept("later", MONDAY, "Next week.", [])
    assert first == [{"answer": "later", "at": MONDAY.isoformat(), "words": "Next week."}]
    assert help_rules.kept("accepted", MONDAY, "", first)[0] == first[0]


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
@pytest.mark.parametrize("leads", [True, False])
def test_what_somebody_felt_is_for_who_cares_and_who_heard_it(function: str, leads: bool) -> None:
    """Rule 11: need to know."""
    standing = Standing(1, frozenset({function}))
    allowed = function in ("counselor", "care") or (function == "mentor" and leads)
    assert rules.may_read_feelings(standing, 1 if leads else 2) is allowed
    assert rules.may_change(standing, 1 if leads else 2) is allowed


@pytest.mark.parametrize(
    ("state", "hours", "status"),
    [
        ("planned", None, "unplanned"),
        ("planned", 1, "planned"),
        ("planned", 0, "to-write"),
        ("held", -3, "held"),
        ("cancelled", 1, "cancelled"),
    ],
)
def test_how_a_conversation_stands(state: str, hours: int | None, status: str) -> None:
    at = None if hours is None else MONDAY + timedelta(hours=hours)
    assert rules.status_of(state, at, MONDAY) == status


@pytest.mark.parametrize(
    ("check", "error"),
    [
        (lambda: rules.check_planned("held"), ChangedMeanwhile),
        (lambda: rules.check_planned("cancelled"), ChangedMeanwhile),
        (lambda: rules.check_held("planned"), Refused),
        (lambda: rules.check_can_invite("planned", None), Refused),
        (lambda: rules.check_can_invite("held", MONDAY), ChangedMeanwhile),
    ],
)
def test_what_is_refused(check: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        check()


@pytest.mark.parametrize(
    ("part", "parts", "is_it"),
    [
        ("victim", ("victim",), True),
        ("victim", ("spreader", "victim"), True),
        ("suspect", ("spreader",), True),
        ("spreader", ("suspect",), False),
        ("victim", ("parent",), False),
    ],
)
def test_who_takes_which_part(part: str, parts: tuple[str, ...], is_it: bool) -> None:
    assert rules.is_part(part, parts) is is_it


def test_an_invitation_says_when_and_where_and_nothing_else() -> None:
    """Rule 6: no name leaves the school."""
    file = rules.invitation(7, MONDAY, "Room 12", MONDAY - timedelta(days=1), 3, title="Appointment")
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert (event["SUMMARY"], event["LOCATION"], event.decoded("DTSTART")) == ("Appointment", "Room 12", MONDAY)
    assert event.decoded("DTEND") - MONDAY == rules.LASTS
    assert set(event) == {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION"}
    assert b"LOCATION" not in rules.invitation(7, MONDAY, "", MONDAY, 1, title="Appointment")
