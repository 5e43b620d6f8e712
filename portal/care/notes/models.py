"""Confidential notes of the counselor."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.db import Model, UtcField
from portal.incidents.models import Incident, Involved


class Note(Model):
    """What a counselor wrote for themselves; the database refuses to change or remove it.

    Read by who wrote it and by `holder`, to whom it was handed over. A correction is a new note.
    """

    incident = pw.ForeignKeyField(Incident, backref="notes")
    author = pw.ForeignKeyField(Person, backref="notes_written")
    holder = pw.ForeignKeyField(Person, backref="notes_held")
    about = pw.ForeignKeyField(Involved, null=True, backref="notes")
    at = UtcField()  # when it happened
    written_at = UtcField()
    text = pw.TextField()
    corrects: Any = pw.ForeignKeyField("self", null=True, backref="corrections")

    class Meta:
        indexes = ((("incident", "at"), False),)
