"""What stands on every answer, of whatever kind it is."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from portal import create_app, demo
from portal import db as database
from portal.incidents import operations as incident_operations
from tests.conftest import MONDAY, Browser, given_up, settings_in
from tests.web.test_pages import CSP, STATIC

ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=()",
    "X-Robots-Tag": "noindex",
}
Ask = Callable[[Any, Any, Any], Any]


def unchanged(browser: Any, case: Any, _patch: Any) -> Any:
    tag = browser.get(f"/incidents/{case.ref}", htmx=True).headers["HX-PTag"]
    return browser.get(f"/incidents/{case.ref}", htmx=True, headers={"HX-PTag": tag})


def too_often(browser: Any, _case: Any, _patch: Any) -> Any:
    stranger = Browser(browser.app)
    for _time in range(6):
        answer = stranger.post("/login", {"email": "mentor@baken.example", "password": "wrong"})
    return answer


def fails(browser: Any, case: Any, patch: Any) -> Any:
    patch.setattr(incident_operations, "write_entry", lambda *_args, **_kw: 1 / 0)
    return browser.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "x"})


def without_data(browser: Any, _case: Any, patch: Any) -> Any:
    patch.setattr(database, "check_migrated", lambda: (_ for _ in ()).throw(database.Unready("no file")))
    return browser.get("/")


def past_the_pages(browser: Any, _case: Any, patch: Any) -> Any:
    """It goes wrong where no page of ours can say so."""

    def fail(_error: Any) -> None:
        raise ValueError("Xanthippe Quast")

    patch.setitem(browser.app.teardown_request_funcs, None, [fail, *browser.app.teardown_request_funcs[None]])
    return browser.get("/")


def not_allowed(browser: Any, case: Any, _patch: Any) -> Any:
    mentor = Browser(browser.app)
    mentor.sign_in(demo.person("leadership"), MONDAY)
    return mentor.post(f"/incidents/{case.ref}/situation", {})


def built(browser: Any) -> Any:
    name = re.search(r'href="(/static/[^"]+)"', browser.get("/first-hour").text)
    assert name
    return browser.get(name[1])


KINDS: dict[str, tuple[int, Ask]] = {
    "page": (200, lambda browser, case, _p: browser.get(f"/incidents/{case.ref}")),
    "page for all": (200, lambda browser, _case, _p: browser.get("/first-hour")),
    "without database": (200, lambda browser, _case, _p: browser.get("/agenda")),
    "data": (200, lambda browser, _case, _p: browser.get("/healthz")),
    "fragment": (200, lambda browser, case, _p: browser.get(f"/incidents/{case.ref}", htmx=True)),
    "session": (204, lambda browser, _case, _p: browser.get("/session?person=1")),
    "redirect": (303, lambda browser, _case, _p: browser.get("/login")),
    "to sign in": (303, lambda browser, _case, _p: Browser(browser.app).get("/incidents")),
    "not changed": (304, unchanged),
    "forged": (400, lambda browser, _case, _p: browser.post("/logout", token=False)),
    "signed out": (401, lambda browser, _case, _p: Browser(browser.app).get("/incidents", htmx=True)),
    "not allowed": (403, not_allowed),
    "not there": (404, lambda browser, _case, _p: browser.get("/nothing")),
    "wrong method": (405, lambda browser, _case, _p: browser.get("/logout")),
    "too much": (413, lambda browser, case, _p: browser.post(f"/incidents/{case.ref}/log", {"text": "x" * 1_100_000})),
    "wrong input": (422, lambda browser, case, _p: browser.post(f"/incidents/{case.ref}/log", {"kind": "talk"})),
    "too often": (429, too_often),
    "fault": (500, fails),
    "past the pages": (500, past_the_pages),
    "no data": (503, without_data),
}


@pytest.fixture(scope="module")
def portals(worker: Any) -> dict[bool, Any]:
    """With TLS, and without."""
    bases = {True: "https://localhost", False: "http://localhost"}
    made = {https: create_app(settings_in(worker.place.data.parent, base_url=base)) for https, base in bases.items()}
    for portal in made.values():
        # The browser of the tests speaks no TLS; the flag on the cookie is held in tests/accounts/test_sessions.py.
        portal.config.update(SESSION_COOKIE_SECURE=False, SESSION_COOKIE_NAME="rustpunt")
    return made


@pytest.mark.parametrize("https", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_it_stands_on_every_kind_of_answer(
    portals: dict[bool, Any], incident: Any, cast: Any, clock: Any, monkeypatch: Any, kind: str, https: bool
) -> None:
    case, (status, ask), other = incident(), KINDS[kind], portals[https]
    other.extensions["clock"] = clock
    browser = Browser(other)
    browser.sign_in(cast["coordinator"], clock.now())
    answer = ask(browser, case, monkeypatch)
    assert answer.status_code == status
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value], name
    strict = ["max-age=31536000; includeSubDomains"] if https else []
    assert answer.headers.getlist("Strict-Transport-Security") == strict
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())
    assert ("Retry-After" in answer.headers) is (status == 429)


@pytest.mark.skipif(not (STATIC / "manifest.json").exists(), reason="the front end was not built")
def test_only_built_files_stay_in_the_browser(client: Any) -> None:
    answer = built(client())
    answer.close()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert all(answer.headers[name] == value for name, value in ALWAYS.items())
    missing = client().get("/static/not-there.css")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_signing_out_empties_the_browser_but_leaves_its_cookies_to_us(client: Any) -> None:
    """Not 'cookies': the mark of a known device stays."""
    browser = client()
    browser.post("/login", {"email": "mentor@baken.example", "password": demo.PASSWORD})
    answer = browser.post("/logout")
    assert answer.headers.getlist("Clear-Site-Data") == ['"cache", "storage"']
    with given_up():
        assert browser.plain.get_cookie("rustpunt-device")


def test_what_goes_wrong_past_the_pages_says_nothing_of_it(client: Any, monkeypatch: Any, server_log: Any) -> None:
    answer = past_the_pages(client("mentor"), None, monkeypatch)
    reference = re.search(r"\d{4}-\d{4}", answer.text)
    assert (answer.status_code, answer.content_type) == (500, "text/plain; charset=utf-8")
    assert reference
    assert reference[0] in server_log.getvalue()
    assert "ValueError" in server_log.getvalue()
    assert "Xanthippe" not in server_log.getvalue() + answer.text
