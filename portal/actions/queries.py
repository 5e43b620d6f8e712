"""Finding actions and wishes."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal.accounts.models import Person
from portal.actions.models import Action, Wish
from portal.actions.rules import FINISHED, may_change
from portal.db import moment_of
from portal.errors import N_
from portal.incidents.models import OPEN, Incident, Involved, Membership
from portal.incidents.queries import may_see
from portal.incidents.rules import flags, label
from portal.policy import COORDINATOR, LEADERSHIP, Standing
from portal.prepared import Prepared, columns_of, given, loaded, rows_of
from portal.protocol.queries import protocol
from portal.protocol.rules import default_phases

Changer = Person.alias()
# Of an action without a title: what another school does besides what it was asked, in words that may hold names.
OWN_OF_OTHERS = {"message": N_("What the other school does itself")}
PLANNING = re.compile(r"/incidents/[^/]+/plan/(\d{1,9})/planning#how")

# For the list of incidents, in SQL: whether an action `a` still has to be done, whether such a one is late at `:now`,
# and the number of its phase (NULL without one). All that they read stands in the index `action_unfinished`. They say
# what `gate_state` and `standing_of` of `rules` say; a test compares them.
UNFINISHED = "a.state NOT IN ('done', 'not-needed')"
_SAID = "(SELECT w.answer FROM wish w WHERE w.victim_id = a.victim_id AND w.subject = {} ORDER BY w.id DESC LIMIT 1)"
_WISH, _SAFETY = _SAID.format("a.gate"), _SAID.format("'safety'")
_GATE_OPEN = f"""CASE a.gate
    WHEN '' THEN 1
    WHEN 'police' THEN {_WISH} IS NOT NULL
    WHEN 'parents' THEN ({_WISH} = 'yes' AND {_SAFETY} = 'yes') OR ({_WISH} = 'override' AND {_SAFETY} IN ('yes', 'no'))
    ELSE {_WISH} IN ('yes', 'override') END"""
LATE = f"a.due_at < :now AND {_GATE_OPEN}"
PHASE_NUMBER = "CASE a.phase " + " ".join(f"WHEN '{p.key}' THEN {p.number}" for p in default_phases()) + " END"


def current_phase_is(number: int) -> str:
    """The SQL condition that an incident `i` is in this phase: the first one with something that has to be done."""
    keys = [f"'{phase.key}'" for phase in default_phases()[:number]]
    earlier = f" AND NOT {_still_in(', '.join(keys[:-1]))}" if keys[:-1] else ""
    return _still_in(keys[-1]) + earlier


def _still_in(phases: str) -> str:
    return f"EXISTS (SELECT 1 FROM action a WHERE a.incident_id = i.id AND {UNFINISHED} AND a.phase IN ({phases}))"  # noqa: S608


def plan_of(incident: Incident) -> Any:
    """All actions of an incident with who does them and for which victim, calls of red flags first."""
    return (
        Action.select(Action, Person, Involved, Changer)
        .join_from(Action, Changer, JOIN.LEFT_OUTER, on=(Action.changed_by == Changer.id))
        .join_from(Action, Person, JOIN.LEFT_OUTER, on=(Action.assignee == Person.id))
        .join_from(Action, Involved, JOIN.LEFT_OUTER, on=(Action.victim == Involved.id))
        .where(Action.incident == incident)
        .order_by(Action.position, Action.id)
    )


class Who(NamedTuple):
    """Of a person of the school, what a line of the plan shows."""

    id: int
    name: str
    phone: str


class Numbered(NamedTuple):
    """A person involved, without a name."""

    id: int
    number: int


class Line:
    """An action as it is read only: the plan has dozens, and a model takes ten times as long to make."""

    __slots__ = (
        "after_id", "assignee", "assignee_id", "changed_at", "changed_by", "contact", "dropped", "due_at",
        "flag", "function", "gate", "handed_by_id", "how", "id", "incident", "more", "outcome", "outsider",
        "overridden", "phase", "place", "state", "step", "title", "told", "touched", "version", "victim",
        "victim_id",
    )  # fmt: skip

    def __init__(self, incident: Incident, row: tuple[Any, ...]) -> None:
        (
            self.id, self.step, self.flag, self.title, self.phase, self.gate, self.function, self.outsider, due,
            self.place, self.how, self.after_id, self.state, self.outcome, self.contact, self.overridden, self.dropped,
            self.touched, changed, self.version, self.told, self.victim_id, self.assignee_id, self.handed_by_id, number,
            name, phone, changer_id, changer, changer_phone, *more,
        ) = row  # fmt: skip
        self.more = tuple(more)
        self.incident = incident
        self.due_at, self.changed_at = moment_of(due) if due else None, moment_of(changed)
        self.victim = Numbered(self.victim_id, number) if self.victim_id else None
        self.assignee = Who(self.assignee_id, name, phone) if self.assignee_id else None
        self.changed_by = Who(changer_id, changer, changer_phone) if changer_id else None


# What a higher package joins to the lines of a plan, with columns that come last; filled in `portal.wiring`.
joined: list[Callable[[Any], Any]] = []


@Prepared
def _lines() -> Any:
    a = Action
    columns = (
        a.id, a.step, a.flag, a.title, a.phase, a.gate, a.function, a.outsider, a.due_at, a.place,
        a.how, a.after, a.state, a.outcome, a.contact, a.overridden, a.dropped, a.touched,
        a.changed_at, a.version, a.told, a.victim, a.assignee, a.handed_by, Involved.number, Person.name, Person.phone,
        Changer.id, Changer.name, Changer.phone,
    )  # fmt: skip
    lines = plan_of(given()).select(*columns)
    for join in joined:
        lines = join(lines)
    return lines


def plan_lines(incident: Incident) -> list[Line]:
    """The plan to read, calls of red flags first."""
    return [Line(incident, row) for row in _lines(incident.id)]


OF_ROW = (Action, Involved, Person, Changer)


@Prepared
def _rows() -> Any:
    return plan_of(given()).select(*columns_of(*OF_ROW)).where((Action.id == given()) | given())


def _actions(incident: Incident, action_id: int | None) -> list[Action]:
    """All of the plan, or one, each knowing its incident, victim and people without asking for them again."""
    return [_action(incident, row) for row in _rows(incident.id, action_id, action_id is None)]


def _action(incident: Incident, row: tuple[Any, ...]) -> Action:
    action: Action
    action, *others = rows_of(row, *OF_ROW)
    action.incident = incident
    for name, one in zip(("victim", "assignee", "changed_by"), others, strict=True):
        if one is not None:
            setattr(action, name, one)
    return action


def plan_rows(incident: Incident) -> list[Action]:
    return _actions(incident, None)


def action_in(incident: Incident, action_id: int) -> Action | None:
    """An action of this incident; one of another incident is not there."""
    return next(iter(_actions(incident, action_id)), None)


def to_tick(incident: Incident, step: str, victims: Iterable[int | None], standing: Standing) -> list[Action]:
    """Unfinished actions of a step that this member may finish, for a page that offers to tick them off.

    Of these victims, and of nobody in particular.
    """
    about = {None, *victims}
    return [
        action
        for action in plan_rows(incident)
        if action.step == step
        and action.victim_id in about
        and action.state not in FINISHED
        and may_change(
            standing, assignee_id=action.assignee_id, function=action.function, told=action.told, state=action.state
        )
    ]


@Prepared
def _steps() -> Any:
    return Action.select(Action.id, Action.step, Action.state, Action.after).where(
        Action.incident == given(), Action.step != ""
    )


def steps_taken(incident: Incident) -> list[tuple[int, str, str, int | None]]:
    """Number, step, state and what it waits for, of each action from the protocol."""
    return [(number, step, state, after) for number, step, state, after in _steps(incident.id)]


def own_ids(incident: Incident, standing: Standing) -> Any:
    """Actions given to this member by name, to narrow another query with."""
    return Action.select(Action.id).where(Action.incident == incident, Action.assignee == standing.person_id)


def ids_in_phase(incident: Incident, phase: str) -> Any:
    """Ids of the incident's actions in one phase, as a query."""
    return Action.select(Action.id).where(Action.incident == incident, Action.phase == phase)


