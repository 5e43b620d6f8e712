"""Finding what two people decide."""

from datetime import datetime
from typing import Any

from portal.accounts.confirmations.rules import LASTS
from portal.accounts.models import ASKED, Confirmation, Person


def open_at(now: datetime) -> Any:
    """Questions that wait for a second person, oldest first."""
    return (
        Confirmation.select()
        .where(Confirmation.state == ASKED, Confirmation.asked_at >= now - LASTS)
        .order_by(Confirmation.asked_at, Confirmation.id)
    )


def waiting_for(person: Person, now: datetime) -> list[Confirmation]:
    """Those that this member of leadership may decide: none of their own."""
    return [one for one in open_at(now) if person.id not in (one.asked_by_id, one.person_id, one.receiver_id)]


def about(person: Person) -> Any:
    """Everything that was ever asked about somebody, newest first."""
    return Confirmation.select().where(Confirmation.person == person).order_by(Confirmation.id.desc())
