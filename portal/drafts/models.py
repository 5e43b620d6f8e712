"""What somebody is typing, and which forms were sent already."""

import peewee as pw

from portal.accounts.models import Person
from portal.db import Model, UtcField
from portal.incidents.models import Incident


class Draft(Model):
    """A long text that is not sent yet: per person and place, only for who types it."""

    person = pw.ForeignKeyField(Person, backref="drafts", on_delete="CASCADE")
    place = pw.CharField(200)
    incident = pw.ForeignKeyField(Incident, null=True, backref="drafts", on_delete="CASCADE")
    text = pw.TextField()
    saved_at = UtcField()
    # The session it was typed in: without the second factor only that one shows it again.
    session_id = pw.IntegerField(null=True)

    @property
    def may_name(self) -> bool:
        """Whether its writer knows the incident by name: whoever has its address can write in an unsent report."""
        return not self.place.startswith("/incidents/new/")

    class Meta:
        indexes = ((("person", "place"), True), (("place", "saved_at"), False))


class SentForm(Model):
    """The key of a form that was accepted: sent again after a lost answer, it makes no second record."""

    key = pw.CharField(43, unique=True)
    person_id = pw.IntegerField()
    at = UtcField(index=True)
