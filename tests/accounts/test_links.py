"""Links: who gets one, what opens it, and what never does."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal import db as database
from portal import demo
from portal.accounts.entry.rules import Visitor
from portal.accounts.links import operations as links
from portal.accounts.links.rules import nonce_of, token_of
from portal.accounts.models import INVITE, RESET, SETUP, Link, Person, SignIn
from portal.accounts.staff import operations as staff
from portal.audit.models import AuditEvent
from portal.errors import Missing
from portal.notices.models import CANCELLED, Mail
from portal.notices.operations import send_due
from tests.conftest import at_once, given_up
from tests.reading import Page

NEW = {"email": "Q.Nieuw@Baken.example", "name": "Q. Nieuw", "functions": ["mentor"], "classes": [], "phone": ""}
CHOSEN = "drie fietsen in de regen"
OVER = "opens nothing any more"


@pytest.fixture
def client(client: Any, cast: Any) -> Callable[..., Any]:
    """Everybody reads English here, so that words can be looked for."""
    Person.update(language="en").execute()

    def make(function: str | None = None) -> Any:
        browser = client(function)
        browser.plain.set_cookie("language", "en")
        return browser

    return make


@pytest.fixture
def invited(cast: Any, clock: Any) -> Person:
    person = staff.add(NEW, actor=cast["admin"], now=clock.now())
    return person


@pytest.fixture
def path(app: Any) -> Callable[[Any], str]:
    """The address of the newest link of somebody."""

    def address(person: Any) -> str:
        link = Link.select().where(Link.person == person).order_by(Link.id.desc()).get()
        return f"/welcome/{token_of(link.nonce, app.secret_key)}"

    return address


@pytest.fixture
def with_mail(app: Any) -> Any:
    """The same portal with a mail server set."""
    settings = app.extensions["settings"]
    object.__setattr__(settings, "smtp", urlsplit("smtp://127.0.0.1:1"))
    yield settings
    object.__setattr__(settings, "smtp", None)


@pytest.fixture
def mailed(app: Any, clock: Any) -> Callable[[], list[Any]]:
    """Let the worker go round; gives what it sent."""

    def work() -> list[Any]:
        sent: list[Any] = []
        with app.app_context():
            send_due(sent.append, {}, base_url="https://p.example", sender="rustpunt@p.example", now=clock.now())
        return sent

    return work


def fresh(person: Person) -> Person:
    found: Person = Person.get_by_id(person.id)
    return found


def test_the_invited_choose_a_password_and_are_in(client: Any, invited: Person, path: Any) -> None:
    browser, address = client(), path(invited)
    page = browser.get(address).get_data(as_text=True)
    assert ("Q. Nieuw" in page, "q.nieuw@baken.example" in page) == (True, True)
    assert "<title>Rustpunt</title>" in page
    assert '<meta name="referrer" content="strict-origin">' in page
    answer = browser.post(address, {"new": CHOSEN})
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/incidents").location.startswith("/account/second-factor?next=")
    browser.step_up()
    assert browser.get("/incidents").status_code == 200
    assert client().post("/login", {"email": invited.email, "password": CHOSEN}).status_code == 303
    events = [event.action for event in AuditEvent.select().order_by(AuditEvent.id.desc()).limit(5)]
    assert "account:link:use" in events
    for old in (client().get(address), client().post(address, {"new": CHOSEN + "!"})):
        assert (old.status_code, OVER in old.text) == (404, True)


def test_looking_changes_nothing_for_mail_scanners_look_too(client: Any, invited: Person, path: Any) -> None:
    before = database.db.connection().total_changes
    for _look in range(3):
        assert client().get(path(invited)).status_code == 200
        assert client()._send("HEAD", path(invited), False, {}).status_code == 200
    assert database.db.connection().total_changes == before


def told(answer: Any) -> tuple[int, str]:
    text = re.sub(r'name="(csrf_token|next)" value="[^"]*"', "", answer.get_data(as_text=True))
    return answer.status_code, text


def test_used_over_unknown_replaced_and_foreign_links_say_the_same(
    app: Any, client: Any, cast: Any, invited: Person, path: Any, clock: Any
) -> None:
    replaced = path(invited)
    staff.invite(invited, actor=cast["admin"], now=clock.now())
    live = path(invited)
    assert client().get(live).status_code == 200
    nonce = live.removeprefix("/welcome/")[:22]
    forged = [
        f"/welcome/{token_of(nonce, 'another secret')}",
        live[:-1] + ("A" if live[-1] != "A" else "B"),
        live + "A",
        f"/welcome/{nonce}",
        f"/welcome/{token_of('of-another-school-00000', app.secret_key)}",
        "/welcome/x",
        "/welcome/" + "é" * 65,
        "/welcome/%00",
    ]
    used = path(invited)
    client().post(used, {"new": CHOSEN})
    links.make(cast["care"], RESET, actor_id=None, now=clock.now())
    over = path(cast["care"])
    clock.advance(hours=72)
    answers = {told(client().get(one)) for one in (replaced, used, over, *forged)}
    assert len(answers) == 1
    ((status, text),) = answers
    assert (status, OVER in text) == (404, True)
    before = Person.get_by_id(cast["care"].id).password
    assert {client().post(one, {"new": CHOSEN}).status_code for one in (replaced, over, *forged)} == {404}
    assert Person.get_by_id(cast["care"].id).password == before


def test_a_link_lasts_72_hours(client: Any, invited: Person, path: Any, clock: Any) -> None:
    clock.advance(hours=71, minutes=59, seconds=59)
    assert client().get(path(invited)).status_code == 200
    clock.advance(seconds=1)
    assert client().get(path(invited)).status_code == 404


def test_the_database_alone_opens_nothing(invited: Person, path: Any, app: Any) -> None:
    token = path(invited).removeprefix("/welcome/")
    link = Link.get()
    assert nonce_of(token, app.secret_key) == link.nonce
    assert nonce_of(token_of(link.nonce, ""), app.secret_key) == ""
    rows = str(list(Link.select().dicts())) + str(list(Mail.select().dicts())) + str(list(AuditEvent.select().dicts()))
    assert token not in rows
    assert not {"q.nieuw", "Nieuw"} & set(re.findall(r"[\w.]+", str([e.detail for e in AuditEvent.select()])))


def test_two_at_once_use_a_link_once(app: Any, school: Any, invited: Person, clock: Any) -> None:
    link = Link.get(Link.person == invited)
    done: list[str] = []

    def use() -> None:
        password = f"{CHOSEN} {len(done)} {id(object())}"
        try:
            links.use(Link.get_by_id(link.id), password, Visitor(), now=clock.now())
        except Missing:
            return
        done.append(password)

    assert at_once(app, school, use, 4) == []
    assert len(done) == 1
    assert SignIn.select().where(SignIn.person == invited).count() == 1


def test_a_new_password_ends_every_other_session(client: Any, cast: Any, path: Any, clock: Any) -> None:
    elsewhere = client("mentor")
    links.make(cast["mentor"], RESET, actor_id=None, now=clock.now())
    browser = client()
    assert browser.post(path(cast["mentor"]), {"new": CHOSEN}).status_code == 303
    assert elsewhere.get("/incidents").location.startswith("/login")
    assert browser.get("/account/second-factor").status_code == 200


def test_a_new_password_ends_a_link_that_lies_in_a_mailbox(client: Any, cast: Any, path: Any, clock: Any) -> None:
    links.make(cast["mentor"], RESET, actor_id=None, now=clock.now())
    address = path(cast["mentor"])
    assert client("mentor").post("/account/password", {"old": demo.PASSWORD, "new": CHOSEN}).status_code == 303
    assert client().get(address).status_code == 404


def test_who_is_signed_in_as_somebody_else_is_told_and_signed_out(client: Any, invited: Person, path: Any) -> None:
    admin = client("admin")
    assert "B. Jansen" in Page(admin.get(path(invited))).text
    assert admin.post(path(invited), {"new": CHOSEN}).status_code == 303
    admin.step_up()
    assert admin.get("/accounts").status_code == 404
    assert SignIn.select().count() == 1


@pytest.mark.parametrize("new", ["", "short", "q.nieuw@baken.example", "Het Baken College 2026", "x" * 201])
def test_a_password_that_will_not_do_leaves_the_link_open(client: Any, invited: Person, path: Any, new: str) -> None:
    answer = client().post(path(invited), {"new": new})
    assert (answer.status_code, "govuk-error-summary" in answer.text) == (422, True)
    assert not new or new not in re.sub(r"[\w.]+@[\w.]+|Het Baken College", "", answer.text)
    assert client().get(path(invited)).status_code == 200


def test_a_forged_form_uses_no_link(client: Any, invited: Person, path: Any) -> None:
    assert client().post(path(invited), {"new": CHOSEN}, token=False).status_code == 400
    assert fresh(invited).password == ""


def test_without_mail_the_administrator_hands_the_link_over(client: Any, invited: Person, path: Any) -> None:
    admin = client("admin")
    page = admin.get(f"/accounts/{invited.id}").text
    assert f"http://localhost:8000{path(invited)}" in page
    assert "in person" in page
    assert f"http://localhost:8000{path(invited)}" in admin.get("/accounts/invitations").text
    assert AuditEvent.select().where(AuditEvent.action == "account:link:read").count() == 1
    assert client("coordinator").get("/accounts/invitations").status_code == 404


def test_with_mail_the_administrator_never_sees_it(
    client: Any, invited: Person, path: Any, with_mail: Any, mailed: Any
) -> None:
    admin, token = client("admin"), path(invited)
    for page in ("/accounts", f"/accounts/{invited.id}", "/accounts/invitations"):
        assert token not in admin.get(page).text
    (message,) = [one for one in mailed() if one["To"] == invited.email]
    said = message.get_content()
    assert f"https://p.example{token}" in said
    assert "Het Baken College" in said
    assert re.search(r"(donderdag|Thursday) 26 november 2026 10:00", said, re.I)
    assert "/welcome/" not in message["Subject"]


def test_a_mail_of_a_link_that_was_replaced_is_taken_back(
    cast: Any, invited: Person, path: Any, mailed: Any, clock: Any
) -> None:
    first = path(invited)
    staff.invite(invited, actor=cast["admin"], now=clock.now())
    texts = [one.get_content() for one in mailed() if one["To"] == invited.email]
    assert len(texts) == 1
    assert first not in texts[0]
    assert Mail.select().where(Mail.state == CANCELLED).count() == 1


def test_a_lost_password_opens_nothing_from_then_on(client: Any, cast: Any, path: Any) -> None:
    mentor, admin = client("mentor"), client("admin")
    assert admin.post(f"/accounts/{cast['mentor'].id}/password").location == f"/accounts/{cast['mentor'].id}"
    assert mentor.get("/incidents").location.startswith("/login")
    assert client().post("/login", {"email": "mentor@baken.example", "password": "rustpunt-demo"}).status_code == 422
    assert Link.get().kind == RESET
    assert client().post(path(cast["mentor"]), {"new": CHOSEN}).status_code == 303


def test_who_has_a_password_is_not_invited_again(client: Any, cast: Any) -> None:
    assert client("admin").post(f"/accounts/{cast['mentor'].id}/invite").status_code == 409
    assert not Link.select().exists()


def asked(client: Any, email: str) -> tuple[int, str, str]:
    browser = client()
    answer = browser.post("/login/forgotten", {"email": email})
    page = re.sub(r'value="[^"]{30,}"', "", browser.get("/login").get_data(as_text=True))
    return answer.status_code, answer.location, page


def test_forgotten_says_and_writes_the_same_for_an_unknown_address(client: Any, with_mail: Any, mailed: Any) -> None:
    before = database.db.connection().total_changes
    known = asked(client, "Mentor@baken.example")
    between = database.db.connection().total_changes
    unknown = asked(client, "nobody01@baken.example")
    assert known == unknown
    assert known[:2] == (303, "/login")
    assert "on its way" in known[2]
    assert between - before == database.db.connection().total_changes - between
    assert [mail.address for mail in Mail.select()] == ["mentor@baken.example", ""]
    assert [one["To"] for one in mailed()] == ["mentor@baken.example"]
    assert "nobody01" not in str(list(Mail.select().dicts())) + str(list(AuditEvent.select().dicts()))


def test_forgotten_is_mailed_once_in_a_quarter_and_ends_nothing(
    client: Any, cast: Any, with_mail: Any, mailed: Any, clock: Any, path: Any
) -> None:
    mentor = client("mentor")
    for _again in range(3):
        asked(client, "mentor@baken.example")
    (first,) = mailed()
    assert path(cast["mentor"]) in first.get_content()
    assert mentor.get("/incidents").status_code == 200
    assert client().post("/login", {"email": "mentor@baken.example", "password": "rustpunt-demo"}).status_code == 303
    clock.advance(minutes=15)
    asked(client, "mentor@baken.example")
    (second,) = mailed()
    # Who asks for somebody else ends no link that is on its way.
    assert path(cast["mentor"]) in second.get_content()
    assert Link.select().count() == 1


def test_nobody_floods_a_mailbox_the_outbox_or_the_trail_by_forgetting(
    client: Any, with_mail: Any, mailed: Any, clock: Any, monkeypatch: Any, invited: Person
) -> None:
    monkeypatch.setattr(links.rules, "MOST_OF_NOBODY", 3)
    Mail.delete().execute()
    before = AuditEvent.select().count()
    for number in range(8):
        asked(client, f"nobody{number}@baken.example")
        asked(client, "mentor@baken.example")
        clock.advance(minutes=20)
    assert AuditEvent.select().count() == before, "anybody can ask, and nothing is ever taken out of the trail"
    assert Mail.select().where(Mail.person_id == 0).count() <= 3
    staff.invite(invited, actor=invited, now=clock.now())
    sent = [message["To"] for message in mailed()]
    assert sent == [invited.email, *["mentor@baken.example"] * 5], "what was not asked by anybody goes first"
    told = AuditEvent.select().where(AuditEvent.action == "account:reset:ask")
    assert told.count() == 5
    clock.advance(days=1)
    links.clear_old(clock.now())
    assert not Mail.select().where(Mail.person_id == 0).exists()
    asked(client, "mentor@baken.example")
    assert [message["To"] for message in mailed()] == ["mentor@baken.example"]


def test_without_mail_forgotten_asks_the_administrator(client: Any) -> None:
    assert "Ask the administrator" in client().get("/login/forgotten").text
    assert client().post("/login/forgotten", {"email": "mentor@baken.example"}).status_code == 200
    assert not Mail.select().exists()


def test_who_left_gets_no_link_by_asking(client: Any, cast: Any, with_mail: Any, mailed: Any, clock: Any) -> None:
    staff.leave(cast["stranger"], actor=cast["admin"], now=clock.now())
    asked(client, "stranger@baken.example")
    assert mailed() == []
    assert not Link.select().exists()


def test_the_first_account_sets_up_the_school(app: Any, client: Any, school: Any, clock: Any) -> None:
    link = links.make(None, SETUP, actor_id=None, now=clock.now())
    address = f"/welcome/{token_of(link.nonce, app.secret_key)}"
    assert client().get(address).status_code == 404, "there are accounts already"
    Person.delete().execute()
    browser = client()
    typed = {"name": "D. Irecteur", "email": "d@baken.example", "new": "short", "functions": ["leadership"]}
    answer = browser.post(address, typed)
    assert (answer.status_code, "D. Irecteur" in answer.text) == (422, True)
    assert browser.post(address, {**typed, "new": CHOSEN}).location == "/"
    assert Person.get().functions == ["administrator"]
    browser.step_up()
    page = Page(browser.get("/accounts")).text
    for word in ("school leadership", "incident coordinator", "confidential counselor", "Mail is not set up"):
        assert word in page
    assert client().post(address, {**typed, "email": "e@baken.example", "new": CHOSEN}).status_code == 404
    assert Person.select().count() == 1


def test_old_links_are_forgotten(invited: Person, clock: Any, client: Any, path: Any) -> None:
    links.clear_old(clock.now())
    assert Link.select().count() == 1
    client().post(path(invited), {"new": CHOSEN})
    links.clear_old(clock.now())
    assert not Link.select().exists()


def test_nothing_of_a_link_reaches_the_log(client: Any, invited: Person, path: Any, caplog: Any) -> None:
    caplog.set_level(0)
    address = path(invited)
    client().get(address)
    client().post(address, {"new": "short"})
    client().post(address, {"new": CHOSEN}, token=False)
    client().post(address, {"new": CHOSEN})
    assert address.removeprefix("/welcome/") not in caplog.text
    assert invited.email not in caplog.text


def test_an_invitation_that_is_sent_twice_is_made_once(client: Any) -> None:
    admin = client("admin")
    form = next(form for form in Page(admin.get("/accounts/new")).forms if "email" in form.names)
    data = {**form.data, **NEW}
    first, again = admin.post("/accounts/new", data), admin.post("/accounts/new", data)
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert Link.select().where(Link.kind == INVITE).count() == 1
    with given_up():
        assert "once" in form.names
