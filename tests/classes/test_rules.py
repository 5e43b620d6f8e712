"""Which classes, who decides, who reads; each case names the rule it keeps."""

from datetime import UTC, date, datetime

import pytest

from portal.classes.talks import rules
from portal.classes.talks.rules import ClassFacts, advise
from portal.errors import Invalid, NotAllowed, Refused
from portal.policy import Standing

NOBODY = Standing(1, frozenset())
COORDINATOR, LEADERSHIP, COUNSELOR, CARE, COMMUNICATION = (
    Standing(2, frozenset([name])) for name in ("coordinator", "leadership", "counselor", "care", "communication")
)
MENTOR = Standing(3, frozenset(["mentor"]), classes=frozenset(["3B"]))


@pytest.mark.parametrize(
    ("one", "spread", "unrest", "advice"),
    [
        # Protocol, step victim-class: always one in the victim's class, however calm it is.
        (ClassFacts(victim=True, unrest=0), "device", 0, ("talk", "victim")),
        (ClassFacts(victim=True, suspect=True, touched=True, unrest=4), "internet", 4, ("talk", "victim")),
        # Protocol, step other-classes: attention in other classes depends on the degree of spread and unrest.
        (ClassFacts(unrest=2), "few", 1, ("talk", "restless")),
        (ClassFacts(touched=True, unrest=4), "class", None, ("talk", "restless")),
        (ClassFacts(suspect=True), "device", 0, ("talk", "suspect")),
        (ClassFacts(touched=True), "classes", 0, ("talk", "spread")),
        (ClassFacts(touched=True), "schools", None, ("talk", "spread")),
        (ClassFacts(touched=True, unrest=0), "internet", None, ("talk", "spread")),
        (ClassFacts(touched=True), "class", 3, ("talk", "school")),
        (ClassFacts(touched=True, unrest=1), "class", 2, ("watch", "some")),
        (ClassFacts(unrest=1), "internet", 4, ("watch", "some")),
        (ClassFacts(touched=True), "class", 2, ("watch", "touched")),
        (ClassFacts(touched=True, unrest=0), "unknown", None, ("watch", "touched")),
        # Its hint: do not tell a class that knows nothing what is going round.
        (ClassFacts(), "internet", 4, ("nothing", "calm")),
        (ClassFacts(unrest=0), "classes", 4, ("nothing", "calm")),
    ],
)
def test_the_advice_follows_from_spread_and_unrest(
    one: ClassFacts, spread: str, unrest: int | None, advice: tuple[str, str]
) -> None:
    assert advise(one, spread, unrest) == advice
    assert advice[0] in rules.ADVICE
    assert advice[1] in rules.REASONS


@pytest.mark.parametrize(
    ("standing", "class_name", "leader", "reads", "changes"),
    [
        # Product, table of functions: class conversations, agreements.
        (COORDINATOR, "3B", None, True, True),
        (LEADERSHIP, "3B", None, True, False),
        (COUNSELOR, "3B", None, True, True),
        (CARE, "3B", None, True, True),
        (COMMUNICATION, "3B", None, False, False),
        (NOBODY, "3B", None, False, False),
        # Need to know: a mentor of another class sees nothing of these people, unless he or she leads it.
        (MENTOR, "3b ", None, True, True),
        (MENTOR, "4C", None, False, False),
        (MENTOR, "4C", 3, True, True),
        (MENTOR, "4C", 2, False, False),
    ],
)
def test_who_reads_and_changes_all_of_a_class(
    standing: Standing, class_name: str, leader: int | None, reads: bool, changes: bool
) -> None:
    assert rules.reads_all(standing, class_name, leader) is reads
    assert rules.may_change(standing, class_name, leader) is changes


