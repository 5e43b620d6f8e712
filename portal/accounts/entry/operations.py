"""Signing in and out."""

from datetime import datetime

from portal.accounts import queries
from portal.accounts.models import Person, SignIn
from portal.accounts.operations import matches
from portal.accounts.rules import LONGEST_PASSWORD, SESSION_LENGTH, hashed, new_token
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, Refused

ELSEWHERE = N_("Close this page and sign in at the start page.")


def sign_in(email: str, password: str, *, now: datetime, only: int | None = None) -> Person | None:
    """Begin a session; the person carries its token. None when address or password is wrong.

    `only` is the person whose page it is that goes on afterwards. Raises `Refused` for anybody else.
    """
    person = queries.by_email(email)
    right = len(password) <= LONGEST_PASSWORD and matches(person, password)
    if person is None or not right:
        known = person.id if person else None
        with db.atomic():
            record("account:sign-in:fail", f"person:{known or 0}", actor_id=None, now=now)
        return None
    if only is not None and person.id != only:
        # In the trail: it tells that the password is right, without a session that would be.
        with db.atomic():
            record("account:sign-in:refuse", f"person:{person.id}", actor_id=None, now=now)
        raise Refused(N_("This page belongs to a colleague. Nothing was sent, and you are not signed in."), ELSEWHERE)
    begin(person, now=now)
    return person


def begin(person: Person, *, now: datetime, stepped_up: bool = False) -> None:
    """A new session; the person carries its token."""
    person.token = new_token()
    with db.atomic():
        SignIn.delete().where(SignIn.ends_at <= now).execute()
        made = SignIn.create(
            token_hash=hashed(person.token),
            person=person,
            created_at=now,
            ends_at=now + SESSION_LENGTH,
            seen_at=now,
            stepped_up_at=now if stepped_up else None,
        )
        record("account:sign-in:start", f"person:{person.id}", actor_id=person.id, now=now)
    person.session_id, person.stepped_up_at = made.id, made.stepped_up_at


def step_up(person: Person, *, now: datetime) -> None:
    """The second factor was shown: this session reaches everything. It gets a new token: a copy of the old is dead.

    Raises `Refused` for a session that has ended meanwhile.
    """
    token = new_token()
    with db.atomic():
        going_on = (SignIn.token_hash == hashed(person.token or "")) & (SignIn.ends_at > now)
        if not SignIn.update(token_hash=hashed(token), stepped_up_at=now).where(going_on).execute():
            raise Refused(N_("Your session has ended. Sign in again."))
        record("account:sign-in:step-up", f"person:{person.id}", actor_id=person.id, now=now)
    person.token, person.stepped_up_at = token, now


def sign_out(person: Person, *, now: datetime) -> None:
    """End this session, so that a copy of its cookie opens nothing."""
    with db.atomic():
        SignIn.delete().where(SignIn.token_hash == hashed(person.token or "")).execute()
        record("account:sign-in:end", f"person:{person.id}", actor_id=person.id, now=now)
