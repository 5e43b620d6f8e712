"""Nobody is sent to another site: every place that takes an address to go on to, and every trick known."""

from typing import Any

import pytest

from portal import demo
from portal.web.access import own_path

TRICKS = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "/\r\nSet-Cookie: x=1",
    "/%2f%2fevil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/\n/evil.example",
    "/ /evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x7f/evil.example",
    "/\u2028/evil.example",
    "/\u202e/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "http://localhost@evil.example",
    "//localhost@evil.example",
    "//localhost:8000@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "?next=//evil.example",
    "//[",
    "/" + "x" * 2001,
    "",
]
OWN = [
    "/",
    "/incidents",
    "/incidents/2026-001/log?kind=talk&after=12",
    "/incidents?q=een+twee&next=//evil.example",
    "/incidents?q=een%20twee",
    "/@evil.example",
    "/incidents/2026-001#entry-4",
    "/zaak/é",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_leads_to_the_start_page(trick: str) -> None:
    assert own_path(trick) == "/"


@pytest.mark.parametrize("path", OWN)
def test_an_own_path_stays_as_it_is(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("where", ["login", "language", "from a page"])
def test_every_place_that_goes_on_somewhere_refuses_it(client: Any, trick: str, where: str) -> None:
    if where == "login":
        form = {"email": "mentor@baken.example", "password": demo.PASSWORD}
        answer = client().post("/login", form, query_string={"next": trick})
    elif where == "language":
        answer = client().post("/language", {"language": "en", "next": trick})
    else:
        answer = client("mentor").get("/login", query_string={"next": trick})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "x=1" not in str(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/%2f%2fevil.example"])
def test_an_address_that_was_asked_for_is_no_way_out_either(client: Any, path: str) -> None:
    browser = client()
    answer = browser.get(path)
    assert answer.status_code in (303, 308, 404)
    assert "evil" not in (answer.location or "").partition("?")[0].removeprefix("/evil")
