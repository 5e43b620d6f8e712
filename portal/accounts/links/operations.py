"""Invitations and other links: made, sent, used once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.entry.operations import begin
from portal.accounts.entry.rules import Visitor
from portal.accounts.links import queries, rules
from portal.accounts.models import INVITE, RESET, SETUP, Link, Person
from portal.accounts.operations import check_new_password, create_person, hasher
from portal.accounts.queries import by_email, people
from portal.accounts.queries import by_id as person_by_id
from portal.accounts.sessions.operations import end_sessions
from portal.audit.operations import record
from portal.clearing import remove_over
from portal.db import db
from portal.errors import Missing
from portal.notices import queries as mails
from portal.notices.models import Mail
from portal.notices.operations import notify, tell
from portal.policy import ADMINISTRATOR
from portal.school.queries import school_name

_OF_NOBODY = (Mail.kind == "forgotten") & (Mail.person_id == 0)


def make(person: Person | None, kind: str, *, actor_id: int | None, now: datetime) -> Link:
    """A new link, which ends older ones of this person (none: who sets up the school)."""
    with db.atomic():
        Link.delete().where(Link.person == person).execute()
        link: Link = Link.create(
            person=person, kind=kind, nonce=rules.new_nonce(), made_by=actor_id, made_at=now, ends_at=now + rules.LASTS
        )
        record(f"account:{kind}:make", f"person:{person.id if person else 0}", actor_id=actor_id, now=now)
    return link


def send(person: Person, kind: str, *, actor_id: int | None, now: datetime) -> Link:
    """A new link with its mail; where no mail can go out, the administrator hands it over."""
    with db.atomic():
        link = make(person, kind, actor_id=actor_id, now=now)
        tell(person, kind, f"link:{link.nonce}", now=now)
    return link


def _claim(link: Link, now: datetime) -> None:
    """Used by one, whoever else has it open. Raises `Missing`."""
    unused = (Link.id == link.id) & Link.used_at.is_null() & (Link.ends_at > now)
    if not Link.update(used_at=now).where(unused).execute():
        raise Missing


def use(link: Link, password: str, visitor: Visitor, *, now: datetime) -> Person:
    """Choose the password; the person is signed in here and nowhere else. Raises `Invalid` and `Missing`."""
    person: Person = link.person
    check_new_password(person, password, now)
    kept = hasher.hash(password)  # before the transaction: it is slow on purpose
    with db.atomic():
        _claim(link, now)
        there = (Person.id == person.id) & Person.left_at.is_null()
        if not Person.update(password=kept, must_change_password=False).where(there).execute():
            raise Missing
        end_sessions(person)
        record("account:link:use", f"person:{person.id}", actor_id=person.id, now=now, kind=link.kind)
        begin(person, visitor, now=now, how="link")
    return person


def set_up(link: Link, values: dict[str, Any], password: str, visitor: Visitor, *, now: datetime) -> Person:
    """The first account of a school: its administrator, signed in. Raises `Invalid` and `Missing`."""
    check_new_password(Person(name=values["name"], email=values["email"]), password, now)
    kept = hasher.hash(password)
    with db.atomic():
        _claim(link, now)
        if people().exists():
            raise Missing
        person = create_person({**values, "functions": [ADMINISTRATOR]}, actor_id=None, now=now, ready_hash=kept)
        record("account:link:use", f"person:{person.id}", actor_id=person.id, now=now, kind=SETUP)
        begin(person, visitor, now=now, how="link")
    return person


def ask(email: str, language: str, *, now: datetime) -> None:
    """Somebody forgot the password: a mail is put in the outbox, once in a quarter of an hour and five times a day.

    The same is done for an address that nobody has; whether there is anything to send is asked when it is sent.
    Of those a number is kept, and none stands in the trail: anybody can ask, for any address.
    """
    email = email.strip().lower()
    person, about = by_email(email), rules.about_asking(email)
    number, to, spoken = (person.id, person.email, person.language) if person else (0, "", language)
    with db.atomic():
        if rules.may_ask(mails.moments_since(now - rules.DAY, about=about), now):
            made = notify("forgotten", person_id=number, address=to, language=spoken, about=about, now=now)
            Mail.delete().where(_OF_NOBODY, Mail.id <= made.id - rules.MOST_OF_NOBODY).execute()


def mail_values(
    mail: Mail, base_url: str, *, secret: str, say: Callable[[datetime, str], str], now: datetime
) -> dict[str, str] | None:
    """What the mail of a link says; None when the link is gone, or nobody has the address."""
    # By nonce: the number of a link that is gone may be somebody else's now.
    link = _asked(mail, now) if mail.kind == "forgotten" else queries.by_nonce(mail.about.partition(":")[2], now)
    if link is None:
        return None
    address = base_url + rules.path_of(link.nonce, secret)
    return {"school": school_name(), "link": address, "until": say(link.ends_at, mail.language)}


def _asked(mail: Mail, now: datetime) -> Link | None:
    """The link that lasts, so that asking again and again ends none; else a new one."""
    person = person_by_id(mail.person_id)
    if person is None or person.left_at:
        return None
    with db.atomic():
        if mail.attempts == 1:
            record("account:reset:ask", f"person:{person.id}", actor_id=None, now=now)
        there = queries.open_link(person, now + rules.LEAST_LEFT)
        return there or make(person, RESET if person.password else INVITE, actor_id=None, now=now)


def clear_old(now: datetime) -> None:
    """Forget links that open nothing any more, and who asked for one without an account."""
    over, asked = Link.used_at.is_null(False) | (Link.ends_at <= now), _OF_NOBODY & (Mail.created_at <= now - rules.DAY)
    remove_over({Link: over, Mail: asked})
