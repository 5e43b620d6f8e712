"""The overview that refreshes by itself, in a real browser, beside a colleague who works."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walk import action, newest, report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


Enter = Callable[[Page, str], Page]


@pytest.fixture
def case(new_page: Callable[..., Page], enter: Enter) -> str:
    """The address of an incident that no other test uses."""
    report(enter(new_page(), "teacher"), danger="yes")
    return newest(enter(new_page(), "coordinator"))


@pytest.fixture
def two(new_page: Callable[..., Page], enter: Enter, case: str) -> Any:
    """A coordinator and a counselor, both on the overview of a new incident."""
    pages = []
    for who in ("coordinator", "counselor"):
        pages.append(enter(new_page(), who))
        pages[-1].goto(case)
    return pages


def refresh(page: Page) -> int:
    """What the 15 seconds do, now; gives the status of the answer."""
    with page.expect_response(
        lambda r: r.request.headers.get("hx-request") == "true" and "/static" not in r.url
    ) as got:
        page.evaluate("htmx.trigger(document.getElementById('live'), 'refresh')")
    page.wait_for_timeout(150)
    return int(got.value.status)


def test_what_a_colleague_notes_appears_and_what_is_typed_stays(two: Any) -> None:
    coordinator, counselor = two
    assert refresh(coordinator) == 200
    assert refresh(coordinator) == 304
    coordinator.locator(".rp-act > div:not(.when) > a").first.click()
    words = coordinator.locator(".rp-open [name=words]").first
    words.fill("Gebeld, ik wacht op ant")
    counselor.locator("button[name=value][value='4']").click()
    expect(counselor.locator(".rp-chart rect.high")).to_have_count(1)
    assert refresh(coordinator) == 200
    expect(coordinator.locator(".rp-chart rect.high")).to_have_count(1)
    expect(words).to_have_value("Gebeld, ik wacht op ant")
    expect(words).to_be_focused()
    words.press_sequentially("woord")
    expect(words).to_have_value("Gebeld, ik wacht op antwoord")
    # What is folded out stays so.
    coordinator.locator("#unrest-table summary").click()
    # Left, it is still not lost.
    coordinator.locator("h1").click()
    with counselor.expect_response(lambda r: r.request.method == "POST"):
        counselor.locator("button[name=value][value='1']").click()
    assert refresh(coordinator) == 200
    expect(coordinator.locator("#unrest-table td").first).to_be_visible()
    expect(words).to_have_value("Gebeld, ik wacht op antwoord")
    coordinator.get_by_role("link", name="Sluiten").click()
    expect(coordinator.locator(".rp-open")).to_have_count(0)


def test_an_open_action_stays_when_a_colleague_finished_it(two: Any, case: str) -> None:
    coordinator, counselor = two
    title = f".rp-act > div:not(.when) > a[href='{action(counselor, case, 'victim-support')}']"
    coordinator.locator(title).click()
    words = coordinator.locator(".rp-open [name=words]").first
    words.fill("Ik belde ook")
    counselor.locator(title).click()
    counselor.locator(".rp-open [name=words]").first.fill("Gedaan")
    counselor.locator(".rp-open [name=state][value=done]").click()
    expect(counselor.locator(".rp-open .rp-saved")).not_to_be_empty()
    assert refresh(coordinator) == 200
    expect(words).to_have_value("Ik belde ook")
    # Closed, the rest comes up to date, and the action says what the colleague did.
    coordinator.get_by_role("link", name="Sluiten").click()
    expect(coordinator.locator(".rp-open")).to_have_count(0)
    assert refresh(coordinator) == 200
    expect(coordinator.locator(title)).to_have_count(0)


def test_a_hidden_tab_asks_nothing_and_a_tab_that_comes_back_asks_at_once(two: Any) -> None:
    page = two[0]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.headers.get("hx-request") else None)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("htmx.trigger(document.getElementById('live'), 'refresh')")
    page.wait_for_timeout(300)
    assert asked == []
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    with page.expect_response(lambda r: r.url.endswith(page.url.rpartition("/")[2])):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert len(asked) == 1


def test_unrest_is_noted_without_scripts(plain: Page, enter: Enter, case: str) -> None:
    enter(plain, "coordinator")
    plain.goto(case)
    plain.locator("button[name=value][value='3']").click()
    expect(plain.locator(".rp-chart rect.high")).to_have_count(1)
    assert plain.url.endswith(f"{case}#unrest")


def test_a_session_that_ended_leaves_what_is_typed(two: Any) -> None:
    typing, reading = two
    typing.locator(".rp-act > div:not(.when) > a").first.click()
    words = typing.locator(".rp-open [name=words]").first
    words.fill("Nog niet verstuurd")
    for page in two:
        page.context.clear_cookies()
    assert refresh(typing) == 401
    expect(words).to_have_value("Nog niet verstuurd")
    expect(typing.locator("[data-sign-in]")).to_be_visible()
    reading.evaluate("htmx.trigger(document.getElementById('live'), 'refresh')")
    reading.wait_for_url("**/login?**")


def test_whoever_is_kept_out_sees_nothing_at_the_next_look(two: Any, case: str) -> None:
    coordinator, counselor = two
    counselor.locator(f".rp-act > div:not(.when) > a[href='{action(counselor, case, 'victim-support')}']").click()
    counselor.locator(".rp-open [name=words]").first.fill("Nog niet verstuurd")
    coordinator.goto(f"{case}/team")
    coordinator.locator("select[name=barred-person]").select_option(label="A. Bakker")
    with coordinator.expect_response(lambda answer: answer.request.method == "POST"):
        coordinator.locator("form[action$=keep-out] button").click()
    counselor.evaluate("htmx.trigger(document.getElementById('live'), 'refresh')")
    expect(counselor.locator("#live")).to_have_count(0)
    expect(counselor.locator("h1")).to_be_visible()
    assert "Bakker" not in counselor.locator("main").inner_text()
    assert counselor.url.endswith(case)
    # The same page as one that never was.
    there = counselor.locator("main").inner_text()
    counselor.goto(f"{case[:-3]}997")
    assert counselor.locator("main").inner_text() == there
