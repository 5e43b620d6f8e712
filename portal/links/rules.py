"""How a shared link stands, its address and its code. Pure.

Source of the states: case management between organisations (offered to revoked); of the locks: 5 wrong codes in a row
wait a quarter of an hour, 15 end the link. With 8 digits a stranger who has the address guesses right once in
6.7 million.
"""

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from portal.accounts.throttle.rules import network
from portal.errors import N_

WORK_ON_IT = ("coordinator", "leadership")  # functions whose members hear of what the other school does
DEFAULT_DAYS, MOST_DAYS = 42, 90
LOCK_EVERY, DEAD_AT = 5, 15  # wrong codes since the last right one
LOCKED_FOR = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)  # a session, however much it is used
CODE_DIGITS = 8
MOST_ACTS, MOST_WORRIES = 120, 30  # events of one link in an hour, and worries besides: nobody who works comes near
MOST_DRAFTS = 50  # of one link: more than there are texts to type, and few enough to read with each page

DRAFT, PROPOSED, OFFERED, OPENED, ACCEPTED = "draft", "proposed", "offered", "opened", "accepted"
IN_PROGRESS, DONE, DECLINED, EXPIRED, REVOKED, DEAD = "in-progress", "done", "declined", "expired", "revoked", "dead"
STATES = {
    DRAFT: N_("not sent yet"),
    PROPOSED: N_("proposed by the other school"),
    OFFERED: N_("offered, not opened yet"),
    OPENED: N_("opened"),
    ACCEPTED: N_("takes part"),
    IN_PROGRESS: N_("in progress"),
    DONE: N_("done"),
    DECLINED: N_("does not take part"),
    EXPIRED: N_("expired"),
    REVOKED: N_("revoked"),
    DEAD: N_("closed after wrong codes"),
}
OVER = (EXPIRED, REVOKED, DEAD)  # nothing can be read through it any more
SHUT = (DRAFT, PROPOSED, *OVER)  # its address answers as one that does not exist


class Moments(Protocol):
    """What the state of a link follows from."""

    sent_at: Any
    opened_at: Any
    accepted_at: Any
    declined_at: Any
    revoked_at: Any
    dead_at: Any
    ends_at: Any
    proposed_by_id: Any


def state_of(link: Moments, now: datetime, actions: Sequence[str] = ()) -> str:
    """How a link stands now. `actions` are the states of what the other school was asked ('todo', 'doing', 'done',
    'not-needed'), none for a link on which nothing was asked."""
    if link.revoked_at:
        return REVOKED
    if link.dead_at:
        return DEAD
    if not link.sent_at:
        return PROPOSED if link.proposed_by_id else DRAFT
    if link.ends_at <= now:
        return EXPIRED
    if link.declined_at:
        return DECLINED
    if not link.opened_at:
        return OFFERED
    if actions and all(one in ("done", "not-needed") for one in actions):
        return DONE
    if any(one in ("done", "doing") for one in actions):
        return IN_PROGRESS
    return ACCEPTED if link.accepted_at else OPENED


def answers_at(link: Moments, now: datetime) -> bool:
    """Whether the address of this link asks for its code at all; a declined one can still be read."""
    return state_of(link, now) not in SHUT


def new_nonce() -> str:
    """128 random bits: what the database keeps. It opens nothing by itself."""
    return secrets.token_urlsafe(16)


def _made(secret: str, purpose: str, *parts: object) -> bytes:
    said = ":".join(str(part) for part in (purpose, *parts))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()


def token_of(nonce: str, secret: str) -> str:
    """What the address holds: 256 bits that only this installation can make of the nonce (HMAC-SHA256)."""
    return base64.urlsafe_b64encode(_made(secret, "shared-link", nonce)).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What the database knows of a token (SHA-256, hexadecimal)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def path_of(nonce: str, secret: str) -> str:
    return f"/p/{token_of(nonce, secret)}"


def code_of(nonce: str, number: int, secret: str) -> str:
    """The code that is told by telephone, 8 digits; another `number` is another code."""
    made = int.from_bytes(_made(secret, "shared-link-code", nonce, number), "big")
    return f"{made % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def spoken(code: str) -> str:
    """As it is read out: in pairs."""
    return " ".join(code[at : at + 2] for at in range(0, len(code), 2))


def typed(code: str) -> str:
    """The digits of a code as somebody typed it, with spaces and dashes."""
    return "".join(char for char in code if char.isascii() and char.isdigit())


def is_code(text: str, nonce: str, number: int, secret: str) -> bool:
    return hmac.compare_digest(typed(text).encode(), code_of(nonce, number, secret).encode())


@dataclass(frozen=True)
class Lock:
    """What one more wrong code makes of a link."""

    wrong: int
    locked_until: datetime | None
    is_dead: bool


def after_wrong(wrong: int, now: datetime) -> Lock:
    """After `wrong` wrong codes before this one."""
    count = wrong + 1
    return Lock(count, now + LOCKED_FOR if count % LOCK_EVERY == 0 else None, count >= DEAD_AT)


def coarse(address: str) -> str:
    """Of a network address what both schools may see: a neighbourhood of a provider (IPv4 /24, IPv6 /48), no device."""
    try:
        ip = ipaddress.ip_address(network(address).partition("/")[0])
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))
