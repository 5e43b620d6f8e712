"""What of one's work comes first. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from portal.clock import local
from portal.desk.contacts.rules import is_late, starts
from portal.errors import N_

GROUPS = {
    "late": N_("Late"),
    "today": N_("Today"),
    "week": N_("In the next seven days"),
    "later": N_("Later"),
    "waiting": N_("Waits for the victim"),
}
NEAR = ("late", "today", "week")  # what the first page shows


def group_of(status: str, due: datetime | None, now: datetime) -> str:
    """Where an unfinished action stands among one's work; without a time it is for today."""
    if status in ("waiting", "closed"):
        return "waiting"
    if status == "late":
        return "late"
    days = (local(due).date() - local(now).date()).days if due else 0
    return "today" if days <= 0 else "week" if days <= timedelta(days=7).days else "later"


def by_urgency(tasks: Iterable[Any], now: datetime) -> dict[str, list[Any]]:
    """Tasks (with `status` and `action.due_at`) by group, most urgent first; a group without any is left out."""
    found: dict[str, list[Any]] = {key: [] for key in GROUPS}
    for task in tasks:
        found[group_of(task.status, task.action.due_at, now)].append(task)
    return {key: rows for key, rows in found.items() if rows}


def contacts_by(mine: Iterable[Any], now: datetime, *, near: bool) -> list[tuple[Any, bool]]:
    """Contacts of one's own (with `moment`) and whether each is late, in the order of their time.

    `near` leaves out what comes after the next seven days, and the second time with the same person.
    """
    last = local(now).date() + timedelta(days=7)
    rows = sorted(mine, key=lambda one: starts(one.moment.at))
    if near:
        rows = [one for one in rows if local(starts(one.moment.at)).date() <= last]
        first = {(one.ref, one.moment.kind, one.moment.part, one.moment.number): one for one in reversed(rows)}
        rows = [one for one in rows if one in first.values()]
    return [(one, is_late(one.moment.at, now)) for one in rows]
