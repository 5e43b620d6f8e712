"""Finding the devices of somebody in the trail."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.audit.models import AuditEvent


def _added(person_id: int) -> Any:
    return AuditEvent.select().where(AuditEvent.actor_id == person_id, AuditEvent.action == "account:device:add")


def had_any(person: Person) -> bool:
    """Whether somebody signed in on a device before."""
    return bool(_added(person.id).exists())


def added_at(person_id: int, moment: datetime) -> str:
    """The label of the device on which somebody signed in at this moment for the first time."""
    event = _added(person_id).where(AuditEvent.at == moment).order_by(AuditEvent.id.desc()).first()
    return event.detail["device"] if event else ""
