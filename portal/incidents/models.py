"""The incident: what is going on, who is on it, who is in it, and what was written down."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.db import JsonField, ListField, Model, UtcField
from portal.protocol.models import ProtocolVersion

DRAFT, OPEN, ENDED, JOINED = "draft", "open", "ended", "joined"


class Incident(Model):
    """One case. Its name is a tree and its reference a number: neither leads to a pupil."""

    ref = pw.CharField(12, unique=True, null=True)
    code_name = pw.CharField(40, unique=True, null=True)
    state = pw.CharField(10, default=DRAFT)
    joined_into: Any = pw.ForeignKeyField("self", null=True, backref="joined")
    protocol = pw.ForeignKeyField(ProtocolVersion)
    created_at = UtcField()
    reported_at = UtcField(null=True)
    kind = pw.CharField(20, default="")
    origin = pw.CharField(20, default="")
    channels = ListField(default=list)
    spread = pw.CharField(20, default="unknown")
    classes = ListField(default=list)
    unrest = pw.IntegerField(null=True)
    ended_at = UtcField(null=True)
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("state", "reported_at"), False),)


class Flag(Model):
    """The answer to one red-flag question: yes, no or unknown."""

    incident = pw.ForeignKeyField(Incident, backref="flags", on_delete="CASCADE")
    key = pw.CharField(20)
    answer = pw.CharField(10)
    answered_by = pw.ForeignKeyField(Person)
    answered_at = UtcField()

    class Meta:
        indexes = ((("incident", "key"), True),)


Flag.add_index(pw.SQL("CREATE INDEX IF NOT EXISTS flag_up ON flag (incident_id, key) WHERE answer = 'yes'"))


class Report(Model):
    """One person's report. Two reports of the same thing end up at one incident; both receipts live on."""

    slug = pw.CharField(43, unique=True)
    incident = pw.ForeignKeyField(Incident, backref="reports")
    reporter = pw.ForeignKeyField(Person, backref="reports")
    started_at = UtcField()
    sent_at = UtcField(null=True)
    story = pw.TextField(default="")
    # As it was when the report was sent, whatever is known later: {"people": […], "answers": {…}}.
    told = JsonField(default=dict)


class Involved(Model):
    """A person involved, with the least that is needed. `number` tells apart those with the same part.

    `also` are further parts of the same person, of which `part` is the first in `rules.PARTS`. A parent has a `child`.
    Of two rows for one person the one that was `merged_into` the other is only kept for the trail.
    """

    incident = pw.ForeignKeyField(Incident, backref="involved")
    report = pw.ForeignKeyField(Report, null=True, backref="involved")
    part = pw.CharField(12)
    number = pw.IntegerField()
    name = pw.CharField(120, default="")
    class_name = pw.CharField(20, default="")
    age = pw.IntegerField(null=True)
    birth_year = pw.IntegerField(null=True)
    school = pw.CharField(10, default="unknown")
    school_name = pw.CharField(120, default="")
    version = pw.IntegerField(default=1)
    also = ListField(default=list, constraints=[pw.SQL("DEFAULT ''")])
    # Nicknames and names of accounts: what must not leave the school either.
    aliases = ListField(default=list, constraints=[pw.SQL("DEFAULT ''")])
    reach = pw.CharField(200, default="", constraints=[pw.SQL("DEFAULT ''")])
    language = pw.CharField(40, default="", constraints=[pw.SQL("DEFAULT ''")])
    interpreter = pw.BooleanField(default=False, constraints=[pw.SQL("DEFAULT 0")])
    delicate = pw.TextField(default="", constraints=[pw.SQL("DEFAULT ''")])
    support = pw.TextField(default="", constraints=[pw.SQL("DEFAULT ''")])
    child: Any = pw.ForeignKeyField("self", null=True, backref="parents")
    merged_into: Any = pw.ForeignKeyField("self", null=True, backref="merged")
    changed_at = UtcField(null=True)  # since then a draft of before only stands beside what it says

    @property
    def parts(self) -> list[str]:
        """Everything this person is in the incident; the first gives the label."""
        return [self.part, *self.also]

    class Meta:
        indexes = ((("incident", "part", "number"), True),)


class Membership(Model):
    """Somebody is on an incident's team, in one function.

    `looked_at` is the last look at the overview, `look_from` the end of the visit before this one.
    """

    incident = pw.ForeignKeyField(Incident, backref="team")
    person = pw.ForeignKeyField(Person, backref="memberships")
    function = pw.CharField(20)
    joined_at = UtcField()
    seen_at = UtcField(null=True)
    looked_at = UtcField(null=True)
    look_from = UtcField(null=True)

    class Meta:
        indexes = ((("incident", "person", "function"), True),)


class KeptOut(Model):
    """For this person the incident does not exist."""

    incident = pw.ForeignKeyField(Incident, backref="kept_out")
    person = pw.ForeignKeyField(Person, backref="kept_out_of")
    since = UtcField()

    class Meta:
        indexes = ((("incident", "person"), True),)


class Entry(Model):
    """One line of the logbook; the database refuses to change or remove it.

    `event` with `params` is what the portal wrote itself, shown in the reader's language; `text` is what a
    person wrote. `action_id` says which action it is about, for those who see only their own; `contact` with
    whom there was contact (a code of `rules.CONTACTS`). The table `entry_words` has its words, for searching.
    """

    incident = pw.ForeignKeyField(Incident, backref="entries")
    at = UtcField()  # when it happened
    written_at = UtcField()
    author = pw.ForeignKeyField(Person, null=True)
    kind = pw.CharField(20)
    event = pw.CharField(200, default="")
    params = JsonField(default=dict)
    text = pw.TextField(default="")
    present = pw.CharField(300, default="")
    contact = pw.CharField(12, default="", constraints=[pw.SQL("DEFAULT ''")])
    action_id = pw.IntegerField(null=True)
    corrects: Any = pw.ForeignKeyField("self", null=True, backref="corrections")

    class Meta:
        indexes = ((("incident", "at"), False),)


class Unrest(Model):
    """How restless it was at a moment, from 0 to 4: in one class, or in the whole school (no `class_name`)."""

    incident = pw.ForeignKeyField(Incident, backref="unrests")
    at = UtcField()
    value = pw.IntegerField()
    noted_by = pw.ForeignKeyField(Person, null=True)
    class_name = pw.CharField(20, default="", constraints=[pw.SQL("DEFAULT ''")])

    class Meta:
        indexes = ((("incident", "at"), False),)
