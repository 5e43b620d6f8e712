"""What a session that did not show its second factor reaches: in the demo everything, else only reporting."""

from flask import g, session
from flask_login import current_user

MOST_BEGUN = 20  # reports that a cookie has room for


def limited() -> bool:
    """Whether this request's session is signed in with a password alone, and that is not enough here."""
    return bool(current_user.is_authenticated and not g.settings.demo and not current_user.stepped_up)


def only_session() -> int | None:
    """The session whose drafts are shown; None: those of all sessions of the reader."""
    return int(current_user.session_id or 0) if limited() else None


def begin_here(slug: str) -> None:
    """A report was begun in this session, which may go on with it without the second factor."""
    session["begun"] = [*begun_here(), slug][-MOST_BEGUN:]


def begun_here() -> list[str]:
    return list(session.get("begun", ()))
