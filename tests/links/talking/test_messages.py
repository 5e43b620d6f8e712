"""Messages back and forth, and a worry, through HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from portal.audit.models import AuditEvent
from portal.clock import local
from portal.desk.contacts.queries import duties_of
from portal.incidents.models import Entry, Involved
from portal.incidents.operations import end_as_false_alarm
from portal.links.models import LinkMessage, SharedLink
from tests.links.conftest import Lent
from tests.links.talking.conftest import mailed
from tests.links.test_answers import send
from tests.reading import Page, said


def sent() -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in LinkMessage.select().order_by(LinkMessage.id)]


def test_both_schools_read_what_the_other_wrote(lent: Lent, ours: str, client: Any, cast: Any, app: Any) -> None:
    visitor = lent.visitor()
    assert client("coordinator").post(f"{ours}/messages", {"text": "Wie belt de ouders?"}).status_code == 303
    assert mailed("shared-news") == [lent.link.email]
    page = Page(visitor.get(f"{lent.path}/messages"))
    assert "Wie belt de ouders?" in page.text
    assert cast["coordinator"].name in page.text
    assert visitor.post(f"{lent.path}/messages", {"text": "Wij bellen."}).status_code == 303
    assert cast["leadership"].email in mailed("links")
    shown = Page(client("leadership").get(f"{ours}/messages")).text
    assert "Wij bellen." in shown
    assert said(app, "new") in shown
    entries = [one.text for one in Entry.select().where(Entry.incident == lent.link.incident)]
    assert {"Wie belt de ouders?", "Wij bellen."} <= set(entries)


def test_both_sides_see_since_when_it_was_read(lent: Lent, ours: str, client: Any, clock: Any, app: Any) -> None:
    lent.visitor().post(f"{lent.path}/messages", {"text": "Wij bellen."})
    assert said(app, "not read yet") in Page(lent.visitor().get(f"{lent.path}/messages")).text
    client("counselor").get(f"{ours}/messages")
    client("coordinator").get(f"{ours}/messages", headers={"By-Itself": "1"})
    assert LinkMessage.get().read_at is None, "neither who only looks on nor a poll"
    client("coordinator").get(f"{ours}/messages")
    assert LinkMessage.get().read_at == clock.now()
    assert said(app, "not read yet") not in Page(lent.visitor().get(f"{lent.path}/messages")).text
    assert AuditEvent.select().where(AuditEvent.action == "links:message:read").count() == 1


def test_our_message_names_nobody_who_is_not_shared(lent: Lent, ours: str, client: Any) -> None:
    """Product rule 6: the victim is not shared, the suspect of their school is."""
    answer = client("coordinator").post(f"{ours}/messages", {"text": "Noor Voorbeeld is thuis."})
    assert answer.status_code == 409
    assert "Noor Voorbeeld is thuis." in answer.get_data(as_text=True), "nothing typed is lost"
    assert not sent()
    assert client("coordinator").post(f"{ours}/messages", {"text": "Daan Anders is thuis."}).status_code == 303
    assert lent.visitor().post(f"{lent.path}/messages", {"text": "En Noor Voorbeeld?"}).status_code == 303


def test_imagery_is_refused_on_both_sides(lent: Lent, ours: str, client: Any) -> None:
    """Product rule 1."""
    text = {"text": "https://x.example/a.jpg"}
    assert client("coordinator").post(f"{ours}/messages", text).status_code == 422
    assert lent.visitor().post(f"{lent.path}/messages", text).status_code == 422
    assert lent.visitor().post(f"{lent.path}/worry", text | {"danger": "no"}).status_code == 422
    assert not sent()


def test_an_empty_message_gets_422(lent: Lent, ours: str, client: Any) -> None:
    assert client("coordinator").post(f"{ours}/messages", {"text": " "}).status_code == 422
    assert lent.visitor().post(f"{lent.path}/messages", {"text": ""}).status_code == 422


@pytest.mark.parametrize(
    ("function", "read", "write", "sees"),
    [
        ("coordinator", 200, 303, True),
        ("leadership", 200, 303, True),
        ("counselor", 200, 403, True),
        ("care", 200, 403, True),
        ("communication", 200, 403, False),
        ("mentor", 404, 404, False),
        ("stranger", 404, 404, False),
        ("admin", 404, 404, False),
    ],
)
def test_who_reads_and_who_writes(
    lent: Lent, ours: str, client: Any, function: str, read: int, write: int, sees: bool
) -> None:
    lent.visitor().post(f"{lent.path}/messages", {"text": "Het gaat om Pietje."})
    browser = client(function)
    page = browser.get(f"{ours}/messages")
    assert page.status_code == read
    assert ("Pietje" in page.get_data(as_text=True)) is sees
    assert "Pietje" in browser.get(f"{ours}/messages", htmx=True).get_data(as_text=True) or not sees
    assert browser.post(f"{ours}/messages", {"text": "Goed."}).status_code == write


def test_the_list_asks_for_itself(lent: Lent, ours: str, client: Any) -> None:
    for browser, path in ((client("coordinator"), ours), (lent.visitor(), lent.path)):
        first = browser.get(f"{path}/messages", htmx=True, headers={"By-Itself": "1"})
        assert "<html" not in first.get_data(as_text=True)
        tag = {"By-Itself": "1", "HX-PTag": first.headers["HX-PTag"]}
        assert browser.get(f"{path}/messages", htmx=True, headers=tag).status_code == 304


def test_a_worry_is_marked_until_somebody_answers_it(
    lent: Lent, ours: str, client: Any, cast: Any, app: Any, clock: Any
) -> None:
    visitor = lent.visitor()
    worry = {"text": "Hij zegt dat hij niet meer wil.", "danger": "unknown"}
    answer = visitor.post(f"{lent.path}/worry", worry)
    assert answer.status_code == 303
    after = Page(visitor.get(answer.location))
    assert said(app, "Do not wait for an answer: call now.") in after.text
    assert "tel:112" in after.links
    assert mailed("links")
    words = said(app, "Answer a worry of the other school")
    for function in ("coordinator", "leadership"):
        home = Page(client(function).get("/"))
        assert words in home.text, function
        assert home.text.count(words) == 1, function
        assert f"{ours}/messages" in home.links
    flag, overview = said(app, "The other school reports a worry."), f"/incidents/{lent.link.incident.ref}"
    for function, sees in (("leadership", True), ("communication", True), ("mentor", False)):
        assert (flag in Page(client(function).get(overview)).text) is sees, function
    client("coordinator").get(f"{ours}/messages")
    visitor.post(f"{lent.path}/messages", {"text": "Bent u er?"})
    assert words in Page(client("coordinator").get("/")).text, "neither reading it nor their next message is an answer"
    clock.advance(minutes=5)
    client("leadership").post(f"{ours}/messages", {"text": "Wij bellen u nu."})
    for function in ("coordinator", "leadership"):
        assert words not in Page(client(function).get("/")).text
        assert flag not in Page(client(function).get(overview)).text


def test_a_message_is_for_the_next_day(lent: Lent, cast: Any, clock: Any) -> None:
    """What comes in the evening is not late at breakfast."""
    lent.visitor().post(f"{lent.path}/messages", {"text": "Tot morgen."})
    tomorrow = local(clock.now()).date() + timedelta(days=1)
    assert [one.moment.at for one in duties_of(cast["coordinator"], tomorrow)] == [tomorrow]


def test_of_a_link_that_ended_only_what_is_to_read_is_left(lent: Lent, client: Any, app: Any, clock: Any) -> None:
    visitor = lent.visitor()
    visitor.post(f"{lent.path}/messages", {"text": "Een bericht."})
    visitor.post(f"{lent.path}/statement/lay", {"text": "Onze eigen tekst."})
    address, wording = f"/incidents/{lent.link.incident.ref}/links", said(app, "Wording of the statement to look at")
    assert wording in client("coordinator").get(address).text
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    ended = client("coordinator").get(address).text
    assert said(app, "%(n)s new message", n=1) in ended
    assert wording not in ended


def test_a_worry_stands_first_and_who_only_reads_is_not_told_to_act(lent: Lent, client: Any, app: Any) -> None:
    visitor = lent.visitor()
    assert send(visitor, lent, "decline", words="Niet van ons.").status_code == 303
    visitor.post(f"{lent.path}/worry", {"text": "Zij is bang.", "danger": "no"})
    address, ours, other = f"/incidents/{lent.link.incident.ref}/links", "Yours to do:", "For the coordinator:"
    own = client("coordinator").get(address).text
    worry, decide = (said(app, words, n=1) for words in ("%(n)s worry to answer", "%(n)s answer to decide on"))
    assert own.index(worry) < own.index(decide)
    assert said(app, ours) in own
    read = client("counselor").get(address).text
    assert said(app, ours) not in read
    assert said(app, other) in read


def test_a_worry_says_at_once_whom_to_call(lent: Lent, app: Any) -> None:
    page = Page(lent.visitor().get(f"{lent.path}/worry"))
    calls = [link for link in page.links if link.startswith("tel:")]
    assert len(calls) == 2, "112, and the coordinator of the school"
    refused = lent.visitor().post(f"{lent.path}/worry", {"text": "Zij is bang."})
    assert refused.status_code == 422
    assert "Zij is bang." in refused.get_data(as_text=True)
    assert not sent()


def test_sent_twice_it_is_there_once(lent: Lent, ours: str, client: Any) -> None:
    for browser, path in ((lent.visitor(), lent.path), (client("coordinator"), ours)):
        form = Page(browser.get(f"{path}/messages")).form("/messages")
        for _time in range(2):
            assert browser.post(f"{path}/messages", form.with_(text="Een keer.")).status_code == 303
    assert len(sent()) == 2


def test_what_ended_takes_no_message(lent: Lent, ours: str, client: Any, clock: Any, cast: Any) -> None:
    visitor = lent.visitor()
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    assert visitor.post(f"{lent.path}/messages", {"text": "Nog iets."}).status_code == 404
    refused = client("coordinator").post(f"{ours}/messages", {"text": "Nog iets."})
    assert refused.status_code == 409
    assert "Nog iets." in refused.get_data(as_text=True)
    SharedLink.update(revoked_at=None).where(SharedLink.id == lent.link.id).execute()
    end_as_false_alarm(lent.link.incident, "Niet zo.", actor=cast["coordinator"], now=clock.now())
    assert client("coordinator").post(f"{ours}/messages", {"text": "Nog iets."}).status_code == 409
    assert not sent()


def test_a_message_of_another_link_is_not_there(lent: Lent, other: Lent, ours: str, client: Any) -> None:
    lent.visitor().post(f"{lent.path}/messages", {"text": "Voor ons."})
    assert "Voor ons." not in other.visitor().get(f"{other.path}/messages").get_data(as_text=True)
    there = ours.replace(f"/{lent.link.id}", f"/{other.link.id}")
    assert "Voor ons." not in client("coordinator").get(f"{there}/messages").get_data(as_text=True)


def test_what_is_typed_is_kept(lent: Lent, ours: str, client: Any) -> None:
    visitor = lent.visitor()
    assert visitor.post(f"{lent.path}/drafts", {"place": "/messages#text", "text": "Half"}).status_code < 300
    assert "Half" in lent.visitor().get(f"{lent.path}/messages").get_data(as_text=True)
    browser = client("coordinator")
    browser.post("/drafts", {"place": f"{ours}/messages#text", "text": "Ook half"})
    assert "Ook half" in browser.get(f"{ours}/messages").get_data(as_text=True)


def test_nobody_is_named_beside_it(lent: Lent, client: Any) -> None:
    """Who sees no names is told how much waits, and nothing of it."""
    assert Involved.select().exists()
    lent.visitor().post(f"{lent.path}/messages", {"text": "Het gaat om Pietje."})
    assert "Pietje" not in client("communication").get("/").get_data(as_text=True)
