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


def begin(person: Person, *, now: datetime) -> None:
    """Begin a session for somebody who proved who it is; the person carries its token."""
    person.token = new_token()
    with db.atomic():
        SignIn.delete().where(SignIn.ends_at <= now).execute()
        SignIn.create(
            token_hash=hashed(person.token), person=person, created_at=now, ends_at=now + SESSION_LENGTH, seen_at=now
        )
        record("account:sign-in:start", f"person:{person.id}", actor_id=person.id, now=now)


def sign_out(person: Person, *, now: datetime) -> None:
    """End this session, so that a copy of its cookie opens nothing."""
    with db.atomic():
        SignIn.delete().where(SignIn.token_hash == hashed(person.token or "")).execute()
        record("account:sign-in:end", f"person:{person.id}", actor_id=person.id, now=now)
