"""Reading the trail."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.audit.models import AuditEvent
from portal.audit.rules import START
from portal.prepared import Prepared


@Prepared
def _newest() -> Any:
    return AuditEvent.select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)


def head() -> str:
    """Digest of the newest row."""
    return next((digest for (digest,) in _newest()), START)


def said(event: AuditEvent) -> dict[str, Any]:
    """What the digest of an event covers. Rows of before sessions were kept say nothing of one."""
    session = {} if event.session_id is None else {"session": event.session_id}
    return {
        "at": event.at.isoformat(),
        "actor": event.actor_id,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
        **session,
    }


def links() -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """Every row as `audit.rules.broken` wants it."""
    for event in AuditEvent.select().order_by(AuditEvent.id).iterator():
        yield event.id, event.previous, event.digest, said(event)


def have_been_read(reader_id: int, action: str, subjects: list[str], since: datetime) -> set[str]:
    """Those of the subjects whose reading was written down already."""
    rows = AuditEvent.select(AuditEvent.subject).where(
        AuditEvent.actor_id == reader_id,
        AuditEvent.action == action,
        AuditEvent.subject.in_(subjects),
        AuditEvent.at >= since,
    )
    return {subject for (subject,) in rows.tuples()}
