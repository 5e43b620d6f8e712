"""The coordinator at a desk: the plan opens and saves in place, and two at once lose nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.walk import action, control, newest, report

Enter = Callable[[Page, str], Page]


@pytest.fixture
def case(new_page: Callable[..., Page], enter: Enter) -> str:
    """The address of an incident that no other test uses."""
    report(enter(new_page(), "teacher"), danger="yes")
    return newest(enter(new_page(), "coordinator"))


def opened(page: Page, at: str, step: str) -> Locator:
    """The panel of an action, opened in the plan."""
    here = action(page, at, step)
    page.goto(f"{at}/plan")
    page.locator(f".rp-act > div:not(.when) > a[href='{here}']").click()
    panel = page.locator(f"#action-{here.rpartition('/')[2]}")
    expect(panel.locator(".rp-panel")).to_be_visible()
    assert page.url.endswith(f"{at}/plan")
    return panel


def press(panel: Locator, state: str) -> None:
    panel.locator(f"form[action$='/state'] [name=state][value={state}]").click()


def posted(page: Page, path: str, status: int = 200) -> Any:
    return page.expect_response(lambda answer: answer.url.endswith(path) and answer.status == status)


def test_an_action_is_opened_planned_and_done_in_place(
    page: Page, enter: Enter, case: str, axe: Callable[[Page], None], nonce: str
) -> None:
    enter(page, "coordinator")
    panel = opened(page, case, "statement")
    axe(page)
    panel.locator("form[action$='/planning']").locator("..").locator("summary").click()
    # Each change is saved by itself; what is being typed elsewhere in the panel stays.
    words = panel.locator("form[action$='/state'] [name=words]")
    words.fill(nonce)
    with posted(page, "/planning"):
        panel.locator("[name=assignee]").select_option(label="S. Yilmaz")
    expect(panel.locator(".rp-saved")).not_to_be_empty()
    expect(panel.locator(".rp-act small")).to_contain_text("S. Yilmaz")
    expect(words).to_have_value(nonce)
    place = panel.locator("[name=place]")
    place.fill("Kamer 12")
    with posted(page, "/planning"):
        place.press("Tab")
    expect(panel.locator(".rp-act small")).to_contain_text("Kamer 12")
    with posted(page, "/state"):
        press(panel, "done")
    expect(panel.locator(".rp-panel")).to_contain_text(nonce)
    expect(panel.locator("[name=state][value=todo]")).to_be_visible()
    axe(page)
    panel.locator("a[data-hx-get$='closed=1']").click()
    expect(panel.locator(".rp-panel")).to_have_count(0)
    expect(panel.locator(".govuk-tag")).to_be_visible()
    assert nonce in page.request.get(f"{case}/log").text()


def test_deleting_before_the_advice_is_refused_in_place_with_the_reason(
    page: Page, enter: Enter, case: str, axe: Callable[[Page], None]
) -> None:
    enter(page, "coordinator")
    panel = opened(page, case, "delete-request")
    panel.locator("form[action$='/state'] [name=words]").fill("Gevraagd in 3B.")
    with posted(page, "/state", 409):
        press(panel, "done")
    summary = panel.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(panel.locator("form[action$='/state'] [name=words]")).to_have_value("Gevraagd in 3B.")
    advice = action(page, case, "police-advice")
    expect(panel.locator(f".rp-note a[href='{advice}']")).to_be_visible()
    axe(page)
    panel.locator("[name=override]").fill("De politie is niet bereikbaar.")
    with posted(page, "/state"):
        press(panel, "done")
    expect(panel.locator("[data-error-summary]")).to_have_count(0)
    expect(panel.locator("[name=state][value=todo]")).to_be_visible()


def test_a_closed_gate_is_opened_in_place_by_noting_the_wish(page: Page, enter: Enter, case: str, nonce: str) -> None:
    enter(page, "coordinator")
    panel = opened(page, case, "buddies")
    with posted(page, "/state", 409):
        press(panel, "doing")
    expect(panel.locator("[data-error-summary]")).to_be_focused()
    wish = panel.locator(".rp-wish details").first
    wish.locator("summary").click()
    yes = panel.locator("form[action$='/wish'] [name=answer][value=yes]").get_attribute("id")
    panel.locator(f"label[for='{yes}']").click()
    panel.locator("form[action$='/wish'] [name=words]").fill(nonce)
    with posted(page, "/wish"):
        panel.locator("form[action$='/wish'] button").click()
    expect(panel.locator(".rp-wish")).to_contain_text(nonce)
    with posted(page, "/state"):
        press(panel, "doing")
    expect(panel.locator("[data-error-summary]")).to_have_count(0)
    expect(panel.locator("[name=state][value=doing]")).to_have_count(0)


def test_an_entry_is_corrected_and_the_first_one_stays(
    page: Page, enter: Enter, case: str, axe: Callable[[Page], None], nonce: str
) -> None:
    enter(page, "coordinator").goto(f"{case}/log")
    form = page.locator("form:has([name=text])")
    form.locator("[name=text]").fill(f"Gebeld om 10 uur. {nonce}")
    form.locator("[type=submit]").click()
    entry = page.locator(".rp-log > li", has_text=nonce).first
    entry.locator("a[href$='/correct']").click()
    page.wait_for_url("**/correct")
    expect(control(page, "text")).to_have_value(f"Gebeld om 10 uur. {nonce}")
    axe(page)
    control(page, "text").fill(f"Gebeld om 11 uur. {nonce}")
    page.locator("form:has([name=text]) [type=submit]").click()
    page.wait_for_url(f"**{case}/log")
    both = page.locator(".rp-log > li", has_text=nonce)
    expect(both).to_have_count(2)
    expect(both.first).to_contain_text("11 uur")
    assert both.first.locator("a[href^='#entry-']").get_attribute("href") == f"#{both.last.get_attribute('id')}"
    axe(page)


def test_two_browsers_on_one_planning_see_both(new_page: Callable[..., Page], enter: Enter, case: str) -> None:
    first, second = enter(new_page(), "coordinator"), enter(new_page(), "coordinator")
    mine, theirs = opened(first, case, "media-ready"), opened(second, case, "media-ready")
    for panel in (mine, theirs):
        panel.locator("form[action$='/planning']").locator("..").locator("summary").click()
    mine.locator("[name=place]").fill("Kamer 12")
    with posted(first, "/planning"):
        mine.locator("[name=place]").press("Tab")
    theirs.locator("[name=place]").fill("Kamer 30")
    with posted(second, "/planning", 409):
        theirs.locator("[name=place]").press("Tab")
    summary = theirs.locator("[data-error-summary]")
    expect(summary).to_contain_text("Kamer 12")
    expect(summary).to_contain_text("Kamer 30")
    expect(theirs.locator("[name=place]")).to_have_value("Kamer 30")
    # The next change goes through, now that both were seen.
    with posted(second, "/planning"):
        theirs.locator("[name=how]").fill("Telefonisch")
        theirs.locator("[name=how]").press("Tab")
    expect(theirs.locator(".rp-act small").first).to_contain_text("Kamer 30")


def test_two_browsers_on_one_state_keep_both_texts(new_page: Callable[..., Page], enter: Enter, case: str) -> None:
    first, second = enter(new_page(), "coordinator"), enter(new_page(), "coordinator")
    mine, theirs = opened(first, case, "scope-impact"), opened(second, case, "scope-impact")
    mine.locator("form[action$='/state'] [name=words]").fill("Wat de eerste schreef.")
    theirs.locator("form[action$='/state'] [name=words]").fill("Wat de tweede schreef.")
    with posted(first, "/state"):
        press(mine, "done")
    with posted(second, "/state", 409):
        press(theirs, "done")
    expect(theirs.locator("[data-error-summary]").first).to_be_focused()
    assert "Wat de eerste schreef." in theirs.inner_text()
    typed = theirs.inner_text() + "".join(field.input_value() for field in theirs.locator("[name=words]").all())
    assert "Wat de tweede schreef." in typed


def test_an_action_is_finished_without_javascript(
    plain: Page, new_page: Callable[..., Page], case: str, nonce: str
) -> None:
    sign_in(plain, "coordinator")
    plain.goto(f"{case}/plan")
    plain.locator(f".rp-act > div:not(.when) > a[href='{action(plain, case, 'check-protocol')}']").tap()
    plain.wait_for_url(re.compile(r"/plan/\d+$"))
    plain.locator("form[action$='/planning']").locator("..").locator("summary").tap()
    plain.locator("[name=place]").fill("Kamer 12")
    plain.locator("form[action$='/planning'] [type=submit]").tap()
    expect(plain.locator(".rp-act small")).to_contain_text("Kamer 12")
    plain.locator("form[action$='/state'] [name=words]").fill(nonce)
    plain.locator("[name=state][value=done]").tap()
    expect(plain.locator("[name=state][value=todo]")).to_be_visible()
    expect(plain.locator("main")).to_contain_text(nonce)


def test_several_are_handed_over_at_once(page: Page, enter: Enter, case: str, axe: Callable[[Page], None]) -> None:
    enter(page, "coordinator").goto(f"{case}/plan?show=hand-over")
    ticks = page.locator("label:has([name=actions])")
    for number in (0, 2, 3):
        ticks.nth(number).click()
    axe(page)
    control(page, "person").select_option(label="A. Bakker")
    page.locator("#hand-over [type=submit]").click()
    expect(page.locator(".rp-note").first).to_contain_text("3")
    expect(page.locator(".rp-act", has_text="A. Bakker").first).to_be_visible()
