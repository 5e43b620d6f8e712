"""Who is on an incident, in plain rows: what a report and a plan ask again and again."""

from typing import Any

from portal.accounts.models import Person
from portal.incidents.models import Incident, KeptOut, Membership
from portal.prepared import Prepared, given


@Prepared
def _functions() -> Any:
    return (
        Membership.select(Membership.person, Membership.function)
        .join(Person)
        .where(Membership.incident == given())
        .order_by(Person.name, Membership.id)
    )


def functions_on(incident: Incident) -> list[tuple[int, str]]:
    """Person and function of each membership, in the order of names."""
    return [(person_id, function) for person_id, function in _functions(incident.id)]


@Prepared
def _barred() -> Any:
    return KeptOut.select(KeptOut.person).where(KeptOut.incident == given())


def kept_out_ids(incident: Incident) -> list[int]:
    return [person_id for (person_id,) in _barred(incident.id)]
