"""Keeping the plan in step with what is known: steps come when their condition becomes true."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions import queries, rules
from portal.actions.models import NOT_NEEDED, TODO, Action
from portal.actions.rules import Wanted
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.errors import N_
from portal.incidents import queries as incidents
from portal.incidents.models import Incident
from portal.incidents.operations import log
from portal.incidents.rules import Facts, flags
from portal.policy import FUNCTION_NAMES
from portal.protocol.queries import protocol
from portal.school.queries import closed_days

EVENTS = {
    "plan.made": N_("The plan was made: %(n)s actions."),
    "plan.step": N_("Added because of what is known now: %(what)s."),
    "plan.back": N_("Applies again: %(what)s."),
    "plan.free": N_("%(who)s left; these actions need somebody else: %(titles)s."),
    "plan.given": N_("%(n)s actions are for %(who)s, the %(function)s on the team."),
}


def make(incident: Incident, *, actor: Person | None, now: datetime) -> None:
    """The first plan of a new incident; joins the transaction of the report."""
    made = _fill(incident, actor, now)
    log(incident, "plan", EVENTS["plan.made"], author=None, now=now, n=len(made))


def adjust(incident: Incident, actor: Person, now: datetime) -> None:
    """What is known changed: add what applies now, and say so. What no longer applies is only offered to drop."""
    for action, event in _fill(incident, actor, now):
        what = queries.title_of(action)
        log(incident, "plan", event, author=None, now=now, what=what, action_id=action.id)


def _fill(incident: Incident, actor: Person | None, now: datetime) -> list[tuple[Action, str]]:
    """Create what is wanted and missing, and take up what was dropped; gives these with their event."""
    facts = incidents.facts(incident, local(now).date())
    there = queries.plan_rows(incident)
    known: dict[tuple[str, int | None], Action] = {
        (action.step, action.victim_id): action for action in there if action.step
    }
    maker = _Maker(incident, facts, actor, now)
    news = [_call(maker, key) for key in facts.flags if key not in {a.flag for a in there if a.flag}]
    for want in rules.wanted(protocol(incident.protocol_id), facts):
        action = known.get((want.step.key, want.victim_id)) or _adopt(known, want)
        if action is None:
            news.append((maker.step(want), EVENTS["plan.step"]))
        elif action.dropped:
            Action.update(state=TODO, dropped=False, version=Action.version + 1).where(Action.id == action.id).execute()
            news.append((action, EVENTS["plan.back"]))
        elif action.gate != want.gate:
            Action.update(gate=want.gate, version=Action.version + 1).where(Action.id == action.id).execute()
    _link_order(incident)
    return news


def _call(maker: "_Maker", key: str) -> tuple[Action, str]:
    return maker.call(key), EVENTS["plan.step"]


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
        self.by_function: dict[str, list[int]] = {}
        for row in incidents.team(incident):
            self.by_function.setdefault(row.function, []).append(row.person_id)

    def step(self, want: Wanted) -> Action:
        step = want.step
        return self._create(
            step=step.key,
            phase=step.phase,
            position=step.position * 10 + 100,
            victim=want.victim_id,
            gate=want.gate,
            function=step.who,
            # A step that comes later counts from then: it would be late at birth otherwise.
            due_at=rules.due_at(step, self.now, red_flag=bool(self.facts.flags), closed=self.closed),
        )

    def call(self, key: str) -> Action:
        flag = flags()[key]
        due = self.now + rules.minutes(flag["minutes"])
        return self._create(flag=key, position=list(flags()).index(key), function=flag["who"], due_at=due)

    def _create(self, **values: Any) -> Action:
        able = self.by_function.get(values["function"], [])
        action: Action = Action.create(
            **values,
            incident=self.incident,
            assignee=able[0] if len(able) == 1 else None,
            changed_at=self.now,
            changed_by=self.actor,
        )
        return action


def _link_order(incident: Incident) -> None:
    """Tie steps to the step that has to come before them."""
    steps = protocol(incident.protocol_id).steps
    actions = {action.step: action for action in Action.select().where(Action.incident == incident, Action.step != "")}
    for action in actions.values():
        before = actions.get(steps[action.step].after) if steps[action.step].after else None
        if before is not None and action.after_id is None and not action.touched:
            Action.update(after=before).where(Action.id == action.id).execute()


def give_to_new_member(incident: Incident, person: Person, function: str, now: datetime) -> None:
    """Whoever is the first with a function on the team gets what waits for it."""
    able = {row.person_id for row in incidents.team(incident) if row.function == function}
    if able != {person.id}:
        return
    waiting = (
        (Action.incident == incident)
        & (Action.function == function)
        & Action.assignee.is_null()
        & (Action.outsider == "")
        & Action.state.not_in(rules.FINISHED)
    )
    given = Action.update(assignee=person, version=Action.version + 1).where(waiting).execute()
    if given:
        name = {"message": FUNCTION_NAMES[function]}
        log(
            incident,
            "plan",
            EVENTS["plan.given"],
            author=None,
            now=now,
            n=given,
            who=person.name,
            function=name,
        )


def free_actions_of(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody left the team: what they still had to do waits for somebody else."""
    theirs = [
        action
        for action in queries.plan_rows(incident)
        if action.assignee_id == person.id and action.state not in rules.FINISHED
    ]
    if not theirs:
        return
    ids = [action.id for action in theirs]
    Action.update(assignee=None, version=Action.version + 1).where(Action.id.in_(ids)).execute()
    titles = [queries.title_of(action) for action in theirs]
    log(incident, "plan", EVENTS["plan.free"], author=None, now=now, who=person.name, titles=titles)


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Of a plan that ends because two incidents are joined, keep what somebody worked on."""
    with db.atomic():
        worked_on = (Action.incident == source) & ((Action.touched == True) | (Action.step == ""))  # noqa: E712
        flags_there = [action.flag for action in queries.plan_of(target) if action.flag]
        moving = worked_on & Action.flag.not_in(list(flags_there) or ["-"])
        moved = Action.update(incident=target, version=Action.version + 1).where(moving).execute()
        Action.update(state=NOT_NEEDED, dropped=True).where(
            Action.incident == source, Action.state.not_in(rules.FINISHED)
        ).execute()
        record("plan:actions:move", f"incident:{target.id}", actor_id=actor.id, now=now, moved=moved)
