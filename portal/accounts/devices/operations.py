"""Which devices somebody used before: each browser keeps a mark per account that only this installation can make.

A mark is bound to the school, the account and its password, so that a new password makes those of before worthless.
"""

import hmac
import re
import secrets
from datetime import datetime

from flask_babel import gettext as _

from portal.accounts.devices import queries
from portal.accounts.models import Person
from portal.audit.operations import record
from portal.notices.models import Mail
from portal.notices.operations import tell
from portal.security import keyed

MOST = 8  # accounts that one browser is known of
MARK = re.compile(r"([A-Za-z0-9_-]{12})([0-9a-f]{32})")


def known(marks: str, person: Person | None) -> str:
    """The name of this device if the account was used on it before, else ''. `marks` is the browser's cookie.

    Costs the same whether the account exists or not.
    """
    found = ""
    for nonce, proof in _read(marks):
        if hmac.compare_digest(proof, _proof(nonce, person)):
            found = nonce
    return found if person else ""


def remember(marks: str, person: Person) -> str:
    """The cookie of a browser in which this account was signed in, that account first."""
    nonce = known(marks, person) or secrets.token_urlsafe(9)
    own = nonce + _proof(nonce, person)
    others = [name + proof for name, proof in _read(marks) if name != nonce]
    return ".".join([own, *others][:MOST])


def _read(marks: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in map(MARK.fullmatch, marks.split(".")[:MOST]) if found]


def _proof(nonce: str, person: Person | None) -> str:
    return keyed("device", nonce, *((person.id, person.password) if person else (0, "")))[:32]


def add(person: Person, device: str, *, now: datetime) -> None:
    """A device that was not known: in the trail, and in a mail to its owner unless it is the first; joins the
    transaction. `device` is its label."""
    first = not queries.had_any(person)
    record("account:device:add", f"person:{person.id}", actor_id=person.id, now=now, device=device)
    if not first:
        tell(person, "device", f"person:{person.id}", now=now)


def details(mail: Mail, base_url: str) -> dict[str, str]:
    """What the mail about a new device says: which one."""
    return {"device": shown(queries.added_at(mail.person_id, mail.created_at))}


def shown(device: str) -> str:
    """The label of a device in the reader's language."""
    browser, on, system = device.partition(" on ")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if on else device or _("Unknown device")
