"""What the overview says first, and since when. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

WEEK = timedelta(days=7)
VISIT_GAP = timedelta(minutes=30)  # away for longer than this is a new visit
LOOK_STEP = timedelta(minutes=1)  # how exactly the last look is kept: a page that refreshes must not write each time
OPEN = ("late", "doing", "todo")


def visit(looked_at: datetime | None, look_from: datetime | None, now: datetime) -> tuple[datetime | None, bool]:
    """Since when changes are new to a reader, and whether this look is to be kept.

    A visit goes on while the reader comes back within `VISIT_GAP`; what changed is counted from the end of the
    visit before it.
    """
    if looked_at is None:
        return None, True
    if now - looked_at > VISIT_GAP:
        return looked_at, True
    return look_from, now - looked_at >= LOOK_STEP


def now_to_do(rows: Iterable[Any], now: datetime) -> list[Any]:
    """What asks for attention this week: calls of red flags, then the reader's own, then what is late, by time."""
    open_rows = [row for row in rows if row.status in OPEN and not row.no_longer_applies]
    soon = [row for row in open_rows if row.status != "todo" or not row.action.due_at or row.action.due_at < now + WEEK]
    return sorted(
        soon, key=lambda row: (not row.action.flag, not row.mine, row.status != "late", row.action.due_at or now)
    )


@dataclass
class Waiting:
    """Somebody of whom something is waited for. `who` is a name, `phone` theirs, `late` whether it is overdue."""

    who: str
    phone: str
    rows: list[Any]
    late: bool


def waits_for(rows: Iterable[Any]) -> tuple[list[Any], list[Any], list[Waiting]]:
    """What waits for the victim's word, what is nobody's yet, and colleagues and outsiders who are late or asked."""
    victim, nobody, others = [], [], dict[str, Waiting]()
    for row in rows:
        if row.status in ("waiting", "closed"):
            victim.append(row)
        elif row.status not in OPEN or row.no_longer_applies or row.mine:
            continue
        elif row.action.outsider:
            _put(others, row.action.outsider, "", row)
        elif row.action.assignee_id is None:
            nobody.append(row)
        elif row.status == "late":
            _put(others, row.action.assignee.name, row.action.assignee.phone, row)
    return victim, nobody, sorted(others.values(), key=lambda one: (not one.late, one.who))


def _put(others: dict[str, Waiting], who: str, phone: str, row: Any) -> None:
    one = others.setdefault(who, Waiting(who, phone, [], False))
    one.rows.append(row)
    one.late = one.late or row.status == "late"


@dataclass
class Contact:
    """With one group: when there was contact last, and the action that is next. `next` waits when it has no time."""

    code: str
    last: datetime | None
    next: Any


# Groups that every incident has; the others show once there is something to say of them.
ALWAYS = ("victim", "parents", "classes", "teachers")


def contacts(codes: Iterable[str], rows: Sequence[Any], noted: dict[str, datetime], *, over: bool) -> list[Contact]:
    """How everyone is doing, by last and next contact. `noted` is the last entry per group in the logbook.

    Once the incident is `over`, nothing is next.
    """
    found = []
    for code in codes:
        about = [row for row in rows if row.action.contact == code and not row.no_longer_applies]
        moments = [row.action.changed_at for row in about if row.status == "done"]
        last = max([*moments, *([noted[code]] if code in noted else [])], default=None)
        coming = [] if over else [row for row in about if row.status in (*OPEN, "waiting")]
        coming.sort(key=lambda row: (row.action.due_at is None, row.action.due_at))
        if last or coming or code in ALWAYS:
            found.append(Contact(code, last, coming[0] if coming else None))
    return found
