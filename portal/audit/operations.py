"""Writing the trail: called inside the transaction of what is being recorded."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from portal.audit import queries
from portal.audit.models import AuditEvent
from portal.audit.rules import digest
from portal.db import db, unless_full

MOST_KEPT = 20_000  # readings that a connection remembers
# The session of who acts; set where a request's session is read, none for the worker and for commands.
acting_in: ContextVar[int | None] = ContextVar("acting_in", default=None)


def record(action: str, subject: str, *, actor_id: int | None, now: datetime, **detail: Any) -> None:
    """Append one event. Details name fields and ids, never what was typed about a person."""
    event = AuditEvent(
        at=now, actor_id=actor_id, action=action, subject=subject, detail=detail, session_id=acting_in.get()
    )
    event.previous = queries.head()
    event.digest = digest(event.previous, queries.said(event))
    event.save(force_insert=True)


def record_read(action: str, subject: str, *, reader_id: int, now: datetime, **detail: Any) -> None:
    """Append a reading, once per reader, subject and hour (product rule 11)."""
    record_reads(action, [subject], reader_id=reader_id, now=now, **detail)


def record_reads(action: str, subjects: list[str], *, reader_id: int, now: datetime, **detail: Any) -> None:
    """Append the readings of several subjects at once; with a full disk they stand in the server's log instead.

    The details are those of the first reading in the hour.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    readings = {(hour, reader_id, action, subject) for subject in subjects}
    # A page that is open all day asks for the same each time.
    known: set[tuple[Any, ...]] = db.connection().readings
    if readings <= known:
        return
    if set(subjects) - queries.have_been_read(reader_id, action, subjects, hour):
        with unless_full(f"{action} of {', '.join(sorted(subjects))} by person:{reader_id}"):
            _append(action, subjects, reader_id, hour, now, detail)
            remember(known, readings)
    else:
        remember(known, readings)


def _append(
    action: str, subjects: list[str], reader_id: int, hour: datetime, now: datetime, detail: dict[str, Any]
) -> None:
    with db.atomic():
        for subject in sorted(set(subjects) - queries.have_been_read(reader_id, action, subjects, hour)):
            record(action, subject, actor_id=reader_id, now=now, **detail)


def remember(known: set[tuple[Any, ...]], readings: set[tuple[Any, ...]]) -> None:
    """Readings that this connection wrote down or found written; each begins with its hour."""
    # What a transaction around this takes back was not written.
    if db.in_transaction():
        return
    if len(known) > MOST_KEPT:
        known.clear()
    known.update(readings)
