"""Reaching incidents: always through the team, never past somebody who is kept out."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import peewee as pw

from portal.accounts.models import Person
from portal.clock import local
from portal.db import moment_of
from portal.incidents.models import DRAFT, OPEN, Entry, Flag, Incident, KeptOut, Membership, Report, Unrest
from portal.incidents.people.queries import involved as involved
from portal.incidents.people.queries import own_people as own_people
from portal.incidents.people.queries import people_visible as people_visible
from portal.incidents.people.queries import someones
from portal.incidents.people.queries import victims as victims
from portal.incidents.rules import Facts, raised
from portal.policy import Standing, incident_verbs
from portal.prepared import Prepared, given, loaded

# What is somebody's own work, told by the packages that know; filled in `portal.wiring`.
own_work: dict[str, Callable[[Incident, Standing], Any]] = {}

Joined = Incident.alias()
PORTAL = "Rustpunt"  # who writes what nobody wrote


def _not_kept_out(person: Person) -> Any:
    barred = KeptOut.select().where(KeptOut.incident == Incident.id, KeptOut.person == person)
    return ~pw.fn.EXISTS(barred)


def may_see(person: Person) -> Any:
    """The condition on `Incident` that this person is on its team and not kept out: for every query over incidents."""
    on_team = Membership.select().where(Membership.incident == Incident.id, Membership.person == person)
    return (
        pw.fn.EXISTS(on_team)
        & _not_kept_out(person)
        & Incident.ref.is_null(False)
        # Whoever became administrator while on a team sees nothing of it any more.
        & (pw.Value(int(not person.is_administrator)) == 1)
    )


def visible_to(person: Person) -> Any:
    """Incidents whose team this person is on and not kept out of."""
    return Incident.select().where(may_see(person))


@Prepared
def _memberships() -> Any:
    """Somebody's functions in the incident with a reference, or in the one into which that was joined."""
    # One incident only: functions in two of them would count together.
    goes_on = Joined.select(pw.fn.COALESCE(Joined.joined_into, Joined.id)).where(Joined.ref == given())
    barred = KeptOut.select().where(KeptOut.incident == Membership.incident, KeptOut.person == Membership.person)
    shown = (Membership.function, Membership.seen_at, Membership.looked_at, Membership.look_from)
    return (
        Membership.select(*shown, *Incident._meta.sorted_fields)
        .join(Incident)
        # Through the incident: a coordinator is on the team of thousands.
        .where(Membership.incident.in_(goes_on), Membership.person == given(), ~pw.fn.EXISTS(barred))
    )


def find_for(person: Person, ref: str) -> tuple[Incident, Standing] | None:
    """An incident by its reference with this person's standing in it; None is 'not there or not yours'.

    The address of an incident that was joined leads to the one in which it goes on.
    """
    rows = [] if person.is_administrator else _memberships(ref, person.id)
    if not rows:
        return None
    _function, _seen, looked_at, look_from, *columns = rows[0]
    return loaded(Incident, columns), Standing(
        person.id,
        frozenset(row[0] for row in rows),
        classes=frozenset(person.classes),
        has_seen=all(row[1] is not None for row in rows),
        looked_at=looked_at and moment_of(looked_at),
        look_from=look_from and moment_of(look_from),
    )


def standing(incident: Incident, person: Person) -> Standing:
    """Functions that the person has in this incident."""
    rows = Membership.select().where(Membership.incident == incident, Membership.person == person)
    return _standing(person, list(rows))


def _standing(person: Person, rows: list[Membership]) -> Standing:
    return Standing(
        person.id,
        frozenset(row.function for row in rows),
        classes=frozenset(person.classes),
        has_seen=all(row.seen_at is not None for row in rows),
        looked_at=rows[0].looked_at if rows else None,
        look_from=rows[0].look_from if rows else None,
    )


def open_for(person: Person) -> Any:
    """Open incidents of this person, newest first."""
    return visible_to(person).where(Incident.state == OPEN).order_by(Incident.reported_at.desc(), Incident.id.desc())


def with_member(person: Person) -> Any:
    """Incidents with this person on the team, whatever may be seen of them."""
    on_team = Membership.select(Membership.incident).where(Membership.person == person)
    return Incident.select().where(Incident.id.in_(on_team)).order_by(Incident.id)


