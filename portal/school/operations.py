"""Changing what the school says of itself."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from portal.audit.operations import record
from portal.audit.queries import head_at
from portal.clock import local
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid, Missing
from portal.notices.operations import notify
from portal.school.models import ClosedPeriod, School

# What higher packages do in the transaction of a change; filled in `portal.wiring`.
after_change: list[Callable[[], None]] = []
# Who keeps the head has no account, so no language and no number.
NOBODY, LANGUAGE = 0, "nl"


def found(name: str, *, now: datetime) -> School:
    """Make the one row of a new school."""
    with db.atomic():
        school: School = School.create(name=name)
        record("settings:school:create", "school:1", actor_id=None, now=now)
    return school


def change_settings(values: dict[str, Any], *, version: int, actor_id: int | None, now: datetime) -> None:
    """Store the settings. Raises `ChangedMeanwhile` when somebody else stored them since `version`."""
    with db.atomic():
        before = School.select(School.trail_mail).scalar()
        changed = School.update(**values, version=version + 1).where(School.version == version).execute()
        if not changed:
            raise ChangedMeanwhile(
                N_("Somebody else changed these settings meanwhile."),
                N_("What you see now is what they saved. Enter your change again."),
            )
        record("settings:school:change", "school:1", actor_id=actor_id, now=now, fields=sorted(values))
        for react in after_change:
            react()
        if values.get("trail_mail", before) != before:
            _follow_trail_mail(before, actor_id, now)


def _follow_trail_mail(before: str, actor_id: int | None, now: datetime) -> None:
    """The new address gets the head at once; the one of before gets to know that it does not any more."""
    School.update(trail_mailed_on=None).execute()
    record("settings:trail-mail:change", "school:1", actor_id=actor_id, now=now)
    if before:
        _mail("head-stop", before, "school:1", now)


def _mail(kind: str, address: str, about: str, now: datetime) -> None:
    notify(kind, person_id=NOBODY, address=address, language=LANGUAGE, about=about, now=now)


def mail_head(now: datetime) -> None:
    """Once a day: the head of the trail to who keeps it outside the portal, by one worker only."""
    school, today = School.get(), local(now).date()
    if not school.trail_mail or school.trail_mailed_on == today:
        return
    with db.atomic():
        not_yet = School.trail_mailed_on.is_null() | (School.trail_mailed_on != today)
        claimed = School.update(trail_mailed_on=today).where(School.trail_mail == school.trail_mail, not_yet).execute()
        head = head_at()
        if claimed and head:
            _mail("head", school.trail_mail, f"head:{head.number}", now)


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
