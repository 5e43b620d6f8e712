"""What can be asked, how it stands, and when it is reminded of."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.links.asks import rules

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 at school
DAY = timedelta(days=1)


def ask(**other: Any) -> Any:
    """An open ask that is due in a week and was asked two days ago; what is not of the ask is of its action."""
    own = {
        name: other.pop(name, value) for name, value in {"answer": "", "proposed_at": None, "reminded_at": None}.items()
    }
    action = {"state": "todo", "outsider": "Het Lyceum", "assignee_id": None, "due_at": NOW + 7 * DAY, **other}
    return SimpleNamespace(**own, action=SimpleNamespace(changed_at=NOW - 2 * DAY, **action))


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (ask(), "todo"),
        (ask(due_at=None), "todo"),
        (ask(due_at=NOW - DAY), "late"),
        (ask(proposed_at=NOW + 9 * DAY), "date"),
        (ask(proposed_at=NOW + 7 * DAY), "todo"),  # planned so by us meanwhile
        (ask(due_at=NOW - DAY, proposed_at=NOW + DAY), "date"),
        (ask(answer="declined", due_at=NOW - DAY), "declined"),
        (ask(answer="kept"), "todo"),
        (ask(state="done", answer="declined"), "done"),  # the plan is the truth of done
        (ask(state="not-needed"), "not-needed"),
        (ask(outsider=""), "ours"),
        (ask(assignee_id=3), "ours"),
    ],
)
def test_how_an_asked_action_stands(found: Any, standing: str) -> None:
    assert rules.standing_of(found, NOW) == standing


def test_what_needs_us_stands_first() -> None:
    asks = [ask(state="done"), ask(), ask(due_at=NOW - DAY), ask(outsider=""), ask(proposed_at=NOW + 9 * DAY)]
    found = [standing for _ask, standing in rules.in_order(asks, NOW)]
    assert found == ["date", "late", "todo", "done", "ours"]


@pytest.mark.parametrize(
    ("found", "reminded"),
    [
        (ask(), False),
        (ask(due_at=NOW + DAY), True),
        (ask(due_at=NOW + timedelta(hours=3)), True),
        (ask(due_at=NOW + 2 * DAY), False),
        (ask(due_at=NOW + DAY, reminded_at=NOW - DAY), False),  # said once
        (ask(due_at=NOW - timedelta(hours=1), reminded_at=NOW - DAY), True),  # and once when late
        (ask(due_at=NOW - 3 * DAY, reminded_at=NOW - DAY), False),
        (ask(due_at=NOW - DAY, answer="declined"), False),
        (ask(due_at=NOW - DAY, proposed_at=NOW + DAY), False),  # it is our turn
        (ask(due_at=NOW - DAY, state="done"), False),
        (ask(due_at=NOW - DAY, outsider=""), False),
        (ask(due_at=None), False),
    ],
)
def test_when_it_is_reminded_of(found: Any, reminded: bool) -> None:
    assert rules.to_remind(found, NOW) is reminded


def test_nobody_is_reminded_of_what_was_asked_today() -> None:
    today = ask(due_at=NOW + DAY)
    today.action.changed_at = NOW - timedelta(hours=1)
    assert not rules.to_remind(today, NOW)


@pytest.mark.parametrize(("hour", "night"), [(5, True), (6, False), (20, False), (21, True)])
def test_nobody_is_mailed_at_night(hour: int, night: bool) -> None:
    assert rules.is_night(NOW.replace(hour=hour)) is night


def test_the_ready_ones_stand_in_both_languages_and_name_nobody() -> None:
    assert len(rules.ready()) >= 8
    for one in rules.ready().values():
        assert set(one.title) == set(one.how) == {"nl", "en"}
        assert all(len(title) <= 120 for title in one.title.values())
        said = " ".join((*one.title.values(), *one.how.values())).lower()
        assert not [word for word in ("dader", "guilty", "offender", "schuldig") if word in said]
        assert one.phase in ("react", "communicate")
        assert one.fits in ("", "victim", "suspect")


@pytest.mark.parametrize(
    ("parts", "there", "not_there"),
    [
        ({"suspect"}, "talk-pupil", "support-pupil"),
        ({"spreader"}, "delete", "support-pupil"),
        ({"victim"}, "support-pupil", "talk-pupil"),
    ],
)
def test_what_fits_a_school_follows_from_its_pupils(parts: set[str], there: str, not_there: str) -> None:
    keys = [one.key for one in rules.fitting(parts)]
    assert there in keys
    assert not_there not in keys
    assert len(rules.fitting(set())) == len(rules.ready())


def test_the_usual_time_is_on_an_open_day_and_not_at_night() -> None:
    ready, friday = rules.ready(), NOW + 2 * DAY
    assert rules.due_at(ready["talk-pupil"], friday, []) == NOW + 5 * DAY  # Monday, the same time
    evening = NOW.replace(hour=19)
    assert rules.due_at(ready["contact"], evening, []) == NOW.replace(hour=7) + DAY  # 08:00 at school
