"""Conversations with a class."""

from datetime import datetime
from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident, Involved

PLANNED, HELD, CANCELLED, DECLINED = "planned", "held", "cancelled", "declined"


class ClassTalk(Model):
    """A conversation with one class: that it was decided on or against, how it is prepared, and what came of it.

    What was noted once it was held stays; `later` has what was added, as `{"at", "by", "text"}`, and with
    `"agreements"` what these were until then.
    """

    incident = pw.ForeignKeyField(Incident, backref="class_talks")
    class_name = pw.CharField(20)
    victim = pw.ForeignKeyField(Involved, null=True, backref="class_talks")  # whose class it is
    leader = pw.ForeignKeyField(Person, null=True, backref="class_talks")
    second = pw.CharField(120, default="")
    feelings = pw.TextField(default="")  # of the teacher, talked about first
    message = pw.CharField(12, default="")  # a code of `rules.MESSAGES`
    victim_there = pw.CharField(10, default="")  # the victim's choice, a code of `rules.PRESENCE`
    materials = pw.TextField(default="")
    opening = pw.TextField(default="")
    closing = pw.TextField(default="")
    planned_at = UtcField(null=True)
    place = pw.CharField(120, default="")
    state = pw.CharField(10, default=PLANNED)
    reason = pw.TextField(default="")  # why it was decided on or against, or cancelled
    held_at = UtcField(null=True)
    mood = pw.TextField(default="")
    insight = pw.TextField(default="")
    agreements = JsonField(default=list)
    unrest = pw.IntegerField(null=True)  # 0 to 4, right after it
    parents_informed_at = UtcField(null=True)
    follow_up_on = pw.DateField(null=True)
    followed_up_at = UtcField(null=True)
    later = JsonField(default=list)
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "class_name"), False),)

    @property
    def additions(self) -> list[dict[str, Any]]:
        """What was added later, oldest first, each with its moment."""
        return [{**one, "at": datetime.fromisoformat(one["at"])} for one in self.later]


class Worry(Model):
    """A worry about one pupil that a class conversation brought up; an action of the plan takes it on."""

    talk = pw.ForeignKeyField(ClassTalk, backref="worries", on_delete="CASCADE")
    text = pw.TextField()
    action = pw.ForeignKeyField(Action, null=True, backref="worries")
    written_by = pw.ForeignKeyField(Person)
    written_at = UtcField()
