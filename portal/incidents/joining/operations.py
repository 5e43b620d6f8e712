"""Two reports of the same thing become one incident."""

from collections.abc import Callable
from datetime import datetime

from portal.accounts.models import Person
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, Refused
from portal.incidents import queries, rules
from portal.incidents.models import JOINED, OPEN, Flag, Incident, Involved, KeptOut, Membership, Report
from portal.incidents.operations import answer_flag, facts_changed, log
from portal.incidents.rules import EVENTS
from portal.incidents.team import operations as team

# What higher packages move along, as (source, target, actor=, now=); filled in `create_app`.
after_joining: list[Callable[..., None]] = []


def join(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Move reports, people, team and work of `source` to `target`; both receipts go on working.

    The logbook lines stay where they were written and are read together. Who is kept out of one is kept
    out of both. Raises `Refused`.
    """
    rules.check_can_join(source.state, target.state, same=source.id == target.id)
    with db.atomic():
        claimed = Incident.update(state=JOINED, joined_into=target).where(
            Incident.id == source.id, Incident.state == OPEN
        )
        if not claimed.execute():
            raise Refused(N_("Somebody else did this meanwhile."), N_("Load the page again to see how it is now."))
        Incident.update(joined_into=target).where(Incident.joined_into == source).execute()
        Report.update(incident=target).where(Report.incident == source).execute()
        _move_people(source, target)
        for react in after_joining:
            react(source, target, actor=actor, now=now)
        _move_team(source, target, actor, now)
        _merge_facts(source, target, actor, now)
        record("incident:state:join", f"incident:{source.id}", actor_id=actor.id, now=now, into=target.id)
        for one, other, event in ((source, target, "joined_into"), (target, source, "joined")):
            said = EVENTS[f"report.{event}"]
            log(one, "decision", said, author=actor, now=now, name=other.code_name, ref=other.ref)
    source.state = JOINED


def _move_people(source: Incident, target: Incident) -> None:
    for person in queries.involved(source):
        nobody = not (person.name or person.class_name or person.age or person.birth_year)
        if nobody and person.part == "victim":
            # The empty place of a victim nobody knew anything of yet: the other report's victim is this one.
            continue
        number = queries.next_number(target, person.part)
        Involved.update(incident=target, number=number).where(Involved.id == person.id).execute()


def _move_team(source: Incident, target: Incident, actor: Person, now: datetime) -> None:
    barred = [row.person for row in KeptOut.select().where(KeptOut.incident == source)]
    team.bar(target, barred, actor=actor, now=now)
    barred_there = {row.person_id for row in KeptOut.select().where(KeptOut.incident == target)}
    there = {(row.person_id, row.function) for row in queries.team(target)}
    for row in list(queries.team(source)):
        if row.person_id in barred_there:
            Membership.delete().where(Membership.id == row.id).execute()
        elif (row.person_id, row.function) not in there:
            team.add_member(target, row.person, row.function, actor=actor, now=now)
    for person_id in barred_there:
        KeptOut.insert(incident=source, person=person_id, since=now).on_conflict_ignore().execute()


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
    answers = queries.flag_answers(target)
    for flag in Flag.select().where(Flag.incident == source):
        answer = rules.stronger_answer(flag.answer, answers.get(flag.key, flag.answer))
        answer_flag(fresh, flag.key, answer, actor=actor, now=now)
    facts_changed(fresh, actor, now)
