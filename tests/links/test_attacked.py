"""What was tried by who may read or write less than this: each of these went through once."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import Incident, Involved
from portal.links.models import Ask, LinkMessage, LinkVisit, SharedLink, ShareVersion, Wording
from portal.links.queries import told_in
from portal.links.rules import MOST_ACTS
from portal.links.talking.messages import rules as messages
from portal.links.talking.wording import rules as wording
from tests.links.conftest import Lent
from tests.links.talking.test_colleagues import MENTOR
from tests.links.test_making import at, fill, filled, newest, sends
from tests.reading import Page


def own(case: Incident, lent: Lent) -> str:
    return at(case, lent.link.id)


def test_what_is_asked_later_names_nobody_for_the_whole_team_reads_the_plan(
    lent: Lent, case: Incident, client: Any
) -> None:
    """Also who is shared: the plan is read by mentors and by the communication officer, who read no names."""
    for words in ({"title": "Praat met Daan Anders"}, {"title": "Praat met hem", "how": "Daan Anders dus."}):
        sent = client("coordinator").post(f"{own(case, lent)}/ask/more", {"key": "own", **words})
        assert sent.status_code == 409
    assert Action.select().where(Action.title.startswith("Praat met")).count() == 1, "only the one of before"


def test_another_school_reads_no_word_of_the_school_before_it(
    lent: Lent, case: Incident, client: Any, clock: Any
) -> None:
    """A new link can go to another school than the one in whose place it comes."""
    visitor = lent.visitor()
    visitor.post(f"{lent.path}/asks/new", {"title": "Wij praten met Vera Vreemd"})
    version = Ask.get_by_id(lent.ask.id).read_version
    said = {"words": "Dit kan niet: Vera Vreemd is ziek.", "version": str(version)}
    assert visitor.post(f"{lent.path}/asks/{lent.ask.id}/decline", said).status_code == 303
    browser = client("coordinator")
    other = {"school": "De Linde", "name": "Q. Ander", "email": "q@linde.example", "phone": "010-5550203"}
    assert fill(browser, f"{at(case, 'new')}?like={lent.link.id}", **other, function="").status_code == 303
    made = newest()
    shown = browser.get(at(case, f"{made.id}/preview")).text
    assert "Praat met de leerling" in shown, "the page as it will be"
    assert "Vera Vreemd" not in shown
    assert sends(browser, case, made).status_code == 303
    read = Lent(lent.app, SharedLink.get_by_id(made.id), lent.ask)
    page = read.visitor().get(read.path).text
    assert "Praat met de leerling" in page, "what was asked is asked anew"
    assert "Vera Vreemd" not in page + read.visitor().get(f"{read.path}/asks/{lent.ask.id}").text
    fresh = Ask.get_by_id(lent.ask.id)
    assert (fresh.answer, fresh.words, fresh.answered_by) == ("", "", None)


@pytest.mark.parametrize("go", ["refuse", "end"])
def test_why_a_colleague_gets_no_link_names_nobody(lent: Lent, case: Incident, client: Any, go: str) -> None:
    """Product rule 6: the other school reads these words."""
    lent.visitor().post(f"{lent.path}/colleagues", MENTOR)
    row, browser = newest(), client("coordinator")
    page = f"{own(case, lent)}/colleagues/{row.id}"
    if go == "end":
        browser.post(page, {"go": "approve", "version": str(row.version)})
    version = str(SharedLink.get_by_id(row.id).version)
    sent = browser.post(page, {"go": go, "version": version, "words": "Zij is de moeder van Noor Voorbeeld."})
    assert sent.status_code == 409
    assert "moeder van Noor Voorbeeld" in sent.text, "nothing typed is lost"
    assert SharedLink.get_by_id(row.id).revoked_at is None


def test_words_about_colleagues_are_for_who_reads_names(lent: Lent, case: Incident, client: Any) -> None:
    odd = {"name": "Mentor van Vera", "function": "Mentor van Vera Vreemd", "email": "vera@lyceum.example"}
    lent.visitor().post(f"{lent.path}/colleagues", MENTOR | odd)
    row = newest()
    pages = (at(case), own(case, lent), f"{own(case, lent)}/colleagues")
    shown = [client("communication").get(page).text for page in pages]
    assert not [text for text in shown if "vera" in text.lower()]
    assert "Mentor van Vera Vreemd" in client("counselor").get(pages[-1]).text
    SharedLink.update(revoked_at=row.made_at, revoked_words="Familie van Vera.").where(
        SharedLink.id == row.id
    ).execute()
    shown = [client("communication").get(page).text for page in pages]
    assert not [text for text in shown if "vera" in text.lower()]
    assert "Familie van Vera." in client("counselor").get(pages[-1]).text


def _reads() -> int:
    return int(AuditEvent.select().where(AuditEvent.action == "links:page:read").count())


@pytest.mark.parametrize(
    ("method", "part", "sent"),
    [
        ("get", "/messages", {}),
        ("post", "/messages", {"text": ""}),
        ("get", "/statement", {}),
        ("post", "/statement/lay", {"text": ""}),
    ],
)
def test_nothing_is_read_past_the_trail(lent: Lent, clock: Any, method: str, part: str, sent: dict[str, str]) -> None:
    """Product rule 11: neither by who says that the page asks by itself, nor with a form that is refused."""
    LinkMessage.create(link=lent.link, text="Wie belt?", by_person=lent.link.sent_by, at=clock.now())
    browser = lent.visitor()
    how = {"headers": {"By-Itself": "1"}}
    page = (
        browser.get(f"{lent.path}{part}", **how) if method == "get" else browser.post(f"{lent.path}{part}", sent, **how)
    )
    assert page.status_code in (200, 422)
    assert _reads() == 1
    assert (LinkMessage.get().read_at is not None) == ("Wie belt?" in page.text)


def test_who_has_the_code_cannot_fill_the_disk(lent: Lent, clock: Any) -> None:
    """Messages, prints and sessions alike; what was refused is not lost, and a worry always comes through."""
    browser = lent.visitor()
    sent = [browser.post(f"{lent.path}/messages", {"text": f"Bericht {n}."}).status_code for n in range(MOST_ACTS)]
    assert set(sent) == {303, 429}
    before = AuditEvent.select().count()
    late = browser.post(f"{lent.path}/messages", {"text": "Nog een."})
    assert late.status_code == 429
    assert "Nog een." in late.text
    assert browser.get(f"{lent.path}/print").status_code == 429
    assert browser.post(f"{lent.path}/join", {"answer": "yes"}).status_code == 429
    assert lent.door().post(f"{lent.path}/code", {"code": lent.code}).status_code == 429
    assert browser.get(lent.path).status_code == 200
    assert AuditEvent.select().count() - before <= 1
    assert browser.post(f"{lent.path}/worry", {"danger": "yes", "text": "Hij staat hier."}).status_code == 303
    clock.advance(minutes=61)
    assert lent.visitor().post(f"{lent.path}/messages", {"text": "Weer."}).status_code == 303


@pytest.mark.parametrize("called", ["Noor Voorbeeld", "Noor"])
@pytest.mark.parametrize("place", ["name", "school"])
def test_what_the_other_school_is_called_hides_no_pupil(
    lent: Lent, case: Incident, client: Any, called: str, place: str
) -> None:
    """Who has the link may be named in it, unless that is what a pupil is called who is not shared."""
    SharedLink.update({place: called}).where(SharedLink.id == lent.link.id).execute()
    sent = client("coordinator").post(f"{own(case, lent)}/messages", {"text": f"{called} is vandaag thuis."})
    assert sent.status_code == 409


def test_a_statement_that_is_shared_no_more_is_neither_read_nor_answered(lent: Lent, clock: Any) -> None:
    texts = {"nl": {"going": "Dit zeggen wij."}}
    row = Wording.create(link=lent.link, whose="ours", number=1, texts=texts, at=clock.now())
    browser = lent.visitor()
    assert "Dit zeggen wij." in browser.get(f"{lent.path}/statement").text
    content = ShareVersion.get().content | {"statement": False}
    ShareVersion.create(link=lent.link, number=2, content=content, made_by=lent.link.made_by, made_at=clock.now())
    SharedLink.update(number=2).execute()
    assert "Dit zeggen wij." not in browser.get(f"{lent.path}/statement").text
    assert "/statement" not in browser.get(lent.path).text.split("<main")[1]
    answer = browser.post(f"{lent.path}/statement/answer", {"go": "agreed", "version": str(row.version)})
    assert answer.status_code == 404
    assert Wording.get().answer == ""


def test_a_number_that_no_database_holds_is_nowhere(lent: Lent, case: Incident, client: Any) -> None:
    big, browser = 10**30, lent.visitor()
    assert browser.get(f"{lent.path}/asks/{big}").status_code == 404
    assert browser.post(f"{lent.path}/colleagues/{big}/end", {}).status_code == 404
    assert browser.post(f"{lent.path}/asks/{lent.ask.id}/done", {"version": str(big)}).status_code == 409
    assert client("coordinator").get(at(case, big)).status_code == 404


def test_what_was_looked_at_is_what_is_sent(case: Incident, client: Any) -> None:
    """Of a draft, what is ticked of people is as they are now: somebody may correct the list meanwhile."""
    browser = client("coordinator")
    link = filled(browser, case, summary="Er gaat iets rond.")
    page = Page(browser.get(at(case, f"{link.id}/preview")))
    form = next(one for one in page.forms if one.action.endswith("/send"))
    Involved.update(name="Tim Wit").where(Involved.part == "suspect").execute()
    refused = browser.post(form.action, form.with_())
    assert refused.status_code == 409
    assert "Tim Wit" in refused.text, "what it would be now"
    assert newest().sent_at is None
    assert sends(browser, case, link).status_code == 303


@pytest.mark.parametrize(("field", "text"), [("function", "Mentor van Daan Anders"), ("name", "Noor Voorbeeld")])
def test_with_whom_a_link_is_names_no_pupil(case: Incident, client: Any, field: str, text: str) -> None:
    """The plan, the logbook and the list of links say it to the whole team."""
    browser = client("coordinator")
    link = filled(browser, case)
    form = next(one for one in Page(browser.get(at(case, f"{link.id}/preview"))).forms if one.action.endswith("/send"))
    SharedLink.update({field: text}).where(SharedLink.id == link.id).execute()
    assert browser.post(form.action, form.with_()).status_code == 409
    shown = Page(browser.get(at(case, f"{link.id}/preview")))
    assert not [one for one in shown.forms if one.action.endswith("/send")]
    assert newest().sent_at is None


def test_a_session_is_over_for_good(lent: Lent, clock: Any) -> None:
    """However much it is used, and whatever the page says by itself."""
    browser = lent.visitor()
    for _hour in range(25):
        clock.advance(minutes=29)
        browser.get(lent.path)
    assert browser.get(f"{lent.path}/messages").status_code == 303
    assert LinkVisit.select().count() == 1
    assert clock.now() > LinkVisit.get().began_at + timedelta(hours=12)


def test_two_who_turn_out_to_be_one_keep_what_was_shared_of_both(lent: Lent) -> None:
    kept = Involved.create(incident=lent.link.incident, part="suspect", number=2, name="Daan Anders", class_name="4HV1")
    first = Involved.get(Involved.number == 1, Involved.part == "suspect")
    Involved.update(merged_into=kept).where(Involved.id == first.id).execute()
    people = [{"id": first.id, "fields": {"name": "Daan Anders"}}, {"id": kept.id, "fields": {"class_name": "4HV1"}}]
    told = told_in({"people": people})
    assert {one: sorted(fields) for one, fields in told.items()} == {kept.id: ["class_name", "name"]}


def test_what_they_wrote_is_read_by_whom_the_trail_names(lent: Lent, case: Incident, client: Any, cast: Any) -> None:
    """Product rule 11: their words may hold names."""
    lent.visitor().post(f"{lent.path}/messages", {"text": "Wij bellen."})
    for function, reads in (("communication", 0), ("counselor", 1)):
        for part in ("messages", "feedback"):
            client(function).get(f"{own(case, lent)}/{part}")
        here = (AuditEvent.action == "incident:log:read") & (AuditEvent.actor_id == cast[function].id)
        assert AuditEvent.select().where(here).count() == reads, function


def test_what_they_say_of_a_statement_is_shown_to_who_reads_no_names_without_names(
    lent: Lent, case: Incident, client: Any, clock: Any
) -> None:
    said = {"answer": "proposed", "proposed": {"nl": {"going": "Noor is thuis."}}, "words": "Om Noor Voorbeeld."}
    texts = {"nl": {"going": "Er gaat iets rond.", "do": "Wij helpen anders."}}
    how = {"link": lent.link, "at": clock.now(), "answered_at": clock.now()}
    Wording.create(whose="ours", number=1, texts=texts, **said, **how)
    Wording.create(whose="theirs", number=1, texts={"nl": {"text": "Noor Voorbeeld is geholpen."}}, **how)
    page = f"{own(case, lent)}/statement"
    shown = client("communication").get(page).text
    assert "Noor" not in shown
    assert "Wij helpen anders." in shown
    assert client("counselor").get(page).text.count("Noor") >= 3


def test_neither_messages_nor_statements_make_a_page_without_end(
    lent: Lent, case: Incident, client: Any, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(messages, "MOST_SHOWN", 3)
    monkeypatch.setattr(wording, "MOST_LAID", 2)
    visitor = lent.visitor()
    for number in range(5):
        visitor.post(f"{lent.path}/messages", {"text": f"Bericht {number}."})
    pages = [visitor.get(f"{lent.path}/messages").text, client("coordinator").get(f"{own(case, lent)}/messages").text]
    assert [page.count("Bericht ") for page in pages] == [3, 3]
    assert visitor.get(f"{lent.path}/download").text.count("Bericht ") == 5
    laid = [visitor.post(f"{lent.path}/statement/lay", {"text": f"Tekst {n}."}).status_code for n in range(3)]
    assert laid == [303, 303, 409]
