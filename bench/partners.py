"""Two schools at work: visitors of shared links that poll, and answer, while staff read and write."""

import random
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from bench.inside import Inside
from bench.load import Browser, Measured, hidden, measured
from portal import db as database
from portal.accounts.queries import by_email
from portal.incidents.models import Entry, Incident, Involved, Membership
from portal.links.models import Ask, SharedLink
from portal.links.rules import code_of, path_of
from tests.statements import counted
from tests.web.scene import shared_with

PARTNERS, STAFF, LINKS = 200, 20, 20
EVERY = 15.0  # seconds between two polls of a page
REST = 1.0  # seconds between two pages of a member of staff
MARK = "Bij de meting geschreven"


@dataclass
class Work:
    """What was measured so far, and what was acknowledged; shared by all threads."""

    port: int
    end: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def ask(self, what: str, browser: Browser, path: str, good: tuple[int, ...], **how: Any) -> Any:
        """One request, timed; gives status, body and headers, or None when it went wrong."""
        begun = time.perf_counter()
        try:
            said = browser.ask(path, **how)
        except OSError as error:
            self.wrong.append(f"{what}: {error}")
            return None
        self.times.setdefault(what, []).append(time.perf_counter() - begun)
        if said[0] not in good:
            self.wrong.append(f"{what}: {said[0]}")
            return None
        return said


def rows_for(inside: Inside) -> list[tuple[str, str, str]]:
    """As many links, each of an open incident: path, code and the incident's reference."""
    secret, now = str(inside.app.secret_key), inside.app.extensions["clock"].now()
    with database.school(inside.place):
        coordinator = by_email("coordinator@baken.example")
        assert coordinator
        there = Membership.select(Membership.incident).where(Membership.person == coordinator)
        suspects = Involved.select(Involved.incident).where(Involved.part == "suspect")
        open_ones = (Incident.state == "open") & Incident.id.in_(there) & Incident.id.in_(suspects)
        cases = list(Incident.select().where(open_ones).order_by(Incident.id).limit(LINKS))
        made: list[SharedLink] = [shared_with(case, coordinator, now)[0] for case in cases]
        return [(path_of(one.nonce, secret), code_of(one.nonce, 1, secret), one.incident.ref) for one in made]


def enter(port: int, path: str, code: str) -> Browser:
    """A visitor who typed the code."""
    browser = Browser(port, many=True)
    form = hidden(browser.ask(path)[1], "/code")
    status = browser.ask(f"{path}/code", {**form, "code": code})[0]
    if status != 303:
        raise SystemExit(f"bench: the code answered {status}")
    return browser


def visit(work: Work, visitors: list[tuple[Browser, str]], number: int) -> None:
    """Some visitors, each of whom polls every 15 seconds and once tells of something of their own."""
    chance = random.Random(number)
    due = sorted((time.monotonic() + EVERY * chance.random(), at, chance.randrange(2)) for at in range(len(visitors)))
    tags: dict[int, str] = {}
    while due and due[0][0] < work.end:
        moment, at, turn = due.pop(0)
        time.sleep(max(0.0, moment - time.monotonic()))
        browser, path = visitors[at]
        heads = {"HX-Request": "true", "By-Itself": "1", **({"HX-PTag": tags[at]} if at in tags else {})}
        said = work.ask("poll", browser, f"{path}/now", (200, 304), headers=heads)
        if said and said[2]["HX-PTag"]:
            tags[at] = said[2]["HX-PTag"]
        if turn == 1:
            answer(work, browser, path, f"{MARK} {number}-{at}")
        due.append((moment + EVERY, at, turn + 1))
        due.sort()


def answer(work: Work, browser: Browser, path: str, words: str) -> None:
    page = work.ask("partner's form", browser, f"{path}/asks/new", (200,))
    if page:
        form = hidden(page[1], "/asks/new")
        if work.ask("partner's answer", browser, f"{path}/asks/new", (303,), form={**form, "title": words}):
            work.written.append(words)


def labour(work: Work, cookie: str, ref: str, number: int) -> None:
    """A member of staff: overview, plan, logbook and a line in it, with a moment to read between."""
    browser, at, turn = Browser(work.port, cookie), f"/incidents/{ref}", 0
    time.sleep(REST * number / STAFF)
    while time.monotonic() < work.end:
        for part in ("", "/plan", "/log"):
            page = work.ask("staff, page", browser, at + part, (200,))
            time.sleep(REST)
        turn += 1
        words = f"{MARK} {number}:{turn}"
        form = {**hidden(page[1], "/log"), "kind": "observation", "text": words} if page else None
        if form and work.ask("staff, note", browser, f"{at}/log", (303,), form=form):
            work.written.append(words)


def statements(inside: Inside, browser: Browser, path: str) -> int:
    """How often a poll asks the database, the second time, when nothing is new."""
    client = inside.app.test_client(use_cookies=False)
    heads = {"Cookie": browser.cookie, "HX-Request": "true", "By-Itself": "1"}
    tag = client.get(f"{path}/now", headers=heads).headers.get("HX-PTag", "")
    with counted() as asked:
        client.get(f"{path}/now", headers={**heads, "HX-PTag": tag})
    return len(asked)


def two_schools(inside: Inside, port: int, cookie: str, seconds: float) -> dict[str, Any]:
    """200 visitors and 20 members of staff for so long: times per kind of request in ms, and what was lost."""
    links = rows_for(inside)
    visitors = [
        (enter(port, path, code), path) for at in range(PARTNERS) for path, code, _ref in [links[at % len(links)]]
    ]
    asked = statements(inside, *visitors[0])
    work = Work(port, time.monotonic() + seconds)
    crowd = [threading.Thread(target=visit, args=(work, visitors[at::STAFF], at)) for at in range(STAFF)]
    crowd += [
        threading.Thread(target=labour, args=(work, cookie, links[at % len(links)][2], at)) for at in range(STAFF)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    rows: dict[str, Measured] = {what: measured(times, 0, seconds) for what, times in sorted(work.times.items())}
    return {
        "rows": {what: row.as_dict() for what, row in rows.items()},
        "statements_per_poll": asked,
        "written": len(work.written),
        "lost": len(lost(inside, work.written)),
        "errors": len(work.wrong),
        "first_errors": [re.sub(r"/p/\S+", "/p/…", one) for one in work.wrong[:3]],
    }


def lost(inside: Inside, written: list[str]) -> list[str]:
    """What was acknowledged and is not there once."""
    with database.school(inside.place):
        kept = [row.how for row in Ask.select(Ask.how).where(Ask.own)]
        kept += [row.text for row in Entry.select(Entry.text).where(Entry.text.startswith(MARK))]
    database.forget_connections()
    return [words for words in written if kept.count(words) != 1]
