"""It turned out not to be so, or to be so after all."""

from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.incidents.models import Flag, Incident, Involved
from portal.incidents.rules import EVENTS
from tests.incidents.conftest import at, entries, fresh, send, trail
from tests.reading import Page


@pytest.fixture
def ended(client: Any, incident: Any, clock: Any) -> Incident:
    case = incident()
    clock.advance(hours=1)
    assert send(client("coordinator"), at(case, "/end"), "reason", reason="It was a drawing.").location == at(case)
    return fresh(case)


def test_it_ends_with_a_reason_and_everything_stays_readable(client: Any, ended: Incident, clock: Any) -> None:
    assert (ended.state, ended.ended_at) == ("ended", clock.now())
    last = entries(ended)[-1]
    assert (last.kind, last.event, last.text) == ("decision", EVENTS["incident.ended"], "It was a drawing.")
    browser = client("coordinator")
    for part in ("", "/plan", "/log", "/people", "/team"):
        page = Page(browser.get(at(ended, part)))
        assert at(ended, "/reopen") in page.links
    assert at(ended, "/reopen") not in Page(client("leadership").get(at(ended))).links
    # It is no work any more, but can still be found.
    assert ended.code_name not in Page(browser.get("/")).text
    assert ended.code_name in Page(browser.get("/incidents")).text


@pytest.mark.parametrize("path", ["/end", "/reopen"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_good_reason_nothing_happens(client: Any, incident: Any, path: str, reason: str) -> None:
    case = incident()
    answer = send(client("coordinator"), at(case, path), "reason", reason=reason)
    assert answer.status_code == 422
    assert (fresh(case).state, trail("incident:state:end")) == ("open", 0)


@pytest.mark.parametrize("function", ["leadership", "counselor", "care", "mentor", "communication"])
def test_only_the_coordinator_ends_and_reopens(client: Any, incident: Any, team: Any, function: str) -> None:
    case = incident()
    team(case, *({function} - {"leadership", "counselor"}))
    for path in ("/end", "/reopen"):
        assert client(function).post(at(case, path), {"reason": "No."}).status_code == 403
    assert fresh(case).state == "open"


def test_while_it_has_ended_its_plan_refuses_every_change(client: Any, ended: Incident, cast: Any) -> None:
    browser = client("coordinator")
    gated = Action.get(Action.incident == ended, Action.gate == "parents")
    plain = Action.get(Action.incident == ended, Action.gate == "", Action.after.is_null())
    before = [dict(row) for row in Action.select().where(Action.incident == ended).dicts()]
    version = str(plain.version)
    planning = {"function": "", "assignee": "0", "after": "0", "place": "room 12", "version": version}
    wish = {"subject": "parents", "answer": "yes"}
    tries: tuple[tuple[str, dict[str, str]], ...] = (
        (f"/plan/{plain.id}/state", {"state": "done", "words": "A long reason that was typed.", "version": version}),
        (f"/plan/{plain.id}/planning", planning),
        (f"/plan/{gated.id}/wish", wish),
        ("/plan/new", {"title": "One more thing"}),
        ("/plan/hand-over", {"actions": str(plain.id), "person": str(cast["leadership"].id)}),
    )
    for path, data in tries:
        for htmx in (False, True):
            answer = browser.post(at(ended, path), data, htmx=htmx)
            assert answer.status_code == 409, path
            assert "data-error-summary" in answer.get_data(as_text=True)
    assert [dict(row) for row in Action.select().where(Action.incident == ended).dicts()] == before
    assert not Wish.select().exists()


def test_ending_twice_and_reopening_what_is_open_are_refused(client: Any, ended: Incident) -> None:
    browser = client("coordinator")
    answer = send(browser, at(ended, "/end"), "reason", reason="Once more, with a long reason.")
    assert answer.status_code == 409
    assert "Once more, with a long reason." in answer.get_data(as_text=True)
    assert send(browser, at(ended, "/reopen"), "reason", reason="It was so.").status_code == 303
    assert send(browser, at(ended, "/reopen"), "reason", reason="It was so.").status_code == 409
    assert (trail("incident:state:end"), trail("incident:state:reopen")) == (1, 1)


def test_opened_again_the_plan_goes_on(client: Any, ended: Incident) -> None:
    browser = client("coordinator")
    send(browser, at(ended, "/reopen"), "reason", reason="It was so after all.")
    assert (fresh(ended).state, fresh(ended).ended_at) == ("open", None)
    assert [entry.text for entry in entries(ended) if entry.event == EVENTS["incident.reopened"]] == [
        "It was so after all."
    ]
    action = Action.get(Action.incident == ended, Action.gate == "", Action.after.is_null())
    data = {"state": "doing", "version": str(action.version)}
    assert browser.post(at(ended, f"/plan/{action.id}/state"), data).status_code == 303


@pytest.mark.parametrize("what", ["flag", "person", "change-person"])
def test_nothing_becomes_known_in_silence_after_the_end(client: Any, ended: Incident, what: str) -> None:
    """Either it is refused, or the logbook says it: everything that happens lands there."""
    browser, before = client("coordinator"), len(entries(ended))
    suspect = Involved.get(Involved.incident == ended, Involved.part == "suspect")
    paths = {"flag": "/flags/coercion", "person": "/people/new", "change-person": f"/people/{suspect.id}"}
    if what == "flag":
        answer = browser.post(at(ended, paths[what]), {"answer": "yes"})
    else:
        answer = browser.post(at(ended, paths[what]), {"part": "spreader", "name": "New", "version": "1"})
    changed = (
        Flag.get(Flag.incident == ended, Flag.key == "coercion").answer == "yes"
        or Involved.select().where(Involved.incident == ended, Involved.name == "New").exists()
    )
    assert changed == (answer.status_code == 303)
    assert changed == (len(entries(ended)) > before)
