"""What happens to the plan."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.accounts.queries import by_id
from portal.actions import queries, rules
from portal.actions.models import DONE, NOT_NEEDED, TODO, Action, Wish
from portal.actions.plan.operations import add_step, call_again, say
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, Invalid, NotAllowed, OrderRefused, Refused
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Incident, Involved
from portal.incidents.operations import answer_flag, check_on_team, log
from portal.incidents.rules import label
from portal.incidents.team.operations import tell
from portal.policy import Standing
from portal.prepared import claim
from portal.protocol.queries import protocol

EVENTS = {
    "state.done": N_("Done: %(what)s."),
    "state.not-needed": N_("Not needed: %(what)s."),
    "state.dropped": N_("Not needed, since it no longer applies to what is known now: %(what)s."),
    "state.doing": N_("Begun: %(what)s."),
    "state.todo": N_("To do again: %(what)s."),
    "state.daily": N_("Done for today: %(what)s."),
    "order.overridden": N_("Went on before the action that has to come first: %(what)s."),
    "action.added": N_("Action added: %(what)s."),
    "action.changed": N_("Action changed: %(what)s."),
    "action.given": N_("%(what)s: given to %(who)s."),
    "actions.handed": N_("Handed over to %(who)s: %(titles)s."),
    "wish.recorded": N_("Wish of %(who)s on %(subject)s: %(answer)s."),
    "safety.recorded": N_("Is it safe at home for %(who)s to tell the parents: %(answer)s."),
}


# Whom higher packages tell of other planning, as (action, names of columns, actor, now); filled in `portal.wiring`.
after_planning: list[Callable[[Action, set[str], Person, datetime], None]] = []


def _claim(action: Action, version: int, change: dict[str, Any], *, actor: Person, now: datetime) -> None:
    """Store a change if the action is still as it was read. Raises `ChangedMeanwhile`."""
    _check_open(action.incident)
    if "assignee_id" in change:
        outside = bool(change.get("outsider", action.outsider))
        giver = rules.handed_by(action.assignee_id, action.handed_by_id, change["assignee_id"], outside=outside)
        # Given on by hand it no longer goes back by itself when an absence ends.
        change = {**change, "handed_by_id": giver, "absence_id": None, "told": rules.given_on(action.told)}
    if change.get("due_at") and change["due_at"] > now:
        change = {**change, "told": 0}  # Late again it counts anew.
    said = {"touched": True, **change, "changed_at": now, "changed_by": actor}
    claim(action, version, said)


def _check_open(incident: Incident) -> None:
    if incidents.fresh(incident).state != OPEN:
        raise Refused(N_("This incident has ended."), N_("Open it again to change its plan."))


def _check_may(action: Action, standing: Standing) -> None:
    rules.check_may_change(
        standing, assignee_id=action.assignee_id, function=action.function, told=action.told, state=action.state
    )


def gate_answers(action: Action) -> tuple[str | None, str | None]:
    """The newest wish that gates this action, and the newest answer on safety at home."""
    if not action.gate:
        return None, None
    newest = queries.newest_wishes([action.incident_id])
    wish = newest.get((action.victim_id, action.gate))
    safety = newest.get((action.victim_id, "safety"))
    return (wish.answer if wish else None), (safety.answer if safety else None)


def set_state(
    action: Action,
    state: str,
    words: str,
    *,
    override: str = "",
    version: int,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Begin, finish, drop or take up an action again.

    `words` is what came of it or why it is not needed; `override` the reason to go on against the order.
    Raises `Invalid`, `GateClosed`, `OrderRefused`, `ChangedMeanwhile`, `NotAllowed`.
    """
    _check_may(action, standing)
    if state in rules.FINISHED and not words:
        asked = N_("Write in one line what came of it.") if state == DONE else N_("Write why it is not needed.")
        raise Invalid("words", asked)
    with db.atomic():
        if state in ("doing", DONE):
            rules.check_gate(action.gate, *gate_answers(action))
            _check_order(action, override, standing, actor, now)
        event, change = _next_state(action, state, words, now)
        _claim(action, version, change, actor=actor, now=now)
        subject = f"action:{action.id}"
        record(f"plan:action:{state}", subject, actor_id=actor.id, now=now, incident=action.incident_id)
        say(action, EVENTS[event], author=actor, now=now, text=words)


