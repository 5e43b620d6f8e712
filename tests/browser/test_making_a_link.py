"""A coordinator with a telephone in the hand makes a link with another school, and leaves it as a draft or drops it."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.test_pages import sound
from tests.browser.walk import DEMO

SAID = "Er gaat iets rond van een leerling van ons. Wij hopen dat u met uw leerling praat."


def test_four_steps_on_a_telephone_lead_to_the_page_as_they_will_see_it(
    phone: Page, enter: Callable[[Page, str], Page], axe: Callable[[Page], None]
) -> None:
    page = enter(phone, "coordinator")
    width = page.evaluate("innerWidth")
    page.goto(f"{DEMO}/links/new")
    who = {"school": "De Linde", "name": "Q. Ander", "email": "q@linde.example", "phone": "010-5550209"}
    for name, text in who.items():
        page.fill(f"[name={name}]", text)
    for ticked, filled, onward in (
        ([], {}, "purpose"),
        (["purpose=stop", "basis=welfare", "parents=told"], {}, "share"),
        (["asked=contact"], {"summary": SAID}, "term"),
        ([], {}, "preview"),
    ):
        for one in ticked:
            name, _is, value = one.partition("=")
            page.locator(f"[name={name}][value={value}]").check()
        for name, text in filled.items():
            page.fill(f"[name={name}]", text)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
        axe(page)
        page.locator("main form button.govuk-button").first.click()
        page.wait_for_url(f"**/{onward}")
    assert SAID in page.locator(".rp-lent-preview").inner_text()
    sound(page, axe)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(page.url.removesuffix("/preview"))
    sound(page, axe)
    page.locator("main form[action$='/throw-away'] button").click()
    page.wait_for_url(f"**{DEMO}/links")
    assert "De Linde" not in page.locator("main").inner_text()
