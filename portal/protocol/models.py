"""The school's own protocol, in versions that never change."""

import peewee as pw

from portal.db import JsonField, Model, UtcField


class ProtocolVersion(Model):
    """One whole protocol. An incident keeps the version it began with."""

    number = pw.IntegerField(unique=True)
    document = JsonField()
    loaded_at = UtcField()
