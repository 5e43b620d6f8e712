"""What somebody had to do, by the function whose deputy does it now. Pure."""

from typing import TYPE_CHECKING

from portal.errors import N_
from portal.policy import COORDINATOR

if TYPE_CHECKING:
    from portal.actions.models import Action

EVENTS = {
    "left.has": N_("%(deputy)s has now: %(titles)s."),
    "left.unled": N_("Nobody on the team can lead this now. Whoever reported it can choose who does."),
}


def by_function(actions: "list[Action]", lost: list[str], *, all_lost: bool) -> "dict[str, list[Action]]":
    """The actions per lost function; who keeps another one on the team keeps what is not of a lost one."""
    found: dict[str, list[Action]] = {function: [] for function in lost}
    for action in actions:
        if action.function in found:
            found[action.function].append(action)
        elif all_lost:
            found[lost[0]].append(action)
    return found


def needs_deputy(function: str, actions: "list[Action]", others: set[str]) -> bool:
    """Whether there is work: actions, or an incident that nobody else coordinates."""
    return bool(actions) or (function == COORDINATOR and COORDINATOR not in others)
