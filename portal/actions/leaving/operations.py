"""Somebody lost a function or left the school: the work goes to deputies, and somebody can still lead."""

from collections.abc import Iterable
from datetime import datetime

from portal.accounts.absence.queries import away_on, deputies
from portal.accounts.absence.rules import present, set_for
from portal.accounts.models import Person
from portal.accounts.queries import with_function
from portal.accounts.staff.rules import Handed
from portal.actions.deputies.queries import who_leads
from portal.actions.leaving.rules import EVENTS, by_function, needs_deputy
from portal.actions.models import Action
from portal.actions.plan.operations import free
from portal.actions.queries import plan_rows, title_of
from portal.actions.rules import FINISHED
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Incident
from portal.incidents.operations import log
from portal.incidents.rules import staff_may_be_suspected
from portal.incidents.team.operations import add_member, let_stand_in, tell_once, withdraw
from portal.policy import COORDINATOR, LEADERSHIP


def take_over(person: Person, functions: set[str] | None, actor: Person, now: datetime) -> Handed:
    """Take somebody off every team in these functions (None: in all), and give what they had to do to deputies."""
    handed = Handed()
    with db.atomic():
        for incident in list(incidents.with_member(person)):
            handed.add(_leave(incident, person, functions, actor, now))
    return handed


def _leave(incident: Incident, person: Person, functions: set[str] | None, actor: Person, now: datetime) -> Handed:
    team, handed = list(incidents.team(incident)), Handed()
    had = [row.function for row in team if row.person_id == person.id]
    lost = [function for function in had if functions is None or function in functions]
    if not lost:
        return handed
    runs = incident.state == OPEN
    if runs:
        open_ones = [a for a in plan_rows(incident) if a.assignee_id == person.id and a.state not in FINISHED]
        others = {row.function for row in team if row.person_id != person.id}
        for function, actions in by_function(open_ones, lost, all_lost=lost == had).items():
            if needs_deputy(function, actions, others):
                _give(incident, person, function, actions, handed, actor, now)
    withdraw(incident, person, lost, actor=actor, now=now)
    if runs and (handed.waiting or COORDINATOR in lost):
        for one in who_leads(incident, LEADERSHIP, COORDINATOR, away=()):
            tell_once(incident, one, "left", actor=actor, now=now)
    if runs and not incidents.can_lead(incident):
        handed.unled += not _find_lead(incident, actor, now)
    return handed


def _give(
    incident: Incident,
    person: Person,
    function: str,
    actions: list[Action],
    handed: Handed,
    actor: Person,
    now: datetime,
) -> None:
    """To the deputy of the function, if he or she may know of it; else the actions wait."""
    deputy = _deputy(incident, person, function, actor, now)
    if deputy is None:
        free(incident, actions, person, now)
        handed.waiting += len(actions)
        return
    ids = [action.id for action in actions]
    Action.update(assignee=deputy, version=Action.version + 1).where(Action.id.in_(ids)).execute()
    if ids:
        handed.given[deputy.id] += len(ids)
        titles = [title_of(action) for action in actions]
        log(incident, "plan", EVENTS["left.has"], author=None, now=now, deputy=deputy.name, titles=titles)
        tell_once(incident, deputy, "action", actor=actor, now=now)
    record("plan:leaving:hand-over", f"incident:{incident.id}", actor_id=actor.id, now=now, actions=ids, to=deputy.id)


def _deputy(incident: Incident, person: Person, function: str, actor: Person, now: datetime) -> Person | None:
    away, chosen = away_on(local(now).date()), deputies()
    deputy = present(chosen.get(function), away)
    if deputy is None or deputy.id == person.id:
        return None
    joins = set_for(deputy, [function], chosen)
    return deputy if let_stand_in(incident, deputy, joins, actor=actor, now=now) else None


def _find_lead(incident: Incident, actor: Person, now: datetime) -> bool:
    """Nobody on the team can lead: leadership joins, but not where a colleague may be suspected.

    There those hear of it who know of the incident already: its team, and who reported it and can choose.
    """
    if not staff_may_be_suspected(incidents.flag_answers(incident)):
        able = [one for one in with_function([LEADERSHIP]) if not incidents.is_kept_out(incident, one.id)]
        for one in able:
            add_member(incident, one, LEADERSHIP, actor=None, now=now)
        if able:
            return True
    log(incident, "team", EVENTS["left.unled"], author=None, now=now)
    reporters: Iterable[Person] = [report.reporter for report in incidents.reports(incident)]
    for one in {one.id: one for one in (*incidents.team_people(incident), *reporters)}.values():
        tell_once(incident, one, "left", actor=actor, now=now)
    return False
