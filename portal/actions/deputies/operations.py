"""What a deputy gets: the actions of who is away, and word of what is late in the first hour."""

from datetime import datetime
from typing import Any

from portal.accounts.absence.queries import away_on, deputies
from portal.accounts.absence.rules import present, set_for
from portal.accounts.models import Absence, Person
from portal.actions.deputies import queries, rules
from portal.actions.models import Action
from portal.actions.queries import title_of
from portal.actions.rules import FINISHED
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Incident
from portal.incidents.operations import log
from portal.incidents.team.operations import let_stand_in, tell_once
from portal.policy import COORDINATOR, LEADERSHIP


def hand_to_deputy(absence: Absence, actor: Person | None, now: datetime) -> None:
    """An absence begins: in every open incident the work goes to who stands in, if he or she may know of it.

    Only who was set as deputy of a function joins, and in that function: anybody may report an own absence, and
    must not bring in by it whom he or she likes.
    """
    away, by_function = away_on(local(now).date()), deputies()
    deputy = present(absence.person, away)
    for incident, functions, actions in queries.work_of(absence.person):
        joins = set_for(deputy, functions, by_function)
        stands_in = deputy is not None and let_stand_in(incident, deputy, joins, actor=actor, now=now)
        if deputy and stands_in:
            _hand(incident, actions, deputy, absence, actor, now)
        else:
            _nobody(incident, actions, absence, actor, now)
        if COORDINATOR in functions or not stands_in:
            for person in queries.who_leads(incident, COORDINATOR, LEADERSHIP, away=away):
                tell_once(incident, person, "absence", actor=actor, now=now)


def _hand(
    incident: Incident, actions: list[Action], deputy: Person, absence: Absence, actor: Person | None, now: datetime
) -> None:
    # What is here because of another absence stays marked with that one: it goes back to its own owner.
    own = [action.id for action in actions if action.absence_id is None]
    Action.update(handed_by=absence.person, absence=absence).where(Action.id.in_(own)).execute()
    _give(actions, deputy)
    titles = _titles(actions) or rules.NO_ACTIONS
    _say(incident, "deputy.has", actor, now, who=absence.person.name, deputy=deputy.name, titles=titles)
    _record("hand-over", incident, actor, now, absence=absence.id, actions=_ids(actions), to=deputy.id)
    tell_once(incident, deputy, "action", actor=actor, now=now)


def _nobody(incident: Incident, actions: list[Action], absence: Absence, actor: Person | None, now: datetime) -> None:
    """The actions stay."""
    _say(incident, "deputy.nobody", actor, now, who=absence.person.name, n=len(actions))
    _record("nobody-stands-in", incident, actor, now, absence=absence.id, actions=_ids(actions))


def give_back(absence: Absence, actor: Person | None, now: datetime) -> None:
    """An absence ends: what is unfinished, and was given to nobody else by hand, goes back; on the team only."""
    person = absence.person
    for incident, actions in queries.handed_during(absence):
        unfinished = [action for action in actions if action.state not in FINISHED]
        on_team = person.id in {row.person_id for row in incidents.team(incident)}
        if unfinished and on_team and not person.is_administrator and not incidents.is_kept_out(incident, person.id):
            Action.update(handed_by=None).where(Action.id.in_(_ids(unfinished))).execute()
            _give(unfinished, person)
            _say(incident, "deputy.back", actor, now, who=person.name, titles=_titles(unfinished))
            _record("give-back", incident, actor, now, absence=absence.id, actions=_ids(unfinished), to=person.id)
            tell_once(incident, person, "action", actor=actor, now=now)
    Action.update(absence=None).where(Action.absence == absence).execute()


def tell_late(now: datetime) -> None:
    """The worker's round: who has to hear of what is late in the first hour gets a mail, once."""
    for incident, actions in queries.to_tell(now).items():
        _tell_late(incident, actions, now)


def _tell_late(incident: Incident, actions: list[Action], now: datetime) -> None:
    with db.atomic():
        runs = incidents.fresh(incident).state == OPEN
        actions = [action for action in actions if runs and _claim(action, now)]
        if not actions:
            return
        away, by_function = away_on(local(now).date()), deputies()
        told: dict[int, Person] = {}
        there = {row.person_id for row in incidents.team(incident)}
        for action in actions:
            deputy = queries.deputy_for(action, away, by_function)
            # To hear of it is no reason to be more on the team than one is already.
            new = deputy is not None and deputy.id not in there
            joins = set_for(deputy, [queries.function_of(action)], by_function) if new else []
            told |= {one.id: one for one in _who_hears(incident, action, deputy, joins, away, now)}
        names = [person.name for person in told.values()]
        _say(incident, "late.told" if told else "late.nobody", None, now, titles=_titles(actions), who=names)
        record(
            "plan:late:tell", f"incident:{incident.id}", actor_id=None, now=now, actions=_ids(actions), told=list(told)
        )
        for person in told.values():
            tell_once(incident, person, "late", actor=None, now=now)


def _claim(action: Action, now: datetime) -> bool:
    """One worker tells, and nobody of what was done or planned anew since it was read."""
    said = rules.next_told(action.told, action.due_at, now)
    unchanged = (Action.id == action.id) & (Action.version == action.version) & (Action.told == action.told)
    return bool(Action.update(told=said).where(unchanged).execute())


def _who_hears(
    incident: Incident, action: Action, deputy: Person | None, joins: list[str], away: dict[int, Absence], now: datetime
) -> list[Person]:
    """The deputy at first, leadership later, and at once where no deputy can be told."""
    later = rules.next_told(action.told, action.due_at, now) == rules.TOLD_LEADERSHIP
    heard_before = abs(action.told) == rules.TOLD_DEPUTY
    hears: list[Person] = []
    if deputy and not heard_before and let_stand_in(incident, deputy, joins, actor=None, now=now):
        hears = [deputy]
    if hears and not later:
        return hears
    Action.update(told=rules.TOLD_LEADERSHIP).where(Action.id == action.id).execute()
    # A deputy who heard of it half an hour ago is not told again.
    but = {*away, deputy.id} if deputy and heard_before else {*away}
    return hears + queries.who_leads(incident, LEADERSHIP, COORDINATOR, away=but)


def _give(actions: list[Action], person: Person) -> None:
    """By the portal, so it does not count as touched by hand; who has it open is told of the change."""
    Action.update(assignee=person, version=Action.version + 1).where(Action.id.in_(_ids(actions))).execute()


def _ids(actions: list[Action]) -> list[int]:
    return [action.id for action in actions]


def _titles(actions: list[Action]) -> Any:
    return [title_of(action) for action in actions]


def _say(incident: Incident, event: str, actor: Person | None, now: datetime, **values: Any) -> None:
    log(incident, "plan", rules.EVENTS[event], author=actor, now=now, **values)


def _record(verb: str, incident: Incident, actor: Person | None, now: datetime, **detail: Any) -> None:
    by = actor.id if actor else None
    record(f"plan:absence:{verb}", f"incident:{incident.id}", actor_id=by, now=now, **detail)
