"""Which steps apply, when they are due, and when an action may not be done yet. Pure.

Source of the steps and due times: the six-phase poster for schools; of the gates: product rules 3, 4 and 8.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.clock import SCHOOL_ZONE, local
from portal.errors import N_, GateClosed, Invalid, NotAllowed, OrderRefused
from portal.incidents.rules import Facts, Someone
from portal.policy import COORDINATOR, LEADERSHIP, Standing
from portal.protocol.rules import Protocol, Step
from portal.school.rules import next_open

STATES = {"todo": N_("to do"), "doing": N_("doing"), "done": N_("done"), "not-needed": N_("not needed")}
WISH_SUBJECTS = {
    "parents": N_("telling the parents"),
    "rest": N_("a period of rest"),
    "buddies": N_("buddies"),
    "class": N_("a conversation in class"),
    "apology": N_("an apology or a restorative talk"),
    "police": N_("a police report"),
    "safety": N_("safe at home"),
}
WISH_ANSWERS = {
    "yes": N_("yes"),
    "no": N_("no"),
    "not-yet": N_("not yet"),
    "not-asked": N_("not asked"),
    "override": N_("overridden by leadership"),
}
# The safety check before parents are told; who is afraid of any of these is not safe at home.
SAFETY_QUESTIONS = {
    "violence": N_("Is there fear of violence or harsh punishment at home?"),
    "rejection": N_("Is there fear of being rejected or put out of the house?"),
    "honour": N_("Is there fear that the family sees this as a matter of honour?"),
}
SAFETY_ANSWERS = {"yes": N_("yes, it is safe"), "no": N_("no, it is not safe"), "not-yet": N_("not known yet")}
HONOUR = "honour"  # the red flag that somebody who is not safe at home raises
NEVER_OVERRIDDEN = ("apology",)  # an apology or a restorative talk is always in agreement with the victim
FINISHED = ("done", "not-needed")
# What a step of the protocol opens: the part of the incident and its address.
OPENS = {
    "people": ("people", "/people"),
    "scope": ("overview", "/situation"),
    "team": ("team", "/team"),
    "wishes": ("wishes", "/wishes"),
    "conversations": ("conversations", "/conversations"),
    "help": ("conversations", "/conversations/help"),
    "rest": ("rest", "/rest"),
    "buddies": ("buddies", "/buddies"),
    "classes": ("classes", "/classes"),
    "sheet": ("sheet", "/sheet"),
    "statement": ("statement", "/statement"),
    "letters": ("letters", "/letters"),
    "media": ("media", "/media"),
    "watch": ("watch", "/watch"),
    "links": ("links", "/links"),
}
OPEN_WORDS = {
    "people": N_("Open the people involved"),
    "scope": N_("Open the situation"),
    "team": N_("Open the team"),
    "wishes": N_("Open the wishes"),
    "conversations": N_("Open the conversations"),
    "help": N_("Open the help for parents"),
    "rest": N_("Open the period of rest"),
    "buddies": N_("Open the buddies"),
    "classes": N_("Open the class conversations"),
    "sheet": N_("Open the teacher sheet"),
    "statement": N_("Open the statement"),
    "letters": N_("Open the letters"),
    "media": N_("Open the media plan"),
    "watch": N_("Open the online watch"),
    "links": N_("Open the links with other schools"),
}
NIGHT_STARTS, NIGHT_ENDS, MORNING = time(22), time(7), time(8)
# Steps of two days or less do not wait for the end of the school's holiday.
SHORT_STEP_DAYS = 2
BEYOND_DEVICE = ("few", "class", "classes", "schools", "internet")
BEYOND_CLASS = ("classes", "schools", "internet")
UNREST_BEYOND_CLASS = 3
# In these cases the law or safety decides on the police, not the victim alone (product rules 4 and 8).
NO_POLICE_GATE = {"staff", "danger", "under-12"}


def _here(people: Iterable[Someone], part: str) -> list[Someone]:
    return [one for one in people if one.part == part]


def victims_here(facts: Facts) -> list[Someone]:
    """Victims who are, or may be, pupils of this school."""
    return [one for one in _here(facts.people, "victim") if one.school != "other"]


def _suspects(facts: Facts) -> list[Someone]:
    """Who is said to have made or spread it; passing it on is spreading."""
    return [one for one in facts.people if one.part in ("suspect", "spreader")]


def holds(condition: str, facts: Facts) -> bool:
    """Whether a step's condition is true for these facts."""
    suspects = _suspects(facts)
    if condition == "always":
        return True
    if condition == "victim-here":
        return bool(victims_here(facts)) or not _here(facts.people, "victim")
    if condition == "suspect-here":
        return any(one.school == "own" for one in suspects)
    if condition == "other-school":
        return any(one.school == "other" for one in [*suspects, *_here(facts.people, "victim")])
    if condition == "beyond-device":
        return facts.spread in BEYOND_DEVICE
    if condition == "beyond-class":
        restless = facts.unrest is not None and facts.unrest >= UNREST_BEYOND_CLASS
        return facts.spread in BEYOND_CLASS or restless or facts.classes > 1
    if condition == "suspect-12-17":
        return any(one.ages and one.ages[0] <= 17 and one.ages[1] >= 12 for one in suspects)
    raise ValueError(condition)


