"""How long a session lasts, who sees and ends it, and that a copied cookie of an ended one opens nothing."""

import re
from typing import Any

import pytest

from portal import create_app, demo
from portal.accounts.models import Person, SignIn
from portal.accounts.sessions import operations
from portal.accounts.sessions.rules import device_of
from portal.accounts.staff import operations as staff
from portal.audit.models import AuditEvent
from portal.config import ROOT
from portal.notices.models import Mail
from portal.notices.operations import compose
from tests.conftest import Browser, given_up, settings_in
from tests.reading import Page
from tests.statements import counted

NEW = "drie fietsen in de regen"


def copy_of(client: Any, browser: Any) -> Any:
    """Somebody else's browser with the cookies of this one."""
    thief = client()
    with given_up(), browser.plain.session_transaction() as there, thief.plain.session_transaction() as here:
        here.update(there)
    return thief


def signed_in(client: Any, name: str = "mentor", **headers: str) -> Any:
    browser = client()
    form = {"email": f"{name}@baken.example", "password": demo.PASSWORD}
    assert browser.post("/login", form, headers=headers).status_code == 303
    browser.step_up()
    return browser


def opens(browser: Any) -> bool:
    """Whether a stranger with this cookie gets anything but the sign-in page, whatever is asked."""
    whole = browser.get("/incidents")
    part = browser.get("/incidents", htmx=True)
    form = browser.post("/account/password", {"old": demo.PASSWORD, "new": "short"})
    return not (
        whole.status_code == 303
        and whole.location.startswith("/login")
        and part.status_code == 401
        and form.status_code in (303, 401)
        and browser.get("/session?person=5").status_code == 401
    )


@pytest.mark.parametrize("end", ["sign-out", "password", "functions", "deactivation", "reset", "idle", "12 hours"])
def test_a_copied_cookie_answers_nothing_afterwards(client: Any, cast: Any, clock: Any, end: str) -> None:
    browser, mentor = signed_in(client), cast["mentor"]
    thief = copy_of(client, browser)
    assert opens(thief)
    if end == "sign-out":
        browser.post("/logout")
    elif end == "password":
        assert browser.post("/account/password", {"old": demo.PASSWORD, "new": NEW}).status_code == 303
        assert browser.get("/incidents").status_code == 200, "who changed it goes on with a new token"
    elif end == "functions":
        values = {"name": "J. Smit", "email": mentor.email, "functions": ["care"], "language": "nl"}
        sent = client("admin").post(f"/accounts/{mentor.id}", {**values, "version": str(mentor.version)})
        assert sent.status_code == 303
    elif end == "deactivation":
        staff.leave(mentor, actor=cast["admin"], now=clock.now())
    elif end == "reset":
        staff.lose_password(mentor, actor=cast["admin"], now=clock.now())
    else:
        for _time in range(36 if end == "12 hours" else 0):
            clock.advance(minutes=20)
            browser.get("/incidents")
        clock.advance(minutes=30)
    assert not opens(thief)
    assert opens(browser) is (end == "password")


def test_other_changes_of_an_account_end_nothing(client: Any, cast: Any) -> None:
    browser, mentor = signed_in(client), cast["mentor"]
    values = {"name": "J. Smit", "email": mentor.email, "functions": ["mentor"], "language": "en"}
    client("admin").post(f"/accounts/{mentor.id}", {**values, "version": str(mentor.version)})
    assert opens(browser)


def test_half_an_hour_without_use_ends_it_and_use_keeps_it(client: Any, clock: Any) -> None:
    browser = signed_in(client)
    for minutes in (29, 29, 29):
        clock.advance(minutes=minutes)
        assert browser.get("/incidents").status_code == 200
    clock.advance(minutes=29, seconds=59)
    assert browser.get("/incidents").status_code == 200
    clock.advance(minutes=30)
    assert browser.get("/incidents").location == "/login?next=%2Fincidents"


@pytest.mark.parametrize("ask", ["poll", "session"])
def test_what_the_page_does_by_itself_is_no_use(client: Any, incident: Any, cast: Any, clock: Any, ask: str) -> None:
    case, browser = incident(), signed_in(client, "coordinator")
    page = browser.get(f"/incidents/{case.ref}").text
    assert """data-hx-headers='{"By-Itself": "1"}'""" in page
    statuses = []
    for _time in range(31):
        clock.advance(minutes=1)
        if ask == "poll":
            answer = browser.get(f"/incidents/{case.ref}", htmx=True, headers={"By-Itself": "1"})
        else:
            answer = browser.get(f"/session?person={cast['coordinator'].id}", htmx=True)
        statuses.append(answer.status_code)
    assert statuses == [200 if ask == "poll" else 204] * 29 + [401] * 2
    if ask == "poll":
        assert answer.headers["HX-Redirect"].startswith("/login?next=")


def test_every_part_that_asks_by_itself_says_so() -> None:
    found = [
        (path.name, tag)
        for path in (ROOT / "templates").rglob("*.html")
        for tag in re.findall(r"<[^<>]*every \d+s[^<>]*>", path.read_text("utf-8"))
    ]
    assert len(found) >= 2
    assert not [name for name, tag in found if "By-Itself" not in tag]


