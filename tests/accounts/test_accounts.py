"""What an administrator does: accounts and functions, and who hears of it."""

import contextlib
from typing import Any

import pytest

from portal import demo
from portal.accounts.models import Link, Person
from portal.accounts.staff import operations as staff
from portal.audit.models import AuditEvent
from portal.errors import Refused
from portal.notices.models import Mail
from portal.notices.operations import compose
from tests.conftest import at_once
from tests.reading import Page

NEW = {"name": "Q. Nieuw", "email": "Q.Nieuw@Baken.example", "phone": "06-1234567", "functions": ["mentor"]}


def sent(browser: Any, path: str, **changes: Any) -> Any:
    """The form of a page as it stands, with these fields changed."""
    form = next(form for form in Page(browser.get(path)).forms if "email" in form.names)
    return browser.post(path, {**form.data, **changes})


def test_an_account_is_made_without_a_password(client: Any) -> None:
    admin = client("admin")
    answer = sent(admin, "/accounts/new", **NEW, classes="3B, 4HV1", language="en")
    person = Person.get(Person.email == "q.nieuw@baken.example")
    assert (answer.status_code, answer.location) == (303, f"/accounts/{person.id}")
    assert (person.name, person.functions, person.classes) == ("Q. Nieuw", ["mentor"], ["3B", "4HV1"])
    assert (person.language, person.password) == ("en", "")
    assert "Q. Nieuw" in admin.get("/accounts").get_data(as_text=True)
    for password in ("", "none", "rustpunt-demo"):
        assert client().post("/login", {"email": person.email, "password": password}).status_code == 422
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
    # Other functions end every session, also that of who gave them.
    assert admin.get("/accounts").location.startswith("/login")
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


def test_who_becomes_administrator_leaves_every_team(client: Any, cast: dict[str, Any], incident: Any) -> None:
    case, coordinator, admin = incident(), client("coordinator"), client("admin")
    assert coordinator.get(f"/incidents/{case.ref}").status_code == 200
    assert sent(admin, f"/accounts/{cast['coordinator'].id}", functions=["administrator"]).status_code == 303
    assert coordinator.get(f"/incidents/{case.ref}").location.startswith("/login")
    browser = client("coordinator")
    assert browser.get(f"/incidents/{case.ref}").status_code == 404
    assert "coordinator" not in {row.function for row in case.team}
    assert cast["coordinator"].id not in {row.person_id for row in case.team}


def test_only_the_fields_of_the_form_are_taken(client: Any, cast: dict[str, Any]) -> None:
    before = Person.get_by_id(cast["care"].id)
    more = {"password": "x", "left_at": "2026-01-01", "must_change_password": "y", "id": "1"}
    assert sent(client("admin"), f"/accounts/{cast['care'].id}", name="R. D.", **more).status_code == 303
    after = Person.get_by_id(cast["care"].id)
    assert (after.name, after.password, after.left_at, after.must_change_password) == (
        "R. D.",
        before.password,
        None,
        False,
    )


def test_other_functions_end_every_session(client: Any, cast: dict[str, Any]) -> None:
    mentor, admin = client("mentor"), client("admin")
    assert sent(admin, f"/accounts/{cast['mentor'].id}", phone="06-12345").status_code == 303
    assert mentor.get("/incidents").status_code == 200
    assert sent(admin, f"/accounts/{cast['mentor'].id}", functions=["mentor", "care"]).status_code == 303
    assert mentor.get("/incidents").location.startswith("/login")


