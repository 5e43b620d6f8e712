"""The two pages that everybody reaches without an account, and that the watch really watches."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Watch

PUBLIC = ["/first-hour", "/login"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_sound(page: Page, axe: Callable[[Page], None], path: str) -> None:
    response = page.goto(path)
    assert response
    assert response.status == 200
    assert page.locator("h1").count() == 1
    axe(page)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_works_without_javascript(plain: Page, path: str) -> None:
    plain.goto(path)
    assert plain.locator("h1").is_visible()


def test_the_coordinator_signs_in(phone: Page, signed_in: Callable[[Page, str], Page]) -> None:
    signed_in(phone, "coordinator")
    assert phone.viewport_size == {"width": PHONE, "height": 740}
    assert phone.locator("form[action='/logout']").count() == 1


def test_a_wrong_password_stays_on_the_page(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/login")
    page.locator("[name=email]").fill("coordinator@baken.example")
    page.locator("[name=password]").fill("not-the-password")
    with page.expect_response("**/login*") as answer:
        page.locator("form:has([name=password]) [type=submit]").click()
    assert answer.value.status == 422
    assert page.locator("[name=email]").input_value() == "coordinator@baken.example"
    axe(page)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy.*style-src"),
        ("document.head.append(Object.assign(document.createElement('script'), {text: '1'}))", "script-src"),
        ("console.error('trouble')", "console error: trouble"),
        ("setTimeout(() => { throw new Error('thrown') })", "script error: .*thrown"),
        ("location.assign('http://127.0.0.1:9/')", "foreign host"),
        ("fetch('http://127.0.0.1:9/').catch(() => 0)", "connect-src"),
    ],
)
def test_the_watch_notices(page: Page, watch: Watch, script: str, expected: str) -> None:
    """Else every other test here would pass for the wrong reason."""
    page.goto("/login")
    assert not watch.found
    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(200)
    assert any(re.search(expected, line) for line in watch.found), watch.found
    watch.allowed.append("")


def test_axe_notices(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/login")
    page.evaluate("() => { document.querySelector('main').append(document.createElement('img')) }")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
