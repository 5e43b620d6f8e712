"""My work, the list of incidents, and how one incident stands."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry, Incident
from portal.incidents.rules import KINDS, SPREADS, flags
from portal.protocol.queries import protocol
from tests.reading import Page, said


def titles(case: Incident) -> dict[str, str]:
    return {key: step.title["nl"] for key, step in protocol(case.protocol_id).steps.items()}


def test_home_shows_the_own_actions_by_time_and_no_others(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case = incident()
    clock.advance(hours=3)
    browser = client("coordinator")
    page = Page(browser.get("/"))
    mine = list(Action.select().where(Action.assignee == cast["coordinator"]).order_by(Action.due_at, Action.position))
    near = [action for action in mine if action.due_at < clock.now() + timedelta(days=7)]
    assert 3 < len(near) < len(mine)

    def on(page: Page) -> list[str]:
        return [link for link in page.links if "/plan/" in link]

    assert on(page) == [f"/incidents/{case.ref}/plan/{action.id}" for action in near]
    assert on(Page(browser.get("/actions"))) == [f"/incidents/{case.ref}/plan/{action.id}" for action in mine]
    assert f"/incidents/{case.ref}" in page.links


def test_home_leaves_out_what_is_finished_or_ended_or_not_ours_any_more(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    first, second = incident(), incident()
    counselor = client("counselor")
    assert f"/incidents/{first.ref}" in Page(counselor.get("/")).links
    Action.update(state="done").where(Action.incident == first).execute()
    Incident.update(state="ended").where(Incident.id == second.id).execute()
    page = Page(counselor.get("/"))
    assert not [link for link in page.links if "/plan/" in link]
    assert f"/incidents/{second.ref}" not in page.links
    third = incident(keep_out=("counselor",))
    Action.update(assignee=cast["counselor"]).where(Action.incident == third).execute()
    assert third.ref not in counselor.get("/").text


def test_home_of_a_reporter_leads_to_receipts_and_not_to_the_incident(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident()
    page = Page(client("teacher").get("/"))
    assert [link for link in page.links if link.startswith("/receipts/")]
    assert f"/incidents/{case.ref}" not in page.links
    assert "/incidents/new" in page.links


def test_the_administrator_goes_to_the_accounts(client: Callable[..., Any]) -> None:
    assert client("admin").get("/").location == "/accounts"


@pytest.mark.parametrize(
    "function", ["coordinator", "leadership", "counselor", "care", "mentor", "teacher", "stranger"]
)
def test_the_list_holds_the_incidents_of_ones_teams_only(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], clock: Any, function: str
) -> None:
    ended, kept, plain = incident(), incident(keep_out=("leadership",)), incident()
    clock.advance(minutes=1)
    newest = incident()
    team(newest, "care")
    Incident.update(state="ended").where(Incident.id == ended.id).execute()
    on_all = [newest.ref, plain.ref, kept.ref, ended.ref]
    expected = {
        "coordinator": on_all,
        "leadership": [newest.ref, plain.ref, ended.ref],
        "counselor": on_all,
        "care": [newest.ref],
    }
    links = Page(client(function).get("/incidents")).links
    found = [link.rpartition("/")[2] for link in links if link.startswith("/incidents/2026")]
    assert found == expected.get(function, [])


def test_the_overview_shows_late_waiting_and_phases(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any, app: Any
) -> None:
    case = incident(flags={"coercion": "yes"}, scope={"kind": "video", "spread": "classes", "classes": ["3B", "4A"]})
    Action.update(state="done").where(Action.incident == case, Action.step == "scope-impact").execute()
    Action.update(state="not-needed").where(Action.incident == case, Action.step == "check-protocol").execute()
    clock.advance(hours=3)
    page = Page(client("coordinator").get(f"/incidents/{case.ref}"))
    assert said(app, "%(done)s of %(total)s", done=1, total=5) + " · " + said(app, "%(n)s late", n=2) in page.text
    late = said(app, "%(n)s hours late", n=2)
    assert late in page.text.split(titles(case)["victim-support"])[1].split(titles(case)["involve-counselor"])[0]
    waiting = page.text.split(said(app, "Waits for somebody else"))[1].split(said(app, "Unrest per day"))[0]
    gated = ["talk-victim-parents", "help-victim-parents", "report-decision", "rest-period", "victim-class", "buddies"]
    colleagues, victim = waiting.split(said(app, "The victim"))
    assert [key for key, title in titles(case).items() if title in victim] == gated
    assert "A. Bakker 06-55501003 " + titles(case)["victim-support"] + " " + late in colleagues
    assert said(app, KINDS["video"]) in page.text
    assert said(app, SPREADS["classes"]) in page.text
    assert "3B, 4A" in page.text
    assert flags()["coercion"]["call_title"]["nl"] in page.text


def test_the_calls_of_red_flags_stand_first_and_say_who_called(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any
) -> None:
    case = incident(flags={"danger": "yes", "coercion": "yes"})
    at = f"/incidents/{case.ref}"
    calls = {a.flag: a for a in Action.select().where(Action.flag != "")}
    links = [link for link in Page(client("coordinator").get(at)).links if "/plan/" in link]
    assert links[:2] == [f"{at}/plan/{calls[flag].id}" for flag in ("coercion", "danger")]
    clock.advance(minutes=12)
    words = {"state": "done", "words": "The officer comes at noon.", "version": calls["coercion"].version}
    assert client("leadership").post(f"{at}/plan/{calls['coercion'].id}/state", words).status_code == 303
    text = Page(client("coordinator").get(at)).text
    assert "S. Yilmaz" in text.split(flags()["coercion"]["name"]["nl"])[1].split("The officer comes at noon.")[0]
    assert "10:12" in text.split(flags()["coercion"]["name"]["nl"])[1].split("The officer comes at noon.")[0]


def test_what_came_of_a_call_is_read_only_by_who_reads_the_logbook(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident(flags={"coercion": "yes"})
    team(case, "communication")
    Action.update(state="done", outcome="Her name is in this line.").where(Action.flag == "coercion").execute()
    assert "Her name is in this line." in client("counselor").get(f"/incidents/{case.ref}").text
    assert "Her name is in this line." not in client("communication").get(f"/incidents/{case.ref}").text


def test_reading_what_came_of_a_call_is_written_down_once_an_hour(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any
) -> None:
    """Product rule 11."""
    case = incident(flags={"coercion": "yes"})
    reader = client("counselor")
    read = AuditEvent.select().where(AuditEvent.action == "incident:log:read")
    reader.get(f"/incidents/{case.ref}")
    assert read.count() == 0
    Action.update(state="done", outcome="Her name is in this line.").where(Action.flag == "coercion").execute()
    for _time in range(3):
        reader.get(f"/incidents/{case.ref}")
    assert read.count() == 1
    reader.come_back(clock.advance(hours=1))
    reader.get(f"/incidents/{case.ref}")
    assert read.count() == 2


def test_a_question_answered_on_the_overview_changes_the_plan(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any
) -> None:
    case = incident(flags={"honour": "unknown"})
    at = f"/incidents/{case.ref}"
    coordinator = client("coordinator")
    form = Page(coordinator.get(at)).form("/flags/honour")
    assert {value for _name, value in form.buttons} == {"yes", "no"}
    assert coordinator.post(form.action, form.with_(answer="yes")).location == at
    assert Action.select().where(Action.incident == case, Action.flag == "honour").count() == 1
    said_so = Entry.select().where(Entry.incident == case, Entry.action_id.is_null(False)).order_by(Entry.id.desc())
    assert said_so.first().action_id == Action.get(Action.flag == "honour").id
    # Taken back: the untouched call can be dropped, and no longer asks for attention on top.
    coordinator.post(form.action, form.with_(answer="no"))
    top = Page(coordinator.get(at)).text.split(said(app, "Newest in the logbook"))[0]
    assert flags()["honour"]["call_title"]["nl"] not in top
    assert coordinator.post(form.action, form.with_(answer="perhaps")).status_code == 404


def test_a_call_taken_back_does_not_stay_on_the_list_of_what_to_do(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident(flags={"danger": "yes"})
    call = Action.get(Action.flag == "danger")
    client("coordinator").post(f"/incidents/{case.ref}/flags/danger", {"answer": "no"})
    assert (
        f"/incidents/{case.ref}/plan/{call.id}" not in Page(client("coordinator").get(f"/incidents/{case.ref}")).links
    )


def test_the_day_counts_on_the_wall_clock(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any, app: Any
) -> None:
    clock.moment += timedelta(hours=13, minutes=30)  # Monday 23:30
    case = incident()
    coordinator = client("coordinator")
    assert said(app, "day %(n)s", n=1) in Page(coordinator.get(f"/incidents/{case.ref}")).text
    coordinator.come_back(clock.advance(hours=1))
    assert said(app, "day %(n)s", n=2) in Page(coordinator.get(f"/incidents/{case.ref}")).text


def test_looking_writes_no_line(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    case = incident()
    entries = Entry.select().count()
    client("coordinator").get(f"/incidents/{case.ref}")
    assert Entry.select().count() == entries
    assert Wish.select().count() == 0
