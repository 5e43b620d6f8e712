"""The plan of an incident, and the wishes of its victims."""

from typing import Any

import peewee as pw

from portal.accounts.models import Absence, Person
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident, Involved

TODO, DONE, NOT_NEEDED = "todo", "done", "not-needed"


class Action(Model):
    """Who does what, when, where and how. From a step, from a red flag, or free (then it has a `title`)."""

    incident = pw.ForeignKeyField(Incident, backref="actions")
    step = pw.CharField(40, default="")
    flag = pw.CharField(20, default="")
    title = pw.CharField(120, default="")
    phase = pw.CharField(20, default="")  # '' for a call that a red flag asks for
    position = pw.IntegerField(default=100)
    victim = pw.ForeignKeyField(Involved, null=True, backref="actions")
    gate = pw.CharField(10, default="")
    function = pw.CharField(20, default="")
    assignee = pw.ForeignKeyField(Person, null=True, backref="actions")
    outsider = pw.CharField(120, default="")
    due_at = UtcField(null=True)
    place = pw.CharField(120, default="")
    how = pw.TextField(default="")
    after: Any = pw.ForeignKeyField("self", null=True)
    state = pw.CharField(12, default=TODO)
    outcome = pw.TextField(default="")
    contact = pw.CharField(12, default="", constraints=[pw.SQL("DEFAULT ''")])  # with whom it makes contact
    handed_by = pw.ForeignKeyField(Person, null=True, backref="handed_over")
    absence = pw.ForeignKeyField(Absence, null=True, backref="actions")  # during which it is with the deputy
    told = pw.IntegerField(
        default=0, constraints=[pw.SQL("DEFAULT 0")]
    )  # late: 1 deputy, 2 leadership; below 0: given on since
    overridden = pw.BooleanField(default=False)  # done against the order or the wish, with a reason in the log
    dropped = pw.BooleanField(default=False)  # its condition was no longer true
    touched = pw.BooleanField(default=False)  # somebody changed something by hand
    changed_at = UtcField()
    changed_by = pw.ForeignKeyField(Person, null=True)
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("assignee", "state"), False), (("incident", "step"), False), (("state", "due_at"), False))


# All that the list of incidents asks of its actions, so that it reads no row of them.
Action.add_index(
    pw.SQL(
        "CREATE INDEX IF NOT EXISTS action_unfinished ON action "
        "(incident_id, phase, due_at, assignee_id, gate, victim_id, state) WHERE state NOT IN ('done', 'not-needed')"
    )
)


class Wish(Model):
    """What a victim said on one subject, once; the newest row counts and the older ones stay."""

    victim = pw.ForeignKeyField(Involved, backref="wishes")
    subject = pw.CharField(10)
    answer = pw.CharField(10)
    words = pw.TextField(default="")
    asked_by = pw.CharField(120, default="")
    asked_at = UtcField(null=True)
    recorded_by = pw.ForeignKeyField(Person)
    recorded_at = UtcField()
    # Only with an override by leadership: was the victim told before, and if not, why not.
    told_before = pw.BooleanField(null=True)
    told_note = pw.TextField(default="")
    # Only with 'safety': the answer to each question of the check, and who else is safe at home.
    detail = JsonField(default=dict, constraints=[pw.SQL("DEFAULT '{}'")])

    class Meta:
        indexes = ((("victim", "subject"), False),)
