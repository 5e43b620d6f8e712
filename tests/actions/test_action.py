"""One action: its states, the order of rule 3, its planning, and what others may read of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.actions.models import Action
from portal.incidents.models import Entry, Incident
from tests.actions.conftest import fresh, place, plan, say, the
from tests.reading import Page, said


def test_done_needs_a_line_and_not_needed_a_reason(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any
) -> None:
    action, counselor = the(incident(), "victim-support"), client("counselor")
    for state, message in (
        ("done", "Write in one line what came of it."),
        ("not-needed", "Write why it is not needed."),
    ):
        refused = say(counselor, action, state, "  ")
        assert refused.status_code == 422
        assert said(app, message) in Page(refused).text
        assert fresh(action).state == "todo"
    assert say(counselor, action, "done", "She wants her mother to know.").location == place(action)
    now = fresh(action)
    assert (now.state, now.outcome, now.changed_by_id) == (
        "done",
        "She wants her mother to know.",
        cast["counselor"].id,
    )
    entry = Entry.select().where(Entry.action_id == action.id).order_by(Entry.id.desc()).get()
    assert (entry.author_id, entry.text, entry.kind) == (cast["counselor"].id, "She wants her mother to know.", "plan")


def test_begun_finished_and_taken_up_again(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    action, coordinator = the(incident(), "scope-impact"), client("coordinator")
    buttons = Page(coordinator.get(place(action))).form("/state").buttons
    assert [value for _name, value in buttons] == ["done", "doing", "not-needed"]
    assert say(coordinator, action, "doing").status_code == 303
    assert fresh(action).state == "doing"
    buttons = Page(coordinator.get(place(action))).form("/state").buttons
    assert [value for _name, value in buttons] == ["done", "not-needed"]
    say(coordinator, action, "not-needed", "Somebody else knows it all.")
    assert (fresh(action).state, fresh(action).outcome) == ("not-needed", "Somebody else knows it all.")
    assert [value for _n, value in Page(coordinator.get(place(action))).form("/state").buttons] == ["todo"]
    say(coordinator, action, "todo")
    assert fresh(action).state == "todo"
    texts = [e.text for e in Entry.select().where(Entry.action_id == action.id).order_by(Entry.id)]
    assert "Somebody else knows it all." in texts, "what was said stays"


def test_a_daily_step_comes_back_the_next_day(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], clock: Any
) -> None:
    case = incident()
    team(case, "communication")
    action = the(case, "watch-online")
    for days, next_time in ((1, 25), (2, 26), (4, 30)):  # after Friday comes Monday
        clock.moment = datetime(2026, 11, 23 + days, 13, 0, tzinfo=UTC)
        assert say(client("communication"), action, "done", "Nothing new.").status_code == 303
        assert (fresh(action).state, fresh(action).outcome) == ("todo", "Nothing new.")
        assert fresh(action).due_at == datetime(2026, 11, next_time, 9, 0, tzinfo=UTC)
    done = Entry.select().where(Entry.action_id == action.id, Entry.text == "Nothing new.")
    assert done.count() == 3


@pytest.mark.parametrize("state", ["", "finished", "DONE"])
def test_a_state_that_is_none_is_not_there(
    incident: Callable[..., Any], client: Callable[..., Any], state: str
) -> None:
    action = the(incident(), "scope-impact")
    assert say(client("coordinator"), action, state, "x").status_code == 404


POLICE_FIRST = "First ask the police for advice: deleting can destroy evidence."


@pytest.mark.parametrize("state", ["doing", "done"])
def test_deleting_waits_for_the_advice_of_the_police(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], app: Any, state: str
) -> None:
    """Product rule 3."""
    case = incident()
    team(case, "mentor")
    action, advice = the(case, "delete-request"), the(case, "police-advice")
    mentor = client("mentor")
    refused = say(mentor, action, state, "Asked the class to delete it.")
    assert refused.status_code == 409
    page = Page(refused)
    assert said(app, POLICE_FIRST) in page.text
    assert place(advice) in page.links
    assert page.form("/state").first("words") == "Asked the class to delete it."
    assert fresh(action).state == "todo"
    # Advice that is 'not needed' is no advice.
    say(client("leadership"), advice, "not-needed", "We know what they say.")
    assert say(mentor, action, state, "Asked the class to delete it.").status_code == 409
    say(client("leadership"), advice, "todo")
    say(client("leadership"), advice, "done", "First write down who saw it.")
    assert say(mentor, action, state, "Asked the class to delete it.").status_code == 303
    assert (fresh(action).state, fresh(action).overridden) == (state, False)


def test_not_deleting_needs_no_advice(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    action = the(incident(), "delete-request")
    assert say(client("coordinator"), action, "not-needed", "Nobody has it any more.").status_code == 303


def test_a_mentor_cannot_go_on_without_the_police(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident()
    team(case, "mentor")
    action, mentor = the(case, "delete-request"), client("mentor")
    page = Page(say(mentor, action, "done", "Deleted."))
    assert "override" not in page.form("/state").names
    assert say(mentor, action, "done", "Deleted.", override="It is urgent.").status_code == 403
    # Nor by taking the order out of the plan.
    plan(mentor, action, after=0)
    assert say(mentor, action, "done", "Deleted.").status_code == 409
    other = the(case, "victim-support")
    say(client("counselor"), other, "done", "Spoken.")
    plan(mentor, action, after=other.id)
    assert say(mentor, action, "done", "Deleted.").status_code == 409
    assert (fresh(action).state, fresh(action).overridden) == ("todo", False)


@pytest.mark.parametrize("function", ["coordinator", "leadership"])
def test_the_coordinator_and_leadership_go_on_with_a_reason(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any, function: str
) -> None:
    case = incident()
    action, browser = the(case, "delete-request"), client(function)
    Action.update(assignee=cast[function]).where(Action.id == action.id).execute()
    page = Page(say(browser, action, "done", "Deleted in class."))
    assert "override" in page.form("/state").names
    form = page.form("/state")
    reason = "The police cannot be reached and it is spreading."
    gone_on = browser.post(f"{place(action)}/state", form.with_(state="done", override=reason))
    assert gone_on.status_code == 303
    assert (fresh(action).state, fresh(action).overridden, fresh(action).outcome) == ("done", True, "Deleted in class.")
    entry = Entry.get(Entry.text == reason)
    assert (entry.kind, entry.author_id, entry.action_id) == ("decision", cast[function].id, action.id)
    marked = said(app, "done out of order, with a reason")
    assert marked in Page(client("counselor").get(f"/incidents/{case.ref}/plan")).text


def test_a_reason_that_was_not_needed_marks_nothing(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    """The police called back while the reason was being typed: it was done in order after all."""
    case = incident()
    say(client("leadership"), the(case, "police-advice"), "done", "Go on.")
    action = the(case, "delete-request")
    assert say(client("coordinator"), action, "done", "Deleted.", override="No answer.").status_code == 303
    assert fresh(action).overridden is False


def test_an_ended_incident_changes_no_more(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any
) -> None:
    case, coordinator = incident(scope={"spread": "classes"}), client("coordinator")
    action, gated = the(case, "scope-impact"), the(case, "buddies")
    Incident.update(state="ended").where(Incident.id == case.id).execute()
    at = f"/incidents/{case.ref}/plan"
    before = [(a.id, a.version) for a in Action.select()]
    answers = [
        say(coordinator, action, "done", "Late."),
        plan(coordinator, action, place="Room 12"),
        coordinator.post(f"{at}/hand-over", {"actions": [action.id], "person": cast["leadership"].id}),
        coordinator.post(f"{at}/new", {"title": "One more"}),
        coordinator.post(f"{place(gated)}/wish", {"subject": "buddies", "answer": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [409] * 5
    assert said(app, "This incident has ended.") in Page(answers[0]).text
    assert before == [(a.id, a.version) for a in Action.select()]
    page = Page(coordinator.get(place(action)))
    assert not [form for form in page.forms if form.action.endswith(("/state", "/planning", "/wish"))]


def test_another_ones_action_is_not_ones_own_to_change(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident()
    team(case, "care", "mentor")
    action = the(case, "victim-support")
    for function in ("leadership", "care", "mentor"):
        assert say(client(function), action, "done", "Not mine.").status_code == 403
        assert plan(client(function), action, place="x").status_code == 403
    assert fresh(action).version == action.version


def test_a_note_lands_in_the_logbook_with_its_action(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident()
    team(case, "mentor")
    action = the(case, "victim-class")
    mentor = client("mentor")
    form = Page(mentor.get(place(action))).form("/note")
    assert mentor.post(form.action, form.with_(text="The class is quiet.")).status_code == 303
    assert Entry.get(Entry.text == "The class is quiet.").action_id == action.id
    assert mentor.post(form.action, form.with_(text="")).status_code == 422
    assert mentor.post(f"{place(the(case, 'statement'))}/note", {"text": "Not mine."}).status_code == 403


def test_the_outcome_is_read_by_who_reads_the_logbook_and_who_has_the_action(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident()
    team(case, "communication", "mentor", "care")
    action, own = the(case, "victim-support"), the(case, "statement")
    say(client("counselor"), action, "done", "Noor is safe with her aunt.")
    say(client("communication"), own, "done", "Sent to the head.")
    for function, reads in (("care", True), ("leadership", True), ("communication", False), ("mentor", False)):
        text = client(function).get(place(action)).text + client(function).get(f"/incidents/{case.ref}/plan").text
        assert ("her aunt" in text) is reads, function
    assert "Sent to the head." in client("communication").get(place(own)).text
    assert "Sent to the head." not in client("mentor").get(place(own)).text
