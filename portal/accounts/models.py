"""People of the school, how they prove who they are, and where they are signed in."""

from datetime import datetime
from typing import Any

import peewee as pw
from playhouse.sqlite_ext import AutoIncrementField

from portal.db import ListField, Model, UtcField
from portal.policy import ADMINISTRATOR

PLANNED, BEGUN, OVER = "planned", "begun", "over"  # states of an absence
INVITE, RESET, SETUP = "invite", "reset", "setup"  # kinds of a link
ASKED, CONFIRMED, REFUSED = "asked", "confirmed", "refused"  # states of what two people decide


class Person(Model):
    """An account. `functions` are codes of `portal.policy`; `classes` are those this person mentors.

    `password` is a hash; empty until the person chose one.
    """

    email = pw.CharField(254, unique=True)
    name = pw.CharField(120)
    phone = pw.CharField(30, default="")
    functions = ListField(default=list)
    classes = ListField(default=list)
    language = pw.CharField(2, default="nl")
    password = pw.CharField(200)
    must_change_password = pw.BooleanField(default=False)
    version = pw.IntegerField(default=1)
    # Since when the account is closed; who left opens nothing and is offered nowhere.
    left_at = UtcField(null=True)

    # Of this request's session: its plain token, which only the browser keeps, its row, its last use, and since
    # when the second factor was shown in it.
    token: str | None = None
    session_id: int | None = None
    seen_at: datetime | None = None
    stepped_up_at: datetime | None = None
    # What Flask-Login asks of a user.
    is_authenticated = is_active = True
    is_anonymous = False

    def get_id(self) -> Any:
        return self.token

    @property
    def stepped_up(self) -> bool:
        """Whether the second factor was shown in this request's session."""
        return self.stepped_up_at is not None

    @property
    def is_administrator(self) -> bool:
        return ADMINISTRATOR in self.functions

    @property
    def may_be_on_team(self) -> bool:
        """Neither an administrator nor somebody who left."""
        return not self.is_administrator and self.left_at is None


class SignIn(Model):
    """A session on the server: without its row the cookie is worth nothing. Only a hash is kept.

    `seen_at` is its last use; `stepped_up_at` when the second factor was shown; `device` as its owner knows it.
    Numbers are never given again, for the trail and drafts name a session by its number.
    """

    id = AutoIncrementField()
    token_hash = pw.CharField(64, unique=True)
    person = pw.ForeignKeyField(Person, backref="sign_ins", on_delete="CASCADE")
    created_at = UtcField()
    ends_at = UtcField()
    seen_at = UtcField(null=True)
    stepped_up_at = UtcField(null=True)
    device = pw.CharField(80, default="", constraints=[pw.SQL("DEFAULT ''")])


class Link(Model):
    """A link that lets somebody choose a password, once. Without a person it sets up the school's first account.

    The address holds a token made of `nonce` and a secret that lies apart from the database.
    """

    person = pw.ForeignKeyField(Person, null=True, backref="links", on_delete="CASCADE")
    kind = pw.CharField(12)
    nonce = pw.CharField(43, unique=True)
    made_by = pw.ForeignKeyField(Person, null=True, backref="links_made")
    made_at = UtcField()
    ends_at = UtcField()
    used_at = UtcField(null=True)


class Totp(Model):
    """An app that makes codes. A new one is confirmed by one of its codes; the one of before works until then.

    `last_step` is the time step of the last code that was accepted.
    """

    person = pw.ForeignKeyField(Person, backref="totp", on_delete="CASCADE")
    secret = pw.CharField(64)
    last_step = pw.IntegerField(default=0)
    made_at = UtcField()
    confirmed_at = UtcField(null=True)


class Passkey(Model):
    """A WebAuthn credential; `credential_id` and `public_key` in base64url."""

    person = pw.ForeignKeyField(Person, backref="passkeys", on_delete="CASCADE")
    credential_id = pw.CharField(1400, unique=True)
    public_key = pw.TextField()
    sign_count = pw.IntegerField(default=0)
    name = pw.CharField(80)
    made_at = UtcField()
    used_at = UtcField(null=True)


class RecoveryCode(Model):
    """One of ten codes for who lost the other factors. Only a hash is kept; a used one stays, to be counted."""

    person = pw.ForeignKeyField(Person, backref="recovery_codes", on_delete="CASCADE")
    code_hash = pw.CharField(64, unique=True)
    used_at = UtcField(null=True)


class Challenge(Model):
    """What a passkey has to sign, once. Without a person it is for whoever signs in."""

    value = pw.CharField(90, unique=True)
    person = pw.ForeignKeyField(Person, null=True, backref="challenges", on_delete="CASCADE")
    purpose = pw.CharField(12)
    ends_at = UtcField(index=True)


class Failure(Model):
    """A wrong try at something; `key` is a keyed hash of the account, of the address, or of a known device."""

    key = pw.CharField(64)
    at = UtcField(index=True)

    class Meta:
        indexes = ((("key", "at"), False),)


class Turn(Model):
    """From when an account may be tried from an address that failed often; `key` is a keyed hash of both."""

    key = pw.CharField(64, unique=True)
    at = UtcField(index=True)


class Confirmation(Model):
    """What the administrator asks and a second person decides; `kind` says what happens then.

    `person` is whom it is about, `receiver` who gets something by it.
    """

    kind = pw.CharField(20)
    person = pw.ForeignKeyField(Person, backref="confirmations")
    receiver = pw.ForeignKeyField(Person, null=True, backref="to_receive")
    asked_by = pw.ForeignKeyField(Person, backref="asked")
    asked_at = UtcField()
    decided_by = pw.ForeignKeyField(Person, null=True, backref="decided")
    decided_at = UtcField(null=True)
    state = pw.CharField(10, default=ASKED)


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