def own_people(incident: Incident, standing: Standing) -> Any:
    """People involved whom this member's own actions are about."""
    return Action.select(Action.victim).where(Action.incident == incident, Action.assignee == standing.person_id)


def _over_incidents(person: Person) -> Any:
    """Actions of all open incidents that this person may see, with incident and victim."""
    return (
        Action.select(Action, Incident, Involved)
        .join_from(Action, Incident)
        .join_from(Action, Involved, JOIN.LEFT_OUTER, on=(Action.victim == Involved.id))
        .where(Incident.state == OPEN, may_see(person))
    )


def unfinished_of(person: Person) -> Any:
    """Actions this person still has to do, over all open incidents, most urgent first."""
    mine = (Action.assignee == person) & Action.state.not_in(FINISHED)
    return _over_incidents(person).where(mine).order_by(Action.due_at.asc(nulls="last"), Action.position)


def finished_of(person: Person, since: datetime) -> Any:
    """Actions this person finished since then, newest first."""
    mine = (Action.assignee == person) & Action.state.in_(FINISHED) & (Action.changed_at >= since)
    return _over_incidents(person).where(mine, ~Action.dropped).order_by(Action.changed_at.desc(), Action.id)


def _leads(person: Person, function: str) -> Any:
    """Incidents in whose team this person has the function."""
    return Membership.select(Membership.incident).where(Membership.person == person, Membership.function == function)


