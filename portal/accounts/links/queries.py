"""Finding links that can still be used."""

from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.accounts.links.rules import nonce_of
from portal.accounts.models import SETUP, Link, Person
from portal.accounts.queries import people


def _open(now: datetime) -> Any:
    there = Person.left_at.is_null()  # also for a link without a person
    return (
        Link.select(Link, Person).join(Person, JOIN.LEFT_OUTER).where(Link.used_at.is_null(), Link.ends_at > now, there)
    )


def open_links(now: datetime) -> dict[int, Link]:
    """The link of everybody who has one that can still be used, in the order of names."""
    rows = _open(now).where(Link.person.is_null(False)).order_by(Person.name, Person.id)
    return {link.person_id: link for link in rows}


def open_link(person: Person, now: datetime) -> Link | None:
    return _open(now).where(Link.person == person).first()  # type: ignore[no-any-return]


def by_nonce(nonce: str, now: datetime) -> Link | None:
    return _open(now).where(Link.nonce == nonce).first()  # type: ignore[no-any-return]


def by_token(token: str, secret: str, now: datetime) -> Link | None:
    """The link of an address; None when it was used, replaced, is over, or was never ours."""
    link = by_nonce(nonce_of(token, secret), now)
    return None if link and link.kind == SETUP and people().exists() else link
