"""Two browsers on one action: nothing is overwritten, and nobody's words are lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from portal.actions.models import Action
from portal.incidents.models import Entry
from tests.actions.conftest import fresh, place, plan, say, the
from tests.reading import Page, said

MEANWHILE = "Somebody else changed this meanwhile."


@pytest.mark.parametrize("htmx", [False, True])
def test_a_planning_in_conflict_shows_both_and_the_second_try_goes_through(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any, htmx: bool
) -> None:
    action = the(incident(), "statement")
    first, second = client("coordinator"), client("coordinator")
    opened = Page(second.get(place(action))).form("/planning")
    plan(first, action, place="Room 12", how="By telephone")
    mine = opened.with_(place="Room 30", assignee=cast["leadership"].id)
    refused = second.post(opened.action, mine, htmx=htmx)
    assert refused.status_code == 409
    page = Page(refused)
    assert said(app, MEANWHILE) in page.text
    for words in ("Room 12", "By telephone", "Room 30", "S. Yilmaz"):
        assert words in page.text
    assert fresh(action).place == "Room 12"
    form = page.form("/planning")
    assert (form.first("place"), form.first("assignee")) == ("Room 30", str(cast["leadership"].id))
    assert second.post(form.action, form.data, htmx=htmx).status_code == (200 if htmx else 303)
    assert (fresh(action).place, fresh(action).assignee_id) == ("Room 30", cast["leadership"].id)


@pytest.mark.parametrize("second_state", ["done", "not-needed"])
@pytest.mark.parametrize("first_state", ["doing", "done", "not-needed"])
def test_a_state_in_conflict_loses_no_word(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any, first_state: str, second_state: str
) -> None:
    action = the(incident(), "scope-impact")
    first, second = client("coordinator"), client("coordinator")
    opened = Page(second.get(place(action))).form("/state")
    assert say(first, action, first_state, "The first one's words.").status_code == 303
    refused = second.post(opened.action, opened.with_(state=second_state, words="The second one's words."))
    assert refused.status_code == 409
    page = Page(refused)
    assert said(app, MEANWHILE) in page.text
    assert "The second one's words." in page.text or page.form("/state").first("words") == "The second one's words."
    if first_state != "doing":
        assert "The first one's words." in page.text
    assert fresh(action).state == first_state
    # The way on: sent again, knowing what the first one wrote, it counts.
    form = page.form("/state")
    again = second.post(form.action, form.with_(state=second_state, words="The second one's words."))
    assert again.status_code == 303
    assert (fresh(action).state, fresh(action).outcome) == (second_state, "The second one's words.")
    texts = [entry.text for entry in Entry.select().where(Entry.action_id == action.id)]
    assert "The second one's words." in texts
    assert ("The first one's words." in texts) or first_state == "doing"


def test_begun_by_another_meanwhile_is_no_reason_to_lose_a_line(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    action = the(incident(), "scope-impact")
    first, second = client("coordinator"), client("coordinator")
    opened = Page(second.get(place(action))).form("/state")
    say(first, action, "doing")
    page = Page(second.post(opened.action, opened.with_(state="done", words="My line.")))
    form = page.form("/state")
    assert form.first("words") == "My line."
    assert second.post(form.action, form.with_(state="done")).status_code == 303
    assert fresh(action).outcome == "My line."


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "99", "9" * 30])
def test_a_version_that_is_none_changes_nothing(
    incident: Callable[..., Any], client: Callable[..., Any], version: str
) -> None:
    action = the(incident(), "scope-impact")
    assert say(client("coordinator"), action, "done", "x", version=version).status_code == 409
    assert plan(client("coordinator"), action, place="x", version=version).status_code == 409
    assert (fresh(action).state, fresh(action).place) == ("todo", "")


@pytest.mark.parametrize("kind", ["state", "planning"])
def test_at_once_exactly_one_wins(incident: Callable[..., Any], client: Callable[..., Any], kind: str) -> None:
    action = the(incident(), "scope-impact")
    at, version, at_once = place(action), action.version, Barrier(4)
    words = [f"Words of number {number}." for number in range(4)]
    browsers = [client("coordinator") for _one in words]
    sent = Page(browsers[0].get(place(action))).form(f"/{kind}").data
    own = {key: value for key, value in sent.items() if key != "csrf_token"}
    changed = [{**own, "state": "done", "words": one, "how": one, "version": version} for one in words]

    def send(number: int) -> Any:
        at_once.wait()
        return browsers[number].post(f"{at}/{kind}", changed[number])

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    now = fresh(action)
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 303)
    assert (now.outcome if kind == "state" else now.how) == words[winner]
    assert now.version == version + 1
    logged = Entry.select().where(Entry.action_id == action.id)
    assert logged.count() == 1
    for number, answer in enumerate(answers):
        assert words[number] in answer.text or number == winner, "what the others typed is on their page"


def test_a_hand_over_and_a_change_at_once_leave_no_half(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    rows = list(Action.select().where(Action.incident == case, Action.function == "coordinator"))
    handing, changing, at_once = client("coordinator"), client("coordinator"), Barrier(2)
    at, version = place(rows[1]), rows[1].version
    data = {"actions": [a.id for a in rows], "person": cast["leadership"].id}

    def hand_over() -> Any:
        at_once.wait()
        return handing.post(f"/incidents/{case.ref}/plan/hand-over", data)

    def change() -> Any:
        at_once.wait()
        return changing.post(f"{at}/state", {"state": "doing", "version": version})

    with ThreadPoolExecutor(2) as pool:
        handed, changed = pool.submit(hand_over), pool.submit(change)
        codes = (handed.result().status_code, changed.result().status_code)
    assert codes in {(303, 303), (303, 409), (409, 303)}
    holders = {fresh(action).assignee_id for action in rows}
    assert holders == {cast["leadership"].id if codes[0] == 303 else cast["coordinator"].id}
    assert fresh(rows[1]).state == ("doing" if codes[1] == 303 else "todo")
