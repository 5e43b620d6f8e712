"""What is kept of a password and a session, and what changing one ends."""

import re
from typing import Any

import pytest

from portal import demo
from portal.accounts import operations
from portal.accounts.models import Person, SignIn
from portal.accounts.operations import create_person, hasher
from portal.accounts.rules import TOO_LIKELY, hashed, likely
from portal.accounts.staff import operations as staff
from portal.audit.models import AuditEvent
from portal.errors import Refused
from tests.conftest import given_up
from tests.reading import Page

NEW = "drie fietsen in de regen"


def fresh(person: Person) -> Person:
    found: Person = Person.get_by_id(person.id)
    return found


def test_a_password_is_kept_as_argon2id_and_a_session_as_a_hash(app: Any, client: Any, clock: Any, school: Any) -> None:
    values, secret = {"email": "nieuw@baken.example", "name": "Q. Nieuw", "functions": []}, NEW
    person = create_person(values, actor_id=None, now=clock.now(), ready_hash=hasher.hash(secret))
    # RFC 9106: at least 64 MiB with three passes.
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", person.password)
    browser = client()
    assert browser.post("/login", {"email": "NIEUW@baken.example ", "password": secret}).status_code == 303
    with given_up(), browser.plain.session_transaction() as cookie:
        token = cookie["_user_id"]
    kept = SignIn.get()
    assert (kept.token_hash, kept.person_id) == (hashed(token), person.id)
    with given_up():
        raw = school.file.read_bytes() + b"".join(path.read_bytes() for path in school.data.glob("*-wal"))
    assert not [word for word in (secret, token, "Q. Nieuw") if word.encode() in raw]  # the file is encrypted
    assert not [word for word in (secret, token) if word in str(list(AuditEvent.select().dicts()))]


def test_nobody_learns_which_accounts_exist(client: Any) -> None:
    answers = []
    for email in ("coordinator@baken.example", "nobody01234@baken.example"):
        answer = client().post("/login", {"email": email, "password": "wrong"})
        text = answer.get_data(as_text=True).replace(email, "…")
        text = re.sub(r'value="[^"]{50,}"', "", text)  # the token of the form, another each second
        answers.append((answer.status_code, text))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_a_password_is_never_sent_back(client: Any) -> None:
    answer = client().post("/login", {"email": "nobody@baken.example", "password": "my-own-secret"})
    assert "my-own-secret" not in answer.get_data(as_text=True)
    answer = client("mentor").post("/account/password", {"old": "my-own-secret", "new": "short"})
    assert answer.status_code == 422
    assert "my-own-secret" not in answer.get_data(as_text=True)


