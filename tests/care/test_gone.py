"""Who wrote notes is gone: administrator and leadership let another counselor go on, and learn nothing by it."""

from typing import Any

import pytest

from portal.accounts.confirmations import operations as confirmations
from portal.accounts.confirmations.rules import WORDS
from portal.accounts.models import Confirmation, Person
from portal.audit.models import AuditEvent
from portal.care.notes.models import Note
from portal.errors import ChangedMeanwhile, Refused
from portal.incidents.models import Membership
from portal.incidents.team.operations import keep_out, remove_member
from portal.notices.models import Mail
from portal.notices.operations import compose
from tests.care.conftest import Two
from tests.care.test_notes import WORDS as NOTED
from tests.care.test_notes import give, write
from tests.reading import Page, said


@pytest.fixture
def decided(two: Two, client: Any, cast: Any, clock: Any) -> Any:
    """The administrator asks on the page of the account, and leadership decides."""

    def decide(*, person: Person | None = None, receiver: Person | None = None, yes: bool = True) -> Confirmation:
        path = f"/accounts/{(person or two.first).id}/notes"
        answer = client("administrator").post(path, {"receiver": str((receiver or two.second).id)})
        assert answer.location == path.removesuffix("/notes")
        asked: Confirmation = Confirmation.select().order_by(Confirmation.id.desc()).get()
        confirmations.decide(asked, yes=yes, actor=cast["leadership"], now=clock.now())
        return asked

    return decide


def leave(two: Two, how: str, cast: Any, now: Any) -> None:
    if how == "left":
        Person.update(left_at=now).where(Person.id == two.first.id).execute()
    elif how == "off the team":
        remove_member(two.case, two.first, actor=cast["coordinator"], now=now)
    elif how == "kept out":
        keep_out(two.case, two.first, actor=cast["coordinator"], now=now)
    elif how == "another function":
        Membership.update(function="care").where(Membership.person == two.first).execute()
    elif how == "administrator":
        Person.update(functions=["administrator"]).where(Person.id == two.first.id).execute()


@pytest.mark.parametrize("how", ["left", "off the team", "kept out", "another function", "administrator"])
def test_notes_of_who_is_gone_go_to_the_other_counselor(
    two: Two, cast: Any, clock: Any, decided: Any, app: Any, how: str
) -> None:
    note = write(two, two.first)
    leave(two, how, cast, clock.now())
    before = AuditEvent.select().count()
    asked = decided()
    assert Note.get_by_id(note.id).holder_id == two.second.id
    assert NOTED in two.browser(two.second).get(two.at).text
    told = {mail.kind: mail for mail in Mail.select().where(Mail.about == f"confirmation:{asked.id}")}
    there = {"confirm", "notes-given", "notes-taken"} if how != "left" else {"confirm", "notes-given"}
    assert set(told) == there
    with app.app_context():
        texts = [
            str(compose(mail, "Somebody", "http://localhost:8000", "rustpunt@localhost")) for mail in told.values()
        ]
    secrets = (two.case.ref, two.case.code_name, two.first.name, two.second.name)
    assert not [word for word in secrets for text in texts if word in text]
    # The trail has it, without the incident or a word.
    events = list(AuditEvent.select().order_by(AuditEvent.id))[before:]
    said_of_it = [(one.action, one.subject, one.detail) for one in events if one.action.startswith("care:note:hand")]
    detail = {"to": two.second.id, "confirmation": asked.id}
    assert said_of_it == [("care:note:hand-over", f"note:{note.id}", detail)]


def test_where_the_author_still_is_nothing_goes_over(
    two: Two, cast: Any, clock: Any, decided: Any, incident: Any
) -> None:
    here, other = write(two, two.first), incident()
    there = Two(other, two.first, two.second, two.browser)
    remove_member(other, two.second, actor=cast["coordinator"], now=clock.now())
    away = write(there, two.first, "In the other incident.")
    remove_member(two.case, two.first, actor=cast["coordinator"], now=clock.now())
    decided()
    assert (Note.get_by_id(here.id).holder_id, Note.get_by_id(away.id).holder_id) == (two.second.id, two.first.id)
    # Who receives it reads only where on the team.
    assert two.browser(two.second).get(there.at).status_code == 404


