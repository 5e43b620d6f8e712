"""The classes of the demo school: one conversation waits for the victim, one was held, one was decided against."""

from datetime import datetime, time, timedelta
from typing import Any

from portal.classes.talks import operations as talks
from portal.classes.talks.models import ClassTalk
from portal.classes.talks.rules import follow_up_day
from portal.clock import SCHOOL_ZONE, local
from portal.demo.cast import by, person
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

    def by_whom(function: str, hours: int) -> dict[str, Any]:
        return by(incident, function, reported + timedelta(hours=hours))

    for value, hours in ((3, 1), (2, 22)):
        talks.note_unrest(incident, "3B", value, **by_whom("mentor", hours))
    own = talks.decide(incident, "3B", against=False, reason="", **by_whom("mentor", 2))
    _prepare(own, by_whom("mentor", 3))
    restless = "Vrienden in deze klas praten erover. De klas is onrustig."
    other = talks.decide(incident, "3A", against=False, reason=restless, **by_whom("coordinator", 1))
    talks.note_unrest(incident, "3A", 2, **by_whom("coordinator", 2))
    _hold(other, reported + timedelta(hours=5))
    calm = "Het is er rustig. De klas weet van niets, en dat houden we zo."
    talks.decide(incident, "3C", against=True, reason=calm, **by_whom("coordinator", 1))


def _prepare(talk: ClassTalk, by_whom: dict[str, Any]) -> None:
    at: datetime = by_whom["now"]
    day = next_open(local(at).date() + timedelta(days=2), closed_days(), holidays_count=True)
    values = {
        "leader_id": by_whom["actor"].id,
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
    talks.prepare(talk, values, version=talk.version, **by_whom)


def _hold(talk: ClassTalk, at: datetime) -> None:
    incident, leader = talk.incident, person("care").id
    planning = {"leader_id": leader, "second": "M. de Wit", "message": "normalise", "place": "Aula"}
    talks.prepare(talk, planning, version=talk.version, **by(incident, "care", at - timedelta(hours=2)))
    came_of_it = {
        "held_at": at - timedelta(minutes=40),
        "mood": "Eerst giechelig, daarna stil. Goed geluisterd.",
        "insight": "Niet meedoen is ook kiezen. Ze zien dat doorsturen de pijn groter maakt.",
        "agreements": AGREEMENTS,
        "unrest": 1,
        "parents_informed": False,
        "follow_up_on": follow_up_day(local(at).date(), closed_days()),
    }
    talks.hold(talk, came_of_it, ticked=False, version=talk.version, **by(incident, "care", at))
    worry = "Eén leerling ging tijdens het gesprek weg en wilde daarna niet praten. Thuis weten ze van niets."
    talks.add_worry(
        talk,
        {"text": worry, "assignee_id": leader, "due_at": at + timedelta(days=1)},
        title="Een zorg over een leerling, na een klassengesprek",
        how="Wat de zorg is, staat bij het gesprek, onder ‘Klassen’.",
        **by(incident, "care", at + timedelta(minutes=5)),
    )
