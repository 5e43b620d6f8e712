"""A session that ended while somebody typed: the form goes through after the same person signed in, and only then."""

import base64
from typing import Any

import pyotp
import pytest

from portal import demo
from portal.accounts.models import Person, SignIn, Totp
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry
from tests.conftest import MONDAY, given_up
from tests.reading import Page

SECRET = pyotp.random_base32()
NOTE = {"kind": "talk", "text": "Said by the father."}


def dead(client: Any, name: str = "coordinator") -> Any:
    """A browser whose session has just ended on the server."""
    browser = client(name)
    browser.csrf_token()
    SignIn.delete().execute()
    return browser


def password(name: str, **other: Any) -> dict[str, Any]:
    return {"email": f"{name}@baken.example", "password": demo.PASSWORD, **other}


def again(browser: Any, refused: Any, name: str, **other: Any) -> Any:
    """Password, then code, as far as they are asked for."""
    form = Page(refused).form("/login/again")
    answer = browser.post("/login/again", {**form.data, **password(name), **other}, token=False)
    form = next((form for form in Page(answer).forms if "code" in form.names), None)
    return answer if form is None else browser.post("/login/again", form.with_(code=code(name)), token=False)


def code(name: str) -> str:
    """That an app of this person shows on the Monday of the tests."""
    person = Person.get(Person.email == f"{name}@baken.example")
    Totp.get_or_create(person=person, secret=SECRET, defaults={"made_at": MONDAY, "confirmed_at": MONDAY})
    return str(pyotp.TOTP(SECRET).at(MONDAY))


@pytest.fixture(autouse=True)
def apps(cast: Any) -> None:
    for name in ("coordinator", "leadership"):
        code(name)


def test_the_refused_form_is_sent_with_one_button_after_signing_in(incident: Any, client: Any) -> None:
    case, browser = incident(), dead(client)
    at = f"/incidents/{case.ref}/log"
    refused = browser.post(at, NOTE)
    assert refused.status_code == 401
    assert NOTE["text"] in refused.text
    wrong = again(browser, refused, "coordinator", password="wrong")
    assert wrong.status_code == 422
    assert NOTE["text"] in wrong.text
    shown = again(browser, wrong, "coordinator")
    form = Page(shown).form(at)
    assert shown.status_code == 200
    assert at in Page(shown).text
    assert NOTE["text"] in Page(shown).text
    assert form.first("text") == NOTE["text"]
    assert Entry.select().where(Entry.text == NOTE["text"]).count() == 0, "nothing is sent unasked"
    assert browser.post(at, form.data, token=False).status_code == 303
    assert Entry.select().where(Entry.text == NOTE["text"]).count() == 1


def test_somebody_else_who_signs_in_sends_nothing_and_sees_nothing(incident: Any, client: Any) -> None:
    case, browser = incident(), dead(client)
    refused = browser.post(f"/incidents/{case.ref}/log", NOTE)
    answer = again(browser, refused, "leadership")
    assert (answer.status_code, answer.location) == (303, "/")
    assert NOTE["text"] not in answer.text + browser.get("/").text
    assert not Entry.select().where(Entry.text == NOTE["text"]).exists()


def test_a_forged_form_is_not_carried(incident: Any, client: Any) -> None:
    """Another site cannot plant a form in the browser of somebody whose session ended."""
    case = incident()
    for token in ({}, {"csrf_token": "made-up"}, {"csrf_token": client("leadership").csrf_token() + "x"}):
        browser = dead(client)
        answer = browser.post(f"/incidents/{case.ref}/log", {**NOTE, **token}, token=False)
        assert answer.status_code == 400
        assert "carried" not in answer.text


def test_what_we_did_not_sign_is_not_carried(incident: Any, client: Any, clock: Any) -> None:
    case, browser = incident(), dead(client)
    refused = browser.post(f"/incidents/{case.ref}/log", NOTE)
    good = Page(refused).form("/login/again").first("carried")
    body, _, rest = good.partition(".")
    other = base64.urlsafe_b64encode(b'[1,"https://evil.example/",[]]').decode().rstrip("=")
    for bad in ("", "x", good[:-1], f"{other}.{rest}", f"{body}x.{rest}", browser.csrf_token()):
        answer = again(browser, refused, "coordinator", carried=bad)
        assert answer.status_code == 422
        assert NOTE["text"] not in answer.text
        assert "evil.example" not in answer.text
    assert SignIn.select().count() == 0


def test_a_form_with_passwords_is_not_carried(client: Any) -> None:
    browser = dead(client)
    answer = browser.post("/account/password", {"old": "one secret sentence", "new": "another secret sentence"})
    assert answer.status_code == 401
    assert "secret sentence" not in answer.text
    assert 'name="carried"' not in answer.text


def test_only_a_form_with_a_long_text_is_carried(incident: Any, client: Any, cast: Any) -> None:
    """One button must not do what its page cannot show: put somebody on the team."""
    case, browser = incident(), dead(client)
    someone = {"member-person": cast["stranger"].id, "member-function": "coordinator"}
    for path in (f"/incidents/{case.ref}/team/add", "/accounts/new", "/account/absence"):
        answer = browser.post(path, {**someone, "text": "I typed this."})
        assert answer.status_code == 401
        assert "I typed this." in answer.text
        assert 'name="carried"' not in answer.text


