"""A conversation with a class: prepared and noted on a phone, with its poster on paper."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from portal.classes.talks.rules import LONGEST_AGREEMENT, MOST_AGREEMENTS
from tests.browser.test_paper import A4, pages, sizes
from tests.browser.walk import DEMO, control, label, newest, post, read, report

Enter = Callable[[Page, str], Page]


@pytest.fixture
def talk(new_page: Callable[..., Page], enter: Enter) -> Callable[[], str]:
    """The address of a conversation in an incident that no other test uses."""

    def make() -> str:
        report(enter(new_page(), "teacher"))
        coordinator = enter(new_page(), "coordinator")
        at = f"{newest(coordinator)}/classes"
        form = next(form for form in read(coordinator, at).forms if "class_name" in form.names)
        sent = post(coordinator, at, form.with_(class_name="2A"))
        return urlsplit(sent.url).path

    return make


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_prepared_noted_and_hung_on_the_wall(
    phone: Page, plain: Page, enter: Enter, talk: Callable[[], str], scripts: bool
) -> None:
    page, at = phone if scripts else plain, talk()
    enter(page, "coordinator").goto(at)
    page.locator("a[href$='/prepare']").click()
    label(page, "message", "normalise").click()
    control(page, "opening").fill("Fijn dat jullie er zijn.")
    page.locator("main form [type=submit]").last.click()
    page.wait_for_url(f"**{at}")
    expect(page.locator("main")).to_contain_text("Fijn dat jullie er zijn.")
    page.locator("a[href$='/held']").click()
    control(page, "mood").fill("Rustig.")
    control(page, "agreements").fill("1. Wij sturen niets door.\n2. Wij helpen elkaar, altijd.")
    label(page, "unrest", "1").click()
    page.locator("main form [type=submit]").last.click()
    page.wait_for_url(f"**{at}")
    expect(page.locator("main ol li")).to_have_text(["Wij sturen niets door.", "Wij helpen elkaar, altijd."])
    page.locator("a[href$='/poster']").click()
    expect(page.locator(".rp-poster li")).to_have_count(2)
    page.goto(at.rpartition("/")[0])
    expect(page.locator(".rp-chart rect")).to_have_count(1)


def test_what_is_typed_is_kept_and_comes_back(page: Page, enter: Enter, talk: Callable[[], str], nonce: str) -> None:
    at = talk()
    enter(page, "coordinator").goto(f"{at}/held")
    control(page, "insight").fill(nonce)
    expect(page.locator("[name=insight] + .rp-kept")).not_to_be_empty(timeout=2500)
    page.goto(f"{at}/held")
    expect(control(page, "insight")).to_have_value(nonce)


@pytest.mark.parametrize("number", [1, 5, 6, MOST_AGREEMENTS])
def test_the_poster_is_one_a4(page: Page, enter: Enter, talk: Callable[[], str], number: int) -> None:
    """With as many and as long agreements as the form takes."""
    at = talk()
    enter(page, "coordinator")
    agreements = "\n".join([("Wij lachen niemand uit " * 9)[:LONGEST_AGREEMENT].strip()] * number)
    form = read(page, f"{at}/held").forms[-1]
    assert post(page, f"{at}/held", form.with_(mood="Rustig.", agreements=agreements)).url.endswith(at)
    page.goto(f"{at}/poster")
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 between its margins
    assert page.locator(".rp-poster").evaluate("one => one.scrollHeight <= one.clientHeight")
    for gone in (".rp-top", ".rp-demo", ".rp-foot", ".rp-subnav", ".rp-head", ".rp-noprint"):
        assert not [found for found in page.locator(gone).all() if found.is_visible()], gone


def test_the_demo_shows_a_conversation_in_each_state(page: Page, enter: Enter) -> None:
    enter(page, "mentor").goto(f"{DEMO}/classes")
    assert page.locator("main section.rp-card h2 .govuk-tag").count() == 3
    page.goto(f"{DEMO}/classes/2")
    expect(page.locator("main ol li")).to_have_count(4)
    expect(page.locator("#worries")).to_have_count(0)  # of another class
