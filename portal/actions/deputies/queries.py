"""Finding what goes over to a deputy, and what is late in the first hour."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.accounts.absence.queries import away_on, deputies
from portal.accounts.absence.rules import present
from portal.accounts.models import Absence, Person
from portal.actions.deputies import rules
from portal.actions.models import TODO, Action
from portal.actions.queries import newest_wishes, plan_rows
from portal.actions.rules import FINISHED, gate_state, standing_of
from portal.clock import local
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Incident, Involved, Membership
from portal.incidents.queries import may_see
from portal.incidents.rules import flags
from portal.policy import COORDINATOR, LEADERSHIP
from portal.protocol.queries import protocol


def work_of(person: Person) -> list[tuple[Incident, list[str], list[Action]]]:
    """Open incidents that need somebody in the place of this person: functions there, and unfinished actions.

    Those with an action of theirs, and those they coordinate, which is work without an action.
    """
    found = []
    for incident in incidents.open_for(person):
        functions = [row.function for row in incidents.team(incident) if row.person_id == person.id]
        theirs = [a for a in plan_rows(incident) if a.assignee_id == person.id and a.state not in FINISHED]
        if theirs or COORDINATOR in functions:
            found.append((incident, functions, theirs))
    return found


def handed_during(absence: Absence) -> list[tuple[Incident, list[Action]]]:
    """Actions that still are where this absence brought them, finished or not, per incident that still runs."""
    there = Action.select(Action.incident).where(Action.absence == absence)
    rows = Incident.select().where(Incident.state == OPEN, Incident.id.in_(there))
    return [(one, [a for a in plan_rows(one) if a.absence_id == absence.id]) for one in rows]


def who_leads(incident: Incident, *order: str, away: Iterable[int]) -> list[Person]:
    """Who is there with the first of these functions that anybody on the team has today."""
    there = [row for row in incidents.team(incident) if row.person_id not in set(away)]
    by_function = ([row.person for row in there if row.function == function] for function in order)
    return next((people for people in by_function if people), [])


def _open_actions() -> Any:
    return (
        Action.select(Action, Incident, Involved, Person)
        .join_from(Action, Incident)
        .join_from(Action, Involved, JOIN.LEFT_OUTER, on=(Action.victim == Involved.id))
        .join_from(Action, Person, JOIN.LEFT_OUTER, on=(Action.assignee == Person.id))
        .where(Action.state.not_in(FINISHED), Incident.state == OPEN)
        .order_by(Action.due_at, Action.position)
    )


def _late(rows: Iterable[Action], now: datetime) -> list[Action]:
    """Those of the first hour that are late: a wish that is waited for keeps an action from being so."""
    early = [a for a in rows if rules.in_first_hour(a.flag, protocol(a.incident.protocol_id).steps.get(a.step))]
    gated = {action.incident_id for action in early if action.gate}
    wishes = newest_wishes(gated) if gated else {}

    def gate(action: Action) -> str:
        said = [wishes.get((action.victim_id, subject)) for subject in (action.gate, "safety")]
        return gate_state(action.gate, *(wish.answer if wish else None for wish in said))

    return [action for action in early if standing_of(action.state, action.due_at, gate(action), now) == "late"]


def _lately_due(now: datetime) -> Any:
    return Action.state.in_([TODO, "doing"]) & (Action.due_at < now) & (Action.due_at > now - rules.OLD_NEWS)


def to_tell(now: datetime) -> dict[Incident, list[Action]]:
    """Late actions of the first hour that somebody else has to hear of now, per incident."""
    found: dict[Incident, list[Action]] = {}
    # Asked every other second: few rows of one index, and most often none.
    late = Action.select(Action.id).where(_lately_due(now), Action.told.between(-rules.TOLD_DEPUTY, rules.TOLD_DEPUTY))
    ids = [number for (number,) in late.tuples()]
    for action in _late(_open_actions().where(Action.id.in_(ids)), now) if ids else ():
        if rules.next_told(action.told, action.due_at, now) > abs(action.told):
            found.setdefault(action.incident, []).append(action)
    return found


def function_of(action: Action) -> str:
    """Who should do this as the protocol or the flag says; what members say of it brings nobody onto a team."""
    return flags()[action.flag]["who"] if action.flag else protocol(action.incident.protocol_id).steps[action.step].who


def deputy_for(action: Action, away: dict[int, Absence], by_function: dict[str, Person]) -> Person | None:
    """Who stands in for whoever should do this; nobody when that is the one who has it already."""
    absent = away.get(action.assignee_id)
    deputy = present(absent.person if absent else None, away) or present(by_function.get(function_of(action)), away)
    return None if deputy is None or deputy.id == action.assignee_id else deputy


def handed_over_by(person: Person) -> Any:
    """Unfinished actions that were this person's and are somebody else's now, most urgent first."""
    elsewhere = (Action.assignee != person) | (Action.assignee.is_null() & (Action.outsider != ""))
    return _open_actions().where(Action.handed_by == person, elsewhere, may_see(person))


def told_late_to(person: Person, now: datetime) -> list[Action]:
    """Late actions of the first hour of others that this person has to know of: as deputy, or leading."""
    told = _open_actions().where(
        _lately_due(now),
        Action.told != rules.NOT_TOLD,
        Action.assignee.is_null() | (Action.assignee != person),
        may_see(person),
    )
    rows = _late(told, now)
    if not rows:
        return []
    away, by_function = away_on(local(now).date()), deputies()
    leads = Membership.select(Membership.incident).where(
        Membership.person == person, Membership.function.in_([LEADERSHIP, COORDINATOR])
    )
    led = {incident_id for (incident_id,) in leads.tuples()}
    return [
        action
        for action in rows
        if (abs(action.told) == rules.TOLD_LEADERSHIP and action.incident_id in led)
        or (action.told > rules.NOT_TOLD and deputy_for(action, away, by_function) == person)
    ]
