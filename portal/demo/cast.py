"""Who plays in the demo incident, and what they hand to an operation."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.accounts.queries import by_email
from portal.incidents.models import Incident
from portal.incidents.queries import standing


def person(function: str) -> Person:
    """The demo account with this function."""
    found = by_email(f"{function}@baken.example")
    assert found
    return found


def by(incident: Incident, function: str, now: datetime) -> dict[str, Any]:
    """Who does it with which standing, and when."""
    actor = person(function)
    return {"standing": standing(incident, actor), "actor": actor, "now": now}
