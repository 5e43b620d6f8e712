"""The classes of the demo school: one conversation waits for the victim, one was held, one was decided against."""

from datetime import datetime, time, timedelta

from portal.accounts.models import Person
from portal.accounts.queries import by_email
from portal.classes.talks import operations as talks
from portal.classes.talks.models import ClassTalk
from portal.classes.talks.rules import follow_up_day
from portal.clock import SCHOOL_ZONE, local
from portal.incidents import queries as incidents
from portal.incidents.models import Incident
from portal.school.queries import closed_days
from portal.school.rules import next_open

AGREEMENTS = [
    "Wij sturen niets door van een ander.",
    "Wij zeggen er wat van als iemand lacht.",
    "Wij gaan naast iemand zitten die alleen is.",
    "Wie iets ziet, vertelt het aan een volwassene.",
]


def tell(incident: Incident, reported: datetime) -> None:
    """What was done for the classes on the first day."""
    mentor, care, coordinator = (_person(name) for name in ("mentor", "care", "coordinator"))
    hour = timedelta(hours=1)
    for class_name, value, who, at in (("3B", 3, mentor, reported + hour), ("3B", 2, mentor, reported + 22 * hour)):
        _note(incident, class_name, value, who, at)
    own = _decide(incident, "3B", "", mentor, reported + 2 * hour)
    _prepare(incident, own, mentor, reported + 3 * hour)
    other = _decide(
        incident, "3A", "Vrienden in deze klas praten erover. De klas is onrustig.", coordinator, reported + hour
    )
    _note(incident, "3A", 2, coordinator, reported + 2 * hour)
    _hold(incident, other, care, reported + 5 * hour)
    calm = "Het is er rustig. De klas weet van niets, en dat houden we zo."
    _decide(incident, "3C", calm, coordinator, reported + hour, against=True)


def _person(function: str) -> Person:
    found = by_email(f"{function}@baken.example")
    assert found
    return found


def _note(incident: Incident, class_name: str, value: int, who: Person, at: datetime) -> None:
    standing = incidents.standing(incident, who)
    talks.note_unrest(incident, class_name, value, standing=standing, actor=who, now=at)


def _decide(
    incident: Incident, class_name: str, reason: str, who: Person, at: datetime, *, against: bool = False
) -> ClassTalk:
    standing = incidents.standing(incident, who)
    return talks.decide(incident, class_name, against=against, reason=reason, standing=standing, actor=who, now=at)


def _prepare(incident: Incident, talk: ClassTalk, who: Person, at: datetime) -> None:
    day = next_open(local(at).date() + timedelta(days=2), closed_days(), holidays_count=True)
    values = {
        "leader_id": who.id,
        "second": "R. van Dijk",
        "planned_at": datetime.combine(day, time(10, 30), SCHOOL_ZONE).astimezone(at.tzinfo),
        "place": "Lokaal 12",
        "victim_there": "",
        "feelings": "Ik ben boos op wie dit doorstuurde. Dat bespreek ik eerst met A. Bakker, vóór de les.",
        "message": "problematise",
        "opening": "Ik wil het hebben over hoe we met elkaar omgaan als er iets rondgaat. "
        "Ik noem geen namen, en dat vraag ik jullie ook.",
        "closing": "Dank jullie wel. Dit hebben we afgesproken. Volgende week kijken we samen hoe het gaat.",
        "materials": "Flap voor de afspraken, briefjes voor vragen zonder naam.",
    }
    standing = incidents.standing(incident, who)
    talks.prepare(talk, values, version=talk.version, standing=standing, actor=who, now=at)


def _hold(incident: Incident, talk: ClassTalk, who: Person, at: datetime) -> None:
    standing = incidents.standing(incident, who)
    planning = {"leader_id": who.id, "second": "M. de Wit", "message": "normalise", "place": "Aula"}
    talks.prepare(talk, planning, version=talk.version, standing=standing, actor=who, now=at - timedelta(hours=2))
    came_of_it = {
        "held_at": at - timedelta(minutes=40),
        "mood": "Eerst giechelig, daarna stil. Goed geluisterd.",
        "insight": "Niet meedoen is ook kiezen. Ze zien dat doorsturen de pijn groter maakt.",
        "agreements": AGREEMENTS,
        "unrest": 1,
        "parents_informed": False,
        "follow_up_on": follow_up_day(local(at).date(), closed_days()),
    }
    talks.hold(talk, came_of_it, ticked=False, version=talk.version, standing=standing, actor=who, now=at)
    worry = "Eén leerling ging tijdens het gesprek weg en wilde daarna niet praten. Thuis weten ze van niets."
    talks.add_worry(
        talk,
        {"text": worry, "assignee_id": who.id, "due_at": at + timedelta(days=1)},
        title="Een zorg over een leerling, na een klassengesprek",
        how="Wat de zorg is, staat bij het gesprek, onder ‘Klassen’.",
        standing=standing,
        actor=who,
        now=at + timedelta(minutes=5),
    )
