"""Writing the statement with the preview beside it, and deciding on it on a telephone."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.walk import DEMO

Enter = Callable[[Page, str], Page]
AT = f"{DEMO}/statement"


def test_what_is_typed_is_seen_as_parents_see_it_and_checked(page: Page, enter: Enter) -> None:
    enter(page, "communication").goto(f"{AT}/write")
    page.locator("#nl-why").press_sequentially(" Noor wil dat.")
    page.locator("#statement-check .rp-preview", has_text="Noor wil dat.").wait_for()
    assert page.locator("#findings .rp-finding").count()
    assert page.evaluate("document.activeElement.id") == "nl-why", "typing goes on"
    page.locator("button[value=ask]").click()
    page.locator("[data-error-summary]").wait_for()
    assert "Noor wil dat." in page.locator("#nl-why").input_value()


def test_leadership_decides_on_a_telephone_without_a_script(plain: Page, enter: Enter) -> None:
    enter(plain, "leadership").goto(AT)
    plain.set_viewport_size({"width": 375, "height": 800})
    first = plain.locator("main section").first
    assert first.locator("form[action$='/approve']").count() == 1, "what asks for a decision comes first"
    assert plain.locator("ins").count()
    first.locator("button[value=publish]").click()
    assert plain.locator("[role=status].rp-note").first.is_visible()
    assert plain.locator("form[action$='/approve']").count() == 0
