"""What can go wrong in the domain, as exceptions that `portal.web.errors` turns into an answer.

A message is an English msgid (marked with `N_`) with its values; the reader's language is chosen
where it is shown, so rules stay free of Flask.
"""

from typing import Any


def N_(message: str) -> str:
    """Mark a message for translation without translating it yet."""
    return message


class DomainError(Exception):
    """Base of everything a rule or an operation may refuse with."""

    status = 500

    def __init__(self, message: str = "", way_on: str = "", **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.way_on = way_on
        self.values = values


class Missing(DomainError):
    """Not there, or not yours: the two may not be told apart."""

    status = 404


class NotAllowed(DomainError):
    """You may read this part, but not do that."""

    status = 403


class Refused(DomainError):
    """A rule refuses. `message` says why, `way_on` what to do instead."""

    status = 409


class TooOften(Refused):
    """Tried too often: it is refused for `wait` seconds more, whatever is typed."""

    status = 429

    def __init__(self, message: str, way_on: str = "", *, wait: int, **values: Any) -> None:
        super().__init__(message, way_on, **values)
        self.wait = wait


class GateClosed(Refused):
    """The victim's wish is not known, or it is no."""


class OrderRefused(Refused):
    """Something else has to be done first."""


class ChangedMeanwhile(Refused):
    """Somebody else changed the row after it was read; nothing was overwritten."""


class Invalid(DomainError):
    """A value that a form cannot judge alone. `field` names the form field it belongs to."""

    status = 422

    def __init__(self, field: str, message: str, **values: Any) -> None:
        super().__init__(message, **values)
        self.field = field
