"""Ill at home with a telephone: two dates, and the work is with a colleague until one is back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.clock import SCHOOL_ZONE
from tests.browser.walk import DEMO, action, control, read

Enter = Callable[[Page, str], Page]


@pytest.mark.parametrize("script", [True, False])
def test_an_absence_on_a_telephone(
    new_page: Callable[..., Page], enter: Enter, axe: Callable[[Page], None], script: bool
) -> None:
    phone = new_page(width=375, height=740, javascript=script)
    enter(phone, "mentor").goto("/")
    theirs = action(phone, DEMO, "victim-class")
    colleague = enter(new_page(), "coordinator")

    def has_it() -> str:
        return read(colleague, theirs).form("/planning").first("assignee")

    before = has_it()
    phone.locator(".rp-me summary").click()
    phone.locator(".rp-me a[href='/account/absence']").click()
    phone.wait_for_url("**/account/absence")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Today and the deputy of the function are filled in already.
    today = datetime.now(SCHOOL_ZONE).date()
    assert control(phone, "first").input_value() == today.isoformat()
    chosen = control(phone, "deputy").locator("option:checked")
    expect(chosen).to_have_text("S. Yilmaz")
    control(phone, "first").fill((today + timedelta(days=2)).isoformat())
    control(phone, "last").fill((today + timedelta(days=1)).isoformat())
    phone.locator("form[action='/account/absence'] [type=submit]").click()
    expect(phone.locator("[data-error-summary] a[href='#last']")).to_be_visible()
    if script:
        axe(phone)
    control(phone, "first").fill(today.isoformat())
    phone.locator("form[action='/account/absence'] [type=submit]").click()
    end = phone.locator("form[action$='/end'] [type=submit]")
    expect(end).to_have_count(1)
    if script:
        axe(phone)
    team = read(colleague, f"{DEMO}/team").text
    assert re.search(r"J\. Smit .*?S\. Yilmaz", team)
    assert has_it() not in (before, "0")
    end.click()
    expect(end).to_have_count(0)
    assert has_it() == before
