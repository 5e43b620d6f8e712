"""A form that was refused because the session had ended, carried over the sign-in and sent after it.

The browser keeps it, signed by us: nobody can put one together, change it, or read out of it what a page
of ours did not just receive. It names whose form it is; nobody else's sign-in brings it back.
"""

from typing import NamedTuple

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.web import keeping

LONGEST_WAIT = 3600  # seconds between being refused and signing in
MOST = 200_000  # characters: more than any form of ours is accepted with


class Carried(NamedTuple):
    """A form as it was sent, without its token: an address of ours and its fields."""

    whose: int | str  # a person's number, or the subject of a shared link
    path: str
    fields: list[tuple[str, str]]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="carried-form")


def carry() -> str:
    """The form of this request, signed; '' for one without end or without a long text. Its token must be checked.

    Any other form is quickly filled in again, and 'send it now' could not show what it does: put somebody on a team.
    """
    if not keeping.hooks["has_text"](request.path):
        return ""
    return sign(session["person"], request.full_path.rstrip("?"))


def sign(whose: int | str, path: str) -> str:
    """The form of this request as one of theirs, to be sent to this address; '' for one without end."""
    fields = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    text = str(_signer().dumps(Carried(whose, path, fields)))
    return text if len(text) <= MOST else ""


def carried(text: str) -> Carried | None:
    """What `carry` wrote, or None when we did not write it, or too long ago."""
    try:
        whose, path, fields = _signer().loads(text, max_age=LONGEST_WAIT)
    except BadData:
        return None
    return Carried(whose, path, [tuple(pair) for pair in fields])