def tick(
    incident: Incident,
    step: str,
    victim_id: int | None,
    words: str,
    *,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> Action | None:
    """Finish the action of a step that was done on a page of its own; joins the caller's transaction.

    None when there is nothing to finish, or the actor may not change it. Raises as `set_state`.
    """
    action = next(iter(queries.to_tick(incident, step, [victim_id], standing)), None)
    if action is not None:
        set_state(action, DONE, words[:500], version=action.version, standing=standing, actor=actor, now=now)
    return action


def check_gate_of(victim: Involved, gate: str) -> None:
    """Refuse what a victim's wish does not open yet, outside the plan as in it. Raises `GateClosed`."""
    newest = queries.newest_wishes([victim.incident_id])
    wish, safety = newest.get((victim.id, gate)), newest.get((victim.id, "safety"))
    rules.check_gate(gate, wish and wish.answer, safety and safety.answer)


def _next_state(action: Action, state: str, words: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """The event and the columns that change; a daily step that is done comes back the next day."""
    step = protocol(action.incident.protocol_id).steps.get(action.step)
    if state == DONE and step and step.daily:
        due = rules.next_daily(now, action.due_at or now)
        return "state.daily", {"state": TODO, "outcome": words, "due_at": due}
    outcome = words if state in rules.FINISHED else action.outcome
    change = {"state": state, "outcome": outcome, "dropped": False}
    # Taken up again, it waits its turn again.
    return f"state.{state}", {**change, "overridden": False} if state == TODO else change


def _check_order(action: Action, override: str, standing: Standing, actor: Person, now: datetime) -> None:
    if action.after is None or action.overridden:
        return
    try:
        rules.check_order(action.after.state, action.after.step)
        return
    except OrderRefused:
        if not override:
            raise
    rules.check_may_override_order(standing)
    Action.update(overridden=True).where(Action.id == action.id).execute()
    say(action, EVENTS["order.overridden"], author=actor, now=now, kind="decision", text=override)


def change_planning(
    action: Action, values: dict[str, Any], *, version: int, standing: Standing, actor: Person, now: datetime
) -> None:
    """Who, when, where, how, and after what. Never refused by a gate (product rule 4). Raises as `set_state`."""
    _check_may(action, standing)
    values = _checked(action.incident, values, action)
    if not standing.may("plan", "change"):
        values = {**values, "function": action.function}
    _check_may_give(action, values["assignee_id"], standing)
    change = {name: value for name, value in values.items() if getattr(action, name) != value}
    if not change and version == action.version:
        return
    with db.atomic():
        given = change.get("assignee_id")
        _claim(action, version, change, actor=actor, now=now)
        record(
            "plan:action:change",
            f"action:{action.id}",
            actor_id=actor.id,
            now=now,
            incident=action.incident_id,
            fields=sorted(change),
        )
        if given:
            _give(action, given, actor, now)
        for tell_on in after_planning:
            tell_on(action, set(change), actor, now)
        if set(change) - {"assignee_id", "function"}:
            say(action, EVENTS["action.changed"], author=actor, now=now)


def _checked(incident: Incident, values: dict[str, Any], action: Action | None) -> dict[str, Any]:
    """Refuse somebody who is not on the team, and an order that bites its tail.

    An order that the protocol asks for stays (product rule 3): it is gone past with a reason, not planned away.
    """
    check_on_team(incident, "assignee", values.get("assignee_id"))
    if action is not None and _order_of_protocol(action):
        values = {**values, "after_id": action.after_id}
    before_id = values.get("after_id")
    if before_id:
        before = queries.action_in(incident, before_id)
        if before is None:
            raise Invalid("after", N_("Choose one of the answers given."))
        while before is not None:
            if action is not None and before.id == action.id:
                raise Invalid("after", N_("Then these actions would wait for each other."))
            before = before.after
    return values


def _check_may_give(action: Action, person_id: int | None, standing: Standing) -> None:
    """Only who changes any action takes one that is nobody's: with it come the names of whom it is about."""
    if action.assignee_id is None and person_id and not standing.may("plan", "change"):
        raise Invalid("assignee", N_("This action is nobody's yet. Ask the coordinator to give it to you."))


def _order_of_protocol(action: Action) -> bool:
    step = protocol(action.incident.protocol_id).steps.get(action.step)
    return bool(step and step.after)


def _give(action: Action, person_id: int, actor: Person, now: datetime) -> None:
    """Log who has the action now, and mail them, unless they took it themselves."""
    person = by_id(person_id)
    assert person
    say(action, EVENTS["action.given"], author=actor, now=now, who=person.name)
    tell(action.incident, person, "action", actor=actor, now=now)


def hand_over(
    incident: Incident, action_ids: list[int], person_id: int, *, standing: Standing, actor: Person, now: datetime
) -> int:
    """Give several actions to one team member at once (illness, the night). Gives how many changed hands."""
    actions = [action for action in queries.plan_rows(incident) if action.id in action_ids]
    if not actions:
        raise Invalid("actions", N_("Tick the actions to hand over."))
    _checked(incident, {"assignee_id": person_id}, None)
    with db.atomic():
        for action in actions:
            _check_may(action, standing)
            _check_may_give(action, person_id, standing)
            give = {"assignee_id": person_id} if action.assignee_id != person_id else {}
            _claim(action, action.version, {**give, "outsider": ""}, actor=actor, now=now)
        person = by_id(person_id)
        assert person
        ids = [action.id for action in actions]
        record(
            "plan:actions:hand-over", f"incident:{incident.id}", actor_id=actor.id, now=now, actions=ids, to=person.id
        )
        what = EVENTS["actions.handed"]
        titles = [queries.title_of(action) for action in actions]
        log(incident, "plan", what, author=actor, now=now, who=person.name, titles=titles)
        tell(incident, person, "action", actor=actor, now=now)
    return len(actions)


def add_action(
    incident: Incident, values: dict[str, Any], *, standing: Standing, actor: Person, now: datetime
) -> Action:
    """Add a free action, or a step of the protocol that is not in the plan. Raises `Invalid`."""
    values = dict(values)
    step = protocol(incident.protocol_id).steps.get(values.pop("step", ""))
    if not step and not values.get("title"):
        raise Invalid("title", N_("Write what has to be done, or choose a step of the protocol."))
    if step and values.get("title"):
        raise Invalid("title", N_("Choose a step, or write something else; not both."))
    if step and any(action.step == step.key for action in queries.plan_rows(incident)):
        raise Invalid("step", N_("This step is in the plan already."))
    _checked(incident, values, None)
    if not standing.may("plan", "change") and values.get("assignee_id") not in (None, actor.id):
        raise NotAllowed
    if step and step.gate and values.get("assignee_id") and not standing.may("plan", "change"):
        raise Invalid("assignee", N_("With this action come names. Ask the coordinator to give it to you."))
    with db.atomic():
        _check_open(incident)
        made = add_step(incident, step.key, actor, now) if step else [_free(incident, values, actor, now)]
        for action in made:
            if step:
                _plan_as_asked(action, values, standing)
            record("plan:action:add", f"action:{action.id}", actor_id=actor.id, now=now, incident=incident.id)
            say(action, EVENTS["action.added"], author=actor, now=now)
            if action.assignee_id:
                _give(action, action.assignee_id, actor, now)
    return made[0]


def _free(incident: Incident, values: dict[str, Any], actor: Person, now: datetime) -> Action:
    action: Action = Action.create(**values, incident=incident, touched=True, changed_at=now, changed_by=actor)
    return action


def _plan_as_asked(action: Action, values: dict[str, Any], standing: Standing) -> None:
    """What was typed with a step that is added by hand; the rest is as the protocol says."""
    names = ["function", "assignee_id", "outsider", "due_at", "place", "how"]
    typed = {name: values[name] for name in names if values.get(name)}
    if values.get("after_id") and not _order_of_protocol(action):
        typed["after_id"] = values["after_id"]
    if action.gate and not standing.may("plan", "change"):
        typed["assignee_id"] = None
    Action.update(**typed, touched=True).where(Action.id == action.id).execute()
    for name, value in typed.items():
        setattr(action, name, value)


def record_wish(
    victim: Involved, subject: str, values: dict[str, Any], *, standing: Standing, actor: Person, now: datetime
) -> None:
    """Write down what the victim wants, or whether home is safe; an override only by leadership.

    On 'safety' the answer follows from what was said in `detail`; no safe home raises the red flag with its call.
    Raises `NotAllowed`, `Invalid`.
    """
    if subject == "safety":
        values = {**values, "answer": rules.safety_answer(values["detail"])}
    override = values["answer"] == "override"
    if not standing.may("wishes", "override" if override else "change"):
        raise NotAllowed
    _check_reasons(subject, values)
    with db.atomic():
        _check_open(victim.incident)
        wish = Wish.create(victim=victim, subject=subject, recorded_by=actor, recorded_at=now, **values)
        record("care:wish:record", f"involved:{victim.id}", actor_id=actor.id, now=now, wish=wish.id)
        _log_wish(wish, actor, now)
        if subject == "safety" and wish.answer == "no":
            answer_flag(victim.incident, rules.HONOUR, "yes", actor=actor, now=now)
            # Also when the flag was up: its call may have been closed as not needed.
            call_again(victim.incident, rules.HONOUR, now)


def _check_reasons(subject: str, values: dict[str, Any]) -> None:
    """What has to be said with an answer. Raises `Invalid`, and `Refused` where nobody can override."""
    if values["answer"] == "override":
        if not rules.may_be_overridden(subject):
            raise Refused(
                N_("An apology or a restorative talk happens only when the victim wants it."),
                N_("Nobody can override that. Ask again later, when the victim is ready for it."),
            )
        if not values["words"]:
            raise Invalid("words", N_("Write why the wish is overridden. The reason stays with the action."))
        rules.check_override(bool(values.get("told_before")), values.get("told_note", ""))
    elif subject == "police" and values["answer"] == "not-asked" and not values["words"]:
        raise Invalid("words", N_("Write why it was not asked."))


def _log_wish(wish: Wish, actor: Person, now: datetime) -> None:
    """A line of the logbook; an answer of the victim is contact with the victim, at the moment of asking."""
    override, safety = wish.answer == "override", wish.subject == "safety"
    answers = rules.SAFETY_ANSWERS if safety else rules.WISH_ANSWERS
    met = {} if override or wish.answer == "not-asked" else {"contact": "victim", "at": wish.asked_at or now}
    log(
        wish.victim.incident,
        "decision" if override else "talk",
        EVENTS["safety.recorded" if safety else "wish.recorded"],
        author=actor,
        now=now,
        who=label("victim", wish.victim.number),
        subject={"message": rules.WISH_SUBJECTS[wish.subject]},
        answer={"message": answers[wish.answer]},
        text=wish.words,
        **met,
    )


def drop_inapplicable(action: Action, *, version: int, standing: Standing, actor: Person, now: datetime) -> None:
    """Take out an untouched action whose condition is no longer true."""
    _check_may(action, standing)
    with db.atomic():
        _claim(action, version, {"state": NOT_NEEDED, "dropped": True, "touched": False}, actor=actor, now=now)
        record("plan:action:drop", f"action:{action.id}", actor_id=actor.id, now=now, incident=action.incident_id)
        say(action, EVENTS["state.dropped"], author=actor, now=now)
