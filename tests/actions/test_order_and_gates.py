"""What comes back, what waits again, and what adding a step cannot get around."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.actions.models import Action
from portal.incidents.models import Incident
from tests.actions.conftest import fresh, plan, say, the
from tests.conftest import SUSPECT, VICTIM, Browser
from tests.reading import Page, said

QUIET = {"spread": "device", "classes": [], "unrest": 0}
ELSEWHERE = VICTIM | {"name": "Hidden Name", "class_name": "5X", "school": "other"}


def answer(browser: Browser, case: Incident, key: str, value: str) -> None:
    assert browser.post(f"/incidents/{case.ref}/flags/{key}", {"answer": value}).status_code == 303


def add(browser: Browser, case: Incident, step: str, **other: Any) -> TestResponse:
    return browser.post(f"/incidents/{case.ref}/plan/new", {"step": step, "assignee": 0, **other})


def states(case: Incident, key: str) -> list[tuple[str, bool]]:
    found = Action.select().where(Action.incident == case, Action.flag == key)
    return [(action.state, action.dropped) for action in found]


@pytest.mark.parametrize("begun", [True, False])
def test_a_call_that_was_not_needed_comes_back_when_its_flag_goes_up_again(
    incident: Callable[..., Any], client: Callable[..., Any], begun: bool
) -> None:
    """Product rule 2."""
    case, coordinator = incident(), client("coordinator")
    answer(coordinator, case, "danger", "yes")
    call = the(case, flag="danger")
    if begun:
        say(coordinator, call, "doing")
    answer(coordinator, case, "danger", "no")
    say(coordinator, call, "not-needed", "The flag was a mistake.")
    answer(coordinator, case, "danger", "yes")
    assert states(case, "danger") == [("todo", False)]


def test_a_call_can_be_dropped_each_time_its_flag_goes_down(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case, coordinator = incident(), client("coordinator")
    for _time in range(2):
        answer(coordinator, case, "danger", "yes")
        assert states(case, "danger") == [("todo", False)]
        answer(coordinator, case, "danger", "no")
        assert coordinator.post(f"/incidents/{case.ref}/plan/{the(case, flag='danger').id}/drop").status_code == 303
        assert states(case, "danger") == [("not-needed", True)]


def test_taken_up_again_it_waits_for_the_police_again(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    """Product rule 3: one reason to go on holds for one time."""
    coordinator, action = client("coordinator"), the(incident(), "delete-request")
    assert say(coordinator, action, "done", "Deleted.", override="It is urgent.").status_code == 303
    assert say(coordinator, action, "todo").status_code == 303
    assert fresh(action).overridden is False
    assert say(coordinator, action, "done", "Deleted again.").status_code == 409


def test_a_gated_step_added_by_hand_keeps_its_gate(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    """Product rule 4: also for a victim at another school, for whom the protocol does not plan it."""
    case, coordinator = incident(people=[ELSEWHERE, SUSPECT]), client("coordinator")
    assert add(coordinator, case, "talk-victim-parents").status_code == 303
    action = the(case, "talk-victim-parents")
    assert action.gate == "parents"
    assert say(coordinator, action, "done", "Spoken.").status_code == 409


def test_a_step_added_by_hand_keeps_what_it_was_put_behind(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident(scope=QUIET)
    first = the(case, "scope-impact")
    assert add(client("coordinator"), case, "take-offline", after=first.id).status_code == 303
    assert the(case, "take-offline").after_id == first.id


def test_a_step_and_a_title_of_ones_own_are_not_taken_together(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident(scope=QUIET)
    before = Action.select().count()
    assert add(client("coordinator"), case, "take-offline", title="Call the caretaker too").status_code == 422
    assert Action.select().count() == before


def test_a_mentor_gets_no_names_by_adding_a_step(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any
) -> None:
    case = incident(people=[ELSEWHERE, SUSPECT])
    team(case, "mentor")
    mentor = client("mentor")
    refused = add(mentor, case, "victim-class", assignee=cast["mentor"].id)
    assert refused.status_code == 422
    assert said(app, "With this action come names. Ask the coordinator to give it to you.") in Page(refused).text
    assert "Hidden Name" not in mentor.get(f"/incidents/{case.ref}/people").text


@pytest.mark.parametrize("way", ["planning", "hand-over"])
def test_a_mentor_gets_no_names_by_taking_what_is_nobodys(
    incident: Callable[..., Any],
    team: Callable[..., Any],
    client: Callable[..., Any],
    cast: dict[str, Any],
    app: Any,
    way: str,
) -> None:
    case = incident()
    team(case, "mentor")
    action, mentor, me = the(case, "victim-class"), client("mentor"), cast["mentor"].id
    Action.update(assignee=None).where(Action.id == action.id).execute()
    if way == "planning":
        refused = plan(mentor, action, assignee=me)
    else:
        refused = mentor.post(f"/incidents/{case.ref}/plan/hand-over", {"actions": action.id, "person": me})
    assert refused.status_code == 422
    assert said(app, "This action is nobody's yet. Ask the coordinator to give it to you.") in Page(refused).text
    assert fresh(action).assignee_id is None
