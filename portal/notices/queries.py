"""Finding mail that waits."""

from datetime import datetime
from typing import Any

from peewee import fn

from portal.db import stored
from portal.notices.models import CANCELLED, QUEUED, SENDING, Mail
from portal.notices.rules import ABANDONED, ROUND
from portal.prepared import Prepared, given


def due(now: datetime) -> Any:
    """Mail to send now, and mail whose worker died while sending it; no more than what comes meanwhile can wait for.

    What anybody can ask for goes last: a flood of it must not hold up the mail of an incident.
    """
    waiting = (Mail.state == QUEUED) & (Mail.due_at <= now)
    abandoned = (Mail.state == SENDING) & (Mail.due_at <= now - ABANDONED)
    return (
        Mail.select().where(waiting | abandoned).order_by(Mail.kind == "forgotten", Mail.due_at, Mail.id).limit(ROUND)
    )


def about(subject: str) -> Any:
    """Mail that tells about one thing."""
    return Mail.select().where(Mail.about == subject).order_by(Mail.id)


def queued_at(moment: datetime, *, person_id: int, about: str) -> bool:
    """Whether a mail about one thing was put in the outbox for somebody at this moment."""
    return bool(_queued(about, person_id, str(stored(moment))))


@Prepared
def _queued() -> Any:
    told = (Mail.about == given()) & (Mail.person_id == given()) & (Mail.created_at == given())
    return Mail.select(Mail.id).where(told, Mail.state == QUEUED)


def newest(kind: str, *, person_id: int, about: str) -> datetime | None:
    """When the last mail of this kind about one thing went, or is going, to somebody."""
    told = (Mail.kind == kind) & (Mail.person_id == person_id) & (Mail.about == about) & (Mail.state != CANCELLED)
    return Mail.select(fn.MAX(Mail.due_at)).where(told).scalar()  # type: ignore[no-any-return]


def moments_since(moment: datetime, *, about: str) -> list[datetime]:
    """When mails about one thing were put in the outbox after this moment, sent meanwhile or not."""
    return [
        mail.created_at for mail in Mail.select(Mail.created_at).where(Mail.about == about, Mail.created_at > moment)
    ]


def stuck(since: datetime) -> bool:
    """Whether mail that was due before `since` is still there: the worker does not run."""
    return bool(Mail.select().where(Mail.state.in_([QUEUED, SENDING]), Mail.due_at < since).exists())
