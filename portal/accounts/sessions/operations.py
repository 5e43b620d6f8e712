"""Keeping a session in use, and ending sessions: one's own, somebody's, or all of the school."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.accounts.models import Person, SignIn
from portal.accounts.queries import by_id, with_function
from portal.accounts.rules import hashed, new_token
from portal.accounts.sessions import queries, rules
from portal.audit.operations import record
from portal.clearing import remove_over
from portal.db import db, unless_full
from portal.errors import N_, Refused
from portal.notices.models import Mail
from portal.notices.operations import tell
from portal.policy import LEADERSHIP


def note_use(person: Person, *, now: datetime) -> None:
    """This request's session is in use. Written once a minute at most; a full disk stops nobody from reading."""
    if not rules.to_note(person.seen_at, now):
        return
    with unless_full(f"use of session {person.session_id}"), db.atomic():
        SignIn.update(seen_at=now).where(SignIn.id == person.session_id).execute()


def renew(person: Person, *, now: datetime, **also: Any) -> None:
    """Give this request's session a new token, so that a copy of its cookie opens nothing; joins the transaction.

    The browser has to be given the new one: `person.token`. `also` are columns that change with it. Raises `Refused`
    for a session that has ended meanwhile.
    """
    token = new_token()
    going_on = (SignIn.token_hash == hashed(person.token or "")) & (SignIn.ends_at > now)
    if not SignIn.update(token_hash=hashed(token), **also).where(going_on).execute():
        raise Refused(N_("Your session has ended. Sign in again."))
    person.token = token


def end_sessions(person: Person, *, keep: int | None = None) -> None:
    """End every session of somebody, in every worker from the next request on; joins the caller's transaction.

    `keep` is the number of a session that goes on (`person.session_id`). Nothing is recorded: the caller's event,
    like a new password or another function, says why they ended.
    """
    SignIn.delete().where(SignIn.person == person, SignIn.id != (keep or 0)).execute()


def end_own(person: Person, session_id: int, *, now: datetime) -> None:
    """End one of one's own sessions; one that has ended, or is of somebody else, is left as it is."""
    with db.atomic():
        if SignIn.delete().where(SignIn.person == person, SignIn.id == session_id).execute():
            _record(person, now, session=session_id)


def end_all_own(person: Person, *, here_too: bool, now: datetime) -> None:
    """End all sessions of one's own but this one, or this one too."""
    with db.atomic():
        end_sessions(person, keep=None if here_too else person.session_id)
        _record(person, now, here_too=here_too)


def end_all_of(person: Person, *, actor_id: int | None, now: datetime) -> None:
    """End all sessions of somebody else, for who runs the installation."""
    with db.atomic():
        end_sessions(person)
        record("account:session:end", f"person:{person.id}", actor_id=actor_id, now=now)


def end_everything(*, actor: Person | None, now: datetime) -> int:
    """Emergency: end every session of the school. The rest of leadership gets a mail; gives how many had one."""
    with db.atomic():
        ended: int = SignIn.select(SignIn.person).where(~queries.over(now)).distinct().count()
        SignIn.delete().execute()
        record("account:emergency:end", "school:1", actor_id=actor and actor.id, now=now, people=ended)
        for one in with_function([LEADERSHIP]):
            if actor is None or one.id != actor.id:
                tell(one, "emergency", f"person:{actor.id if actor else 0}", now=now)
    return ended


def details(mail: Mail, base_url: str) -> dict[str, str]:
    """What the mail about an emergency says: who ended the sessions."""
    actor = by_id(int(mail.about.partition(":")[2]))
    return {"who": actor.name if actor else _("The administrator of the server")}


def _record(person: Person, now: datetime, **detail: int) -> None:
    record("account:session:end", f"person:{person.id}", actor_id=person.id, now=now, **detail)


def clear_old(now: datetime) -> None:
    """Remove sessions that open nothing any more."""
    remove_over({SignIn: queries.over(now)})
