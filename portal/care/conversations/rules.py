"""What a conversation is prepared with, who may lead it, and what may be done with it when. Pure.

Source of the cards: the hints of the protocol on emotions, leading questions, promises and culture.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from portal.errors import N_, ChangedMeanwhile, GateClosed, Refused
from portal.incidents.rules import label
from portal.policy import Standing

Message = dict[str, Any]  # a msgid with its values

KINDS = {
    "victim": N_("The victim"),
    "victim-parents": N_("The victim's parents"),
    "suspect": N_("The (suspected) maker or spreader"),
    "suspect-parents": N_("The parents of the (suspected) maker or spreader"),
    "spreaders": N_("Who passed it on"),
    "teachers": N_("Teachers"),
}
# With whom, where there is nobody in particular.
TOGETHER = {"spreaders": N_("pupils who passed it on"), "teachers": N_("teachers")}
SECTIONS = {
    "goal": N_("What it is for"),
    "opening": N_("Sentences to begin with"),
    "emotions": N_("Emotions to expect, and how to meet them"),
    "avoid": N_("Do not ask, do not promise"),
    "culture": N_("With care for culture and faith"),
    "interpreter": N_("Language and interpreter"),
    "closing": N_("How to end"),
}
PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"
AGREED, FEELINGS = "agreed", "feelings"  # what can be added to afterwards
LASTS = timedelta(hours=1)  # an invitation


@dataclass(frozen=True)
class Card:
    """The prepared card of one kind of conversation. `texts` has the lines of each section by language.

    `whom` is the part of the pupil it is about ('' for nobody in particular), `parents` whether it is with the
    parents of that pupil; `contact` the group of the logbook, `step` what it carries out of the protocol or ''.
    """

    key: str
    whom: str
    parents: bool
    contact: str
    step: str
    texts: dict[str, dict[str, list[str]]]

    def lines(self, section: str, own: dict[str, str], language: str) -> list[str]:
        """What a section says: as it was adapted, else as it was prepared."""
        return own[section].splitlines() if section in own else self.texts[section][language]

    def adapted(self, typed: dict[str, str]) -> dict[str, str]:
        """Of what was typed, the sections that differ from the prepared ones; an empty one is prepared again."""
        return {
            section: text
            for section, text in typed.items()
            if text and all(text.splitlines() != lines for lines in self.texts[section].values())
        }


@cache
def cards() -> dict[str, Card]:
    """The prepared cards by kind, in order (`cards.toml`)."""
    document = tomllib.loads((Path(__file__).parent / "cards.toml").read_text("utf-8"))
    return {row["key"]: _card(row, document["shared"]) for row in document["card"]}


def _card(row: dict[str, Any], shared: dict[str, Any]) -> Card:
    texts = {**shared["parents" if row["parents"] else "pupils"], **row}
    facts = {name: row[name] for name in ("key", "whom", "parents", "contact", "step")}
    return Card(**facts, texts={section: texts[section] for section in SECTIONS})


def whom(part: str, number: int, child: Message | None = None) -> Message:
    """Who somebody is, without a name: a parent with the child it is."""
    said = label(part, number)
    return {"message": N_("%(who)s of %(child)s"), "values": {"who": said, "child": child}} if child else said


def parents_of(pupil: Message) -> Message:
    """The parents of a pupil, of whom nothing is known yet."""
    return {"message": N_("the parents of %(who)s"), "values": {"who": pupil}}


def is_part(part: str, parts: Iterable[str]) -> bool:
    """Whether somebody with these parts takes this one; to have spread it is to be suspected of it too."""
    return part in parts or (part == "suspect" and "spreader" in parts)


def gate_of(*, parents: bool, child_is_victim: bool) -> str:
    """The wish that must be known before it is held: of a victim, before the own parents hear (product rule 4)."""
    return "parents" if parents and child_is_victim else ""


def check_child_known(card: Card, pupil: Iterable[str]) -> None:
    """Refuse parents of whom nobody knows any more whose they are: no wish would hold them back. Raises `GateClosed`.

    `pupil` are the parts of their child, or their own when no child is known.
    """
    parts = set(pupil)
    if card.parents and (parts == {"parent"} or (card.whom == "victim" and "victim" not in parts)):
        raise GateClosed(
            N_("It is not known any more whose parent this is."), N_("Write that down first, with the people involved.")
        )


def may_change(standing: Standing, leader_id: int) -> bool:
    """Whoever cares for all of them, or who leads this one."""
    leads = leader_id == standing.person_id and standing.may("conversations", "change-own")
    return leads or standing.may("conversations", "change")


def may_read_feelings(standing: Standing, leader_id: int) -> bool:
    """What somebody felt is for who cares for them and who heard it, not for who leads the work (product rule 11)."""
    return may_change(standing, leader_id)


def check_planned(state: str) -> None:
    """Refuse what is only done before it was held. Raises `ChangedMeanwhile`."""
    if state == HELD:
        raise ChangedMeanwhile(
            N_("This conversation was written down meanwhile."), N_("Add what you still want to say at the end of it.")
        )
    if state == CANCELLED:
        raise ChangedMeanwhile(N_("This conversation was called off meanwhile."), N_("Plan a new one."))


def check_held(state: str) -> None:
    """Refuse an addition to what is not written down. Raises `Refused`."""
    if state != HELD:
        raise Refused(N_("Nothing is written down of this conversation yet."), N_("Write down first what was agreed."))


def check_can_invite(state: str, at: datetime | None) -> None:
    """Refuse an invitation without a time. Raises `Refused`."""
    check_planned(state)
    if at is None:
        raise Refused(N_("This conversation has no time yet."), N_("Fill in when it is, then invite."))


def status_of(state: str, at: datetime | None, now: datetime) -> str:
    """How a conversation stands: held, cancelled, 'unplanned' (no time yet), 'to-write', 'planned'."""
    if state != PLANNED:
        return state
    if at is None:
        return "unplanned"
    return "to-write" if at <= now else PLANNED


def invitation(number: int, at: datetime, place: str, made_at: datetime, version: int, *, title: str) -> bytes:
    """A calendar file that says when and where, and neither with whom nor about what (product rule 6)."""
    # Here, because only who invites needs it.
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"{made_at:%Y%m%d%H%M%S}-{number}@rustpunt")
    event.add("dtstamp", made_at)
    event.add("sequence", version)
    event.add("dtstart", at)
    event.add("dtend", at + LASTS)
    event.add("summary", title)
    if place:
        event.add("location", place)
    calendar = Calendar()
    calendar.add("prodid", "-//Rustpunt//NL")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
