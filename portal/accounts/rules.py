"""Passwords, sessions and which functions go together. Pure."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from portal.errors import N_, Invalid
from portal.policy import ADMINISTRATOR

SESSION_LENGTH = timedelta(hours=12)
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for length, not for odd signs
LONGEST_PASSWORD = 200


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What the database keeps of a token. A random token needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def starting_password() -> str:
    """A password to hand over once; it must be changed at the first sign-in."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def check_functions(functions: Iterable[str]) -> None:
    """Refuse an administrator with another function: who makes accounts never sees an incident."""
    chosen = set(functions)
    if ADMINISTRATOR in chosen and len(chosen) > 1:
        raise Invalid(
            "functions", N_("An administrator has no other function: whoever manages accounts sees no incidents.")
        )


def check_password(password: str, email: str) -> None:
    """Refuse a password that is too short, too long, or the person's own address. Raises `Invalid`."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            "new", N_("Use at least %(least)s characters. A sentence is easy to remember."), least=SHORTEST_PASSWORD
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("new", N_("Use at most %(most)s characters."), most=LONGEST_PASSWORD)
    if password.casefold() == email.casefold():
        raise Invalid("new", N_("Do not use your e-mail address as your password."))