def closed_for(person: Person) -> Any:
    """Unfinished actions to which a victim said no, or for which home is not safe, where this person is leadership."""
    later = Wish.alias()
    newer = later.select().where(later.victim == Wish.victim, later.subject == Wish.subject, later.id > Wish.id)
    subject = (Wish.subject == Action.gate) | ((Wish.subject == "safety") & (Action.gate == "parents"))
    refused = Wish.select().where(Wish.victim == Action.victim, subject, Wish.answer == "no", ~fn.EXISTS(newer))
    return (
        _over_incidents(person)
        .where(
            Action.gate != "",
            Action.state.not_in(FINISHED),
            Incident.id.in_(_leads(person, LEADERSHIP)),
            fn.EXISTS(refused),
        )
        .order_by(Action.due_at, Action.id)
    )


def nobodys_for(person: Person, until: datetime) -> Any:
    """Incidents this person coordinates that have actions of nobody due until then, each with their `number`."""
    return (
        _over_incidents(person)
        .select(Incident, fn.COUNT(Action.id).alias("number"))
        .where(
            Action.assignee.is_null(),
            Action.outsider == "",
            Action.state.not_in(FINISHED),
            Action.due_at < until,
            Incident.id.in_(_leads(person, COORDINATOR)),
        )
        .group_by(Incident.id)
        .order_by(Incident.reported_at.desc())
    )


def is_about(person: Involved) -> bool:
    """Whether a wish of this person, or an action somebody worked on, is kept."""
    touched = Action.select().where(Action.victim == person, Action.touched)
    return bool(Wish.select().where(Wish.victim == person).exists() or touched.exists())


def newest_wishes(incident_ids: Any) -> dict[tuple[int, str], Wish]:
    """The wish that counts per victim and subject, of one or more incidents."""
    rows = (
        Wish.select(Wish, Person)
        .join_from(Wish, Involved)
        .join_from(Wish, Person, on=(Wish.recorded_by == Person.id))
        .where(Involved.incident.in_(incident_ids))
        .order_by(Wish.id)
    )
    return {(wish.victim_id, wish.subject): wish for wish in rows}


@Prepared
def _wishes() -> Any:
    return Wish.select().join(Involved).where(Involved.incident == given()).order_by(Wish.id)


def wishes_of(incident: Incident) -> tuple[dict[tuple[int, str], Wish], dict[tuple[int, str], Wish]]:
    """Per victim and subject the wish that counts, and the newest override there ever was."""
    wishes = [loaded(Wish, row) for row in _wishes(incident.id)]
    overrides = {(wish.victim_id, wish.subject): wish for wish in wishes if wish.answer == "override"}
    return {(wish.victim_id, wish.subject): wish for wish in wishes}, overrides


def history(victim_id: int, subject: str) -> Any:
    """Everything a victim said on a subject, newest first."""
    return (
        Wish.select(Wish, Person)
        .join(Person)
        .where(Wish.victim == victim_id, Wish.subject == subject)
        .order_by(Wish.id.desc())
    )


def title_of(action: Action | Line, *, one_victim: bool = False) -> Any:
    """What has to be done, as a text in both languages or a message; a victim is numbered, never named.

    With `one_victim` there is nobody to be mistaken for, and the number is left out.
    """
    step = protocol(action.incident.protocol_id).steps.get(action.step)
    title: Any = step.title if step else action.title or OWN_OF_OTHERS
    if action.flag:
        title = flags()[action.flag]["call_title"]
    if one_victim or action.victim is None or not step or not step.gate:
        return title
    return {"message": "%(title)s: %(who)s", "values": {"title": title, "who": label("victim", action.victim.number)}}


def may_plan_at(incident: Incident, standing: Standing, place: str) -> bool:
    """Whether a draft's place is the planning of an action that this member may change."""
    match = PLANNING.fullmatch(place)
    action = action_in(incident, int(match[1])) if match else None
    return action is not None and may_change(standing, assignee_id=action.assignee_id, function=action.function)
