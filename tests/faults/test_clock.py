"""The clock goes back an hour, as when somebody sets it or a machine wakes with a wrong one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from portal.incidents.models import Entry
from portal.notices.models import SENT, Mail
from tests.browser.conftest import flask
from tests.faults.mail import Mailbox
from tests.faults.portal import Client, Installation

CASE = "/incidents/2026-001"


def walk(client: Client, start: str) -> dict[str, int]:
    """Every page that can be reached with one click, or two, with what it answers."""
    seen: dict[str, int] = {}
    for first in (start, *linked(client, start)):
        for path in (first, *linked(client, first)):
            if path not in seen:
                seen[path] = client.get(path).status
    return seen


def linked(client: Client, path: str) -> list[str]:
    found = re.findall(r'href="(/[^"#]*)', client.get(path).text)
    return sorted({link for link in found if not link.startswith("/static")})[:40]


def test_an_hour_back_nothing_is_lost_refused_or_sent_twice(
    install: Callable[..., Installation], tell: Callable[[str], None], mailbox: Mailbox
) -> None:
    portal = install(PORTAL_SMTP_URL=mailbox.url)
    portal.start()
    client = portal.client("coordinator")
    write = lambda words: client.post(f"{CASE}/log", kind="talk", text=words)  # noqa: E731
    flask(["jobs", "run", "--once"], portal.env)
    sent = len(mailbox.taken)
    assert sent > 0
    for number in range(5):
        assert write(f"before {number}").status == 303
    with portal.opened():
        written = [entry.id for entry in Entry.select().where(Entry.text.startswith("before"))]
    portal.stop()
    portal.env["PORTAL_NOW"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    portal.start()
    # The session, made an hour from now, still stands; every page answers; writing goes on.
    read = walk(client, "/") | walk(client, CASE)
    assert {path: status for path, status in read.items() if status not in (200, 303)} == {}
    for number in range(5):
        assert write(f"after {number}").status == 303
    assert client.get(f"{CASE}/log/{written[0]}/correct").status == 200
    corrected = client.post(f"{CASE}/log/{written[0]}/correct", kind="talk", text="corrected")
    assert corrected.status == 303
    other = portal.client("leadership")
    assert other.get(CASE).status == 200
    flask(["jobs", "run", "--once"], portal.env)
    assert len(mailbox.taken) == sent
    # The log is read as it was written down, whatever the clock said.
    shown = re.findall(r"(?:before|after) \d", client.get(f"{CASE}/log").text)
    assert len(set(shown)) == 10
    with portal.opened():
        # But for what the demo said a month ago, too old to go out, and of this morning, at night not due yet.
        now = datetime.now(UTC)
        lately = (Mail.created_at > now - timedelta(days=2)) & (Mail.created_at < now)
        assert not Mail.select().where(lately, Mail.state != SENT).exists()
    assert portal.troubles() == []
    portal.check()
    tell(f"{len(read)} pages read, 11 writes, {sent} mails sent once, trail whole, session kept")