def test_who_must_choose_a_password_first_is_told_before_sending(incident: Any, client: Any, cast: Any) -> None:
    case, browser = incident(), dead(client)
    refused = browser.post(f"/incidents/{case.ref}/log", NOTE)
    Person.update(must_change_password=True).where(Person.id == cast["coordinator"].id).execute()
    shown = again(browser, refused, "coordinator")
    assert "/account/password" in Page(shown).links
    new = "a sentence nobody knows"
    browser.post("/account/password", {"old": demo.PASSWORD, "new": new})
    assert browser.post(f"/incidents/{case.ref}/log", Page(shown).form("/log").data, token=False).status_code == 303
    assert Entry.select().where(Entry.text == NOTE["text"]).count() == 1


def test_the_form_leads_only_to_where_it_was_sent(incident: Any, client: Any) -> None:
    case, browser = incident(), dead(client)
    refused = browser.post(f"/incidents/{case.ref}/log", {**NOTE, "next": "https://evil.example/"})
    shown = again(browser, refused, "coordinator")
    actions = {form.action for form in Page(shown).forms}
    assert not [action for action in actions if not action.startswith("/") or action.startswith("//")]


def test_who_was_kept_out_meanwhile_sends_nothing(incident: Any, client: Any, cast: Any) -> None:
    case, browser = incident(), dead(client, "leadership")
    refused = browser.post(f"/incidents/{case.ref}/log", NOTE)
    client("coordinator").post(f"/incidents/{case.ref}/team/keep-out", {"barred-person": cast["leadership"].id})
    shown = again(browser, refused, "leadership")
    assert browser.post(f"/incidents/{case.ref}/log", Page(shown).form("/log").data, token=False).status_code == 404
    assert not Entry.select().where(Entry.text == NOTE["text"]).exists()


def test_a_visitor_who_never_signed_in_is_sent_to_the_sign_in_page(incident: Any, client: Any) -> None:
    case = incident()
    answer = client().post(f"/incidents/{case.ref}/log", NOTE)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login")


def test_an_ended_session_opens_nothing(incident: Any, client: Any, cast: Any) -> None:
    """What is kept of it, whose it was and the token of its forms, is no way in."""
    case, browser = incident(), dead(client)
    assert browser.get("/incidents").location.startswith("/login")
    with given_up(), browser.plain.session_transaction() as session:
        assert set(session) == {"person", "csrf_token"}
    for path in (f"/incidents/{case.ref}", "/drafts", "/"):
        assert browser.get(path).location.startswith("/login")
    with given_up(), browser.plain.session_transaction() as session:
        session["person"] = cast["leadership"].id
    assert browser.get("/").location.startswith("/login")


def test_a_form_of_htmx_is_told_and_goes_nowhere(incident: Any, client: Any) -> None:
    case, browser = incident(), dead(client)
    answer = browser.post(f"/incidents/{case.ref}/log", NOTE, htmx=True)
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert "<!doctype" not in answer.text


def box(browser: Any, person: Person, name: str = "", **other: Any) -> Any:
    if not name:
        return browser.get("/session", query_string={"person": person.id})
    return browser.post("/session", password(name, person=person.id, **other))


def test_the_box_says_whether_the_session_lasts(client: Any, cast: Any) -> None:
    browser, owner = client("coordinator"), cast["coordinator"]
    lives = box(browser, owner)
    assert (lives.status_code, lives.data) == (204, b"")
    assert browser.post("/language", {"csrf_token": lives.headers["X-CSRFToken"], "language": "nl"}, token=False)
    SignIn.delete().execute()
    ended = box(browser, owner)
    assert ended.status_code == 401
    assert "X-CSRFToken" not in ended.headers
    assert Page(ended).form("/session").first("person") == str(owner.id)
    wrong = box(browser, owner, "coordinator", password="wrong")
    assert (wrong.status_code, "govuk-error-summary" in wrong.text) == (422, True)
    right = box(browser, owner, "coordinator")
    assert right.status_code == 204
    sent = {**NOTE, "csrf_token": right.headers["X-CSRFToken"], "language": "nl"}
    assert browser.post("/language", sent, token=False).status_code == 303


def test_the_box_lets_nobody_else_in(client: Any, cast: Any) -> None:
    browser = dead(client)
    other = box(browser, cast["coordinator"], "leadership")
    assert (other.status_code, SignIn.select().count()) == (409, 0)
    refused = AuditEvent.get(AuditEvent.action == "account:sign-in:refuse")
    assert refused.subject == f"person:{cast['leadership'].id}", "whose password is known now"
    assert cast["coordinator"].name not in other.text
    for person in ("", "x", "0", "-1", str(10**30)):
        browser = client()
        assert browser.get("/session", query_string={"person": person}).status_code == 401
        assert browser.post("/session", password("leadership", person=person)).status_code == 409


def test_a_colleague_who_signed_in_elsewhere_in_this_browser_gets_no_token_for_the_page(client: Any, cast: Any) -> None:
    browser = client("leadership")
    answer = box(browser, cast["coordinator"])
    assert answer.status_code == 401
    assert "X-CSRFToken" not in answer.headers


def test_who_must_choose_a_password_does_so_first(client: Any, cast: Any) -> None:
    Person.update(must_change_password=True).where(Person.id == cast["coordinator"].id).execute()
    answer = box(client("coordinator"), cast["coordinator"])
    assert answer.status_code == 401
    assert "/account/password" in Page(answer).links


@pytest.mark.parametrize("path", ["/session", "/login/again"])
def test_signing_in_here_is_refused_from_another_site(client: Any, cast: Any, path: str) -> None:
    data = password("coordinator", person=cast["coordinator"].id)
    assert client().post(path, data, token=False).status_code == 400
    assert SignIn.select().count() == 0
