"""The words of an incident: its name, its red flags, what two reports say together, who may not see it."""

from datetime import date
from typing import Any

import pytest

from portal.errors import Refused
from portal.incidents import rules
from portal.incidents.team.rules import PART_NAMES, VERB_NAMES, in_words, seen_parts, seen_with
from portal.policy import INCIDENT_PARTS, TEAM_FUNCTIONS, incident_verbs
from portal.school.rules import helplines


@pytest.mark.parametrize(
    ("year", "number", "expected"),
    [(2026, 1, "2026-001"), (2026, 42, "2026-042"), (2026, 999, "2026-999"), (2026, 1000, "2026-1000")],
)
def test_a_reference_has_three_digits_or_more(year: int, number: int, expected: str) -> None:
    assert rules.reference(year, number) == expected


def test_a_code_name_is_a_tree_that_was_not_used() -> None:
    names: list[str] = []
    for number in range(1, 4 * len(rules.TREES)):
        names.append(rules.code_name(number, names))
    assert len(set(names)) == len(names)
    assert set(names[: len(rules.TREES)]) == set(rules.TREES)
    assert names[len(rules.TREES)].endswith(" 2")


def test_the_trees_differ() -> None:
    assert len(set(rules.TREES)) == len(rules.TREES) == 60
    assert all(tree.isalpha() and tree.istitle() and len(tree) <= 20 for tree in rules.TREES)


def test_a_code_name_that_came_free_is_taken_again() -> None:
    taken = [tree for tree in rules.TREES if tree != "Wilg"]
    assert rules.code_name(1, taken) == "Wilg"


ANSWERS = ["no", "unknown", "yes"]


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("second", ANSWERS)
def test_of_two_answers_the_one_that_asks_for_more_care_counts(first: str, second: str) -> None:
    strongest = ANSWERS[max(ANSWERS.index(first), ANSWERS.index(second))]
    assert rules.stronger_answer(first, second) == strongest


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("unknown", "device", "device"),
        ("class", "few", "class"),
        ("class", "classes", "classes"),
        ("internet", "schools", "internet"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_of_two_spreads_the_wider_counts(first: str, second: str, expected: str) -> None:
    assert rules.wider(first, second) == rules.wider(second, first) == expected


def test_every_spread_has_its_place_in_the_order() -> None:
    assert set(rules.SPREAD_ORDER) == set(rules.SPREADS)
    assert set(rules.ANSWER_ORDER) == set(rules.ANSWERS)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([], [], []),
        (["3B"], [], ["3B"]),
        (["3B", "3A"], ["3A", "3C"], ["3B", "3A", "3C"]),
        (["3B", "3B"], ["3B"], ["3B"]),
    ],
)
def test_a_union_keeps_the_order(first: list[str], second: list[str], expected: list[str]) -> None:
    assert rules.union(first, second) == expected


@pytest.mark.parametrize(
    ("age", "born", "expected"),
    [
        pytest.param(None, None, None, id="nothing known"),
        pytest.param(14, None, (14, 14), id="an age"),
        pytest.param(0, None, (0, 0), id="nought is an age"),
        pytest.param(None, 2012, (13, 14), id="born in 2012: before or after the birthday"),
        pytest.param(14, 2010, (14, 14), id="an age counts before a year"),
    ],
)
def test_how_old_somebody_can_be(age: int | None, born: int | None, expected: tuple[int, int] | None) -> None:
    assert rules.age_range(age, born, date(2026, 11, 23)) == expected


def test_rule_2_there_are_eight_red_flags() -> None:
    expected = ["coercion", "adult", "staff", "under-12", "age-gap", "suicide", "danger", "honour"]
    assert list(rules.flags()) == expected


@pytest.mark.parametrize("key", list(rules.flags()))
def test_rule_2_a_red_flag_says_whom_to_call_in_both_languages(key: str) -> None:
    flag = rules.flags()[key]
    own = {"school-board", "school-police", "school-counselor", "school-coordinator"}
    assert flag["calls"]
    assert set(flag["calls"]) <= own | set(helplines())
    assert flag["who"] in TEAM_FUNCTIONS
    assert 5 <= flag["minutes"] <= 60
    for name in ("question", "name", "call_title", "do", "until"):
        assert set(flag[name]) == {"nl", "en"}
        assert all(text.strip() for text in flag[name].values())


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("staff", "school-board"),
        ("suicide", "emergency"),
        ("danger", "emergency"),
        ("coercion", "police"),
        ("honour", "veiligthuis"),
    ],
)
def test_who_is_called_first(key: str, first: str) -> None:
    assert rules.flags()[key]["calls"][0] == first


def test_rule_8_a_suspicion_of_staff_goes_to_board_and_inspector() -> None:
    flag = rules.flags()["staff"]
    assert {"school-board", "vertrouwensinspecteur"} <= set(flag["calls"])
    assert "bestuur" in flag["do"]["nl"]
    assert "board" in flag["do"]["en"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"staff": "yes"}, True),
        ({"staff": "unknown"}, True),
        ({"staff": ""}, True),
        ({}, True),
        ({"staff": "no"}, False),
        ({"staff": "no", "adult": "yes"}, False),
    ],
)
def test_rule_8_only_a_plain_no_rules_staff_out(answers: dict[str, str], expected: bool) -> None:
    assert rules.staff_may_be_suspected(answers) is expected


def test_flags_are_raised_by_a_yes_in_the_order_of_the_questions() -> None:
    answers = {"honour": "yes", "adult": "unknown", "coercion": "yes", "danger": "no", "other": "yes"}
    assert rules.raised(answers) == ["coercion", "honour"]


