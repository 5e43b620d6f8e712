"""The logbook: filters, searching, pages, and corrections beside what they correct."""

import re
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.joining.operations import join
from portal.incidents.logbook.rules import PAGE, chains, is_long, place
from portal.incidents.models import Entry, Incident
from portal.incidents.operations import write_entry
from portal.incidents.rules import CONTACTS
from portal.policy import TEAM_FUNCTIONS, incident_verbs
from tests.conftest import Browser
from tests.incidents.conftest import at, entries, send
from tests.reading import Page, said
from tests.statements import counted


def write(case: Incident, person: Any, now: Any, text: str, **more: Any) -> Entry:
    action_id = more.pop("action_id", None)
    return write_entry(case, {"kind": "talk", "text": text, **more}, actor=person, now=now, action_id=action_id)


def shown(browser: Browser, case: Incident, **asked: Any) -> list[int]:
    answer = browser.get(at(case, "/log"), query_string=asked)
    assert answer.status_code == 200
    return [int(name.removeprefix("entry-")) for name in Page(answer).ids if name.startswith("entry-")]


def offered(browser: Browser, case: Incident, name: str) -> list[str]:
    form = next(form for form in Page(browser.get(at(case, "/log"))).forms if "q" in form.names)
    return form.offered[name]


@pytest.fixture
def full(incident: Any, cast: Any, clock: Any) -> tuple[Incident, dict[str, Entry]]:
    """An incident with entries of several people, kinds and phases."""
    case, now = incident(), clock.now()
    Action.update(assignee=cast["leadership"]).where(Action.incident == case).execute()
    action = {
        phase: Action.select().where(Action.incident == case, Action.phase == phase).first().id
        for phase in ("analyse", "react")
    }
    return case, {
        "call": write(case, cast["counselor"], now, "Called the mother.", kind="call", action_id=action["react"]),
        "talk": write(case, cast["coordinator"], now, "Spoke with the mentor.", action_id=action["analyse"]),
        "seen": write(case, cast["coordinator"], now, "Quiet in the corridor.", kind="observation", present="Mother"),
    }


def test_filters_leave_what_fits(full: Any, client: Any, cast: Any) -> None:
    case, made = full
    number = {name: entry.id for name, entry in made.items()}
    browser, every = client("coordinator"), [entry.id for entry in entries(case)]
    of_portal = [entry.id for entry in entries(case) if entry.event]
    expected = {
        (): every,
        ("kind", "call"): [number["call"]],
        ("kind", "portal"): of_portal,
        ("author", str(cast["counselor"].id)): [number["call"]],
        ("phase", "react"): [number["call"]],
        ("phase", "analyse"): [number["talk"]],
        ("phase", "evaluate"): [],
        ("q", "mother"): [number["call"], number["seen"]],
        ("q", "mother call"): [number["call"]],
        ("q", "!!!"): [],
        # What is not offered narrows nothing.
        ("kind", "x"): every,
        ("author", "9999"): every,
        ("author", "' OR 1"): every,
        ("phase", "x"): every,
    }
    found = {asked: shown(browser, case, **dict([asked] if asked else [])) for asked in expected}
    assert {asked: sorted(ids) for asked, ids in found.items()} == {a: sorted(ids) for a, ids in expected.items()}
    assert shown(browser, case, kind="call", phase="react", q="mother", author=cast["counselor"].id) == [number["call"]]
    assert shown(browser, case, kind="call", phase="analyse") == []


def test_what_is_filtered_is_said_with_the_number_and_a_way_back(full: Any, client: Any) -> None:
    case, _made = full
    answer = client("coordinator").get(at(case, "/log?kind=call&phase=react&q=mother"))
    status = re.search(r'<p role="status">(.*?)</p>', answer.get_data(as_text=True), re.S)
    assert status
    line = Page(status[1])
    assert line.text.startswith("1 ")
    assert "mother" in line.text
    assert line.links == [at(case, "/log")]


