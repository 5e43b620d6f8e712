"""Short ways to where a test begins: what is not looked at is sent without a page."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Locator, Page

from portal.incidents.rules import flags
from portal.protocol.rules import default_document
from tests.reading import Page as Read

DEMO = "/incidents/2026-001"
TITLES = {step["key"]: step["title"] for step in default_document()["step"]}


def read(page: Page, path: str) -> Read:
    """What stands at an address, for whoever is signed in on the page."""
    return Read(page.request.get(path).text())


def post(page: Page, path: str, data: dict[str, Any]) -> Any:
    """Send a form as it was read; gives the answer after it led on."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return page.request.post(path, data=urlencode(data, doseq=True), headers=kind)


def begin(page: Page, **answers: str) -> str:
    """A report with its red flags answered; gives its address."""
    form = next(f for f in read(page, "/incidents/new").forms if f.action.startswith("/incidents/new/"))
    post(page, form.action, form.with_(**(dict.fromkeys(flags(), "no") | answers), go="next"))
    return form.action


def report(page: Page, **answers: str) -> str:
    """An incident that this person reported; gives the address of the receipt."""
    at = begin(page, **answers)
    form = read(page, f"{at}/what").form("/what")
    sent = post(page, f"{at}/what", form.with_(story="Two pupils told me.", go="send"))
    receipt = urlsplit(sent.url).path
    assert receipt.startswith("/receipts/"), sent.status
    return receipt


def newest(page: Page) -> str:
    """The address of the newest incident of whoever is signed in."""
    return max(link for link in read(page, "/incidents").links if re.fullmatch(r"/incidents/\d{4}-\d{3,}", link))


def action(page: Page, at: str, step: str) -> str:
    """The address of the action of a step in the plan of an incident."""
    found = unescape(page.request.get(f"{at}/plan").text())
    for title in TITLES[step].values():
        match = re.search(rf'href="({at}/plan/\d+)"[^>]*>{re.escape(title)}', found)
        if match:
            return match[1]
    raise AssertionError(f"no action {step} in {at}")


def control(page: Page, name: str, value: str | None = None) -> Locator:
    """A control by its name, and by its value where several share one."""
    return page.locator(f'[name="{name}"]' + (f'[value="{value}"]' if value is not None else ""))


def label(page: Page, name: str, value: str) -> Locator:
    """What a finger taps to choose a radio button or tick a box."""
    return page.locator(f"label[for='{control(page, name, value).get_attribute('id')}']")
