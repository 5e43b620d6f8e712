"""Finding mail that waits."""

from datetime import datetime
from typing import Any

from portal.notices.models import QUEUED, SENDING, Mail
from portal.notices.rules import ABANDONED


def due(now: datetime) -> Any:
    """Mail to send now, and mail whose worker died while sending it."""
    waiting = (Mail.state == QUEUED) & (Mail.due_at <= now)
    abandoned = (Mail.state == SENDING) & (Mail.due_at <= now - ABANDONED)
    return Mail.select().where(waiting | abandoned).order_by(Mail.due_at, Mail.id)


def about(subject: str) -> Any:
    """Mail that tells about one thing."""
    return Mail.select().where(Mail.about == subject).order_by(Mail.id)


def queued_at(moment: datetime, *, person_id: int, about: str) -> bool:
    """Whether a mail about one thing was put in the outbox for somebody at this moment."""
    queued = (Mail.about == about) & (Mail.person_id == person_id) & (Mail.created_at == moment)
    return bool(Mail.select().where(queued, Mail.state == QUEUED).exists())


def stuck(since: datetime) -> bool:
    """Whether mail that was due before `since` is still there: the worker does not run."""
    return bool(Mail.select().where(Mail.state.in_([QUEUED, SENDING]), Mail.due_at < since).exists())
