"""Parts, classes and two rows of one person, as tables."""

from dataclasses import dataclass
from typing import Any

import pytest

from portal.incidents.people import rules
from portal.incidents.rules import PARTS, Someone, flags_of_ages
from portal.policy import as_class


def one(number: int, part: str, class_name: str = "", school: str = "own") -> Someone:
    return Someone(number, part, school, None, class_name)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["victim"], ["victim"]),
        (["spreader", "victim"], ["victim", "spreader"]),
        (["parent", "suspect", "suspect"], ["suspect", "parent"]),
        (["no-such-part", "bystander"], ["bystander"]),
    ],
)
def test_the_first_part_is_what_somebody_is_called_by(parts: list[str], expected: list[str]) -> None:
    assert rules.in_order(parts) == expected


def test_somebody_with_two_parts_counts_in_both() -> None:
    both = rules.of_each(["victim", "spreader"], Someone(1, "victim", "own", (12, 12)))
    assert [(someone.id, someone.part) for someone in both] == [(1, "victim"), (1, "spreader")]
    # One person is never too far apart in age from themselves.
    assert flags_of_ages(both) == []


VICTIM = one(1, "victim", "3B")


@pytest.mark.parametrize(
    ("people", "warns"),
    [
        ([VICTIM], False),
        ([VICTIM, one(2, "suspect", "3B")], True),
        ([VICTIM, one(2, "spreader", "3b ")], True),
        ([VICTIM, one(2, "suspect", "3B", "unknown")], True),
        ([VICTIM, one(2, "suspect", "3B", "other")], False),
        ([VICTIM, one(2, "suspect", "4A")], False),
        ([VICTIM, one(2, "suspect")], False),
        ([one(1, "victim"), one(2, "suspect")], False),
        ([VICTIM, one(2, "bystander", "3B")], False),
        ([VICTIM, one(2, "parent", "3B")], False),
        # The victim who passed it on too does not sit with themselves.
        ([VICTIM, one(1, "spreader", "3B")], False),
        ([VICTIM, one(1, "spreader", "3B"), one(3, "victim", "3B")], True),
    ],
)
def test_one_class_is_warned_for(people: list[Someone], warns: bool) -> None:
    assert rules.share_a_class(people) is warns


def said(messages: list[dict[str, Any]]) -> list[str]:
    """In English, as the page fills it in."""

    def text(value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(map(text, value))
        if isinstance(value, dict):
            return str(value["message"] % {k: text(v) for k, v in value.get("values", {}).items()})
        return str(value)

    return [text(message) for message in messages]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([VICTIM], ["the victim"]),
        ([one(1, "victim", "3B", "other")], ["the victim, at another school"]),
        ([VICTIM, one(2, "victim", "4A")], ["a victim", "a victim"]),
        ([VICTIM, one(1, "spreader", "3B")], ["the victim; passed it on"]),
        (
            [VICTIM, one(2, "suspect", "3B")],
            ["the victim", "a pupil of the same class as the victim: (suspected) maker or spreader"],
        ),
        ([VICTIM, one(2, "bystander", "4A")], ["the victim", "a pupil of another class: bystander"]),
        ([VICTIM, one(2, "spreader", "3B", "other")], ["the victim", "a pupil of another school: passed it on"]),
        ([VICTIM, one(2, "bystander")], ["the victim", "somebody of our school: bystander"]),
        (
            [VICTIM, one(2, "bystander", "", "unknown")],
            ["the victim", "somebody whose school is not known yet: bystander"],
        ),
        ([VICTIM, one(2, "parent"), one(3, "buddy", "3B")], ["the victim"]),
        ([], []),
    ],
)
def test_who_may_not_know_names_hears_no_name_and_no_class(people: list[Someone], expected: list[str]) -> None:
    """Product: communication sees 'the victim', 'a pupil'."""
    assert said(rules.masked(people)) == expected


@dataclass
class Row:
    """What the rules read of a row."""

    name: str = ""
    class_name: str = ""
    school: str = "unknown"
    id: int = 0
    child_id: int | None = None


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Row("Noor V."), Row("Noor Vermeer"), True),
        (Row("Noor"), Row("noor vermeer"), True),
        (Row("Zoë"), Row("Zoe"), True),
        (Row("Noor V.", "3B"), Row("Noor V.", "3b"), True),
        (Row("Noor V.", "3B"), Row("Noor V.", "4A"), False),
        (Row("Noor V.", "3B"), Row("Noor V."), True),
        (Row("Noor V.", school="own"), Row("Noor V.", school="other"), False),
        (Row("Noor V.", school="own"), Row("Noor V.", school="unknown"), True),
        (Row("Noor V."), Row("Noor B."), False),
        (Row("Mevr. V."), Row("Dhr. V."), False),
        (Row("D."), Row("Daan"), False),
        (Row("D."), Row("D."), True),
        (Row(""), Row(""), False),
        (Row(""), Row("Noor"), False),
    ],
)
def test_two_rows_that_look_like_one_person(first: Row, second: Row, same: bool) -> None:
    assert rules.may_be_same(first, second) is same
    assert rules.may_be_same(second, first) is same


