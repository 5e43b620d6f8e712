"""The other school, who has never seen this: from the address in the mail to the first tick, on a telephone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, profile, sign_in, started
from tests.browser.test_pages import sound
from tests.browser.walk import DEMO

Enter = Callable[[Page, str], Page]
Tab = Callable[..., Page]
Way = tuple[str, str]

PAGES = ["", "/asks/1", "/asks/2", "/asks/3", "/asks/new", "/join", "/print", "/about", "/trail"]
PAGES += ["/messages", "/worry", "/statement", "/colleagues"]


@pytest.fixture
def way_in(loaded: Path) -> Way:
    """The path and the code of the demo's link, as `demo load` says them."""
    found = re.search(r"(/p/\S+), code ([\d ]+)", (loaded / "said").read_text())
    assert found
    return found[1], found[2]


def come_in(page: Page, way: Way) -> Page:
    """Open the link with its code, unless this browser did."""
    page.goto(way[0])
    if page.locator("[name=code]").count():
        page.locator("[name=code]").fill(way[1])
        page.locator("form:has([name=code]) [type=submit]").click()
    page.locator("#page").wait_for()
    return page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_door(new_page: Callable[..., Page], axe: Callable[[Page], None], way_in: Way, language: str) -> None:
    page = new_page(language=language)
    page.goto(way_in[0])
    assert page.locator("html").get_attribute("lang") == language
    sound(page, axe)


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_the_other_school(tab: Tab, axe: Callable[[Page], None], way_in: Way, path: str) -> None:
    page = come_in(tab(""), way_in)
    answer = page.goto(way_in[0] + path)
    assert answer
    assert answer.status == 200
    assert page.title() == "Rustpunt"
    sound(page, axe)


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_mail_to_the_first_tick(
    new_page: Callable[..., Page], enter: Enter, way_in: Way, javascript: bool
) -> None:
    """The code, then two taps and a few words; the school that asked reads them in its plan."""
    words = f"Nagevraagd in twee klassen, {'met' if javascript else 'zonder'} script."
    phone = come_in(new_page(width=PHONE, height=740, javascript=javascript), way_in)
    phone.locator(".rp-reply a").first.click()
    phone.locator("form[action$='/done'] [name=words]").fill(words)
    phone.locator("form[action$='/done'] [type=submit]").click()
    expect(phone.locator(".rp-note[role=status]")).to_be_in_viewport()
    done = phone.locator(".rp-act", has_text=words)
    expect(done.locator(".govuk-tag--green")).to_be_visible()
    coordinator = enter(new_page(), "coordinator")
    coordinator.goto(f"{DEMO}/log")
    expect(coordinator.locator("main")).to_contain_text(words)


def test_what_is_folded_away_holds_the_other_answers(new_page: Callable[..., Page], way_in: Way) -> None:
    """A reason that is missing is asked for beside what was opened."""
    phone = come_in(new_page(width=PHONE, height=740), way_in)
    phone.locator(".rp-reply a").last.click()
    phone.locator("details:has(form[action$='/decline']) summary").click()
    phone.locator("form[action$='/decline'] [type=submit]").click()
    expect(phone.locator("[data-error-summary]")).to_be_focused()
    expect(phone.locator("form[action$='/decline'] textarea")).to_be_visible()


def test_every_open_page_of_a_link_goes_blank_once_it_is_revoked(
    browser: Browser, loaded: Path, tmp_path: Path, way_in: Way
) -> None:
    with started(loaded, tmp_path) as address:
        theirs, ours = (profile(browser, address) for _side in range(2))
        page, coordinator = come_in(theirs.new_page(), way_in), sign_in(ours.new_page(), "coordinator")
        aside = theirs.new_page()
        aside.goto(way_in[0] + "/about")
        coordinator.goto(f"{DEMO}/links/1/revoke")
        coordinator.locator("main form [name=words]").fill("Wij doen het anders.")
        coordinator.locator("main form [type=submit]").click()
        coordinator.wait_for_load_state()
        for open_page, part in ((page, "page"), (aside, "still")):
            expect(open_page.locator("h1")).to_be_visible()
            open_page.evaluate(f"htmx.trigger(document.getElementById('{part}'), 'refresh')")
            expect(open_page.locator(".rp-subnav")).to_have_count(0)
            expect(open_page.locator("main")).not_to_contain_text("S. de Groot")
        for context in (theirs, ours):
            context.close()
