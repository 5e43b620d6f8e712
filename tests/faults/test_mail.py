"""kill -9 of the job worker while it sends: no mail is lost, and none is sent more than once too often."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from portal.config import ROOT
from portal.notices.models import SENDING, SENT, Mail
from portal.notices.operations import notify
from portal.notices.rules import ABANDONED
from tests.browser.conftest import flask
from tests.faults.mail import Mailbox
from tests.faults.portal import Installation

MAILS = 12


def test_a_killed_worker_loses_no_mail(
    install: Callable[..., Installation], mailbox: Mailbox, tell: Callable[[str], None]
) -> None:
    portal = install(PORTAL_SMTP_URL=mailbox.url)
    with portal.opened() as db, db.atomic():
        Mail.delete().execute()
        for number in range(MAILS):
            address = f"person{number}@baken.example"
            notify("joined", person_id=1, address=address, language="nl", about="incident:1", now=now())
    # One dies after the mail was taken but before it knows, the other before it was taken.
    killed = 0
    for moment in ("on_data", "on_rcpt"):
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"], cwd=ROOT, env=portal.env
        )
        setattr(mailbox, moment, lambda number, pid=worker.pid: number % 4 == 3 and os.kill(pid, signal.SIGKILL))
        assert worker.wait(30) == -signal.SIGKILL
        setattr(mailbox, moment, lambda number: None)
        killed += 1
    flask(["jobs", "run", "--once"], portal.env)
    with portal.opened():
        assert Mail.select().where(Mail.state == SENDING).count() == killed
        assert Mail.select().where(Mail.state == SENT).count() == MAILS - killed
    first = len(mailbox.taken)
    portal.env["PORTAL_NOW"] = (now() + ABANDONED + timedelta(minutes=1)).isoformat()
    flask(["jobs", "run", "--once"], portal.env)
    flask(["jobs", "run", "--once"], portal.env)
    counted = Counter(mailbox.taken)
    tell(
        f"{MAILS} mails, {killed} workers killed while sending: {MAILS - len(counted)} lost, "
        f"{sum(times > 1 for times in counted.values())} sent twice, {len(mailbox.taken) - first} sent again "
        f"after {ABANDONED.seconds // 60} minutes"
    )
    assert set(counted) == {f"person{number}@baken.example" for number in range(MAILS)}
    assert sorted(counted.values())[-2:] == [1, 2]
    with portal.opened():
        assert Mail.select().where(Mail.state == SENT).count() == MAILS


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
