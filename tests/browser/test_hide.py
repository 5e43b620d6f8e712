"""Quick hide: a pupil walks in, and nothing on the screen or behind 'back' tells what was there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.walk import DEMO, control

Enter = Callable[[Page, str], Page]
AGENDA = "**/agenda"


def _nothing_left(page: Page, word: str) -> None:
    assert word not in page.content()
    assert word not in page.title()
    assert "Rustpunt" not in page.content()
    assert "Rustpunt" not in page.title()


@pytest.mark.parametrize("path", [DEMO, f"{DEMO}/plan", f"{DEMO}/log", "/incidents/new"])
def test_escape_twice_replaces_the_page(page: Page, enter: Enter, path: str) -> None:
    enter(page, "coordinator").goto("/first-hour")
    page.goto(path)
    words = page.locator("h1").first.inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(AGENDA)
    _nothing_left(page, words)
    page.go_back()
    page.wait_for_url("**/first-hour")
    page.go_forward()
    page.wait_for_url(AGENDA)
    _nothing_left(page, words)


def test_escape_once_does_nothing(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto(f"{DEMO}/plan")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/plan")


def test_escape_twice_works_while_typing(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto(f"{DEMO}/log")
    control(page, "text").fill("Half a sent")
    control(page, "text").press("Escape")
    control(page, "text").press("Escape")
    page.wait_for_url(AGENDA)
    _nothing_left(page, "Half a sent")


def test_the_link_replaces_the_page_too(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto("/first-hour")
    page.goto(f"{DEMO}/plan")
    page.locator("[data-hide]").click()
    page.wait_for_url(AGENDA)
    page.go_back()
    page.wait_for_url("**/first-hour")


def test_without_javascript_it_is_a_link(plain: Page) -> None:
    sign_in(plain, "coordinator")
    plain.goto(f"{DEMO}/plan")
    plain.locator("[data-hide]").tap()
    plain.wait_for_url(AGENDA)
    _nothing_left(plain, "Het Lyceum")


def test_the_page_it_leads_to_is_sound(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/agenda")
    axe(page)
    assert not page.locator("a, form, script").count()


@pytest.mark.parametrize("part", ["", "/plan", "/log", "/people", "/team", "/situation", "/end"])
def test_no_title_or_address_tells_a_name(page: Page, enter: Enter, part: str) -> None:
    """Product rule 6."""
    enter(page, "coordinator").goto(DEMO + part)
    for word in ("Noor", "3B", "Lyceum"):
        assert word not in page.title()
        assert word not in page.url