def gate_of(step: Step, facts: Facts) -> str:
    """Which wish gates a step here; the police one falls away where the victim does not decide alone."""
    if step.gate == "police" and NO_POLICE_GATE.intersection(facts.flags):
        return ""
    return step.gate


@dataclass(frozen=True)
class Wanted:
    """A step that belongs in the plan, for one victim when that victim's wish gates it."""

    step: Step
    victim_id: int | None
    gate: str


def wanted(protocol: Protocol, facts: Facts) -> list[Wanted]:
    """What the plan should hold, in the protocol's order; a gated step once per victim (product rule 4)."""
    steps, victims = protocol.steps.values(), victims_here(facts)
    true = {condition for condition in {step.when for step in steps} if holds(condition, facts)}
    return [row for step in steps if step.when in true for row in _for_victims(step, victims, facts)]


def by_hand(step: Step, facts: Facts) -> list[Wanted]:
    """A step that is added by hand: gated by the victims who may be ours, and if there are none by all."""
    return _for_victims(step, victims_here(facts) or _here(facts.people, "victim"), facts)


def _for_victims(step: Step, victims: list[Someone], facts: Facts) -> list[Wanted]:
    asked = victims if step.gate else []
    return [Wanted(step, one.id, gate_of(step, facts)) for one in asked] or [Wanted(step, None, "")]


def due_at(step: Step, reported_at: datetime, *, red_flag: bool, closed: list[tuple[date, date]]) -> datetime:
    """When a step is due, in UTC and whole minutes.

    Hours move out of the night unless a red flag is up; days move to an open day.
    """
    reported_at = reported_at.replace(second=0)
    if step.in_hours:
        moment = local(reported_at + step.due_in)
        return (moment if red_flag else out_of_night(moment)).astimezone(reported_at.tzinfo)
    start = local(reported_at)
    day = next_open(start.date() + step.due_in, closed, holidays_count=step.due > SHORT_STEP_DAYS)
    return datetime.combine(day, start.time(), SCHOOL_ZONE).astimezone(reported_at.tzinfo)


def out_of_night(moment: datetime) -> datetime:
    """Between 22:00 and 07:00 nobody is asked anything: 08:00 next."""
    if moment.time() >= NIGHT_STARTS:
        return datetime.combine(moment.date() + timedelta(days=1), MORNING, SCHOOL_ZONE)
    if moment.time() < NIGHT_ENDS:
        return datetime.combine(moment.date(), MORNING, SCHOOL_ZONE)
    return moment


def next_daily(now: datetime, due: datetime) -> datetime:
    """The next day on which a daily step is due, at the same time of day, weekends and holidays skipped."""
    start = local(due)
    day = next_open(local(now).date() + timedelta(days=1), (), holidays_count=False)
    return datetime.combine(day, start.time(), SCHOOL_ZONE).astimezone(now.tzinfo)


def gate_state(gate: str, wish: str | None, safety: str | None = "yes") -> str:
    """'open', 'waiting' (for the victim) or 'closed', from the newest wish.

    `safety` is the newest answer to 'is it safe at home?', which must be known before parents are told.
    """
    if not gate:
        return "open"
    if gate == "police":
        return "open" if wish else "waiting"
    if wish == "no":
        return "closed"
    if wish not in ("yes", "override"):
        return "waiting"
    if gate == "parents" and safety not in ("yes", "no"):
        return "waiting"
    if gate == "parents" and safety == "no" and wish != "override":
        return "closed"
    return "open"


def check_gate(gate: str, wish: str | None, safety: str | None) -> None:
    """Refuse doing an action whose wish is not known or is no. Raises `GateClosed` (product rule 4)."""
    state = gate_state(gate, wish, safety)
    if state == "open":
        return
    if gate == "police":
        raise GateClosed(
            N_("The victim was not asked yet what he or she wants with the police."),
            N_("Ask it, or note below why it cannot be asked. The school still decides for itself."),
        )
    if wish in ("yes", "override"):
        _refuse_unsafe(safety)
    if state == "closed":
        raise GateClosed(
            N_("The victim does not want this."), N_("Only school leadership can override it, with a reason.")
        )
    raise GateClosed(N_("The victim's wish is not known yet."), N_("Ask the victim first and note the answer below."))


