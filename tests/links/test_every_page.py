"""Every page behind a shared link, found by itself, against everybody who may not come in by it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from portal.incidents.models import Incident
from portal.links.kinds import rules as kinds
from portal.links.models import Ask, LinkMessage, LinkVisit, SharedLink, ShareVersion, Wording
from portal.web.access import SHARED
from tests.conftest import Browser
from tests.links.conftest import PEOPLE, Lent, colleague_of
from tests.statements import counted
from tests.web.scene import routes, written

# What a number in such an address is of, and how one of it is made for a link.
ROWS: dict[str, Callable[[SharedLink, Any], Any]] = {
    "ask_id": lambda link, now: Ask.get(Ask.link == link),
    "message_id": lambda link, now: LinkMessage.create(link=link, text="Geheim.", by_link=link, at=now),
    "wording_id": lambda link, now: Wording.create(link=link, whose="theirs", number=1, texts={}, by_link=link, at=now),
    "colleague_id": lambda link, now: colleague_of(link, now),
}
INSIDE = ("Een leerling van u.", "Praat met de leerling", "P. Partner", *(str(one["name"]) for one in PEOPLE))


def pages(lent: Lent, rows: dict[str, int] | None = None) -> Iterator[tuple[str, str, Any]]:
    """Every route behind a link with a row of the link's own, or another one: method, address, rule."""
    for rule, access, method in routes(lent.app):
        if access.part != SHARED:
            continue
        unknown = {name for name in rule.arguments if name.endswith("_id")} - set(ROWS)
        assert not unknown, f"{rule.rule}: say in ROWS what {unknown} is"
        path = rule.rule.replace("/p/<token>", lent.path)
        numbers = {name: rows[name] if rows else 1 for name in rule.arguments if name in ROWS}
        for name, number in numbers.items():
            path = path.replace(f"<int:{name}>", str(number))
        assert "<" not in path, rule.rule
        yield method, path, access


def ask(browser: Browser, method: str, path: str, *, htmx: bool = False) -> Any:
    return browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, {"text": "x"}, htmx=htmx)


def end_incident(lent: Lent, now: Any) -> None:
    Incident.update(state="ended").where(Incident.id == lent.link.incident_id).execute()


def change(**columns: Any) -> Callable[[Lent, Any], None]:
    def act(lent: Lent, now: Any) -> None:
        values = {name: now if value is True else value for name, value in columns.items()}
        SharedLink.update(**values).where(SharedLink.id == lent.link.id).execute()

    return act


def end_visits(lent: Lent, now: Any) -> None:
    LinkVisit.update(ended_at=now).execute()


# How it came that the session of before opens nothing, and what is answered since.
SHUT = {
    "revoked": (change(revoked_at=True), 404),
    "expired": (change(ends_at=True), 404),
    "dead": (change(dead_at=True), 404),
    "not sent": (change(sent_at=None), 404),
    "the incident has ended": (end_incident, 404),
    "left": (end_visits, 401),
    "another code": (change(code_number=2), 401),
}


def check_shut(browser: Browser, lent: Lent, status: int) -> None:
    asked = 0
    for method, path, _access in pages(lent):
        for htmx in (False, True):
            before, asked = written(), asked + 1
            answer = ask(browser, method, path, htmx=htmx)
            door = 401 if method == "POST" or htmx else 200 if path == lent.path else 303
            want = door if status == 401 else status
            assert (answer.status_code, written() - before) == (want, 0), f"{method} {path}"
            assert [word for word in INSIDE if word in answer.text] == [], f"{method} {path}"
            heads = answer.headers
            assert (heads["Cache-Control"], heads["Referrer-Policy"]) == ("no-store", "strict-origin"), path
            assert "noindex" in heads["X-Robots-Tag"]
            assert "ETag" not in heads
            assert "HX-PTag" not in heads
    assert asked >= 6


