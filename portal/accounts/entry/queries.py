"""Finding what failed lately."""

from datetime import datetime

from portal.audit.models import AuditEvent


def number_about(subject: str, now: datetime) -> int:
    """How many events there are about something in this hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return int(AuditEvent.select().where(AuditEvent.subject == subject, AuditEvent.at >= hour).count())
