"""What a new incident is called."""

from typing import Any

import peewee as pw

from portal.incidents.models import Incident
from portal.prepared import Prepared, given


@Prepared
def _last_in_year() -> Any:
    number = pw.fn.SUBSTR(Incident.ref, 6).cast("INTEGER")
    return Incident.select(pw.fn.MAX(number)).where(Incident.ref.between(given(), given()))


def next_in_year(year: int) -> int:
    """The number of the next incident of a year. Called inside the transaction that takes it."""
    ((most,),) = _last_in_year(f"{year}-", f"{year}-9999999")
    return 1 + (most or 0)


@Prepared
def _code_names() -> Any:
    return Incident.select(Incident.code_name).where(Incident.code_name.is_null(False))


def code_names() -> list[str]:
    return [name for (name,) in _code_names()]
