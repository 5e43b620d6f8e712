"""A teacher reports on a telephone in a corridor: saved while it is typed, calls at once, told who knows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from portal.incidents.rules import flags
from tests.browser.conftest import Watch, sign_in
from tests.browser.walk import control, label, newest, post, read, report

Enter = Callable[[Page, str], Page]


@dataclass
class Thumb:
    """Taps and types like a person, and counts the taps."""

    page: Page
    taps: int = 0

    def tap(self, locator: Any) -> None:
        self.taps += 1
        locator.tap()

    def choose(self, name: str, value: str) -> None:
        self.tap(label(self.page, name, value))

    def pick(self, name: str, value: str) -> None:
        self.taps += 2  # open the list, choose a line
        control(self.page, name).select_option(value)

    def write(self, name: str, text: str) -> None:
        self.tap(control(self.page, name))
        self.page.keyboard.insert_text(text)

    def press(self, go: str) -> None:
        self.tap(control(self.page, "go", go))


def saved(page: Page) -> Any:
    return page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 200)


def test_the_whole_report(phone: Page, enter: Enter, axe: Callable[[Page], None], nonce: str) -> None:
    enter(phone, "teacher")
    started = time.monotonic()
    phone.goto("/")
    thumb = Thumb(phone)
    thumb.tap(phone.locator(".rp-report"))
    call = phone.locator(".rp-ask:has([name=coercion]) .rp-flag")
    expect(call).to_be_hidden()
    with saved(phone):
        thumb.choose("coercion", "yes")
    expect(call).to_be_visible()
    assert call.locator("a[href='tel:09008844']").is_visible()
    assert phone.locator(".rp-ask .rp-flag:visible").count() == 1
    phone.wait_for_url("**/incidents/new/*")
    at = phone.url
    with saved(phone):
        thumb.choose("honour", "unknown")

    # The bell rings; the page is opened again, and everything is there.
    phone.reload()
    assert phone.url == at
    expect(control(phone, "coercion", "yes")).to_be_checked()
    expect(control(phone, "honour", "unknown")).to_be_checked()
    expect(call).to_be_visible()
    for key in flags():
        if key not in ("coercion", "honour"):
            with saved(phone):
                thumb.choose(key, "no")
    axe(phone)
    thumb.press("next")
    phone.wait_for_url("**/keep-out")
    axe(phone)
    thumb.press("next")
    phone.wait_for_url("**/what*")
    thumb.write("story", f"A pupil told me in the break. {nonce}")
    thumb.pick("kind", "image")
    thumb.choose("channels", "whatsapp")
    thumb.pick("spread", "class")
    thumb.write("classes", "3B")
    thumb.write("people-0-age_or_year", "14")
    thumb.pick("people-0-school", "own")
    expect(control(phone, "people-1-school_name")).to_be_hidden()
    thumb.pick("people-1-school", "other")
    expect(control(phone, "people-1-school_name")).to_be_visible()
    thumb.write("people-1-school_name", "Het Lyceum")
    axe(phone)
    thumb.press("send")
    phone.wait_for_url("**/receipts/*")
    seconds = time.monotonic() - started
    print(f"\nthe teacher's report: {thumb.taps} taps, {seconds:.1f} s by machine")
    assert thumb.taps <= 45
    assert seconds < 60
    expect(phone.locator("a[href='tel:09008844']").first).to_be_visible()
    expect(phone.locator("#told")).to_contain_text("M. de Wit")
    expect(phone.locator("main")).to_contain_text(nonce)
    axe(phone)


def test_calls_and_what_was_tapped_stand_also_without_a_connection(phone: Page, enter: Enter, watch: Watch) -> None:
    watch.allowed.append("htmx:error: Failed to fetch")
    enter(phone, "teacher").goto("/incidents/new")
    phone.context.set_offline(True)
    label(phone, "suicide", "yes").tap()
    expect(phone.locator(".rp-ask:has([name=suicide]) a[href='tel:112']")).to_be_visible()
    expect(phone.locator("[data-status]")).not_to_be_empty()
    phone.context.set_offline(False)
    with saved(phone):
        label(phone, "danger", "no").tap()
    expect(phone.locator("[data-status]")).to_be_empty()
    phone.wait_for_url("**/incidents/new/*")  # the answer gives the page its address
    phone.reload()
    expect(control(phone, "suicide", "yes")).to_be_checked()


def test_unanswered_questions_are_asked_again_in_the_page(
    phone: Page, enter: Enter, axe: Callable[[Page], None]
) -> None:
    enter(phone, "teacher").goto("/incidents/new")
    with saved(phone):
        label(phone, "adult", "yes").tap()
    control(phone, "go", "next").tap()
    summary = phone.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert summary.locator("a").count() == len(flags()) - 1
    expect(control(phone, "adult", "yes")).to_be_checked()
    axe(phone)
    summary.locator("a").first.tap()
    assert phone.evaluate("document.activeElement.name") == "coercion"


def test_the_receipt_shows_by_itself_that_somebody_has_seen_it(new_page: Callable[..., Page], enter: Enter) -> None:
    teacher = enter(new_page(width=375), "teacher")
    receipt = report(teacher)
    teacher.clock.install()
    teacher.goto(receipt)
    seen = teacher.locator("#told li", has_text="M. de Wit").locator("small")
    before = seen.inner_text()
    coordinator = enter(new_page(), "coordinator")
    coordinator.goto(newest(coordinator))
    with teacher.expect_response(lambda answer: answer.url.endswith(receipt)):
        teacher.clock.fast_forward(16_000)
    expect(seen).not_to_have_text(before)
    expect(seen).to_contain_text("M. de Wit")


def test_a_receipt_in_the_corridor_can_be_added_to(phone: Page, enter: Enter, nonce: str) -> None:
    phone.goto(report(enter(phone, "teacher")))
    control(phone, "text").fill(f"Also on a second phone. {nonce}")
    phone.locator("form[action$='/add'] button").tap()
    expect(phone.locator(".rp-note")).to_be_visible()
    expect(control(phone, "text")).to_have_value("")


def test_the_report_without_javascript(plain: Page, nonce: str) -> None:
    sign_in(plain, "teacher")
    plain.goto("/incidents/new")
    for key in flags():
        label(plain, key, "yes" if key == "danger" else "no").tap()
    expect(plain.locator(".rp-ask:has([name=danger]) a[href='tel:112']")).to_be_visible()
    control(plain, "go", "next").tap()
    plain.wait_for_url("**/keep-out")
    control(plain, "go", "next").tap()
    plain.wait_for_url("**/what*")
    # Without scripts nothing is hidden that could be needed.
    expect(control(plain, "people-0-school_name")).to_be_visible()
    control(plain, "story").fill(nonce)
    control(plain, "go", "add-person").tap()
    expect(control(plain, "story")).to_have_value(nonce)
    expect(control(plain, "people-2-part")).to_be_visible()
    control(plain, "people-2-part").select_option("bystander")
    control(plain, "go", "send").tap()
    plain.wait_for_url("**/receipts/*")
    expect(plain.locator("main")).to_contain_text(nonce)
    expect(plain.locator("a[href='tel:112']").first).to_be_visible()


def test_a_double_tap_sends_once(phone: Page, enter: Enter) -> None:
    enter(phone, "stranger")
    form = next(f for f in read(phone, "/incidents/new").forms if "coercion" in f.names)
    post(phone, form.action, form.with_(**dict.fromkeys(flags(), "no"), go="next"))
    phone.goto(f"{form.action}/what")
    sent = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    control(phone, "go", "send").dblclick()
    phone.wait_for_url("**/receipts/*")
    assert len(sent) == 1
