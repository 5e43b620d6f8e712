"""What the overview says first, as tables."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.desk.contacts.rules import Moment, is_late
from portal.desk.overview.rules import contacts, now_to_do, visit, waits_for
from portal.desk.work.rules import by_urgency, contacts_by, group_of
from portal.incidents.unrest.rules import chart
from portal.policy import Standing

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Amsterdam
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "kind", "part", "number", "who"),
    [
        ("victim", "conversation", "victim", 1, {"message": "victim %(n)s", "values": {"n": 1}}),
        ("parents", "conversation", "parent", 2, {"message": "parent %(n)s", "values": {"n": 2}}),
        ("parents", "conversation", "victim", 1, "the parents of %(who)s"),  # no parent is known yet
        ("suspect", "conversation", None, None, "pupils who passed it on"),  # about nobody in particular
        ("teachers", "conversation", None, None, "teachers"),
        ("buddies", "check-in", "suspect", 1, "buddies"),  # that a buddy is suspected is not told here
    ],
)
def test_a_contact_says_with_whom_it_is(code: str, kind: str, part: Any, number: Any, who: Any) -> None:
    said = Moment(code, NOW, kind, part, number).title["values"]["who"]
    assert (said if isinstance(who, dict) else said["message"]) == who


@pytest.mark.parametrize(
    ("looked", "since_before", "since", "kept"),
    [
        (None, None, None, True),  # never looked: everything is new
        (NOW - timedelta(seconds=15), None, None, False),  # the page that refreshes by itself
        (NOW - timedelta(minutes=1), NOW - DAY, NOW - DAY, True),  # still the same visit
        (NOW - timedelta(minutes=30), NOW - DAY, NOW - DAY, True),
        (NOW - timedelta(minutes=31), NOW - DAY, NOW - timedelta(minutes=31), True),  # back again
    ],
)
def test_a_visit_goes_on_while_one_comes_back_soon(looked: Any, since_before: Any, since: Any, kept: bool) -> None:
    assert visit(looked, since_before, NOW) == (since, kept)


def row(name: str, status: str = "todo", **other: Any) -> Any:
    """A row of the plan as the rules look at it; all but `mine`, `gone` and `asked` belongs to the action."""
    mine, gone, asked = other.pop("mine", False), other.pop("gone", False), other.pop("asked", None)
    person = other.pop("person", None)
    given = {"flag": "", "due_at": NOW + HOUR, "outsider": "", "contact": "", "changed_at": NOW, **other}
    given["assignee"] = person and SimpleNamespace(name=person, phone="06")
    given["assignee_id"] = 7 if person or mine else None
    action = SimpleNamespace(id=1, **given)
    row = {"status": status, "mine": mine, "no_longer_applies": gone, "action": action, "asked": asked}
    return SimpleNamespace(name=name, title=name, **row)


def names(rows: Any) -> list[str]:
    return [one.name for one in rows]


def test_calls_come_first_then_what_is_mine_then_what_is_late() -> None:
    rows = [
        row("theirs"),
        row("theirs late", "late", due_at=NOW - HOUR),
        row("mine later", mine=True, due_at=NOW + 2 * HOUR),
        row("mine late", "late", mine=True, due_at=NOW - HOUR),
        row("call", flag="danger"),
        row("mine begun long ago", "doing", mine=True, due_at=NOW + 30 * DAY),
        row("next month", mine=True, due_at=NOW + 30 * DAY),
        row("done", "done", mine=True),
        row("waits", "waiting", mine=True),
        row("gone", gone=True, mine=True),
        row("without a time", due_at=None),
    ]
    first = ["call", "mine late", "mine later", "mine begun long ago"]
    assert names(now_to_do(rows, NOW)) == [*first, "theirs late", "without a time", "theirs"]


def test_what_the_other_school_is_asked_is_for_us_only_when_it_waits_for_us() -> None:
    waits, theirs = SimpleNamespace(needs_us=True), SimpleNamespace(needs_us=False)
    rows = [
        row("late there", "late", outsider="Het Lyceum", asked=theirs),
        row("another date", outsider="Het Lyceum", asked=waits),
    ]
    assert names(now_to_do(rows, NOW)) == ["another date"]
    _victim, _nobody, (other,) = waits_for(rows)
    assert (other.who, names(other.rows), other.late) == ("Het Lyceum", ["late there"], True)


def test_who_is_waited_for() -> None:
    rows = [
        row("asks the victim", "waiting"),
        row("victim says no", "closed"),
        row("nobody's", "late"),
        row("late", "late", person="A. Bakker"),
        row("in time", person="A. Bakker"),
        row("begun", "doing", outsider="jeugdagent"),
        row("also late", "late", outsider="GGD"),
        row("mine", "late", mine=True),
        row("gone", "late", person="S. Yilmaz", gone=True),
        row("done", "done", outsider="GGD"),
    ]
    victim, nobody, others = waits_for(rows)
    assert names(victim) == ["asks the victim", "victim says no"]
    assert names(nobody) == ["nobody's"]
    assert [(one.who, names(one.rows), one.late) for one in others] == [
        ("A. Bakker", ["late"], True),
        ("GGD", ["also late"], True),
        ("jeugdagent", ["begun"], False),
    ]


NOBODY_KNOWN = SimpleNamespace(noted={}, planned=[])
COUNSELOR = Standing(7, frozenset({"counselor"}))


def test_contact_last_and_next() -> None:
    rows = [
        row("talked", "done", contact="victim", changed_at=NOW - DAY),
        row("asks", "waiting", contact="victim", due_at=NOW + HOUR),
        row("later", contact="victim", due_at=NOW + DAY),
        row("no time", contact="parents", due_at=None),
        row("soon", "late", contact="parents", due_at=NOW - HOUR, person="A. Bakker"),
        row("dropped", contact="school", gone=True),
        row("not needed", "not-needed", contact="suspect"),
    ]
    felt = SimpleNamespace(noted={"victim": NOW - HOUR}, planned=[])
    codes = ("victim", "suspect", "classes", "parents", "school")
    found = contacts(codes, rows, felt, COUNSELOR, NOW, over=False)
    assert [(one.code, one.last, one.next and one.next.title, [late.title for late in one.late]) for one in found] == [
        ("victim", NOW - HOUR, "asks", []),
        ("classes", None, None, []),  # said plainly: no contact, nothing planned
        ("parents", None, "no time", ["soon"]),
    ]
    overdue = found[2].late[0]
    assert (overdue.who, overdue.phone, overdue.path) == ("A. Bakker", "06", "/plan/1")
    felt = SimpleNamespace(noted={"school": NOW}, planned=[])
    assert [one.code for one in contacts(("school",), [], felt, COUNSELOR, NOW, over=False)] == ["school"]
    over = contacts(("victim", "parents"), rows, NOBODY_KNOWN, COUNSELOR, NOW, over=True)
    assert [(one.next, one.late) for one in over] == [(None, []), (None, [])]


def test_what_is_planned_elsewhere_counts_too() -> None:
    """The plan and the other pages together say who is next and who is overdue."""
    today = date(2026, 11, 25)
    planned = [
        Moment("buddies", today, "check-in", "buddy", 2, 7, "A. Bakker", "06-1"),
        Moment("buddies", today - DAY, "check-in", "buddy", 1, 8, "J. Smit", "06-2"),
        Moment("buddies", NOW - 3 * DAY, "conversation", None, None),
        Moment("victim", NOW + HOUR, "conversation", "victim", 1, 7, "A. Bakker", "06-1"),
    ]
    rows = [row("in the plan", contact="victim", due_at=NOW + 2 * HOUR)]
    felt = SimpleNamespace(noted={}, planned=planned)
    victim, buddies = contacts(("victim", "buddies"), rows, felt, COUNSELOR, NOW, over=False)
    assert victim.next
    assert (victim.next.path, victim.next.mine, victim.late) == ("/conversations", True, [])
    assert [(one.who, one.phone, one.mine) for one in buddies.late] == [("", "", False), ("J. Smit", "06-2", False)]
    assert buddies.next
    assert (buddies.next.at, buddies.next.mine, buddies.next.path) == (today, True, "/buddies")
    assert buddies.next.title["values"]["who"]["values"] == {"n": 2}
    also_suspected = Moment("buddies", today, "check-in", "suspect", 1)
    assert also_suspected.title["values"]["who"] == {"message": "buddies"}
    # For whom a part is not there, what is planned in it is not there either.
    communication = Standing(9, frozenset({"communication"}))
    assert contacts(("buddies",), [], felt, communication, NOW, over=False) == []


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (NOW, False),
        (NOW - timedelta(seconds=1), True),
        (date(2026, 11, 25), False),  # a day has until its end
        (date(2026, 11, 24), True),
    ],
)
def test_what_is_overdue(at: Any, late: bool) -> None:
    assert is_late(at, NOW) is late


def test_contacts_of_ones_own_are_in_the_order_of_their_time() -> None:
    def one(at: Any, ref: str = "2026-001") -> Any:
        return SimpleNamespace(ref=ref, moment=Moment("victim", at, "rest", "victim", 1))

    week, later, late = one(date(2026, 12, 2)), one(NOW + 8 * DAY), one(NOW - HOUR, "2026-002")
    assert contacts_by([later, week, late], NOW, near=True) == [(late, True), (week, False)]
    assert contacts_by([later, week, late], NOW, near=False) == [(late, True), (week, False), (later, False)]
    # The same person twice within a week is shown once: the first time.
    assert contacts_by([one(NOW + DAY), first := one(NOW + HOUR)], NOW, near=True) == [(first, False)]


def test_unrest_is_the_worst_of_a_day_and_a_gap_stays_a_gap() -> None:
    began = NOW - 2 * DAY
    noted = [
        (began, 1),
        (began + HOUR, 3),
        (began + 2 * HOUR, 2),
        (NOW.replace(hour=23, minute=30) - DAY, 4),  # half past midnight in Amsterdam: already today
    ]
    bars = chart(noted, began, NOW)
    assert [(bar.day, bar.value) for bar in bars] == [
        (date(2026, 11, 23), 3),
        (date(2026, 11, 24), None),
        (date(2026, 11, 25), 4),
    ]
    assert bars[2].height > bars[0].height > bars[1].height
    assert chart([], NOW - 40 * DAY, NOW)[0].day == date(2026, 11, 12)


@pytest.mark.parametrize(
    ("status", "due", "group"),
    [
        ("late", NOW - HOUR, "late"),
        ("waiting", NOW - HOUR, "waiting"),
        ("closed", NOW + HOUR, "waiting"),
        ("todo", None, "today"),
        ("doing", NOW - DAY, "today"),
        ("todo", NOW.replace(hour=22, minute=59), "today"),
        ("todo", NOW.replace(hour=23, minute=1), "week"),  # after midnight in Amsterdam
        ("todo", NOW + 7 * DAY, "week"),
        ("todo", NOW + 8 * DAY, "later"),
    ],
)
def test_where_an_action_stands_among_ones_work(status: str, due: Any, group: str) -> None:
    assert group_of(status, due, NOW) == group
    one = SimpleNamespace(status=status, action=SimpleNamespace(due_at=due))
    assert by_urgency([one], NOW) == {group: [one]}
