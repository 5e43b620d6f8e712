"""Reading the trail."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from portal.audit.models import AuditEvent
from portal.audit.rules import START, Row
from portal.db import db, moment_of
from portal.prepared import Prepared


@Prepared
def _newest() -> Any:
    return AuditEvent.select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)


def head() -> str:
    """Digest of the newest row."""
    return next((digest for (digest,) in _newest()), START)


class Head(NamedTuple):
    """The end of the trail: how many rows, the last one's number, digest and moment."""

    rows: int
    number: int
    digest: str
    at: datetime


def head_at(number: int | None = None) -> Head | None:
    """The end of the trail, or what it was when this row was the last; None where there is no such row."""
    rows = AuditEvent.select(AuditEvent.id, AuditEvent.digest, AuditEvent.at)
    newest = rows.order_by(AuditEvent.id.desc()) if number is None else rows.where(AuditEvent.id == number)
    row = newest.first()
    if row is None:
        return None
    # All of them are counted in an index, those up to a row by reading them.
    upto = AuditEvent.select() if number is None else AuditEvent.select().where(AuditEvent.id <= number)
    return Head(upto.count(), row.id, row.digest, row.at)


def said(event: AuditEvent) -> dict[str, Any]:
    """What the digest of an event covers."""
    return _said(event.at, event.actor_id, event.action, event.subject, event.detail, event.session_id)


def _said(at: datetime, actor: Any, action: str, subject: str, detail: Any, session: Any) -> dict[str, Any]:
    # Rows of before sessions were kept say nothing of one.
    of_session = {} if session is None else {"session": session}
    return {"at": at.isoformat(), "actor": actor, "action": action, "subject": subject, "detail": detail, **of_session}


_TEXTS = ("at", "action", "subject", "detail", "previous", "digest")
_NUMBERS = ("actor_id", "session_id")
# As bytes: a row that somebody spoiled must be told of, and not stop the reading.
_AS_WRITTEN = (
    f"SELECT id, {' || '.join(f'typeof({name})' for name in _TEXTS)} = '{'text' * len(_TEXTS)}' "  # noqa: S608
    + "".join(f"AND typeof({name}) IN ('integer', 'null') " for name in _NUMBERS)
    + "".join(f", CASE WHEN typeof({name}) = 'integer' THEN {name} END" for name in _NUMBERS)
    + "".join(f", CAST({name} AS BLOB)" for name in _TEXTS)
    + " FROM audit_event ORDER BY id"
)


def links() -> Iterator[Row]:
    """Every row as `audit.rules.verify` wants it, one by one."""
    for number, sound, actor, session, *texts in db.execute_sql(_AS_WRITTEN):
        at, action, subject, detail, previous, digest = (bytes(text or b"").decode(errors="replace") for text in texts)
        yield number, previous, digest, _as_kept(at, actor, action, subject, detail, session) if sound else {}


def _as_kept(at: str, actor: Any, action: str, subject: str, detail: str, session: Any) -> dict[str, Any]:
    """What a row says; nothing, which has no digest, when the portal cannot have written it like this."""
    try:
        moment, known = moment_of(at), json.loads(detail)
    except ValueError:
        return {}
    as_we_write = moment.replace(tzinfo=None).isoformat(" "), AuditEvent.detail.db_value(known)
    return _said(moment, actor, action, subject, known, session) if as_we_write == (at, detail) else {}


def have_been_read(reader_id: int, action: str, subjects: list[str], since: datetime) -> set[str]:
    """Those of the subjects whose reading was written down already."""
    rows = AuditEvent.select(AuditEvent.subject).where(
        AuditEvent.actor_id == reader_id,
        AuditEvent.action == action,
        AuditEvent.subject.in_(subjects),
        AuditEvent.at >= since,
    )
    return {subject for (subject,) in rows.tuples()}


def number_lately(actor_id: int, action: str, since: datetime) -> int:
    """How often somebody did or read this since a moment."""
    here = (AuditEvent.actor_id == actor_id) & (AuditEvent.action == action) & (AuditEvent.at > since)
    return int(AuditEvent.select().where(here).count())
