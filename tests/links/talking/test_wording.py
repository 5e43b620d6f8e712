"""Our statement laid before the other school, theirs before us, and what was agreed."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.incidents.models import Entry
from portal.links.models import ShareVersion, Wording
from portal.links.talking.wording.operations import offer_valid
from tests.communication.test_valid import act
from tests.links.conftest import Lent
from tests.links.talking.conftest import STATEMENT, mailed
from tests.reading import Page, said

THEIRS = {"text": "Een leerling van ons wordt gehoord."}


def step(lent: Lent) -> Action:
    found: Action = Action.get(Action.incident == lent.link.incident, Action.step == "align-partner-school")
    return found


def offered(ours: str, client: Any, number: str = "1") -> Wording:
    assert client("coordinator").post(f"{ours}/statement/offer", {"number": number}).status_code == 303
    row: Wording = Wording.select().order_by(Wording.id.desc()).get()
    return row


@pytest.mark.usefixtures("online")
def test_they_read_it_as_it_was_and_agree(lent: Lent, ours: str, client: Any, cast: Any, clock: Any, app: Any) -> None:
    assert STATEMENT["nl"]["going"] not in lent.visitor().get(f"{lent.path}/statement").text
    row = offered(ours, client)
    assert (row.number, row.texts, row.whose) == (1, STATEMENT, "ours")
    assert mailed("shared-news") == [lent.link.email]
    document = queries.of(lent.link.incident)
    later = {"nl": {"going": "Anders."}}
    documents.save(document, later, version=document.version, actor=cast["communication"], now=clock.now())
    visitor = lent.visitor()
    page = Page(visitor.get(f"{lent.path}/statement"))
    assert STATEMENT["nl"]["going"] in page.text
    assert "Anders." not in page.text
    form = page.form("/statement/answer")
    assert visitor.post(f"{lent.path}/statement/answer", form.with_(go="agreed")).status_code == 303
    row = Wording.get_by_id(row.id)
    assert (row.answer, row.answered_by_link, row.answered_at) == ("agreed", lent.link, clock.now())
    assert row.proposed == {}
    shown = Page(client("communication").get(f"{ours}/statement"))
    assert lent.link.name in shown.text, "communication works with what was said of the statement"
    assert said(app, "agreed") in shown.text


@pytest.mark.usefixtures("online")
def test_they_propose_other_words_part_by_part(lent: Lent, ours: str, client: Any, app: Any) -> None:
    row, visitor = offered(ours, client), lent.visitor()
    form = Page(visitor.get(f"{lent.path}/statement")).form("/statement/answer")
    assert set(form.names) >= {"nl-going", "nl-do"}
    assert "en-going" not in form.names, "only what it says"
    sent = form.with_(**{"go": "proposed", "nl-do": "Wij helpen iedereen.", "words": "Vriendelijker."})
    assert visitor.post(f"{lent.path}/statement/answer", sent).status_code == 303
    row = Wording.get_by_id(row.id)
    assert (row.answer, row.proposed, row.words) == (
        "proposed",
        {"nl": {"do": "Wij helpen iedereen."}},
        "Vriendelijker.",
    )
    for page in (client("coordinator").get(f"{ours}/statement"), visitor.get(f"{lent.path}/statement")):
        assert "<ins>iedereen</ins>" in page.get_data(as_text=True)
    assert said(app, "Answer the other school on the statement") in Page(client("leadership").get("/")).text
    text = Entry.select().where(Entry.incident == lent.link.incident).order_by(Entry.id.desc()).get().text
    assert text == "Vriendelijker.\n\nWij helpen iedereen."


@pytest.mark.usefixtures("online")
def test_an_answer_is_not_rewritten(lent: Lent, ours: str, client: Any) -> None:
    """Product rule 10; agreeing after all leaves what was proposed as it was said."""
    offered(ours, client)
    visitor = lent.visitor()
    form = Page(visitor.get(f"{lent.path}/statement")).form("/statement/answer")
    empty = visitor.post(f"{lent.path}/statement/answer", form.with_(go="proposed"))
    assert empty.status_code == 422
    visitor.post(f"{lent.path}/statement/answer", form.with_(go="proposed", words="Korter."))
    stale = visitor.post(f"{lent.path}/statement/answer", form.with_(go="proposed", words="Langer."))
    assert stale.status_code == 409
    assert "Langer." in stale.get_data(as_text=True)
    again = Page(visitor.get(f"{lent.path}/statement")).form("/statement/answer")
    assert visitor.post(f"{lent.path}/statement/answer", again.with_(go="agreed")).status_code == 303
    row = Wording.get()
    assert (row.answer, row.words) == ("agreed", "Korter.")
    last = visitor.post(f"{lent.path}/statement/answer", again.with_(go="proposed", words="Toch.", version="3"))
    assert last.status_code == 409
    assert Wording.get().answer == "agreed"


@pytest.mark.usefixtures("online")
def test_it_is_ticked_off_when_agreed(lent: Lent, ours: str, client: Any) -> None:
    offered(ours, client)
    coordinator = client("coordinator")
    assert coordinator.post(f"{ours}/statement/tick").status_code == 409, "nothing was agreed yet"
    visitor = lent.visitor()
    form = Page(visitor.get(f"{lent.path}/statement")).form("/statement/answer")
    visitor.post(f"{lent.path}/statement/answer", form.with_(go="agreed"))
    sent = Page(coordinator.get(f"{ours}/statement")).form("/statement/tick")
    assert coordinator.post(f"{ours}/statement/tick", sent.data).status_code == 303
    assert step(lent).state == "done"
    assert lent.link.school in step(lent).outcome


def test_theirs_is_answered_by_us(lent: Lent, ours: str, client: Any, cast: Any) -> None:
    visitor = lent.visitor()
    assert visitor.post(f"{lent.path}/statement/lay", THEIRS).status_code == 303
    assert visitor.post(f"{lent.path}/statement/lay", THEIRS).status_code == 409, "the same text again"
    assert visitor.post(f"{lent.path}/statement/lay", {"text": ""}).status_code == 422
    coordinator = client("coordinator")
    form = Page(coordinator.get(f"{ours}/statement")).form("/statement/answer")
    assert form.first("text") == THEIRS["text"]
    named = form.with_(go="proposed", text="Noor Voorbeeld wordt geholpen.")
    assert coordinator.post(f"{ours}/statement/answer", named).status_code == 409, "names nobody who is not shared"
    sent = form.with_(go="proposed", text="Wij zorgen voor rust.", words="Geen verdachte noemen.")
    forged = {name: value for name, value in sent.items() if name != "csrf_token"}
    assert client("communication").post(f"{ours}/statement/answer", forged).status_code == 403
    assert coordinator.post(f"{ours}/statement/answer", sent).status_code == 303
    row = Wording.get()
    assert (row.whose, row.answer, row.answered_by_person) == ("theirs", "proposed", cast["coordinator"])
    assert lent.link.email in mailed("shared-news")
    shown = visitor.get(f"{lent.path}/statement").get_data(as_text=True)
    assert "Geen verdachte noemen." in shown
    assert "<ins>" in shown
    visitor.post(f"{lent.path}/statement/lay", {"text": "Wij zorgen voor rust."})
    assert [(one.number, one.answer) for one in Wording.select().order_by(Wording.id)] == [(1, "proposed"), (2, "")]


def test_what_waits_for_approval_only_by_choice(lent: Lent, ours: str, client: Any, cast: Any, clock: Any) -> None:
    case, by = lent.link.incident, {"actor": cast["communication"], "now": clock.now()}
    document = documents.begin(case, "statement", **by)
    documents.save(document, STATEMENT, version=document.version, **by)
    coordinator = client("coordinator")
    assert coordinator.post(f"{ours}/statement/offer", {"number": "1"}).status_code == 422, "a draft"
    act("ask", case, cast["communication"], 1, clock.now())
    given = {"standing": None, "actor": cast["coordinator"], "now": clock.now()}
    assert offer_valid(lent.link, **given) is None
    assert offered(ours, client).number == 1


@pytest.mark.usefixtures("online")
def test_a_version_is_laid_once_and_only_when_it_is_shared(lent: Lent, ours: str, client: Any) -> None:
    offered(ours, client)
    again = client("coordinator").post(f"{ours}/statement/offer", {"number": "1"})
    assert again.status_code in (409, 422)
    version = ShareVersion.get(ShareVersion.link == lent.link)
    ShareVersion.update(content={**version.content, "statement": False}).where(ShareVersion.id == version.id).execute()
    Wording.delete().execute()
    refused = client("coordinator").post(f"{ours}/statement/offer", {"number": "1"})
    assert refused.status_code in (409, 422)
    assert not Wording.select().exists()


def test_a_statement_that_names_somebody_is_not_laid(lent: Lent, ours: str, client: Any, cast: Any, clock: Any) -> None:
    """Also whom the link shares: what the statement says names nobody at all (product rule 6)."""
    case, by = lent.link.incident, {"actor": cast["communication"], "now": clock.now()}
    document = documents.begin(case, "statement", **by)
    documents.save(document, {"nl": {"going": "Daan Anders deed het."}}, version=document.version, **by)
    document.__class__.update(state="waiting").where(document.__class__.id == document.id).execute()
    assert client("coordinator").post(f"{ours}/statement/offer", {"number": "1"}).status_code == 409
    assert not Wording.select().exists()


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    ("function", "read", "change"),
    [("leadership", 200, 303), ("counselor", 200, 403), ("communication", 200, 403), ("mentor", 404, 404)],
)
def test_who_reads_and_who_offers(lent: Lent, ours: str, client: Any, function: str, read: int, change: int) -> None:
    browser = client(function)
    assert browser.get(f"{ours}/statement").status_code == read
    assert browser.post(f"{ours}/statement/offer", {"number": "1"}).status_code == change


def test_a_page_without_anything_says_what_it_is_for(lent: Lent, ours: str, client: Any, app: Any) -> None:
    page = Page(client("coordinator").get(f"{ours}/statement"))
    assert f"/incidents/{lent.link.incident.ref}/statement" in page.links
    theirs = Page(lent.visitor().get(f"{lent.path}/statement")).text
    assert said(app, "The statement is not ready yet. You get a mail when it is.") in theirs
