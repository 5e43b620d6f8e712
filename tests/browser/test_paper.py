"""On paper, and over a slow line."""

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from portal.care.conversations.forms import SECTION
from portal.care.conversations.rules import KINDS, SECTIONS
from portal.classes.sheets.rules import check_text, texts
from portal.classes.sheets.rules import contents as contents_of
from portal.communication.media.rules import MOST_LINES
from portal.errors import Invalid
from tests.browser.walk import DEMO, post, read

Enter = Callable[[Page, str], Page]
A4 = (595, 842)  # points
MOST_BYTES, MOST_REQUESTS = 60_000, 6


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", pdf))


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return {(round(float(width)), round(float(height))) for width, height in found}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_first_hour_is_one_a4(new_page: Callable[..., Page], language: str) -> None:
    page = new_page(language=language)
    page.goto("/first-hour")
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})


@pytest.mark.parametrize("path", ["/sheets/", f"{DEMO}/sheet"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_teacher_sheet_is_one_a4(new_page: Callable[..., Page], enter: Enter, path: str, language: str) -> None:
    page = enter(new_page(language=language), "care")
    if path == "/sheets/":
        path = next(link for link in read(page, "/").links if link.startswith(path))
    page.goto(path)
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})
    page.emulate_media(media="print")
    for key in ("signal", "say", "lesson", "remark", "phone", "own", "questions"):
        assert page.locator(f"#{key}").is_visible()
    assert page.locator("#own a[href^='tel:']").count() == 2
    for gone in (".rp-top", ".rp-subnav", ".rp-head span", ".rp-name", "button", "form", ".rp-link-shown"):
        assert not [found for found in page.locator(gone).all() if found.is_visible()], gone


@pytest.mark.parametrize("longest", ["now", "say", "lesson", "remark", "own", "phone", "questions"])
def test_the_longest_sheet_that_is_accepted_is_one_a4(
    new_page: Callable[..., Page], enter: Enter, longest: str
) -> None:
    """Put into the page as it comes from the server: what stands in the demo school stays as it is."""
    page = enter(new_page(), "care")
    page.goto(next(link for link in read(page, "/").links if link.startswith("/sheets/")))
    typed = texts({}, "nl")
    more = "\n\nEn wat als iemand er morgen weer over begint?\nDan zegt u weer: wij praten er hier niet zo over."
    more = (
        more
        if longest == "questions"
        else "\nDit is een regel die ongeveer zo lang is als de andere regels op dit blad zijn."
    )
    with contextlib.suppress(Invalid):
        while check_text(typed) is None:
            full, typed = typed, typed | {longest: typed[longest] + more}
    contents = {
        one.key: [*one.lines, *(f"{asked}\n{said}" for asked, said in one.pairs)] for one in contents_of(full, "nl")
    }
    page.evaluate(FILL, contents)
    assert page.locator(f"#{longest} li, #{longest} dt").count() > (10 if longest == "questions" else 3)
    assert pages(page.pdf(prefer_css_page_size=True)) == 1


FILL = """(contents) => {
  const shown = document.querySelector('.rp-sheet');
  for (const [key, lines] of Object.entries(contents)) {
    const section = document.getElementById(key);
    const list = section.querySelector('ul:not(.rp-calls), dl');
    if (!list) continue;
    const model = list.firstElementChild;
    list.replaceChildren(...lines.map((line) => {
      const item = model.cloneNode(true);
      if (list.matches('ul')) item.textContent = line;
      else [item.children[0].textContent, item.children[1].textContent] = line.split('\\n');
      return item;
    }));
  }
  for (const section of [...shown.children]) if (!(section.id in contents)) section.remove();
}"""


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_card_of_a_conversation_is_one_a4(
    new_page: Callable[..., Page], enter: Enter, kind: str, language: str
) -> None:
    page = enter(new_page(language=language), "counselor")
    page.goto(f"{DEMO}/conversations/cards/{kind}")
    if page.locator("html").get_attribute("lang") != language:
        page.locator("details.rp-me summary").click()
        page.locator(f"[name=language][value={language}]").click()
        page.wait_for_url(f"**/cards/{kind}")
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})
    page.emulate_media(media="print")
    assert not [found for found in page.locator(".rp-noprint, .rp-subnav, .rp-head").all() if found.is_visible()]


