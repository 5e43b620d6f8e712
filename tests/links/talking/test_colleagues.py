"""Colleagues at the other school: proposed there, approved here, each with a link of their own."""

from typing import Any

import pytest

from portal.audit.models import AuditEvent
from portal.links.models import LinkMessage, SharedLink
from portal.links.rules import PROPOSED, REVOKED, code_of, path_of, state_of
from tests.conftest import Browser
from tests.links.conftest import Lent
from tests.links.talking.conftest import mailed
from tests.reading import Page, said

MENTOR = {
    "name": "M. Mentor",
    "function": "Mentor",
    "email": "m@lyceum.example",
    "phone": "010-5550201",
    "language": "en",
}


def proposed(lent: Lent, **other: str) -> SharedLink:
    assert lent.visitor().post(f"{lent.path}/colleagues", MENTOR | other).status_code == 303
    row: SharedLink = SharedLink.select().order_by(SharedLink.id.desc()).get()
    return row


def approve(row: SharedLink, ours: str, client: Any) -> Any:
    sent = {"go": "approve", "version": str(row.version)}
    return client("coordinator").post(f"{ours}/colleagues/{row.id}", sent)


def enter(app: Any, row: SharedLink) -> tuple[Browser, str]:
    row, browser = SharedLink.get_by_id(row.id), Browser(app)
    path = path_of(row.nonce, app.secret_key)
    browser.post(f"{path}/code", {"code": code_of(row.nonce, row.code_number, app.secret_key)})
    return browser, path


def test_a_proposed_colleague_opens_nothing(lent: Lent, app: Any, clock: Any, client: Any) -> None:
    row = proposed(lent)
    assert (row.head, row.proposed_by, state_of(row, clock.now())) == (lent.link, lent.link, PROPOSED)
    assert mailed("links")
    assert mailed("shared-offer") == []
    path = path_of(row.nonce, app.secret_key)
    assert Browser(app).get(path).status_code == 404
    assert said(app, "Decide on a colleague at the other school") in Page(client("coordinator").get("/")).text


def test_approved_each_has_an_own_link_and_code(lent: Lent, ours: str, client: Any, app: Any, clock: Any) -> None:
    row = proposed(lent)
    answer = approve(row, ours, client)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/links/{row.id}/code")
    row = SharedLink.get_by_id(row.id)
    assert (row.sent_at, row.ends_at) == (clock.now(), lent.link.ends_at)
    assert mailed("shared-offer") == [MENTOR["email"]]
    browser, path = enter(app, row)
    assert "Een leerling van u." in browser.get(path).text, "the same as the first sees"
    browser.post(f"{path}/messages", {"text": "Ik ben erbij."})
    assert LinkMessage.get().by_link == row, "the trail says who"
    assert LinkMessage.get().link == lent.link
    assert (
        AuditEvent.select().where(AuditEvent.subject == row.subject, AuditEvent.action == "links:message:send").exists()
    )
    assert "Ik ben erbij." in client("coordinator").get(f"{ours}/messages").text


def test_refused_with_a_reason_that_they_read(lent: Lent, ours: str, client: Any, clock: Any) -> None:
    row = proposed(lent)
    sent = {"go": "refuse", "version": str(row.version), "words": "Bel eerst even."}
    assert client("leadership").post(f"{ours}/colleagues/{row.id}", sent).status_code == 303
    assert state_of(SharedLink.get_by_id(row.id), clock.now()) == REVOKED
    assert "Bel eerst even." in lent.visitor().get(f"{lent.path}/colleagues").text
    assert approve(row, ours, client).status_code == 409
    assert proposed(lent).id != row.id, "and can be proposed again"


def test_the_same_colleague_is_proposed_once(lent: Lent) -> None:
    proposed(lent)
    visitor = lent.visitor()
    assert visitor.post(f"{lent.path}/colleagues", MENTOR | {"email": "M@lyceum.example"}).status_code == 422
    assert visitor.post(f"{lent.path}/colleagues", MENTOR | {"email": lent.link.email}).status_code == 422
    wrong = visitor.post(f"{lent.path}/colleagues", MENTOR | {"email": "nothing", "name": "Z. Zoek"})
    assert wrong.status_code == 422
    assert "Z. Zoek" in wrong.get_data(as_text=True)
    assert SharedLink.select().count() == 2


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_the_link_of_one_ends_at_once(lent: Lent, ours: str, client: Any, app: Any, side: str) -> None:
    row = proposed(lent)
    approve(row, ours, client)
    browser, path = enter(app, row)
    assert browser.get(path).status_code == 200
    version = str(SharedLink.get_by_id(row.id).version)
    if side == "ours":
        sent = {"go": "end", "version": version, "words": "Klaar."}
        assert client("coordinator").post(f"{ours}/colleagues/{row.id}", sent).status_code == 303
    else:
        assert lent.visitor().post(f"{lent.path}/colleagues/{row.id}/end", {"version": version}).status_code == 303
    assert browser.get(path).status_code == 404
    assert lent.visitor().get(lent.path).status_code == 200


def test_a_colleague_ends_only_whom_they_proposed(lent: Lent, other: Lent, ours: str, client: Any, app: Any) -> None:
    first, second = proposed(lent), proposed(lent, email="n@lyceum.example", name="N. Ander")
    for row in (first, second):
        approve(row, ours, client)
    browser, path = enter(app, first)
    assert browser.post(f"{path}/colleagues/{second.id}/end", {"version": "2"}).status_code == 404
    assert other.visitor().post(f"{other.path}/colleagues/{second.id}/end", {"version": "2"}).status_code == 404
    assert browser.post(f"{path}/colleagues/{lent.link.id}/end", {"version": "1"}).status_code == 404, "nor the head"
    there = ours.replace(f"/{lent.link.id}", f"/{other.link.id}")
    sent = {"go": "end", "version": "2"}
    assert client("coordinator").post(f"{there}/colleagues/{first.id}", sent).status_code == 404


def test_two_answers_at_once_are_one(lent: Lent, ours: str, client: Any) -> None:
    row = proposed(lent)
    assert approve(row, ours, client).status_code == 303
    refused = {"go": "refuse", "version": str(row.version), "words": "Nee."}
    answer = client("leadership").post(f"{ours}/colleagues/{row.id}", refused)
    assert answer.status_code == 409
    assert "Nee." in answer.get_data(as_text=True)
    assert SharedLink.get_by_id(row.id).revoked_at is None


def test_another_domain_is_pointed_out(lent: Lent, ours: str, client: Any, app: Any) -> None:
    proposed(lent, email="m@elders.example")
    words = said(
        app, "This mail address is of another domain than that of %(name)s. Ask about it first.", name="P. Partner"
    )
    assert words in Page(client("coordinator").get(f"{ours}/colleagues")).text


@pytest.mark.parametrize(
    ("function", "read", "change"), [("counselor", 200, 403), ("communication", 200, 403), ("mentor", 404, 404)]
)
def test_who_decides(lent: Lent, ours: str, client: Any, function: str, read: int, change: int) -> None:
    row = proposed(lent)
    browser = client(function)
    assert browser.get(f"{ours}/colleagues").status_code == read
    sent = {"go": "approve", "version": str(row.version)}
    assert browser.post(f"{ours}/colleagues/{row.id}", sent).status_code == change
    assert SharedLink.get_by_id(row.id).sent_at is None
