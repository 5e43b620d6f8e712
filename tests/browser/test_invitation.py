"""From an invitation, or many, to a first sign-in on a telephone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.walk import control

Enter = Callable[[Page, str], Page]
CHOSEN = "drie fietsen in de regen"


def send(page: Page) -> None:
    page.locator("main form:has(input:not([type=hidden])) [type=submit]").first.click()


def test_an_invited_colleague_is_in_without_javascript(
    page: Page, plain: Page, enter: Enter, axe: Callable[[Page], None], nonce: str
) -> None:
    enter(page, "admin").goto("/accounts/new")
    control(page, "name").fill(f"N. {nonce}")
    control(page, "email").fill(f"{nonce}@baken.example")
    send(page)
    page.locator(".rp-digest").wait_for()
    axe(page)
    link = page.locator(".rp-digest").inner_text()
    told: list[Any] = []
    plain.on("request", lambda request: told.append(request.headers.get("referer", "")))
    plain.goto(link)
    assert plain.title() == "Rustpunt"
    control(plain, "new").fill("Welkom2026!!")
    send(plain)
    expect(plain.locator("[data-error-summary]")).to_be_visible()
    control(plain, "new").fill(CHOSEN)
    send(plain)
    plain.wait_for_url(lambda address: address.endswith("/"))
    expect(plain.locator(".rp-me")).to_contain_text(nonce)
    # The address opens an account: nothing that the page asks for is told it.
    assert not [address for address in told if "/welcome" in address]
    plain.goto(link)
    expect(plain.locator("h1")).to_be_visible()
    assert plain.locator("[name=new]").count() == 0


def test_rows_of_a_spreadsheet_become_accounts(
    page: Page, enter: Enter, axe: Callable[[Page], None], nonce: str
) -> None:
    enter(page, "admin").goto("/accounts/import")
    text = page.locator("textarea")
    text.fill(f"Naam\tE-mail\tFunctie\nA. {nonce}\ta{nonce}@baken.example\tkoning")
    page.locator("[value=look]").click()
    expect(page.locator("[data-error-summary] a")).to_have_attribute("href", "#row-2")
    axe(page)
    assert "koning" in text.input_value()
    text.fill(f"Naam\tE-mail\tFunctie\nA. {nonce}\ta{nonce}@baken.example\tmentor")
    page.locator("[value=look]").click()
    # The button is on the new page only; the row with an error was on the old one too.
    expect(page.locator("[value=import]")).to_be_visible()
    expect(page.locator("#row-2")).to_contain_text(nonce)
    axe(page)
    page.locator("[value=import]").click()
    page.wait_for_url("**/accounts/invitations")
    expect(page.locator("section", has_text=nonce).locator(".rp-digest")).to_be_visible()
    axe(page)