def others_to_join(person: Person, incident: Incident) -> Any:
    """Open incidents that this person coordinates and could join with this one."""
    leads = Membership.select().where(
        Membership.incident == Incident.id, Membership.person == person, Membership.function == "coordinator"
    )
    return open_for(person).where(Incident.id != incident.id, pw.fn.EXISTS(leads))


@Prepared
def _answers() -> Any:
    return Flag.select(Flag.key, Flag.answer).where(Flag.incident == given())


def flag_answers(incident: Incident) -> dict[str, str]:
    return dict(_answers(incident.id))


def team(incident: Incident) -> Any:
    """Memberships with their people, in the order of names."""
    return (
        Membership.select(Membership, Person)
        .join(Person)
        .where(Membership.incident == incident)
        .order_by(Person.name, Membership.id)
    )


def who_may(incident: Incident, part: str, *verbs: str) -> list[Person]:
    """Everybody on the team once who may do one of these with a part."""
    rows = [row for row in team(incident) if incident_verbs(part, [row.function]) & set(verbs)]
    return list({row.person_id: row.person for row in rows}.values())


def who_may_change(incident: Incident, part: str) -> list[Person]:
    """Everybody on the team who may change a part, or their own in it."""
    return who_may(incident, part, "change", "change-own")


def team_people(incident: Incident, part: str = "") -> list[Person]:
    """Everybody on the team once; with a `part` those for whom that part of the incident is there."""
    rows = [row for row in team(incident) if not part or incident_verbs(part, [row.function])]
    return list({row.person_id: row.person for row in rows}.values())


@Prepared
def _coordinators() -> Any:
    return team(given()).select(*Person._meta.sorted_fields).where(Membership.function == "coordinator")


def coordinators(incident: Incident) -> list[Person]:
    return [loaded(Person, row) for row in _coordinators(incident.id)]


def kept_out(incident: Incident) -> Any:
    return KeptOut.select(KeptOut, Person).join(Person).where(KeptOut.incident == incident).order_by(Person.name)


@Prepared
def _kept_out() -> Any:
    return KeptOut.select(KeptOut.id).where(KeptOut.incident == given(), KeptOut.person == given())


def is_kept_out(incident: Incident, person_id: int) -> bool:
    return bool(_kept_out(incident.id, person_id))


def facts(incident: Incident, today: date) -> Facts:
    """What the protocol's conditions look at, as it is now."""
    people, answers = someones(incident, today), flag_answers(incident)
    return Facts(people, incident.spread, incident.unrest, len(incident.classes), tuple(raised(answers)), answers)


def entries(incident: Incident, standing: Standing) -> Any:
    """The logbook, newest first, with that of incidents joined into this one.

    Who may read only entries on own actions gets those and what he or she wrote.
    """
    rows = _entries_in(with_joined(incident))
    if standing.may("log", "read"):
        return rows
    own = own_work["actions"](incident, standing)
    return rows.where(Entry.action_id.in_(own) | (Entry.author == standing.person_id))


def _entries_in(here: Any) -> Any:
    return (
        Entry.select(Entry, Person)
        .join(Person, pw.JOIN.LEFT_OUTER)
        .where(Entry.incident.in_(here))
        .order_by(Entry.at.desc(), Entry.id.desc())
    )


def with_joined(incident: Incident) -> Any:
    """Ids of an incident and of those that were joined into it."""
    return Incident.select(Incident.id).where((Incident.id == incident.id) | (Incident.joined_into == incident.id))


def _here() -> Any:
    return Incident.select(Incident.id).where((Incident.id == given()) | (Incident.joined_into == given()))


class News(NamedTuple):
    """An entry of the logbook without the words that were written."""

    id: int
    written_at: datetime
    kind: str
    event: str
    params: dict[str, Any]
    author: str


def _by_others(rows: Any, reader: Any, since: Any, most: Any) -> Any:
    others = (Entry.author != reader) | Entry.author.is_null()
    return rows.where(others, Entry.written_at > since).limit(most)


@Prepared
def _changes() -> Any:
    columns = (Entry.id, Entry.written_at, Entry.kind, Entry.event, Entry.params, Person.name)
    return _by_others(_entries_in(_here()), given(), given(), given()).select(*columns)


