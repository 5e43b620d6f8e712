"""The trail of who did and who read what; the database refuses to change or remove a row."""

import peewee as pw

from portal.db import JsonField, Model, UtcField


class AuditEvent(Model):
    """One thing that somebody did or read. `previous` and `digest` chain the rows (SHA-256, hexadecimal).

    `session_id` is the session it was done in; none for the worker and for commands.
    """

    at = UtcField()
    actor_id = pw.IntegerField(null=True)
    action = pw.CharField(80)  # part:subject:verb, as in `incident:team:add`
    subject = pw.CharField(80)  # kind:id, as in `incident:12`
    detail = JsonField(default=dict)
    previous = pw.CharField(64)
    digest = pw.CharField(64, unique=True)
    session_id = pw.IntegerField(null=True)

    class Meta:
        indexes = ((("subject", "at"), False), (("actor_id", "action", "at"), False))


# What there is besides incidents, for who reads only that: few among many.
AuditEvent.add_index(
    pw.SQL(
        "CREATE INDEX IF NOT EXISTS audit_event_office ON audit_event (at, id, action, actor_id, subject) "
        "WHERE action LIKE 'account:%' OR action LIKE 'protocol:%' OR action LIKE 'settings:%'"
    )
)
