"""Finding what two people decide."""

from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.accounts.confirmations.rules import LASTS
from portal.accounts.models import ASKED, Confirmation, Person

Asker, About, Receiver = Person.alias(), Person.alias(), Person.alias()


def open_at(now: datetime) -> Any:
    """Questions that wait for a second person, oldest first."""
    return (
        Confirmation.select(Confirmation, Asker, About, Receiver)
        .join_from(Confirmation, Asker, on=(Confirmation.asked_by == Asker.id), attr="asked_by")
        .join_from(Confirmation, About, on=(Confirmation.person == About.id), attr="person")
        .join_from(Confirmation, Receiver, JOIN.LEFT_OUTER, on=(Confirmation.receiver == Receiver.id), attr="receiver")
        .where(Confirmation.state == ASKED, Confirmation.asked_at >= now - LASTS)
        .order_by(Confirmation.asked_at, Confirmation.id)
    )


def with_id(confirmation_id: int) -> Confirmation | None:
    return Confirmation.get_or_none(Confirmation.id == confirmation_id)  # type: ignore[no-any-return]


def waiting_for(person: Person, now: datetime) -> list[Confirmation]:
    """Those that this member of leadership may decide: none of their own."""
    return [one for one in open_at(now) if person.id not in (one.asked_by_id, one.person_id, one.receiver_id)]
