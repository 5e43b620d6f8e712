"""The plug is pulled while somebody types: at most the last two seconds are lost."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import environment, free_port, serve, sign_in
from tests.browser.walk import DEMO, control

Enter = Callable[[Page, str], Page]
# Who types, on which page, in which field.
LONG_TEXTS = [("care", f"{DEMO}/sheet/adapt", "now"), ("counselor", f"{DEMO}/notes", "text")]
KEY, LOST = 150, 2000  # milliseconds from one key to the next, and that may be lost
WORDS = "Alle mentoren praten morgen het eerste uur met hun klas, en wie wil komt naar kamer twaalf. "


def type_without_a_pause(page: Page, path: str, name: str) -> str:
    """Type for some seconds on the page's own clock, never resting long enough for 'when somebody pauses'.

    Within each two seconds something is sent, and what was typed before that is in it.
    """
    page.clock.install()
    page.goto(path)
    area = control(page, name)
    area.fill("")
    area.press("End")
    on_its_way: set[Request] = set()
    page.on("request", lambda request: on_its_way.add(request) if request.url.endswith("/drafts") else None)
    page.on("requestfinished", lambda request: on_its_way.discard(request))
    typed = ""
    for letter in WORDS[: 3 * (LOST // KEY)]:
        page.keyboard.type(letter)
        page.clock.run_for(KEY)
        typed += letter
        # The page's clock runs ahead of the server: in the time between two keys it would have answered.
        while on_its_way:
            page.wait_for_event("requestfinished")
    return typed


def check_kept(page: Page, path: str, name: str, typed: str) -> None:
    page.goto(path)
    expect(page.locator(".rp-draft").first).to_be_visible()
    kept = control(page, name).input_value()
    assert typed.startswith(kept)
    assert len(typed) - len(kept) <= LOST // KEY, kept


@pytest.mark.parametrize(("who", "path", "name"), LONG_TEXTS)
def test_the_browser_is_closed(new_page: Callable[..., Page], enter: Enter, who: str, path: str, name: str) -> None:
    page = enter(new_page(), who)
    typed = type_without_a_pause(page, path, name)
    page.context.close()
    again = enter(new_page(), who)
    check_kept(again, path, name, typed.rstrip())
    control(again, name).fill("")
    expect(again.locator(".rp-kept").first).to_be_attached()


def test_the_server_is_killed(browser: Browser, loaded: Path, tmp_path: Path) -> None:
    """kill -9 of all its processes, as when the power goes; then it is started again."""
    port = free_port()
    env = environment(tmp_path, port)
    shutil.copytree(loaded, tmp_path, dirs_exist_ok=True)
    process = serve(tmp_path, port, env)
    context = browser.new_context(base_url=f"http://localhost:{port}", locale="nl")
    try:
        who, path, name = LONG_TEXTS[0]
        page = sign_in(context.new_page(), who)
        typed = type_without_a_pause(page, path, name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        context.close()
        process = serve(tmp_path, port, env)
        context = browser.new_context(base_url=f"http://localhost:{port}", locale="nl")
        check_kept(sign_in(context.new_page(), who), path, name, typed)
    finally:
        context.close()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
