"""Who joins at a report, and which rows of the form say something."""

from typing import Any

import pytest

from portal.desk.report.forms import REPORTED
from portal.desk.report.rules import joiners, told_something
from portal.incidents.rules import ANSWERS, PARTS

COORDINATOR, HEAD, COUNSELOR, CARE, BOTH, TEACHER = 1, 2, 3, 4, 5, 6
PEOPLE = [
    (COORDINATOR, ["coordinator"]),
    (HEAD, ["leadership"]),
    (COUNSELOR, ["counselor"]),
    (CARE, ["care"]),
    (BOTH, ["mentor", "leadership", "coordinator"]),
    (TEACHER, []),
]
NOBODY: dict[str, Any] = {"stand_ins": {}, "deputies": {}}
DEFAULT = ["coordinator", "leadership", "counselor"]
BY_FUNCTION = [
    (COORDINATOR, "coordinator"),
    (HEAD, "leadership"),
    (COUNSELOR, "counselor"),
    (BOTH, "coordinator"),
    (BOTH, "leadership"),
]


@pytest.mark.parametrize(
    ("staff", "joins", "out", "chosen", "expected"),
    [
        pytest.param("no", DEFAULT, [], [], BY_FUNCTION, id="by function"),
        pytest.param("no", [], [], [], [], id="the school lets nobody join by default"),
        pytest.param("no", ["care"], [], [], [(CARE, "care")], id="one function"),
        pytest.param("no", DEFAULT, [COORDINATOR, BOTH], [], BY_FUNCTION[1:3], id="kept out"),
        pytest.param("no", DEFAULT, [COORDINATOR], [COORDINATOR], BY_FUNCTION[1:], id="kept out beats chosen"),
        pytest.param("no", DEFAULT, [], [COORDINATOR], BY_FUNCTION, id="chosen who joins already"),
        pytest.param("no", ["mentor"], [], [], [(BOTH, "mentor")], id="in the function that joins"),
        *[
            row
            for staff in ("yes", "unknown", None)
            for row in [
                pytest.param(staff, DEFAULT, [], [], [], id=f"staff {staff}: nobody by function"),
                pytest.param(staff, DEFAULT, [], [CARE], [(CARE, "care")], id=f"staff {staff}: only who was chosen"),
                pytest.param(staff, DEFAULT, [CARE], [CARE], [], id=f"staff {staff}: kept out beats chosen"),
                pytest.param(staff, DEFAULT, [], [BOTH], [(BOTH, "coordinator")], id=f"staff {staff}: one function"),
                pytest.param(staff, DEFAULT, [], [TEACHER], [], id=f"staff {staff}: chosen without a function"),
                pytest.param(staff, DEFAULT, [], [99], [], id=f"staff {staff}: chosen who does not exist"),
            ]
        ],
    ],
)
def test_who_joins_at_the_report(
    staff: str | None, joins: list[str], out: list[int], chosen: list[int], expected: list[tuple[int, str]]
) -> None:
    answers = {"coercion": "yes"} | ({"staff": staff} if staff else {})
    found = joiners(PEOPLE, joins=joins, kept_out=out, chosen=chosen, answers=answers, **NOBODY)
    assert found == expected


def test_only_a_plain_no_lets_people_join_by_themselves() -> None:
    joined = {
        answer: bool(joiners(PEOPLE, joins=DEFAULT, answers={"staff": answer}, kept_out=[], chosen=[], **NOBODY))
        for answer in (*ANSWERS, "", "perhaps")
    }
    assert [answer for answer, anybody in joined.items() if anybody] == ["no"]


@pytest.mark.parametrize(
    ("staff", "out", "chosen", "stand_ins", "more"),  # CARE was set as deputy of counselor and leadership
    [
        pytest.param("no", [], [], {COUNSELOR: CARE}, [(CARE, "counselor")], id="in the function of who is away"),
        pytest.param("no", [CARE], [], {COUNSELOR: CARE}, [], id="kept out"),
        pytest.param("no", [], [], {CARE: COUNSELOR}, [], id="away, but not one who joins"),
        pytest.param("no", [], [], {COUNSELOR: HEAD, HEAD: BOTH}, [], id="not set as deputy"),
        pytest.param("no", [], [], {BOTH: CARE}, [(CARE, "leadership")], id="of one of two functions"),
        pytest.param("no", [COUNSELOR], [], {COUNSELOR: CARE}, [], id="who is away is kept out"),
        pytest.param("yes", [], [COUNSELOR], {COUNSELOR: CARE}, [], id="staff: only whom the reporter chose"),
        pytest.param("unknown", [], [COUNSELOR], {COUNSELOR: CARE}, [], id="staff not known: the same"),
    ],
)
def test_with_who_is_away_joins_who_stands_in(
    staff: str, out: list[int], chosen: list[int], stand_ins: dict[int, int], more: list[tuple[int, str]]
) -> None:
    said: dict[str, Any] = {"joins": DEFAULT, "kept_out": out, "chosen": chosen, "answers": {"staff": staff}}
    found = joiners(PEOPLE, **said, stand_ins=stand_ins, deputies={"counselor": CARE, "leadership": CARE})
    assert set(found) - set(joiners(PEOPLE, **said, **NOBODY)) == set(more)


EMPTY: dict[str, Any] = {
    "part": "victim",
    "name": "",
    "class_name": "",
    "age": None,
    "birth_year": None,
    "school": "unknown",
    "school_name": "",
}


@pytest.mark.parametrize(
    ("row", "preset", "expected"),
    [
        pytest.param({}, "victim", False, id="as the page filled it in"),
        pytest.param({"part": ""}, "", False, id="an empty row"),
        pytest.param({"part": "suspect"}, "suspect", False, id="the second row as it was filled in"),
        pytest.param({"part": "suspect"}, "victim", True, id="another part was chosen"),
        pytest.param({"part": "bystander"}, "", True, id="a part in an empty row"),
        pytest.param({"name": "N."}, "victim", True, id="a name"),
        pytest.param({"class_name": "3B"}, "victim", True, id="a class"),
        pytest.param({"age": 14}, "victim", True, id="an age"),
        pytest.param({"age": 0}, "victim", True, id="age nought"),
        pytest.param({"birth_year": 2012}, "victim", True, id="a year of birth"),
        pytest.param({"school": "own"}, "victim", True, id="our school"),
        pytest.param({"school": "other"}, "victim", True, id="another school"),
        pytest.param({"school_name": "Het Lyceum"}, "victim", True, id="the name of a school"),
        pytest.param({"part": "", "name": "Noor V."}, "", True, id="a name without a part"),
    ],
)
def test_a_row_that_says_something_is_kept(row: dict[str, Any], preset: str, expected: bool) -> None:
    assert told_something(EMPTY | row, preset) is expected


def test_a_reporter_names_no_buddies() -> None:
    """Whom the victim wants as a buddy is asked later; a parent may be known from the first."""
    assert set(PARTS) - set(REPORTED) == {"buddy"}
