"""Codes of the second factor: how they look, when one counts, and how often somebody may be wrong. Pure."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.errors import N_, TooOften

STEP = 30  # seconds that a code of an app lasts
WINDOW = 1  # steps before and after now in which it still counts, for clocks that are a little off
RECOVERY_CODES, FEW_CODES = 10, 3
# 32 signs without those that are taken for another (Crockford): 16 of them are 80 bits.
SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
READ_AS = str.maketrans("oil", "011")

TRIES = 5  # wrong codes, after which a wait comes
FIRST_WAIT = timedelta(minutes=15)
LONGER = 4  # times, for each next wait of a day

FRESH = timedelta(minutes=10)  # how long ago a factor may have been shown by who changes one

CONFIRMATION = "second-factor"
ASKED = N_(
    "The administrator asks to remove the second step of %(person)s, who lost it. All sessions of %(person)s end. "
    "At the next sign-in with the password a new second step is set up. "
    "Confirm it only when you have spoken to %(person)s yourself."
)
MAILS = {
    "factor": (
        N_("Your second step in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The second step of your account was changed, or a recovery code was used. Was it you? "
            "Then you need not do anything.\n\n"
            "Was it not you? Then call your administrator now."
        ),
    ),
    "factor-reset": (
        N_("Your second step in Rustpunt was removed"),
        N_(
            "Hello %(name)s,\n\n"
            "Your second step was removed, because somebody said that you lost it. "
            "Sign in with your password soon and set up a new one:\n\n"
            "%(address)s\n\n"
            "Did you not ask for this? Then call your administrator now."
        ),
    ),
    "confirm": (
        N_("Somebody asks you to confirm something in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator asks you to confirm something. Please look at it here:\n\n"
            "%(address)s/confirmations"
        ),
    ),
}


def step_of(now: datetime) -> int:
    """The number of the time step in which this moment lies."""
    return int(now.timestamp()) // STEP


def is_fresh(shown_at: datetime | None, now: datetime) -> bool:
    """Whether a factor was shown so lately that it is its owner who sits there."""
    return shown_at is not None and now - shown_at < FRESH


def is_app_code(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{6}", text))


def recovery_codes() -> list[str]:
    """New ones, each 80 random bits, in groups to be read from paper."""
    return [
        "-".join("".join(secrets.choice(SIGNS) for _sign in range(4)) for _group in range(4))
        for _code in range(RECOVERY_CODES)
    ]


def plain(typed: str) -> str:
    """A code as it is compared, however it was typed: without spaces and dashes, in small letters."""
    return re.sub(r"[\s\-–]", "", typed).lower()


def as_recovery_code(code: str) -> str:
    """What `plain` gave, with letters that are taken for digits read as those."""
    return code.translate(READ_AS)


def too_many(seconds: int) -> TooOften:
    """The refusal after too many wrong codes, with how long it lasts in words."""
    way_on = N_("Do you have to report something? Sign in and report: that goes without a code.")
    minutes = -(-seconds // 60)
    if minutes == 1:
        message = N_("Too many wrong codes. You are signed out. Try again in one minute.")
    elif minutes < 120:
        message = N_("Too many wrong codes. You are signed out. Try again in %(minutes)s minutes.")
    else:
        message = N_("Too many wrong codes. You are signed out. Try again in %(hours)s hours.")
    return TooOften(message, way_on, wait=seconds, minutes=minutes, hours=-(-minutes // 60))


def closed_until(failures: Sequence[datetime]) -> datetime | None:
    """Until when no code is looked at, after these wrong ones of the last day (oldest first).

    Every fifth begins a wait: a quarter of an hour, then one hour, four, sixteen.
    """
    waits = len(failures) // TRIES
    return failures[waits * TRIES - 1] + FIRST_WAIT * LONGER ** (waits - 1) if waits else None
