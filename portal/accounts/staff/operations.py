"""Colleagues come, change and leave: accounts with all that hangs on them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.accounts import rules as account_rules
from portal.accounts.absence.operations import end as end_absence
from portal.accounts.absence.queries import absences_of
from portal.accounts.links.operations import send
from portal.accounts.models import ASKED, INVITE, OVER, REFUSED, RESET, Absence, Confirmation, Deputy, Link, Person
from portal.accounts.operations import check_email, create_person
from portal.accounts.queries import with_function
from portal.accounts.sessions.operations import end_sessions
from portal.accounts.staff import queries, rules
from portal.accounts.staff.rules import Handed
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid, Refused
from portal.notices.models import Mail
from portal.notices.operations import cancel_all, tell
from portal.policy import FUNCTION_NAMES, LEADERSHIP

# What higher packages do when somebody loses functions (None: leaves everything); filled in `portal.wiring`.
after_loss: list[Callable[[Person, set[str] | None, Person, datetime], Handed]] = []


def add(values: dict[str, Any], *, actor: Person | None, now: datetime) -> Person:
    """A new colleague, who gets an invitation; leadership hears of a function. Raises `Invalid`."""
    with db.atomic():
        person = add_quietly(values, actor=actor, now=now)
        tell_leadership([person], actor=actor, now=now)
    return person


def add_quietly(values: dict[str, Any], *, actor: Person | None, now: datetime) -> Person:
    """As `add`, for many at once: leadership is told when all are there."""
    by = actor.id if actor else None
    person = create_person(values, actor_id=by, now=now)
    _record_given(person, [], actor, now)
    send(person, INVITE, actor_id=by, now=now)
    return person


def _record_given(person: Person, before: Iterable[str], actor: Person | None, now: datetime) -> None:
    new = rules.given(before, person.functions)
    if new:
        by = actor.id if actor else None
        record("account:functions:give", f"person:{person.id}", actor_id=by, now=now, functions=new)


def tell_leadership(people: list[Person], *, actor: Person | None, now: datetime) -> None:
    """Those of leadership who are not among these people, or were it before, hear who got a function just now."""
    got = queries.given_at(now, actor.id if actor else None)
    ids = {person.id for person in people}
    new = {person.id for person, functions in got if LEADERSHIP in functions}
    for one in with_function([LEADERSHIP]) if any(person.id in ids for person, _functions in got) else ():
        if one.id not in new and any(person.id != one.id for person, _functions in got):
            tell(one, "functions", f"functions:{actor.id if actor else 0}", now=now)


def functions_said(mail: Mail, base_url: str) -> dict[str, str] | None:
    """The lines of a mail on functions: colleagues and what they got, without the reader."""
    by = int(mail.about.partition(":")[2]) or None
    got = queries.given_at(mail.created_at, by)
    others = [(who.name, given) for who, given in got if who.id != mail.person_id]
    lines = [f"{name}: {', '.join(_(FUNCTION_NAMES[one]) for one in given)}" for name, given in others]
    return {"who": "\n".join(lines)} if lines else None


def change(person: Person, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> Handed:
    """Store an account, with all that follows. Raises `Invalid`, `Refused`, and `ChangedMeanwhile` by `version`."""
    with db.atomic():
        handed = change_quietly(person, values, version=version, actor=actor, now=now)
        tell_leadership([person], actor=actor, now=now)
    return handed


def change_quietly(person: Person, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> Handed:
    """As `change`, for many at once: leadership is told when all are changed."""
    account_rules.check_functions(values["functions"])
    values = {**values, "email": values["email"].strip().lower()}
    before, was = list(person.functions), person.email
    with db.atomic():
        _check_here(person)
        check_email(values["email"], person.id)
        last = rules.bare(set(before) - set(values["functions"]), queries.holders())
        if last:
            raise Invalid("functions", rules.LAST[last])
        there = (Person.id == person.id) & (Person.version == version) & Person.left_at.is_null()
        if not Person.update(**values, version=version + 1).where(there).execute():
            raise ChangedMeanwhile(
                N_("Somebody else changed this account meanwhile."),
                N_("Go back to the account, look at what changed and enter your change again."),
            )
        for name, value in {**values, "version": version + 1}.items():
            setattr(person, name, value)
        by = f"person:{person.id}"
        record("account:person:change", by, actor_id=actor.id, now=now, functions=values["functions"])
        if values["email"] != was:
            _move(person, was, actor, now)
        return _refit(person, before, actor, now)


def _check_here(person: Person) -> None:
    if person.left_at:
        raise Refused(N_("This colleague has left."), N_("Let them back in first, on the page of the account."))


def _move(person: Person, was: str, actor: Person, now: datetime) -> None:
    """Another address: what went to the old one opens nothing any more, and the old one hears of it."""
    Link.delete().where(Link.person == person).execute()
    end_sessions(person)
    tell(person, "address", f"person:{person.id}", now=now, address=was)
    record("account:address:change", f"person:{person.id}", actor_id=actor.id, now=now)
    if not person.password:
        send(person, INVITE, actor_id=actor.id, now=now)


def _refit(person: Person, before: list[str], actor: Person, now: datetime) -> Handed:
    """Other functions: signed out everywhere, and off the teams in what was lost."""
    lost = rules.lost(before, person.functions)
    if set(before) != set(person.functions):
        end_sessions(person)
        _record_given(person, before, actor, now)
    if lost is None:
        _stand_in_no_more(person)
    return Handed() if lost == set() else _hand_over(person, lost, actor, now)


def _hand_over(person: Person, lost: set[str] | None, actor: Person, now: datetime) -> Handed:
    handed = Handed()
    for react in after_loss:
        handed.add(react(person, lost, actor, now))
    # After it, so that what a stand-in has stays there: nobody on no team gets anything back.
    for absence in absences_of(person) if lost is None else ():
        end_absence(absence, actor=actor, now=now)
    if handed != Handed():
        record(
            "account:work:hand-over",
            f"person:{person.id}",
            actor_id=actor.id,
            now=now,
            given={str(number): n for number, n in handed.given.items()},
            waiting=handed.waiting,
            unled=handed.unled,
        )
    return handed


def _stand_in_no_more(person: Person) -> None:
    Deputy.delete().where(Deputy.person == person).execute()
    Absence.update(deputy=None).where(Absence.deputy == person, Absence.state != OVER).execute()


def invite(person: Person, *, actor: Person, now: datetime) -> None:
    """Send the invitation again; the link before ends. Raises `Refused`."""
    with db.atomic():
        _check_here(person)
        if person.password:
            raise Refused(
                N_("This colleague has chosen a password already."), N_("Is it lost? Let them choose a new one.")
            )
        send(person, INVITE, actor_id=actor.id, now=now)


def lose_password(person: Person, *, actor: Person, now: datetime) -> None:
    """It opens nothing from now on, and a link lets the person choose another. Raises `Refused`."""
    if person.id == actor.id:
        # The link would be shown to nobody: the session that asks for it ends.
        raise Refused(N_("This is your own account."), N_("Choose another password under your name."))
    with db.atomic():
        _check_here(person)
        Person.update(password="", must_change_password=False).where(Person.id == person.id).execute()
        end_sessions(person)
        record("account:password:reset", f"person:{person.id}", actor_id=actor.id, now=now)
        send(person, RESET, actor_id=actor.id, now=now)


def leave(person: Person, *, actor: Person, now: datetime) -> Handed:
    """Close an account: nothing opens any more, and the work goes to deputies. Raises `Refused`."""
    with db.atomic():
        last = rules.bare(person.functions, queries.holders())
        if last and person.left_at is None:
            raise Refused(rules.LAST[last])
        closed = Person.update(left_at=now, password="", must_change_password=False, version=Person.version + 1)
        if not closed.where(Person.id == person.id, Person.left_at.is_null()).execute():
            raise Refused(N_("This colleague has left."), N_("Look at the account to see what was handed over."))
        setattr(person, "left_at", now)  # noqa: B010  (the type of a column is not that of its value)
        end_sessions(person)
        Link.delete().where(Link.person == person).execute()
        _stand_in_no_more(person)
        _close_questions(person, now)
        record("account:person:leave", f"person:{person.id}", actor_id=actor.id, now=now)
        handed = _hand_over(person, None, actor, now)
        # Last: what happens above may have put more in the outbox.
        cancel_all(person.id)
    return handed


def _close_questions(person: Person, now: datetime) -> None:
    """What was asked about, for or by somebody who left is decided by nobody any more."""
    theirs = (Confirmation.person == person) | (Confirmation.receiver == person) | (Confirmation.asked_by == person)
    Confirmation.update(state=REFUSED, decided_at=now).where(Confirmation.state == ASKED, theirs).execute()


def let_back(person: Person, *, actor: Person, now: datetime) -> None:
    """Open the account again, with an invitation; on no team. Raises `Refused`."""
    with db.atomic():
        there = (Person.id == person.id) & Person.left_at.is_null(False)
        if not Person.update(left_at=None, version=Person.version + 1).where(there).execute():
            raise Refused(N_("This account is open already."))
        setattr(person, "left_at", None)  # noqa: B010  (as above)
        record("account:person:return", f"person:{person.id}", actor_id=actor.id, now=now)
        _record_given(person, [], actor, now)
        send(person, INVITE, actor_id=actor.id, now=now)
        tell_leadership([person], actor=actor, now=now)