@pytest.mark.parametrize("how", SHUT)
def test_a_session_of_before_opens_no_page(lent: Lent, clock: Any, how: str) -> None:
    """Replayed after it was revoked, expired, …: the very next request is refused."""
    browser, (act, status) = lent.visitor(), SHUT[how]
    act(lent, clock.now())
    check_shut(browser, lent, status)


def test_after_half_an_hour_without_use_no_page_opens(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    clock.advance(minutes=30)
    check_shut(browser, lent, 401)


def test_the_address_without_the_code_opens_no_page(lent: Lent) -> None:
    """It was forwarded, or stands in the history of a browser."""
    check_shut(lent.door(), lent, 401)


def test_the_session_of_one_link_opens_no_page_of_another(lent: Lent, other: Lent) -> None:
    browser = lent.visitor()
    check_shut(browser, other, 401)
    mine = browser.plain.get_cookie(f"link-{lent.link.token_hash[:12]}", "localhost")
    browser.plain.set_cookie(f"link-{other.link.token_hash[:12]}", mine.value)
    check_shut(browser, other, 401)


@pytest.mark.parametrize("how", [name for name, (_act, status) in SHUT.items() if status == 404])
def test_a_colleague_is_out_with_the_link_of_the_school(lent: Lent, clock: Any, how: str) -> None:
    theirs = replace(lent, link=colleague_of(lent.link, clock.now()))
    browser = theirs.visitor()
    SHUT[how][0](lent, clock.now())
    check_shut(browser, theirs, 404)


def test_two_browsers_are_two_sessions_and_both_end_with_the_code(lent: Lent) -> None:
    browsers = [lent.visitor(), lent.visitor()]
    for browser in browsers:
        assert INSIDE[0] in browser.get(lent.path).text
    SharedLink.update(code_number=2).where(SharedLink.id == lent.link.id).execute()
    for browser in browsers:
        check_shut(browser, lent, 401)


def test_a_kind_of_outsider_without_an_act_has_none_of_its_pages(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that may read and nothing else, as a parent might: what it may not is not there."""
    kind = kinds.KINDS[kinds.PARTNER_SCHOOL]
    reader = replace(kind, acts=frozenset({"read"}))
    browser = lent.visitor()
    monkeypatch.setattr(kinds, "KINDS", {kinds.PARTNER_SCHOOL: reader})
    for method, path, access in pages(lent):
        if access.verbs != ("read",):
            before = written()
            assert (ask(browser, method, path).status_code, written() - before) == (404, 0), path
    monkeypatch.setattr(kinds, "KINDS", {})
    for method, path, _access in pages(lent):
        assert ask(browser, method, path).status_code == 404, path


def test_rows_of_another_link_are_not_there(lent: Lent, other: Lent, clock: Any) -> None:
    """Numbers of actions, messages and people are counted through: nothing but 404, and nothing changes."""
    browser = lent.visitor()
    foreign = {name: make(other.link, clock.now()).id for name, make in ROWS.items()}
    for rows in (foreign, *(dict.fromkeys(ROWS, number) for number in (0, 999_999, 10**20))):
        answers = {}
        for method, path, access in pages(lent, rows):
            if not re.search(r"/\d+", path.removeprefix(lent.path)):
                continue
            for htmx in (False, True):
                before = written()
                answer = ask(browser, method, path, htmx=htmx)
                assert (answer.status_code, written() - before) == (404, 0), f"{method} {path} {access}"
                answers[method, path, htmx] = answer
        assert [1 for answer in answers.values() if "De Linde" in answer.text] == []


def test_no_page_says_what_was_not_shared(lent: Lent, other: Lent, clock: Any) -> None:
    """Nor a fragment, a page of what went wrong, or an answer without a body."""
    victim = PEOPLE[0]["name"]
    ShareVersion.update(content={"summary": "", "people": []}).where(ShareVersion.link == lent.link).execute()
    browser = lent.visitor()
    hidden = (str(victim), str(PEOPLE[1]["name"]), "De Linde", lent.link.incident.ref, lent.link.incident.code_name)
    own = {name: make(lent.link, clock.now()).id for name, make in ROWS.items()}
    for method, path, _access in pages(lent, own):
        if path.endswith("/leave"):
            continue
        for htmx in (False, True):
            answer = ask(browser, method, path, htmx=htmx)
            assert [word for word in hidden if word in answer.text + str(answer.headers)] == [], f"{method} {path}"
            if method == "GET":
                with_head = browser._send("HEAD", path, htmx, {})
                assert (with_head.status_code, with_head.data) == (answer.status_code, b""), path
                assert "ETag" not in with_head.headers


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "%00", "..%2f..%2flogin", "%ff%ed%b3%a9", "A" * 5000])
def test_an_address_that_nobody_was_given_says_nothing(lent: Lent, token: str) -> None:
    browser = lent.door()
    page = browser.get(f"/p/{token}")
    assert page.status_code in (404, 308)
    assert browser.post(f"/p/{token}/code", {"code": "12345678"}).status_code in (404, 405)
    assert [word for word in INSIDE if word in page.text] == []


def test_what_never_was_and_what_works_no_more_cannot_be_told_apart(lent: Lent, clock: Any) -> None:
    """Same status, text, headers and number of statements; also where a code or a form is sent to it."""
    unknown = "/p/" + "x" * len(lent.path.removeprefix("/p/"))
    for act, status in SHUT.values():
        if status != 404:
            continue
        before = dict(SharedLink.get_by_id(lent.link.id).__data__), Incident.get_by_id(lent.link.incident_id).state
        act(lent, clock.now())
        for ending in ("", "/code", "/drafts", "/trail"):
            told = []
            for path in (lent.path, unknown):
                browser = lent.door()
                send = browser.post if ending in ("/code", "/drafts") else browser.get
                answer = send(path + ending, **({"data": {"code": "00000000"}} if send == browser.post else {}))
                text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(path, "")
                heads = {name: value for name, value in answer.headers if name != "Set-Cookie"}
                told.append((answer.status_code, text, heads))
            assert told[0] == told[1], ending
            assert told[0][0] == 404
        SharedLink.update(**{name: value for name, value in before[0].items() if name != "id"}).execute()
        Incident.update(state=before[1]).where(Incident.id == lent.link.incident_id).execute()


def test_what_a_poll_was_told_before_is_worth_nothing_after(lent: Lent, clock: Any) -> None:
    """304 says 'as you know it': never to who may not know it any more."""
    browser, tags = lent.visitor(), {}
    for method, path, _access in pages(lent, {"ask_id": lent.ask.id, **dict.fromkeys(set(ROWS) - {"ask_id"}, 1)}):
        told = browser.get(path, htmx=True) if method == "GET" else None
        if told is not None and "HX-PTag" in told.headers:
            tags[path] = {"HX-PTag": told.headers["HX-PTag"]}
            assert browser.get(path, htmx=True, headers=tags[path]).status_code == 304
    assert tags
    end_visits(lent, clock.now())
    assert {browser.get(path, htmx=True, headers=tag).status_code for path, tag in tags.items()} == {401}
    change(revoked_at=True)(lent, clock.now())
    assert {browser.get(path, htmx=True, headers=tag).status_code for path, tag in tags.items()} == {404}


def test_the_door_asks_as_much_of_the_database_for_an_address_that_never_was(lent: Lent) -> None:
    number = []
    for path in (lent.path, "/p/" + "x" * 43):
        browser = lent.door()
        browser.get(path)
        with counted() as statements:
            browser.get(path)
        number.append(len(statements))
    assert number[0] == number[1] <= 2


def test_a_forged_form_is_refused_behind_every_link(lent: Lent) -> None:
    browser = lent.visitor()
    for method, path, _access in pages(lent):
        if method == "POST":
            before = written()
            answer = browser.post(path, {"text": "x"}, token=False)
            assert (answer.status_code, written() - before) == (400, 0), path
