"""Setting up a second factor, and what is removed again; losing it, which two people decide."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask

from portal import create_app
from portal.accounts.confirmations.operations import ask
from portal.accounts.factors import operations
from portal.accounts.models import Confirmation, Passkey, Person, RecoveryCode, SignIn, Totp
from portal.accounts.staff import operations as staff
from portal.audit.models import AuditEvent
from portal.config import ROOT
from portal.notices.models import Mail
from portal.notices.operations import compose
from tests.accounts.factors import code_at, give_app
from tests.conftest import Browser, Worker, given_up
from tests.reading import Page, said
from tests.statements import counted

AT = "/account/second-factor"
CODE = re.compile(r"\b(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}\b")


def codes_on(answer: Any) -> list[str]:
    return CODE.findall(Page(answer).text)


def shown_secret(browser: Browser) -> str:
    found = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", Page(browser.get(f"{AT}/app")).text)
    assert found
    return found[0].replace(" ", "")


def set_up(browser: Browser, clock: Any) -> Any:
    assert browser.post(f"{AT}/app/new").location == f"{AT}/app"
    form = Page(browser.get(f"{AT}/app")).form("")
    return browser.post(f"{AT}/app", form.with_(code=pyotp.TOTP(shown_secret(browser)).at(clock.now())), token=False)


def events() -> list[str]:
    return [row.action for row in AuditEvent.select().where(AuditEvent.action.startswith("account:factor"))]


def mails(kind: str = "factor") -> int:
    return int(Mail.select().where(Mail.kind == kind).count())


def test_an_app_is_set_up_and_codes_are_shown_once(password_only: Any, cast: Any, clock: Any) -> None:
    browser, person = password_only("coordinator", app_set_up=False), cast["coordinator"]
    assert browser.get("/incidents").location == f"{AT}?next=%2Fincidents"
    assert "/incidents/new" in Page(browser.get(AT)).links
    page = browser.post(f"{AT}/app/new")
    shown = browser.get(f"{AT}/app").text
    assert re.search(r"<svg[^>]*viewBox", shown)
    assert not re.search(r"<svg[^>]*style", shown)
    address = next(link for link in Page(shown).links if link.startswith("otpauth:"))
    assert pyotp.parse_uri(address).secret == shown_secret(browser)
    assert "coordinator%40baken.example" in address
    wrong = browser.post(f"{AT}/app", {"code": "000000"})
    assert wrong.status_code == 422
    assert browser.get("/incidents").status_code == 303, "not set up until a code came"
    answer = set_up(browser, clock)
    codes = codes_on(answer)
    assert len(set(codes)) == 10
    assert RecoveryCode.select().where(RecoveryCode.code_hash.in_(codes)).count() == 0
    assert browser.get("/incidents").status_code == 200, "who set it up has shown it"
    assert codes_on(browser.get(AT)) == []
    assert (events(), mails()) == (["account:factor:app"], 1)
    assert person.id == RecoveryCode.get().person_id
    assert page.status_code == 303


def test_a_code_that_confirmed_the_app_does_not_step_up_again(password_only: Any, clock: Any) -> None:
    browser = password_only("care", app_set_up=False)
    set_up(browser, clock)
    secret = Totp.get().secret
    other = password_only("care")
    assert other.post("/login/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())}).status_code == 422


def test_the_address_where_somebody_was_going_comes_along(password_only: Any, clock: Any) -> None:
    browser = password_only("care", app_set_up=False)
    page = Page(browser.get(f"{AT}?next=/incidents"))
    assert page.form("/app/new?next=%2Fincidents")
    assert browser.post(f"{AT}/app/new?next=/incidents").location == f"{AT}/app?next=%2Fincidents"
    code = pyotp.TOTP(shown_secret(browser)).at(clock.now())
    answer = browser.post(f"{AT}/app?next=/incidents", {"code": code})
    assert "/incidents" in Page(answer).links
    other = password_only("mentor", app_set_up=False)
    page = Page(other.get(f"{AT}?next=https://evil.example"))
    assert not [address for address in (*page.links, *(form.action for form in page.forms)) if "evil" in address]


def test_at_an_open_laptop_nobody_changes_a_factor(client: Any, cast: Any, clock: Any) -> None:
    browser = client("care")
    give_app(cast["care"])
    clock.advance(minutes=10)
    assert browser.get("/incidents").status_code == 200
    assert browser.get(AT).location == "/login/second-factor?next=%2Faccount%2Fsecond-factor"
    for path in ("/app/new", "/passkeys/options", "/codes", "/app/remove"):
        assert browser.post(AT + path).status_code == 409, path
    assert Totp.select().count() == 1
    page = Page(browser.get("/login/second-factor"))
    assert said(browser.app, "Show your second step once more. Then you can change it.") in page.text
    answer = browser.post(f"/login/second-factor?next={AT}", {"code": code_at(clock.now())})
    assert answer.location == AT
    assert browser.get(AT).status_code == 200
    assert browser.post(f"{AT}/app/new").location == f"{AT}/app"


def test_a_stolen_password_adds_no_factor(password_only: Any, cast: Any, clock: Any) -> None:
    browser = password_only("coordinator")
    assert browser.get(AT).location.startswith("/login/second-factor")
    assert browser.get(f"{AT}/app").status_code == 303
    for path in ("/app/new", "/passkeys/options", "/codes", "/app/remove", "/passkeys"):
        answer = browser.post(AT + path, {"name": "Mine", "credential": "{}"})
        assert answer.status_code in (303, 409), path
    # Not either when it was begun before the owner set one up.
    late = password_only("mentor", app_set_up=False)
    late.post(f"{AT}/app/new")
    secret = shown_secret(late)
    give_app(cast["mentor"])
    answer = late.post(f"{AT}/app", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert answer.status_code == 303
    assert [row.confirmed_at for row in Totp.select().where(Totp.secret == secret)] == [None]
    assert (events(), mails()) == ([], 0)
    assert RecoveryCode.select().count() + Passkey.select().count() == 0


def test_a_new_app_replaces_the_old_one_when_it_is_confirmed(client: Any, cast: Any, clock: Any) -> None:
    browser, old = client("care"), give_app(cast["care"]).totp.get()
    browser.post(f"{AT}/app/new")
    assert operations._is_right(cast["care"], code_at(clock.now()), clock.now()), "the old one works until then"
    answer = set_up(browser, clock)
    assert (answer.status_code, answer.location) == (303, AT)
    assert [row.secret == old.secret for row in Totp.select()] == [False]


def test_new_codes_replace_the_old_ones(client: Any, cast: Any) -> None:
    browser = client("care")
    give_app(cast["care"])
    old = codes_on(browser.post(f"{AT}/codes"))
    form = Page(browser.get(AT)).form("/codes")
    new = codes_on(browser.post(f"{AT}/codes", form.data, token=False))
    assert len({*old, *new}) == 20
    assert RecoveryCode.select().count() == 10
    again = browser.post(f"{AT}/codes", form.data, token=False)
    assert codes_on(again) == [], "sent again after a lost answer"
    assert events() == ["account:factor:codes"] * 2


def test_the_last_factor_stays(client: Any, cast: Any, clock: Any) -> None:
    browser = client("care")
    give_app(cast["care"])
    assert "/remove" not in str([form.action for form in Page(browser.get(AT)).forms])
    assert browser.post(f"{AT}/app/remove").status_code == 409
    key = Passkey.create(person=cast["care"], credential_id="x", public_key="y", name="Phone", made_at=clock.now())
    assert browser.post(f"{AT}/app/remove").status_code == 303
    assert browser.post(f"{AT}/passkeys/{key.id}/remove").status_code == 409
    assert events() == ["account:factor:remove"]


def test_nobody_removes_a_passkey_of_a_colleague(client: Any, cast: Any, clock: Any) -> None:
    key = Passkey.create(person=cast["care"], credential_id="x", public_key="y", name="Phone", made_at=clock.now())
    give_app(cast["mentor"])
    assert client("mentor").post(f"{AT}/passkeys/{key.id}/remove").status_code == 404
    assert Passkey.select().count() == 1


# --- Lost


def ask_for(client: Any, cast: Any, name: str = "care") -> Any:
    give_app(cast[name])
    browser = client("administrator")
    form = Page(browser.get(f"/accounts/{cast[name].id}")).form("/second-factor")
    return browser.post(form.action, form.data, token=False)


def test_two_people_remove_a_lost_factor(client: Any, cast: Any, clock: Any) -> None:
    lost = client("care")
    assert ask_for(client, cast).location == f"/accounts/{cast['care'].id}"
    operations._make_codes(cast["care"])
    assert lost.get("/incidents").status_code == 200, "nothing happens yet"
    (mail,) = Mail.select().where(Mail.kind == "confirm")
    assert mail.person_id == cast["leadership"].id
    leader = client("leadership")
    assert "/confirmations" in Page(leader.get("/")).links
    page = Page(leader.get("/confirmations"))
    assert cast["care"].name in page.text
    assert cast["administrator"].name in page.text
    assert "maandag" in page.text
    form = next(form for form in page.forms if form.action.startswith("/confirmations/"))
    assert leader.post(form.action, form.with_(answer="yes"), token=False).location == "/confirmations"
    assert lost.get("/incidents").location.startswith("/login"), "all sessions ended"
    for model in (Totp, RecoveryCode, Passkey):
        assert not model.select().where(model.person == cast["care"]).exists()
    event = AuditEvent.get(AuditEvent.action == "account:factor:reset")
    assert (event.actor_id, event.detail) == (cast["leadership"].id, {"asked_by": cast["administrator"].id})
    assert Mail.get(Mail.kind == "factor-reset").person_id == cast["care"].id
    assert "/confirmations" not in Page(leader.get("/")).links
    assert leader.post(form.action, {"answer": "yes"}).status_code == 409


def test_leadership_can_refuse_it(client: Any, cast: Any) -> None:
    ask_for(client, cast)
    asked = Confirmation.get()
    assert client("leadership").post(f"/confirmations/{asked.id}", {"answer": "no"}).status_code == 303
    assert Totp.select().count() == 1
    assert client("leadership").post(f"/confirmations/{asked.id}", {"answer": "yes"}).status_code == 409


def test_nobody_confirms_alone(client: Any, cast: Any, clock: Any) -> None:
    """Not the administrator, not who it is about, not another function, not after a week."""
    asked = ask("second-factor", cast["care"], actor=cast["administrator"], now=clock.now())
    give_app(cast["care"])
    for function, status in (("administrator", 404), ("coordinator", 404), ("care", 404)):
        assert client(function).post(f"/confirmations/{asked.id}", {"answer": "yes"}).status_code == status
        assert client(function).get("/confirmations").status_code == status
    Person.update(functions=["care", "leadership"]).where(Person.id == cast["care"].id).execute()
    browser = client("care")
    assert cast["administrator"].name not in browser.get("/confirmations").text
    assert browser.post(f"/confirmations/{asked.id}", {"answer": "yes"}).status_code == 409
    clock.advance(days=8)
    assert client("leadership").post(f"/confirmations/{asked.id}", {"answer": "yes"}).status_code == 409
    assert Totp.select().count() == 1


def test_an_administrator_makes_no_second_person(client: Any, cast: Any, clock: Any) -> None:
    puppet = {"email": "p@baken.example", "name": "P. Op", "functions": ["leadership"], "classes": [], "phone": ""}
    cast["puppet"] = staff.add(puppet, actor=cast["administrator"], now=clock.advance(days=8))
    assert Mail.get(Mail.kind == "functions").person_id == cast["leadership"].id
    ask_for(client, cast)
    assert [mail.person_id for mail in Mail.select().where(Mail.kind == "confirm")] == [cast["leadership"].id]
    at = f"/confirmations/{Confirmation.get().id}"
    assert cast["care"].name not in client("puppet").get("/confirmations").text
    assert client("puppet").post(at, {"answer": "yes"}).status_code == 409
    clock.advance(days=6, hours=23)
    assert client("puppet").post(at, {"answer": "yes"}).status_code == 409
    clock.advance(minutes=59)
    assert client("leadership").post(at, {"answer": "no"}).status_code == 303
    clock.advance(minutes=2)
    ask_for(client, cast)
    assert (
        client("puppet").post(f"/confirmations/{Confirmation.get(state='asked').id}", {"answer": "yes"}).status_code
        == 303
    )


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_an_answer_that_is_none_changes_nothing(client: Any, cast: Any, answer: str) -> None:
    ask_for(client, cast)
    path = f"/confirmations/{Confirmation.get().id}"
    assert client("leadership").post(path, {"answer": answer}).status_code == 404
    assert Confirmation.get().state == "asked"


def test_what_was_not_lost_is_not_asked(client: Any, cast: Any) -> None:
    path = f"/accounts/{cast['mentor'].id}/second-factor"
    assert client("administrator").post(path).status_code == 409
    assert client("coordinator").post(path).status_code == 404
    ask_for(client, cast)
    assert client("administrator").post(f"/accounts/{cast['care'].id}/second-factor").status_code == 409, "asked twice"
    assert Confirmation.select().count() == 1


def test_it_can_be_removed_from_the_server(app: Flask, client: Any, cast: Any) -> None:
    browser = client("care")
    give_app(cast["care"])
    with given_up():
        run = app.test_cli_runner()
        done = run.invoke(args=["user", "reset-second-factor", "care@baken.example"])
        missing = run.invoke(args=["user", "reset-second-factor", "nobody@baken.example"])
    assert (done.exit_code, missing.exit_code) == (0, 1)
    assert "nobody@baken.example" in missing.output
    assert Totp.select().count() == 0
    assert SignIn.select().count() == 0
    assert browser.get("/incidents").location.startswith("/login")
    assert (events(), mails("factor-reset")) == (["account:factor:reset"], 1)


def test_the_mail_says_what_to_do_and_no_detail(app: Flask, client: Any, cast: Any, clock: Any) -> None:
    ask_for(client, cast)
    client("leadership").post(f"/confirmations/{Confirmation.get().id}", {"answer": "yes"})
    give_app(cast["mentor"])
    client("mentor").post(f"{AT}/codes")
    with app.app_context():
        for mail in Mail.select():
            message = compose(mail, "R. van Dijk", "https://portal.school.example", "rustpunt@portal.school.example")
            text = message.get_content()
            assert "R. van Dijk" in text
            assert "%(" not in text
            assert cast["administrator"].name not in text
    assert {mail.kind for mail in Mail.select()} == {"confirm", "factor", "factor-reset"}


def test_a_week_is_the_end_of_a_question(client: Any, cast: Any, clock: Any) -> None:
    ask_for(client, cast)
    clock.advance(days=7, minutes=1)
    leader = client("leadership")
    assert cast["care"].name not in leader.get("/confirmations").text
    assert "/confirmations" not in Page(leader.get("/")).links
    assert Confirmation.get().asked_at < clock.now() - timedelta(days=7)


# --- The demo, and what stays out of memory


def test_in_the_demo_nobody_is_asked_but_it_can_be_shown(worker: Worker, app: Flask, cast: Any, clock: Any) -> None:
    demo = create_app(replace(app.extensions["settings"], demo=True))
    demo.extensions["clock"] = clock
    browser = Browser(demo)
    browser.sign_in(cast["care"], clock.now(), stepped_up=False)
    assert browser.get("/incidents").status_code == 200
    assert browser.get("/drafts").status_code == 200
    assert len(codes_on(set_up(browser, clock))) == 10
    other = Browser(demo)
    other.sign_in(cast["care"], clock.now(), stepped_up=False)
    assert other.get("/incidents").status_code == 200
    assert other.get(AT).location.startswith("/login/second-factor"), "also here none is added without showing it"
    code = pyotp.TOTP(Totp.get().secret).at(clock.advance(seconds=30))
    assert other.post("/login/second-factor", {"code": code}).status_code == 303
    assert other.post(f"{AT}/app/remove").status_code == 303, "here also the last one"
    assert RecoveryCode.select().count() == 0


def test_its_libraries_are_not_loaded_before_somebody_uses_them(tmp_path: Path) -> None:
    code = (
        "import sys; from portal import create_app; create_app(); "
        "print({'webauthn', 'cryptography', 'cbor2', 'segno', 'pyotp'} & set(sys.modules))"
    )
    env = {"PORTAL_DATA": str(tmp_path / "data"), "PORTAL_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set()", done.stderr


def test_the_guard_and_the_hint_cost_nothing(client: Any, cast: Any, password_only: Any) -> None:
    """One statement for the session; leadership is asked once more what waits for it."""
    for function, most in (("coordinator", 14), ("leadership", 15)):
        browser = client(function)
        browser.get("/")
        with counted() as statements:
            browser.get("/")
        assert len(statements) <= most
    browser = password_only("teacher")
    with counted() as statements:
        assert browser.get("/first-hour").status_code == 200
    assert len(statements) <= 2
