"""People of the school, and where they are signed in."""

from typing import Any

import peewee as pw

from portal.db import ListField, Model, UtcField
from portal.policy import ADMINISTRATOR


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
