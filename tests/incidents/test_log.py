"""The logbook: what is written stays, and a correction stands beside it."""

from datetime import timedelta
from typing import Any

import peewee
import pytest

from portal.clock import local
from portal.incidents.models import Entry
from portal.policy import TEAM_FUNCTIONS
from tests.incidents.conftest import at, entries, send, trail
from tests.reading import Page

STORY = "Two pupils told me in the break."


def typed(moment: Any) -> str:
    return str(local(moment).strftime("%Y-%m-%dT%H:%M"))


def test_an_entry_of_earlier_with_who_was_there(client: Any, incident: Any, clock: Any) -> None:
    case, browser = incident(), client("counselor")
    earlier = clock.now() - timedelta(hours=2, minutes=10)
    answer = send(
        browser,
        at(case, "/log"),
        "text",
        kind="talk",
        text="Spoke in room 12.\nShe was calm.",
        at=typed(earlier),
        present="A. Bakker",
    )
    assert answer.location == at(case, "/log")
    entry = entries(case)[-1]
    assert (entry.kind, entry.text, entry.at, entry.present) == (
        "talk",
        "Spoke in room 12.\nShe was calm.",
        earlier,
        "A. Bakker",
    )
    assert (entry.written_at, entry.author.name) == (clock.now(), "A. Bakker")
    assert trail("incident:log:write") == 1
    page = Page(browser.get(at(case, "/log")))
    assert "Spoke in room 12. She was calm." in page.text
    # By the time it happened, newest first: what was earlier stands below the report.
    ids = [name for name in page.ids if name.startswith("entry-")]
    assert ids[-1] == f"entry-{entry.id}"


def test_without_a_time_it_happened_now(client: Any, incident: Any, clock: Any) -> None:
    case = incident()
    clock.advance(minutes=7)
    send(client("coordinator"), at(case, "/log"), "text", text="Called the board.")
    assert entries(case)[-1].at == clock.now()


@pytest.mark.parametrize("span", [{"minutes": 10}, {"days": 1}, {"days": 800}])
def test_what_has_not_happened_yet_is_not_written_down(client: Any, incident: Any, clock: Any, span: Any) -> None:
    case, browser = incident(), client("coordinator")
    before, moment = len(entries(case)), typed(clock.now() + timedelta(**span))
    answer = send(browser, at(case, "/log"), "text", text="Tomorrow.", at=moment, present="Nobody")
    kept = next(form for form in Page(answer).forms if "text" in form.names)
    assert answer.status_code == 422
    assert [kept.first(name) for name in ("text", "at", "present")] == ["Tomorrow.", moment, "Nobody"]
    assert len(entries(case)) == before


def test_a_correction_points_at_the_first_entry_which_stays(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    send(browser, at(case, "/log"), "text", text="The mother called.", kind="call")
    first = entries(case)[-1]
    path = at(case, f"/log/{first.id}/correct")
    assert next(form for form in Page(browser.get(path)).forms if "text" in form.names).first("text") == first.text
    assert send(browser, path, "text", text="The father called.").location == at(case, "/log")
    correction = entries(case)[-1]
    assert (correction.text, correction.corrects_id) == ("The father called.", first.id)
    assert Entry.get_by_id(first.id).text == "The mother called."
    page = Page(browser.get(at(case, "/log")))
    assert f"#entry-{first.id}" in page.links
    assert ("The mother called." in page.text, "The father called." in page.text) == (True, True)
    assert trail("incident:log:correct") == 1


def test_the_database_itself_refuses_to_rewrite_the_log(incident: Any) -> None:
    case = incident()
    first = entries(case)[0]
    for statement in (
        Entry.update(text="Nothing happened.").where(Entry.id == first.id),
        Entry.delete().where(Entry.id == first.id),
    ):
        with pytest.raises(peewee.DatabaseError):
            statement.execute()
    assert entries(case)[0].text == STORY


def test_a_mentor_reads_and_corrects_only_the_own(client: Any, incident: Any, team: Any) -> None:
    case = incident()
    team(case, "mentor")
    send(client("coordinator"), at(case, "/log"), "text", text="Noor was in tears.")
    theirs = entries(case)[-1]
    browser = client("mentor")
    page = Page(browser.get(at(case, "/log")))
    assert not [text for text in ("Noor was in tears.", STORY) if text in page.text]
    assert not [form for form in page.forms if "text" in form.names]
    assert browser.post(at(case, "/log"), {"kind": "talk", "text": "Mine."}).status_code == 403
    for send_it in (browser.get, browser.post):
        assert send_it(at(case, f"/log/{theirs.id}/correct")).status_code == 404


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
def test_what_somebody_else_wrote_is_not_corrected_in_their_name(
    client: Any, incident: Any, team: Any, cast: Any, function: str
) -> None:
    """Whoever corrects stands there as the one who did."""
    case = incident()
    team(case, "care", "mentor", "communication")
    send(client("leadership"), at(case, "/log"), "text", text="The board knows.")
    entry = entries(case)[-1]
    answer = client(function).post(at(case, f"/log/{entry.id}/correct"), {"kind": "talk", "text": "Not yet."})
    if answer.status_code == 303:
        assert entries(case)[-1].author_id == cast[function].id
    else:
        assert answer.status_code in (403, 404)
    assert Entry.get_by_id(entry.id).author_id == cast["leadership"].id


def test_reading_the_log_is_written_down_once_an_hour(client: Any, incident: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    for _again in range(3):
        browser.get(at(case, "/log"))
    assert trail("incident:log:read") == 1
    browser.come_back(clock.advance(hours=1))
    browser.get(at(case, "/log"))
    assert trail("incident:log:read") == 2


def test_what_is_typed_is_text_and_nothing_else(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    for text in ("<b>Hello</b> & {{ 7*7 }}", "IMG_2034.jpg", "%(who)s %s %%"):
        assert send(browser, at(case, "/log"), "text", text=text).status_code == 303
        assert text in Page(browser.get(at(case, "/log"))).text
    assert "<b>Hello</b>" not in browser.get(at(case, "/log")).get_data(as_text=True)
