"""The period of rest of a victim."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.db import Model, UtcField
from portal.incidents.models import Incident, Involved

PLANNED, RUNNING, ENDED, CANCELLED = "planned", "running", "ended", "cancelled"
UNENDED = (PLANNED, RUNNING)


class Rest(Model):
    """A period of rest. `keeper` keeps contact every so many days, next at `next_at`; `teller` tells the teachers."""

    incident = pw.ForeignKeyField(Incident, backref="rests")
    pupil = pw.ForeignKeyField(Involved, backref="rests")
    first = pw.DateField()
    last = pw.DateField()
    form = pw.CharField(20)
    schoolwork = pw.TextField(default="")
    keeper = pw.ForeignKeyField(Person, null=True, backref="rests_kept")
    every = pw.IntegerField(default=1)  # days
    next_at = UtcField(null=True)
    teller: Any = pw.ForeignKeyField(Person, null=True, backref="rests_told")
    told = pw.TextField(default="")  # what the teachers hear: never the reason
    told_at = UtcField(null=True)  # when they heard it
    return_at = UtcField(null=True)  # the talk at coming back
    returned_at = UtcField(null=True)  # when that talk was held
    state = pw.CharField(10, default=PLANNED)
    ended_on = pw.DateField(null=True)
    end_reason = pw.TextField(default="")
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)


class RestContact(Model):
    """Once that there was contact during the rest."""

    rest = pw.ForeignKeyField(Rest, backref="contacts")
    at = UtcField()
    by = pw.ForeignKeyField(Person)
    words = pw.TextField(default="")
