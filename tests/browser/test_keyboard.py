"""Every control is reached with the Tab key, in the order of the page, and one sees where one is."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.walk import DEMO, action

Enter = Callable[[Page, str], Page]

# Marks what a keyboard has to reach: one stop per group of radio buttons, nothing that is not on screen.
MARK = """() => {
  const groups = new Set();
  let number = 0;
  for (const el of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    if (el.type === 'hidden' || el.disabled || el.tabIndex < 0) continue;
    if (!el.checkVisibility({visibilityProperty: true})) continue;
    if (el.type === 'radio') {
      const group = (el.form && el.form.action) + el.name;
      const chosen = document.querySelector(`input[name="${el.name}"]:checked`);
      if (groups.has(group) || (chosen && chosen !== el)) continue;
      groups.add(group);
    }
    el.dataset.stop = number++;
  }
  return number;
}"""

# Where the focus is, and whether that shows: on the control itself, or on what is drawn for it.
WHERE = """() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const shows = (style) =>
    (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const label = el.labels && el.labels[0];
  const seen = shows(getComputedStyle(el)) || (label && (shows(getComputedStyle(label))
    || shows(getComputedStyle(label, '::before'))));
  const box = el.getBoundingClientRect();
  return {
    stop: el.dataset.stop === undefined ? null : Number(el.dataset.stop),
    seen: Boolean(seen),
    inside: box.bottom > 0 && box.top < innerHeight,
    what: el.outerHTML.slice(0, 120),
  };
}"""


def walk(page: Page) -> list[dict[str, Any]]:
    """Tab from the first control to the end of the page; gives the stops."""
    wanted = page.evaluate(MARK)
    assert wanted > 3
    # Whatever had the focus when the page was opened; and there by key, as the keyboard itself comes there.
    page.locator("[data-stop='1']").focus()
    page.keyboard.press("Shift+Tab")
    stops = [page.evaluate(WHERE)]
    while len(stops) < wanted * 2 + 10:
        page.keyboard.press("Tab")
        here = page.evaluate(WHERE)
        if here is None or here["stop"] == stops[0]["stop"]:
            break
        stops.append(here)
    assert {stop["stop"] for stop in stops} >= set(range(wanted)), _missed(page, stops, wanted)
    return stops


def _missed(page: Page, stops: list[dict[str, Any]], wanted: int) -> str:
    lost = sorted(set(range(wanted)) - {stop["stop"] for stop in stops})
    find = "(number) => document.querySelector('[data-stop=\"' + number + '\"]').outerHTML.slice(0, 160)"
    return "not reached:\n" + "\n".join(page.evaluate(find, number) for number in lost)


def _check(page: Page) -> None:
    stops = walk(page)
    # A field for date and time has stops of its own inside, which the browser itself marks.
    shown = {stop["stop"] for stop in stops if stop["seen"]}
    unseen = [stop["what"] for stop in stops if stop["stop"] not in shown]
    assert not unseen, "no visible focus:\n" + "\n".join(unseen)
    outside = [stop["what"] for stop in stops if not stop["inside"]]
    assert not outside, "focus outside the screen:\n" + "\n".join(outside)
    order = [stop["stop"] for stop in stops if stop["stop"] is not None]
    assert order == sorted(order), "not in the order of the page"


def test_the_sign_in(page: Page) -> None:
    page.goto("/login")
    _check(page)


@pytest.mark.parametrize("path", ["/", "/incidents/new", DEMO, f"{DEMO}/plan", f"{DEMO}/log", f"{DEMO}/team"])
def test_the_pages_of_an_incident(page: Page, enter: Enter, path: str) -> None:
    enter(page, "coordinator").goto(path)
    _check(page)


def test_an_opened_action(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto(action(page, DEMO, "buddies"))
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")
    _check(page)


def test_the_first_stop_leads_past_the_navigation(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto(f"{DEMO}/plan")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_action_is_finished_with_the_keyboard_alone(page: Page, enter: Enter, nonce: str) -> None:
    enter(page, "coordinator")
    at = action(page, DEMO, "plan-aftercare")
    page.goto(f"{DEMO}/plan")
    page.locator(f".rp-act > div:not(.when) > a[href='{at}']").focus()
    page.keyboard.press("Enter")
    words = page.locator("form[action$='/state'] [name=words]")
    words.wait_for()
    for _number in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "words":
            break
    page.keyboard.insert_text(nonce)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "done"
    with page.expect_response(lambda answer: answer.url.endswith("/state") and answer.status == 200):
        page.keyboard.press("Enter")
    page.locator("[name=state][value=todo]").wait_for()
    # The focus did not fall back to the top of the page.
    assert page.evaluate("document.activeElement !== document.body")