def test_leadership_hears_who_got_a_function(client: Any, cast: dict[str, Any], app: Any, clock: Any) -> None:
    sent(client("admin"), f"/accounts/{cast['stranger'].id}", functions=["coordinator", "care"])
    mail = Mail.get()
    assert (mail.kind, mail.person_id) == ("functions", cast["leadership"].id)
    with app.app_context():
        said = compose(mail, "S. Yilmaz", "https://p.example", "rustpunt@p.example").get_content()
    assert "K. de Boer: " in said
    assert said.count(", ") >= 1
    Mail.delete().execute()
    clock.advance(minutes=1)
    # Who newly belongs to leadership is no 'other': nobody hears of one's own function.
    sent(client("admin"), f"/accounts/{cast['care'].id}", functions=["leadership", "care"])
    assert [mail.person_id for mail in Mail.select()] == [cast["leadership"].id]
    sent(client("admin"), f"/accounts/{cast['mentor'].id}", functions=[])
    assert Mail.select().count() == 1


def test_another_address_ends_links_and_sessions_and_the_old_one_hears(client: Any, cast: dict[str, Any]) -> None:
    mentor, admin = client("mentor"), client("admin")
    sent(admin, f"/accounts/{cast['mentor'].id}", email="smit@baken.example")
    assert mentor.get("/incidents").location.startswith("/login")
    assert [(mail.kind, mail.address) for mail in Mail.select()] == [("address", "mentor@baken.example")]
    sent(admin, "/accounts/new", **NEW)
    person = Person.get(Person.email == NEW["email"].lower())
    before = Link.get(Link.person == person).nonce
    sent(admin, f"/accounts/{person.id}", email="q@baken.example")
    assert Link.get(Link.person == person).nonce != before
    assert Mail.select().where(Mail.kind == "invite").order_by(Mail.id.desc()).get().address == "q@baken.example"


def test_the_administrator_is_told_of_being_signed_out(client: Any, cast: dict[str, Any]) -> None:
    admin, own = client("admin"), f"/accounts/{cast['admin'].id}"
    assert admin.post(f"{own}/password").status_code == 409, "else nobody would see the link"
    assert sent(admin, own, email="b.jansen@baken.example").location == "/login"
    assert 'role="status"' in admin.get("/login").text
    assert client().post("/login", {"email": "b.jansen@baken.example", "password": demo.PASSWORD}).status_code == 303


def test_the_last_leadership_stays(client: Any, cast: dict[str, Any]) -> None:
    admin, own = client("admin"), f"/accounts/{cast['leadership'].id}"
    assert sent(admin, own, functions=["care"]).status_code == 422
    assert admin.post(f"{own}/leave").status_code == 409
    assert admin.post(f"/accounts/{cast['admin'].id}/leave").status_code == 409
    assert sent(admin, f"/accounts/{cast['care'].id}", functions=["leadership"]).status_code == 303
    assert sent(admin, own, functions=["care"]).status_code == 303
    assert admin.post(f"/accounts/{cast['care'].id}/leave").status_code == 409


def test_two_administrators_cannot_both_end_the_other(app: Any, school: Any, cast: dict[str, Any], clock: Any) -> None:
    Person.update(functions=["administrator"]).where(Person.id == cast["stranger"].id).execute()
    pairs = [(cast["admin"].id, cast["stranger"].id), (cast["stranger"].id, cast["admin"].id)]

    def end() -> None:
        actor, other = map(Person.get_by_id, pairs.pop())
        with contextlib.suppress(Refused):
            staff.leave(other, actor=actor, now=clock.now())

    assert at_once(app, school, end, 2) == []
    left = [person.left_at for person in Person.select() if person.is_administrator]
    assert left.count(None) == 1


def test_what_an_account_offers(client: Any, cast: Any) -> None:
    """No second step to remove of oneself or of who left; the notes of who left can still go over."""
    admin, mentor = client("admin"), cast["mentor"].id

    def offered(person: int) -> set[str]:
        return {part for part in ("second-factor", "notes", "leave") if f"/accounts/{person}/{part}" in at(person)}

    def at(person: int) -> str:
        return str(admin.get(f"/accounts/{person}").get_data(as_text=True))

    assert offered(mentor) == {"second-factor", "notes", "leave"}
    assert offered(cast["admin"].id) == {"notes", "leave"}
    assert admin.post(f"/accounts/{mentor}/leave").status_code == 303
    assert offered(mentor) == {"notes"}
