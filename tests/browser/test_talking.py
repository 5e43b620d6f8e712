"""What both schools say, in real browsers: a visitor of a shared link beside the coordinator."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal import db as database
from portal.demo import DEMO_SLUG
from portal.demo.links import way_in
from tests.browser.conftest import PHONE
from tests.browser.test_pages import fits_with_large_letters, sound
from tests.browser.walk import DEMO, control
from tests.conftest import settings_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Enter = Callable[[Page, str], Page]
PAGES = ["/messages", "/worry", "/worry?sent=danger", "/statement", "/colleagues", "/feedback"]


@pytest.fixture
def way(loaded: Path) -> tuple[str, str]:
    """Path and code of the link of the demo school."""
    with database.school(database.location(settings_in(loaded), DEMO_SLUG)):
        found = way_in(datetime.now(UTC))
    database.forget_connections()
    assert found
    return found


@pytest.fixture
def visit(new_page: Callable[..., Page], way: tuple[str, str]) -> Callable[..., Page]:
    """`visit(width=375)`: the other school, having given the code on a page of its own."""

    def come(**kw: int) -> Page:
        page = new_page(**kw)
        page.goto(way[0])
        control(page, "code").fill(way[1])
        with page.expect_navigation():
            page.locator("form:has([name=code]) [type=submit]").click()
        return page

    return come


def test_pages_of_the_other_school(visit: Callable[..., Page], way: tuple[str, str], axe: Callable[..., None]) -> None:
    wide, phone = visit(), visit(width=PHONE, height=740)
    for path in PAGES:
        wide.goto(way[0] + path)
        sound(wide, axe)
        phone.goto(way[0] + path)
        fits_with_large_letters(phone, PHONE)
        phone.evaluate("document.documentElement.style.fontSize = ''")


def test_a_message_comes_by_itself_on_both_sides(
    visit: Callable[..., Page], new_page: Callable[..., Page], enter: Enter, way: tuple[str, str]
) -> None:
    theirs, ours = visit(width=PHONE, height=740), enter(new_page(), "coordinator")
    theirs.goto(f"{way[0]}/messages")
    ours.goto(f"{DEMO}/links/1/messages")
    for writer, reader, text in ((theirs, ours, "Wij bellen om vier uur."), (ours, theirs, "Goed, tot dan.")):
        control(reader, "text").fill("Half getypt")
        control(writer, "text").fill(text)
        writer.locator("form:has([name=text]) [type=submit]").click()
        expect(writer.locator("#messages")).to_contain_text(text)
        reader.evaluate("htmx.trigger(document.getElementById('messages'), 'refresh')")
        expect(reader.locator("#messages")).to_contain_text(text)
        assert control(reader, "text").input_value() == "Half getypt", "what is being typed stays"
