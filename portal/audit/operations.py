"""Writing the trail: called inside the transaction of what is being recorded."""

from datetime import datetime
from typing import Any

from portal.audit import queries
from portal.audit.models import AuditEvent
from portal.audit.rules import digest
from portal.db import db, unless_full


def record(action: str, subject: str, *, actor_id: int | None, now: datetime, **detail: Any) -> None:
    """Append one event. Details name fields and ids, never what was typed about a person."""
    event = AuditEvent(at=now, actor_id=actor_id, action=action, subject=subject, detail=detail)
    event.previous = queries.head()
    event.digest = digest(event.previous, queries.said(event))
    event.save(force_insert=True)


def record_read(action: str, subject: str, *, reader_id: int, now: datetime) -> None:
    """Append a reading, once per reader, subject and hour (product rule 11)."""
    record_reads(action, [subject], reader_id=reader_id, now=now)


def record_reads(action: str, subjects: list[str], *, reader_id: int, now: datetime) -> None:
    """Append the readings of several subjects at once; with a full disk they stand in the server's log instead."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    new = set(subjects) - queries.have_been_read(reader_id, action, subjects, hour)
    if not new:
        return
    with unless_full(f"{action} of {', '.join(sorted(new))} by person:{reader_id}"), db.atomic():
        for subject in sorted(new - queries.have_been_read(reader_id, action, subjects, hour)):
            record(action, subject, actor_id=reader_id, now=now)
