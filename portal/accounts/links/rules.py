"""Links that let somebody choose a password: how long they last and how their address is made. Pure."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

LASTS = timedelta(hours=72)
# By oneself a new link is mailed once in so long, and one that is still there again while it lasts this long.
ASKED_ONCE_IN = timedelta(minutes=15)
LEAST_LEFT = timedelta(hours=1)
DAY, MOST_A_DAY = timedelta(days=1), 5  # mails to one address: anybody can ask for a colleague
MOST_OF_NOBODY = 20_000  # rows of who asked for an address without account
NONCE_LENGTH = 22


def new_nonce() -> str:
    """128 random bits: what the database keeps. It opens nothing by itself."""
    return secrets.token_urlsafe(16)


def token_of(nonce: str, secret: str) -> str:
    """What the address holds: the nonce, and its HMAC-SHA256 with a secret that lies apart from the database."""
    mark = hmac.new(secret.encode(), b"account-link:" + nonce.encode(), hashlib.sha256).digest()
    return nonce + base64.urlsafe_b64encode(mark).decode().rstrip("=")


def nonce_of(token: str, secret: str) -> str:
    """The nonce of a token that we made; '' for any other."""
    nonce = token[:NONCE_LENGTH]
    return nonce if hmac.compare_digest(token_of(nonce, secret).encode(), token.encode()) else ""


def path_of(nonce: str, secret: str) -> str:
    return f"/welcome/{token_of(nonce, secret)}"


def may_ask(before: Sequence[datetime], now: datetime) -> bool:
    """Whether a mail goes out to who asks again, after those of the last day."""
    return len(before) < MOST_A_DAY and all(at <= now - ASKED_ONCE_IN for at in before)


def about_asking(email: str) -> str:
    """What a mail that somebody asked for is about: the address, so that it can be asked whether or not it is known."""
    return f"forgotten:{hashlib.sha256(email.encode()).hexdigest()[:40]}"
