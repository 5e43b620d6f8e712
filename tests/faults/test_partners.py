"""kill -9 in the midst of what the other school does: what was acknowledged is there, whole and once."""

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from portal.audit.models import AuditEvent
from portal.demo.links import way_in
from portal.incidents.models import Entry
from portal.links.models import Ask
from tests.faults.portal import Client, Installation, NoAnswer
from tests.faults.test_kill import kill_a_worker, kill_the_server

# WRITES=1000 makes it quicker.
WRITES = int(os.environ.get("WRITES", "5000")) // 10
MARK = "Antwoord"


class Visitor(threading.Thread):
    """Somebody at the other school, who ticks one action off and takes it up again until told to stop."""

    def __init__(self, portal: Installation, path: str, code: str, ask: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.client, self.at, self.ask, self.stop = Client(portal.port, ""), f"{path}/asks/{ask}", ask, stop
        portal.clients.append(self.client)
        self.client.token = self.client.token_on(self.client.get(path))
        assert self.client.post(f"{path}/code", code=code).status == 303
        self.client.token = self.client.token_on(self.client.get(self.at))
        self.acknowledged: list[str] = []
        self.unknown: list[str] = []
        self.trouble = ""

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            words = f"{MARK} {self.ask}-{count}."
            try:
                page = self.client.get(self.at).text
            except NoAnswer:
                time.sleep(0.02)
                continue
            if not (version := re.search(r'name="version"[^>]*value="(\d+)"', page)):
                self.trouble = f"{words}: no form"
                return
            what = "done" if f'action="{self.at}/done"' in page else "again"
            self.write(what, words, version[1])

    def write(self, what: str, words: str, version: str) -> None:
        try:
            sent = self.client.post(f"{self.at}/{what}", words=words, version=version)
        except NoAnswer:
            if what == "done":
                self.unknown.append(words)
            return
        if sent.status != 303:
            self.trouble = f"{words}: {sent.status}"
            self.stop.set()
        elif what == "done":
            self.acknowledged.append(words)


def halves(before: dict[int, int]) -> list[str]:
    """Whatever stands somewhere without the rows that belong to it. `before`: versions of the asks."""
    wrong = []
    rows = list(AuditEvent.select().where(AuditEvent.action.in_(["links:ask:done", "links:ask:again"])))
    events = Counter(event.detail["ask"] for event in rows)
    for ask, version in before.items():
        fresh = Ask.get_by_id(ask)
        changes, lines = fresh.version - version, Entry.select().where(Entry.action_id == fresh.action_id)
        ticked = [line for line in lines if line.text.startswith(MARK)]
        done = [event for event in rows if event.detail["ask"] == ask and event.action.endswith("done")]
        if changes != events[ask] or len(ticked) != len(done):
            wrong.append(f"ask {ask}: {changes} changes, {events[ask]} events, {len(ticked)} of {len(done)} lines")
    return wrong


def test_nothing_that_the_other_school_did_is_lost(
    install: Callable[..., Installation], tell: Callable[[str], None]
) -> None:
    # Far more than one link may do in an hour.
    portal, stop = install(PORTAL_RATELIMIT="0"), threading.Event()
    portal.start()
    with portal.opened():
        path, code = way_in(datetime.now(UTC)) or ("", "")
        # Those that nobody answered yet: their trail begins here.
        asks = [ask.id for ask in Ask.select().where(Ask.answered_at.is_null())]
        before = {ask: Ask.get_by_id(ask).version for ask in asks}
    crowd = [Visitor(portal, path, code, ask, stop) for ask in asks]
    assert len(crowd) >= 2
    done = lambda: sum(len(one.acknowledged) for one in crowd)  # noqa: E731
    for one in crowd:
        one.start()
    for number, kill in enumerate([kill_a_worker, kill_the_server] * 2, 1):
        while done() < WRITES * number // 5 and not stop.is_set():
            assert any(one.is_alive() for one in crowd), [one.trouble for one in crowd]
            time.sleep(0.005)
        kill(portal)
    while done() < WRITES and not stop.is_set():
        time.sleep(0.01)
    stop.set()
    for one in crowd:
        one.join()
    assert not [one.trouble for one in crowd if one.trouble]
    with portal.opened():
        kept = Counter(entry.text for entry in Entry.select(Entry.text).where(Entry.text.startswith(MARK)))
        acknowledged = [words for one in crowd for words in one.acknowledged]
        unknown = [words for one in crowd for words in one.unknown]
        lost = [words for words in acknowledged if kept[words] != 1]
        twice = [words for words in unknown if kept[words] > 1]
        half = halves(before)
    tell(f"{len(acknowledged)} answers acknowledged, {len(lost)} lost, {len(half)} half, {len(unknown)} unanswered")
    assert (lost, half, twice) == ([], [], [])
    assert portal.troubles() == []
    portal.check()
