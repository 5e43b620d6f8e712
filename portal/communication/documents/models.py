"""What the school says outside: the statement and the letters, with every version and what was done with it."""

import peewee as pw

from portal.accounts.models import Person
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident

STATEMENT = "statement"


class Document(Model):
    """The statement of an incident, or one of its letters (`kind`; `class_name` for a letter to one class).

    `state` is that of the newest version, `approved` and `online` are numbers of versions: an older one stays online
    while a newer one is written. The address of what is online, `slug`, says nothing. `written` is the digest of the
    file that parents read, empty until it is written.
    """

    incident = pw.ForeignKeyField(Incident, backref="documents")
    kind = pw.CharField(20)
    class_name = pw.CharField(20, default="")
    slug = pw.CharField(43, unique=True)
    situation = pw.CharField(20, default="")
    state = pw.CharField(10, default="draft")
    approved = pw.IntegerField(null=True)
    online = pw.IntegerField(null=True)
    online_at = UtcField(null=True)
    withdrawn_at = UtcField(null=True)
    indexed = pw.BooleanField(default=False)
    written = pw.CharField(64, default="")
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "kind", "class_name"), True),)


class DocumentVersion(Model):
    """What it said from a moment on: texts by language and part, as {"nl": {"going": …}}. Never changed."""

    document = pw.ForeignKeyField(Document, backref="versions", on_delete="CASCADE")
    number = pw.IntegerField()
    texts = JsonField(default=dict)
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()

    class Meta:
        indexes = ((("document", "number"), True),)


class DocumentAct(Model):
    """What was done with a version (a code of `rules.ACTS`); `reasons` why a soft finding may stay, by its key."""

    document = pw.ForeignKeyField(Document, backref="acts", on_delete="CASCADE")
    number = pw.IntegerField()
    act = pw.CharField(10)
    by = pw.ForeignKeyField(Person)
    at = UtcField()
    remark = pw.TextField(default="")
    reasons = JsonField(default=dict)

    class Meta:
        indexes = ((("document", "at"), False),)