def changes(incident: Incident, standing: Standing, since: datetime, most: int) -> list[News]:
    """What others wrote since then, newest first, of what this member may read; at most so many."""
    if not standing.may("log", "read"):
        rows = _by_others(entries(incident, standing), standing.person_id, since, most)
        return [News(one.id, one.written_at, one.kind, one.event, one.params, _name(one.author)) for one in rows]
    after = Entry.written_at.db_value(since)
    return [
        News(number, moment_of(at), kind, event, Entry.params.python_value(params), name or PORTAL)
        for number, at, kind, event, params, name in _changes(
            incident.id, incident.id, standing.person_id, str(after), most
        )
    ]


def _name(person: Person | None) -> str:
    return person.name if person else PORTAL


def unrest_noted_on(incident: Incident, value: int, day: date) -> bool:
    """Whether the newest unrest that was noted is this, and of this day."""
    newest = Unrest.select().where(Unrest.incident == incident, Unrest.class_name == "").order_by(-Unrest.id).first()
    return newest is not None and newest.value == value and local(newest.at).date() == day


def entry_for(incident: Incident, standing: Standing, entry_id: int) -> Entry | None:
    """An entry of this incident that the member may read."""
    return entries(incident, standing).where(Entry.id == entry_id).first()  # type: ignore[no-any-return]


@Prepared
def _report() -> Any:
    return Report.select().where((Report.slug == given()) | (Report.id == given()))


def report_by_slug(slug: str) -> Report | None:
    for row in _report(slug, None):
        report: Report = loaded(Report, row)
        report.incident = fresh(report.incident_id)
        return report
    return None


def fresh_report(report: Report) -> Report:
    """The row as it is now."""
    (row,) = _report(None, report.id)
    return loaded(Report, row)  # type: ignore[no-any-return]


def receipt_for(person: Person, slug: str) -> Report | None:
    """A sent report, for its reporter only and not when kept out."""
    return (  # type: ignore[no-any-return]
        Report.select(Report, Incident)
        .join(Incident)
        .where(Report.slug == slug, Report.reporter == person, Report.sent_at.is_null(False), _not_kept_out(person))
        .first()
    )


def reports(incident: Incident) -> Any:
    """Sent reports of an incident with who made them."""
    return Report.select(Report, Person).join(Person).where(Report.incident == incident, Report.sent_at.is_null(False))


def own_receipt(person: Person, incident: Incident) -> Report | None:
    """This person's sent report of an incident."""
    found = receipts_of(person).where(Report.incident == incident).first()
    return found  # type: ignore[no-any-return]


def receipts_of(person: Person) -> Any:
    """Sent reports of this person, newest first."""
    return (
        Report.select(Report, Incident)
        .join(Incident)
        .where(Report.reporter == person, Report.sent_at.is_null(False), _not_kept_out(person))
        .order_by(Report.sent_at.desc())
    )


def unfinished(person: Person, *, also_others: bool) -> Any:
    """Reports that were begun and not sent: one's own, and those of others that may be taken over.

    A report in which a member of staff may be suspected is offered to nobody but who began it: the one
    who looks could be the one it is about.
    """
    plain_no = Flag.select().where(Flag.incident == Incident.id, Flag.key == "staff", Flag.answer == "no")
    mine = Report.reporter == person
    return (
        Report.select(Report, Incident, Person)
        .join(Incident)
        .switch(Report)
        .join(Person)
        .where(Incident.state == DRAFT, _not_kept_out(person), (mine | pw.fn.EXISTS(plain_no)) if also_others else mine)
        .order_by(Report.started_at.desc())
    )


def can_lead(incident: Incident) -> bool:
    """Whether somebody on the team may change the team, so that the work can go on."""
    return any(
        "change" in incident_verbs("team", [row.function]) and row.person.may_be_on_team for row in team(incident)
    )


@Prepared
def _fresh() -> Any:
    return Incident.select().where(Incident.id == given())


def fresh(incident: Incident | int) -> Incident:
    """The row as it is now."""
    (row,) = _fresh(incident if isinstance(incident, int) else incident.id)
    return loaded(Incident, row)  # type: ignore[no-any-return]
