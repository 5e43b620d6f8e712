"""What happens to the people involved."""

from collections.abc import Callable
from datetime import datetime

from portal.accounts.models import Person
from portal.audit.operations import record
from portal.db import db
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Involved
from portal.incidents.people.rules import Named, holds_name

# What higher packages do when two rows turn out to be one person, as (gone, kept, actor=, now=); filled in
# `create_app`.
after_merging: list[Callable[..., None]] = []


def names_somebody(incident: Incident, text: str, *, actor: Person, now: datetime) -> bool:
    """Whether a text that goes round names somebody of this incident (product rule 6).

    A yes is written down, in a transaction of its own: who tries names one by one is found.
    """
    if not holds_name(text, [named(person) for person in incidents.involved(incident)]):
        return False
    with db.atomic():
        record("incident:names:refuse", f"incident:{incident.id}", actor_id=actor.id, now=now)
    return True


def named(person: Involved) -> Named:
    return Named(person.name, person.class_name, tuple(person.aliases))
