"""Watching what is said online: who looks when, and what was seen, in words and never as a picture."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident


class Watch(Model):
    """Where is looked, and for which words: lists."""

    incident = pw.ForeignKeyField(Incident, unique=True, backref="watches")
    platforms = JsonField(default=list)
    terms = JsonField(default=list)
    changed_by = pw.ForeignKeyField(Person)
    changed_at = UtcField()
    version = pw.IntegerField(default=1)


class WatchTurn(Model):
    """Somebody's turn to look on a part of a day; `looked_at` when it was done."""

    incident = pw.ForeignKeyField(Incident, backref="watch_turns")
    day = pw.DateField()
    part_of_day = pw.CharField(10)
    person = pw.ForeignKeyField(Person, null=True, backref="watch_turns")
    looked_at = UtcField(null=True)
    looked_by: Any = pw.ForeignKeyField(Person, null=True, backref="watch_looks")
    words = pw.TextField(default="")
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "day", "part_of_day"), True),)


class Post(Model):
    """Something that was said online. `address` is only for a takedown: masked until asked for, never a link."""

    incident = pw.ForeignKeyField(Incident, backref="posts")
    seen_at = UtcField()
    platform = pw.CharField(20)
    account_kind = pw.CharField(20, default="")
    address = pw.CharField(500, default="")
    said = pw.TextField()
    reach = pw.CharField(20, default="")
    truth = pw.CharField(10, default="")  # whether it is right what is said
    tone = pw.CharField(10, default="")
    reply = pw.TextField(default="")
    replied_at = UtcField(null=True)
    replied_by: Any = pw.ForeignKeyField(Person, null=True, backref="replies")
    action = pw.ForeignKeyField(Action, null=True, backref="posts")  # the request to take it down
    unrest = pw.IntegerField(null=True)  # as it was noted because of this
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("incident", "seen_at"), False),)
