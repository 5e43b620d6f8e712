"""The second factor in a real browser, outside the demo: passkeys of a virtual device, an app, and words that stay."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import CDPSession, Page, expect

from portal import db as database
from portal.accounts.models import Totp
from tests.browser.conftest import PASSWORD, sign_in, started
from tests.browser.test_coordinator import opened, posted
from tests.browser.test_drafts import end_session, entry
from tests.browser.walk import report
from tests.conftest import SLUG, settings_in

NewPage = Callable[..., Page]
CODE = re.compile(r"(?:[0-9a-z]{4}-){3}[0-9a-z]{4}")
OWN = "/account/second-factor"


@pytest.fixture(scope="module")
def server(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal where a password alone is not enough."""
    folder = tmp_path_factory.mktemp("strict")
    with started(loaded, folder, PORTAL_DEMO="0") as address:
        _places[:] = [database.location(settings_in(folder), SLUG)]
        yield address


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    """Of the apps that were set up on this server, by whose they are."""
    return {}


def device(page: Page) -> tuple[CDPSession, str]:
    """A finger on this computer, always the right one."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def code_of(secret: str) -> str:
    """What the app shows now. The portal forgets which codes it saw: no test waits half a minute for another."""
    with database.school(_places[0]):
        Totp.update(last_step=0).execute()
    database.forget_connections()
    return pyotp.TOTP(secret).now()


_places: list[database.Location] = []


def set_up_app(page: Page) -> str:
    page.goto(OWN)
    page.locator(f"form[action^='{OWN}/app/new'] button").click()
    page.wait_for_url(f"**{OWN}/app*")
    secret = page.locator(".rp-secret").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main form [type=submit]").click()
    expect(page.locator(".rp-codes li")).to_have_count(10)
    return secret


@pytest.fixture
def with_app(secrets: dict[str, str]) -> Callable[[Page, str], str]:
    """`with_app(page, "coordinator")`: signed in and stepped up with an app; gives its secret."""

    def go(page: Page, name: str) -> str:
        sign_in(page, name)
        if name not in secrets:
            secrets[name] = set_up_app(page)
        else:
            page.locator("[name=code]").fill(code_of(secrets[name]))
            page.locator("main form [type=submit]").first.click()
            page.wait_for_url(lambda address: "second-factor" not in address)
        return secrets[name]

    return go


@pytest.fixture
def case(new_page: NewPage, with_app: Any) -> str:
    """The address of an incident, reported with a password alone."""
    report(sign_in(new_page(), "teacher"), danger="yes")
    page = new_page()
    with_app(page, "coordinator")
    page.goto("/incidents")
    return str(page.locator(".rp-cases a[href^='/incidents/']").first.get_attribute("href"))


def test_an_app_is_set_up_from_a_picture_that_the_policy_allows(new_page: NewPage, axe: Callable[[Page], None]) -> None:
    page = new_page(width=375)
    sign_in(page, "mentor")
    expect(page).to_have_url(re.compile(OWN))
    axe(page)
    page.locator(f"form[action^='{OWN}/app/new'] button").click()
    picture = page.locator(".rp-qr svg path").first
    expect(picture).to_be_visible()
    assert picture.evaluate("path => getComputedStyle(path).stroke") == "rgb(0, 0, 0)"
    axe(page)
    secret = set_up_app(page)
    axe(page)
    assert len(set(CODE.findall(page.locator("main").inner_text()))) == 10
    page.goto(OWN)
    axe(page)
    sign_in_again(page, "mentor")
    expect(page).to_have_url(re.compile("/login/second-factor"))
    axe(page)
    page.locator("[name=code]").fill("000000")
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("main h1")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/$"))


def sign_in_again(page: Page, name: str) -> None:
    page.context.clear_cookies()
    sign_in(page, name)


def test_a_passkey_is_added_is_the_second_step_and_signs_in_alone(
    new_page: NewPage, axe: Callable[[Page], None]
) -> None:
    page = new_page()
    device(page)
    sign_in(page, "counselor")
    page.goto(OWN)
    page.locator("[name=name]").fill("Mijn laptop")
    page.locator("[data-sign]").click()
    expect(page.locator(".rp-codes li")).to_have_count(10)
    page.goto(OWN)
    expect(page.locator(".rp-key")).to_contain_text("Mijn laptop")
    axe(page)
    # The same device again says so, near the button.
    page.locator("[data-sign]").click()
    expect(page.locator("[data-said]")).to_have_text(str(page.locator("[data-said]").get_attribute("data-there")))
    sign_in_again(page, "counselor")
    page.locator("[data-sign]").click()
    expect(page).to_have_url(re.compile(r"/$"))
    page.context.clear_cookies()
    page.goto("/login?next=/incidents")
    axe(page)
    page.locator("[data-sign]").click()
    expect(page).to_have_url(re.compile("/incidents$"))


def test_cancelled_and_unknown_are_messages_near_the_button(new_page: NewPage) -> None:
    page = new_page()
    cdp, number = device(page)
    page.goto("/login")
    # The device knows no passkey of this portal.
    page.locator("[data-sign]").click()
    said = page.locator("[data-said]")
    expect(said).not_to_be_empty()
    sign_in(page, "care")
    page.goto(OWN)
    page.locator("[data-sign]").click()
    expect(page.locator(".rp-codes li")).to_have_count(10)
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    page.goto(OWN)
    sign_in_again(page, "care")
    page.locator("[data-sign]").click()
    expect(said).to_have_text(str(said.get_attribute("data-cancelled")))
    expect(page).to_have_url(re.compile("/login/second-factor"))


def test_without_javascript_passkeys_are_not_offered(new_page: NewPage) -> None:
    plain = new_page(width=375, javascript=False)
    plain.goto("/login")
    expect(plain.locator("[data-sign]")).to_be_hidden()
    sign_in(plain, "communication")
    expect(plain.locator("[data-sign]").first).to_be_hidden()
    set_up_app(plain)
    plain.goto("/")
    expect(plain.locator("main h1")).to_be_visible()
    assert plain.url.endswith("/")


def test_reporting_takes_few_taps_and_shows_nothing_back(new_page: NewPage, nonce: str) -> None:
    page = new_page(width=375)
    sign_in(page, "stranger")
    page.locator("main a[href='/incidents/new']").click()
    report(page, danger="no")
    page.goto("/receipts")
    page.locator("main a[href^='/receipts/']").first.click()
    area = page.locator("form[action$='/add'] [name=text]")
    area.fill(nonce)
    page.locator("form[action$='/add'] [type=submit]").click()
    expect(page.locator(".rp-note[role=status]")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(nonce)


def ask_again(page: Page, name: str) -> None:
    """The session ends, and somebody signs in with a password alone in another tab."""
    end_session(page)
    other = page.context.new_page()
    sign_in(other, name)
    other.close()


def test_a_plain_form_goes_through_after_the_code_beside_it(
    page: Page, case: str, with_app: Any, nonce: str, axe: Callable[[Page], None]
) -> None:
    secret = with_app(page, "coordinator")
    page.goto(f"{case}/log")
    entry(page).locator("[name=text]").fill(nonce)
    ask_again(page, "coordinator")
    entry(page).locator("[type=submit]").click()
    box = page.locator("[data-sign-in]")
    expect(box.locator("[name=code]")).to_be_focused()
    expect(entry(page).locator("[name=text]")).to_have_value(nonce)
    axe(page)
    box.locator("[name=code]").fill("000000")
    box.locator("[type=submit]").click()
    expect(box.locator("[data-error-summary]")).to_be_focused()
    box.locator("[name=code]").fill(code_of(secret))
    box.locator("[type=submit]").click()
    expect(page.locator(".rp-log > li", has_text=nonce)).to_have_count(1)
    expect(box).to_have_count(0)


def test_password_and_code_are_asked_in_the_same_box(page: Page, case: str, with_app: Any, nonce: str) -> None:
    secret = with_app(page, "coordinator")
    page.goto(f"{case}/log")
    end_session(page)
    area = entry(page).locator("[name=text]")
    area.click()
    page.keyboard.type(nonce)
    box = page.locator("[data-sign-in]")
    box.locator("[name=email]").fill("coordinator@baken.example")
    box.locator("[name=password]").fill(PASSWORD)
    box.locator("[type=submit]").first.click()
    expect(box.locator("[name=code]")).to_be_focused()
    box.locator("[name=code]").fill(code_of(secret))
    box.locator("[type=submit]").first.click()
    expect(entry(page).locator(".rp-kept")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.reload()
    expect(area).to_have_value(nonce)


def test_a_passkey_in_the_box_is_one_tap(page: Page, case: str, with_app: Any, nonce: str) -> None:
    device(page)
    with_app(page, "coordinator")
    page.goto(OWN)
    page.locator("[data-sign]").click()
    expect(page.locator(".rp-key")).to_have_count(1)
    page.goto(f"{case}/log")
    entry(page).locator("[name=text]").fill(nonce)
    end_session(page)
    entry(page).locator("[type=submit]").click()
    page.locator("[data-sign-in] [data-sign]").click()
    expect(page.locator(".rp-log > li", has_text=nonce)).to_have_count(1)


def test_a_form_of_htmx_goes_through_after_the_code(page: Page, case: str, with_app: Any, nonce: str) -> None:
    secret = with_app(page, "coordinator")
    panel = opened(page, case, "statement")
    ask_again(page, "coordinator")
    panel.locator("form[action$='/state'] [name=words]").fill(nonce)
    panel.locator("form[action$='/state'] [value=done]").click()
    box = page.locator("[data-sign-in]")
    box.locator("[name=code]").fill(code_of(secret))
    with posted(page, "/state"):
        box.locator("[type=submit]").first.click()
    expect(panel.locator(".rp-panel")).to_contain_text(nonce)


def test_without_javascript_a_form_is_carried_over_the_code(
    new_page: NewPage, case: str, with_app: Any, nonce: str
) -> None:
    plain = new_page(width=375, javascript=False)
    secret = with_app(plain, "coordinator")
    plain.goto(f"{case}/log")
    entry(plain).locator("[name=text]").fill(nonce)
    end_session(plain)
    entry(plain).locator("[type=submit]").tap()
    again = plain.locator("form[action='/login/again']").first
    again.locator("[name=email]").fill("coordinator@baken.example")
    again.locator("[name=password]").fill(PASSWORD)
    again.locator("[type=submit]").tap()
    expect(plain.locator("main")).to_contain_text(nonce)
    again.locator("[name=code]").fill(code_of(secret))
    again.locator("[type=submit]").tap()
    plain.locator("main form [type=submit]").tap()
    plain.wait_for_url(f"**{case}/log")
    expect(plain.locator(".rp-log > li", has_text=nonce)).to_have_count(1)


def test_two_people_remove_a_lost_factor(new_page: NewPage, with_app: Any, axe: Callable[[Page], None]) -> None:
    lost, admin, leader = new_page(), new_page(), new_page()
    with_app(lost, "teacher")
    with_app(admin, "admin")
    admin.goto("/accounts")
    admin.get_by_role("link", name="T. Visser").click()
    axe(admin)
    admin.locator("form[action$='/second-factor'] button").click()
    expect(admin.locator(".rp-note[role=status]")).to_be_visible()
    with_app(leader, "leadership")
    leader.goto("/")
    leader.locator("main a[href='/confirmations']").click()
    axe(leader)
    leader.locator("button[value=yes]").click()
    expect(leader.locator(".rp-empty")).to_be_visible()
    axe(leader)
    lost.goto("/incidents")
    expect(lost).to_have_url(re.compile("/login"))
    sign_in(lost, "teacher")
    expect(lost).to_have_url(re.compile(OWN))