@pytest.mark.parametrize(
    ("person", "actor", "left", "reason"),
    [
        pytest.param(2, 1, 1, "", id="a colleague"),
        pytest.param(1, 1, 3, "yourself", id="oneself"),
        pytest.param(2, 1, 0, "nobody", id="the last who leads"),
        pytest.param(1, 1, 0, "yourself", id="oneself, the last"),
    ],
)
def test_who_can_be_kept_out(person: int, actor: int, left: int, reason: str) -> None:
    if not reason:
        rules.check_keep_out(person, actor, left)
        return
    with pytest.raises(Refused, match=reason) as refused:
        rules.check_keep_out(person, actor, left)
    assert refused.value.way_on


@pytest.mark.parametrize("state", ["draft", "open", "ended", "joined"])
@pytest.mark.parametrize("other", ["draft", "open", "ended", "joined"])
def test_only_two_open_incidents_can_be_joined(state: str, other: str) -> None:
    if state == other == "open":
        rules.check_can_join(state, other, same=False)
    else:
        with pytest.raises(Refused, match="Only open"):
            rules.check_can_join(state, other, same=False)
    with pytest.raises(Refused, match="with itself"):
        rules.check_can_join(state, other, same=True)


@pytest.mark.parametrize("part", rules.PARTS)
def test_rule_6_a_person_is_spoken_of_by_part_and_number(part: str) -> None:
    assert rules.label(part, 2)["values"] == {"n": 2}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("spread", "class", [{"message": "the class"}]),
        ("unrest", 3, [{"message": "3: more classes are restless"}]),
        ("unrest", None, "–"),
        ("classes", ["3B", "3C"], ["3B", "3C"]),
        ("channels", ["whatsapp"], [{"message": "WhatsApp"}]),
        ("channels", [], "–"),
        ("kind", "", "–"),
    ],
)
def test_what_the_logbook_says_of_the_situation(name: str, value: Any, expected: Any) -> None:
    assert rules.scope_said(name, value)["values"]["value"] == expected


# 'Who can see what', as the product's table has it: one row per part, in the order of TEAM_FUNCTIONS.
CHANGE, READ, OWN_PLAN = "read and change", "read", "read, add, and change own actions"
OWN_PEOPLE = "read and change those of own pupils"
ONE_VOICE = [
    "read and write",
    "read, approve, publish and withdraw",
    READ,
    READ,
    READ,
    "read, write, and publish what is approved",
]
SEEN = {
    "overview": [CHANGE, READ, *["read, and note the unrest"] * 4],
    "plan": [CHANGE, "read, and change own actions", *[OWN_PLAN] * 4],
    "log": [*["read and write"] * 4, *["only entries on own actions"] * 2],
    "team": [CHANGE, CHANGE, READ, READ, READ, READ],
    "people": [CHANGE, READ, CHANGE, CHANGE, "only those of own class or own actions", ""],
    "trail": ["", READ, "", "", "", ""],
    "wishes": [CHANGE, "read, and override with a reason", CHANGE, READ, READ, "only yes or no"],
    "notes": ["", "", "only what they wrote or were given", "", "", ""],
    "conversations": [READ, READ, CHANGE, CHANGE, OWN_PEOPLE, ""],
    "rest": [READ, READ, CHANGE, CHANGE, OWN_PEOPLE, ""],
    "buddies": [READ, READ, CHANGE, CHANGE, OWN_PEOPLE, ""],
    "classes": [CHANGE, READ, CHANGE, CHANGE, "read, and change those of own class or led by them", READ],
    "sheet": [CHANGE] * 6,
    "statement": ONE_VOICE,
    "letters": ONE_VOICE,
    "media": [READ, READ, READ, READ, "", CHANGE],
    "watch": [READ, READ, READ, READ, "", CHANGE],
    "links": ["read, make and revoke", "read, make and revoke", READ, READ, "", READ],
}


def test_who_can_see_what_is_that_of_the_product() -> None:
    assert TEAM_FUNCTIONS == ("coordinator", "leadership", "counselor", "care", "mentor", "communication")
    assert seen_parts() == [(PART_NAMES[part], words) for part, words in SEEN.items()]


def test_every_verb_has_its_words() -> None:
    for part in INCIDENT_PARTS:
        for function in TEAM_FUNCTIONS:
            verbs = incident_verbs(part, [function])
            assert (in_words(part, verbs) != "") is bool(verbs), f"{part} for {function}"
    assert in_words("notes", frozenset()) == in_words("log", frozenset()) == ""
    assert set(PART_NAMES) == set(INCIDENT_PARTS)
    assert all(VERB_NAMES.values())


def test_what_one_person_sees_is_the_sum_of_their_functions() -> None:
    for functions in ([], ["mentor"], ["mentor", "counselor"], ["coordinator"], list(TEAM_FUNCTIONS)):
        seen = seen_with(functions)
        assert sorted(name for parts in seen.values() for name, _words in parts) == sorted(PART_NAMES.values())
        unseen = {PART_NAMES[part] for part in INCIDENT_PARTS if not incident_verbs(part, functions)}
        assert {name for name, _words in seen.get("does not see", [])} == unseen
    mentor = seen_with(["mentor"])
    assert list(mentor) == ["reads and changes", "reads", "sees in part", "does not see"]
    assert mentor["sees in part"] == [
        ("Logbook", "only entries on own actions"),
        ("People involved, with names", "only those of own class or own actions"),
        ("Conversations and help", OWN_PEOPLE),
        ("Period of rest", OWN_PEOPLE),
        ("Buddies", OWN_PEOPLE),
    ]
    assert seen_with(["counselor"])["sees in part"] == [("Confidential notes", "only what they wrote or were given")]
    # What one function narrows, the other opens.
    assert ("Logbook", "") in seen_with(["mentor", "counselor"])["reads and changes"]
