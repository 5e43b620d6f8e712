"""Finding who failed how often, and who waits for a turn."""

from datetime import datetime

from portal.accounts.models import Failure, Turn
from portal.accounts.throttle.rules import DAY, WINDOW


def failures_of(key: str, now: datetime) -> list[datetime]:
    """Moments of the last day, oldest first."""
    found = Failure.select(Failure.at).where(Failure.key == key, Failure.at > now - DAY)
    return [failure.at for failure in found.order_by(Failure.at, Failure.id)]


def number_lately(key: str, now: datetime) -> int:
    """How many failures within the window."""
    return int(Failure.select().where(Failure.key == key, Failure.at > now - WINDOW).count())


def turn_of(key: str) -> Turn | None:
    return Turn.get_or_none(Turn.key == key)  # type: ignore[no-any-return]