def test_a_new_password_ends_every_other_session(client: Any, cast: dict[str, Any]) -> None:
    here, elsewhere, colleague = client("mentor"), client("mentor"), client("care")
    assert here.post("/account/password", {"old": demo.PASSWORD, "new": NEW}).status_code == 303
    assert here.get("/incidents").status_code == 200
    assert elsewhere.get("/incidents").location.startswith("/login")
    assert colleague.get("/incidents").status_code == 200
    again = {"email": cast["mentor"].email, "password": demo.PASSWORD}
    assert client().post("/login", again).status_code == 422
    assert client().post("/login", again | {"password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wrong", NEW),
        (demo.PASSWORD, "elf tekens."),
        (demo.PASSWORD, "x" * 201),
        (demo.PASSWORD, "Mentor@Baken.example"),
        (demo.PASSWORD, "HetBakenCollege"),
        (demo.PASSWORD, "J. Smit uit Waterdam"),
        (demo.PASSWORD, demo.PASSWORD),
        (demo.PASSWORD, ""),
        ("", NEW),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(client: Any, cast: dict[str, Any], old: str, new: str) -> None:
    other, before = client("mentor"), fresh(cast["mentor"]).password
    answer = client("mentor").post("/account/password", {"old": old, "new": new})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.get_data(as_text=True)
    assert fresh(cast["mentor"]).password == before
    assert other.get("/incidents").status_code == 200


def test_a_password_that_is_ended_while_it_is_checked_opens_nothing(
    client: Any, cast: dict[str, Any], clock: Any, monkeypatch: Any
) -> None:
    matches, stale = operations.matches, fresh(cast["mentor"])

    def meanwhile(person: Any, password: str) -> bool:
        found = matches(person, password)
        staff.lose_password(fresh(person), actor=cast["admin"], now=clock.now())
        return found

    monkeypatch.setattr(operations, "matches", meanwhile)
    answer = client().post("/login", {"email": cast["mentor"].email, "password": demo.PASSWORD})
    assert (answer.status_code, fresh(cast["mentor"]).password) == (422, "")
    monkeypatch.undo()
    with pytest.raises(Refused):
        operations.change_password(stale, demo.PASSWORD, NEW, now=clock.now())
    assert fresh(cast["mentor"]).password == ""
    assert not SignIn.select().where(SignIn.person == cast["mentor"]).exists()


def test_with_a_first_password_nothing_opens_but_choosing_a_new_one(
    client: Any, cast: dict[str, Any], incident: Any
) -> None:
    case, browser = incident(), client("coordinator")
    Person.update(must_change_password=True).where(Person.id == cast["coordinator"].id).execute()
    for path in ("/", "/incidents", f"/incidents/{case.ref}", f"/incidents/{case.ref}/people", "/incidents/new"):
        answer = browser.get(path)
        assert (answer.status_code, answer.location) == (303, "/account/password"), path
    assert browser.post(f"/incidents/{case.ref}/end", {"reason": "No."}).location == "/account/password"
    for path in ("/first-hour", "/agenda", "/account/password"):
        assert browser.get(path).status_code == 200
    assert browser.post("/account/password", {"old": demo.PASSWORD, "new": NEW}).status_code == 303
    assert not fresh(cast["coordinator"]).must_change_password
    assert browser.get(f"/incidents/{case.ref}").status_code == 200


def test_a_session_lasts_twelve_hours_whatever_is_done_in_it(client: Any, clock: Any) -> None:
    browser = client("mentor")
    for _time in range(35):
        clock.advance(minutes=20)
        assert browser.get("/incidents").status_code == 200
    clock.advance(minutes=19, seconds=59)
    assert browser.get("/incidents").status_code == 200
    clock.advance(seconds=1)
    assert browser.get("/incidents").location.startswith("/login")


def test_signing_in_removes_sessions_that_have_ended(client: Any, clock: Any) -> None:
    client("mentor"), client("care")
    clock.advance(hours=13)
    client().post("/login", {"email": "mentor@baken.example", "password": demo.PASSWORD})
    assert SignIn.select().count() == 1


def test_a_cookie_that_somebody_made_up_opens_nothing(app: Any, client: Any, cast: dict[str, Any]) -> None:
    for token in ("", "x", "1", str(cast["coordinator"].id), hashed("x"), None):
        browser = client()
        with given_up(), browser.plain.session_transaction() as cookie:
            cookie["_user_id"] = token
        assert browser.get("/incidents").location.startswith("/login")


def test_signing_in_begins_a_cookie_of_its_own(client: Any) -> None:
    """Nothing that was in the browser before lives on, so nobody can plant a session."""
    browser = client()
    with given_up(), browser.plain.session_transaction() as cookie:
        cookie["planted"] = "yes"
    browser.post("/login", {"email": "mentor@baken.example", "password": demo.PASSWORD})
    with given_up(), browser.plain.session_transaction() as cookie:
        assert "planted" not in cookie
    # Who is signed in already is sent on.
    assert browser.get("/login").location == "/"


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(client: Any) -> None:
    answer = client().post("/login", {"email": "mentor@baken.example", "password": demo.PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    (session,) = [cookie for cookie in cookies if cookie.startswith("rustpunt=")]
    assert "Expires" not in session  # it ends with the browser


def test_signing_out_empties_the_browser(client: Any) -> None:
    browser = client("mentor")
    assert browser.get("/logout").status_code == 405
    answer = browser.post("/logout")
    assert answer.location == "/login"
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert Page(browser.get("/first-hour")).text.find("J. Smit") == -1


ABOUT = ("M. de Wit", "m.dewit@baken.example", "Het Baken College", "Waterdam")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("drie fietsen in de regen", ""),
        ("mijn kat slaapt graag", ""),
        ("correct horse battery staple", ""),
        ("8#92!_47-11?63", ""),
        ("witte fietsen onder de brug", ""),
        ("тёплый дождь над морем", ""),
        ("🌳🌳 onder de brug 🌳🌳", ""),
        ("HetBakenCollege1!", "own"),
        ("Baken-Waterdam-2026", "own"),
        ("m.dewit@baken.example", "own"),
        ("Welkom2026!!", "own"),
        ("w3lk0m2026!!", "own"),
        ("Zomer2026!!!", "own"),
        ("Klas3B-2026!", "own"),
        ("wachtwoord1234", "own"),
        ("Rustpunt-2027!", "own"),
        ("qwertyuiop123", "dictionary"),
        ("Basketball12345", "dictionary"),
        ("123456789012", "dictionary"),
        ("aaaaaaaaaaaaaaaa", "row"),
        ("abcabcabcabcabc", "row"),
        ("a" * 200, "row"),
        ("\x00" * 12, "row"),
    ],
)
def test_what_is_easily_guessed_is_refused(password: str, why: str) -> None:
    assert likely(password, ABOUT, 2026) == why


def test_no_password_holds_anybody_up() -> None:
    """What guesses takes the square of the length, and far longer for letters that look like others."""
    for sign in ("4@8({[<369&#!1/|0$5+7%2", "({[<4@!1|7$5+69", "\ud7ff\u0301", "1a2b3c", "\x00\x1f", "20012002"):
        long = (sign * 200)[:200]
        assert likely(long, (*ABOUT, long, ""), 2026) in ("", "own", *TOO_LIKELY)


def test_a_refusal_says_why_and_what_is_better(client: Any) -> None:
    browser = client("mentor")
    Person.update(language="en").execute()
    answer = browser.post("/account/password", {"old": demo.PASSWORD, "new": "Welkom2026!!"})
    text = Page(answer).text
    assert "Three or four words" in text
    assert "a word that many at school choose" in text
