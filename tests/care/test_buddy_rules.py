"""Who may be asked as a buddy, in which order, and when they are asked how it goes: as tables."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from portal.care.buddies.rules import (
    CHECK_INS,
    MOST,
    Known,
    Place,
    ahead,
    check_can_ask,
    check_day,
    check_in_days,
    check_room,
    is_near,
    next_to_ask,
    same_name,
    state_of,
    surname,
    texts,
    warnings,
)
from portal.errors import Invalid, Refused


def places(*states: str) -> list[Place]:
    """Numbered from 1 in the order of the victim."""
    return [Place(number, number, state) for number, state in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("answer", "asked", "ended", "state"),
    [
        ("", False, False, "named"),
        ("", True, False, "asked"),
        ("yes", True, False, "buddy"),
        ("no", True, False, "declined"),
        ("yes", True, True, "stopped"),
        ("", False, True, "stopped"),
    ],
)
def test_how_it_stands_with_one_who_was_named(answer: str, asked: bool, ended: bool, state: str) -> None:
    assert state_of(answer, asked=asked, ended=ended) == state


@pytest.mark.parametrize(
    ("states", "following"),
    [
        (("named", "named", "named"), 1),
        (("buddy", "named", "named"), 2),
        (("declined", "asked", "named"), 3),
        (("stopped", "buddy", "buddy", "named"), 4),  # replaced by the next name
        (("buddy", "asked", "buddy", "named"), None),  # three are enough
        (("declined", "stopped"), None),
        ((), None),
    ],
)
def test_the_next_is_the_next_name_of_the_victim(states: tuple[str, ...], following: int | None) -> None:
    """Product, 'buddy': a classmate whom the victim chose; three."""
    assert next_to_ask(places(*states)) == following


@pytest.mark.parametrize(
    ("states", "number", "refused"),
    [
        (("named", "named", "named"), 1, False),
        (("named", "named", "named"), 3, False),  # the first may be ill today
        (("buddy", "asked", "named"), 3, False),
        (("buddy", "asked", "buddy", "named"), 4, True),  # a fourth
        (("named", "named", "named", "named"), 4, True),  # the victim's order
        (("declined", "named", "named", "named"), 4, False),
        (("stopped", "buddy", "buddy", "named"), 4, False),
    ],
)
def test_a_fourth_needs_a_reason(states: tuple[str, ...], number: int, refused: bool) -> None:
    """Product, 'buddy': three."""
    here = places(*states)
    assert (len(ahead(number, here)) >= MOST) is refused
    if refused:
        with pytest.raises(Invalid):
            check_can_ask(number, here, [], "")
    else:
        check_can_ask(number, here, [], "")
    check_can_ask(number, here, [], "He moves away next week.")


def test_a_warning_needs_a_reason_and_nobody_is_asked_twice() -> None:
    with pytest.raises(Invalid):
        check_can_ask(1, places("named"), ["surname"], "")
    check_can_ask(1, places("named"), ["surname"], "No family.")
    for state in ("asked", "buddy", "declined", "stopped"):
        with pytest.raises(Refused):
            check_can_ask(1, places(state), [], "Once more.")


def test_a_no_becomes_a_yes_only_where_there_is_room() -> None:
    check_room(1, places("declined", "buddy", "asked"), "")
    check_room(1, places("declined", "buddy", "asked", "buddy"), "A fourth was agreed.")
    check_room(1, places("buddy", "buddy", "buddy"), "")
    with pytest.raises(Refused):
        check_room(1, places("declined", "buddy", "asked", "buddy"), "")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Daan de Vries", "vries"),
        ("Zoë van der Ploeg", "ploeg"),
        ("Daan K.", ""),
        ("Daan", ""),
        ("", ""),
        ("Amina El Idrissi", "idrissi"),
    ],
)
def test_the_surname(name: str, family: str) -> None:
    assert surname(name) == family


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Daan Kok", "daan kok", True),
        ("Daan Kok", "Daan K.", True),
        ("Daan Kok", "Daan", True),
        ("Zoë Kok", "Zoe Kok", True),
        ("Daan Kok", "Daan V.", False),
        ("Daan Kok", "Daan Visser", False),
        ("Daan Kok", "Noor Kok", False),
        ("D.", "D.", False),  # an initial says nothing
        ("", "Daan", False),
    ],
)
def test_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same_name(other, one) is same


SUSPECT = Known(9, ("Daan de Vries", "d_vries08"), spread_it=True)
BYSTANDER = Known(8, ("Lotte Bos",), spread_it=False)


@pytest.mark.parametrize(
    ("person", "warned"),
    [
        (Known(9, ("Daan de Vries",), spread_it=True), ["same"]),  # the same person in two parts
        (Known(1, ("Daan V.",), spread_it=False), ["name"]),
        (Known(1, ("Sanne de Vries",), spread_it=False), ["surname"]),
        (Known(1, ("Sanne Bos",), spread_it=False), []),  # of the family of a bystander
        (Known(1, ("Sanne V.",), spread_it=False), []),
        (Known(1, ("",), spread_it=False), []),
    ],
)
def test_a_suspect_a_spreader_or_a_sibling_gives_a_warning(person: Known, warned: list[str]) -> None:
    assert warnings(person, [SUSPECT, BYSTANDER]) == warned


@pytest.mark.parametrize(
    ("said_yes", "closed", "days"),
    [
        (date(2026, 11, 23), [], [date(2026, 11, 26), date(2026, 11, 30), date(2026, 12, 14)]),
        (date(2026, 11, 25), [], [date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 16)]),  # day 3 is a Saturday
        # The first two fall in the holiday and become one, on the first day of school.
        (date(2026, 12, 18), [(date(2026, 12, 21), date(2027, 1, 3))], [date(2027, 1, 4), date(2027, 1, 8)]),
    ],
)
def test_check_ins_are_on_open_days(said_yes: date, closed: Any, days: list[date]) -> None:
    assert CHECK_INS == (3, 7, 21)
    assert check_in_days(said_yes, closed) == days


@pytest.mark.parametrize(("day", "good"), [(27, True), (28, False), (22, False), (23, True)])
def test_a_check_in_is_planned_on_a_school_day_to_come(day: int, good: bool) -> None:
    if good:
        check_day(date(2026, 11, day), date(2026, 11, 23), [])
    else:
        with pytest.raises(Invalid):
            check_day(date(2026, 11, day), date(2026, 11, 23), [])


def test_the_ready_texts_are_there_in_both_languages() -> None:
    found = texts()
    for part in (found["ask"], found["parents"], found["task"], *found["card"].values()):
        assert part.keys() == {"nl", "en"}
        lines = [text if isinstance(text, list) else [text] for text in part.values()]
        assert len(lines[0]) == len(lines[1])
        assert all(line.strip() == line and line for said in lines for line in said)


@pytest.mark.parametrize(("day", "near"), [(22, True), (24, True), (25, False)])
def test_a_talk_is_the_check_in_of_about_now(day: int, near: bool) -> None:
    assert is_near([SimpleNamespace(due_on=date(2026, 11, day))], date(2026, 11, 23)) is near
    assert not is_near([], date(2026, 11, 23))
