"""Which late actions are told to whom, and when. Pure."""

from datetime import datetime, timedelta

from portal.errors import N_
from portal.protocol.rules import Step

FIRST_HOUR = timedelta(hours=1)
# So long the deputy alone knows that an action of the first hour is late.
TO_LEADERSHIP_AFTER = timedelta(minutes=30)
# What is late for longer is told nobody any more: an upgrade must not mail about last month.
OLD_NEWS = timedelta(hours=24)
NOT_TOLD, TOLD_DEPUTY, TOLD_LEADERSHIP = 0, 1, 2


def in_first_hour(flag: str, step: Step | None) -> bool:
    """The call of a red flag, or a step that the protocol wants within an hour."""
    return bool(flag) or (step is not None and step.in_hours and step.due_in <= FIRST_HOUR)


def next_told(told: int, due: datetime, now: datetime) -> int:
    """Who should know by now of an action that is late: `TOLD_DEPUTY` or `TOLD_LEADERSHIP`."""
    return TOLD_LEADERSHIP if now - due >= TO_LEADERSHIP_AFTER else max(abs(told), TOLD_DEPUTY)


EVENTS = {
    "deputy.has": N_("%(who)s is away. %(deputy)s stands in and has: %(titles)s."),
    "deputy.nobody": N_("%(who)s is away and nobody stands in here. Number of actions that wait: %(n)s."),
    "deputy.back": N_("%(who)s is back and has again: %(titles)s."),
    "late.told": N_("Late in the first hour: %(titles)s. Told: %(who)s."),
    "late.nobody": N_("Late in the first hour: %(titles)s. There was nobody to tell."),
}
NO_ACTIONS = {"message": N_("no actions yet")}
