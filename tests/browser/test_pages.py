"""Every page of the product: sound for axe, narrow screens, large letters, and the watch on what it loads."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE
from tests.browser.walk import DEMO, action, begin, control, read, report

Enter = Callable[[Page, str], Page]
Tab = Callable[..., Page]

PUBLIC = ["/first-hour", "/login", "/login/forgotten", "/welcome/nothing", "/agenda", "/there-is-nothing-here"]
COORDINATOR = [
    "/",
    "/incidents",
    DEMO,
    *(f"{DEMO}{part}" for part in ("/plan", "/plan?show=hand-over", "/plan?show=mine", "/plan/new", "/log")),
    *(f"{DEMO}{part}" for part in ("/people", "/people/new", "/team", "/team/who", "/situation", "/end", "/reopen")),
    *(f"{DEMO}{part}" for part in ("/join", "/sheet", "/sheet/adapt")),
    *(f"{DEMO}/people/{part}" for part in ("new?child=1", "1/merge", "1/merge?other=2")),
    *(f"{DEMO}/classes{part}" for part in ("", "/1", "/1/prepare", "/1/held", "/1/cancel")),
    *(f"{DEMO}/classes/2{part}" for part in ("", "/later", "/worry", "/poster")),
    *(f"{DEMO}{part}" for part in ("/wishes", "/rest")),
    *(f"{DEMO}/statement{part}" for part in ("", "/write", "/versions")),
    "/account",
    "/account/sessions",
    "/account/password",
    "/account/absence",
    "/incidents/2026-999",
]
ADMINISTRATOR = [
    *(f"/accounts{part}" for part in ("", "/new", "/import", "/invitations", "/deputies")),
    *(f"/accounts/{part}" for part in ("1/absence", "3/notes", "1/leave")),
    "/settings",
    "/audit",
]
LEADERSHIP = [
    *("/emergency", "/audit", "/audit/head"),
    *(
        f"{DEMO}{part}"
        for part in ("/audit", "/audit?day=2020-01-01", "/people/1/opened", "/wishes", "/rest", "/statement")
    ),
]
TALKS = f"{DEMO}/conversations"
COUNSELOR = [
    *(f"{TALKS}{part}" for part in ("", "/cards/victim", "/new/victim-parents", "/2", "/5", "/5/card", "/5/planning")),
    *(f"{TALKS}{part}" for part in ("/5/prepare", "/5/held", "/5/cancel", "/help", "/help/1")),
    *("/settings/help", "/settings/help/1"),
]
COORDINATOR += [f"{DEMO}/links/1/ask"]
COORDINATOR += [f"{DEMO}/letters{part}" for part in ("", "/2", "/3", "/4", "/5/edit")]
LEADERSHIP += [f"{DEMO}/letters{part}" for part in ("", "/4")]
COUNSELOR += [f"{DEMO}/buddies{part}" for part in ("", "/1", "/2", "/3", "/4", "/of/1", "/1/card")]
COMMUNICATION = ["/", *(f"{DEMO}/media{part}" for part in ("", "/calls/new", "/plan", "/questions", "/print"))]
COMMUNICATION += [f"{DEMO}/watch{part}" for part in ("", "/new", "/turns", "/places", "/1", "/2")]
COMMUNICATION += [
    f"{DEMO}{part}" for part in ("/statement", "/statement/write", "/letters", "/letters/2", "/letters/5/edit")
]
LEADERSHIP += [f"{DEMO}{part}" for part in ("/statement/versions", "/media", "/watch", "/watch/1")]
TALKING = [f"{DEMO}/links/1/{part}" for part in ("messages", "statement", "colleagues", "feedback")]
COORDINATOR += TALKING
COORDINATOR += [f"{DEMO}/links{part}" for part in ("", "/new", "/1", "/1/code", "/1/change", "/1/renew", "/1/revoke")]
LEADERSHIP += [f"{DEMO}/links{part}" for part in ("", "/1")]
COMMUNICATION += [f"{DEMO}/links{part}" for part in ("", "/1")]
# Addresses that are known only once something is there: see `found`.
LATER = ["action", "gated action", "call", "correct", "person", "report 1", "report 2", "report 3", "staff", "receipt"]
LATER += ["sheet"]
ENGLISH = [
    "/",
    DEMO,
    *(f"{DEMO}{part}" for part in ("/plan", "/log", "/team", "/team/who", "/people", "/notes", "/sheet")),
]
ENGLISH += [f"{DEMO}{part}" for part in ("/wishes", "/rest", "/rest/new/1", "/rest/1/change", "/letters", "/letters/3")]
ENGLISH += [
    f"{DEMO}{part}" for part in ("/statement", "/statement/versions", "/media", "/media/print", "/watch", "/watch/1")
]
ENGLISH += [f"{DEMO}/links{part}" for part in ("", "/1", "/1/code")]


def sound(page: Page, axe: Callable[[Page], None]) -> None:
    """As it comes, and with everything opened that can be opened."""
    assert page.locator("h1").count() == 1, page.url
    assert page.locator("main").count() == 1
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")
    axe(page)
    fits_with_large_letters(page, WIDE)


def fits_with_large_letters(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} at {width} with letters of 200%: {wide} px too wide, {_widest(page)}"


def _widest(page: Page) -> str:
    find = """() => [...document.querySelectorAll('main *, header *')]
      .filter((el) => el.getBoundingClientRect().right > innerWidth + 1 && !el.closest('.rp-scroll'))
      .slice(-3).map((el) => el.outerHTML.slice(0, 160)).join(' | ')"""
    return str(page.evaluate(find))


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_for_everybody(tab: Tab, axe: Callable[[Page], None], path: str, language: str) -> None:
    page = tab("", language=language)
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == language
    sound(page, axe)


@pytest.mark.parametrize("path", COORDINATOR)
def test_pages_of_the_coordinator(tab: Tab, axe: Callable[[Page], None], path: str) -> None:
    page = tab("coordinator")
    page.goto(path)
    sound(page, axe)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_parts_of_an_incident_stand_on_one_line(new_page: Callable[..., Page], enter: Enter, language: str) -> None:
    """Also for who sees most of them, with the longest of them in bold."""
    page = enter(new_page(language=language), "counselor")
    for part in ("/people", "/conversations"):
        page.goto(f"{DEMO}{part}")
        links = page.locator(".rp-subnav:not(.rp-subnav--within) > a")
        assert links.count() == 8
        assert len({round(link.bounding_box()["y"]) for link in links.all()}) == 1  # type: ignore[index]


@pytest.mark.parametrize("path", ADMINISTRATOR)
def test_pages_of_the_administrator(tab: Tab, axe: Callable[[Page], None], path: str) -> None:
    page = tab("admin")
    page.goto(path)
    sound(page, axe)


@pytest.mark.parametrize("path", LEADERSHIP)
def test_pages_of_leadership(tab: Tab, axe: Callable[[Page], None], path: str) -> None:
    page = tab("leadership")
    answer = page.goto(path)
    assert answer
    assert answer.status == 200
    sound(page, axe)


@pytest.mark.parametrize("path", COUNSELOR)
def test_pages_of_the_counselor(tab: Tab, axe: Callable[[Page], None], path: str) -> None:
    page = tab("counselor")
    answer = page.goto(path)
    assert answer
    assert answer.status == 200
    sound(page, axe)


@pytest.mark.parametrize("path", COMMUNICATION)
def test_pages_of_communication(page: Page, enter: Enter, axe: Callable[[Page], None], path: str) -> None:
    answer = enter(page, "communication").goto(path)
    assert answer
    assert answer.status == 200
    sound(page, axe)


def test_an_account_and_its_new_password(page: Page, enter: Enter, axe: Callable[[Page], None]) -> None:
    enter(page, "admin")
    at = next(link for link in read(page, "/accounts").links if link.rpartition("/")[2].isdigit())
    page.goto(at)
    sound(page, axe)
    page.goto("/accounts/new")
    page.locator("form:has([name=email]) [type=submit]").click()
    page.locator("[data-error-summary]").wait_for()
    sound(page, axe)
    control(page, "name").fill("C. Proef")
    control(page, "email").fill("proef@baken.example")
    with page.expect_navigation():
        page.locator("form:has([name=email]) [type=submit]").click()
    page.locator("[data-error-summary]").wait_for(state="detached")
    sound(page, axe)


# Who sees what has no address until there is something on it; the coordinator sees the rest.
SEEN_BY = dict.fromkeys(("report 1", "report 2", "report 3", "staff", "receipt", "sheet"), "teacher")
SEEN_BY["correct"] = "leadership"  # who wrote an entry in the demo incident


def found(page: Page, what: str) -> str:
    """Where that is."""
    if what == "sheet":
        return next(link for link in read(page, "/").links if link.startswith("/sheets/"))
    if SEEN_BY.get(what) == "teacher":
        at = (
            report(page, coercion="yes") if what == "receipt" else begin(page, staff="yes" if what == "staff" else "no")
        )
        return at + {"report 2": "/keep-out", "staff": "/keep-out", "report 3": "/what"}.get(what, "")
    if what in ("action", "gated action"):
        return action(page, DEMO, "victim-support" if what == "action" else "rest-period")
    if what == "call":
        return next(link for link in read(page, DEMO).links if "/plan/" in link)
    if what == "person":
        links = read(page, f"{DEMO}/people").links
        return next(link for link in links if "/people/" in link and link[-1].isdigit())
    return next(link for link in read(page, f"{DEMO}/log").links if link.endswith("/correct"))


@pytest.mark.parametrize("what", LATER)
def test_pages_of_what_is_there(tab: Tab, axe: Callable[[Page], None], what: str) -> None:
    page = tab(SEEN_BY.get(what, "coordinator"))
    place = found(page, what)
    answer = page.goto(place)
    assert answer
    assert answer.status == 200, place
    sound(page, axe)


@pytest.mark.parametrize("path", ENGLISH)
def test_pages_in_english(tab: Tab, axe: Callable[[Page], None], path: str) -> None:
    """The counselor reads English here; no other test looks at this person's words."""
    page = tab("counselor", language="en")
    page.goto(path)
    if page.locator("html").get_attribute("lang") == "nl":
        page.locator("details.rp-me summary").click()
        page.locator("[name=language][value=en]").click()
        page.wait_for_url(f"**{path}")
    assert page.locator("html").get_attribute("lang") == "en"
    sound(page, axe)


