"""What is known of the situation and the red flags, and how the plan follows."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.incidents.models import Flag, Incident
from portal.incidents.rules import EVENTS, flags
from tests.incidents.conftest import at, entries, form, fresh, send, steps, trail
from tests.reading import Page

WIDER = {"other-classes", "inform-other-parents"}


def drops(browser: Any, case: Incident) -> set[str]:
    """Steps that the plan offers to drop."""
    found = [f.action for f in Page(browser.get(at(case, "/plan"))).forms if f.action.endswith("/drop")]
    return {Action.get_by_id(int(path.split("/")[-2])).step for path in found}


def test_spreading_further_adds_steps_and_says_so(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    assert not steps(case) & WIDER
    answer = send(browser, at(case, "/situation"), "spread", spread="classes", classes="3B, 4HV1", unrest="2")
    assert answer.location == at(case)
    now = fresh(case)
    assert (now.spread, now.classes, now.unrest) == ("classes", ["3B", "4HV1"], 2)
    assert steps(case) >= WIDER
    events = [entry.event for entry in entries(case)]
    assert EVENTS["scope.changed"] in events
    assert events.count("Added because of what is known now: %(what)s.") >= len(WIDER)
    assert not drops(browser, case)


def test_back_to_the_class_offers_to_drop_what_nobody_touched(client: Any, incident: Any, cast: Any) -> None:
    case, browser = incident(scope={"spread": "classes"}), client("coordinator")
    touched = Action.get(Action.incident == case, Action.step == "inform-other-parents")
    Action.update(touched=True).where(Action.id == touched.id).execute()
    send(browser, at(case, "/situation"), "spread", spread="class")
    assert steps(case) >= WIDER
    assert drops(browser, case) == {"other-classes"}
    action = Action.get(Action.incident == case, Action.step == "other-classes")
    assert browser.post(at(case, f"/plan/{action.id}/drop")).location == at(case, "/plan")
    assert not drops(browser, case)
    # What still applies, or was worked on, cannot be dropped this way.
    assert browser.post(at(case, f"/plan/{touched.id}/drop")).status_code == 404
    # It applies again: the dropped step comes back, once.
    send(browser, at(case, "/situation"), "spread", spread="internet")
    rows = list(Action.select().where(Action.incident == case, Action.step == "other-classes"))
    assert [(row.state, row.dropped) for row in rows] == [("todo", False)]
    assert entries(case)[-1].event == "Applies again: %(what)s."


def test_saving_the_same_changes_nothing(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    before = len(entries(case)), trail("incident:scope:change")
    assert send(browser, at(case, "/situation"), "spread").status_code == 303
    assert (len(entries(case)), trail("incident:scope:change")) == before


def test_two_browsers_at_the_situation_lose_nothing(client: Any, incident: Any) -> None:
    case, first, second = incident(), client("coordinator"), client("coordinator")
    path = at(case, "/situation")
    late = form(second, path, "spread")
    assert send(first, path, "spread", classes="3B, 1K").status_code == 303
    answer = second.post(path, {**late.data, "classes": "3B, 2V", "unrest": "4"})
    text = Page(answer).text
    assert answer.status_code == 409
    assert ("3B, 1K" in text, "3B, 2V" in text) == (True, True)
    assert fresh(case).classes == ["3B", "1K"]
    kept = next(form for form in Page(answer).forms if "spread" in form.names)
    assert (kept.first("classes"), kept.first("unrest")) == ("3B, 2V", "4")
    assert second.post(path, kept.data).status_code == 303
    assert (fresh(case).classes, fresh(case).unrest) == (["3B", "2V"], 4)


@pytest.mark.parametrize("key", list(flags()))
def test_a_flag_that_goes_up_later_puts_its_call_on_top_and_in_the_log(client: Any, incident: Any, key: str) -> None:
    case, browser = incident(), client("coordinator")
    assert not Action.select().where(Action.incident == case, Action.flag != "").exists()
    assert browser.post(at(case, f"/flags/{key}"), {"answer": "yes"}).location == at(case)
    call = Action.get(Action.incident == case, Action.flag == key)
    first = Action.select().where(Action.incident == case).order_by(Action.position, Action.id).first()
    assert first.id == call.id
    links = [link for link in Page(browser.get(at(case, "/plan"))).links if f"{at(case)}/plan/" in link]
    ids = [link.rpartition("/")[2] for link in links if link.rpartition("/")[2].isdigit()]
    assert ids[0] == str(call.id)
    assert EVENTS["flag.answered"] in [entry.event for entry in entries(case)]
    assert any(link.startswith("tel:") for link in Page(browser.get(at(case, f"/plan/{call.id}"))).links)
    # Answered the same again, nothing happens; answered no, the call is offered to drop and not removed.
    before = len(entries(case))
    browser.post(at(case, f"/flags/{key}"), {"answer": "yes"})
    assert len(entries(case)) == before
    browser.post(at(case, f"/flags/{key}"), {"answer": "no"})
    assert Action.get_by_id(call.id).state == "todo"
    assert any(f.action.endswith(f"/plan/{call.id}/drop") for f in Page(browser.get(at(case, "/plan"))).forms)


def test_a_call_is_due_at_once_also_in_the_night(client: Any, incident: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    clock.advance(hours=11)  # 21:00
    clock.advance(hours=2)
    browser = client("coordinator")
    browser.post(at(case, "/flags/suicide"), {"answer": "yes"})
    call = Action.get(Action.incident == case, Action.flag == "suicide")
    assert (call.due_at - clock.now()).total_seconds() <= 60 * 60


@pytest.mark.parametrize(("key", "answer"), [("coercion", "maybe"), ("coercion", ""), ("no-flag", "yes")])
def test_an_answer_or_a_question_that_is_not_there(client: Any, incident: Any, key: str, answer: str) -> None:
    case = incident()
    before = sorted(Flag.select(Flag.key, Flag.answer).tuples())
    assert client("coordinator").post(at(case, f"/flags/{key}"), {"answer": answer}).status_code == 404
    assert sorted(Flag.select(Flag.key, Flag.answer).tuples()) == before


def test_the_overview_asks_what_is_not_known_yet(client: Any, incident: Any) -> None:
    case, browser = incident(flags={"honour": "unknown"}), client("coordinator")
    asked = [f for f in Page(browser.get(at(case))).forms if f.action.endswith("/flags/honour")]
    assert {value for _name, value in asked[0].buttons} == {"yes", "no"}
