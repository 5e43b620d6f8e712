"""Each opening, reading and answer stands in the trail, and both schools see it."""

from dataclasses import replace
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.audit.models import AuditEvent
from portal.links.models import SharedLink
from portal.links.operations import note
from portal.links.trail import rules
from portal.links.trail.queries import lines
from tests.links.conftest import Lent, colleague_of
from tests.statements import counted


@pytest.fixture(autouse=True)
def in_english(school: Any) -> None:
    Person.update(language="en").execute()


def read(lent: Lent, browser: Any) -> str:
    return str(browser.get(f"{lent.path}/trail", headers={"Accept-Language": "en"}).text)


def ours(lent: Lent) -> str:
    return f"/incidents/{lent.link.incident.ref}/links/{lent.link.id}/trail"


def test_both_schools_see_who_opened_it_when_and_roughly_from_where(lent: Lent, client: Any) -> None:
    lent.door().post(f"{lent.path}/code", {"code": "1"}, environ_base={"REMOTE_ADDR": "198.51.100.20"})
    theirs = read(lent, lent.visitor())
    for text in (theirs, client("coordinator").get(ours(lent)).text):
        assert "P. Partner (Het Lyceum)</b> · opened the page with the code" in text
        assert "Somebody</b> · typed a wrong code" in text
        assert "from network 198.51.100.0/24" in text
        assert "198.51.100.20" not in text


def test_of_us_they_read_the_school_and_not_who_it_was(lent: Lent, client: Any, cast: Any, clock: Any) -> None:
    note(lent.link, "share:change", actor=cast["coordinator"], now=clock.now(), number=2, people=[1])
    theirs = read(lent, lent.visitor())
    assert "Het Baken College</b> · changed what is shared" in theirs
    assert cast["coordinator"].name not in theirs
    assert cast["coordinator"].name in client("coordinator").get(ours(lent)).text


def test_what_went_before_the_link_was_sent_is_ours(lent: Lent, cast: Any, clock: Any) -> None:
    clock.advance(hours=-1)
    note(lent.link, "share:change", actor=cast["coordinator"], now=clock.now())
    clock.advance(hours=1)
    for action in rules.OURS:
        note(lent.link, action.removeprefix("links:"), actor=cast["coordinator"], now=clock.now())
    note(lent.link, "unheard:of", now=clock.now())
    assert [line.action for line in lines(lent.link, theirs=True)[0]] == []
    assert len(lines(lent.link, theirs=False)[0]) == len(rules.OURS) + 2


def test_a_colleague_and_who_has_the_link_see_what_their_school_did(lent: Lent, other: Lent, clock: Any) -> None:
    theirs = replace(lent, link=colleague_of(lent.link, clock.now()))
    other.visitor()
    for browser, link in ((lent.visitor(), lent), (theirs.visitor(), theirs)):
        text = read(link, browser)
        assert "P. Partner (Het Lyceum)" in text
        assert "De Linde" not in text


def test_which_version_was_read_is_said(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    browser.get(lent.path)
    assert "read what was shared <small>version 1 · from network" in read(lent, browser)


def test_nothing_typed_stands_in_the_trail(lent: Lent) -> None:
    browser = lent.visitor()
    browser.get(lent.path)
    browser.post(f"{lent.path}/code", {"code": "12 secret"})
    for event in AuditEvent.select().where(AuditEvent.subject == lent.link.subject):
        told = str(event.detail)
        assert "secret" not in told
        assert lent.code not in told
        assert "Een leerling" not in told


def test_that_we_looked_is_written_down(lent: Lent, client: Any) -> None:
    client("communication").get(ours(lent))
    assert AuditEvent.select().where(AuditEvent.action == "links:trail:read").count() == 1


def test_the_trail_of_the_incident_says_who_of_the_other_school_it_was(lent: Lent, client: Any) -> None:
    lent.visitor()
    text = client("leadership").get(f"/incidents/{lent.link.incident.ref}/audit").text
    assert "P. Partner (Het Lyceum)</b> · opened the page with the code" in text


def test_a_link_of_another_incident_has_no_trail_here(lent: Lent, client: Any, incident: Any, team: Any) -> None:
    elsewhere = incident()
    assert client("coordinator").get(ours(lent).replace(lent.link.incident.ref, elsewhere.ref)).status_code == 404
    assert client("mentor").get(ours(lent)).status_code == 404
    assert SharedLink.select().count() == 1


def test_it_asks_as_much_of_the_database_for_many_events_as_for_few(lent: Lent, client: Any, clock: Any) -> None:
    browser, staff, number = lent.visitor(), client("coordinator"), []
    for many in (1, 40):
        for _event in range(many):
            note(lent.link, "message:send", now=clock.now())
        for who, path in ((browser, f"{lent.path}/trail"), (staff, ours(lent))):
            who.get(path)
            with counted() as statements:
                who.get(path)
            number.append(len(statements))
    assert number[:2] == number[2:]
    assert max(number) <= 10