@pytest.mark.parametrize(
    ("standing", "class_name", "victim", "against", "may"),
    [
        # The coordinator decides, for and against.
        (COORDINATOR, "4C", False, False, True),
        (COORDINATOR, "4C", False, True, True),
        (COORDINATOR, "3B", True, True, True),
        # The victim's class always has one: who works with it need not wait to plan it.
        (MENTOR, "3B", True, False, True),
        (COUNSELOR, "3B", True, False, True),
        (CARE, "3B", True, False, True),
        (MENTOR, "3B", True, True, False),
        (CARE, "3B", True, True, False),
        (MENTOR, "3B", False, False, False),
        (MENTOR, "4C", True, False, False),
        (LEADERSHIP, "3B", True, False, False),
        (COMMUNICATION, "3B", True, False, False),
    ],
)
def test_who_decides(standing: Standing, class_name: str, victim: bool, against: bool, may: bool) -> None:
    if may:
        rules.check_decision(standing, class_name, "Because.", against=against, victim=victim)
    else:
        with pytest.raises(NotAllowed):
            rules.check_decision(standing, class_name, "Because.", against=against, victim=victim)


def test_a_no_has_a_reason() -> None:
    with pytest.raises(Invalid):
        rules.check_decision(COORDINATOR, "4C", "", against=True, victim=False)
    rules.check_decision(COORDINATOR, "4C", "", against=False, victim=False)


@pytest.mark.parametrize(
    ("standing", "class_name", "writer", "reads"),
    [
        # Only coordinator, leadership, counselor, care and the mentor of that class; and who wrote it.
        *((one, "3B", 9, True) for one in (COORDINATOR, LEADERSHIP, COUNSELOR, CARE, MENTOR)),
        (COMMUNICATION, "3B", 9, False),
        (MENTOR, "4C", 9, False),
        (MENTOR, "4C", 3, True),
    ],
)
def test_who_reads_a_worry(standing: Standing, class_name: str, writer: int, reads: bool) -> None:
    assert rules.reads_worry(standing, class_name, writer) is reads


@pytest.mark.parametrize(
    ("standing", "leader", "reads"),
    [
        # Feelings are for those with whom the teacher can talk first.
        (COUNSELOR, None, True),
        (CARE, 9, True),
        (MENTOR, 3, True),
        (MENTOR, 9, False),
        (MENTOR, None, False),
        (COORDINATOR, 9, False),
        (COORDINATOR, 2, True),
        (LEADERSHIP, None, False),
    ],
)
def test_who_reads_what_it_does_to_the_teacher(standing: Standing, leader: int | None, reads: bool) -> None:
    assert rules.reads_feelings(standing, leader) is reads


@pytest.mark.parametrize(
    ("state", "wanted", "fine"),
    [
        ("planned", "planned", True),
        ("held", "held", True),
        # Product rule 10: what was noted of a conversation that was held is not prepared or held again.
        ("held", "planned", False),
        ("planned", "held", False),
        ("cancelled", "planned", False),
        ("declined", "held", False),
    ],
)
def test_what_can_be_done_in_which_state(state: str, wanted: str, fine: bool) -> None:
    if fine:
        rules.check_state(state, wanted)
    else:
        with pytest.raises(Refused):
            rules.check_state(state, wanted)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        ("We laugh at nobody.\n\n  We ask. ", ["We laugh at nobody.", "We ask."]),
        ("1. One\n2) Two\n- Three\n* Four\n• Five", ["One", "Two", "Three", "Four", "Five"]),
        ("3 of us check the app", ["3 of us check the app"]),
        ("Yes, we do, always", ["Yes, we do, always"]),
    ],
)
def test_agreements_are_lines(typed: str, found: list[str]) -> None:
    assert rules.agreements_in(typed) == found


def test_a_class_comes_back_after_a_week_on_an_open_day() -> None:
    # Protocol, step victim-class: come back to it after a week.
    assert rules.follow_up_day(date(2026, 11, 23), []) == date(2026, 11, 30)
    closed = [(date(2026, 11, 30), date(2026, 12, 1))]
    assert rules.follow_up_day(date(2026, 11, 23), closed) == date(2026, 12, 2)


def test_the_guide_says_all_in_both_languages() -> None:
    def check(part: object, path: str) -> None:
        if isinstance(part, dict) and set(part) == {"nl", "en"}:
            assert all(part.values()), path
            assert isinstance(part["nl"], str) or len(part["nl"]) == len(part["en"]), path
        else:
            assert isinstance(part, dict), path
            for key, value in part.items():
                check(value, f"{path}.{key}")

    check(rules.guide(), "guide")
    assert tuple(rules.guide()["message"]) == rules.MESSAGES


def test_a_worry_waits_until_the_end_of_the_next_open_day() -> None:
    friday = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
    assert rules.worry_due(friday, []) == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
