"""Nothing typed is lost: not in a crash, not when the session ends, not when the line is dead."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD, Watch, sign_in
from tests.browser.test_coordinator import opened, posted
from tests.browser.walk import control, newest, report

Enter = Callable[[Page, str], Page]


@pytest.fixture
def case(new_page: Callable[..., Page], enter: Enter) -> str:
    """The address of an incident that no other test uses."""
    report(enter(new_page(), "teacher"), danger="yes")
    return newest(enter(new_page(), "coordinator"))


def entry(page: Page) -> Locator:
    return page.locator("form:has([name=text])")


def type_note(page: Page, text: str) -> None:
    """As a keyboard does, and wait until it is kept."""
    area = entry(page).locator("[name=text]")
    area.click()
    page.keyboard.type(text)
    expect(entry(page).locator(".rp-kept")).to_have_text(re.compile(r"\d\d:\d\d"), timeout=2500)


def end_session(page: Page) -> None:
    """What the server does when it ends: the page does not notice."""
    form = {"csrf_token": control(page, "csrf_token").first.input_value()}
    jar = page.context.cookies()
    assert page.request.post("/logout", form=form, max_redirects=0).status == 303
    # The answer to another tab took the cookie away; this browser still has the one of the dead session.
    page.context.clear_cookies()
    page.context.add_cookies(jar)


def sign_in_beside(page: Page, name: str = "coordinator") -> None:
    box = page.locator("[data-sign-in] form:has([name=password])")
    expect(box).to_be_visible()
    box.locator("[name=email]").fill(f"{name}@baken.example")
    box.locator("[name=password]").fill(PASSWORD)
    box.locator("[type=submit]").click()


def found(page: Page, case: str, nonce: str) -> int:
    return page.request.get(f"{case}/log").text().count(nonce)


def test_what_was_typed_comes_back_after_a_crash(
    new_page: Callable[..., Page], enter: Enter, case: str, nonce: str, axe: Callable[[Page], None]
) -> None:
    first = enter(new_page(), "coordinator")
    first.goto(f"{case}/log")
    type_note(first, f"Gebeld. {nonce}")
    first.context.close()
    second = enter(new_page(), "coordinator")
    second.goto(f"{case}/log")
    expect(entry(second).locator("[name=text]")).to_have_value(f"Gebeld. {nonce}")
    expect(entry(second).locator(".rp-draft")).to_be_visible()
    axe(second)
    entry(second).locator(".rp-draft a").click()
    second.wait_for_url("**/drafts#draft-*")
    expect(second.locator("main")).to_contain_text(nonce)
    axe(second)
    second.locator("section", has_text=nonce).locator("form button").click()
    expect(second.locator("main")).not_to_contain_text(nonce)
    second.goto(f"{case}/log")
    expect(entry(second).locator("[name=text]")).to_have_value("")


def test_a_page_that_is_left_at_once_keeps_the_last_words(page: Page, enter: Enter, case: str, nonce: str) -> None:
    enter(page, "coordinator").goto(f"{case}/log")
    entry(page).locator("[name=text]").fill(nonce)
    page.goto(f"{case}/plan")
    page.goto(f"{case}/log")
    expect(entry(page).locator("[name=text]")).to_have_value(nonce)


def test_a_sent_text_leaves_no_draft(page: Page, enter: Enter, case: str, nonce: str) -> None:
    enter(page, "coordinator").goto(f"{case}/log")
    type_note(page, nonce)
    page.keyboard.type(" en meer")
    entry(page).locator("[type=submit]").click()
    expect(page.locator(".rp-log > li", has_text=f"{nonce} en meer")).to_have_count(1)
    expect(entry(page).locator("[name=text]")).to_have_value("")
    page.reload()
    expect(entry(page).locator("[name=text]")).to_have_value("")


def test_a_plain_form_goes_through_after_signing_in_beside_it(
    page: Page, new_page: Callable[..., Page], case: str, nonce: str, axe: Callable[[Page], None]
) -> None:
    sign_in(page, "coordinator").goto(f"{case}/log")
    entry(page).locator("[name=text]").fill(nonce)
    end_session(page)
    entry(page).locator("[type=submit]").click()
    box = page.locator("[data-sign-in]")
    expect(box.locator("[name=email]")).to_be_focused()
    expect(entry(page).locator("[name=text]")).to_have_value(nonce)
    axe(page)
    # Somebody else at this laptop sends nothing.
    sign_in_beside(page, "leadership")
    expect(box.locator("[data-error-summary]").first).to_be_visible()
    expect(entry(page).locator("[name=text]")).to_have_value(nonce)
    axe(page)
    sign_in_beside(page)
    expect(page.locator(".rp-log > li", has_text=nonce)).to_have_count(1)
    expect(box).to_have_count(0)
    assert found(page, case, nonce) == 1


def test_a_form_of_htmx_goes_through_after_signing_in_beside_it(page: Page, case: str, nonce: str) -> None:
    sign_in(page, "coordinator")
    panel = opened(page, case, "statement")
    end_session(page)
    panel.locator("form[action$='/state'] [name=words]").fill(nonce)
    panel.locator("form[action$='/state'] [value=done]").click()
    with posted(page, "/state"):
        sign_in_beside(page)
    expect(panel.locator(".rp-panel")).to_contain_text(nonce)
    assert found(page, case, nonce) == 1


def test_typing_on_after_the_session_ended_asks_to_sign_in_and_keeps_it(page: Page, case: str, nonce: str) -> None:
    sign_in(page, "coordinator").goto(f"{case}/log")
    end_session(page)
    area = entry(page).locator("[name=text]")
    area.click()
    page.keyboard.type(nonce)
    expect(page.locator("[data-sign-in] form").first).to_be_visible()
    expect(area).to_be_focused()
    sign_in_beside(page)
    expect(entry(page).locator(".rp-kept")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.reload()
    expect(area).to_have_value(nonce)


def test_without_javascript_the_form_is_carried_over_the_sign_in(plain: Page, case: str, nonce: str) -> None:
    sign_in(plain, "coordinator")
    plain.goto(f"{case}/log")
    entry(plain).locator("[name=text]").fill(f"{nonce}\nTweede regel.")
    end_session(plain)
    entry(plain).locator("[type=submit]").tap()
    expect(plain.locator("main")).to_contain_text(nonce)
    again = plain.locator("form[action='/login/again']").first
    again.locator("[name=email]").fill("coordinator@baken.example")
    again.locator("[name=password]").fill(PASSWORD)
    again.locator("[type=submit]").tap()
    assert found(plain, case, nonce) == 0
    plain.locator("main form [type=submit]").tap()
    plain.wait_for_url(f"**{case}/log")
    expect(plain.locator(".rp-log > li", has_text=nonce)).to_have_count(1)


def test_a_dead_line_keeps_a_plain_form(page: Page, enter: Enter, case: str, nonce: str) -> None:
    enter(page, "coordinator").goto(f"{case}/log")
    page.context.set_offline(True)
    area = entry(page).locator("[name=text]")
    area.fill(nonce)
    expect(entry(page).locator(".rp-kept--not")).to_be_visible()
    entry(page).locator("[type=submit]").click()
    expect(page.locator("[data-status]")).not_to_be_empty()
    expect(area).to_have_value(nonce)
    assert page.url.endswith("/log")
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_be_empty()
    expect(entry(page).locator(".rp-kept")).to_have_text(re.compile(r"\d\d:\d\d"))
    entry(page).locator("[type=submit]").click()
    expect(page.locator(".rp-log > li", has_text=nonce)).to_have_count(1)


def test_a_dead_line_keeps_a_form_of_htmx(page: Page, enter: Enter, case: str, nonce: str, watch: Watch) -> None:
    watch.allowed.append("htmx:error")
    enter(page, "coordinator")
    panel = opened(page, case, "media-ready")
    words, done = panel.locator("form[action$='/state'] [name=words]"), panel.locator("[name=state][value=done]")
    page.context.set_offline(True)
    words.fill(nonce)
    done.click()
    expect(page.locator("[data-status]")).not_to_be_empty()
    expect(words).to_have_value(nonce)
    page.context.set_offline(False)
    with posted(page, "/state"):
        done.click()
    assert found(page, case, nonce) == 1


def test_a_note_that_was_saved_in_place_is_not_there_to_be_sent_again(
    page: Page, enter: Enter, case: str, nonce: str
) -> None:
    enter(page, "coordinator")
    panel = opened(page, case, "statement")
    form = panel.locator("form[action$='/note']")
    form.locator("..").locator("summary").click()
    form.locator("[name=text]").fill(nonce)
    with posted(page, "/note"):
        form.locator("[type=submit]").click()
    expect(form.locator("[name=text]")).to_have_value("")
    assert found(page, case, nonce) == 1


def test_a_busy_button_shows_it(page: Page, enter: Enter, case: str, nonce: str) -> None:
    enter(page, "coordinator").goto(f"{case}/log")

    held: list[Any] = []
    page.route("**/session?*", lambda route: held.append(route))
    entry(page).locator("[name=text]").fill(nonce)
    button = entry(page).locator("[type=submit]")
    button.click(no_wait_after=True)
    expect(button).to_have_class(re.compile("rp-busy"))
    expect(page.locator("[data-heard]")).not_to_be_empty()
    held[0].continue_()
    expect(page.locator(".rp-log > li", has_text=nonce)).to_have_count(1)


def test_pictures_are_refused_while_typing(page: Page, enter: Enter, case: str) -> None:
    enter(page, "coordinator").goto(f"{case}/log")
    entry(page).locator("[name=text]").fill("https://x.example/a.jpg")
    expect(entry(page).locator(".rp-kept--not")).to_contain_text("Meldknop.nl")
