"""The period of rest in the demo school's incident: begun on the first day, with contact that afternoon."""

from datetime import datetime, timedelta

from portal.care.rest import operations, rules
from portal.clock import local
from portal.demo.cast import by, person
from portal.incidents import queries as incidents
from portal.incidents.models import Incident

CALLED = (
    "Gebeld. Ze heeft geslapen en wil morgen wat aan wiskunde doen. Ze leest de klassenapp niet meer. "
    "Afgesproken: ik bel elke schooldag om half vijf."
)


def tell(incident: Incident, reported: datetime) -> None:
    """The victim said yes, goes home at noon, and is called in the afternoon."""
    care, counselor, mentor = (person(one) for one in ("care", "counselor", "mentor"))
    victim = incidents.victims(incident).get()
    first = local(reported).date()
    values = {
        "first": first,
        "last": first + timedelta(days=3),
        "form": "home",
        "schoolwork": "Alleen wiskunde en Engels, als het lukt. De toets schuift op.",
        "keeper": counselor.id,
        "every": 1,
        "teller": mentor.id,
        "told": rules.ready()["told"]["nl"],
        "return_at": rules.next_contact(4, reported.replace(minute=0) - timedelta(hours=2)),
    }
    rest = operations.plan(victim, values, actor=care, now=reported + timedelta(minutes=88))
    begun = reported + timedelta(minutes=108)
    operations.begin(rest, version=rest.version, ticked=True, **by(incident, "care", begun))
    operations.tell_teachers(rest, version=rest.version, actor=mentor, now=reported + timedelta(minutes=150))
    at = reported + timedelta(hours=6, minutes=18)
    operations.note_contact(rest, CALLED, version=rest.version, actor=counselor, now=at)
