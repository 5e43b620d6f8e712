"""Putting mail in the outbox, and sending what is there."""

import logging
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime as in_header
from email.utils import make_msgid
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote

from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _

from portal.clock import local
from portal.db import db
from portal.notices import queries, rules
from portal.notices.models import CANCELLED, FAILED, QUEUED, SENDING, SENT, Mail

log = logging.getLogger("rustpunt.mail")
Send = Callable[[EmailMessage], None]
# kind of mail -> what fills the places of its text when it is sent (the mail, the portal's address); filled in
# `create_app`. None: there is nothing left to say, and the mail is taken back.
details: dict[str, Callable[[Mail, str], dict[str, str] | None]] = {}


def notify(kind: str, *, person_id: int, address: str, language: str, about: str, now: datetime) -> Mail:
    """Queue one mail without content; joins the transaction of the caller."""
    made: Mail = Mail.create(
        kind=kind, person_id=person_id, address=address, language=language, about=about, created_at=now, due_at=now
    )
    return made


class Reader(Protocol):
    """Who gets a mail: an account."""

    id: Any
    email: Any
    language: Any


def tell(person: Reader, kind: str, about: str, *, now: datetime, address: str = "") -> None:
    """As `notify`, to somebody's own address unless another is given."""
    to = address or person.email
    notify(kind, person_id=person.id, address=to, language=person.language, about=about, now=now)


def cancel(*, person_id: int, about: str) -> None:
    """Somebody may not know of this any more: take back what is still waiting."""
    Mail.update(state=CANCELLED).where(
        Mail.person_id == person_id, Mail.about == about, Mail.state.in_([QUEUED, SENDING])
    ).execute()


def cancel_all(person_id: int) -> None:
    """Somebody left: nothing that waits is sent any more."""
    Mail.update(state=CANCELLED).where(Mail.person_id == person_id, Mail.state.in_([QUEUED, SENDING])).execute()


def send_due(send: Send, names: dict[int, str], *, base_url: str, sender: str, now: datetime) -> int:
    """Send what is due, each mail by one worker only. `names` maps people to how they are greeted.

    Gives how many were sent. A mail that fails waits longer each time and is given up after six tries.
    """
    with db.atomic():
        Mail.update(state=FAILED).where(Mail.state == QUEUED, Mail.created_at < now - rules.STALE).execute()
    sent = 0
    # Read to the end first: an open cursor would hold an old view of the file and block the claims below.
    for mail in list(queries.due(now)):
        if _claim(mail, now):
            sent += _send_one(mail, send, names.get(mail.person_id, ""), base_url, sender, now)
    return sent


def _claim(mail: Mail, now: datetime) -> bool:
    with db.atomic():
        changed: int = (
            Mail.update(state=SENDING, attempts=mail.attempts + 1, due_at=now)
            .where(Mail.id == mail.id, Mail.state == mail.state, Mail.attempts == mail.attempts)
            .execute()
        )
    mail.attempts += 1
    return changed == 1


def _send_one(mail: Mail, send: Send, name: str, base_url: str, sender: str, now: datetime) -> int:
    message = compose(mail, name, base_url, sender)
    if message is None:
        # This one only: of the same thing another may still have something to say.
        with db.atomic():
            Mail.update(state=CANCELLED).where(Mail.id == mail.id).execute()
        return 0
    try:
        send(message)
    except (OSError, smtplib.SMTPException) as error:
        again = rules.next_try(mail.attempts, now)
        log.warning("mail %s not sent (try %s): %s", mail.id, mail.attempts, type(error).__name__)
        change = {"state": QUEUED, "due_at": again} if again else {"state": FAILED}
    else:
        change = {"state": SENT, "sent_at": now}
    with db.atomic():
        # Cancelled meanwhile stays cancelled.
        Mail.update(**change).where(Mail.id == mail.id, Mail.state == SENDING).execute()
    return int(change["state"] == SENT)


def compose(mail: Mail, name: str, base_url: str, sender: str) -> EmailMessage | None:
    """The message itself: no name, reference or word of an incident (product rule 6). None when it says nothing now."""
    message = EmailMessage()
    with force_locale(mail.language):
        filled = _filled(mail, base_url) if mail.kind in details else {}
        if filled is None:
            return None
        subject, body = rules.text_of(mail.kind)
        message["Subject"] = _(subject)
        message.set_content(_(body, **{"name": name, "address": base_url, **filled}))
    message["From"] = sender
    message["To"] = mail.address
    message["Date"] = in_header(mail.created_at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    return message


def _filled(mail: Mail, base_url: str) -> dict[str, str] | None:
    said = details[mail.kind](mail, base_url)
    when = format_datetime(local(mail.created_at), "EEEE d MMMM, HH:mm", rebase=False)
    return None if said is None else {"when": when, **said}


LOOPBACK = ("localhost", "127.0.0.1", "::1")
TIMEOUT = 20  # seconds


def _connected(server: SplitResult, secure: ssl.SSLContext) -> smtplib.SMTP:
    host = server.hostname or ""
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT, context=secure)
    return smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT)


def smtp_sender(server: SplitResult) -> Send:
    """A function that hands a message to the mail server; TLS always, except to this machine itself."""

    def send(message: EmailMessage) -> None:
        secure = ssl.create_default_context()
        with _connected(server, secure) as smtp:
            if server.scheme == "smtp" and server.hostname not in LOOPBACK:
                smtp.starttls(context=secure)
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(message)

    return send
