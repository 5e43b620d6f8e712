"""Making accounts, and their passwords."""

from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts import queries, rules
from portal.accounts.models import Link, Person
from portal.accounts.sessions import operations as sessions
from portal.accounts.throttle import operations as throttle
from portal.accounts.throttle.rules import too_often
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, Invalid, Refused
from portal.school.queries import school_or_none

# argon2id with the library's defaults, which follow RFC 9106.
hasher = PasswordHasher()
_NOBODY = hasher.hash("nobody has this password")


def matches(person: Person | None, password: str) -> bool:
    """Takes the same time whether the account exists, and has a password, or not."""
    try:
        hasher.verify((person and person.password) or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return person is not None and bool(person.password)


def create_person(values: dict[str, Any], *, actor_id: int | None, now: datetime, ready_hash: str = "") -> Person:
    """Make an account that opens with nothing yet; joins the caller's transaction. Raises `Invalid`.

    With `ready_hash`, the hash of a password that is known already (the demo, the first account).
    """
    rules.check_functions(values.get("functions", ()))
    values = {**values, "email": values["email"].strip().lower()}
    with db.atomic():
        check_email(values["email"])
        person: Person = Person.create(**values, password=ready_hash)
        record("account:person:create", f"person:{person.id}", actor_id=actor_id, now=now)
    return person


def check_email(email: str, own_id: int | None = None) -> None:
    """Refuse an address that somebody else signs in with. Raises `Invalid`."""
    other = queries.by_email(email)
    if other and other.id != own_id:
        left = N_("A colleague who left has this address. Open that account and let them back in.")
        raise Invalid("email", left if other.left_at else N_("There is an account with this address already."))


def check_new_password(person: Person, password: str, now: datetime) -> None:
    """Refuse a password that somebody who knows this person or the school would try. Raises `Invalid`."""
    school = school_or_none()
    of_school = (school.name, school.place) if school else ()
    rules.check_password(password, (person.name, person.email, *of_school), now)


def change_password(person: Person, old: str, new: str, *, now: datetime) -> None:
    """Choose a new password; this session gets a new token, every other one ends. Raises `Invalid` and `Refused`.

    Not to be called inside a transaction: what counts the tries of the old one stays when it is wrong.
    """
    counted = ("old-password", person.id)
    wait = throttle.reserve(counted, now)
    if wait:
        raise too_often(wait)
    if not matches(person, old):
        raise Invalid("old", N_("This is not your current password."))
    with db.atomic():
        throttle.take_back(counted)
    check_new_password(person, new, now)
    if old == new:
        raise Invalid("new", N_("Choose a password that differs from the current one."))
    was, person.password = person.password, hasher.hash(new)
    with db.atomic():
        # The hash is slow: whoever was told meanwhile that this password opens nothing any more must be right.
        mine = (Person.id == person.id) & (Person.password == was)
        if not Person.update(password=person.password, must_change_password=False).where(mine).execute():
            raise Refused(N_("Your session has ended. Sign in again."))
        # Who feels unsafe changes it: a link that lies in a mailbox must not undo that.
        Link.delete().where(Link.person == person).execute()
        sessions.end_sessions(person, keep=person.session_id)
        sessions.renew(person, now=now)
        record("account:password:change", f"person:{person.id}", actor_id=person.id, now=now)


def choose_language(person: Person, language: str, *, now: datetime) -> None:
    with db.atomic():
        Person.update(language=language).where(Person.id == person.id).execute()
        record("account:language:change", f"person:{person.id}", actor_id=person.id, now=now)