def test_typing_is_use(client: Any, incident: Any, clock: Any) -> None:
    case, browser = incident(), signed_in(client, "coordinator")
    for _time in range(4):
        clock.advance(minutes=20)
        kept = browser.post("/drafts", {"place": f"/incidents/{case.ref}/log#text", "text": "Half a sent"})
        assert kept.status_code == 200
    assert browser.get("/incidents").status_code == 200


def test_use_is_written_down_once_a_minute(client: Any, clock: Any) -> None:
    browser = signed_in(client)
    browser.get("/incidents")

    def wrote(**span: float) -> int:
        clock.advance(**span)
        with counted() as statements:
            browser.get("/incidents")
        return len([one for one in statements if one.startswith("UPDATE")])

    assert [wrote(seconds=30), wrote(seconds=29), wrote(seconds=1), wrote(seconds=59), wrote(seconds=1)] == [
        0, 0, 1, 0, 1,
    ]  # fmt: skip
    assert SignIn.get().seen_at == clock.now()


def test_a_session_of_before_counts_from_its_beginning(client: Any, clock: Any) -> None:
    browser = signed_in(client)
    SignIn.update(seen_at=None).execute()
    clock.advance(minutes=29)
    assert browser.get("/incidents").status_code == 200
    SignIn.update(seen_at=None).execute()
    clock.advance(minutes=1)
    assert browser.get("/incidents").status_code == 303


def test_the_number_of_a_session_is_never_given_again(client: Any) -> None:
    """The trail and drafts name a session by its number."""
    numbers = []
    for _time in range(3):
        browser = signed_in(client)
        numbers.append(SignIn.get().id)
        browser.post("/logout")
    assert numbers == sorted(set(numbers))
    events = AuditEvent.select().where(AuditEvent.action == "account:sign-in:start").order_by(AuditEvent.id)
    assert [event.session_id for event in events] == numbers


WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (WINDOWS + "Chrome/126.0.0.0 Safari/537.36", "Chrome on Windows"),
        (WINDOWS + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (WINDOWS + "Chrome/126.0.0.0 Safari/537.36 OPR/111.0", "Opera on Windows"),
        (IPHONE + "Version/17.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (IPHONE + "CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (IPHONE + "FxiOS/127.0 Mobile/15E148 Safari/604.1", "Firefox on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; K) Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/126.0 Safari/537.36", "Chrome on Chromebook"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5) Version/17.5 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
        ("curl/8.5", ""),
        ("", ""),
        ("Windows <script>" + "x" * 9000, "Windows"),
    ],
)  # fmt: skip
def test_a_device_has_a_short_name(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_the_own_account_and_its_sessions(client: Any, cast: Any, clock: Any) -> None:
    elsewhere = signed_in(client, **{"User-Agent": IPHONE + "Version/17.0 Safari/604.1"})
    clock.advance(minutes=5)
    here = signed_in(client, **{"User-Agent": WINDOWS + "Chrome/126.0 Safari/537.36", "Accept-Language": "en"})
    Person.update(language="en").where(Person.id == cast["mentor"].id).execute()
    account = Page(here.get("/account"))
    assert {"/account/password", "/account/second-factor", "/account/sessions", "/account/absence", "/drafts"} <= set(
        account.links
    )
    assert "/emergency" not in account.links
    assert all(word in account.text for word in (cast["mentor"].name, "mentor@baken.example", "Mentor", "English"))
    page = Page(here.get("/account/sessions"))
    assert page.text.index("Chrome on Windows this one") < page.text.index("Safari on iPhone")
    assert "10:00" in page.text
    assert "10:05" in page.text
    elsewhere.get("/account/sessions")
    assert "/account" in Page(elsewhere.get("/")).links


def numbers(person: Person) -> list[int]:
    return [one.id for one in SignIn.select().where(SignIn.person == person).order_by(SignIn.id)]


def test_one_others_or_all_sessions_are_ended(client: Any, cast: Any) -> None:
    here, phone, laptop, colleague = client("mentor"), client("mentor"), client("mentor"), client("care")
    first, second, _third = numbers(cast["mentor"])
    assert here.post("/account/sessions/end", {"which": second}).location == "/account/sessions"
    assert (opens(here), opens(phone), opens(laptop)) == (True, False, True)
    assert here.post("/account/sessions/end", {"which": "others"}).location == "/account/sessions"
    assert (opens(here), opens(laptop)) == (True, False)
    assert numbers(cast["mentor"]) == [first]
    again = client("mentor")
    answer = here.post("/account/sessions/end", {"which": "all"})
    assert (answer.location, answer.headers["Clear-Site-Data"]) == ("/login", '"cache", "storage"')
    assert (opens(here), opens(again), opens(colleague)) == (False, False, True)
    ended = AuditEvent.select().where(AuditEvent.action == "account:session:end").order_by(AuditEvent.id)
    assert [event.detail for event in ended] == [{"session": second}, {"here_too": False}, {"here_too": True}]


def test_the_session_one_is_in_ends_like_signing_out(client: Any, cast: Any) -> None:
    here = client("mentor")
    answer = here.post("/account/sessions/end", {"which": numbers(cast["mentor"])[0]})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not opens(here)


@pytest.mark.parametrize("which", ["", "x", "0", "-1", "999999", "9" * 30, "colleague"])
def test_nobody_ends_a_session_of_somebody_else(client: Any, cast: Any, which: str) -> None:
    here, colleague = client("mentor"), client("care")
    which = str(numbers(cast["care"])[0]) if which == "colleague" else which
    assert here.post("/account/sessions/end", {"which": which}).location == "/account/sessions"
    assert opens(here)
    assert opens(colleague)
    assert not AuditEvent.select().where(AuditEvent.action == "account:session:end").exists()


def test_the_worker_removes_what_has_ended(client: Any, clock: Any) -> None:
    signed_in(client)
    operations.clear_old(clock.advance(minutes=29))
    assert SignIn.select().count() == 1
    operations.clear_old(clock.advance(minutes=1))
    assert SignIn.select().count() == 0


def test_leadership_ends_every_session_of_the_school(client: Any, cast: Any, clock: Any, app: Any) -> None:
    Person.update(functions=["leadership"]).where(Person.id == cast["stranger"].id).execute()
    own, others = signed_in(client, "leadership"), [client(name) for name in ("mentor", "admin", "stranger")]
    assert "/emergency" in Page(own.get("/account")).links
    page = own.get("/emergency")
    assert Page(page).form("/emergency")
    assert all(opens(browser) for browser in others), "nothing happens before it is confirmed"
    answer = own.post("/emergency")
    assert (answer.location, answer.headers["Clear-Site-Data"]) == ("/login", '"cache", "storage"')
    assert not any(opens(browser) for browser in (own, *others))
    assert SignIn.select().count() == 0
    assert "govuk-button" in own.get("/login").text
    event = AuditEvent.get(AuditEvent.action == "account:emergency:end")
    assert (event.actor_id, event.detail) == (cast["leadership"].id, {"people": 4})
    [mail] = Mail.select().where(Mail.kind == "emergency")
    assert mail.person_id == cast["stranger"].id
    with app.app_context():
        message = compose(mail, "A. Vreemd", "https://portal.school.example", "rustpunt@school.example")
    assert message
    assert cast["leadership"].name in message.get_content()
    assert opens(signed_in(client))


@pytest.mark.parametrize("name", ["coordinator", "admin", "teacher"])
def test_nobody_else_does(client: Any, name: str) -> None:
    browser = client(name)
    assert browser.get("/emergency").status_code == 404
    assert browser.post("/emergency").status_code == 404
    assert opens(browser)


def test_a_command_ends_sessions_too(app: Any, client: Any, cast: Any) -> None:
    mentor, care = client("mentor"), client("care")

    def command(*words: str) -> Any:
        with given_up():
            return app.test_cli_runner().invoke(args=["sessions", "end", *words])

    assert command("--person", "Mentor@baken.example").exit_code == 0
    assert (opens(mentor), opens(care)) == (False, True)
    assert "there is no account" in command("--person", "nobody@baken.example").output
    assert command("--school", "nowhere").exit_code == 1
    assert command("--school", "baken").exit_code == 0
    assert not opens(care)
    events = AuditEvent.select().where(AuditEvent.action.in_(["account:session:end", "account:emergency:end"]))
    assert [(event.actor_id, event.subject) for event in events] == [
        (None, f"person:{cast['mentor'].id}"),
        (None, "school:1"),
    ]
    assert [mail.person_id for mail in Mail.select().where(Mail.kind == "emergency")] == [cast["leadership"].id]


@pytest.mark.parametrize("https", [True, False])
def test_every_cookie_is_hardened(app: Any, worker: Any, clock: Any, cast: Any, https: bool) -> None:
    """Plain names and no Secure only where browsers come over http, which is this machine itself."""
    base = "https://portal.school.example" if https else "http://localhost:8000"
    other = create_app(settings_in(worker.place.data.parent, base_url=base))
    other.extensions["clock"] = clock
    browser, found = Browser(other), {}
    here = {"base_url": base, "headers": {"Referer": f"{base}/login"}}
    with given_up():
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.plain.get("/login", base_url=base).text)
    assert token
    form = {"email": "mentor@baken.example", "password": demo.PASSWORD}
    for path, data in (("/language", {"language": "en"}), ("/login", form)):
        answer = browser.post(path, data | {"csrf_token": token[1]}, token=False, **here)
        found |= {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    prefix = "__Host-" if https else ""
    assert set(found) == {f"{prefix}rustpunt", f"{prefix}rustpunt-device", f"{prefix}language"}
    for line in found.values():
        assert all(word in line for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
        assert ("Secure" in line) is https
        assert "Domain" not in line
        assert len(line) < 600
    assert all("Max-Age=31536000" in line for name, line in found.items() if not name.endswith("rustpunt"))
