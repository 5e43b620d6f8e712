"""How what another school was asked stands, as that school sees it, and what its page says of the link. Pure."""

from datetime import datetime
from typing import Any, Protocol

from portal.errors import N_

TODO, LATE, PROPOSED, DONE, DECLINED, NOT_NEEDED, OURS = (
    "todo", "late", "proposed", "done", "declined", "not-needed", "ours",
)  # fmt: skip
# As the other school reads it; being late is said by the date alone.
STATUSES = {
    TODO: N_("to do"),
    LATE: N_("to do"),
    PROPOSED: N_("other date proposed"),
    DONE: N_("done"),
    DECLINED: N_("you do not do this"),
    NOT_NEEDED: N_("no longer needed"),
    OURS: N_("the school that asks does this"),
}
WAITING = (TODO, LATE, PROPOSED)  # an answer is still waited for


class Answer(Protocol):
    """What the other school said of an action."""

    answer: Any
    proposed_at: Any


class Planned(Protocol):
    """What the plan says of it."""

    state: Any
    outsider: Any
    due_at: Any


def status_of(ask: Answer, action: Planned, now: datetime) -> str:
    """A key of `STATUSES`. The state of the action is the truth; without an outsider the action is ours again."""
    if action.state in (DONE, NOT_NEEDED):
        return str(action.state)
    if not action.outsider:
        return OURS
    if ask.answer == DECLINED:
        return DECLINED
    if ask.proposed_at:
        return PROPOSED
    return LATE if action.due_at and action.due_at < now else TODO
