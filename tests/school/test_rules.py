"""The telephone numbers of the card, and on which days somebody can be asked to act."""

from datetime import date, timedelta

import pytest

from portal.school import rules

# As in the product description; the addresses are those of the organisations themselves.
NUMBERS = {
    "emergency": "112",
    "police": "0900-8844",
    "helpwanted": "020-2615275",
    "csg": "0800-0188",
    "suicide113": "0800-0113",
    "veiligthuis": "0800-2000",
    "slachtofferhulp": "0900-0101",
    "kindertelefoon": "0800-0432",
    "vertrouwensinspecteur": "0900-1113111",
    "meldknop": "",
}


def test_the_card_holds_every_number_of_the_product_and_no_other() -> None:
    assert {key: line["number"] for key, line in rules.helplines().items()} == NUMBERS


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_says_when_where_from_and_when_it_was_checked(key: str) -> None:
    line = rules.helplines()[key]
    assert line["source"].startswith("https://")
    assert date(2026, 1, 1) <= date.fromisoformat(line["checked"]) <= date(2030, 1, 1)
    for name in ("for", "hours"):
        assert set(line[name]) == {"nl", "en"}
        assert all(line[name].values())
    dialled = line["tel"].replace("+31", "0")
    assert dialled == line["number"].replace("-", "")
    assert line["name"]


def test_the_inspector_is_there_in_office_hours() -> None:
    assert "werkdagen" in rules.helplines()["vertrouwensinspecteur"]["hours"]["nl"]
    assert "112" in rules.helplines()["emergency"]["name"]


@pytest.mark.parametrize(
    ("day", "free"),
    [
        pytest.param("2026-11-23", False, id="a Monday"),
        pytest.param("2026-11-20", False, id="a Friday"),
        pytest.param("2026-11-21", True, id="a Saturday"),
        pytest.param("2026-11-22", True, id="a Sunday"),
        pytest.param("2027-01-01", True, id="New Year"),
        pytest.param("2026-04-06", True, id="Easter Monday"),
        pytest.param("2026-04-27", True, id="King's Day"),
        pytest.param("2031-04-26", True, id="King's Day, a day earlier as the 27th is a Sunday"),
        pytest.param("2026-05-14", True, id="Ascension Day"),
        pytest.param("2026-05-25", True, id="Whit Monday"),
        pytest.param("2026-12-25", True, id="Christmas"),
        pytest.param("2025-12-26", True, id="the day after Christmas"),
        pytest.param("2025-05-05", True, id="Liberation Day in a year of five"),
        pytest.param("2026-05-05", False, id="Liberation Day in another year"),
        pytest.param("2026-12-24", False, id="Christmas Eve"),
    ],
)
def test_public_holidays_and_weekends_are_free(day: str, free: bool) -> None:
    assert rules.is_public_free(date.fromisoformat(day)) is free


CHRISTMAS = (date(2026, 12, 21), date(2027, 1, 3))
STUDY_DAY = (date(2026, 11, 24), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        pytest.param("2026-11-23", True, "2026-11-23", id="open: the day itself"),
        pytest.param("2026-11-21", True, "2026-11-23", id="Saturday: Monday"),
        pytest.param("2026-11-24", True, "2026-11-25", id="a study day counts"),
        pytest.param("2026-11-24", False, "2026-11-24", id="a study day does not count"),
        pytest.param("2026-12-21", True, "2027-01-04", id="first day of the holiday"),
        pytest.param("2027-01-03", True, "2027-01-04", id="last day of it"),
        pytest.param("2026-12-18", True, "2026-12-18", id="the day before it"),
        pytest.param("2026-12-21", False, "2026-12-21", id="in the holiday, when it does not count"),
        pytest.param("2026-12-25", False, "2026-12-28", id="Christmas always counts"),
    ],
)
def test_the_next_open_day(day: str, count: bool, expected: str) -> None:
    found = rules.next_open(date.fromisoformat(day), [CHRISTMAS, STUDY_DAY], holidays_count=count)
    assert found == date.fromisoformat(expected)


def test_closed_days_can_come_from_anything_that_is_walked_once() -> None:
    assert rules.next_open(date(2026, 12, 22), iter([CHRISTMAS]), holidays_count=True) == date(2027, 1, 4)


def test_a_school_closed_for_years_is_a_mistake_and_no_endless_wait() -> None:
    for_ever = [(date(2020, 1, 1), date(2100, 1, 1))]
    assert rules.next_open(date(2026, 11, 23), for_ever, holidays_count=True) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "soon"),
    [
        pytest.param("2026-12-17", False, id="four days before"),
        pytest.param("2026-12-18", True, id="three days before"),
        pytest.param("2026-12-21", True, id="the first day"),
        pytest.param("2027-01-03", True, id="the last day"),
        pytest.param("2027-01-04", False, id="the day after"),
    ],
)
def test_an_incident_just_before_a_holiday_gets_a_warning(day: str, soon: bool) -> None:
    found = rules.closing_soon(date.fromisoformat(day), [STUDY_DAY, CHRISTMAS])
    assert found == (CHRISTMAS if soon else None)


@pytest.mark.parametrize(("days", "warns"), [(1, False), (2, False), (3, True)])
def test_a_long_weekend_gets_no_warning(days: int, warns: bool) -> None:
    first = date(2026, 11, 24)
    found = rules.closing_soon(date(2026, 11, 23), [(first, first + timedelta(days=days - 1))])
    assert bool(found) is warns
