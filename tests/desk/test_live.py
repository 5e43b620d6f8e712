"""The overview that stays true: what is new, who is waited for, unrest, and 304 while nothing changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry, Incident, KeptOut, Membership, Unrest
from portal.incidents.operations import write_entry
from portal.incidents.team.operations import keep_out
from tests.conftest import Browser
from tests.reading import Page, said

Make = Callable[..., Any]


def at(case: Incident) -> str:
    return f"/incidents/{case.ref}"


def poll(browser: Browser, case: Incident, tag: str = "") -> Any:
    return browser.get(at(case), htmx=True, headers={"HX-PTag": tag} if tag else {})


def note(case: Incident, who: Person, clock: Any, text: str = "Moeder gebeld.", **other: Any) -> Entry:
    return write_entry(case, {"kind": "call", "text": text, **other}, actor=who, now=clock.now())


def section(app: Any, page: Page, start: str, end: str) -> str:
    return page.text.split(said(app, start))[1].split(said(app, end))[0]


def test_it_sends_only_the_part_that_changes_and_nothing_while_it_says_the_same(
    incident: Make, client: Make, cast: dict[str, Any], clock: Any
) -> None:
    case, browser = incident(), client("coordinator")
    browser.get(at(case))
    first = poll(browser, case)
    assert first.status_code == 200
    assert "<html" not in first.text
    assert 'id="live"' in first.text
    same = poll(browser, case, first.headers["HX-PTag"])
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["HX-PTag"] == first.headers["HX-PTag"]
    note(case, cast["counselor"], clock)
    changed = poll(browser, case, first.headers["HX-PTag"])
    assert changed.status_code == 200
    assert changed.headers["HX-PTag"] != first.headers["HX-PTag"]


def test_what_becomes_late_is_a_change(incident: Make, client: Make, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    clock.advance(minutes=1)
    browser.get(at(case))
    tag = poll(browser, case).headers["HX-PTag"]
    clock.advance(seconds=20)
    assert poll(browser, case, tag).status_code == 304
    browser.come_back(clock.advance(hours=2))
    assert poll(browser, case, tag).status_code == 200


def test_whoever_is_taken_off_finds_nothing_at_the_next_poll(
    incident: Make, client: Make, cast: dict[str, Any], clock: Any
) -> None:
    case, browser = incident(), client("counselor")
    tag = poll(browser, case).headers["HX-PTag"]
    keep_out(case, cast["counselor"], actor=cast["coordinator"], now=clock.now())
    answer = poll(browser, case, tag)
    assert answer.status_code == 404
    assert case.code_name not in answer.text
    assert client("stranger").get(at(case), htmx=True).status_code == 404


def test_new_is_what_others_wrote_since_the_last_visit(
    incident: Make, client: Make, cast: dict[str, Any], clock: Any, app: Any
) -> None:
    case, browser = incident(), client("coordinator")
    browser.get(at(case))
    browser.come_back(clock.advance(hours=2))
    hers = note(case, cast["counselor"], clock)
    own = note(case, cast["coordinator"], clock)
    clock.advance(minutes=1)
    page = Page(browser.get(at(case)))
    links = [link for link in page.links if "/log#entry-" in link]
    assert f"{at(case)}/log#entry-{hers.id}" in links
    assert f"{at(case)}/log#entry-{own.id}" not in links
    assert said(app, "New since %(when)s", when=said(app, "today") + " 10:00") in page.text
    # Not the words themselves: a page that stays open shows no names.
    assert "Moeder gebeld" not in page.text
    # It stays while the visit goes on, and is gone once it was said to be seen.
    clock.advance(minutes=20)
    assert f"entry-{hers.id}" in browser.get(at(case)).text
    browser.get(f"{at(case)}?seen=1", headers={"Sec-Fetch-Site": "cross-site"})
    assert f"entry-{hers.id}" in browser.get(at(case)).text
    # Not left in the address: loaded again, it would put away what comes later.
    assert browser.get(f"{at(case)}?seen=1").location == at(case)
    assert f"entry-{hers.id}" not in browser.get(at(case)).text
    clock.advance(minutes=1)
    later = note(case, cast["counselor"], clock)
    assert f"entry-{later.id}" in browser.get(at(case)).text
    assert f"entry-{later.id}" not in browser.get(f"{at(case)}?seen=1", htmx=True).text
    clock.advance(minutes=5)
    assert f"entry-{hers.id}" not in browser.get(at(case)).text


def test_the_next_visit_begins_where_the_last_one_ended(
    incident: Make, client: Make, cast: dict[str, Any], clock: Any
) -> None:
    case, browser = incident(), client("leadership")
    browser.get(at(case))
    clock.advance(minutes=10)
    early = note(case, cast["counselor"], clock)
    poll(browser, case)  # the open page looks along
    browser.come_back(clock.advance(hours=3))
    later = note(case, cast["counselor"], clock)
    shown = browser.get(at(case)).text
    assert f"entry-{later.id}" in shown
    assert f"entry-{early.id}" not in shown


def test_a_poll_writes_at_most_once_a_minute(incident: Make, client: Make, cast: dict[str, Any], clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    browser.get(at(case))

    def looked() -> Any:
        return Membership.get(Membership.incident == case, Membership.person == cast["coordinator"]).looked_at

    before = looked()
    clock.advance(seconds=45)
    poll(browser, case)
    assert looked() == before
    clock.advance(seconds=30)
    poll(browser, case)
    assert looked() == clock.now()


def test_new_holds_only_what_the_reader_may_read(
    incident: Make, team: Make, client: Make, cast: dict[str, Any], clock: Any
) -> None:
    case = incident()
    team(case, "mentor")
    foreign = note(case, cast["counselor"], clock)
    own = Action.get(Action.incident == case, Action.step == "delete-request")
    mine = write_entry(
        case, {"kind": "talk", "text": "Gesproken."}, actor=cast["counselor"], now=clock.now(), action_id=own.id
    )
    text = client("mentor").get(at(case)).text
    assert f"entry-{mine.id}" in text
    assert f"entry-{foreign.id}" not in text


def test_unrest_is_noted_with_one_click(incident: Make, team: Make, client: Make, clock: Any, app: Any) -> None:
    case = incident(scope={"unrest": 1, "spread": "few", "classes": []})
    team(case, "mentor")
    mentor = client("mentor")
    form = Page(mentor.get(at(case))).form("/unrest")
    assert [value for _name, value in form.buttons] == ["0", "1", "2", "3", "4"]
    assert mentor.post(form.action, form.with_(value="3")).location == f"{at(case)}#unrest"
    assert Incident.get_by_id(case.id).unrest == 3
    # The plan follows: from 3 on other classes are touched.
    assert Action.select().where(Action.incident == case, Action.step == "other-classes").exists()
    assert AuditEvent.get(AuditEvent.action == "incident:unrest:note").detail == {"value": 3}
    again = mentor.post(form.action, form.with_(value="3"), htmx=True)
    assert 'id="live"' in again.text
    assert [row.value for row in Unrest.select().order_by(Unrest.id)] == [1, 3]
    clock.advance(days=1)
    mentor = client("mentor")  # yesterday's session has ended
    mentor.post(form.action, {"value": "3"})
    page = client("coordinator").get(at(case)).text
    assert page.count("<rect") == 2
    assert 'role="img"' in page
    assert [row.value for row in Unrest.select().order_by(Unrest.id)] == [1, 3, 3]
    assert mentor.post(form.action, {"value": "5"}).status_code == 404


def test_a_refused_click_stands_on_top_and_leaves_the_overview(incident: Make, client: Make) -> None:
    case, browser = incident(), client("coordinator")
    browser.get(at(case))
    Incident.update(state="ended").where(Incident.id == case.id).execute()
    answer = browser.post(f"{at(case)}/unrest", {"value": "2"}, htmx=True)
    assert answer.status_code == 409
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#refused", "outerMorph")
    assert 'id="refused"' in answer.text
    assert 'id="refused"' in browser.get(at(case)).text


def test_what_a_colleague_answers_shows_with_the_next_refresh(incident: Make, client: Make, app: Any) -> None:
    case = incident(flags={"danger": "no"})
    leader = client("coordinator")
    leader.get(at(case))
    tag = poll(leader, case).headers["HX-PTag"]
    client("coordinator").post(f"{at(case)}/flags/danger", {"answer": "yes"})
    fresh = poll(leader, case, tag)
    assert fresh.status_code == 200
    assert said(app, "Now: %(answer)s", answer=said(app, "yes")) in Page(fresh).text


def test_only_readers_of_the_overview_who_may_add_note_unrest(incident: Make, client: Make) -> None:
    case = incident()
    assert client("leadership").post(f"{at(case)}/unrest", {"value": "4"}).status_code == 403
    assert client("stranger").post(f"{at(case)}/unrest", {"value": "4"}).status_code == 404
    Incident.update(state="ended").where(Incident.id == case.id).execute()
    assert client("coordinator").post(f"{at(case)}/unrest", {"value": "4"}).status_code == 409
    assert Unrest.select().count() == 1


def test_the_situation_page_keeps_unrest_for_the_chart_too(incident: Make, client: Make) -> None:
    case, browser = incident(scope={"unrest": None}), client("coordinator")
    assert Unrest.select().count() == 0
    form = Page(browser.get(f"{at(case)}/situation")).forms[-1]
    browser.post(f"{at(case)}/situation", form.with_(unrest="2"))
    assert [(row.value, row.incident_id) for row in Unrest.select()] == [(2, case.id)]


def test_contact_follows_what_was_done_and_what_is_planned(
    incident: Make, client: Make, clock: Any, app: Any, cast: dict[str, Any]
) -> None:
    case, browser = incident(), client("coordinator")
    page = Page(browser.get(at(case)))
    assert section(app, page, "How is everyone?", "Newest in the logbook").count(said(app, "none yet")) == 5
    Action.update(state="done", changed_at=clock.now()).where(Action.step == "victim-support").execute()
    Entry.create(
        incident=case, at=clock.now(), written_at=clock.now(), kind="call", text="x", contact="parents", params={}
    )
    clock.advance(minutes=5)
    page = Page(browser.get(at(case)))
    part = section(app, page, "How is everyone?", "Newest in the logbook")
    assert part.count(said(app, "none yet")) == 3
    assert part.count(said(app, "today") + " 10:00") == 2


def test_contact_is_what_the_newest_correction_says(
    incident: Make, client: Make, clock: Any, app: Any, cast: dict[str, Any]
) -> None:
    case, browser = incident(), client("coordinator")

    def part() -> str:
        return section(app, Page(browser.get(at(case))), "How is everyone?", "Newest in the logbook")

    nobody = part().count(said(app, "none yet"))
    wrong = note(case, cast["coordinator"], clock, contact="parents")
    first = part()
    assert first.count(said(app, "none yet")) == nobody - 1
    earlier = {"kind": "call", "text": "An hour before.", "contact": "parents", "at": clock.now() - timedelta(hours=1)}
    again = write_entry(case, earlier, actor=cast["coordinator"], now=clock.now(), corrects=wrong)
    assert part() == first.replace(said(app, "today") + " 10:00", said(app, "today") + " 09:00", 1)
    # And then: with none of them.
    with_nobody = {"kind": "call", "text": "Nobody answered.", "contact": ""}
    write_entry(case, with_nobody, actor=cast["coordinator"], now=clock.now(), corrects=again)
    assert part().count(said(app, "none yet")) == nobody


@pytest.mark.parametrize(("wish", "shown"), [("no", True), ("yes", False), ("not-yet", False)])
def test_leadership_sees_what_only_they_can_decide(
    incident: Make, client: Make, cast: dict[str, Any], clock: Any, wish: str, shown: bool
) -> None:
    case = incident()
    action = Action.get(Action.incident == case, Action.step == "buddies")
    client("counselor").post(f"{at(case)}/plan/{action.id}/wish", {"subject": "buddies", "answer": wish})
    link = f"{at(case)}/plan/{action.id}"
    assert (link in Page(client("leadership").get("/")).links) is shown
    if shown:
        # Said yes after all: nothing is left to decide.
        client("counselor").post(f"{at(case)}/plan/{action.id}/wish", {"subject": "buddies", "answer": "yes"})
        assert link not in Page(client("leadership").get("/")).links


def test_a_coordinator_sees_what_is_nobodys_yet(incident: Make, client: Make, cast: dict[str, Any], clock: Any) -> None:
    case, other = incident(), incident(keep_out=("leadership",))
    give = f"{at(case)}/plan?show=hand-over"
    assert give in Page(client("coordinator").get("/")).links
    assert give not in Page(client("leadership").get("/")).links
    Action.update(assignee=cast["counselor"]).where(Action.incident == case).execute()
    links = Page(client("coordinator").get("/")).links
    assert give not in links
    assert f"{at(other)}/plan?show=hand-over" in links
    KeptOut.create(incident=other, person=cast["coordinator"], since=clock.now())
    assert other.ref not in client("coordinator").get("/").text


def test_my_actions_hold_what_is_later_and_what_was_finished(
    incident: Make, client: Make, clock: Any, cast: dict[str, Any]
) -> None:
    case, browser = incident(), client("coordinator")
    mine = list(Action.select().where(Action.assignee == cast["coordinator"]))
    Action.update(state="done", changed_at=clock.now()).where(Action.id == mine[0].id).execute()
    page = Page(browser.get("/actions"))
    assert {f"{at(case)}/plan/{one.id}" for one in mine} <= set(page.links)
    clock.advance(days=8)
    assert f"{at(case)}/plan/{mine[0].id}" not in Page(client("coordinator").get("/actions")).links
    assert client("admin").get("/actions").location == "/accounts"
    assert client("teacher").get("/actions").status_code == 200


def test_once_it_has_ended_nothing_is_late_or_waited_for(incident: Make, client: Make, clock: Any, app: Any) -> None:
    case, browser = incident(flags={"danger": "yes"}), client("coordinator")
    browser.come_back(clock.advance(hours=5))
    late = said(app, "%(n)s hours late", n=4)
    assert late in Page(browser.get(at(case))).text
    Incident.update(state="ended", ended_at=clock.now()).where(Incident.id == case.id).execute()
    text = Page(browser.get(at(case))).text
    assert said(app, "late") not in text
    assert said(app, "Nobody is waited for.") in text
    assert said(app, "This incident has ended: nothing is to be done.") in text


def test_what_i_handed_over_stays_in_sight_until_it_is_done(
    incident: Make, team: Make, client: Make, cast: dict[str, Any], app: Any
) -> None:
    case = incident()
    team(case, "care")
    mine = Action.get(Action.incident == case, Action.assignee == cast["counselor"], Action.step == "buddies")
    browser, link = client("counselor"), f"{at(case)}/plan/{mine.id}"
    data = {"function": mine.function, "assignee": cast["care"].id, "after": "0", "version": mine.version}
    browser.post(f"{link}/planning", data)
    for page in ("/", "/actions"):
        shown = Page(browser.get(page)).text.split(said(app, "What I handed over"))[1]
        assert "R. van Dijk 06-55501004" in shown
    assert said(app, "What I handed over") not in client("care").get("/").text
    # To somebody outside the school as well.
    other = Action.get(Action.incident == case, Action.assignee == cast["counselor"], Action.step == "victim-support")
    outside = {"function": other.function, "assignee": "0", "outsider": "GGD", "after": "0", "version": other.version}
    assert browser.post(f"{at(case)}/plan/{other.id}/planning", outside).status_code == 303
    assert "GGD" in Page(browser.get("/")).text.split(said(app, "What I handed over"))[1]
    assert link in client("care").get("/actions").text
    Action.update(state="done").where(Action.id.in_([mine.id, other.id])).execute()
    assert said(app, "What I handed over") not in browser.get("/").text


def test_who_was_told_of_a_late_first_hour_sees_it_on_top(
    incident: Make, client: Make, cast: dict[str, Any], clock: Any, app: Any
) -> None:
    case = incident(flags={"danger": "yes"})
    call = Action.get(Action.incident == case, Action.flag == "danger")
    clock.advance(minutes=10)
    title = said(app, "Late in the first hour: see that somebody does it")
    assert title not in client("leadership").get("/").text
    Action.update(told=2, assignee=cast["coordinator"]).where(Action.id == call.id).execute()
    top = Page(client("leadership").get("/")).text.split(title)[1]
    assert "M. de Wit 06-55501001" in top
    assert title not in client("coordinator").get("/").text  # it is theirs, and stands among their own
