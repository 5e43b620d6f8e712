"""A shared link in a real browser: the door, what is typed, and a page that is open when it ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal import db as database
from portal.accounts.models import Person
from portal.config import Settings
from portal.demo import DEMO_SLUG
from portal.incidents.models import Incident, Involved
from portal.links.models import Ask, LinkVisit, SharedLink
from portal.links.rules import code_of, path_of
from portal.security import app_secret
from tests.browser.conftest import environment, started
from tests.browser.test_pages import sound
from tests.web.scene import shared_with

POLL = "document.querySelectorAll('[data-live]').forEach((part) => htmx.trigger(part, 'refresh'))"
SAID = "Wij letten extra op de gang."


@dataclass
class Here:
    """A portal of which the test can change the rows while a page is open."""

    settings: Settings
    path: str = ""
    code: str = ""
    link_id: int = 0

    def rows(self, act: Callable[[], Any]) -> Any:
        with database.school(database.location(self.settings, DEMO_SLUG)), database.db.atomic():
            return act()

    def change(self, **columns: Any) -> None:
        self.rows(lambda: SharedLink.update(**columns).where(SharedLink.id == self.link_id).execute())

    def end_sessions(self) -> None:
        self.rows(lambda: LinkVisit.update(ended_at=LinkVisit.began_at).execute())

    def lend(self) -> None:
        case = Incident.select().join(Involved).where(Involved.part == "suspect").first()
        link, _ask = shared_with(case, Person.select().first(), datetime.now(UTC))
        secret, self.link_id = app_secret(self.settings), link.id
        self.path, self.code = path_of(link.nonce, secret), code_of(link.nonce, 1, secret)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("door")


@pytest.fixture(scope="module")
def server(loaded: Path, folder: Path) -> Iterator[str]:
    with started(loaded, folder) as address:
        yield address


@pytest.fixture
def here(server: str, folder: Path) -> Iterator[Here]:
    """A link of its own for each test."""
    made = Here(Settings.from_environ(environment(folder, 1)))
    made.rows(made.lend)
    yield made
    database.forget_connections()


def come_in(page: Page, here: Here) -> Page:
    page.goto(here.path)
    give_code(page, here)
    expect(page.locator("[data-link]")).to_have_count(1)
    return page


def give_code(page: Page, here: Here) -> None:
    page.locator("[name=code]").fill(here.code)
    with page.expect_navigation():
        page.locator("form[action$='/code'] [type=submit]").click()


def door_of(page: Page) -> Any:
    return page.locator("form[action$='/code']")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_door_and_what_is_around_it(new_page: Any, here: Here, axe: Callable[[Page], None], language: str) -> None:
    page = new_page(language=language)
    page.goto(here.path)
    sound(page, axe)
    page.locator("[name=code]").fill("1")
    page.locator("form[action$='/code'] [type=submit]").click()
    page.locator("[data-error-summary]").wait_for()
    sound(page, axe)
    page.goto("/p/nothing")
    sound(page, axe)
    come_in(page, here).goto(f"{here.path}/trail")
    sound(page, axe)


def test_our_page_of_who_did_what(page: Page, enter: Any, here: Here, axe: Callable[[Page], None]) -> None:
    ref = here.rows(lambda: SharedLink.get_by_id(here.link_id).incident.ref)
    enter(page, "coordinator").goto(f"/incidents/{ref}/links/{here.link_id}/trail")
    sound(page, axe)


def test_no_request_tells_the_address_to_anybody(page: Page, here: Here) -> None:
    """Not to ourselves either, as a referrer; and nothing is asked of another host."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("referer", "")))
    come_in(page, here).goto(f"{here.path}/asks/new")
    assert page.title() == "Rustpunt"
    page.goto("/first-hour")
    assert [one for one in sent if "/p/" in one] == []


def test_an_open_page_goes_blank_at_its_next_poll(page: Page, here: Here) -> None:
    come_in(page, here)
    expect(page.get_by_text("Een leerling van u.")).to_be_visible()
    here.change(revoked_at=datetime.now(UTC))
    page.evaluate(POLL)
    expect(page.get_by_text("Een leerling van u.")).to_have_count(0)
    expect(page.locator("main h1")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Een leerling van u.")).to_have_count(0)


def test_a_page_that_is_open_leads_to_the_door_when_the_session_ends(page: Page, here: Here) -> None:
    come_in(page, here)
    here.end_sessions()
    page.evaluate(POLL)
    expect(door_of(page)).to_be_visible()
    expect(page.get_by_text("Een leerling van u.")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_being_typed_then_is_sent_after_the_code(new_page: Any, here: Here, javascript: bool) -> None:
    page = come_in(new_page(javascript=javascript, width=375), here)
    page.goto(f"{here.path}/asks/new")
    page.locator("[name=title]").fill(SAID)
    here.end_sessions()
    if javascript:
        page.evaluate(POLL)
        expect(page.locator(".rp-closed .rp-stays")).to_be_visible()
        expect(page.locator("main h1")).to_be_hidden()
    page.locator("form:has([name=title]) [type=submit]").click()
    expect(page.get_by_text(SAID)).to_be_visible()
    give_code(page, here)
    page.locator("form:has([name=title]) [type=submit]").click()
    expect(page.get_by_text(SAID).first).to_be_visible()
    assert here.rows(lambda: Ask.select().where(Ask.link == here.link_id, Ask.own).count()) == 1


def test_leaving_shows_nothing_to_who_goes_back(page: Page, here: Here) -> None:
    come_in(page, here)
    with page.expect_navigation():
        page.locator("form[action$='/leave'] [type=submit]").click()
    expect(door_of(page)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Een leerling van u.")).to_have_count(0)
