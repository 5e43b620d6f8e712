"""Who has which function, what is still missing, and what somebody handed over."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.accounts.queries import people, with_function
from portal.accounts.staff.rules import LAST, NEEDED
from portal.audit.models import AuditEvent


def holders() -> dict[str, int]:
    """How many have each function of which somebody has to be left."""
    return {function: len(with_function([function])) for function in LAST}


def missing() -> list[str]:
    """Functions that nobody has and that the first report needs."""
    return [function for function in NEEDED if not with_function([function])]


def handed_over(person: Person) -> dict[str, Any] | None:
    """What the newest change to this account made of the work: `at`, `given` by name, `waiting`, `unled`."""
    event = (
        AuditEvent.select()
        .where(AuditEvent.subject == f"person:{person.id}", AuditEvent.action == "account:work:hand-over")
        .order_by(AuditEvent.id.desc())
        .first()
    )
    if event is None:
        return None
    names = {str(one.id): one.name for one in people()}
    given = [(names.get(number, "–"), n) for number, n in event.detail["given"].items()]
    return {**event.detail, "at": event.at, "given": sorted(given)}


def given_at(moment: datetime, actor_id: int | None) -> list[tuple[Person, list[str]]]:
    """Who got which functions in one act of somebody."""
    rows = AuditEvent.select().where(
        AuditEvent.actor_id == actor_id, AuditEvent.action == "account:functions:give", AuditEvent.at == moment
    )
    got = {int(row.subject.partition(":")[2]): row.detail["functions"] for row in rows}
    return [(person, got[person.id]) for person in people() if person.id in got]
