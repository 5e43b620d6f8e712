"""Choosing deputies, and absences from their report to their end."""

from collections.abc import Callable
from datetime import date, datetime

from flask_babel import gettext as _

from portal.accounts.absence import queries, rules
from portal.accounts.models import BEGUN, OVER, PLANNED, Absence, Deputy, Person
from portal.accounts.queries import by_id, with_function
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid
from portal.notices.models import Mail
from portal.notices.operations import tell
from portal.policy import FUNCTION_NAMES, LEADERSHIP

# What higher packages do when an absence begins and ends (actor: None for the worker); filled in `portal.wiring`.
after_begin: list[Callable[[Absence, Person | None, datetime], None]] = []
after_end: list[Callable[[Absence, Person | None, datetime], None]] = []


def choose_deputies(chosen: dict[str, int], *, edition: str, actor: Person, now: datetime) -> None:
    """Who stands in for each function (0: nobody). Raises `Invalid`, and `ChangedMeanwhile` by the edition shown."""
    with db.atomic():
        there = queries.deputies()
        if edition != rules.edition(there):
            raise ChangedMeanwhile(
                N_("Somebody else changed the deputies meanwhile."),
                N_("Look at what it says now, then save yours again."),
            )
        for function, person_id in chosen.items():
            holders = {person.id for person in with_function([function])}
            if person_id:
                _check_deputy(function, person_id)
                if holders == {person_id}:
                    raise Invalid(function, N_("This is the only one with this function. Choose somebody else."))
        Deputy.delete().where(Deputy.function.in_(list(chosen))).execute()
        Deputy.insert_many(
            [{"function": function, "person": person_id} for function, person_id in chosen.items() if person_id]
        ).execute()
        record("settings:deputies:change", "school:1", actor_id=actor.id, now=now, deputies=chosen)
        _tell_leadership(
            {number for number in chosen.values() if number} - {one.id for one in there.values()}, actor, now
        )


def _tell_leadership(new: set[int], actor: Person, now: datetime) -> None:
    """A deputy comes onto teams as who has the function does: leadership hears of it alike."""
    for one in with_function([LEADERSHIP]) if new else ():
        if new != {one.id}:
            about = f"deputies:{actor.id}"
            tell(one, "deputies", about, now=now)


def deputies_said(mail: Mail, base_url: str) -> dict[str, str] | None:
    """The lines of a mail on deputies: each function with who stands in, as it was chosen."""
    chosen = queries.chosen_at(mail.created_at, int(mail.about.partition(":")[2]))
    lines = [f"{_(FUNCTION_NAMES[function])}: {person.name}" for function, person in chosen]
    return {"who": "\n".join(lines)} if lines else None


def _check_deputy(field: str, person_id: int) -> Person:
    person = by_id(person_id)
    if person is None or not person.may_be_on_team:
        raise Invalid(field, N_("Choose one of the answers given."))
    return person


def report(person: Person, first: date, last: date, deputy_id: int, *, actor: Person, now: datetime) -> Absence:
    """Somebody is, or will be, away; it begins at once when the first day is there. Raises `Invalid`.

    Who did not report it gets a mail: it brings others onto teams.
    """
    today = local(now).date()
    rules.check_days(first, last, today)
    with db.atomic():
        if rules.overlap(first, last, queries.absences_of(person)):
            raise Invalid("first", N_("There is an absence in these days already. End or cancel that one first."))
        deputy = _check_deputy("deputy", deputy_id) if deputy_id else None
        # Who is away then too is taken as well: a refusal would tell when colleagues are away.
        if deputy and deputy.id == person.id:
            raise Invalid("deputy", N_("Choose one of the answers given."))
        absence: Absence = Absence.create(
            person=person, deputy=deputy, first=first, last=last, made_by=actor, made_at=now
        )
        _record("report", absence, actor, now)
        if actor.id != person.id:
            tell(person, "absence", f"person:{person.id}", now=now)
        if first <= today:
            _begin(absence, actor, now)
    return absence


def _record(verb: str, absence: Absence, actor: Person | None, now: datetime) -> None:
    record(
        f"account:absence:{verb}",
        f"person:{absence.person_id}",
        actor_id=actor.id if actor else None,
        now=now,
        absence=absence.id,
        deputy=absence.deputy_id,
    )


def _become(absence: Absence, state: str, **also: date) -> bool:
    """Take the next step with an absence; False when another worker or person did so before."""
    was, absence.state = absence.state, state
    claim = Absence.update(state=state, **also).where(Absence.id == absence.id, Absence.state == was)
    return bool(claim.execute())


def _begin(absence: Absence, actor: Person | None, now: datetime) -> None:
    if _become(absence, BEGUN):
        _record("begin", absence, actor, now)
        for react in after_begin:
            react(absence, actor, now)


def end(absence: Absence, *, actor: Person | None, now: datetime) -> None:
    """Back, on time or early. What had not begun yet is cancelled and leaves nothing but its trail."""
    with db.atomic():
        if absence.state == PLANNED:
            if Absence.delete().where(Absence.id == absence.id, Absence.state == PLANNED).execute():
                _record("cancel", absence, actor, now)
        elif _become(absence, OVER, last=min(absence.last, local(now).date())):
            _record("end", absence, actor, now)
            for react in after_end:
                react(absence, actor, now)


def work(now: datetime) -> None:
    """What the calendar asks for, done by the worker: begin, end, and forget after `rules.KEPT`."""
    today = local(now).date()
    for absence in queries.due(today):
        with db.atomic():
            if absence.state == OVER:
                if Absence.delete().where(Absence.id == absence.id).execute():
                    _record("forget", absence, None, now)
            elif absence.last < today:
                # Of days that went by while no worker ran nothing has to be handed over any more.
                end(absence, actor=None, now=now)
            else:
                _begin(absence, None, now)
