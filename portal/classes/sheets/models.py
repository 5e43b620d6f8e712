"""The sheet for all teachers."""

import peewee as pw

from portal.accounts.models import Person
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident


class Sheet(Model):
    """The sheet of one incident. Its address says nothing; `own` has what was adapted, by section."""

    incident = pw.ForeignKeyField(Incident, unique=True, backref="sheets")
    slug = pw.CharField(43, unique=True)
    own = JsonField(default=dict)
    given_at = UtcField(null=True)  # since when every member of staff can open it
    ended_at = UtcField(null=True)
    changed_by = pw.ForeignKeyField(Person)
    changed_at = UtcField()
    version = pw.IntegerField(default=1)
