"""Changing what the school says of itself."""

from datetime import date, datetime
from typing import Any

from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid, Missing
from portal.school.models import ClosedPeriod, School


def found(name: str, *, now: datetime) -> School:
    """Make the one row of a new school."""
    with db.atomic():
        school: School = School.create(name=name)
        record("settings:school:create", "school:1", actor_id=None, now=now)
    return school


def change_settings(values: dict[str, Any], *, version: int, actor_id: int | None, now: datetime) -> None:
    """Store the settings. Raises `ChangedMeanwhile` when somebody else stored them since `version`."""
    with db.atomic():
        changed = School.update(**values, version=version + 1).where(School.version == version).execute()
        if not changed:
            raise ChangedMeanwhile(
                N_("Somebody else changed these settings meanwhile."),
                N_("What you see now is what they saved. Enter your change again."),
            )
        record("settings:school:change", "school:1", actor_id=actor_id, now=now, fields=sorted(values))


def add_closed_period(name: str, first: date, last: date, *, actor_id: int | None, now: datetime) -> None:
    """Add days on which the school is closed. Raises `Invalid` when they end before they start."""
    if last < first:
        raise Invalid("last", N_("The last day is before the first day."))
    with db.atomic():
        period = ClosedPeriod.create(name=name, first=first, last=last)
        record("settings:closed-days:add", f"closed:{period.id}", actor_id=actor_id, now=now)


def remove_closed_period(period_id: int, *, actor_id: int, now: datetime) -> None:
    """Raises `Missing`."""
    with db.atomic():
        if not ClosedPeriod.delete().where(ClosedPeriod.id == period_id).execute():
            raise Missing
        record("settings:closed-days:remove", f"closed:{period_id}", actor_id=actor_id, now=now)
