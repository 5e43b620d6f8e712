"""Finding people of the school."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import Person, SignIn
from portal.accounts.rules import hashed
from portal.db import stored
from portal.prepared import Prepared, given, loaded


def people() -> Any:
    return Person.select().order_by(Person.name, Person.id)


@Prepared
def _people() -> Any:
    return people()


def staff() -> list[Person]:
    """Everybody who can be on a team: all but administrators."""
    everybody = [loaded(Person, row) for row in _people()]
    return [person for person in everybody if not person.is_administrator]


def with_function(functions: Iterable[str]) -> list[Person]:
    """People with any of the functions, by name. A school's staff is small enough to look through."""
    wanted = set(functions)
    return [person for person in people() if wanted.intersection(person.functions)]


def by_email(email: str) -> Person | None:
    return Person.get_or_none(Person.email == email.strip().lower())  # type: ignore[no-any-return]


@Prepared
def _by_id() -> Any:
    return Person.select().where(Person.id == given())


def by_id(person_id: int) -> Person | None:
    return next((loaded(Person, row) for row in _by_id(person_id)), None)


@Prepared
def _session() -> Any:
    return Person.select().join(SignIn).where(SignIn.token_hash == given(), SignIn.ends_at > given())


def signed_in(token: str, now: datetime) -> Person | None:
    """The person whose session this token opens, while it lasts."""
    for row in _session(hashed(token), stored(now)):
        person: Person = loaded(Person, row)
        person.token = token
        return person
    return None
