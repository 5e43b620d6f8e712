"""Finding buddies: of the victims whom a member may see, and those whom a member asks or supports."""

from typing import Any, NamedTuple

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.actions.queries import newest_wishes, plan_rows
from portal.actions.rules import FINISHED, gate_state, may_change
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.buddies.rules import LIVE, Known, Place, state_of
from portal.incidents.models import Incident, Involved
from portal.incidents.queries import involved, people_visible
from portal.policy import Standing

Victim = Involved.alias()
Supporter = Person.alias()
STEP = "buddies"


def moments() -> Any:
    """The check-ins to come: incident, group, about whom, who does it, when, of which kind, and the buddy's number."""
    return (
        CheckIn.select(
            Buddy.incident,
            pw.Value("buddies"),
            Buddy.person,
            Buddy.supporter,
            CheckIn.due_on,
            pw.Value("check-in"),
            Buddy.id,
        )
        .join(Buddy)
        .where(CheckIn.done_at.is_null(), Buddy.ended_at.is_null(), Buddy.answer == "yes")
    )


def _rows() -> Any:
    return (
        Buddy.select(Buddy, Involved, Victim, Person, Supporter)
        .join_from(Buddy, Involved, on=(Buddy.person == Involved.id))
        .join_from(Buddy, Victim, on=(Buddy.victim == Victim.id))
        .join_from(Buddy, Person, pw.JOIN.LEFT_OUTER, on=(Buddy.asker == Person.id))
        .join_from(Buddy, Supporter, pw.JOIN.LEFT_OUTER, on=(Buddy.supporter == Supporter.id))
        .order_by(Buddy.place, Buddy.id)
    )


def of(incident: Incident, standing: Standing) -> list[Buddy]:
    """Those whom this member may see, in the order of the victims' choice."""
    rows = list(_rows().where(Buddy.incident == incident))
    if standing.may("buddies", "read"):
        return rows
    seen = {one.id for one in victims(incident, standing)}
    return [row for row in rows if row.victim_id in seen or standing.person_id in (row.asker_id, row.supporter_id)]


def find(incident: Incident, standing: Standing, buddy_id: int) -> Buddy | None:
    """One of `of`; of all others there is none."""
    return next((row for row in of(incident, standing) if row.id == buddy_id), None)


def victims(incident: Incident, standing: Standing) -> list[Involved]:
    """Victims who are, or may be, pupils of this school, of whom this member may read."""
    return [one for one in people_visible(incident, standing) if one.part == "victim" and one.school != "other"]


def of_victim(victim_id: int) -> list[Buddy]:
    """All whom a victim named, in that order."""
    return list(_rows().where(Buddy.victim == victim_id))


def goes_on(victim: Involved) -> bool:
    """Whether classmates whom this victim named were not asked yet, think about it, or are buddies."""
    return any(state(one) in LIVE for one in of_victim(victim.id))


def check_ins(buddies: list[Buddy]) -> dict[int, list[CheckIn]]:
    """Check-ins by buddy, in the order of their days."""
    found: dict[int, list[CheckIn]] = {one.id: [] for one in buddies}
    rows = (
        CheckIn.select(CheckIn, Person)
        .join(Person, pw.JOIN.LEFT_OUTER)
        .where(CheckIn.buddy.in_(list(found)))
        .order_by(CheckIn.due_on, CheckIn.id)
    )
    for row in rows:
        found[row.buddy_id].append(row)
    return found


def fresh(buddy: Buddy) -> Buddy:
    """The row as it is now."""
    return Buddy.get_by_id(buddy.id)  # type: ignore[no-any-return]


def state(buddy: Buddy) -> str:
    return state_of(buddy.answer, asked=buddy.asked_at is not None, ended=buddy.ended_at is not None)


def places(buddies: list[Buddy]) -> list[Place]:
    return [Place(one.id, one.place, state(one)) for one in buddies]


class Said(NamedTuple):
    """What a victim wants: the newest answer ('' for none), and whether buddies may be asked."""

    answer: str
    gate: str


def wishes(incident: Incident) -> dict[int, Said]:
    """Of every victim who was asked whether buddies are welcome."""
    newest = newest_wishes([incident.id])
    return {
        victim: Said(wish.answer, gate_state("buddies", wish.answer))
        for (victim, subject), wish in newest.items()
        if subject == "buddies"
    }


def known(incident: Incident) -> list[Known]:
    """Everybody involved, as a warning looks at them."""
    spread = {"suspect", "spreader"}
    return [
        Known(one.id, (one.name, *one.aliases), bool(spread.intersection((one.part, *one.also))))
        for one in involved(incident)
    ]


def step_of(victim: Involved, standing: Standing) -> Action | None:
    """The plan's unfinished action for this victim, if this member may finish it."""
    for action in plan_rows(victim.incident):
        who = {"assignee_id": action.assignee_id, "function": action.function, "told": action.told}
        theirs = action.step == STEP and action.victim_id in (victim.id, None) and action.state not in FINISHED
        if theirs and may_change(standing, **who, state=action.state):
            return action
    return None


def own_people(incident: Incident, standing: Standing) -> Any:
    """Buddies whom this member asks or supports."""
    mine = (Buddy.asker == standing.person_id) | (Buddy.supporter == standing.person_id)
    return Buddy.select(Buddy.person).where(Buddy.incident == incident, mine)
