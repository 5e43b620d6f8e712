"""Who is on an incident, and who must not know of it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.accounts.models import Person
from portal.audit.operations import record
from portal.db import db, unless_full
from portal.errors import N_, Invalid, Missing, Refused
from portal.incidents import queries, rules
from portal.incidents.models import JOINED, Incident, KeptOut, Membership
from portal.incidents.operations import log
from portal.incidents.team import queries as on_team
from portal.notices import operations as notices
from portal.notices import queries as mails
from portal.policy import FUNCTION_NAMES

# What higher packages do when somebody joins or leaves; filled in `portal.wiring`.
after_join: list[Callable[[Incident, Person, str, datetime], None]] = []
after_leave: list[Callable[[Incident, Person, datetime], None]] = []


def subject(incident: Incident) -> str:
    return f"incident:{incident.id}"


def tell(incident: Incident, person: Person, kind: str, *, actor: Person | None, now: datetime) -> None:
    """A mail without content; none to who did it (None: the worker), and none to who is kept out."""
    if (actor and person.id == actor.id) or person.left_at or queries.is_kept_out(incident, person.id):
        return
    notices.tell(person, kind, subject(incident), now=now)


def tell_once(incident: Incident, person: Person, kind: str, *, actor: Person | None, now: datetime) -> None:
    """As `tell`, unless a mail of this very moment says it: all of them say the same."""
    if not mails.queued_at(now, person_id=person.id, about=subject(incident)):
        tell(incident, person, kind, actor=actor, now=now)


def _check_not_joined(incident: Incident) -> None:
    """The team went along when another worker joined the incident since it was read."""
    if queries.fresh(incident).state == JOINED:
        raise Refused(
            N_("This incident was joined with another one meanwhile. Nothing was changed."),
            N_("Open its team again: it goes on in the other incident. Do it there."),
        )


def add_member(incident: Incident, person: Person, function: str, *, actor: Person | None, now: datetime) -> None:
    """Put somebody on the team and tell them. Raises `Invalid` and `Refused`."""
    if person.is_administrator:
        raise Invalid("person", N_("An administrator cannot be on a team."))
    if person.left_at:
        raise Invalid("person", N_("This colleague has left the school."))
    with db.atomic():
        _check_not_joined(incident)
        if queries.is_kept_out(incident, person.id):
            raise Invalid("person", N_("This person is kept out of this incident. Let them in first."))
        if (person.id, function) in on_team.functions_on(incident):
            raise Invalid("person", N_("This person has this function on the team already."))
        Membership.create(incident=incident, person=person, function=function, joined_at=now)
        by = actor.id if actor else None
        record("incident:team:add", subject(incident), actor_id=by, now=now, person=person.id, function=function)
        name = {"message": FUNCTION_NAMES[function]}
        log(incident, "team", rules.EVENTS["team.added"], author=actor, now=now, who=person.name, function=name)
        tell_once(incident, person, "joined", actor=actor, now=now)
        for react in after_join:
            react(incident, person, function, now)


def choose_member(incident: Incident, person: Person, function: str, *, actor: Person, now: datetime) -> None:
    """As `add_member`, by hand: nobody gives themselves what their account is not for. Raises `Invalid`."""
    if person.id == actor.id and function not in actor.functions:
        raise Invalid(
            "function",
            N_("Your own account does not have this function. Ask a colleague on the team to add you in it."),
        )
    add_member(incident, person, function, actor=actor, now=now)


def let_stand_in(
    incident: Incident, person: Person, functions: Iterable[str], *, actor: Person | None, now: datetime
) -> bool:
    """Have a deputy in these functions on the team; False for one who may not know of the incident by itself.

    Where a member of staff may be suspected a deputy gets no function; who is on the team already may help.
    The coordinators hear of who gets a function.
    """
    there = {row.function for row in queries.team(incident) if row.person_id == person.id}
    if not person.may_be_on_team or queries.is_kept_out(incident, person.id):
        return False
    if rules.staff_may_be_suspected(queries.flag_answers(incident)):
        return bool(there)
    missing = [function for function in functions if function not in there]
    told = [one for one in queries.coordinators(incident) if missing and one.id != person.id]
    for function in missing:
        add_member(incident, person, function, actor=actor, now=now)
    for one in told:
        tell_once(incident, one, "stands-in", actor=actor, now=now)
    return bool(there or missing)


def remove_member(incident: Incident, person: Person, *, actor: Person, now: datetime) -> None:
    """Take somebody off the team; their next request finds nothing. Raises `Refused` and `Missing`."""
    with db.atomic():
        if person.id == actor.id:
            raise Refused(N_("You cannot remove yourself."), N_("Ask a colleague on the team who may do it."))
        _check_not_joined(incident)
        _check_someone_leads(incident, person, actor)
        if not _take_off(incident, person, now):
            raise Missing
        record("incident:team:remove", subject(incident), actor_id=actor.id, now=now, person=person.id)
        log(incident, "team", rules.EVENTS["team.removed"], author=actor, now=now, who=person.name)


def _check_someone_leads(incident: Incident, person: Person, actor: Person) -> None:
    leads = {row.person_id: row.person for row in queries.team(incident) if row.function == "coordinator"}
    left = [one for one in leads.values() if one.id != person.id and one.may_be_on_team]
    rules.check_keep_out(person.id, actor.id, len(left) if person.id in leads else 1)


def _take_off(incident: Incident, person: Person, now: datetime) -> bool:
    gone = Membership.delete().where(Membership.incident == incident, Membership.person == person).execute()
    # What was queued before two incidents were joined is about the one that is no more.
    for (number,) in queries.with_joined(incident).tuples():
        notices.cancel(person_id=person.id, about=f"incident:{number}")
    for react in after_leave:
        react(incident, person, now)
    return bool(gone)


def withdraw(incident: Incident, person: Person, functions: list[str], *, actor: Person, now: datetime) -> None:
    """Take somebody off in functions that the account lost, without asking who leads then; joins the transaction."""
    where = (Membership.incident == incident) & (Membership.person == person)
    Membership.delete().where(where, Membership.function.in_(functions)).execute()
    named = [{"message": FUNCTION_NAMES[function]} for function in functions]
    event, also = rules.EVENTS["team.less"], {"functions": named}
    if not Membership.select().where(where).exists():
        _take_off(incident, person, now)
        event, also = rules.EVENTS["team.removed"], {}
    record("incident:team:remove", subject(incident), actor_id=actor.id, now=now, person=person.id, functions=functions)
    log(incident, "team", event, author=None, now=now, who=person.name, **also)


def keep_out(incident: Incident, person: Person, *, actor: Person, now: datetime) -> None:
    """From now on the incident does not exist for this person. Raises `Refused`."""
    with db.atomic():
        _check_not_joined(incident)
        _check_someone_leads(incident, person, actor)
        bar(incident, [person], actor=actor, now=now)


def bar(incident: Incident, people: Iterable[Person], *, actor: Person, now: datetime) -> None:
    """Keep people out without asking who is left: for a report, where nobody is on the team yet."""
    with db.atomic():
        for person in people:
            new = not queries.is_kept_out(incident, person.id)
            _take_off(incident, person, now)
            if new:
                KeptOut.create(incident=incident, person=person, since=now)
                record("incident:team:keep-out", subject(incident), actor_id=actor.id, now=now, person=person.id)
                log(incident, "team", rules.EVENTS["team.kept_out"], author=actor, now=now, who=person.name)


def let_in(incident: Incident, person: Person, *, actor: Person, now: datetime) -> None:
    """Somebody need not be kept out any more. They do not join by it. Raises `Missing` and `Refused`."""
    with db.atomic():
        _check_not_joined(incident)
        if not KeptOut.delete().where(KeptOut.incident == incident, KeptOut.person == person).execute():
            raise Missing
        record("incident:team:let-in", subject(incident), actor_id=actor.id, now=now, person=person.id)
        log(incident, "team", rules.EVENTS["team.let_in"], author=actor, now=now, who=person.name)


def mark_seen(incident: Incident, person: Person, *, now: datetime) -> None:
    """The first time a member opens the incident: the reporter sees that somebody is on it, unless the disk is full."""
    unseen = (Membership.incident == incident) & (Membership.person == person) & Membership.seen_at.is_null()
    with unless_full(f"{subject(incident)} first read by person:{person.id}"), db.atomic():
        if Membership.update(seen_at=now).where(unseen).execute():
            record("incident:overview:first-read", subject(incident), actor_id=person.id, now=now)


def keep_look(incident: Incident, person: Person, since: datetime | None, *, now: datetime) -> None:
    """When this member looked at the overview, and from when changes are new to them. Says nothing of the case."""
    with unless_full(f"{subject(incident)} looked at by person:{person.id}"), db.atomic():
        Membership.update(looked_at=now, look_from=since).where(
            Membership.incident == incident, Membership.person == person
        ).execute()
