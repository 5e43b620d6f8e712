"""Reporting: from the first red-flag answer to a running incident with a plan."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.absence.queries import deputies, stand_ins
from portal.accounts.models import Person
from portal.accounts.queries import by_id, staff
from portal.accounts.rules import new_token
from portal.actions.plan.operations import make
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.desk.report import queries, rules
from portal.errors import N_, Invalid, Refused
from portal.incidents import queries as incidents
from portal.incidents.models import DRAFT, OPEN, Incident, Report
from portal.incidents.operations import answer_flag, keep_unrest, log
from portal.incidents.people.operations import add_involved
from portal.incidents.rules import EVENTS, code_name, reference, staff_may_be_suspected
from portal.incidents.team import queries as on_team
from portal.incidents.team.operations import add_member, bar, let_in
from portal.prepared import update
from portal.protocol.queries import newest_id
from portal.school.queries import school


def begin(slug: str, *, actor: Person, now: datetime) -> Report:
    """The report with this address, begun if it is not there yet; a second tap makes no second report."""
    with db.atomic():
        found = incidents.report_by_slug(slug)
        if found is not None:
            return found
        incident = Incident.create(protocol=newest_id(), created_at=now)
        report: Report = Report.create(slug=slug, incident=incident, reporter=actor, started_at=now)
        record("incident:report:begin", f"report:{report.id}", actor_id=actor.id, now=now)
    return report


def answer_flags(report: Report, answers: dict[str, str], *, actor: Person, now: datetime) -> None:
    """Keep the answers given so far."""
    with db.atomic():
        for key, answer in answers.items():
            if answer:
                answer_flag(report.incident, key, answer, actor=actor, now=now)


def keep_out(report: Report, person_ids: Iterable[int], *, actor: Person, now: datetime) -> None:
    """Bar exactly these colleagues, before anybody joins. Raises `Invalid` for the reporter."""
    people = {person.id: person for person in (by_id(number) for number in person_ids) if person}
    if actor.id in people or report.reporter_id in people:
        raise Invalid("keep_out", N_("Whoever makes the report cannot be kept out of it."))
    with db.atomic():
        for row in list(incidents.kept_out(report.incident)):
            if row.person_id not in people:
                let_in(report.incident, row.person, actor=actor, now=now)
        bar(report.incident, people.values(), actor=actor, now=now)


def send(
    report: Report,
    *,
    scope: dict[str, Any],
    people: list[dict[str, Any]],
    story: str,
    chosen: Iterable[int],
    actor: Person,
    now: datetime,
) -> Report:
    """Turn the report into an incident: number, name, team, mail, plan. Sent twice, it is one incident.

    Gives the receipt of `actor`: a colleague who took a report over gets an own one. Raises `Refused`.
    """
    with db.atomic():
        # Read again inside the transaction: the same button may have been pressed twice.
        receipt = incidents.fresh_report(_receipt(report, actor, now))
        incident = incidents.fresh(report.incident_id)
        if incident.state != DRAFT:
            if receipt.sent_at is None:
                raise sent_already()
            return receipt
        _open(incident, scope, now)
        keep_unrest(incident, actor, now)
        for values in people:
            add_involved(incident, values, actor=actor, now=now, report=receipt)
        if not any(values["part"] == "victim" for values in people):
            add_involved(incident, {"part": "victim"}, actor=actor, now=now)
        log(incident, "report", EVENTS["report.sent"], author=actor, now=now, who=actor.name, text=story)
        record("incident:report:send", f"incident:{incident.id}", actor_id=actor.id, now=now, report=receipt.id)
        answers = incidents.flag_answers(incident)
        of_all = {"people": [], "answers": answers}
        update(Report, {"sent_at": now, "told": of_all}, incident=incident)
        update(Report, {"story": story, "told": {**of_all, "people": people}}, id=receipt.id)
        careful = staff_may_be_suspected(answers)
        invite(incident, chosen if careful else [], joins=school().joins, actor=actor, now=now)
        make(incident, actor=actor, now=now)
        # Last, so that what is added above is part of the first plan and not a change to it.
        update(Incident, {"state": OPEN}, id=incident.id)
    return incidents.fresh_report(receipt)


def sent_already() -> Refused:
    """What a colleague hears who goes on with a report that was sent meanwhile."""
    return Refused(
        N_("A colleague sent this report already."),
        N_("Call the coordinator and tell what you know. What you typed stands below."),
    )


def _receipt(report: Report, actor: Person, now: datetime) -> Report:
    """The actor's own report: this one, or one beside it when somebody else began it."""
    if report.reporter_id == actor.id:
        return report
    own = Report.get_or_none(Report.incident == report.incident_id, Report.reporter == actor)
    return own or Report.create(  # type: ignore[no-any-return]
        slug=new_token(), incident=report.incident_id, reporter=actor, started_at=now
    )


def _open(incident: Incident, scope: dict[str, Any], now: datetime) -> None:
    year = local(now).year
    number = queries.next_in_year(year)
    incident.ref = reference(year, number)
    incident.code_name = code_name(number, queries.code_names())
    known = {"ref": incident.ref, "code_name": incident.code_name, "reported_at": now, "protocol_id": newest_id()}
    for name, value in {**scope, **known}.items():
        setattr(incident, name, value)
    update(Incident, {**scope, **known}, id=incident.id)


def invite(incident: Incident, chosen: Iterable[int], *, joins: list[str], actor: Person, now: datetime) -> None:
    """Let those join who should, and tell them; nobody who is kept out."""
    people = {person.id: person for person in staff()}
    rows = rules.joiners(
        [(person.id, person.functions) for person in people.values()],
        joins=joins,
        kept_out=on_team.kept_out_ids(incident),
        chosen=chosen,
        answers=incidents.flag_answers(incident),
        stand_ins={away: person.id for away, person in stand_ins(local(now).date()).items()},
        deputies={function: person.id for function, person in deputies().items()},
    )
    there = set(on_team.functions_on(incident))
    for person_id, function in rows:
        if (person_id, function) not in there:
            add_member(incident, people[person_id], function, actor=actor, now=now)


def invite_later(report: Report, chosen: list[int], *, actor: Person, now: datetime) -> None:
    """The reporter chooses who joins after all, while nobody on it can lead. Raises `Refused` and `Invalid`."""
    incident: Incident = report.incident
    with db.atomic():
        if incidents.can_lead(incident):
            raise Refused(N_("Somebody who leads is on it already."), N_("They decide who else joins."))
        there = {person.id for person in incidents.team_people(incident)}
        new = [number for number in chosen if number not in there]
        invite(incident, new, joins=[], actor=actor, now=now)
        if not incidents.can_lead(incident):
            raise Invalid("join", N_("Choose at least one coordinator or somebody of school leadership."))
