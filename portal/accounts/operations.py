"""Keeping accounts and their passwords."""

from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts import queries, rules
from portal.accounts.models import Person
from portal.accounts.sessions import operations as sessions
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid

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


def create_person(
    values: dict[str, Any], *, actor_id: int | None, now: datetime, ready_hash: str = ""
) -> tuple[Person, str]:
    """Make an account; gives it and its starting password, to be changed at first. Raises `Invalid`.

    With `ready_hash`, the hash of a password that stays (the demo), no password is made.
    """
    rules.check_functions(values.get("functions", ()))
    secret = "" if ready_hash else rules.starting_password()
    values = {**values, "email": values["email"].strip().lower()}
    with db.atomic():
        if queries.by_email(values["email"]):
            raise Invalid("email", N_("There is an account with this address already."))
        person: Person = Person.create(
            **values, password=ready_hash or hasher.hash(secret), must_change_password=not ready_hash
        )
        record("account:person:create", f"person:{person.id}", actor_id=actor_id, now=now)
    return person, secret


def change_person(person: Person, values: dict[str, Any], *, version: int, actor_id: int, now: datetime) -> None:
    """Store an account; with other functions, every session of this person ends.

    Raises `Invalid`, and `ChangedMeanwhile` when `version` is no longer the newest.
    """
    rules.check_functions(values["functions"])
    values = {**values, "email": values["email"].strip().lower()}
    with db.atomic():
        other = queries.by_email(values["email"])
        if other and other.id != person.id:
            raise Invalid("email", N_("There is an account with this address already."))
        if person.is_administrator and "administrator" not in values["functions"] and _only_one_administrator():
            raise Invalid("functions", N_("This is the last administrator. Make somebody else administrator first."))
        changed = (
            Person.update(**values, version=version + 1)
            .where(Person.id == person.id, Person.version == version)
            .execute()
        )
        if not changed:
            raise ChangedMeanwhile(
                N_("Somebody else changed this account meanwhile."),
                N_("Go back to the account, look at what changed and enter your change again."),
            )
        if set(values["functions"]) != set(person.functions):
            sessions.end_sessions(person)
        record(
            "account:person:change", f"person:{person.id}", actor_id=actor_id, now=now, functions=values["functions"]
        )


def _only_one_administrator() -> bool:
    return len(queries.with_function(["administrator"])) == 1


def change_password(person: Person, old: str, new: str, *, now: datetime) -> None:
    """Choose a new password; this session gets a new token, every other one ends. Raises `Invalid`."""
    if not matches(person, old):
        raise Invalid("old", N_("This is not your current password."))
    rules.check_password(new, person.email)
    if old == new:
        raise Invalid("new", N_("Choose a password that differs from the current one."))
    person.password = hasher.hash(new)
    with db.atomic():
        Person.update(password=person.password, must_change_password=False).where(Person.id == person.id).execute()
        sessions.end_sessions(person, keep=person.session_id)
        sessions.renew(person)
        record("account:password:change", f"person:{person.id}", actor_id=person.id, now=now)


def reset_password(person: Person, *, actor_id: int | None, now: datetime) -> str:
    """Give a new starting password and end every session of this person."""
    secret = rules.starting_password()
    with db.atomic():
        Person.update(password=hasher.hash(secret), must_change_password=True).where(Person.id == person.id).execute()
        sessions.end_sessions(person)
        record("account:password:reset", f"person:{person.id}", actor_id=actor_id, now=now)
    return secret


def choose_language(person: Person, language: str, *, now: datetime) -> None:
    with db.atomic():
        Person.update(language=language).where(Person.id == person.id).execute()
        record("account:language:change", f"person:{person.id}", actor_id=person.id, now=now)
