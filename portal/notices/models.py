"""Mail that waits to be sent: written in the transaction of what it tells about."""

import peewee as pw

from portal.db import Model, UtcField

QUEUED, SENDING, SENT, FAILED, CANCELLED = "queued", "sending", "sent", "failed", "cancelled"


class Mail(Model):
    """One message to one address. It holds no content: the text follows from `kind`."""

    kind = pw.CharField(20)
    address = pw.CharField(254)
    language = pw.CharField(2)
    person_id = pw.IntegerField(index=True)
    about = pw.CharField(80)  # kind:id, to find and cancel it; never sent
    state = pw.CharField(10, default=QUEUED)
    attempts = pw.IntegerField(default=0)
    created_at = UtcField()
    due_at = UtcField()
    sent_at = UtcField(null=True)

    class Meta:
        indexes = ((("state", "due_at"), False), (("about", "person_id"), False))
