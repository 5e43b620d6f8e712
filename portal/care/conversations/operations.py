"""Planning a conversation, preparing it, and writing down what came of it."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import add_action, check_gate_of, tick
from portal.audit.operations import record
from portal.care.conversations import queries, rules
from portal.care.conversations.models import CANCELLED, HELD, Conversation
from portal.care.notes.operations import write as write_note
from portal.db import db
from portal.errors import N_, Invalid, NotAllowed
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs, log
from portal.incidents.team.operations import tell
from portal.policy import Standing
from portal.prepared import claim

EVENTS = {
    "planned": N_("Conversation planned with %(who)s."),
    "changed": N_("Conversation with %(who)s: other time, place or people."),
    "held": N_("Conversation held with %(who)s."),
    "added": N_("Added to the conversation with %(who)s."),
    "cancelled": N_("Conversation with %(who)s called off."),
}


def plan(
    incident: Incident, kind: str, values: dict[str, Any], *, standing: Standing, actor: Person, now: datetime
) -> Conversation:
    """A conversation to come, or one that was held already. No wish stops planning. Raises `Invalid`."""
    card = rules.cards()[kind]
    if values["about_id"] is None:
        if kind not in rules.TOGETHER:
            raise Invalid("about", N_("Choose with whom."))
    elif values["about_id"] not in queries.possible(incident, card, standing):
        raise Invalid("about", N_("Choose one of the answers given."))
    _check_leader(incident, values["leader_id"], standing)
    with db.atomic():
        check_runs(incident)
        made = Conversation.create(**values, incident=incident, kind=kind, made_by=actor, made_at=now)
        conversation = _loaded(incident, standing, made.id)
        _record("plan", conversation, actor, now)
        _log("plan", "planned", conversation, actor, now)
        if conversation.leader_id != actor.id:
            tell(incident, conversation.leader, "action", actor=actor, now=now)
    return conversation


def _loaded(incident: Incident, standing: Standing, number: int) -> Conversation:
    found = queries.find(incident, standing, number)
    assert found
    return found


def _check_leader(incident: Incident, person_id: int, standing: Standing) -> None:
    if person_id not in {one.id for one in queries.leaders(incident, standing)}:
        raise Invalid("leader", N_("Choose one of the answers given."))


def _record(verb: str, conversation: Conversation, actor: Person, now: datetime) -> None:
    about = conversation.about_id
    what, subject = (
        ("conversation", f"involved:{about}") if about else ("group", f"incident:{conversation.incident_id}")
    )
    record(f"care:{what}:{verb}", subject, actor_id=actor.id, now=now, conversation=conversation.id)


def _log(kind: str, event: str, conversation: Conversation, actor: Person, now: datetime, **values: Any) -> None:
    who = queries.with_whom(conversation)
    log(conversation.incident, kind, EVENTS[event], author=actor, now=now, who=who, **values)


def _claim(conversation: Conversation, version: int, change: dict[str, Any], standing: Standing) -> None:
    """Store a change of what is still to come. Raises `NotAllowed`, `Refused` and `ChangedMeanwhile`."""
    if not rules.may_change(standing, conversation.leader_id):
        raise NotAllowed
    check_runs(conversation.incident)
    rules.check_planned(Conversation.get_by_id(conversation.id).state)
    claim(conversation, version, change)


def change(
    conversation: Conversation,
    values: dict[str, Any],
    *,
    version: int,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """When, where, who leads it and who else is there. Raises as `plan`, and `ChangedMeanwhile`."""
    incident, before = conversation.incident, conversation.leader_id
    if values["leader_id"] != before:
        _check_leader(incident, values["leader_id"], standing)
    with db.atomic():
        _claim(conversation, version, values, standing)
        _record("change", conversation, actor, now)
        _log("plan", "changed", conversation, actor, now)
        if conversation.leader_id != before:
            tell(incident, conversation.leader, "action", actor=actor, now=now)


def prepare(
    conversation: Conversation, typed: dict[str, str], *, version: int, standing: Standing, actor: Person, now: datetime
) -> None:
    """Adapt the card to these people. Raises `ChangedMeanwhile`."""
    card = rules.cards()[conversation.kind].adapted(typed)
    with db.atomic():
        _claim(conversation, version, {"card": card}, standing)
        _record("prepare", conversation, actor, now)


def check_gate(conversation: Conversation) -> None:
    """Refuse what the pupil's wish does not open: inviting and holding, never planning. Raises `GateClosed`."""
    card, pupil = rules.cards()[conversation.kind], queries.pupil_of(conversation.about)
    rules.check_child_known(card, queries.parts_of(pupil) if pupil else ())
    gate = queries.gated(card, conversation.about)
    if gate:
        check_gate_of(pupil, gate)