def test_a_receiver_who_is_kept_out_gets_nothing_of_it(two: Two, cast: Any, clock: Any, decided: Any) -> None:
    note = write(two, two.first)
    for person in (two.first, two.second):
        keep_out(two.case, person, actor=cast["coordinator"], now=clock.now())
    asked = decided()
    assert Note.get_by_id(note.id).holder_id == two.first.id
    # And nobody can tell by the mails.
    kinds = {mail.kind for mail in Mail.select().where(Mail.about == f"confirmation:{asked.id}")}
    assert kinds == {"confirm", "notes-given", "notes-taken"}


def test_what_was_handed_over_stays_with_its_author_while_there(
    two: Two, cast: Any, clock: Any, decided: Any, client: Any
) -> None:
    """Its holder is gone, its author is not: giving it to somebody else is the author's own act."""
    note = write(two, two.first)
    give(two, f"/{note.id}")
    remove_member(two.case, two.second, actor=cast["coordinator"], now=clock.now())
    Person.update(functions=["counselor"]).where(Person.id == cast["care"].id).execute()
    decided(person=two.second, receiver=cast["care"])
    assert Note.get_by_id(note.id).holder_id == two.second.id
    remove_member(two.case, two.first, actor=cast["coordinator"], now=clock.now())
    decided(person=two.second, receiver=cast["care"])
    assert Note.get_by_id(note.id).holder_id == cast["care"].id


def test_refused_by_leadership_nothing_changes(two: Two, cast: Any, clock: Any, decided: Any) -> None:
    note = write(two, two.first)
    leave(two, "left", cast, clock.now())
    decided(yes=False)
    assert Note.get_by_id(note.id).holder_id == two.first.id


@pytest.mark.parametrize("how", ["left", "no counselor"])
def test_a_receiver_who_is_gone_meanwhile_is_a_conflict(two: Two, client: Any, cast: Any, clock: Any, how: str) -> None:
    note = write(two, two.first)
    leave(two, "off the team", cast, clock.now())
    client("administrator").post(f"/accounts/{two.first.id}/notes", {"receiver": str(two.second.id)})
    asked = Confirmation.get()
    change = {"left_at": clock.now()} if how == "left" else {"functions": []}
    Person.update(**change).where(Person.id == two.second.id).execute()
    with pytest.raises(Refused):
        confirmations.decide(asked, yes=True, actor=cast["leadership"], now=clock.now())
    assert (Note.get_by_id(note.id).holder_id, Confirmation.get().state) == (two.first.id, "asked")


def test_neither_can_do_it_alone(two: Two, client: Any, cast: Any, clock: Any) -> None:
    write(two, two.first)
    leave(two, "off the team", cast, clock.now())
    path = f"/accounts/{two.first.id}/notes"
    for function in ("leadership", "coordinator", "counselor"):
        assert client(function).get(path).status_code == client(function).post(path).status_code == 404
    client("administrator").post(path, {"receiver": str(two.second.id)})
    asked = Confirmation.get()
    for person in (cast["administrator"], two.first, two.second, cast["coordinator"]):
        with pytest.raises(Refused):
            confirmations.decide(asked, yes=True, actor=person, now=clock.now())
    assert client("administrator").post(path, {"receiver": str(two.second.id)}).status_code == 409
    confirmations.decide(asked, yes=True, actor=cast["leadership"], now=clock.now())
    with pytest.raises(ChangedMeanwhile):
        confirmations.decide(asked, yes=True, actor=cast["leadership"], now=clock.now())


def test_the_page_is_the_same_for_every_account_and_tells_nothing(two: Two, client: Any, cast: Any, app: Any) -> None:
    browser = client("administrator")

    def page(person: Person) -> str:
        return Page(browser.get(f"/accounts/{person.id}/notes")).text.replace(person.name, "…")

    before = page(two.first)
    write(two, two.first)
    assert page(two.first) == before
    for person in cast.values():
        assert f"/accounts/{person.id}/notes" in Page(browser.get(f"/accounts/{person.id}")).links
    others = {two.first.name, two.second.name}
    assert others <= {name for name in others if name in browser.get(f"/accounts/{cast['teacher'].id}/notes").text}
    assert page(cast["teacher"]) == page(cast["care"])
    assert browser.get("/accounts/9999/notes").status_code == 404
    assert said(app, WORDS["notes"], person="A", receiver="B")


def test_without_another_counselor_it_says_what_to_do(client: Any, cast: Any, app: Any) -> None:
    page = Page(client("administrator").get(f"/accounts/{cast['counselor'].id}/notes"))
    assert not [form for form in page.forms if "receiver" in form.names]
    message = "There is no other counselor. Give a colleague the function of confidential counselor first."
    assert said(app, message) in page.text
