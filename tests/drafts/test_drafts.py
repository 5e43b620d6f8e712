"""What is typed is kept for who types it, and for nobody else."""

import re
from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.drafts.models import Draft, SentForm
from portal.drafts.operations import claim, clear_old
from portal.drafts.rules import _TEXTS, MOST_DRAFTS, both, moved, page_of
from portal.incidents.joining.operations import join
from portal.incidents.models import Incident, KeptOut
from portal.incidents.team.operations import remove_member
from tests.reading import Page
from tests.web.fields import IMAGERY
from tests.web.scene import routes


def log_of(case: Incident) -> str:
    return f"/incidents/{case.ref}/log#text"


def keep(browser: Any, place: str, text: str, **kw: Any) -> Any:
    return browser.post("/drafts", {"place": place, "text": text}, **kw)


def typed(browser: Any, page: str, ending: str, name: str) -> str:
    form = next(f for f in Page(browser.get(page)).forms if f.action.endswith(ending) and name in f.names)
    return form.first(name)


def test_what_was_typed_comes_back_until_it_is_sent(incident: Any, client: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    answer = keep(browser, log_of(case), "Called the par")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "10:00" in answer.text
    keep(browser, log_of(case), "Called the parents")
    assert Draft.select().count() == 1
    again = client("coordinator")
    page = again.get(f"/incidents/{case.ref}/log")
    assert typed(again, f"/incidents/{case.ref}/log", "", "text") == "Called the parents"
    assert f"/drafts#draft-{Draft.get().id}" in Page(page).links
    assert "Called the parents" in again.get("/drafts").text
    assert again.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": ""}).status_code == 422
    assert Draft.select().count() == 1, "refused, so it is a draft still"
    again.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "Called the parents."})
    assert Draft.select().count() == 0
    assert typed(browser, f"/incidents/{case.ref}/log", "", "text") == ""


def test_keeping_a_draft_leaves_no_trace_in_trail_or_logs(incident: Any, client: Any, caplog: Any) -> None:
    case, browser = incident(), client("coordinator")
    before = AuditEvent.select().count()
    caplog.clear()
    keep(browser, log_of(case), "Xanthippe")
    assert AuditEvent.select().count() == before
    assert "Xanthippe" not in caplog.text


def test_nobody_else_sees_it(incident: Any, client: Any) -> None:
    case = incident()
    keep(client("coordinator"), log_of(case), "Only mine.")
    other = client("leadership")
    assert typed(other, f"/incidents/{case.ref}/log", "", "text") == ""
    assert "Only mine." not in other.get("/drafts").text
    number = Draft.get().id
    assert other.post(f"/drafts/{number}/throw-away").status_code == 404
    keep(other, log_of(case), "")
    assert Draft.get().text == "Only mine."
    thrown = client("coordinator").post(f"/drafts/{number}/throw-away")
    assert (thrown.status_code, Draft.select().count()) == (303, 0)


def test_sending_a_form_removes_only_the_own_draft(incident: Any, client: Any) -> None:
    case = incident()
    for name in ("coordinator", "leadership"):
        keep(client(name), log_of(case), f"Of {name}.")
    client("leadership").post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "Sent."})
    assert [draft.text for draft in Draft.select()] == ["Of coordinator."]


