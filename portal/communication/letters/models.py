"""Who was informed by which letter."""

import peewee as pw

from portal.accounts.models import Person
from portal.communication.documents.models import Document
from portal.db import Model, UtcField


class Informed(Model):
    """Once that people were informed with a version of a letter or the statement, by one channel."""

    document = pw.ForeignKeyField(Document, backref="informed", on_delete="CASCADE")
    number = pw.IntegerField()
    channel = pw.CharField(20)
    whom = pw.CharField(120, default="")
    at = UtcField()
    by = pw.ForeignKeyField(Person)
    words = pw.TextField(default="")