def test_the_words_that_were_found_are_marked_and_nothing_escapes(
    incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    case = incident()
    write(case, cast["coordinator"], clock.now(), "<b>Móeder</b> & moederdag, geen oma.", present="De moeder")
    text = client("coordinator").get(at(case, "/log?q=moeder")).get_data(as_text=True)
    assert re.findall(r"<mark>(.*?)</mark>", text) == ["Móeder", "moederdag", "moeder"]
    assert "<b>M" not in text
    assert "&lt;b&gt;<mark>Móeder</mark>&lt;/b&gt; &amp; " in text


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
def test_filters_show_nothing_of_others(
    full: Any, client: Any, team: Any, cast: Any, clock: Any, function: str
) -> None:
    """Neither entries, nor their number, nor who wrote them."""
    case, made = full
    team(case, *{function} & {"care", "mentor", "communication"})
    browser, writes = client(function), incident_verbs("log", [function])
    if "read" in writes:
        assert str(cast["counselor"].id) in offered(browser, case, "author")
        return
    own = write(case, cast[function], clock.now(), "Own words with mother.", kind="call")
    given = Action.get(Action.id == made["talk"].action_id)
    Action.update(assignee=cast[function]).where(Action.id == given.id).execute()
    mine = {own.id, made["talk"].id}
    assert set(shown(browser, case)) == mine
    writers = sorted((cast["coordinator"], cast[function]), key=lambda person: person.name)
    assert offered(browser, case, "author") == ["", *(str(person.id) for person in writers)]
    for asked in ({"q": "mother"}, {"kind": "call"}, {"author": cast["counselor"].id}, {"phase": "react"}):
        assert set(shown(browser, case, **asked)) <= mine
    text = Page(browser.get(at(case, "/log?q=called+mother"))).text
    assert "Called" not in text
    assert cast["counselor"].name not in text


def test_a_joined_logbook_is_filtered_along(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    target, source = incident(), incident()
    there = write(source, cast["counselor"], clock.now(), "Kwartel over there.", kind="call")
    elsewhere = incident()
    write(elsewhere, cast["counselor"], clock.now(), "Kwartel elsewhere.", kind="call")
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    for asked in ({"q": "kwartel"}, {"kind": "call"}, {"author": cast["counselor"].id}):
        assert shown(client("coordinator"), target, **asked) == [there.id]


def test_pages_hold_every_entry_once(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    for number in range(PAGE + 30):
        # Several at the same time, and some written later than they happened.
        happened = clock.now() - timedelta(minutes=number % 40)
        write(case, cast["coordinator"], clock.now(), f"Number {number}.", at=happened, kind="call")
    path, found = at(case, "/log?kind=call"), []
    while path:
        page = Page(browser.get(path))
        found.append([int(name.removeprefix("entry-")) for name in page.ids if name.startswith("entry-")])
        path = next((link for link in page.links if "after=" in link), "")
        assert not path or "kind=call" in path
    calls = [entry for entry in entries(case) if entry.kind == "call"]
    wanted = sorted(calls, key=lambda entry: (entry.at, entry.id), reverse=True)
    assert [len(ids) for ids in found] == [PAGE, 30]
    assert list(chain.from_iterable(found)) == [entry.id for entry in wanted]


def printed(page: Page) -> list[str]:
    return [link for link in page.links if "all=1" in link]


def test_paper_gets_all_that_is_filtered(incident: Any, team: Any, client: Any, cast: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    team(case, "mentor")
    page = Page(browser.get(at(case, "/log")))
    assert printed(page) == [], "one page is printed as it stands"
    assert "data-print" in browser.get(at(case, "/log")).text
    for number in range(PAGE + 30):
        write(case, cast["coordinator"], clock.now(), f"Number {number}.", kind="call")
    own = write(case, cast["mentor"], clock.now(), "Own words.", kind="call")
    first = Page(browser.get(at(case, "/log?kind=call")))
    second = Page(browser.get(next(link for link in first.links if "after=" in link)))
    [path] = {link for page in (first, second) for link in printed(page)}
    calls = [entry.id for entry in entries(case) if entry.kind == "call"]
    assert sorted(shown(browser, case, kind="call", all="1")) == sorted(calls)
    whole = browser.get(path)
    assert sorted(n for n in Page(whole).ids if n.startswith("entry-")) == sorted(f"entry-{n}" for n in calls)
    assert 'data-print="now"' in whole.text
    assert at(case, "/log?kind=call") in Page(whole).links, "and back to the pages"
    assert not [link for link in Page(whole).links if "after=" in link]
    # Of what the reader may read; and nobody else gets any of it.
    assert shown(client("mentor"), case, all="1") == [own.id]
    assert client("stranger").get(path).status_code == 404


def test_all_of_it_is_a_reading_like_any_other(incident: Any, client: Any, cast: Any) -> None:
    case = incident()
    client("coordinator").get(at(case, "/log?all=1"))
    event = AuditEvent.get(AuditEvent.action == "incident:log:read")
    assert (event.subject, event.actor_id) == (f"incident:{case.id}", cast["coordinator"].id)


def test_what_was_typed_wrong_is_not_printed_at_once(incident: Any, client: Any) -> None:
    case = incident()
    answer = client("coordinator").post(at(case, "/log?all=1"), {"text": "", "kind": "call"})
    assert answer.status_code == 422
    assert 'data-print="now"' not in answer.text
    assert "data-print" in answer.text


def test_no_dot_stays_behind_on_paper(full: Any, client: Any) -> None:
    case, made = full
    text = client("coordinator").get(at(case, "/log?q=mother")).text
    correct = re.escape(at(case, f"/log/{made['seen'].id}/correct"))
    for link in (correct, re.escape(at(case, "/log")) + '"'):
        assert re.search(rf'<span class="rp-noprint"> · <a class="govuk-link" href="{link}', text)


@pytest.mark.parametrize("after", ["x", "1", "-1", "1-x", "1-1-1", "9" * 18 + "-1", "1-" + "9" * 11, "٣-1"])
def test_a_place_that_nobody_gave_is_not_there(incident: Any, client: Any, after: str) -> None:
    case = incident()
    assert client("coordinator").get(at(case, "/log"), query_string={"after": after}).status_code == 404
    with pytest.raises(ValueError, match=r"^"):
        place(after)


def test_the_number_of_statements_does_not_grow_with_the_logbook(
    incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    case, browser = incident(), client("coordinator")
    browser.get(at(case, "/log"))
    numbers = []
    for size in (3, 60):
        for number in range(size):
            entry = write(case, cast["coordinator"], clock.now(), f"Word {number}")
            again = {"kind": "talk", "text": "Better word"}
            write_entry(case, again, actor=cast["coordinator"], now=clock.now(), corrects=entry)
        for path in ("/log", "/log?q=word&kind=talk&phase=react"):
            with counted() as statements:
                assert browser.get(at(case, path)).status_code == 200
            numbers.append(len(statements))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 11


def test_a_chain_of_corrections_is_read_in_one_place(incident: Any, client: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    send(browser, at(case, "/log"), "text", text="The aunt called.", kind="call")
    ids = [entries(case)[-1].id]
    for text in ("The mother called.", "The father called."):
        clock.advance(minutes=1)
        send(browser, at(case, f"/log/{ids[-1]}/correct"), "text", text=text)
        ids.append(entries(case)[-1].id)
    text = browser.get(at(case, "/log")).get_data(as_text=True)
    items = {number: Page(text.partition(f'id="entry-{number}"')[2].partition("</li>")[0]) for number in ids}
    first, second, last = (items[number] for number in ids)
    # What was corrected says what it says now, and keeps what it said.
    for item, before in ((first, "The aunt called."), (second, "The mother called.")):
        assert item.text.index("The father called.") < item.text.index(before)
        assert f"#entry-{ids[2]}" in item.links
        assert not [link for link in item.links if link.endswith("/correct")]
    # The last one tells all that was said before, in order, and is the one to correct.
    told = [last.text.index(words) for words in ("The father called.", "The aunt called.", "The mother called.")]
    assert sorted(told) == told
    assert f"#entry-{ids[1]}" in last.links
    assert at(case, f"/log/{ids[2]}/correct") in last.links
    # Filtered out, it still leads there.
    only = Page(browser.get(at(case, "/log?q=aunt")))
    [away] = [link for link in only.links if link.endswith(f"#entry-{ids[2]}")]
    assert f"entry-{ids[2]}" in Page(browser.get(away.partition("#")[0])).ids


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], {}),
        ([(1, None), (2, 1)], {1: [1, 2], 2: [1, 2]}),
        ([(3, 2), (2, 1)], {1: [1, 2, 3], 2: [1, 2, 3], 3: [1, 2, 3]}),
        ([(1, None), (2, 1), (5, 1), (4, 3)], {1: [1, 2, 5], 2: [1, 2, 5], 5: [1, 2, 5], 3: [3, 4], 4: [3, 4]}),
    ],
)
def test_entries_that_correct_each_other_belong_together(links: Any, expected: Any) -> None:
    assert chains(links) == expected


@pytest.mark.parametrize(
    ("text", "long"),
    [("x" * 600, False), ("x" * 601, True), ("a\n" * 5 + "a", False), ("a\n" * 6 + "a", True), ("", False)],
)
def test_a_long_text_is_folded(incident: Any, client: Any, cast: Any, clock: Any, text: str, long: bool) -> None:
    assert is_long(text) is long
    if not text:
        return
    case = incident()
    entry = write(case, cast["coordinator"], clock.now(), text)
    page = client("coordinator").get(at(case, "/log"))
    assert (f"all-{entry.id}" in Page(page).ids) is long
    assert text in page.get_data(as_text=True), "folded, and all there"


@pytest.mark.parametrize(("contact", "status"), [("parents", 303), ("", 303), ("press", 422)])
def test_with_whom_is_noted(app: Any, incident: Any, client: Any, contact: str, status: int) -> None:
    case, browser = incident(), client("coordinator")
    answer = send(browser, at(case, "/log"), "text", text="Called back.", contact=contact)
    assert answer.status_code == status
    if status == 303:
        entry = entries(case)[-1]
        assert (entry.text, entry.contact) == ("Called back.", contact)
        words = said(app, "with: %(whom)s", whom=said(app, CONTACTS["parents"]))
        assert (words in Page(browser.get(at(case, "/log"))).text) is bool(contact)
        assert send(browser, at(case, f"/log/{entry.id}/correct"), "text", text="Mailed.").status_code == 303
        assert entries(case)[-1].contact == contact
