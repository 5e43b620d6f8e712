"""Keeping the plan in step with what is known: steps come when their condition becomes true."""

from datetime import datetime
from typing import Any

from portal.accounts.absence.queries import away_until
from portal.accounts.models import Person
from portal.actions import queries, rules
from portal.actions.models import DONE, NOT_NEEDED, TODO, Action, Wish
from portal.actions.rules import Wanted
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.errors import N_
from portal.incidents import queries as incidents
from portal.incidents.models import DRAFT, Incident, Involved
from portal.incidents.operations import log
from portal.incidents.rules import Facts, flags
from portal.incidents.team import queries as on_team
from portal.policy import FUNCTION_NAMES
from portal.prepared import update
from portal.protocol.queries import protocol
from portal.school.queries import closed_days

EVENTS = {
    "plan.made": N_("The plan was made. Number of actions: %(n)s."),
    "plan.step": N_("Added because of what is known now: %(what)s."),
    "plan.back": N_("Applies again: %(what)s."),
    "plan.free": N_("%(who)s left; these actions need somebody else: %(titles)s."),
    "plan.given": N_("Number of actions that are now for %(who)s (%(function)s): %(n)s."),
}


def make(incident: Incident, *, actor: Person | None, now: datetime) -> None:
    """The first plan of a new incident; joins the transaction of the report."""
    made = _fill(incident, actor, now, [])
    log(incident, "plan", EVENTS["plan.made"], author=None, now=now, n=len(made))


def adjust(incident: Incident, actor: Person, now: datetime) -> None:
    """What is known changed: add what applies now, and say so. What no longer applies is only offered to drop."""
    for action, event in _fill(incident, actor, now, queries.plan_rows(incident)):
        say(action, event, author=None, now=now)


def say(action: Action, event: str, *, author: Person | None, now: datetime, kind: str = "plan", **values: Any) -> None:
    """A line of the logbook about one action."""
    what = queries.title_of(action)
    log(action.incident, kind, event, author=author, now=now, what=what, action_id=action.id, **values)


def _fill(incident: Incident, actor: Person | None, now: datetime, there: list[Action]) -> list[tuple[Action, str]]:
    """Create what is wanted and missing, and take up what was dropped; gives these with their event."""
    facts = incidents.facts(incident, local(now).date())
    known: dict[tuple[str, int | None], Action] = {
        (action.step, action.victim_id): action for action in there if action.step
    }
    maker = _Maker(incident, facts, actor, now)
    calls = {action.flag for action in there if action.flag}
    news = [(maker.call(key), EVENTS["plan.step"]) for key in facts.flags if key not in calls]
    for want in rules.wanted(protocol(incident.protocol_id), facts):
        action = known.get((want.step.key, want.victim_id)) or _adopt(known, want)
        if action is None:
            news.append((maker.step(want), EVENTS["plan.step"]))
        elif action.dropped:
            _take_up(action)
            news.append((action, EVENTS["plan.back"]))
        elif action.gate != want.gate:
            Action.update(gate=want.gate, version=Action.version + 1).where(Action.id == action.id).execute()
    _link_order(incident)
    return news


def _take_up(action: Action) -> None:
    Action.update(state=TODO, dropped=False, version=Action.version + 1).where(Action.id == action.id).execute()


def add_step(incident: Incident, key: str, actor: Person, now: datetime) -> list[Action]:
    """A step added by hand, with its gate and order; once per victim where a wish gates it."""
    facts = incidents.facts(incident, local(now).date())
    maker = _Maker(incident, facts, actor, now)
    made = [maker.step(want) for want in rules.by_hand(protocol(incident.protocol_id).steps[key], facts)]
    _link_order(incident)
    return made


def _adopt(known: dict[tuple[str, int | None], Action], want: Wanted) -> Action | None:
    """A step that was in the plan for nobody in particular becomes that of the first victim."""
    action = known.pop((want.step.key, None), None) if want.victim_id else None
    if action is not None:
        Action.update(victim=want.victim_id, gate=want.gate).where(Action.id == action.id).execute()
        action.victim_id, action.gate = want.victim_id, want.gate
        known[want.step.key, want.victim_id] = action
    return action


class _Maker:
    """Makes actions of one incident at one moment."""

    def __init__(self, incident: Incident, facts: Facts, actor: Person | None, now: datetime) -> None:
        self.incident, self.facts, self.actor, self.now = incident, facts, actor, now
        self.closed = closed_days()
        self.able = _able(incident, now)

    def step(self, want: Wanted) -> Action:
        step = want.step
        return self._create(
            step=step.key,
            phase=step.phase,
            position=rules.place_in_plan(step),
            victim=want.victim_id,
            gate=want.gate,
            function=step.who,
            contact=step.contact,
            # A step that comes later counts from then: it would be late at birth otherwise.
            due_at=rules.due_at(step, self.now, red_flag=bool(self.facts.flags), closed=self.closed),
        )

    def call(self, key: str) -> Action:
        flag = flags()[key]
        due = self.now.replace(second=0) + rules.minutes(flag["minutes"])
        return self._create(flag=key, position=list(flags()).index(key), function=flag["who"], due_at=due)

    def _create(self, **values: Any) -> Action:
        able = self.able.get(values["function"], [])
        action: Action = Action.create(
            **values,
            incident=self.incident,
            assignee=able[0] if len(able) == 1 else None,
            changed_at=self.now,
            changed_by=self.actor,
        )
        return action


