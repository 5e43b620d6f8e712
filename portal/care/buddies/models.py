"""The buddies of a victim."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.db import Model, UtcField
from portal.incidents.models import Incident, Involved


class Buddy(Model):
    """A classmate whom the victim named as support; who it is stands with the people involved, in the part 'buddy'.

    `place` is the order in which the victim named them. `reason` says why there is a fourth, or why somebody about
    whom there was a warning.
    """

    incident = pw.ForeignKeyField(Incident, backref="buddies")
    victim = pw.ForeignKeyField(Involved, backref="buddies")
    person = pw.ForeignKeyField(Involved, backref="buddy_of")
    place = pw.IntegerField()
    chosen_at = UtcField()  # when the victim named this one
    reason = pw.TextField(default="")
    asker = pw.ForeignKeyField(Person, null=True, backref="buddies_to_ask")  # who asks
    asked_at = UtcField(null=True)
    told = pw.TextField(default="")
    answer = pw.CharField(10, default="")  # a code of `rules.ANSWERS`; empty until it is given
    answered_at = UtcField(null=True)
    parents_informed_at = UtcField(null=True)
    task = pw.TextField(default="")
    supporter: Any = pw.ForeignKeyField(Person, null=True, backref="buddies_supported")
    ended_at = UtcField(null=True)
    end_reason = pw.TextField(default="")
    version = pw.IntegerField(default=1)


class CheckIn(Model):
    """A moment to ask a buddy how it goes."""

    buddy = pw.ForeignKeyField(Buddy, backref="check_ins", on_delete="CASCADE")
    due_on = pw.DateField()
    done_at = UtcField(null=True)
    done_by = pw.ForeignKeyField(Person, null=True)
    going = pw.CharField(10, default="")  # a code of `rules.GOING`
    words = pw.TextField(default="")
