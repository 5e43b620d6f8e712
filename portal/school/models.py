"""What the school says of itself: numbers, closed days, who is told first."""

import peewee as pw

from portal.db import ListField, Model


class School(Model):
    """One row: the school of this database."""

    name = pw.CharField(120)
    address = pw.CharField(120, default="")
    place = pw.CharField(120, default="")
    coordinator_phone = pw.CharField(30, default="")
    counselor_phone = pw.CharField(30, default="")
    board_name = pw.CharField(120, default="")
    board_phone = pw.CharField(30, default="")
    police_contact = pw.CharField(120, default="")
    police_phone = pw.CharField(30, default="")
    joins = ListField(default=lambda: ["coordinator", "leadership", "counselor"])
    version = pw.IntegerField(default=1)
    # Where the head of the trail is mailed to each day; empty for nowhere.
    trail_mail = pw.CharField(254, default="", constraints=[pw.SQL("DEFAULT ''")])
    # Whom parents and the press can reach about what the school says; stands on what is published.
    contact_name = pw.CharField(120, default="", constraints=[pw.SQL("DEFAULT ''")])
    contact_phone = pw.CharField(30, default="", constraints=[pw.SQL("DEFAULT ''")])
    contact_mail = pw.CharField(254, default="", constraints=[pw.SQL("DEFAULT ''")])
    trail_mailed_on = pw.DateField(null=True)


class ClosedPeriod(Model):
    """Days on which the school is closed, both ends included."""

    name = pw.CharField(120)
    first = pw.DateField()
    last = pw.DateField()
