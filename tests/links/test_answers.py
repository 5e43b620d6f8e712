"""What the other school does with what it was asked."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import DONE, TODO, Action
from portal.clock import local
from portal.incidents.models import Entry
from portal.links.asks import operations as asks
from portal.links.models import Ask, SharedLink
from tests.links.conftest import Lent
from tests.reading import Page

ANSWERS = ("done", "date", "decline", "again")


def at(lent: Lent, part: str = "") -> str:
    return f"{lent.path}/asks/{lent.ask.id}{part}"


def fresh(lent: Lent) -> Ask:
    row: Ask = Ask.get_by_id(lent.ask.id)
    return row


def form(browser: Any, lent: Lent, name: str) -> Any:
    """The form as the page shows it, with its version and key."""
    page = Page(browser.get(at(lent)))
    return next(one for one in page.forms if one.action == at(lent, f"/{name}"))


def send(browser: Any, lent: Lent, name: str, **typed: str) -> Any:
    return browser.post(at(lent, f"/{name}"), form(browser, lent, name).with_(**typed))


def in_days(clock: Any, days: int) -> str:
    return local(clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_it_is_ticked_off_with_a_word_on_what_came_of_it(lent: Lent) -> None:
    browser = lent.visitor()
    answer = send(browser, lent, "done", words="Wij spraken met hem.")
    assert answer.status_code == 303
    assert answer.location.endswith(lent.path)
    row = fresh(lent)
    assert (row.action.state, row.words) == (DONE, "Wij spraken met hem.")
    page = browser.get(lent.path).text
    assert "Wij spraken met hem." in page
    assert "P. Partner" in page
    assert lent.now_is.accepted_at
    assert Entry.select().where(Entry.incident == lent.link.incident_id, Entry.text == "Wij spraken met hem.").count()


def test_a_word_is_not_needed(lent: Lent) -> None:
    assert send(lent.visitor(), lent, "done").status_code == 303
    assert fresh(lent).action.state == DONE


def test_another_date_waits_for_the_school_that_asks(lent: Lent, clock: Any, cast: Any) -> None:
    browser = lent.visitor()
    due = fresh(lent).action.due_at
    assert send(browser, lent, "date", due_at=in_days(clock, -1)).status_code == 422
    assert send(browser, lent, "date", due_at="").status_code == 422
    assert send(browser, lent, "date", due_at=in_days(clock, 4), words="Hij is ziek.").status_code == 303
    row = fresh(lent)
    assert row.proposed_at
    assert row.action.due_at == due
    assert "Hij is ziek." in browser.get(lent.path).text
    asks.answer_date(row, False, version=row.read_version, actor=cast["coordinator"], now=clock.now())
    assert "done" in {one.action.rpartition("/")[2] for one in Page(browser.get(at(lent))).forms}


def test_declining_asks_why_and_can_be_taken_back(lent: Lent) -> None:
    browser = lent.visitor()
    refused = send(browser, lent, "decline")
    assert refused.status_code == 422
    assert "data-error-summary" in refused.text
    send(browser, lent, "decline", words="Niet onze leerling.")
    assert fresh(lent).answer == "declined"
    assert "Niet onze leerling." in browser.get(at(lent)).text
    assert send(browser, lent, "again").status_code == 303
    assert (fresh(lent).answer, fresh(lent).action.state) == ("", TODO)


def test_what_was_ticked_by_mistake_is_taken_up_again(lent: Lent) -> None:
    browser = lent.visitor()
    send(browser, lent, "done", words="Klaar.")
    assert [one.action.rpartition("/")[2] for one in Page(browser.get(at(lent))).forms if "/asks/" in one.action] == [
        "again"
    ]
    send(browser, lent, "again")
    assert fresh(lent).action.state == TODO


def test_what_changed_meanwhile_keeps_the_words_and_shows_what_is_so_now(lent: Lent, clock: Any) -> None:
    browser, colleague = lent.visitor(), lent.visitor()
    sent = form(browser, lent, "done").with_(words="Mijn woorden.")
    send(colleague, lent, "date", due_at=in_days(clock, 4), words="Hij is ziek.")
    refused = browser.post(at(lent, "/done"), sent)
    assert refused.status_code == 409
    assert "Mijn woorden." in refused.text
    assert "Hij is ziek." in refused.text
    assert fresh(lent).action.state == TODO
    again = next(one for one in Page(refused).forms if one.action == at(lent, "/done"))
    assert browser.post(at(lent, "/done"), again.data).status_code == 303
    assert fresh(lent).words == "Mijn woorden."


def test_a_refusal_says_no_more_than_the_page(lent: Lent) -> None:
    browser = lent.visitor()
    sent = form(browser, lent, "done").with_(words="x")
    ours = {"how": "Bel Noor Voorbeeld", "outcome": "Noor weet het", "state": DONE, "version": Action.version + 1}
    Action.update(**ours).where(Action.id == lent.ask.action_id).execute()
    refused = browser.post(at(lent, "/done"), sent)
    assert refused.status_code == 409
    assert "Noor" not in refused.text


def test_what_is_ours_again_cannot_be_answered(lent: Lent) -> None:
    browser = lent.visitor()
    Action.update(outsider="").where(Action.id == lent.ask.action_id).execute()
    assert [one for one in Page(browser.get(at(lent))).forms if "/asks/" in one.action] == []
    answer = browser.post(at(lent, "/done"), {"version": str(fresh(lent).read_version), "words": "Al gedaan."})
    assert answer.status_code == 409
    assert "Al gedaan." in answer.text
    assert fresh(lent).action.state == TODO


@pytest.mark.parametrize("name", ANSWERS)
def test_sent_twice_it_counts_once(lent: Lent, name: str, clock: Any) -> None:
    browser = lent.visitor()
    if name == "again":
        send(browser, lent, "done")
    sent = form(browser, lent, name).with_(words="Eén keer.", due_at=in_days(clock, 4))
    lines = Entry.select().where(Entry.incident == lent.link.incident_id)
    assert browser.post(at(lent, f"/{name}"), sent).status_code == 303
    after = lines.count()
    assert browser.post(at(lent, f"/{name}"), sent).status_code == 303
    assert lines.count() == after


@pytest.mark.parametrize("name", ["", *(f"/{one}" for one in ANSWERS)])
def test_what_another_school_was_asked_is_not_there(lent: Lent, other: Lent, name: str) -> None:
    browser, path = lent.visitor(), f"{lent.path}/asks/{other.ask.id}{name}"
    typed = {"version": str(other.ask.read_version), "words": "x", "due_at": "2026-11-30T10:00"}
    answer = browser.post(path, typed) if name else browser.get(path)
    assert answer.status_code == 404
    assert fresh(other).answered_at is None


@pytest.mark.parametrize("name", ANSWERS)
def test_after_the_end_nothing_is_answered(lent: Lent, name: str, clock: Any) -> None:
    browser = lent.visitor()
    sent = {"version": str(lent.ask.read_version), "words": "x", "due_at": in_days(clock, 4)}
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    assert browser.post(at(lent, f"/{name}"), sent).status_code == 404
    assert fresh(lent).answered_at is None


def test_an_own_action_stands_in_the_plan_and_on_the_page(lent: Lent, client: Any, clock: Any) -> None:
    browser = lent.visitor()
    assert browser.post(f"{lent.path}/asks/new", {"title": ""}).status_code == 422
    made = browser.post(f"{lent.path}/asks/new", {"title": "Mentor houdt toezicht", "due_at": in_days(clock, 2)})
    assert made.status_code == 303
    assert "Mentor houdt toezicht" in browser.get(lent.path).text
    assert "Mentor houdt toezicht" in client("coordinator").get(f"/incidents/{lent.link.incident.ref}/plan").text


def test_what_waits_stands_first_by_date(lent: Lent, cast: Any, clock: Any) -> None:
    for title, days in (("Later", 9), ("Eerder", -2), ("Zonder datum", None)):
        due = None if days is None else clock.now() + timedelta(days=days)
        values = {"key": "", "title": title, "how": "", "due_at": due}
        asks.ask(lent.link, values, actor=cast["coordinator"], now=clock.now())
    browser = lent.visitor()
    text = browser.get(lent.path).text
    places = [text.index(title) for title in ("Eerder", "Praat met de leerling", "Later", "Zonder datum")]
    assert places == sorted(places)
    send(browser, lent, "done")
    text = browser.get(lent.path).text
    assert text.index("Zonder datum") < text.index("Praat met de leerling")


def test_words_typed_before_the_session_ended_are_there_again(lent: Lent) -> None:
    """The form's place is kept under this link; the door keeps it."""
    browser = lent.visitor()
    place = f"/asks/{lent.ask.id}/done#words"
    assert browser.post(f"{lent.path}/drafts", {"place": place, "text": "Half af"}).status_code == 200
    assert "Half af" in lent.visitor().get(at(lent)).text
    send(browser, lent, "done", words="Af.")
    assert "Half af" not in browser.get(at(lent)).text
