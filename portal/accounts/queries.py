"""Finding people of the school."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import Person, SignIn
from portal.accounts.rules import hashed
from portal.accounts.sessions.queries import alive
from portal.accounts.sessions.rules import IDLE
from portal.db import moment_of, stored
from portal.errors import Missing
from portal.prepared import Prepared, given, loaded


def people() -> Any:
    return Person.select().order_by(Person.name, Person.id)


@Prepared
def _people() -> Any:
    return people().where(Person.left_at.is_null())


def staff() -> list[Person]:
    """Everybody who can be on a team: all but administrators and who left."""
    everybody = [loaded(Person, row) for row in _people()]
    return [person for person in everybody if not person.is_administrator]


def with_function(functions: Iterable[str]) -> list[Person]:
    """People with any of the functions who did not leave, by name. A school is small enough to look through."""
    wanted = set(functions)
    everybody = [loaded(Person, row) for row in _people()]
    return [person for person in everybody if wanted.intersection(person.functions)]


def is_still(person: Person) -> bool:
    """Whether the password of somebody, as it was read, still opens the account."""
    there = (Person.id == person.id) & (Person.password == person.password) & Person.left_at.is_null()
    return bool(Person.select().where(there).exists())


def by_email(email: str) -> Person | None:
    return Person.get_or_none(Person.email == email.strip().lower())  # type: ignore[no-any-return]


@Prepared
def _by_id() -> Any:
    return Person.select().where(Person.id == given())


def by_id(person_id: int) -> Person | None:
    return next((loaded(Person, row) for row in _by_id(person_id)), None)


def existing(person_id: int) -> Person:
    """As `by_id`. Raises `Missing`."""
    person = by_id(person_id)
    if person is None:
        raise Missing
    return person


@Prepared
def _session() -> Any:
    session = (SignIn.id, SignIn.seen_at, SignIn.stepped_up_at)
    found = (SignIn.token_hash == given()) & alive(given(), given()) & Person.left_at.is_null()
    return Person.select(*session, Person).join(SignIn).where(found)


def signed_in(token: str, now: datetime) -> Person | None:
    """The person whose session this token opens, while it lasts and is in use."""
    for session_id, seen_at, stepped_up_at, *columns in _session(hashed(token), stored(now), stored(now - IDLE)):
        person: Person = loaded(Person, columns)
        person.token, person.session_id = token, session_id
        person.seen_at = seen_at and moment_of(seen_at)
        person.stepped_up_at = stepped_up_at and moment_of(stepped_up_at)
        return person
    return None
