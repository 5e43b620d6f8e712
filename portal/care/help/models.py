"""Help that a school knows of, and what was offered of it."""

import peewee as pw

from portal.accounts.models import Person
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident, Involved


class HelpOption(Model):
    """One kind of help on the school's own list. Taken off the list it stays for what was offered before."""

    kind = pw.CharField(20)
    name = pw.CharField(120)
    reach = pw.CharField(200, default="")
    note = pw.CharField(300, default="")
    position = pw.IntegerField(default=100)
    removed_at = UtcField(null=True)
    version = pw.IntegerField(default=1)


class HelpOffer(Model):
    """Help that was offered to a parent, to the family of a pupil, or `to_pupil` alone.

    `answer` is what they say now; what they said before stays in `history`: {"answer", "at", "words"}.
    """

    incident = pw.ForeignKeyField(Incident, backref="help_offers")
    about = pw.ForeignKeyField(Involved, backref="help_offers")
    to_pupil = pw.BooleanField(default=False)
    option = pw.ForeignKeyField(HelpOption, backref="offers")
    offered_at = UtcField()
    offered_by = pw.ForeignKeyField(Person)
    answer = pw.CharField(10, default="")  # a code of `rules.ANSWERS`; empty until it is given
    answered_at = UtcField(null=True)
    words = pw.TextField(default="")
    history = JsonField(default=list)
    version = pw.IntegerField(default=1)
