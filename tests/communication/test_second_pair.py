"""Ways around the second pair of eyes (product rule 7), by who has two functions on the team or is in a hurry."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.documents.models import Document
from portal.communication.letters import operations
from portal.communication.letters.models import Informed
from portal.errors import ChangedMeanwhile, Refused
from portal.incidents.models import Entry, Incident, Involved, Membership
from tests.communication import letters as told
from tests.communication.conftest import at, meant, now_of, typed
from tests.communication.letters import approved, ask, letter, statement
from tests.conftest import Browser
from tests.reading import Page, said

By = Callable[[str], Browser]


@pytest.fixture
def both(case: Incident, cast: Any) -> Any:
    """Somebody who does communication and is of school leadership on this team."""
    Membership.create(incident=case, person=cast["communication"], function="leadership", joined_at=case.reported_at)
    return cast["communication"]


def test_what_was_sent_back_after_its_approval_goes_out_no_more(case: Incident, by: By, cast: Any, clock: Any) -> None:
    statement(case, cast, clock.now())
    made = approved(case, cast, clock.now())
    page = f"/incidents/{case.ref}/letters/{made.id}"
    data = {"number": 1, "version": made.version, "go": "back", "remark": "Toch niet zo."}
    assert by("leadership").post(f"{page}/decide", data).status_code == 303
    assert by("communication").get(f"{page}/pdf/nl").status_code == 404
    sent = {"channel": "mail", "at": "2026-11-23T09:30", "version": 1}
    assert by("communication").post(f"{page}/informed", sent).status_code == 409
    assert Informed.select().count() == 0


def test_of_what_was_sent_back_the_version_approved_before_counts_again(case: Incident, cast: Any, clock: Any) -> None:
    statement(case, cast, clock.now())
    made = approved(case, cast, clock.now())
    ask(made, cast, clock.now(), more="Nieuw.")
    for act in ("approve", "send-back"):
        how = told.by(case, cast["leadership"], clock.now())
        operations.decide(made, act, remark="Nee.", number=2, version=made.version, **how)
    assert Document.get_by_id(made.id).approved == 1


def test_an_approval_that_was_taken_back_makes_nobody_less_an_author(
    asked: Incident, by: By, both: Any, clock: Any, cast: Any
) -> None:
    by("leadership").post(at(asked, "/approve"), meant(asked, go="approve"))
    by("leadership").post(at(asked, "/send-back"), meant(asked, words="Toch niet."))
    again = typed(version=now_of(asked).version, nl_why="One comma, else.", go="ask")
    assert by("coordinator").post(at(asked, "/write"), again).status_code == 303
    assert both.id in queries.authors_of(now_of(asked), 2)
    assert by("communication").post(at(asked, "/approve"), meant(asked, go="publish")).status_code == 409
    assert now_of(asked).online is None


def test_who_wrote_the_statement_cannot_approve_it_as_a_letter(
    case: Incident, both: Any, cast: Any, clock: Any
) -> None:
    statement(case, cast, clock.now(), until="write")
    coordinator = told.by(case, cast["coordinator"], clock.now())
    begun = {"actor": cast["coordinator"], "now": clock.now()}
    (made,) = operations.begin(case, [("staff", "")], **begun)
    newest = queries.newest(made)
    assert newest
    operations.write(made, newest.texts, version=made.version, ask=True, **coordinator)
    how: dict[str, Any] = {"number": 1, "version": made.version, "remark": ""}
    with pytest.raises(Refused):
        operations.decide(made, "approve", **how, **told.by(case, both, clock.now()))
    operations.decide(made, "approve", **how, **told.by(case, cast["leadership"], clock.now()))


def test_what_was_read_before_somebody_else_decided_decides_nothing(asked: Incident, cast: Any, clock: Any) -> None:
    """A request that began before a decision and names the row as it is after that."""
    leadership = told.by(asked, cast["leadership"], clock.now())
    documents.act(now_of(asked), "approve", number=1, version=now_of(asked).version, **leadership)
    old, fresh = now_of(asked), now_of(asked)
    documents.act(fresh, "send-back", number=1, version=fresh.version, remark="Nee.", **leadership)
    with pytest.raises(ChangedMeanwhile):
        documents.act(old, "publish", number=1, version=fresh.version, **leadership)
    assert now_of(asked).online is None


@pytest.mark.parametrize("field", ["remark", "whom", "words"])
def test_what_is_written_beside_a_letter_names_nobody(
    case: Incident, by: By, cast: Any, clock: Any, field: str
) -> None:
    """Product rule 6: communication reads it, who sees no names."""
    victim = told.victim_of(case)
    statement(case, cast, clock.now())
    made = letter(case, cast, clock.now()) if field == "remark" else approved(case, cast, clock.now())
    page = f"/incidents/{case.ref}/letters/{made.id}"
    said = {field: f"Ook aan de moeder van {victim.name}."}
    if field == "remark":
        ask(made, cast, clock.now())
        answer = by("leadership").post(f"{page}/decide", {"number": 1, "version": made.version, "go": "back", **said})
    else:
        sent = {"channel": "mail", "at": "2026-11-23T09:30", "version": 1}
        answer = by("coordinator").post(f"{page}/informed", sent | said)
    assert answer.status_code == 422
    assert not Entry.select().where(Entry.text.contains(victim.name)).exists()


def test_to_whom_may_be_the_class_that_the_letter_is_for(case: Incident, cast: Any, clock: Any, by: By) -> None:
    Incident.update(classes=["3B", "4A"]).where(Incident.id == case.id).execute()
    here = Incident.get_by_id(case.id)
    statement(here, cast, clock.now())
    made = approved(here, cast, clock.now(), "class-parents", "4A")
    page = f"/incidents/{case.ref}/letters/{made.id}/informed"
    sent = {"channel": "mail", "at": "2026-11-23T09:30", "version": 1}
    assert by("coordinator").post(page, {**sent, "whom": "Alle ouders van 3B"}).status_code == 422
    assert by("coordinator").post(page, {**sent, "whom": "Alle ouders van 4A"}).status_code != 422


def test_a_reason_of_somebody_else_is_shown_to_who_sees_names(case: Incident, by: By, cast: Any, clock: Any) -> None:
    """The reason why a word may stay can say whose name it is."""
    statement(case, cast, clock.now())
    made = letter(case, cast, clock.now())
    newest = queries.newest(made)
    assert newest
    texts = {**newest.texts, "nl": {**newest.texts["nl"], "more": "Dit gebeurt nooit meer."}}
    sure = "want Noor blijft thuis"
    with pytest.raises(Refused) as leaks:
        operations.write(made, texts, version=made.version, ask=True, **told.by(case, cast["coordinator"], clock.now()))
    reasons = {one.finding.key: sure for one in leaks.value.found}  # type: ignore[attr-defined]
    made = Document.get_by_id(made.id)
    how = told.by(case, cast["coordinator"], clock.now())
    operations.write(made, texts, version=made.version, ask=True, reasons=reasons, **how)
    page = f"/incidents/{case.ref}/letters/{made.id}"
    assert sure in by("leadership").get(page).text
    assert sure not in by("communication").get(page).text


def test_a_letter_with_words_of_its_own_is_not_ticked_before_it_was_read(
    app: Flask, case: Incident, by: By, cast: Any, clock: Any
) -> None:
    """The middle is the statement; what somebody wrote around it nobody else has seen."""
    statement(case, cast, clock.now(), until="ask")
    plain, own = (letter(case, cast, clock.now(), kind) for kind in ("staff", "pupils"))
    ask(plain, cast, clock.now())
    ask(own, cast, clock.now(), opening="Het gaat om het meisje dat altijd vooraan zit.")
    page = Page(by("leadership").get(at(case)))
    form = next(one for one in page.forms if one.action.endswith("/approve"))
    assert form.data["letters"] == [str(plain.id)]
    assert said(app, "read it first: it has words of its own") in by("leadership").get(at(case)).text


def test_who_cannot_withdraw_does_not_put_back_what_was_withdrawn(online: Incident, by: By) -> None:
    by("leadership").post(at(online, "/withdraw"), meant(online, words="It was not so."))
    assert "/statement/publish" not in by("communication").get(at(online)).text
    assert by("communication").post(at(online, "/publish"), meant(online, number=1)).status_code == 403
    assert now_of(online).online is None
    assert "/statement/publish" in by("leadership").get(at(online)).text


def test_what_is_online_and_names_somebody_added_since_is_pointed_out(app: Flask, case: Incident, by: By) -> None:
    """Product rule 6."""
    by("communication").post(at(case, "/write"), typed(nl_contact="Ask Xanthippe Quast.", go="ask"))
    by("leadership").post(at(case, "/approve"), meant(case, go="publish"))
    warning = said(app, "What is online could lead to a person involved who was added since.")
    assert warning not in by("leadership").get(at(case)).text
    Involved.create(incident=case, part="bystander", number=9, name="Xanthippe Quast", school="own")
    assert warning in by("leadership").get(at(case)).text
    assert warning in by("communication").get(at(case)).text
    assert warning not in by("care").get(at(case)).text
