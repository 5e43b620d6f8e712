"""Being ready for the press: who does what, and who called."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident


class MediaPlan(Model):
    """What was agreed for when the press comes, by the parts of the plan."""

    incident = pw.ForeignKeyField(Incident, unique=True, backref="media_plans")
    answers = JsonField(default=dict)
    changed_by = pw.ForeignKeyField(Person)
    changed_at = UtcField()
    version = pw.IntegerField(default=1)


class PressCall(Model):
    """A question of a journalist: by when an answer is needed, what was promised, what was answered."""

    incident = pw.ForeignKeyField(Incident, backref="press_calls")
    medium = pw.CharField(120)
    journalist = pw.CharField(120, default="")
    reach = pw.CharField(200, default="")
    question = pw.TextField()
    at = UtcField()  # when they called
    deadline_at = UtcField(null=True)
    promised = pw.TextField(default="")
    answer = pw.TextField(default="")
    answered_at = UtcField(null=True)
    answered_by: Any = pw.ForeignKeyField(Person, null=True, backref="press_answers")
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "at"), False),)
