"""Finding conversations, and with whom there can be one."""

from typing import Any

from peewee import JOIN, Case, Value

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.actions.queries import plan_lines, plan_rows
from portal.actions.rules import FINISHED, may_change
from portal.care.conversations.models import CANCELLED, PLANNED, Conversation
from portal.care.conversations.rules import TOGETHER, Card, Message, cards, gate_of, is_part, parents_of, whom
from portal.incidents.models import Incident, Involved
from portal.incidents.queries import people_visible, team
from portal.incidents.rules import label
from portal.policy import Standing, incident_verbs

Child = Involved.alias()


def visible(incident: Incident, standing: Standing) -> Any:
    """Conversations that this member may read: all, or those they lead; the next first."""
    rows = (
        Conversation.select(Conversation, Person, Involved, Child)
        .join_from(Conversation, Person, on=(Conversation.leader == Person.id))
        .join_from(Conversation, Involved, JOIN.LEFT_OUTER, on=(Conversation.about == Involved.id))
        .join_from(Involved, Child, JOIN.LEFT_OUTER, on=(Involved.child == Child.id), attr="child")
        .where(Conversation.incident == incident)
        .order_by(Conversation.planned_at.asc(nulls="first"), Conversation.id)
    )
    return rows if standing.may("conversations", "read") else rows.where(Conversation.leader == standing.person_id)


def find(incident: Incident, standing: Standing, number: int) -> Conversation | None:
    return visible(incident, standing).where(Conversation.id == number).first()  # type: ignore[no-any-return]


def parts_of(person: Involved) -> tuple[str, ...]:
    return (person.part, *person.also)


def pupil_of(person: Any) -> Any:
    """The pupil whom it is about: the child of a parent, else the person; None for nobody."""
    return (person.child or person) if person else None


def named_without(person: Involved, *, family: bool = False) -> Message:
    """Who somebody is, without a name; with `family` it is the parents of a pupil."""
    child = person.child if person.part == "parent" else None
    said = whom(person.part, person.number, label(child.part, child.number) if child else None)
    return parents_of(said) if family and person.part != "parent" else said


def with_whom(conversation: Conversation) -> Message:
    if conversation.about is None:
        return {"message": TOGETHER[conversation.kind]}
    return named_without(conversation.about, family=cards()[conversation.kind].parents)


def gated(card: Card, person: Involved | None) -> str:
    """The wish of the pupil that must be known before this conversation is held, or ''."""
    pupil = pupil_of(person)
    return gate_of(parents=card.parents, child_is_victim=pupil is not None and "victim" in parts_of(pupil))


def possible(incident: Incident, card: Card, standing: Standing) -> dict[int, Message]:
    """With whom this member can plan such a conversation: their parents first, or else the parents of a pupil."""
    if not card.whom:
        return {}
    people = {person.id: person for person in people_visible(incident, standing)}
    pupils = {number: one for number, one in people.items() if is_part(card.whom, parts_of(one))}
    if not card.parents:
        return {number: named_without(one) for number, one in pupils.items()}
    children = {one.child_id for one in people.values() if one.part == "parent"}
    found = {number: one for number, one in people.items() if one.part == "parent" and one.child_id in pupils}
    found |= {number: one for number, one in pupils.items() if number not in children}
    return {number: named_without(one, family=True) for number, one in found.items()}


def leaders(incident: Incident, standing: Standing) -> list[Person]:
    """Who can lead a conversation: of the team those who may write down what came of it; for some only themselves."""
    able = {
        row.person_id: row.person
        for row in team(incident)
        if incident_verbs("conversations", [row.function]) & {"change", "change-own"}
    }
    own = {} if standing.person_id not in able else {standing.person_id: able[standing.person_id]}
    return list((able if standing.may("conversations", "change") else own).values())


def asked_by_plan(incident: Incident) -> dict[str, Any]:
    """Kinds of conversation that an unfinished action of the plan asks for, with the first of these actions."""
    kinds = {card.step: key for key, card in cards().items() if card.step}
    found: dict[str, Any] = {}
    for line in plan_lines(incident):
        if line.step in kinds and line.state not in FINISHED:
            found.setdefault(kinds[line.step], line)
    return found


def to_tick(incident: Incident, step: str, victim_id: int | None, standing: Standing) -> Action | None:
    """The unfinished action that is done with this conversation, if this member may finish it."""
    for action in plan_rows(incident) if step else ():
        who = {"assignee_id": action.assignee_id, "function": action.function, "told": action.told}
        theirs = action.step == step and action.victim_id in (victim_id, None)
        if theirs and action.state not in FINISHED and may_change(standing, **who, state=action.state):
            return action
    return None


def own_people(incident: Incident, standing: Standing) -> Any:
    """People involved with whom, or with whose parents, this member leads a conversation."""
    leads = (Conversation.leader == standing.person_id) & (Conversation.state != CANCELLED)
    mine = Conversation.select(Conversation.about).where(Conversation.incident == incident, leads)
    return mine + Involved.select(Involved.child).where(Involved.id.in_(mine))


def behind(action: Action, standing: Standing) -> str:
    """Where the conversation is of which this action is the next step; '' for who may not read it."""
    found = visible(action.incident, standing).where(Conversation.next_action == action).first()
    return f"/conversations/{found.id}" if found else ""


def moments() -> Any:
    """Conversations to come, for who is next: incident, group, with whom, who leads, when, kind, row."""
    contact = Case(Conversation.kind, [(key, card.contact) for key, card in cards().items()], "")
    return Conversation.select(
        Conversation.incident,
        contact,
        Conversation.about,
        Conversation.leader,
        Conversation.planned_at,
        Value("conversation"),
        Conversation.id,
    ).where(Conversation.state == PLANNED, Conversation.planned_at.is_null(False))
