"""The plan as a reader sees it: phases with their rows, each with how it stands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from portal.actions import queries, rules
from portal.actions.models import Action, Wish
from portal.actions.queries import Line
from portal.clock import local
from portal.incidents import queries as incidents
from portal.incidents.models import Incident
from portal.incidents.rules import Someone
from portal.policy import Standing
from portal.protocol.queries import protocol
from portal.protocol.rules import Phase, Protocol, Step


class Beside(NamedTuple):
    """What stands beside the plan: a message without a name, and where it leads within the incident."""

    message: dict[str, Any]
    path: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What another school was asked: `who` it is; `title` in place of the action's own; what is the matter in `words`,
    what is `next` for us, and where below the incident that is done (`path`, '' for who may not). All but `who` can be
    empty.
    """

    who: str
    title: str
    words: str
    next: str
    path: str
    needs_us: bool


# What a higher package makes of what it joined to a line (`queries.joined`); filled in `portal.wiring`.
asked: list[Callable[[Action | Line, Standing, datetime], Asked | None]] = []
# What higher packages put beside the plan for this member, now; filled in `portal.wiring`.
beside: list[Callable[[Incident, Standing, datetime], Iterable[Beside]]] = []
# Of an action that somebody added: where within the incident it came from, or '' if not from there or not to be read
# by this member; filled in `portal.wiring`.
came_from: list[Callable[[Action, Standing], str]] = []


@dataclass(slots=True)
class Row:
    """One action with everything its line and its panel show."""

    action: Action | Line
    step: Step | None
    title: Any
    status: str
    gate: str  # open, waiting or closed
    wish: Wish | None
    safety: Wish | None
    override: Wish | None  # the newest by leadership, also when the victim said something else since
    mine: bool
    may_change: bool
    may_read_text: bool
    no_longer_applies: bool
    finished: bool
    asked: Asked | None


@dataclass
class PhaseRows:
    """A phase with its rows, counted once; `done` of `total` leaves out what is not needed."""

    phase: Phase
    rows: list[Row]

    @cached_property
    def total(self) -> int:
        return sum(row.status != "not-needed" for row in self.rows)

    @cached_property
    def done(self) -> int:
        return sum(row.status == "done" for row in self.rows)

    @cached_property
    def late(self) -> int:
        """Of our own: what another school is late with says nothing of us."""
        return sum(row.status == "late" and not row.no_longer_applies and not row.asked for row in self.rows)


@dataclass
class Board:
    """The whole plan."""

    calls: list[Row]
    phases: list[PhaseRows]
    free: list[Row]
    answers: dict[str, str]  # to the red-flag questions
    people: tuple[Someone, ...]  # who has two parts stands there once for each

    @property
    def rows(self) -> list[Row]:
        return [*self.calls, *(row for phase in self.phases for row in phase.rows), *self.free]


def board(incident: Incident, standing: Standing, now: datetime) -> Board:
    """The plan of an incident for one reader; the same number of statements whatever its size."""
    view = _View(incident, standing, now)
    calls: list[Row] = []
    free: list[Row] = []
    phases: dict[str, list[Row]] = {phase.key: [] for phase in view.protocol.phases}
    for line in queries.plan_lines(incident):
        place = calls if line.flag else phases.get(line.phase, free)
        place.append(view.row(line))
    return Board(
        calls=calls,
        phases=[PhaseRows(phase, phases[phase.key]) for phase in view.protocol.phases],
        free=free,
        answers=view.answers,
        people=view.people,
    )


def one_row(action: Action, standing: Standing, now: datetime) -> Row:
    """A single action as its panel shows it."""
    return _View(action.incident, standing, now).row(action)


class _View:
    """What is the same for all rows of one reader at one moment."""

    def __init__(self, incident: Incident, standing: Standing, now: datetime) -> None:
        self.standing, self.now = standing, now
        self.protocol: Protocol = protocol(incident.protocol_id)
        self.wishes, self.overrides = queries.wishes_of(incident)
        today: date = local(now).date()
        facts = incidents.facts(incident, today)
        wanted = rules.wanted(self.protocol, facts)
        self.wanted = {(want.step.key, want.victim_id) for want in wanted}
        self.flags = set(facts.flags)
        self.one_victim = sum(one.part == "victim" for one in facts.people) == 1
        self.answers, self.people = facts.answers, facts.people
        self.reads_all = standing.may("log", "read")
        self.changes_all = standing.may("plan", "change")

    def row(self, action: Action | Line) -> Row:
        wish = self.wishes.get((action.victim_id, action.gate)) if action.gate else None
        safety = self.wishes.get((action.victim_id, "safety")) if action.gate else None
        gate = rules.gate_state(action.gate, wish and wish.answer, safety and safety.answer)
        mine = action.assignee_id == self.standing.person_id
        status = rules.standing_of(action.state, action.due_at, gate, self.now)
        others = next(filter(None, (of(action, self.standing, self.now) for of in asked)), None)
        return Row(
            action=action,
            step=self.protocol.steps.get(action.step),
            title=(others and others.title) or queries.title_of(action, one_victim=self.one_victim),
            status=status,
            gate=gate,
            wish=wish,
            safety=safety,
            override=self.overrides.get((action.victim_id, action.gate)) if action.gate else None,
            mine=mine,
            may_change=self.changes_all
            or rules.may_change(
                self.standing,
                assignee_id=action.assignee_id,
                function=action.function,
                told=action.told,
                state=action.state,
            ),
            may_read_text=self.reads_all or mine,
            no_longer_applies=self._no_longer_applies(action),
            finished=status in rules.FINISHED,
            asked=others,
        )

    def _no_longer_applies(self, action: Action | Line) -> bool:
        if action.touched or action.state != "todo":
            return False
        if action.flag:
            return action.flag not in self.flags
        return bool(action.step) and (action.step, action.victim_id) not in self.wanted
