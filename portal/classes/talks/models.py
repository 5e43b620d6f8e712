"""Conversations with a class."""

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.db import ListField, Model, UtcField
from portal.incidents.models import Incident, Involved

PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"


class ClassTalk(Model):
    """A conversation with one class: how it is prepared, and what came of it."""

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
    reason = pw.TextField(default="")  # why it was decided on, or cancelled
    held_at = UtcField(null=True)
    mood = pw.TextField(default="")
    insight = pw.TextField(default="")
    agreements = ListField(default=list)
    unrest = pw.IntegerField(null=True)  # 0 to 4, right after it
    parents_informed_at = UtcField(null=True)
    follow_up_on = pw.DateField(null=True)
    followed_up_at = UtcField(null=True)
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "class_name"), False),)


class Worry(Model):
    """A worry about one pupil that a class conversation brought up; an action of the plan takes it on."""

    talk = pw.ForeignKeyField(ClassTalk, backref="worries", on_delete="CASCADE")
    text = pw.TextField()
    action = pw.ForeignKeyField(Action, null=True, backref="worries")
    written_by = pw.ForeignKeyField(Person)
    written_at = UtcField()
