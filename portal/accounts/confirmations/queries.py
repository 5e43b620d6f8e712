"""Finding what two people decide."""

from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.accounts.confirmations.rules import LASTS
from portal.accounts.models import ASKED, Confirmation, Person
from portal.accounts.queries import with_function
from portal.audit.models import AuditEvent
from portal.policy import LEADERSHIP

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


def seconds(now: datetime) -> list[Person]:
    """Leadership that can be the second of two: not who got that function this week, but in a school that is as new.

    The first of the two could have given it to an account of their own; the others have heard of it by then.
    """
    leads, since = with_function([LEADERSHIP]), now - LASTS
    if not AuditEvent.select().where(AuditEvent.at <= since).exists():
        return leads
    given = AuditEvent.select().where(AuditEvent.action == "account:functions:give", AuditEvent.at > since)
    new = {row.subject for row in given if LEADERSHIP in row.detail["functions"]}
    return [one for one in leads if f"person:{one.id}" not in new]


def waiting_for(person: Person, now: datetime) -> list[Confirmation]:
    """Those that this member of leadership may decide: none of their own."""
    found = [one for one in open_at(now) if person.id not in (one.asked_by_id, one.person_id, one.receiver_id)]
    return found if found and person.id in {one.id for one in seconds(now)} else []
