"""What an administrator does: accounts, functions, first passwords."""

import re
from typing import Any

import pytest

from portal.accounts.models import Person, SignIn
from portal.audit.models import AuditEvent
from tests.reading import Page

NEW = {"name": "Q. Nieuw", "email": "Q.Nieuw@Baken.example", "phone": "06-1234567", "functions": ["mentor"]}


def sent(browser: Any, path: str, **changes: Any) -> Any:
    """The form of a page as it stands, with these fields changed."""
    form = next(form for form in Page(browser.get(path)).forms if "email" in form.names)
    return browser.post(path, {**form.data, **changes})


def test_an_account_is_made_with_a_password_that_is_shown_once(client: Any) -> None:
    admin = client("admin")
    answer = sent(admin, "/accounts/new", **NEW, classes="3B, 4HV1", language="en")
    assert answer.status_code == 200
    person = Person.get(Person.email == "q.nieuw@baken.example")
    assert (person.name, person.functions, person.classes) == ("Q. Nieuw", ["mentor"], ["3B", "4HV1"])
    assert (person.language, person.must_change_password) == ("en", True)
    secret = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", answer.get_data(as_text=True))
    assert secret
    assert secret[0] not in admin.get("/accounts").get_data(as_text=True)
    assert "Q. Nieuw" in admin.get("/accounts").get_data(as_text=True)
    browser = client()
    assert browser.post("/login", {"email": person.email, "password": secret[0]}).status_code == 303
    assert browser.get("/").location == "/account/password"
    trail = AuditEvent.get(AuditEvent.action == "account:person:create")
    assert "Nieuw" not in str(trail.detail)


@pytest.mark.parametrize("email", ["mentor@baken.example", "MENTOR@baken.example", " mentor@baken.example "])
def test_an_address_is_used_once(client: Any, email: str) -> None:
    before = Person.select().count()
    answer = sent(client("admin"), "/accounts/new", **NEW | {"email": email})
    assert answer.status_code == 422
    page = Page(answer)
    assert page.forms[0].names
    assert "Q. Nieuw" in [value for form in page.forms for value in form.data.get("name", [])]
    assert Person.select().count() == before


def test_an_address_of_somebody_else_is_refused_at_a_change_too(client: Any, cast: dict[str, Any]) -> None:
    answer = sent(client("admin"), f"/accounts/{cast['care'].id}", email="mentor@baken.example")
    assert answer.status_code == 422
    assert Person.get_by_id(cast["care"].id).email == "care@baken.example"


@pytest.mark.parametrize("path", ["/accounts/new", "/accounts/{mentor}"])
def test_an_administrator_has_no_other_function(client: Any, cast: dict[str, Any], path: str) -> None:
    path = path.format(mentor=cast["mentor"].id)
    answer = sent(client("admin"), path, **NEW | {"functions": ["mentor", "administrator"]})
    assert answer.status_code == 422
    assert Person.get_by_id(cast["mentor"].id).functions == ["mentor"]
    assert not Person.select().where(Person.email == NEW["email"].lower()).exists()


def test_the_last_administrator_stays_one(client: Any, cast: dict[str, Any]) -> None:
    admin, own = client("admin"), f"/accounts/{cast['admin'].id}"
    assert sent(admin, own, functions=[]).status_code == 422
    assert sent(admin, f"/accounts/{cast['stranger'].id}", functions=["administrator"]).status_code == 303
    assert sent(admin, own, functions=[]).status_code == 303
    # Who has other functions signs in again.
    assert admin.get("/accounts").location.startswith("/login")
    assert client("admin").get("/accounts").status_code == 404
    assert client("stranger").get("/accounts").status_code == 200


def test_two_administrators_at_once_lose_nothing(client: Any, cast: dict[str, Any]) -> None:
    path = f"/accounts/{cast['care'].id}"
    first, second = client("admin"), client("admin")
    form = next(form for form in Page(second.get(path)).forms if "email" in form.names)
    assert sent(first, path, name="R. van Dijk-Smit").status_code == 303
    answer = second.post(path, {**form.data, "name": "Renske van Dijk", "phone": "06-99999999"})
    text = Page(answer).text
    assert answer.status_code == 409
    assert ("R. van Dijk-Smit" in text, "Renske van Dijk" in text) == (True, True)
    assert Person.get_by_id(cast["care"].id).name == "R. van Dijk-Smit"
    kept = next(form for form in Page(answer).forms if "email" in form.names)
    assert (kept.first("name"), kept.first("phone")) == ("Renske van Dijk", "06-99999999")
    # Both were shown, so saving again is meant.
    assert second.post(path, kept.data).status_code == 303
    assert Person.get_by_id(cast["care"].id).phone == "06-99999999"


def test_a_new_first_password_ends_every_session(client: Any, cast: dict[str, Any]) -> None:
    mentor, before = client("mentor"), Person.get_by_id(cast["mentor"].id).password
    answer = client("admin").post(f"/accounts/{cast['mentor'].id}/password")
    assert answer.status_code == 200
    assert mentor.get("/incidents").location.startswith("/login")
    person = Person.get_by_id(cast["mentor"].id)
    assert person.must_change_password
    assert person.password != before
    assert not SignIn.select().where(SignIn.person == person).exists()


@pytest.mark.parametrize("function", ["coordinator", "leadership", "teacher"])
def test_nobody_else_finds_the_accounts(client: Any, cast: dict[str, Any], function: str) -> None:
    browser, mentor = client(function), cast["mentor"].id
    for path in ("/accounts", "/accounts/new", f"/accounts/{mentor}"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"/accounts/{mentor}/password").status_code == 404
    assert browser.post(f"/accounts/{mentor}", NEW).status_code == 404
    assert "/accounts" not in browser.get("/").get_data(as_text=True)


def test_an_account_shows_no_incident(client: Any, incident: Any) -> None:
    case, admin = incident(), client("admin")
    for path in ("/accounts", "/settings", "/incidents"):
        assert case.code_name not in admin.get(path).get_data(as_text=True)
    assert admin.get("/").location == "/accounts"
    assert admin.get(f"/incidents/{case.ref}").status_code == 404


def test_who_becomes_administrator_sees_no_incident_any_more(client: Any, cast: dict[str, Any], incident: Any) -> None:
    case, coordinator = incident(), client("coordinator")
    assert coordinator.get(f"/incidents/{case.ref}").status_code == 200
    answer = sent(client("admin"), f"/accounts/{cast['coordinator'].id}", functions=["administrator"])
    if answer.status_code == 303:
        assert coordinator.get(f"/incidents/{case.ref}").location.startswith("/login")
        assert client("coordinator").get(f"/incidents/{case.ref}").status_code == 404
        assert case.code_name not in coordinator.get("/incidents").get_data(as_text=True)
    assert answer.status_code in (303, 409, 422)
