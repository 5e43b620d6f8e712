"""The school's settings."""

from datetime import date
from typing import Any

from portal.prepared import Prepared, loaded
from portal.school.models import ClosedPeriod, School


def school() -> School:
    """The one row. Raises `School.DoesNotExist` in a database that was never set up."""
    found = school_or_none()
    if found is None:
        raise School.DoesNotExist
    return found


@Prepared
def _schools() -> Any:
    return School.select().limit(1)


def school_or_none() -> School | None:
    return next((loaded(School, row) for row in _schools()), None)


def school_name() -> str:
    """Empty in a database that was never set up."""
    found = school_or_none()
    return found.name if found else ""


def closed_periods() -> Any:
    return ClosedPeriod.select().order_by(ClosedPeriod.first)


@Prepared
def _closed() -> Any:
    return ClosedPeriod.select(ClosedPeriod.first, ClosedPeriod.last)


def closed_days() -> list[tuple[date, date]]:
    """First and last day of every closed period."""
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in _closed()]