@pytest.mark.parametrize("function", ["mentor", "stranger", "administrator"])
def test_who_is_not_on_the_team_keeps_nothing_there(incident: Any, client: Any, function: str) -> None:
    case, browser = incident(), client(function)
    answers = [keep(browser, f"/incidents/{ref}/log#text", "I look.") for ref in (case.ref, "2026-997")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert Draft.select().count() == 0


def test_who_may_not_read_a_part_keeps_nothing_there(incident: Any, team: Any, client: Any) -> None:
    case = incident()
    team(case, "communication")
    assert keep(client("communication"), f"/incidents/{case.ref}/people/new#text", "A name.").status_code == 404
    assert keep(client("communication"), f"/incidents/{case.ref}/end#reason", "Over.").status_code == 403
    assert Draft.select().count() == 0


NO_PLACE = [
    "log#text",
    "/#text",
    "/login#email",
    "/nowhere#text",
    "/accounts/new#name",
    "/incidents/new#text",
    "/incidents/{ref}/log",
    "/incidents/{ref}/log#te xt",
    "/incidents/{ref}/log#other",
    "/incidents/{ref}/log#reason",
    "/incidents/{ref}/team/add#text",
    "/incidents/{ref}/plan/1/wish#other-words",
    "/incidents/{ref}/log#text#text",
    "/incidents/{ref}/../{ref}/log#text",
    "//evil.example/incidents/{ref}/log#text",
    "/incidents/{ref}/log?x=1#text",
    "/incidents/new/no-such-report/what#story",
    "/receipts/no-such-report/add#text",
]


@pytest.mark.parametrize("place", NO_PLACE)
def test_a_place_that_is_none_is_not_there(incident: Any, client: Any, place: str) -> None:
    case, browser = incident(), client("coordinator")
    assert keep(browser, place.format(ref=case.ref), "Text.").status_code == 404
    assert Draft.select().count() == 0


@pytest.mark.parametrize("bad", [*IMAGERY, "a\x00b", "x" * 20_001])
def test_what_no_field_takes_no_draft_takes(incident: Any, client: Any, bad: str) -> None:
    case, browser = incident(), client("coordinator")
    keep(browser, log_of(case), "Before.")
    answer = keep(browser, log_of(case), bad)
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert len(answer.text) > 20
    assert Draft.get().text == "Before."


def test_what_is_too_long_for_its_field_is_kept_but_no_place_without_end(incident: Any, client: Any) -> None:
    case, browser = incident(), client("coordinator")
    assert keep(browser, log_of(case), "x" * 20_000).status_code == 200
    assert keep(browser, f"/incidents/{case.ref}/log#{'x' * 200}", "Text.").status_code == 422
    assert keep(browser, "", "Text.").status_code == 422


def test_nobody_keeps_drafts_without_end(incident: Any, client: Any, clock: Any, cast: Any) -> None:
    case, browser = incident(), client("coordinator")
    others = {"person": cast["coordinator"], "incident": case, "text": "Typed.", "saved_at": clock.now()}
    Draft.insert_many(
        [{**others, "place": f"/incidents/{case.ref}/plan/{number}/note#text"} for number in range(MOST_DRAFTS - 1)]
    ).execute()
    assert keep(browser, log_of(case), "The last one.").status_code == 200
    assert keep(browser, log_of(case), "The last one goes on.").status_code == 200
    answer = keep(browser, f"/incidents/{case.ref}/end#reason", "One more.")
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert str(MOST_DRAFTS) in answer.text
    assert Draft.select().count() == MOST_DRAFTS
    assert keep(client("leadership"), log_of(case), "Somebody else.").status_code == 200
    assert "The last one goes on." in browser.get("/drafts").text
    assert keep(browser, log_of(case), "").status_code == 200
    assert keep(browser, f"/incidents/{case.ref}/end#reason", "One more.").status_code == 200


def test_a_forged_draft_is_refused(incident: Any, client: Any) -> None:
    case = incident()
    assert keep(client("coordinator"), log_of(case), "Planted.", token=False).status_code == 400
    assert keep(client(), log_of(case), "Planted.").status_code == 303
    assert Draft.select().count() == 0


def test_what_arrives_while_its_writer_is_removed_is_not_kept(
    app: Any, incident: Any, client: Any, cast: Any, clock: Any, monkeypatch: Any
) -> None:
    """Removed after the address was looked up, before the draft is stored."""
    case, browser, find, asked = incident(), client("leadership"), app.extensions["find_incident"], []

    def found(person: Any, ref: str) -> Any:
        asked.append(find(person, ref))
        if len(asked) == 1:
            remove_member(case, cast["leadership"], actor=cast["coordinator"], now=clock.now())
        return asked[-1]

    monkeypatch.setitem(app.extensions, "find_incident", found)
    assert keep(browser, log_of(case), "Too late.").status_code == 404
    assert asked[0] is not None
    assert Draft.select().count() == 0


@pytest.mark.parametrize("how", ["remove", "keep-out"])
def test_who_leaves_takes_no_draft_along(incident: Any, client: Any, cast: dict[str, Any], how: str) -> None:
    case, other = incident(), incident()
    for name in ("coordinator", "leadership"):
        keep(client(name), log_of(case), f"Of {name}.")
    keep(client("leadership"), log_of(other), "Of another case.")
    chief = client("coordinator")
    if how == "remove":
        chief.post(f"/incidents/{case.ref}/team/{cast['leadership'].id}/remove")
    else:
        chief.post(f"/incidents/{case.ref}/team/keep-out", {"barred-person": cast["leadership"].id})
    assert {draft.text for draft in Draft.select()} == {"Of coordinator.", "Of another case."}
    assert keep(client("leadership"), log_of(case), "Once more.").status_code == 404


def test_a_draft_of_what_one_may_not_see_any_more_is_not_shown(incident: Any, client: Any, cast: Any) -> None:
    """Even if it had been forgotten: an administrator sees nothing of an incident."""
    case, browser = incident(), client("leadership")
    keep(browser, log_of(case), "Left behind.")
    Draft.update(person=cast["stranger"]).execute()
    assert "Left behind." not in client("stranger").get("/drafts").text


def test_the_story_of_a_report_and_the_addition_to_it(incident: Any, client: Any, scene: Any, cast: Any) -> None:
    here, reporter = scene(), client("reporter")
    story, added = f"/incidents/new/{here.draft.slug}/what", f"/receipts/{here.receipt.slug}/add"
    assert keep(reporter, f"{story}#story", "I heard it.").status_code == 200
    assert keep(reporter, f"{added}#text", "And more.").status_code == 200
    assert typed(reporter, story, "/what", "story") == "I heard it."
    assert typed(reporter, f"/receipts/{here.receipt.slug}", "/add", "text") == "And more."
    assert keep(client("stranger"), f"{added}#text", "Not mine.").status_code == 404
    reporter.post(story, {"story": "I heard it.", "go": "send"})
    assert not Draft.select().where(Draft.place == f"{story}#story").exists()
    client("coordinator").post(f"/incidents/{here.case.ref}/team/keep-out", {"barred-person": cast["reporter"].id})
    assert not Draft.select().where(Draft.person == cast["reporter"], Draft.incident == here.case).exists()
    assert keep(reporter, f"{added}#text", "And more.").status_code == 404


def test_who_is_kept_out_of_a_report_keeps_no_draft_of_it(scene: Any, client: Any, cast: Any, clock: Any) -> None:
    """Whoever has its address: it may be the one whom it is about."""
    here = scene()
    place = f"/incidents/new/{here.draft.slug}/what#story"
    browser = client("stranger")
    keep(browser, place, "I read this.")
    KeptOut.create(incident=here.draft.incident_id, person=cast["stranger"], since=clock.now())
    assert keep(browser, place, "I read that.").status_code == 404
    assert "I read this." not in browser.get("/drafts").text


def test_my_drafts_name_no_incident_to_who_had_the_address_of_its_report(incident: Any, client: Any) -> None:
    case = incident()
    report = case.reports.get()
    outsider, reporter = client("stranger"), client("reporter")
    assert keep(outsider, f"/incidents/new/{report.slug}/what#story", "I heard it.").status_code == 200
    assert keep(reporter, f"/receipts/{report.slug}/add#text", "And more.").status_code == 200
    assert "I heard it." in outsider.get("/drafts").text
    assert case.code_name not in outsider.get("/drafts").text
    assert case.code_name in reporter.get("/drafts").text


def test_every_long_text_has_a_place_that_can_be_kept(app: Any, scene: Any, client: Any) -> None:
    """Read from the pages: a long text that forgets its place fails here."""
    here, places = scene(), set()
    for function in ("coordinator", "leadership", "counselor", "care", "communication", "reporter"):
        browser = client(function)
        for rule, _access, method in routes(app):
            answer = browser.get(here.path(rule, function)) if method == "GET" else None
            if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
                text = answer.get_data(as_text=True)
                found = [part.partition('"')[0] for part in text.split('data-draft="')[1:]]
                assert text.count("<textarea") == len(found), rule.rule
                for place in found:
                    assert keep(browser, place, "Typed.").status_code == 200, place
                    places.add(place.rpartition("#")[2])
    # Every kind of text was met on some page.
    assert [names for names in set(_TEXTS.values()) if not any(re.fullmatch(names, place) for place in places)] == []


def test_a_draft_older_than_what_a_colleague_wrote_stands_beside_it(incident: Any, client: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    action = Action.get(Action.incident == case, Action.step == "scope-impact")
    at = f"/incidents/{case.ref}/plan/{action.id}"
    clock.advance(minutes=1)
    keep(browser, f"{at}/planning#how", "By telephone.")
    assert typed(browser, at, "/planning", "how") == "By telephone."
    clock.advance(minutes=1)
    Action.update(how="In person.", changed_at=clock.now(), version=2).where(Action.id == action.id).execute()
    page = browser.get(at)
    assert Page(page).form("/planning").first("how") == "In person."
    assert "By telephone." in page.text


def test_the_second_to_write_is_told_who_is_writing(
    incident: Any, team: Any, client: Any, cast: Any, clock: Any
) -> None:
    case = incident()
    team(case, "mentor")
    action = Action.get(Action.incident == case, Action.step == "scope-impact")
    Action.update(assignee=cast["leadership"]).where(Action.id == action.id).execute()
    how = f"/incidents/{case.ref}/plan/{action.id}/planning#how"
    name = cast["coordinator"].name
    keep(client("coordinator"), how, "By telephone.")
    assert name in keep(client("leadership"), how, "In per").text
    assert name not in keep(client("mentor"), how, "I look.").text, "may not change it, so is told nothing"
    assert cast["mentor"].name not in keep(client("leadership"), how, "In person").text
    private = log_of(case)
    keep(client("coordinator"), private, "Mine.")
    assert name not in keep(client("leadership"), private, "Also.").text
    clock.advance(minutes=11)
    assert name not in keep(client("leadership"), how, "In person.").text


def test_drafts_go_along_when_two_incidents_are_joined(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    source, target = incident(), incident()
    browser = client("coordinator")
    keep(browser, log_of(source), "Of the first.")
    keep(client("leadership"), log_of(source), "Of another person.")
    keep(browser, log_of(target), "Of the second.")
    keep(browser, f"/incidents/{source.ref}/end#reason", "It was nothing.")
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    assert typed(browser, f"/incidents/{target.ref}/log", "", "text") == "Of the second.\n\nOf the first."
    assert typed(client("leadership"), f"/incidents/{target.ref}/log", "", "text") == "Of another person."
    assert "It was nothing." in browser.get("/drafts").text
    # A page that was open meanwhile still has the address from before.
    keep(browser, log_of(source), "Typed on.")
    assert {draft.place for draft in Draft.select()} == {log_of(target), f"/incidents/{target.ref}/end#reason"}


def test_drafts_of_who_is_kept_out_of_the_other_incident_end(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    source, target = incident(), incident(keep_out=("leadership",))
    keep(client("leadership"), log_of(source), "Mine.")
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    assert Draft.select().count() == 0


def test_old_drafts_and_keys_go(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    case = incident()
    keep(client("coordinator"), log_of(case), "Old.")
    claim("k", cast["coordinator"].id, clock.now())
    clear_old(clock.now() + timedelta(days=2))
    assert (Draft.select().count(), SentForm.select().count()) == (1, 1)
    clear_old(clock.now() + timedelta(days=2, seconds=1))
    assert (Draft.select().count(), SentForm.select().count()) == (1, 0)
    clear_old(clock.now() + timedelta(days=30, seconds=1))
    assert Draft.select().count() == 0


@pytest.mark.parametrize(
    ("place", "page"),
    [
        ("/incidents/2026-001/log#text", "/incidents/2026-001/log"),
        ("/incidents/2026-001/plan/3/note#text", "/incidents/2026-001/plan/3"),
        ("/incidents/2026-001/plan/3/wish#parents-words", "/incidents/2026-001/plan/3"),
        ("/receipts/abc/add#text", "/receipts/abc"),
    ],
)
def test_the_page_of_a_place(place: str, page: str) -> None:
    assert page_of(place) == page


def test_moving_and_putting_together() -> None:
    assert moved("/incidents/2026-001/log#text", "2026-002") == "/incidents/2026-002/log#text"
    assert moved("/receipts/abc/add#text", "2026-002") == "/receipts/abc/add#text"
    assert both("One", "Two") == "One\n\nTwo"
    assert both("One", "One") == "One"
