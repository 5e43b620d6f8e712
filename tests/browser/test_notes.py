"""The confidential notes of a counselor, alone with a laptop."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walk import newest, report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Enter = Callable[[Page, str], Page]


@pytest.fixture
def case(new_page: Callable[..., Page], enter: Enter) -> str:
    """The address of an incident that no other test uses."""
    report(enter(new_page(), "teacher"))
    return newest(enter(new_page(), "coordinator"))


def test_a_note_is_kept_while_it_is_typed_then_written_corrected_and_printed(
    page: Page, enter: Enter, axe: Callable[[Page], None], case: str
) -> None:
    enter(page, "counselor").goto(f"{case}/notes")
    area = page.locator("[name=text]")
    area.click()
    page.keyboard.type("Zij wil dat niemand het weet.")
    expect(page.locator("form:has([name=text]) .rp-kept")).to_have_text(re.compile(r"\d\d:\d\d"), timeout=2500)
    page.goto(f"{case}/notes")
    expect(area).to_have_value("Zij wil dat niemand het weet.")
    page.locator("form:has([name=text]) [type=submit]").click()
    expect(page.locator(".rp-log li")).to_have_count(1)
    expect(area).to_have_value("")
    page.locator("a[href$='/correct']").click()
    area.fill("Zij wil het zelf vertellen.")
    page.locator("form:has([name=text]) [type=submit]").click()
    expect(page.locator(".rp-log li")).to_have_count(2)
    axe(page)
    page.emulate_media(media="print")
    expect(page.locator(".rp-log")).to_contain_text("Zij wil dat niemand het weet.")
    expect(page.locator("form:has([name=text])")).to_be_hidden()
    expect(page.locator(".rp-printonly")).to_be_visible()


def test_without_scripts_it_works_the_same(plain: Page, enter: Enter, case: str) -> None:
    enter(plain, "counselor").goto(f"{case}/notes")
    plain.locator("[name=text]").fill("Zonder script.")
    plain.locator("form:has([name=text]) [type=submit]").click()
    expect(plain.locator(".rp-log")).to_contain_text("Zonder script.")
    plain.locator("a[href$='/hand-over']").first.click()
    expect(plain.locator("h1")).to_be_visible()
    enter(plain, "coordinator").goto(f"{case}/notes")
    expect(plain.locator("body")).not_to_contain_text("Zonder script.")
