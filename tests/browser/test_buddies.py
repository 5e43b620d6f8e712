"""The buddies on a mentor's telephone, and their card on paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.test_paper import A4, pages, sizes
from tests.browser.walk import DEMO, post, read

Enter = Callable[[Page, str], Page]
LONGEST = "\n".join(["Samen naar de les, naar de kantine en naar huis."] * 8)


def buddy_of(page: Page, name: str) -> str:
    """The page of one whom the victim of the demo incident named."""
    page.goto(f"{DEMO}/buddies")
    return str(page.locator("a.rp-act__title", has_text=name).get_attribute("href"))


def test_a_mentor_notes_how_it_goes_from_the_first_page_without_a_script(plain: Page, enter: Enter) -> None:
    enter(plain, "mentor").goto("/")
    plain.locator(f"a.rp-act__title[href^='{DEMO}/buddies/']").first.click()
    assert "Fleur" in plain.locator("h1").inner_text()
    form = plain.locator("form[action$='/check-in']")
    form.locator("[value=hard]").check()
    form.locator("[name=words]").fill("Wil er niet meer over praten.")
    form.locator("[type=submit]").click()
    assert plain.get_by_text("Wil er niet meer over praten.").is_visible()
    assert plain.locator("[role=status].rp-note").first.is_visible()


def test_names_in_the_order_of_the_victim(page: Page, enter: Enter) -> None:
    enter(page, "counselor")
    first = buddy_of(page, "Fleur")
    page.goto(f"{DEMO}/buddies")
    page.locator("a[href*='/buddies/of/']").click()
    page.locator("[name=first-name]").fill("Pien Smeets")
    page.locator("form:has([name=first-name]) [type=submit]").click()
    page.wait_for_url(f"**{DEMO}/buddies")
    rows = page.locator(".rp-act a.rp-act__title").all_inner_texts()
    assert rows.index("Pien Smeets") > rows.index("Fleur Dekker")
    page.goto(first)
    assert page.locator("h1").inner_text().startswith("Fleur Dekker")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_card_is_one_a4_with_the_longest_agreement(
    new_page: Callable[..., Page], enter: Enter, language: str
) -> None:
    page = enter(new_page(), "care")
    at = buddy_of(page, "Fleur")
    form = read(page, at).form("/arrange")
    assert post(page, form.action, form.with_(task=LONGEST)).ok
    shown = read(page, at)
    post(page, "/language", shown.form("/language").with_(language=language, next=at))
    page.goto(f"{at}/card")
    assert page.locator("html").get_attribute("lang") == language
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})
    page.emulate_media(media="print")
    assert "Fleur" not in page.locator("body").inner_text()
    assert page.title() == "Rustpunt"
    post(page, "/language", shown.form("/language").with_(language="nl", next=at))
