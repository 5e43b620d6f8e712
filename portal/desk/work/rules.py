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

    `near` leaves out what comes after the next seven days.
    """
    last = local(now).date() + timedelta(days=7)
    rows = [one for one in mine if not near or local(starts(one.moment.at)).date() <= last]
    rows.sort(key=lambda one: starts(one.moment.at))
    return [(one, is_late(one.moment.at, now)) for one in rows]