def test_a_double_points_at_the_row_before_it_and_a_parent_is_no_double() -> None:
    noor, also_noor = Row("Noor V.", id=1), Row("Noor Vermeer", id=2)
    parent = Row("Noor V.", id=3, child_id=1)
    assert rules.doubles([noor, also_noor]) == {2: noor}
    assert rules.doubles([noor, parent]) == {}


BLANK: dict[str, Any] = {
    **dict.fromkeys(rules.DETAILS, ""),
    "part": "suspect",
    "also": [],
    "aliases": [],
    "age": None,
    "birth_year": None,
    "school": "unknown",
    "child_id": None,
    "interpreter": False,
}


@pytest.mark.parametrize(
    ("right", "other", "expected"),
    [
        ({"name": "Daan"}, {"name": "Daan K."}, {"name": "Daan", "aliases": ["Daan K."]}),
        ({}, {"name": "Daan K."}, {"name": "Daan K.", "aliases": []}),
        ({"name": "Daan"}, {"name": "daan"}, {"aliases": []}),
        ({"name": "Daan"}, {"name": "K., Daan"}, {"aliases": ["K.  Daan"]}),
        ({"aliases": ["@d"]}, {"aliases": ["@d", "@k"]}, {"aliases": ["@d", "@k"]}),
        ({"part": "suspect"}, {"part": "victim"}, {"part": "victim", "also": ["suspect"]}),
        ({"part": "victim", "also": ["spreader"]}, {}, {"part": "victim", "also": ["suspect", "spreader"]}),
        ({"age": 14}, {"birth_year": 2010}, {"age": 14, "birth_year": None}),
        ({}, {"birth_year": 2010}, {"age": None, "birth_year": 2010}),
        ({"age": 0}, {"age": 14}, {"age": 0}),
        ({"school": "own"}, {"school": "other", "school_name": "Het Lyceum"}, {"school": "own", "school_name": ""}),
        (
            {"school": "unknown"},
            {"school": "other", "school_name": "Het Lyceum"},
            {"school": "other", "school_name": "Het Lyceum"},
        ),
        ({"class_name": "3B"}, {"class_name": "4A"}, {"class_name": "3B"}),
        ({"delicate": "One."}, {"delicate": "Two."}, {"delicate": "One.\nTwo."}),
        ({"support": "Same."}, {"support": "Same."}, {"support": "Same."}),
        ({"reach": "06-1"}, {"reach": "06-2"}, {"reach": "06-1; 06-2"}),
        ({"reach": "a" * 150}, {"reach": "b" * 150}, {"reach": "a" * 150}),
        ({}, {"interpreter": True, "language": "Pools"}, {"interpreter": True, "language": "Pools"}),
        ({"part": "parent", "child_id": 5}, {"part": "parent", "child_id": 6}, {"child_id": 5}),
        ({"part": "parent", "child_id": 7}, {"part": "bystander"}, {"part": "bystander", "child_id": None}),
    ],
)
def test_what_is_known_of_both_is_combined(
    right: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = rules.combined(BLANK | right, BLANK | other, stays=7)
    assert {name: found[name] for name in expected} == expected
    assert found.keys() == set(rules.DETAILS)


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        (("victim", 2), ("suspect", 1), 0),
        (("suspect", 1), ("victim", 2), 1),
        (("suspect", 3), ("suspect", 1), 1),
        (("suspect", 1), ("suspect", 3), 0),
    ],
)
def test_the_row_that_comes_first_keeps_its_label(first: Any, second: Any, stays: int) -> None:
    assert rules.first_of(first, second) == stays


@pytest.mark.parametrize(
    ("reach", "number"),
    [
        ("06-55502011, na 17:30", "06-55502011"),
        ("moeder: +31 6 555 02 011 (overdag)", "+31 6 555 02 011"),
        ("(010) 555 01 00", "(010) 555 01 00"),
        ("na 17:30", ""),
        ("via de mentor", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_is_found(reach: str, number: str) -> None:
    assert rules.telephone(reach) == number


def test_every_part_that_can_be_chosen_is_one() -> None:
    assert set(rules.MEMBERS) | {"buddy", "parent"} == set(PARTS)


@pytest.mark.parametrize(
    ("spelt", "same"),
    [
        ("3B", True), ("3 b", True), ("3-B", True), ("3.b", True), ("klas 3B", True), ("Klas: 3b", True),
        ("groep3b", True), ("３Ｂ", True), ("3A", False), ("13B", False), ("klassiek", False), ("", False),
        ("-", False),
    ],
)  # fmt: skip
def test_a_class_is_one_class_however_it_is_spelt(spelt: str, same: bool) -> None:
    assert (as_class(spelt) == as_class("3B")) is same


def test_numbers_of_classes_are_not_run_together() -> None:
    assert as_class("1.12") != as_class("11.2")
    assert as_class("1.12") == as_class("1-12")
    assert as_class("-") != as_class("")