def test_a_card_that_was_filled_to_the_brim_is_still_one_a4(page: Page, enter: Enter) -> None:
    at = f"{DEMO}/conversations/5"
    form = read(enter(page, "counselor"), f"{at}/prepare").forms
    most = "\n".join("What somebody typed here is as long as it may be, and then some. " * 2 for _ in range(7))[
        :SECTION
    ]
    full = next(f for f in form if "goal" in f.names).with_(**dict.fromkeys(SECTIONS, most))
    assert post(page, f"{at}/prepare", full).status == 200
    page.goto(f"{at}/card")
    assert pages(page.pdf(prefer_css_page_size=True)) == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_of_the_reception_desk_is_one_a4(new_page: Callable[..., Page], enter: Enter, language: str) -> None:
    page = enter(new_page(language=language), "communication")
    page.goto(f"{DEMO}/media/print")
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})
    page.emulate_media(media="print")
    for gone in (".rp-top", ".rp-subnav", ".rp-head", ".rp-noprint", "button"):
        assert not [found for found in page.locator(gone).all() if found.is_visible()], gone


def test_the_fullest_plan_that_is_accepted_is_one_a4(page: Page, enter: Enter) -> None:
    """Put into the page as it comes from the server: what stands in the demo school stays as it is."""
    enter(page, "communication").goto(f"{DEMO}/media/print")
    full = "\n".join(
        ["Wat hier staat is veel langer dan nodig, en toch moet het nog op het ene blad passen."] * MOST_LINES
    )
    fill = "text => document.querySelectorAll('.rp-desk .rp-text').forEach(one => { one.textContent = text })"
    page.evaluate(fill, full[:350])
    whom = page.locator(".rp-desk__whom")
    whom.evaluate("list => { while (list.children.length < 5) list.append(list.children[0].cloneNode(true)) }")
    assert pages(page.pdf(prefer_css_page_size=True)) == 1


def test_the_pages_of_a_pdf_are_counted(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto(f"{DEMO}/log")
    assert pages(page.pdf(prefer_css_page_size=True)) > 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_first_hour_on_paper_has_every_number(new_page: Callable[..., Page], language: str) -> None:
    page = new_page(language=language)
    page.goto("/first-hour")
    page.emulate_media(media="print")
    numbers = page.locator("main a[href^='tel:']")
    assert numbers.count() >= 13
    assert all(number.is_visible() for number in numbers.all())
    assert not page.locator(".rp-top").is_visible()
    assert not page.locator("button").first.is_visible()


def test_the_plan_on_paper_holds_what_a_crisis_team_needs(page: Page, enter: Enter) -> None:
    enter(page, "coordinator").goto(f"{DEMO}/plan")
    titles = page.locator(".rp-act > div:not(.when) > a").all_inner_texts()
    pdf = page.pdf(prefer_css_page_size=True)
    assert sizes(pdf) == {A4}
    assert 1 <= pages(pdf) <= 4
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 between its margins
    assert page.locator(".rp-act > div:not(.when) > a").all_inner_texts() == titles
    assert all(title.is_visible() for title in page.locator(".rp-act > div:not(.when) > a").all())
    assert page.locator("main").get_by_text("06-55501002").first.is_visible(), "whom to call"
    for gone in (".rp-top", ".rp-subnav", ".rp-foot", "button", ".rp-noprint"):
        assert not [found for found in page.locator(gone).all() if found.is_visible()], gone
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )


def test_all_of_the_logbook_prints_at_once(new_page: Callable[..., Page], enter: Enter) -> None:
    page = enter(new_page(), "coordinator")
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page.goto(f"{DEMO}/log?kind=call")
    assert page.evaluate("window.printed") == 0
    page.goto(f"{DEMO}/log?kind=call&all=1")
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    whole = page.locator(".rp-log").inner_text()
    assert not [line for line in whole.splitlines() if line.endswith("·")]


@pytest.mark.parametrize("path", [f"{DEMO}/plan", DEMO, "/first-hour"])
def test_a_cold_browser_loads_little(page: Page, enter: Enter, path: str) -> None:
    enter(page, "coordinator")
    links = len(read(page, f"{DEMO}/plan").links)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: dict[str, str] = {}
    weights: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(path, wait_until="networkidle")
    total = round(sum(weights.values()))
    each = ", ".join(f"{asked[number].rpartition('/')[2]} {round(weight)}" for number, weight in weights.items())
    print(f"\n{path}: {total} bytes in {len(asked)} requests ({each})")
    assert links > 40, "a plan with its actions"
    assert set(weights) == set(asked)
    assert total <= MOST_BYTES
    assert len(asked) <= MOST_REQUESTS


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_letter_printed_from_the_browser_is_one_a4_without_the_incident(
    new_page: Callable[..., Page], enter: Enter, language: str
) -> None:
    page = enter(new_page(language=language), "communication")
    page.goto(f"{DEMO}/letters/3")  # to all staff
    pdf = page.pdf(prefer_css_page_size=True)
    assert (pages(pdf), sizes(pdf)) == (1, {A4})
    page.emulate_media(media="print")
    assert page.locator(".rp-letter").is_visible()
    for gone in (".rp-top", ".rp-subnav", ".rp-head", "h1", "button", "form", ".rp-copy", ".rp-log"):
        assert not [found for found in page.locator(gone).all() if found.is_visible()], gone
