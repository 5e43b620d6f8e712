"""What changes when somebody gets or loses a function, or leaves. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.errors import N_
from portal.policy import ADMINISTRATOR, LEADERSHIP, TEAM_FUNCTIONS

LAST = {
    ADMINISTRATOR: N_("This is the last administrator. Make somebody else administrator first."),
    LEADERSHIP: N_("This is the last account of school leadership. Give somebody else that function first."),
}
# A school can begin without these, but the first report then finds nobody.
NEEDED = ("leadership", "coordinator", "counselor")


@dataclass
class Handed:
    """What became of somebody's work: actions per receiver, how many wait, and incidents that nobody leads now."""

    given: Counter[int] = field(default_factory=Counter)
    waiting: int = 0
    unled: int = 0

    def add(self, other: "Handed") -> None:
        self.given.update(other.given)
        self.waiting += other.waiting
        self.unled += other.unled


def given(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Functions that somebody newly has, in the order of the table."""
    new = set(after) - set(before)
    return [function for function in (*TEAM_FUNCTIONS, ADMINISTRATOR) if function in new]


def lost(before: Iterable[str], after: Iterable[str]) -> set[str] | None:
    """Functions whose work ends; None is everything: an administrator is on no team."""
    if ADMINISTRATOR in set(after) - set(before):
        return None
    return set(before) - set(after) - {ADMINISTRATOR}


def bare(functions: Iterable[str], holders: dict[str, int]) -> str:
    """Which of these functions somebody cannot lose as the last one who has it; '' for none."""
    return next((function for function in LAST if function in functions and holders[function] <= 1), "")
