"""A real server, a real Chromium, and a watch on everything that a page should not do."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.browser.chromium import launch

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "rustpunt-demo"
WIDE, PHONE, NARROW = 1280, 375, 320
START_SECONDS, STOP_SECONDS = 30, 10

# Chromium writes this for every answer of 400 or more; `Watch` looks at the answers themselves.
FAILED_TO_LOAD = "Failed to load resource"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def environment(folder: Path, port: int) -> dict[str, str]:
    """Settings of a portal of its own, with none of those of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "FLASK_", "COV"))}
    return kept | {
        "PORTAL_DATA": str(folder / "data"),
        "PORTAL_KEYS": str(folder / "keys"),
        "PORTAL_DEMO": "1",
        "PORTAL_BASE_URL": f"http://localhost:{port}",
    }


def flask(arguments: list[str], env: dict[str, str]) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"flask {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
    return done.stdout


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="package")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo school as a fresh installation has it, to be copied."""
    folder = tmp_path_factory.mktemp("loaded")
    env = environment(folder, free_port())
    flask(["db", "upgrade"], env)
    (folder / "said").write_text(flask(["demo", "load"], env))
    return folder


@pytest.fixture(scope="package")
def server(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with the demo school, each pytest worker its own."""
    with started(loaded, tmp_path_factory.mktemp("portal")) as address:
        yield address


@contextmanager
def started(loaded: Path, folder: Path, **other: str) -> Iterator[str]:
    """A portal that runs with a copy of the demo school, with other settings than those of the demo where given."""
    port = free_port()
    shutil.copytree(loaded, folder, dirs_exist_ok=True)
    process = serve(folder, port, environment(folder, port) | other)
    try:
        yield f"http://localhost:{port}"
    finally:
        end(process)


def serve(folder: Path, port: int, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the server of a portal; gives its process once it answers."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", "1", "--http", "1", "--no-ws", "--log-level", "warning"]
    command += ["--host", "127.0.0.1", "--port", str(port), "wsgi:app"]
    log = folder / "server.log"
    with open(log, "ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"http://127.0.0.1:{port}/healthz"):
            assert process.poll() is None, f"the server has stopped:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{log.read_text()}"
            time.sleep(0.05)
    except BaseException:
        end(process)
        raise
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # The group holds the server's own workers, which would live on.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# Per package, not per session: Playwright's event loop would be in the way of other folders' tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """Collects what a page did wrong: console and script errors, foreign hosts, failed loads.

    A test that provokes a known one names it: `watch.allowed.append(r"a pattern")`.
    """

    host: str
    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("request", lambda request: self._address(request.url))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(FAILED_TO_LOAD):
            self.found.append(f"console {message.type}: {message.text}")

    def _address(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.host:
            self.found.append(f"request to a foreign host: {address}")

    def _response(self, response: Response) -> None:
        part_of_page = response.request.resource_type not in ("document", "fetch", "xhr")
        if response.status >= 500 or (response.status >= 400 and part_of_page):
            self.found.append(f"{response.status} for {response.url}")

    def check(self) -> None:
        left = [line for line in self.found if not any(re.search(pattern, line) for pattern in self.allowed)]
        assert not left, "the page did wrong:\n" + "\n".join(left)


@pytest.fixture
def watch(server: str) -> Iterator[Watch]:
    watch = Watch(urlsplit(server).netloc)
    yield watch
    watch.check()


def profile(
    browser: Browser,
    server: str,
    *,
    width: int = WIDE,
    height: int = 900,
    javascript: bool = True,
    language: str = "nl",
) -> BrowserContext:
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": height},
        java_script_enabled=javascript,
        locale=language,
        timezone_id="Europe/Amsterdam",
        has_touch=width < 600,
    )
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def new_page(browser: Browser, server: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Make a page in a browser profile of its own, watched: `new_page(width=375, javascript=False)`."""
    contexts = []

    def make(**how: Any) -> Page:
        context = profile(browser, server, **how)
        contexts.append(context)
        page = context.new_page()
        watch.on(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def profiles(browser: Browser) -> Iterator[dict[tuple[Any, ...], BrowserContext]]:
    """Browser profiles of who only looks, by whose they are and how they look."""
    made: dict[tuple[Any, ...], BrowserContext] = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def tab(
    browser: Browser, server: str, watch: Watch, enter: Any, profiles: dict[tuple[Any, ...], BrowserContext]
) -> Iterator[Callable[..., Page]]:
    """`tab("coordinator", width=375)`: a fresh tab, watched, for a test that only looks.

    Such tests share a profile per person: it takes long to make, and what is loaded for every page is there.
    """
    pages = []

    def make(name: str, **how: Any) -> Page:
        key = (server, name, *sorted(how.items()))
        if key not in profiles:
            profiles[key] = profile(browser, server, **how)
        page = profiles[key].new_page()
        pages.append(page)
        watch.on(page)
        return enter(page, name) if name else page

    yield make
    for page in pages:
        page.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desk: 1280 pixels wide."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A telephone: 375 pixels wide."""
    return new_page(width=PHONE, height=740)


@pytest.fixture
def plain(new_page: Callable[..., Page]) -> Page:
    """A telephone without JavaScript."""
    return new_page(width=PHONE, height=740, javascript=False)


def sign_in(page: Page, name: str) -> Page:
    """Sign in as one of the demo school: `coordinator`, `teacher`, `stranger`, ..."""
    page.goto("/login")
    page.locator("[name=email]").fill(f"{name}@baken.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_url(lambda address: urlsplit(address).path != "/login")
    return page


@pytest.fixture
def signed_in() -> Callable[[Page, str], Page]:
    return sign_in


@pytest.fixture(scope="package")
def sessions() -> dict[str, list[Any]]:
    """Cookies of who signed in before on this worker's server."""
    return {}


@pytest.fixture
def enter(sessions: dict[str, list[Any]]) -> Callable[[Page, str], Page]:
    """`enter(page, "coordinator")`: signed in, from the second time on without the slow password."""

    def go(page: Page, name: str) -> Page:
        if name in sessions:
            page.context.add_cookies(sessions[name])
        else:
            page.context.clear_cookies()
            sessions[name] = sign_in(page, name).context.cookies()
        return page

    return go


@pytest.fixture(scope="session")
def axe_source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def axe(axe_source: str) -> Callable[[Page], None]:
    """`axe(page)`: no finding of axe-core, and no sideways scrolling, at 1280 and 320 pixels."""

    def check(page: Page) -> None:
        before = page.viewport_size
        assert before
        findings = []
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": before["height"]})
            findings += [f"{page.url} at {width}: {line}" for line in axe_findings(page, axe_source)]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                findings.append(f"{page.url} at {width}: scrolls sideways")
        page.set_viewport_size(before)
        assert not findings, "\n".join(findings)

    return check


def axe_findings(page: Page, source: str) -> list[str]:
    # Through the debugger, which no content policy stops; `preload` would fetch style sheets by script.
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(source)
    found = page.evaluate("axe.run(document, {preload: false, resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture
def nonce() -> str:
    """A word that no other test uses, to find one's own text again."""
    return f"w{secrets.token_hex(4)}"
