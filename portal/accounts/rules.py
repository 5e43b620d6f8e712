"""Passwords, sessions and which functions go together. Pure."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.errors import N_, Invalid
from portal.policy import ADMINISTRATOR

SESSION_LENGTH = timedelta(hours=12)
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for length, not for odd signs
LONGEST_PASSWORD = 200
# Where schools look first when they choose a password.
SCHOOL_WORDS = (
    "rustpunt", "school", "scholen", "college", "lyceum", "gymnasium", "mavo", "havo", "vwo", "vmbo", "welkom",
    "welcome", "wachtwoord", "password", "geheim", "leerling", "leraar", "docent", "teacher", "mentor", "klas", "les",
    "rooster", "schooljaar", "directie", "conciërge", "conciergerie", "beheer", "beheerder", "admin", "coordinator",
    "vertrouwenspersoon", "zorg", "inloggen", "lente", "zomer", "herfst", "winter", "januari", "februari", "maart",
    "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december", "maandag", "dinsdag",
    "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "vakantie", "voetbal", "nederland", "amsterdam",
    "rotterdam", "utrecht", "ajax", "feyenoord", "qwerty", "iloveyou", "hallo", "test",
)  # fmt: skip
# Of a password this is read to guess it: what guesses takes the square of the length, and longer with many signs.
READ, READ_WITH_SIGNS, MANY_SIGNS = 40, 24, 6
STRONG = 3  # zxcvbn's 'safely unguessable': 10^8 guesses and more
_LOOKS_LIKE = str.maketrans("01345789@$!|", "oieastbgasii")
TOO_LIKELY = {
    "own": N_(
        "This is mostly your name, the school, a year or a word that many at school choose. "
        "Three or four words that have nothing to do with you or with school are better."
    ),
    "dictionary": N_(
        "Many people use a password like this one. Three or four words that do not belong together are better."
    ),
    "row": N_(
        "This repeats itself, or follows the keys or the alphabet. "
        "Three or four words that do not belong together are better."
    ),
}


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What the database keeps of a token. A random token needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_functions(functions: Iterable[str]) -> None:
    """Refuse an administrator with another function: who makes accounts never sees an incident."""
    chosen = set(functions)
    if ADMINISTRATOR in chosen and len(chosen) > 1:
        raise Invalid(
            "functions", N_("An administrator has no other function: whoever manages accounts sees no incidents.")
        )


def check_password(password: str, about: Iterable[str], now: datetime) -> None:
    """Refuse a password that is too short, too long or easily guessed (NIST SP 800-63B). Raises `Invalid` on `new`.

    `about` is what somebody who wants in knows: names, addresses, the school.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            "new", N_("Use at least %(least)s characters. A sentence is easy to remember."), least=SHORTEST_PASSWORD
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("new", N_("Use at most %(most)s characters."), most=LONGEST_PASSWORD)
    why = likely(password, about, now.year)
    if why:
        raise Invalid("new", TOO_LIKELY[why])


def likely(password: str, about: Iterable[str], year: int) -> str:
    """Why a password is easily guessed, as a key of `TOO_LIKELY`; '' when it is not."""
    texts = [text.casefold() for text in (*about, *SCHOOL_WORDS)]
    words = {word for text in texts for word in (text, *re.split(r"[\W_]+", text)) if len(word) > 2}
    if _mostly(password.casefold(), words) or _mostly(password.casefold().translate(_LOOKS_LIKE), words):
        return "own"
    return _guessed(password, [*sorted(words), *(str(year + ahead) for ahead in range(-2, 2))])


def _mostly(password: str, words: set[str]) -> bool:
    """Whether fewer than four letters are left of it without these words."""
    left = password
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    return left != password and sum(char.isalpha() for char in left) < 4


def _guessed(password: str, words: list[str]) -> str:
    # Here, because only who chooses a password needs it, and its lists take megabytes.
    from zxcvbn import zxcvbn

    signs = {char for char in password if not char.isalnum()}
    try:
        found = zxcvbn(password[: READ_WITH_SIGNS if len(signs) > MANY_SIGNS else READ], user_inputs=words)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return ""  # Odd enough to be beyond its lists; the length was judged above.
    if found["score"] >= STRONG:
        return ""
    kinds = {part["pattern"]: part.get("dictionary_name") for part in found["sequence"]}
    if kinds.get("dictionary") == "user_inputs":
        return "own"
    return "dictionary" if "dictionary" in kinds else "row"