def _refuse_unsafe(safety: str | None) -> None:
    if safety == "no":
        raise GateClosed(
            N_("It is not safe at home to tell the parents."),
            N_("Call Veilig Thuis (0800-2000) first. School leadership can override this with a reason."),
        )
    raise GateClosed(
        N_("It is not noted yet whether it is safe at home to tell the parents."),
        N_("Ask the victim about violence, rejection and honour, and note the answer below."),
    )


def check_order(before_state: str | None, before_step: str) -> None:
    """Refuse an action that another has to precede. Police advice itself must be there (product rule 3)."""
    if before_state is None or before_state == "done":
        return
    if before_step == "police-advice":
        raise OrderRefused(
            N_("First ask the police for advice: deleting can destroy evidence."),
            N_("Finish 'Involve the police for advice' first. The coordinator or leadership can go on with a reason."),
        )
    if before_state != "not-needed":
        raise OrderRefused(
            N_("Another action has to be done before this one."),
            N_("Finish that one first. The coordinator or leadership can go on with a reason."),
        )


def may_change(
    standing: Standing, *, assignee_id: int | None, function: str, told: int = 0, state: str = "todo"
) -> bool:
    """Whether this member may change an action: any, or the own one.

    Own is what is given to you by name; what is given to nobody yet, or was `told` to be late in the first
    hour and is not finished, is of all with its function: a deputy who hears of it can do it.
    """
    if standing.may("plan", "change"):
        return True
    if not standing.may("plan", "change-own"):
        return False
    if assignee_id and (assignee_id == standing.person_id or told <= 0 or state in FINISHED):
        return assignee_id == standing.person_id
    return function in standing.functions


def check_may_change(
    standing: Standing, *, assignee_id: int | None, function: str, told: int = 0, state: str = "todo"
) -> None:
    """Raises `NotAllowed`."""
    if not may_change(standing, assignee_id=assignee_id, function=function, told=told, state=state):
        raise NotAllowed


def given_on(told: int) -> int:
    """Who was `told` heard of it, but once somebody gives it on by hand it is of all with its function no more."""
    return -abs(told)


def handed_by(before: int | None, giver: int | None, after: int | None, *, outside: bool = False) -> int | None:
    """Who gave an action away that goes from `before` to `after`, or `outside` the school.

    Nobody once the one who gave it has it again, or when it is put back to wait for somebody.
    """
    has_it_again = after == giver if after else not outside
    return None if has_it_again else before


def check_may_override_order(standing: Standing) -> None:
    """Only the coordinator and leadership go on against the order. Raises `NotAllowed`."""
    if not standing.functions & {COORDINATOR, LEADERSHIP}:
        raise NotAllowed


def safety_answer(detail: Mapping[str, str]) -> str:
    """Whether it is safe to tell the parents, from the answers to the questions: 'yes', 'no' or 'not-yet'.

    One yes makes it unsafe; safe it is only when all were answered with no (product rules 2 and 4).
    """
    said = {detail.get(key, "unknown") for key in SAFETY_QUESTIONS}
    if "yes" in said:
        return "no"
    return "yes" if said == {"no"} else "not-yet"


def may_be_overridden(subject: str) -> bool:
    """Whether leadership can go on against the victim's word; never for the safety check, which is no wish."""
    return subject != "safety" and subject not in NEVER_OVERRIDDEN


def check_override(told_before: bool, told_note: str) -> None:
    """Who overrides a wish tells the victim before, or says why that could not be. Raises `Invalid`."""
    if not told_before and not told_note:
        raise Invalid("told_note", N_("Tell the victim first, or write why that could not be."))


def standing_of(state: str, due: datetime | None, gate: str, now: datetime) -> str:
    """How an action stands for the reader: done, not-needed, closed, waiting, late, doing or todo."""
    if state in FINISHED:
        return state
    if gate in ("waiting", "closed"):
        return gate
    if due is not None and due < now:
        return "late"
    return state


def place_in_plan(step: Step) -> int:
    """Where a step stands in the plan: after the calls, in the protocol's order."""
    return step.position * 10 + 100


def minutes(number: int) -> timedelta:
    """How long a red flag's call may wait."""
    return timedelta(minutes=number)
