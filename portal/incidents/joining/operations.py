"""Two reports of the same thing become one incident."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, Refused
from portal.incidents import queries, rules
from portal.incidents.models import JOINED, Incident, Involved, Membership, Report
from portal.incidents.operations import answer_flag, facts_changed, log, raise_from_ages
from portal.incidents.people import queries as people
from portal.incidents.people.rules import DETAILS
from portal.incidents.rules import EVENTS
from portal.incidents.team import operations as team
from portal.notices import operations as notices

# Tables of higher packages whose rows go along with their incident; filled in `portal.wiring`.
go_along: list[Any] = []
# What higher packages do besides, as (source, target, actor=, now=); filled in `portal.wiring`.
after_joining: list[Callable[..., None]] = []
# Whether a higher package keeps something about a person; filled in `portal.wiring`.
is_about: list[Callable[[Involved], bool]] = []


def join(source: Incident, target: Incident, *, checked: bool, actor: Person, now: datetime) -> None:
    """Move reports, people, team and work of `source` to `target`; both receipts go on working.

    The logbook lines stay where they were written and are read together. Who is kept out of one is kept
    out of both. Where a member of staff may be suspected, `checked` says that whoever will newly see
    something may see it. Raises `Refused`.
    """
    with db.atomic():
        # Read again inside the transaction: the other incident may just have been joined into this one.
        states = [queries.fresh(incident).state for incident in (source, target)]
        rules.check_can_join(*states, same=source.id == target.id)
        if not checked:
            _check_who_will_see(source, target)
        Incident.update(state=JOINED, joined_into=target).where(Incident.id == source.id).execute()
        Incident.update(joined_into=target).where(Incident.joined_into == source).execute()
        Report.update(incident=target).where(Report.incident == source).execute()
        _move_people(source, target, actor, now)
        for table in go_along:
            table.update(incident=target).where(table.incident == source).execute()
        for react in after_joining:
            react(source, target, actor=actor, now=now)
        _move_team(source, target, actor, now)
        _merge_facts(source, target, actor, now)
        record("incident:state:join", f"incident:{source.id}", actor_id=actor.id, now=now, into=target.id)
        for one, other, event in ((source, target, "joined_into"), (target, source, "joined")):
            said = EVENTS[f"report.{event}"]
            log(one, "decision", said, author=actor, now=now, name=other.code_name, ref=other.ref)
    source.state = JOINED


def _check_who_will_see(source: Incident, target: Incident) -> None:
    """Refuse, with their names, when people would newly see a case in which staff may be suspected."""
    answers = [queries.flag_answers(incident) for incident in (source, target)]
    if not any(rules.staff_may_be_suspected(one) for one in answers):
        return
    barred = {row.person_id for one in (source, target) for row in queries.kept_out(one)}
    teams = [{person.id: person.name for person in queries.team_people(one)} for one in (source, target)]
    # A reporter sees on the receipt who is on it, of both from now on.
    reporters = {row.reporter_id: row.reporter.name for one in (source, target) for row in queries.reports(one)}
    newly = {**reporters, **teams[0], **teams[1]}
    names = sorted(
        name
        for number, name in newly.items()
        if number not in barred and not (number in teams[0] and number in teams[1])
    )
    if names:
        raise Refused(
            N_("A member of staff may be suspected, and these people would newly see all of it: %(names)s."),
            N_("Keep out first who must not know. Then tick below that you checked this."),
            names=", ".join(names),
        )


def _worked_on(person: Involved) -> bool:
    return people.has_ties(person) or any(asks(person) for asks in is_about)


def _nothing_known(person: Involved) -> bool:
    """The place of a victim of whom nothing was told and nothing done yet."""
    told = any(getattr(person, name) for name in TOLD if name != "school")
    return person.part == "victim" and not told and person.school == "unknown" and not _worked_on(person)


TOLD = [name for name in DETAILS if name not in ("part", "child_id")]


def _move_people(source: Incident, target: Incident, actor: Person, now: datetime) -> None:
    """Everybody moves along, but the empty place of a victim is the victim whom the other report tells of."""
    here = list(queries.involved(source))
    left_out = next((one for one in here if _nothing_known(one)), None)
    empty = next((one for one in queries.involved(target) if _nothing_known(one)), None)
    for person in here:
        if left_out is not None and person.id == left_out.id:
            continue
        if empty is not None and person.part == "victim" and not _worked_on(person):
            told = {name: getattr(person, name) for name in TOLD}
            Involved.update(**told, report=person.report_id, version=Involved.version + 1).where(
                Involved.id == empty.id
            ).execute()
            # Who opened the data before is found by this.
            record("incident:person:join", f"involved:{empty.id}", actor_id=actor.id, now=now, of=person.id)
            empty = None
            continue
        number = people.next_number(target, person.part)
        Involved.update(incident=target, number=number).where(Involved.id == person.id).execute()


def _move_team(source: Incident, target: Incident, actor: Person, now: datetime) -> None:
    """One team, less everybody who is kept out of either; nobody reaches the source by itself any more."""
    members = list(queries.team(source))
    Membership.delete().where(Membership.incident == source).execute()
    barred = {row.person_id: row.person for one in (source, target) for row in queries.kept_out(one)}
    team.bar(target, barred.values(), actor=actor, now=now)
    for person_id in barred:
        notices.cancel(person_id=person_id, about=team.subject(source))
    there = {(row.person_id, row.function) for row in queries.team(target)}
    for row in members:
        joins = row.person_id not in barred and not row.person.is_administrator
        if joins and (row.person_id, row.function) not in there:
            team.add_member(target, row.person, row.function, actor=actor, now=now)
    for row in members:
        seen = (Membership.incident == target) & (Membership.person == row.person) & Membership.seen_at.is_null()
        Membership.update(seen_at=row.seen_at).where(seen).execute()


def _merge_facts(source: Incident, target: Incident, actor: Person, now: datetime) -> None:
    """Of what the two say, the more serious counts."""
    unrest = [value for value in (source.unrest, target.unrest) if value is not None]
    Incident.update(
        spread=rules.wider(source.spread, target.spread),
        channels=rules.union(target.channels, source.channels),
        classes=rules.union(target.classes, source.classes),
        kind=target.kind or source.kind,
        origin=target.origin or source.origin,
        unrest=max(unrest, default=None),
        version=Incident.version + 1,
    ).where(Incident.id == target.id).execute()
    fresh = Incident.get_by_id(target.id)
    # A question nobody answered may still be a yes.
    answers = [queries.flag_answers(one) for one in (source, target)]
    for key in sorted(answers[0].keys() | answers[1].keys()):
        answer = rules.stronger_answer(*(one.get(key, "unknown") for one in answers))
        answer_flag(fresh, key, answer, actor=actor, now=now)
    raise_from_ages(fresh, actor, now)
    facts_changed(fresh, actor, now)
