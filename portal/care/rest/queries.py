"""Finding periods of rest: always within an incident, and within what a member sees of its victims."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Wish
from portal.actions.plan.queries import Beside
from portal.actions.queries import newest_wishes
from portal.care.rest import rules
from portal.care.rest.models import CANCELLED, RUNNING, UNENDED, Rest, RestContact
from portal.clock import local
from portal.errors import N_
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Involved
from portal.incidents.rules import label
from portal.policy import Standing
from portal.prepared import Prepared, given

Teller, Maker = Person.alias(), Person.alias()
BESIDE = {
    "planned": N_("Period of rest of %(who)s: planned from %(first)s to %(last)s."),
    "running": N_("Period of rest of %(who)s: from %(first)s to %(last)s, absent with permission."),
    "over": N_("Period of rest of %(who)s: lasted to %(last)s. Make it longer, or end it."),
}


def victims_for(incident: Incident, standing: Standing) -> list[Involved]:
    """Victims whose rest this member sees: a mentor only those of own classes and actions."""
    return [person for person in incidents.people_visible(incident, standing) if person.part == "victim"]


def _with_people(where: Any) -> Any:
    return (
        Rest.select(Rest, Involved, Person, Teller)
        .join_from(Rest, Involved)
        .join_from(Rest, Person, pw.JOIN.LEFT_OUTER, on=(Rest.keeper == Person.id))
        .join_from(Rest, Teller, pw.JOIN.LEFT_OUTER, on=(Rest.teller == Teller.id))
        .where(where)
        .order_by(Rest.id.desc())
    )


def find(incident: Incident, standing: Standing, rest_id: int) -> Rest | None:
    """A period of rest of this incident that the member sees; any other is not there."""
    seen = [person.id for person in victims_for(incident, standing)]
    where = (Rest.id == rest_id) & (Rest.incident == incident) & Rest.pupil.in_(seen)
    return _with_people(where).first()  # type: ignore[no-any-return]


def states_of(pupil: Involved) -> list[str]:
    return [state for (state,) in Rest.select(Rest.state).where(Rest.pupil == pupil).tuples()]


def goes_on(victim: Involved) -> bool:
    """Whether a rest of this victim is planned or running, or the talk at coming back still has to be held."""
    talk = (Rest.state != CANCELLED) & Rest.return_at.is_null(False) & Rest.returned_at.is_null()
    return bool(Rest.select().where(Rest.pupil == victim, Rest.state.in_(UNENDED) | talk).exists())


@dataclass
class OfVictim:
    """One victim with the newest wish on rest, what is planned or runs (one, or two after a merge), and what ended."""

    victim: Involved
    wish: Wish | None
    now: list[Rest]
    before: list[Rest]


def of_victims(incident: Incident, standing: Standing) -> list[OfVictim]:
    """Victims whom the member sees, with their periods of rest, newest first."""
    victims = victims_for(incident, standing)
    wishes = newest_wishes([incident.id])
    rests = list(_with_people((Rest.incident == incident) & Rest.pupil.in_([one.id for one in victims])))
    found = []
    for victim in victims:
        own = [rest for rest in rests if rest.pupil_id == victim.id]
        now, before = ([rest for rest in own if (rest.state in UNENDED) is still] for still in (True, False))
        found.append(OfVictim(victim, wishes.get((victim.id, rules.GATE)), now, before))
    return found


def contacts(rests: Iterable[Rest]) -> dict[int, list[RestContact]]:
    """Contacts that were noted, newest first, by period of rest."""
    rows = (
        RestContact.select(RestContact, Person)
        .join(Person)
        .where(RestContact.rest.in_([rest.id for rest in rests]))
        .order_by(RestContact.at.desc(), RestContact.id.desc())
    )
    found: dict[int, list[RestContact]] = {}
    for row in rows:
        found.setdefault(row.rest_id, []).append(row)
    return found


@Prepared
def _unended() -> Any:
    return (
        Rest.select(Rest.pupil, Involved.number, Involved.class_name, Rest.first, Rest.last, Rest.state)
        .join(Involved)
        .where(Rest.incident == given(), Rest.state.in_(UNENDED))
        .order_by(Involved.number)
    )


def beside_plan(incident: Incident, standing: Standing, now: datetime) -> list[Beside]:
    """What the plan says of rest, to those who see the victim."""
    today = local(now).date()
    rows = _unended(incident.id) if standing.sees("rest") else []
    if not standing.may("people", "read") and not all(standing.mentors(row[2]) for row in rows):
        # Only now: the mentor of the class, whose page it mostly is, need not be asked for.
        seen = {person.id for person in victims_for(incident, standing)}
        rows = [row for row in rows if row[0] in seen]
    return [
        Beside(
            {
                "message": BESIDE[rules.stands(state, date.fromisoformat(last), today)],
                "values": {"who": label("victim", number), "first": {"day": first}, "last": {"day": last}},
            },
            "/rest",
        )
        for _pupil, number, _class, first, last, state in rows
    ]


def own_people(incident: Incident, standing: Standing) -> Any:
    """Victims with whom this member keeps contact, or of whom he or she tells the teachers."""
    me = standing.person_id
    return Rest.select(Rest.pupil).where(Rest.incident == incident, (Rest.keeper == me) | (Rest.teller == me))


def moments() -> Any:
    """Contacts and talks at coming back that are planned: incident, group, victim, who, when, kind, row."""

    def coming(at: Any, kind: str) -> Any:
        columns = (Rest.incident, pw.SQL("'victim'"), Rest.pupil, Rest.keeper, at, pw.SQL(f"'{kind}'"), Rest.id)
        return Rest.select(*columns).where(at.is_null(False))

    running = coming(Rest.next_at, "rest").where(Rest.state == pw.SQL(f"'{RUNNING}'"))
    return running | coming(Rest.return_at, "return").where(
        Rest.returned_at.is_null(), Rest.state != pw.SQL(f"'{CANCELLED}'")
    )
