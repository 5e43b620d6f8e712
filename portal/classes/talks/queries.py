"""The classes of an incident, and the conversations with them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action, Wish
from portal.actions.queries import plan_rows, wishes_of
from portal.actions.rules import FINISHED, gate_state
from portal.actions.rules import may_change as may_change_action
from portal.classes.talks import rules
from portal.classes.talks.models import CANCELLED, HELD, PLANNED, ClassTalk, Worry
from portal.db import moment_of
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Involved, Unrest
from portal.incidents.unrest.rules import Bar, chart
from portal.policy import Standing, as_class, incident_verbs
from portal.prepared import Prepared, given
from portal.protocol.queries import protocol


def talks_of(incident: Incident) -> Any:
    """All conversations with their leaders, newest first."""
    return (
        ClassTalk.select(ClassTalk, Person)
        .join(Person, pw.JOIN.LEFT_OUTER, on=(ClassTalk.leader == Person.id))
        .where(ClassTalk.incident == incident)
        .order_by(ClassTalk.id.desc())
    )


def talk_in(incident: Incident, talk_id: int) -> ClassTalk | None:
    """A conversation of this incident; one of another incident is not there."""
    found: ClassTalk | None = talks_of(incident).where(ClassTalk.id == talk_id).first()
    if found is not None:
        found.incident = incident
    return found


def running(incident: Incident, class_name: str) -> list[ClassTalk]:
    """Conversations with a class that are planned."""
    rows = ClassTalk.select().where(ClassTalk.incident == incident, ClassTalk.state == PLANNED)
    return [talk for talk in rows if as_class(talk.class_name) == as_class(class_name)]


def worries_of(talk: ClassTalk) -> Any:
    """Worries with who wrote them and the actions that take them on."""
    return (
        Worry.select(Worry, Person, Action)
        .join_from(Worry, Person)
        .join_from(Worry, Action, pw.JOIN.LEFT_OUTER)
        .where(Worry.talk == talk)
        .order_by(Worry.id)
    )


@Prepared
def _noted() -> Any:
    here = Incident.select(Incident.id).where((Incident.id == given()) | (Incident.joined_into == given()))
    columns = (Unrest.class_name, Unrest.at, Unrest.value)
    return Unrest.select(*columns).where(Unrest.incident.in_(here), Unrest.class_name != "").order_by(Unrest.at)


def noted(incident: Incident) -> dict[str, list[tuple[datetime, int]]]:
    """Moments and degrees of unrest per class, oldest first; by the class as it is compared."""
    found: dict[str, list[tuple[datetime, int]]] = {}
    for name, at, value in _noted(incident.id, incident.id):
        found.setdefault(as_class(name), []).append((moment_of(at), value))
    return found


def victims_in(people: list[Involved], class_name: str) -> list[Involved]:
    """The victims of our school in a class, out of these people."""
    here = as_class(class_name)
    return [
        one for one in people if one.part == "victim" and one.school != "other" and as_class(one.class_name) == here
    ]


def without_class(incident: Incident, standing: Standing) -> list[Involved]:
    """Victims of our school whose class nobody wrote down yet, for who reads of all people."""
    if not standing.may("people", "read"):
        return []
    return [one for one in incidents.victims(incident) if not one.class_name and one.school != "other"]


def is_touched(talk: ClassTalk) -> bool:
    """Whether the situation names its class, as everybody on the team reads."""
    return as_class(talk.class_name) in map(as_class, talk.incident.classes)


@dataclass
class ClassRow:
    """One class for one reader. Who does not read all of it gets no advice, no victims, and perhaps no name."""

    name: str
    shown: str  # "" for a class that this reader may not know of by name
    reads_all: bool
    may_change: bool
    may_decide: bool
    advice: tuple[str, str] | None = None
    victims: list[Involved] = field(default_factory=list)
    gate: str = "open"
    talk: ClassTalk | None = None
    before: list[ClassTalk] = field(default_factory=list)
    unrest: int | None = None
    bars: list[Bar] = field(default_factory=list)


def board(incident: Incident, standing: Standing, now: datetime) -> list[ClassRow]:
    """Every class that something is known of, those of the reader first; the same number of statements at any size."""
    view = _Board(incident, standing, now)
    rows = [view.row(name) for name in view.names()]
    return sorted(rows, key=lambda row: (not standing.mentors(row.name), not row.victims, not row.shown, row.name))


class _Board:
    def __init__(self, incident: Incident, standing: Standing, now: datetime) -> None:
        self.incident, self.standing, self.now = incident, standing, now
        self.talks = list(talks_of(incident))
        self.people = [one for one in incidents.involved(incident) if one.class_name and one.school != "other"]
        self.unrest = noted(incident)
        self.wishes = wishes_of(incident)[0]
        self.touched = {as_class(name) for name in incident.classes}

    def names(self) -> list[str]:
        """Each class once, as it was written first; those known by a pupil alone only for who reads of that pupil."""
        written = [*self.incident.classes, *(talk.class_name for talk in self.talks)]
        written += [
            one.class_name
            for one in self.people
            if one.part in ("victim", "suspect", "spreader") and rules.reads_all(self.standing, one.class_name)
        ]
        return list({as_class(name): name for name in reversed(written)}.values())[::-1]

    def row(self, name: str) -> ClassRow:
        key, standing = as_class(name), self.standing
        talks = [talk for talk in self.talks if as_class(talk.class_name) == key]
        talk = next((one for one in talks if one.state != CANCELLED), None)
        values = self.unrest.get(key, [])
        leader = talk.leader_id if talk else None
        row = ClassRow(
            name=name,
            shown=name if rules.reads_all(standing, name, leader) or key in self.touched else "",
            reads_all=rules.reads_all(standing, name, leader),
            may_change=rules.may_change(standing, name, leader),
            may_decide=rules.may_decide(standing, name),
            talk=talk,
            before=[one for one in talks if one is not talk],
            unrest=values[-1][1] if values else None,
            bars=chart(values, self.incident.reported_at, self.incident.ended_at or self.now),
        )
        if row.reads_all:
            self._tell(row, key)
        return row

    def _tell(self, row: ClassRow, key: str) -> None:
        """What only those see who read all of a class."""
        row.victims = victims_in(self.people, row.name)
        row.gate = gate_of(self.wishes, row.victims)
        row.may_decide = rules.may_decide(self.standing, row.name, victim=bool(row.victims))
        suspects = [
            one for one in self.people if one.part in ("suspect", "spreader") and as_class(one.class_name) == key
        ]
        facts = rules.ClassFacts(bool(row.victims), bool(suspects), key in self.touched, row.unrest)
        row.advice = rules.advise(facts, self.incident.spread, self.incident.unrest)


def gate_of(wishes: dict[tuple[int, str], Wish], victims: list[Involved]) -> str:
    """'open', 'waiting' or 'closed': of several victims in one class the most careful answer counts."""
    found = [wishes.get((victim.id, "class")) for victim in victims]
    states = {gate_state("class", wish and wish.answer) for wish in found}
    return next((state for state in ("closed", "waiting") if state in states), "open")


def known_of(talk: ClassTalk, standing: Standing) -> tuple[list[Involved], str]:
    """The victims in the class of a conversation and how their wish stands, for who reads all of it."""
    if not rules.reads_all(standing, talk.class_name, talk.leader_id):
        return [], "open"
    victims = victims_in(list(incidents.involved(talk.incident)), talk.class_name)
    return victims, gate_of(wishes_of(talk.incident)[0], victims)


def to_tick(talk: ClassTalk, victims: list[Involved], standing: Standing) -> list[Action]:
    """The plan's actions that are done once this conversation was held, as far as this member may finish them."""
    step = step_of(victims)
    about = {victim.id for victim in victims} | {None}
    return [
        action
        for action in plan_rows(talk.incident)
        if action.step == step
        and action.victim_id in about
        and action.state not in FINISHED
        and may_change_action(
            standing, assignee_id=action.assignee_id, function=action.function, told=action.told, state=action.state
        )
    ]


