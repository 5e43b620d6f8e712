"""People of the school, and where they are signed in."""

from typing import Any

import peewee as pw

from portal.db import ListField, Model, UtcField
from portal.policy import ADMINISTRATOR

PLANNED, BEGUN, OVER = "planned", "begun", "over"  # states of an absence


class Person(Model):
    """An account. `functions` are codes of `portal.policy`; `classes` are those this person mentors."""

    email = pw.CharField(254, unique=True)
    name = pw.CharField(120)
    phone = pw.CharField(30, default="")
    functions = ListField(default=list)
    classes = ListField(default=list)
    language = pw.CharField(2, default="nl")
    password = pw.CharField(200)
    must_change_password = pw.BooleanField(default=False)
    version = pw.IntegerField(default=1)

    # The plain token of this request's session; only the browser keeps it.
    token: str | None = None
    # What Flask-Login asks of a user.
    is_authenticated = is_active = True
    is_anonymous = False

    def get_id(self) -> Any:
        return self.token

    @property
    def is_administrator(self) -> bool:
        return ADMINISTRATOR in self.functions


class SignIn(Model):
    """A session on the server: without its row the cookie is worth nothing. Only a hash is kept."""

    token_hash = pw.CharField(64, unique=True)
    person = pw.ForeignKeyField(Person, backref="sign_ins", on_delete="CASCADE")
    created_at = UtcField()
    ends_at = UtcField()


class Deputy(Model):
    """Who stands in for everybody with a function of the school."""

    function = pw.CharField(20, unique=True)
    person = pw.ForeignKeyField(Person, backref="deputy_for")


class Absence(Model):
    """Days on which somebody is away, both ends included. `deputy` has the actions meanwhile."""

    person = pw.ForeignKeyField(Person, backref="absences")
    deputy = pw.ForeignKeyField(Person, null=True, backref="stands_in")
    first = pw.DateField()
    last = pw.DateField()
    state = pw.CharField(10, default=PLANNED)
    made_by = pw.ForeignKeyField(Person, backref="absences_made")
    made_at = UtcField()

    class Meta:
        indexes = ((("state", "first"), False),)
