"""Who does an action, when, where and after what: planned by anybody who may change it, at any time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from portal.actions.models import Action
from portal.incidents.models import Entry, Membership
from portal.notices.models import Mail
from tests.actions.conftest import fresh, place, plan, say, the
from tests.reading import Page, said


def test_another_order_is_kept_too(incident: Callable[..., Any], client: Callable[..., Any], app: Any) -> None:
    case, coordinator = incident(), client("coordinator")
    first, second = the(case, "check-protocol"), the(case, "scope-impact")
    plan(coordinator, second, after=first.id)
    refused = say(coordinator, second, "doing")
    assert refused.status_code == 409
    assert said(app, "Another action has to be done before this one.") in Page(refused).text
    say(coordinator, first, "not-needed", "We have none.")
    assert say(coordinator, second, "doing").status_code == 303


def test_assigning_mails_once_and_not_oneself(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    action, coordinator = the(incident(), "buddies"), client("coordinator")
    Mail.delete().execute()
    assert plan(coordinator, action, assignee=cast["leadership"].id).status_code == 303
    assert [(m.person_id, m.kind, m.address) for m in Mail.select()] == [
        (cast["leadership"].id, "action", cast["leadership"].email)
    ]
    plan(coordinator, action, place="Room 12")
    assert Mail.select().count() == 1, "a change that is no hand-over mails nobody"
    plan(coordinator, action, assignee=cast["coordinator"].id)
    assert Mail.select().count() == 1
    assert fresh(action).assignee_id == cast["coordinator"].id
    assert "S. Yilmaz" in str([e.params for e in Entry.select().where(Entry.action_id == action.id)])


def test_an_action_is_given_to_the_team_only(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    action, coordinator = the(incident(), "buddies"), client("coordinator")
    for person in ("care", "teacher", "admin"):
        refused = plan(coordinator, action, assignee=cast[person].id, place="Room 12")
        assert refused.status_code == 422
        assert Page(refused).form("/planning").first("place") == "Room 12"
    assert fresh(action).assignee_id == cast["counselor"].id
    assert fresh(action).place == ""


def test_actions_do_not_wait_for_each_other(incident: Callable[..., Any], client: Callable[..., Any], app: Any) -> None:
    case, other, coordinator = incident(), incident(), client("coordinator")
    first, second, third = (the(case, key) for key in ("check-protocol", "scope-impact", "involve-counselor"))
    assert plan(coordinator, second, after=first.id).status_code == 303
    assert plan(coordinator, third, after=second.id).status_code == 303
    for before in (third, second):
        refused = plan(coordinator, first, after=before.id)
        assert refused.status_code == 422
        assert said(app, "Then these actions would wait for each other.") in Page(refused).text
    assert plan(coordinator, first, after=first.id).status_code == 422
    assert plan(coordinator, first, after=the(other, "buddies").id).status_code == 422
    assert fresh(first).after_id is None


def test_who_when_where_and_how_are_kept(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    action, coordinator = the(incident(), "statement"), client("coordinator")
    values = {"outsider": "The board's press officer", "place": "Room 12", "how": "By telephone", "function": "care"}
    assert plan(coordinator, action, due_at="2026-11-24T16:30", **values).status_code == 303
    now = fresh(action)
    assert {name: getattr(now, name) for name in values} == values
    assert now.due_at == datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    form = Page(coordinator.get(place(action))).form("/planning")
    assert form.first("due_at") == "2026-11-24T16:30"
    assert form.first("how") == "By telephone"


def test_a_fragment_answers_in_place(incident: Callable[..., Any], client: Callable[..., Any], app: Any) -> None:
    action, coordinator = the(incident(), "statement"), client("coordinator")
    opened = coordinator.get(place(action), htmx=True)
    assert "<html" not in opened.text
    assert Page(opened).ids[0] == f"action-{action.id}"
    saved = plan(coordinator, action, htmx=True, place="Room 12")
    assert saved.status_code == 200
    page = Page(saved)
    assert page.ids[0] == f"action-{action.id}"
    assert said(app, "Saved %(time)s", time="10:00") in page.text
    assert {form.first("version") for form in page.forms if "version" in form.names} == {str(fresh(action).version)}
    closed = Page(coordinator.get(f"{place(action)}?closed=1", htmx=True))
    assert closed.ids == [f"action-{action.id}"]
    assert not closed.forms


def test_what_a_leaver_had_to_do_waits_for_somebody_else(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    at = f"/incidents/{case.ref}/team/{cast['counselor'].id}/remove"
    say(client("counselor"), the(case, "victim-support"), "done", "Spoken.")
    assert client("coordinator").post(at).status_code == 303
    left = [a for a in Action.select().where(Action.incident == case) if a.assignee_id == cast["counselor"].id]
    assert [(a.step, a.state) for a in left] == [("victim-support", "done")]
    assert Membership.select().where(Membership.person == cast["counselor"]).count() == 0