def hold(
    conversation: Conversation,
    values: dict[str, Any],
    *,
    version: int,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Write down what came of it: agreed for all who read it, feelings for who cares, the confidential part as a note.

    A next step becomes an action of the actor; `tick` also finishes the plan's action of this conversation. Raises
    `GateClosed`, `ChangedMeanwhile`, and as those operations do.
    """
    incident, card = conversation.incident, rules.cards()[conversation.kind]
    at = min(values["held_at"] or conversation.planned_at or now, now)
    with db.atomic():
        check_gate(conversation)
        said = {"state": HELD, "held_at": at, "agreed": values["agreed"], "feelings": values["feelings"]}
        _claim(conversation, version, said, standing)
        if values["confidential"]:
            note = {"text": values["confidential"], "about": conversation.about_id, "at": at}
            write_note(incident, note, actor=actor, now=now)
        if values["next_step"]:
            _add_next_step(conversation, values, card, standing, actor, now)
        if values["tick"] and card.step:
            pupil = queries.pupil_of(conversation.about)
            tick(incident, card.step, pupil and pupil.id, values["agreed"], standing=standing, actor=actor, now=now)
        _record("hold", conversation, actor, now)
        _log("talk", "held", conversation, actor, now, text=values["agreed"], contact=card.contact, at=at)


def _add_next_step(
    conversation: Conversation,
    values: dict[str, Any],
    card: rules.Card,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    step = {"title": values["next_step"], "due_at": values["next_at"], "contact": card.contact, "phase": "react"}
    own = {"assignee_id": actor.id, "outsider": "", "after_id": None}
    made = add_action(conversation.incident, {**step, **own}, standing=standing, actor=actor, now=now)
    Conversation.update(next_action=made).where(Conversation.id == conversation.id).execute()


def add(conversation: Conversation, part: str, text: str, *, standing: Standing, actor: Person, now: datetime) -> None:
    """Add to what was written down, which stays as it is (product rule 10). Raises `Refused` and `NotAllowed`."""
    if not rules.may_change(standing, conversation.leader_id):
        raise NotAllowed
    with db.atomic():
        check_runs(conversation.incident)
        fresh = Conversation.get_by_id(conversation.id)
        rules.check_held(fresh.state)
        line = {"at": now.isoformat(), "by": actor.name, "part": part, "text": text}
        Conversation.update(additions=[*fresh.additions, line], version=Conversation.version + 1).where(
            Conversation.id == conversation.id
        ).execute()
        _record("add", conversation, actor, now)
        # What somebody felt never stands in the logbook, which more people read.
        _log("talk", "added", conversation, actor, now, **({"text": text} if part == rules.AGREED else {}))


def cancel(
    conversation: Conversation, reason: str, *, version: int, standing: Standing, actor: Person, now: datetime
) -> None:
    """Call it off, with the reason. Raises `ChangedMeanwhile`."""
    with db.atomic():
        _claim(conversation, version, {"state": CANCELLED, "reason": reason}, standing)
        _record("cancel", conversation, actor, now)
        _log("decision", "cancelled", conversation, actor, now, text=reason)