def _able(incident: Incident, now: datetime) -> dict[str, list[int]]:
    """Who does what waits for a function; nobody who is away today while a colleague with it is there."""
    away = away_until(local(now).date())
    by_function: dict[str, list[int]] = {}
    for person_id, function in on_team.functions_on(incident):
        by_function.setdefault(function, []).append(person_id)
    return {function: [one for one in able if one not in away] or able for function, able in by_function.items()}


def _link_order(incident: Incident) -> None:
    """Tie every action of a step to the step that has to come before it; advice that is there counts."""
    steps = protocol(incident.protocol_id).steps
    rows = queries.steps_taken(incident)
    for number, step, _state, after_id in rows:
        first = steps[step].after if step in steps else ""
        befores = sorted((row for row in rows if row[1] == first), key=lambda row: row[2] != DONE) if first else []
        if befores and after_id != befores[0][0]:
            update(Action, {"after": befores[0][0]}, id=number)


def call_again(incident: Incident, key: str, now: datetime) -> None:
    """A red flag that comes back after its call was closed unneeded asks for the call again."""
    for action in queries.plan_rows(incident):
        if action.flag == key and action.state == NOT_NEEDED:
            _take_up(action)
            say(action, EVENTS["plan.back"], author=None, now=now)


def give_to_new_member(incident: Incident, person: Person, function: str, now: datetime) -> None:
    """Whoever is the first with a function on the team, away colleagues aside, gets what waits for it."""
    if incident.state == DRAFT or _able(incident, now)[function] != [person.id]:
        return
    waiting = (
        (Action.incident == incident)
        & (Action.function == function)
        & Action.assignee.is_null()
        & (Action.outsider == "")
        & Action.state.not_in(rules.FINISHED)
    )
    given = Action.update(assignee=person, absence=None, version=Action.version + 1).where(waiting).execute()
    if given:
        name = {"message": FUNCTION_NAMES[function]}
        log(incident, "plan", EVENTS["plan.given"], author=None, now=now, n=given, who=person.name, function=name)


def free_actions_of(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody left the team: what they still had to do waits for somebody else."""
    theirs = [
        action
        for action in queries.plan_rows(incident)
        if action.assignee_id == person.id and action.state not in rules.FINISHED
    ]
    free(incident, theirs, person, now)


def free(incident: Incident, theirs: list[Action], person: Person, now: datetime) -> None:
    """These actions of somebody who does them no more wait for somebody else."""
    if not theirs:
        return
    ids = [action.id for action in theirs]
    Action.update(assignee=None, version=Action.version + 1).where(Action.id.in_(ids)).execute()
    titles = [queries.title_of(action) for action in theirs]
    log(incident, "plan", EVENTS["plan.free"], author=None, now=now, who=person.name, titles=titles)


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Of a plan that ends because two incidents are joined, keep what somebody worked on."""
    called = {action.flag for action in queries.plan_rows(target) if action.flag}
    worked_on = [
        action
        for action in queries.plan_rows(source)
        if not action.dropped
        and (action.touched or not (action.step or action.flag) or (action.flag and action.flag not in called))
    ]
    ids = [action.id for action in worked_on]
    with db.atomic():
        Action.update(incident=target, version=Action.version + 1).where(Action.id.in_(ids)).execute()
        # What an action had to wait for may have stayed behind; the order of the protocol is tied anew.
        stayed = Action.select(Action.id).where(Action.incident == source)
        Action.update(after=None).where(Action.id.in_(ids), Action.after.in_(stayed)).execute()
        Action.update(state=NOT_NEEDED, dropped=True).where(
            Action.incident == source, Action.state.not_in(rules.FINISHED)
        ).execute()
        _link_order(target)
        record("plan:actions:move", f"incident:{target.id}", actor_id=actor.id, now=now, moved=len(ids))


def merged(gone: Involved, kept: Involved, *, actor: Person, now: datetime) -> None:
    """Two victims are one: their wishes go on together, and no step stands twice unless somebody worked on both."""
    Wish.update(victim=kept).where(Wish.victim == gone).execute()
    rows = [action for action in queries.plan_rows(kept.incident) if action.victim_id in (gone.id, kept.id)]
    there = {action.step: action for action in rows if action.step and action.victim_id == kept.id}
    for action in rows:
        if action.victim_id == kept.id:
            continue
        twin = there.get(action.step)
        left = action if twin and not action.touched else twin if twin and not twin.touched else None
        if left is not action:
            Action.update(victim=kept, version=Action.version + 1).where(Action.id == action.id).execute()
        if left is not None:
            # It stays with the row that is gone, so that it is not taken up again as what this victim needs.
            dropped = {"state": NOT_NEEDED, "dropped": True, "victim": gone, "version": Action.version + 1}
            Action.update(**dropped).where(Action.id == left.id).execute()