def step_of(victims: list[Involved]) -> str:
    """The step of the protocol that such a conversation belongs to."""
    return "victim-class" if victims else "other-classes"


def title_of_step(incident: Incident, victims: list[Involved]) -> Any:
    """Its name in both languages."""
    return protocol(incident.protocol_id).steps[step_of(victims)].title


def leaders(incident: Incident) -> list[Person]:
    """Who on the team can lead: those who may note what came of it."""
    found: dict[int, Person] = {}
    for row in incidents.team(incident):
        if incident_verbs("classes", [row.function]) & {"change", "change-own"}:
            found[row.person_id] = row.person
    return list(found.values())


def readers_of_worries(incident: Incident, class_name: str) -> list[Person]:
    """Who on the team may read a worry of this class, and so can take it on."""
    people = incidents.team_people(incident)
    return [one for one in people if rules.reads_worry(incidents.standing(incident, one), class_name, 0)]


def own_people(incident: Incident, standing: Standing) -> Any:
    """Victims in whose class this member leads the conversation."""
    leads = (ClassTalk.leader == standing.person_id) & ClassTalk.state.in_([PLANNED, HELD])
    return ClassTalk.select(ClassTalk.victim).where(ClassTalk.incident == incident, leads)


def behind(action: Action, standing: Standing) -> str:
    """Where the conversation is after which this worry was written down; '' for who sees no classes."""
    found = Worry.select(Worry.talk).where(Worry.action == action).first() if standing.sees("classes") else None
    return f"/classes/{found.talk_id}" if found else ""


def moments() -> Any:
    """Conversations to come and classes to come back to, for 'next contact': see the columns of the others."""
    planned = (ClassTalk.state == PLANNED) & ClassTalk.planned_at.is_null(False)
    back = (ClassTalk.state == HELD) & ClassTalk.follow_up_on.is_null(False) & ClassTalk.followed_up_at.is_null()
    return ClassTalk.select(
        ClassTalk.incident,
        pw.SQL("'classes'"),
        pw.SQL("NULL"),
        ClassTalk.leader,
        pw.Case(None, [(ClassTalk.state == PLANNED, ClassTalk.planned_at)], ClassTalk.follow_up_on),
        pw.Case(None, [(ClassTalk.state == PLANNED, pw.SQL("'class'"))], pw.SQL("'follow-up'")),
        ClassTalk.id,
    ).where(planned | back)
