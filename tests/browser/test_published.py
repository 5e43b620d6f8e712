"""The page that parents open: alone with what it says, on a telephone, on paper, and for axe."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE, end, environment, flask, free_port, serve
from tests.browser.test_pages import sound
from tests.browser.test_paper import A4, pages, sizes
from tests.communication.publishing import publish_in


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A portal of its own, and the path of a statement that is online in it."""
    folder: Path = tmp_path_factory.mktemp("published")
    port = free_port()
    env = environment(folder, port)
    flask(["demo", "load"], env)
    path = publish_in(env)
    process = serve(folder, port, env)
    yield f"http://localhost:{port}", path
    end(process)


@pytest.fixture(scope="module")
def server(portal: tuple[str, str]) -> str:
    return portal[0]


@pytest.fixture(scope="module")
def address(portal: tuple[str, str]) -> str:
    return "".join(portal)


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_page_is_sound_and_stands_alone(
    address: str, new_page: Callable[..., Page], axe: Callable[[Page], None], width: int
) -> None:
    page = new_page(width=width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert page.locator("article").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [one for one in asked if not one.startswith("data:")] == [address]
    assert page.context.cookies() == []
    assert page.evaluate("getComputedStyle(document.querySelector('address')).borderLeftWidth") == "4px"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url == f"{address}#en"
    sound(page, axe)


def test_each_language_is_one_a4(address: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(address)
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (2, {A4})
