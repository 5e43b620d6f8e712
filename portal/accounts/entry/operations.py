"""Signing in and out."""

from collections.abc import Sequence
from datetime import datetime

from portal.accounts import operations as accounts
from portal.accounts import queries
from portal.accounts.devices import operations as devices
from portal.accounts.entry.queries import number_about
from portal.accounts.entry.rules import MOST_OF_NOBODY, Visitor
from portal.accounts.models import Person, SignIn
from portal.accounts.rules import LONGEST_PASSWORD, SESSION_LENGTH, hashed, new_token
from portal.accounts.sessions import operations as sessions
from portal.accounts.sessions.rules import device_of
from portal.accounts.throttle import operations as throttle
from portal.accounts.throttle.rules import WAY_ON, too_often
from portal.audit.operations import acting_in, record
from portal.db import db
from portal.errors import N_, Refused


def sign_in(
    email: str, password: str, *, now: datetime, only: int | None = None, visitor: Visitor | None = None
) -> Person | None:
    """Begin a session; the person carries its token. None when address or password is wrong.

    `only` is the person whose page it is that goes on afterwards: raises `Refused` for anybody else. Raises `TooOften`
    while this account, on this device or from this address, was tried too often; also when the password is right.
    """
    visitor = visitor or Visitor()
    person = queries.by_email(email)
    counted, address = _counted(email, person, visitor)
    _reserve(counted, address, now)
    right = len(password) <= LONGEST_PASSWORD and accounts.matches(person, password)
    if person is None or not right or person.left_at is not None:
        _note_failure(person, counted, address, now)
        return None
    if only is not None and person.id != only:
        # In the trail: it tells that the password is right, without a session that would be.
        with db.atomic():
            record("account:sign-in:refuse", f"person:{person.id}", actor_id=None, now=now)
        raise of_colleague()
    with db.atomic():
        # Looking at the password is slow; it may have been ended meanwhile, with every session there was.
        if not queries.is_still(person):
            return None
        throttle.take_back(counted, address)
        begin(person, visitor, now=now)
    return person


def of_colleague() -> Refused:
    """Who signed in is not the person whose page it is."""
    return Refused(
        N_("This page belongs to a colleague. Nothing was sent, and you are not signed in."),
        N_("Close this page and sign in at the start page."),
    )


def _counted(email: str, person: Person | None, visitor: Visitor) -> tuple[Sequence[object], str | None]:
    """Whose failures this try counts among: of the device if it is known, else of the account and the address."""
    device = devices.known(visitor.marks, person)
    if person and device and person.left_at is None:
        return ("device", person.id, device), None
    return ("account", email.strip().lower()), visitor.address


def _reserve(counted: Sequence[object], address: str | None, now: datetime) -> None:
    if address is None:
        wait, way_on = throttle.reserve(counted, now), ""
    else:
        wait, way_on = throttle.reserve_at(counted, address, now), WAY_ON
    if wait:
        raise too_often(wait, way_on)


def _note_failure(person: Person | None, counted: Sequence[object], address: str | None, now: datetime) -> None:
    """Into the trail; raises `TooOften` when this was the try with which it begins to be refused."""
    subject, refused = f"person:{person.id if person else 0}", throttle.now_refused(counted, now)
    with db.atomic():
        if number_about(subject, now) < MOST_OF_NOBODY or person:
            action = "account:sign-in:throttle" if refused else "account:sign-in:fail"
            record(action, subject, actor_id=None, now=now)
        else:
            # As much work as a line of the trail: nobody may learn from the time that there is no account.
            throttle.keep(counted, address, now)
    if refused:
        raise too_often(refused, WAY_ON if address is not None else "")


def begin(person: Person, visitor: Visitor, *, now: datetime, how: str = "password", stepped_up: bool = False) -> None:
    """A session for somebody who proved who they are; the person carries its token. Joins the caller's transaction."""
    person.token, device = new_token(), device_of(visitor.agent)
    SignIn.delete().where(SignIn.ends_at <= now).execute()
    made = SignIn.create(
        token_hash=hashed(person.token),
        person=person,
        created_at=now,
        ends_at=now + SESSION_LENGTH,
        seen_at=now,
        device=device,
        stepped_up_at=now if stepped_up else None,
    )
    person.session_id, person.seen_at, person.stepped_up_at = made.id, now, made.stepped_up_at
    acting_in.set(made.id)
    record("account:sign-in:start", f"person:{person.id}", actor_id=person.id, now=now, how=how)
    if not devices.known(visitor.marks, person):
        devices.add(person, device, now=now)


def step_up(person: Person, *, now: datetime) -> None:
    """The second factor was shown: this session reaches everything. It gets a new token: a copy of the old is dead.

    Raises `Refused` for a session that has ended meanwhile.
    """
    with db.atomic():
        sessions.renew(person, now=now, stepped_up_at=now)
        record("account:sign-in:step-up", f"person:{person.id}", actor_id=person.id, now=now)
    person.stepped_up_at = now


def sign_out(person: Person, *, now: datetime) -> None:
    """End this session, so that a copy of its cookie opens nothing."""
    with db.atomic():
        SignIn.delete().where(SignIn.token_hash == hashed(person.token or "")).execute()
        record("account:sign-in:end", f"person:{person.id}", actor_id=person.id, now=now)
