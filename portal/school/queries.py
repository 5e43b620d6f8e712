"""The school's settings."""

from datetime import date
from typing import Any

from portal.school.models import ClosedPeriod, School


def school() -> School:
    """The one row. Raises `School.DoesNotExist` in a database that was never set up."""
    return School.select().get()  # type: ignore[no-any-return]


def school_or_none() -> School | None:
    return School.select().first()  # type: ignore[no-any-return]


def closed_periods() -> Any:
    return ClosedPeriod.select().order_by(ClosedPeriod.first)


def closed_days() -> list[tuple[date, date]]:
    """First and last day of every closed period."""
    return list(ClosedPeriod.select(ClosedPeriod.first, ClosedPeriod.last).tuples())
