"""What is late in the first hour is told: to the deputy at once, half an hour later to leadership."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import db as database
from portal import demo
from portal.accounts.models import Deputy
from portal.actions.deputies import operations, queries, rules
from portal.actions.deputies.queries import told_late_to
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry, Membership
from portal.incidents.operations import answer_flag
from portal.incidents.rules import flags
from portal.incidents.team.operations import add_member, keep_out
from portal.notices.models import Mail
from portal.notices.operations import compose
from portal.protocol.rules import default_document, parse
from tests.actions.conftest import fresh, place, plan, say, the
from tests.actions.test_deputies import away, joined, lines, mailed, on_team, sets
from tests.conftest import MONDAY, at_once, given_up

__all__ = ["away"]  # a fixture

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _deputies(cast: Any, clock: Any) -> None:
    demo.stand_in(clock.now())


@pytest.fixture
def pass_(clock: Any) -> Callable[..., list[tuple[int, str]]]:
    """`pass_(minutes=61)`: time goes by, the worker looks twice; gives the mails that it wrote."""

    def wait(**span: float) -> list[tuple[int, str]]:
        Mail.delete().execute()
        clock.advance(**span)
        operations.tell_late(clock.now())
        operations.tell_late(clock.now())
        return mailed()

    return wait


def quiet(*but: str) -> None:
    """Finish every other action of the first hour, so that one is looked at."""
    protocol = parse(default_document())
    early = [key for key, step in protocol.steps.items() if rules.in_first_hour("", step)]
    Action.update(state="done").where(Action.step.in_([key for key in early if key not in but])).execute()


def test_the_first_hour_is_what_the_protocol_says() -> None:
    steps = parse(default_document()).steps.values()
    assert {step.key for step in steps if rules.in_first_hour("", step)} == {"victim-support", "involve-counselor"}
    assert not rules.in_first_hour("", None)
    assert rules.in_first_hour("coercion", None)
    assert max(flag["minutes"] for flag in flags().values()) <= 60
    day = SimpleNamespace(in_hours=False, due_in=timedelta(0))
    assert not rules.in_first_hour("", day)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "late", "expected"),
    [
        (0, 0, 1),
        (0, 29, 1),
        (0, 30, 2),
        (0, 500, 2),
        (1, 5, 1),
        (1, 29, 1),
        (1, 30, 2),
        (2, 31, 2),
        (-1, 5, 1),
        (-1, 30, 2),
        (-2, 40, 2),
    ],
)
def test_who_should_know_by_now(told: int, late: int, expected: int) -> None:
    assert rules.next_told(told, NOON, NOON + timedelta(minutes=late)) == expected


def test_first_the_deputy_then_leadership_and_each_once(
    client: Any, incident: Any, cast: Any, pass_: Any, app: Any
) -> None:
    case = incident()
    action = the(case, "victim-support")
    care, head = cast["care"], cast["leadership"]
    quiet("victim-support")
    assert pass_(minutes=59) == pass_(minutes=1) == []  # due at eleven is not late at eleven
    assert pass_(minutes=1) == joined(cast, "care")
    assert (fresh(action).told, fresh(action).assignee, fresh(action).version) == (1, cast["counselor"], action.version)
    assert on_team(case, care) == {"counselor"}
    assert told_late_to(care, action.due_at + timedelta(minutes=1)) == [action]
    assert told_late_to(head, action.due_at + timedelta(minutes=1)) == []
    assert pass_(minutes=28) == []
    assert pass_(minutes=1) == [(head.id, "late")]
    assert fresh(action).told == 2
    assert pass_(minutes=30) == pass_(hours=5) == []
    now = action.due_at + timedelta(hours=6)
    assert [told_late_to(who, now) for who in (care, head)] == [[action], [action]]
    assert told_late_to(cast["counselor"], now) == []
    assert sum("Late in the first hour" in line for line in lines(case)) == 2
    assert "Noor" not in str([e.params for e in Entry.select()])
    events = AuditEvent.select().where(AuditEvent.action == "plan:late:tell").order_by(AuditEvent.id)
    assert [(e.actor_id, e.detail["told"]) for e in events] == [(None, [care.id]), (None, [head.id])]
    assert "R. van Dijk" in client("coordinator").get(f"/incidents/{case.ref}/log").text
    # The deputy can do it, though it is given to somebody else.
    assert client("care").get(place(action)).status_code == 200
    assert say(client("care"), action, "done", "Spoken with her.").status_code == 303
    assert told_late_to(care, now) == told_late_to(head, now) == []


def test_a_deputy_may_not_change_what_was_not_told(client: Any, incident: Any, cast: Any, pass_: Any) -> None:
    case = incident()
    quiet("victim-support")
    pass_(minutes=61)
    assert say(client("care"), the(case, "buddies"), "not-needed", "No.").status_code == 403


def test_that_it_was_told_gives_no_right_to_what_was_done_or_given_on(
    client: Any, incident: Any, cast: Any, clock: Any, pass_: Any
) -> None:
    case = incident()
    add_member(case, cast["mentor"], "counselor", actor=cast["coordinator"], now=clock.now())
    action = the(case, "victim-support")
    quiet("victim-support")
    assert say(client("mentor"), action, "doing").status_code == 403
    pass_(minutes=61)
    assert say(client("mentor"), action, "doing").status_code == 303
    say(client("counselor"), action, "done", "Spoken.")
    assert say(client("mentor"), action, "todo").status_code == 403
    assert client("mentor").get(place(action)).text.count('/state"') == 0
    # Still late when it was given to somebody else: not told anew, but leadership hears in time.
    say(client("counselor"), action, "todo")
    due = {"due_at": "2026-11-23T11:00"}
    assert plan(client("coordinator"), action, assignee=cast["coordinator"].id, **due).status_code == 303
    assert say(client("mentor"), action, "done", "Mine.").status_code == 403
    assert told_late_to(cast["care"], clock.now()) == []
    assert pass_(minutes=1) == []
    assert pass_(minutes=29) == [(cast["leadership"].id, "late")]
    plan(client("coordinator"), action, assignee=cast["counselor"].id, **due)
    assert say(client("mentor"), action, "done", "Mine.").status_code == 403
    assert told_late_to(cast["leadership"], clock.now()) == [fresh(action)]
    assert pass_(minutes=30) == []


def test_calls_of_red_flags_count_with_their_own_minutes(incident: Any, cast: Any, pass_: Any) -> None:
    case = incident(flags={"coercion": "yes", "danger": "yes"})
    quiet()
    # The coordinator calls in danger and leadership in coercion; the coordinator stands in for leadership.
    assert pass_(minutes=6) == joined(cast, "care")
    assert (the(case, flag="danger").told, the(case, flag="coercion").told) == (1, 0)
    assert pass_(minutes=24) == []
    assert set(pass_(minutes=5)) == {(cast["coordinator"].id, "late"), (cast["leadership"].id, "late")}
    assert (the(case, flag="danger").told, the(case, flag="coercion").told) == (2, 1)
    assert on_team(case, cast["coordinator"]) == {"coordinator"}, "nobody gets more rights by being told"


def test_several_late_actions_make_one_mail_per_person(incident: Any, cast: Any, pass_: Any) -> None:
    case = incident()
    assert pass_(minutes=61) == joined(cast, "care")  # deputy of the counselor and of the coordinator
    assert on_team(case, cast["care"]) == {"coordinator", "counselor"}
    assert sum("Late in the first hour" in line for line in lines(case)) == 1
    assert pass_(minutes=40) == [(cast["leadership"].id, "late")]


@pytest.mark.parametrize("why", ["kept out", "staff", "no deputy", "deputy has it", "too late for one alone"])
def test_leadership_hears_at_once_where_no_deputy_can(
    incident: Any, cast: Any, clock: Any, pass_: Any, client: Any, why: str
) -> None:
    case, care, head = incident(), cast["care"], cast["leadership"]
    action = the(case, "victim-support")
    if why == "kept out":
        keep_out(case, care, actor=cast["coordinator"], now=clock.now())
    if why == "staff":
        answer_flag(case, "staff", "unknown", actor=cast["coordinator"], now=clock.now())
    if why == "no deputy":
        Deputy.delete().execute()
    if why == "deputy has it":
        Membership.create(incident=case, person=care, function="counselor", joined_at=clock.now())
        Action.update(assignee=care).where(Action.id == action.id).execute()
    quiet("victim-support")
    Action.update(state="done").where(Action.flag != "").execute()
    told = pass_(minutes=95 if why.startswith("too late") else 61)
    first = joined(cast, "care") if why.startswith("too late") else []
    assert told == [*first, (head.id, "late")]
    assert fresh(action).told == 2
    if why in ("kept out", "staff"):
        assert on_team(case, care) == set()
        assert client("care").get(f"/incidents/{case.ref}").status_code == 404
        assert told_late_to(care, clock.now()) == []


def test_without_leadership_the_coordinator_hears(incident: Any, cast: Any, clock: Any, pass_: Any) -> None:
    case = incident(flags={"staff": "yes"}, chosen=("coordinator", "counselor"))
    quiet("victim-support")
    Action.update(state="done").where(Action.flag != "").execute()
    assert pass_(minutes=61) == [(cast["coordinator"].id, "late")]
    Membership.delete().where(Membership.incident == case, Membership.person == cast["coordinator"]).execute()
    Action.update(told=0).execute()
    assert pass_(minutes=1) == []
    assert "There was nobody to tell." in lines(case)[-1]


def test_what_is_nobodys_is_told_to_the_deputy_who_gets_it(incident: Any, cast: Any, pass_: Any) -> None:
    case = incident(keep_out=("counselor",))
    action = the(case, "victim-support")
    assert action.assignee is None
    quiet("victim-support")
    assert pass_(minutes=61) == joined(cast, "care")
    assert fresh(action).assignee == cast["care"]  # first with the function on the team, it waited for


def test_who_stands_in_for_an_absent_assignee_hears(
    incident: Any, cast: Any, pass_: Any, away: Any, clock: Any
) -> None:
    case = incident()
    action = the(case, "victim-support")
    quiet("victim-support")
    sets("counselor", cast["stranger"])
    away("counselor", deputy="stranger")
    Action.update(assignee=cast["counselor"], told=0).where(Action.id == action.id).execute()  # given back by hand
    assert pass_(minutes=61) == [(cast["stranger"].id, "late")]
    assert told_late_to(cast["stranger"], clock.now()) == [fresh(action)]
    assert told_late_to(cast["care"], clock.now()) == []


def test_where_nobody_stands_in_for_who_is_away_the_deputy_of_the_function_hears(
    incident: Any, cast: Any, pass_: Any, away: Any
) -> None:
    incident()
    quiet("victim-support")
    away("counselor", deputy="nobody")
    assert pass_(minutes=61) == joined(cast, "care")


@pytest.mark.parametrize("set_too", [True, False])
def test_the_deputy_of_a_deputy_who_is_away_hears_if_on_the_team(
    incident: Any, cast: Any, pass_: Any, away: Any, team: Any, set_too: bool
) -> None:
    case = incident()
    quiet("victim-support")
    if set_too:
        team(case, "mentor")
    away("care", deputy="mentor")
    assert pass_(minutes=61) == [(cast["mentor" if set_too else "leadership"].id, "late")]
    assert on_team(case, cast["care"]) == set()
    assert on_team(case, cast["mentor"]) == ({"mentor"} if set_too else set())


def test_a_member_brings_in_nobody_by_making_an_own_action_late(
    client: Any, incident: Any, cast: Any, clock: Any, team: Any, pass_: Any
) -> None:
    """By the function that the protocol names, whatever the plan says; and only who changes any action says so."""
    sets("coordinator", cast["stranger"])
    case, action = incident(), None
    team(case, "mentor")
    action = the(case, "victim-support")
    quiet("victim-support")
    plan(client("coordinator"), action, assignee=cast["mentor"].id)
    page = client("mentor").get(place(action)).text
    assert 'name="due_at"' in page
    assert 'name="function"' not in page
    past = {"function": "coordinator", "due_at": "2026-11-23T09:00"}
    assert plan(client("mentor"), action, **past).status_code == 303
    assert fresh(action).function == "counselor"
    assert plan(client("coordinator"), action, **past).status_code == 303
    assert fresh(action).function == "coordinator"
    assert pass_(minutes=1) == [*joined(cast, "care"), (cast["leadership"].id, "late")]
    assert on_team(case, cast["stranger"]) == set()


@pytest.mark.parametrize("state", ["done", "not-needed"])
def test_finished_in_time_is_told_nobody(client: Any, incident: Any, pass_: Any, state: str) -> None:
    case = incident()
    quiet("victim-support")
    say(client("counselor"), the(case, "victim-support"), state, "Spoken.")
    assert pass_(minutes=95) == []


def test_only_what_is_late_since_yesterday_in_open_incidents(incident: Any, pass_: Any, client: Any) -> None:
    case = incident()
    quiet("victim-support")
    assert pass_(hours=25, seconds=1) == []
    other = incident()
    Action.update(state="done").where(Action.step == "involve-counselor").execute()
    assert client("coordinator").post(f"/incidents/{other.ref}/end", {"reason": "A drawing."}).status_code == 303
    assert pass_(minutes=61) == []
    assert the(case, "victim-support").told == 0


def test_waiting_for_a_wish_is_not_late(incident: Any, pass_: Any) -> None:
    case = incident()
    quiet("victim-support")
    Action.update(gate="rest", victim=the(case, "buddies").victim).where(Action.step == "victim-support").execute()
    assert pass_(minutes=95) == []


def test_planned_anew_it_counts_anew_and_taken_up_again_it_does_not(
    client: Any, incident: Any, cast: Any, pass_: Any
) -> None:
    case, coordinator = incident(), client("coordinator")
    action = the(case, "victim-support")
    quiet("victim-support")
    pass_(minutes=61)
    pass_(minutes=30)
    assert fresh(action).told == 2
    coordinator.come_back(MONDAY + timedelta(minutes=91))
    # Done and to do again, or moved within the past: who heard of it is not mailed again.
    say(coordinator, action, "done", "Spoken.")
    say(coordinator, action, "todo")
    plan(coordinator, action, due_at="2026-11-23T11:10")
    assert pass_(minutes=1) == []
    assert fresh(action).told == 2
    plan(coordinator, action, due_at="2026-11-23T14:00")
    assert fresh(action).told == 0
    assert pass_(minutes=140) == []
    assert pass_(minutes=9) == [(cast["care"].id, "late")]


def test_no_change_of_somebody_else_is_overwritten(client: Any, incident: Any, clock: Any) -> None:
    """Done between the look of the worker and its turn to write."""
    case = incident()
    action = the(case, "victim-support")
    quiet("victim-support")
    clock.advance(minutes=61)
    seen = queries.to_tell(clock.now())
    assert [row.id for rows in seen.values() for row in rows] == [action.id]
    say(client("counselor"), action, "done", "Spoken.")
    Mail.delete().execute()
    for found, rows in seen.items():
        operations._tell_late(found, rows, clock.now())
    assert (fresh(action).told, mailed(), fresh(action).outcome) == (0, [], "Spoken.")
    say(client("counselor"), action, "todo")
    seen = queries.to_tell(clock.now())
    assert client("coordinator").post(f"/incidents/{case.ref}/end", {"reason": "A drawing."}).status_code == 303
    for found, rows in seen.items():
        operations._tell_late(found, rows, clock.now())
    assert (fresh(action).told, mailed()) == (0, [])


def test_who_has_it_open_can_still_save(client: Any, incident: Any, pass_: Any) -> None:
    """That it was told changes nothing of what is on the page."""
    case = incident()
    action = the(case, "victim-support")
    pass_(minutes=61)
    sent = {"state": "done", "words": "Typed meanwhile.", "version": action.version}
    assert client("counselor").post(f"{place(action)}/state", sent).status_code == 303


def test_two_workers_at_once_tell_once(app: Any, school: Any, incident: Any, cast: Any, clock: Any) -> None:
    case = incident()
    Mail.delete().execute()
    now = clock.advance(minutes=61)
    start = threading.Barrier(4)

    def act() -> None:
        seen = queries.to_tell(now)
        start.wait()  # all of them have seen it before one of them writes
        for found, rows in seen.items():
            operations._tell_late(found, rows, now)

    assert at_once(app, school, act) == []
    assert mailed() == joined(cast, "care")
    assert sum("Late in the first hour" in line for line in lines(case)) == 1


def test_the_mail_says_nothing_of_it(incident: Any, cast: Any, pass_: Any) -> None:
    case = incident()
    pass_(minutes=95)
    mail = Mail.get(Mail.kind == "late")
    text = str(compose(mail, "S. Yilmaz", "http://localhost:8000", "rustpunt@localhost"))
    assert not [word for word in (case.ref, case.code_name, "Noor", "late", "laat", "A. Bakker") if word in text]


def test_the_worker_does_it_and_mails_in_the_same_round(app: Any, incident: Any, clock: Any, cast: Any) -> None:
    incident()
    clock.advance(minutes=61)
    with given_up():
        done = app.test_cli_runner().invoke(args=["jobs", "run", "--once"])
    assert done.exit_code == 0, done.output
    assert Mail.select().where(Mail.person_id == cast["care"].id).count() == 1


def test_nothing_to_tell_costs_one_statement(incident: Any, clock: Any) -> None:
    incident()
    plan_of_query = database.db.execute_sql(
        "EXPLAIN QUERY PLAN SELECT id FROM action WHERE state IN ('todo', 'doing') AND due_at < ? AND due_at > ? "
        "AND told < 2",
        ("2026-11-23 12:00:00", "2026-11-22 12:00:00"),
    ).fetchall()
    assert "action_state_due_at" in str(plan_of_query)
    assert queries.to_tell(clock.now()) == {}
