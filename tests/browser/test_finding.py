"""Finding an incident and an entry: on one line of a laptop, folded on a phone, whole on paper; without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE
from tests.browser.walk import DEMO, control, post, read

Enter = Callable[[Page, str], Page]
LONG = "\n".join(f"Rule {number} of what was said." for number in range(20))


def test_the_filters_are_one_line_on_a_laptop(new_page: Callable[..., Page], enter: Enter) -> None:
    page = enter(new_page(width=WIDE, javascript=False), "coordinator")
    page.goto("/incidents")
    names = ("q", "phase", "flag", "kind", "mine", "late")
    boxes = [control(page, name).bounding_box() for name in names]
    bottoms = [box["y"] + box["height"] for box in boxes if box]
    assert len(bottoms) == len(names)
    assert max(bottoms) - min(bottoms) < 24


def test_the_filters_unfold_on_a_phone_with_the_keyboard(new_page: Callable[..., Page], enter: Enter) -> None:
    page = enter(new_page(width=PHONE, javascript=False), "coordinator")
    page.goto("/incidents")
    assert not control(page, "phase").is_visible()
    control(page, "q").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert control(page, "phase").is_visible()
    control(page, "phase").select_option("react")
    page.locator("main form button").first.click()
    assert "phase=react" in page.url
    assert control(page, "phase").is_visible(), "what is filtered stays in sight"


@pytest.mark.parametrize(
    "path", ["/incidents?q=politie&flag=any", "/incidents?kind=livestream", f"{DEMO}/log?q=politie"]
)
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_what_was_found_is_sound(
    new_page: Callable[..., Page], enter: Enter, axe: Callable[[Page], None], path: str, width: int
) -> None:
    page = enter(new_page(width=width), "coordinator")
    page.goto(path)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_long_text_unfolds_and_is_whole_on_paper(new_page: Callable[..., Page], enter: Enter) -> None:
    page = enter(new_page(javascript=False), "coordinator")
    form = next(form for form in read(page, f"{DEMO}/log").forms if "text" in form.names)
    post(page, f"{DEMO}/log", form.with_(text=LONG))
    page.goto(f"{DEMO}/log?kind=observation")
    text = page.locator(".rp-long > p").first
    folded = text.bounding_box()
    page.emulate_media(media="print")
    printed = text.bounding_box()
    assert page.get_by_text("2026-001").first.is_visible()
    assert page.locator("[role=status]").first.is_visible(), "what is filtered"
    assert not page.locator("main form").first.is_visible()
    page.emulate_media(media="screen")
    page.locator(".rp-long label").first.click()
    whole = text.bounding_box()
    assert folded
    assert printed
    assert whole
    assert folded["height"] * 2 < min(printed["height"], whole["height"])
