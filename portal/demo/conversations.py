"""The demo incident: whom was spoken with, what was agreed, and which help the parents want."""

from datetime import datetime, timedelta
from typing import Any

from portal.care.conversations import operations as conversations
from portal.care.conversations.models import Conversation
from portal.care.help import operations as help_offers
from portal.care.help.models import HelpOption
from portal.clock import local
from portal.demo.cast import by, person
from portal.incidents.models import Incident, Involved
from portal.incidents.queries import victims
from portal.school.queries import closed_days
from portal.school.rules import next_open

HOLD = {"feelings": "", "confidential": "", "next_step": "", "next_at": None, "tick": False}


def tell(incident: Incident, reported: datetime) -> None:
    """The first two days, after the wishes: the victim, the parents, the teachers; and what is planned."""
    victim = victims(incident).get()
    _with_victim(incident, victim, reported)
    parent = _parent(victim)
    _with_parents(incident, parent, reported)
    _with_teachers(incident, reported)
    _to_come(incident, victim, reported)
    _help(incident, parent, victim, reported)


def _clock(reported: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    day = local(reported) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0).astimezone(reported.tzinfo)


def _school_day(reported: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    """That many days later, or the first school day after it: nobody is asked to school on a Sunday."""
    day = local(reported).date()
    days = (next_open(day + timedelta(days=days), closed_days(), holidays_count=True) - day).days
    return _clock(reported, days, hour, minute)


def _parent(victim: Involved) -> Involved:
    found: Involved = Involved.select().where(Involved.child == victim).order_by(Involved.id).first()
    return found


def _plan(
    incident: Incident, kind: str, leader: str, at: datetime, now: datetime, about: Involved | None = None, **other: Any
) -> Conversation:
    values = {"about_id": about.id if about else None, "leader_id": person(leader).id, "planned_at": at}
    there = {"place": "", "others": "", "interpreter": ""}
    return conversations.plan(incident, kind, values | there | other, **by(incident, leader, now))


def _hold(conversation: Conversation, written_at: datetime, **said: Any) -> None:
    acts = by(conversation.incident, conversation.leader.functions[0], written_at)
    values = HOLD | {"held_at": conversation.planned_at} | said
    conversations.hold(conversation, values, version=conversation.version, **acts)


def _with_victim(incident: Incident, victim: Involved, reported: datetime) -> None:
    at = reported + timedelta(minutes=25)
    made = _plan(incident, "victim", "counselor", at, at, victim, place="Kamer 12")
    _hold(
        made,
        at + timedelta(minutes=40),
        agreed="Ze hoeft vandaag niet meer naar de klas. Haar moeder mag het weten, samen met haar verteld. "
        "Over een paar dagen praten we verder.",
        feelings="Schaamte en angst dat er meer komt. Opgelucht dat ze zelf mag kiezen wie het hoort.",
    )


def _with_parents(incident: Incident, parent: Involved, reported: datetime) -> None:
    at = _clock(reported, 0, 16)
    planned = {"place": "Kamer 12, ingang achterzijde", "others": "zorgcoördinator"}
    made = _plan(incident, "victim-parents", "counselor", at, reported + timedelta(hours=2), parent, **planned)
    _hold(
        made,
        at + timedelta(hours=1, minutes=15),
        agreed="Moeder blijft vanavond thuis. Niemand zoekt zelf naar de foto en niemand wist iets. "
        "Wij bellen morgen om 17:00.",
        feelings="Eerst stil en beschaamd, daarna boos op de school. Veel verdriet. Aan het eind rustiger.",
        next_step="Ouders bellen: hoe was de avond?",
        next_at=_clock(reported, 1, 17),
        tick=True,
    )


def _with_teachers(incident: Incident, reported: datetime) -> None:
    at = _clock(reported, 0, 15, 15)
    made = _plan(incident, "teachers", "care", at, reported + timedelta(hours=3), place="Personeelskamer")
    _hold(
        made,
        at + timedelta(hours=2),
        agreed="Iedereen zegt hetzelfde: wie doorstuurt, zit fout. Geen namen. Opmerking in de les? "
        "Stop die meteen en meld het bij de coördinator.",
        feelings="Twee collega's waren boos dat de foto bestaat. Daar eerst over gepraat.",
    )


def _to_come(incident: Incident, victim: Involved, reported: datetime) -> None:
    now = reported + timedelta(hours=6)
    there = {"place": "Lokaal 4", "others": "zorgcoördinator"}
    _plan(incident, "spreaders", "mentor", _school_day(reported, 2, 9, 30), now, None, **there)
    again = _plan(
        incident, "victim", "counselor", _school_day(reported, 3, 13), now, victim, place="Wandeling, buiten school"
    )
    own = {
        "goal": "Horen hoe het gaat, thuis en met slapen.\nDe wens over het klassengesprek nog eens vragen.",
        "opening": "Fijn dat je er bent. Zullen we een stukje lopen?\nHoe slaap je nu?\nWat hielp de afgelopen dagen?",
    }
    conversations.prepare(again, own, version=again.version, **by(incident, "counselor", now))


def _help(incident: Incident, parent: Involved, victim: Involved, reported: datetime) -> None:
    at = _clock(reported, 0, 16, 45)
    numbers = {option.kind: option.id for option in HelpOption.select().order_by(HelpOption.position.desc())}
    offered = {"receiver": str(parent.id), "offered_at": at, "tick": True}
    three = [numbers["gp"], numbers["victim-support"], numbers["cjg"]]
    doctor, support, town = help_offers.offer(
        incident, offered | {"options": three}, **by(incident, "care", at + timedelta(minutes=30))
    )
    alone = {"receiver": f"pupil-{victim.id}", "offered_at": at, "tick": False, "options": [numbers["youth-health"]]}
    help_offers.offer(incident, alone, **by(incident, "care", at + timedelta(minutes=35)))
    for offer, said, words in (
        (doctor, "accepted", "Afspraak donderdag. Wij hoeven niets te regelen."),
        (support, "later", "Wil eerst zelf met familie praten."),
        (town, "declined", ""),
    ):
        help_offers.answer(offer, said, words, version=1, actor=person("care"), now=at + timedelta(minutes=40))
