"""Conversations with those involved."""

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident, Involved

PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"


class Conversation(Model):
    """A conversation that is prepared, and what came of it.

    `kind` is with whom, as a code of `rules.KINDS`; `about` the pupil or parent spoken with, None for teachers.
    `card` has what was adapted of the prepared card, by its sections.
    """

    incident = pw.ForeignKeyField(Incident, backref="conversations")
    kind = pw.CharField(20)
    about = pw.ForeignKeyField(Involved, null=True, backref="conversations")
    leader = pw.ForeignKeyField(Person, backref="conversations")
    others = pw.CharField(300, default="")  # who else is there
    planned_at = UtcField(null=True)
    place = pw.CharField(120, default="")
    interpreter = pw.CharField(120, default="")
    card = JsonField(default=dict)
    state = pw.CharField(10, default=PLANNED)
    held_at = UtcField(null=True)
    agreed = pw.TextField(default="")
    feelings = pw.TextField(default="")
    reason = pw.TextField(default="")  # why it was cancelled
    additions = JsonField(default=list)  # what was added after it was written down: {"at", "by", "part", "text"}
    next_action = pw.ForeignKeyField(Action, null=True, backref="conversations")  # the next step, in the plan
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "planned_at"), False),)