TELEPHONE = ["/first-hour", "/", DEMO, f"{DEMO}/plan", "action", *LATER[5:], f"{DEMO}/audit", TALKS, f"{TALKS}/4"]
TELEPHONE += [f"{DEMO}{part}" for part in ("/classes", "/wishes", "/rest")]
TELEPHONE += [
    f"{DEMO}{part}" for part in ("/statement", "/statement/versions", "/letters", "/letters/4", "/media", "/watch")
]
TELEPHONE += TALKING


@pytest.mark.parametrize("what", TELEPHONE)
def test_large_letters_on_a_telephone(tab: Tab, what: str) -> None:
    """The pages that are used in a corridor."""
    is_address = what.startswith("/")
    phone = tab("leadership" if is_address else SEEN_BY.get(what, "coordinator"), width=PHONE, height=740)
    phone.goto(what if is_address else found(phone, what))
    fits_with_large_letters(phone, PHONE)


def test_a_refused_form_is_sound(page: Page, enter: Enter, axe: Callable[[Page], None]) -> None:
    enter(page, "coordinator").goto(f"{DEMO}/log")
    control(page, "text").fill("")  # another test may have left a draft
    page.locator("form:has([name=text]) [type=submit]").click()
    page.locator("[data-error-summary]").wait_for()
    sound(page, axe)


def test_nothing_is_kept_in_the_browser(page: Page, enter: Enter) -> None:
    enter(page, "coordinator")
    page.goto(f"{DEMO}/log")
    page.goto(f"{DEMO}/plan")
    page.locator(".rp-act > div:not(.when) > a").first.click()
    page.locator(".rp-panel").wait_for()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
    assert page.evaluate("caches.keys().then((keys) => keys.length)") == 0
