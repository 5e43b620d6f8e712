"""What the overview says first, and since when. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.desk.contacts.rules import PARTS, Moment, is_late, starts
from portal.policy import Standing

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


def asked(flags: Iterable[str], answers: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Of the questions on red flags those to ask, never asked ones first, and those that were answered."""
    never, unknown, answered = list[str](), list[str](), list[str]()
    for key in flags:
        (never if key not in answers else unknown if answers[key] == "unknown" else answered).append(key)
    return never + unknown, answered


def _waits_for_us(row: Any) -> bool:
    return bool(row.asked and row.asked.needs_us)


def now_to_do(rows: Iterable[Any], now: datetime) -> list[Any]:
    """What asks for attention this week: calls of red flags, then the reader's own, then what is late, by time.

    Of what another school was asked only what waits for an answer of ours, among the first.
    """
    open_rows = [row for row in rows if row.status in OPEN and not row.no_longer_applies]
    ours = [row for row in open_rows if row.asked is None or row.asked.needs_us]
    soon = [
        row
        for row in ours
        if row.status != "todo" or not row.action.due_at or row.action.due_at < now + WEEK or _waits_for_us(row)
    ]
    return sorted(
        soon,
        key=lambda row: (
            not row.action.flag,
            not (row.mine or _waits_for_us(row)),
            row.status != "late",
            row.action.due_at or now,
        ),
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
        elif row.status not in OPEN or row.no_longer_applies or row.mine or _waits_for_us(row):
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
class Coming:
    """A contact to come, out of the plan or out of what is planned elsewhere. Who does it is empty for nobody yet.

    `waits` is whether it waits for the victim; `path` is where it is done, below the incident ('' for who may not).
    """

    at: datetime | date | None
    title: Any
    path: str
    who: str
    phone: str
    mine: bool
    late: bool
    waits: bool = False


@dataclass
class Contact:
    """With one group: when there was contact last, what is next, and what is overdue, oldest first."""

    code: str
    last: datetime | None
    next: Coming | None
    late: list[Coming]


# Groups that every incident has; the others show once there is something to say of them.
ALWAYS = ("victim", "parents", "classes", "teachers")


def contacts(
    codes: Iterable[str], rows: Sequence[Any], felt: Any, standing: Standing, now: datetime, *, over: bool
) -> list[Contact]:
    """How everyone is: last and next contact, and who is overdue. `felt` has the last entry per group in the logbook
    (`noted`) and what is `planned`.

    Once the incident is `over`, nothing is next.
    """
    found = []
    for code in codes:
        about = [row for row in rows if row.action.contact == code and not row.no_longer_applies]
        said = [row.action.changed_at for row in about if row.status == "done"]
        last = max([*said, *([felt.noted[code]] if code in felt.noted else [])], default=None)
        coming = [_of_plan(row) for row in about if row.status in (*OPEN, "waiting")]
        here = [one for one in felt.planned if one.code == code and standing.sees(PARTS[one.kind])]
        coming += [_of_moment(one, standing, now) for one in here]
        coming = [] if over else sorted(coming, key=lambda one: (one.at is None, starts(one.at) if one.at else now))
        if last or coming or code in ALWAYS:
            following = next((one for one in coming if not one.late), None)
            found.append(Contact(code, last, following, [one for one in coming if one.late]))
    return found


def _of_plan(row: Any) -> Coming:
    action = row.action
    who, phone = (action.assignee.name, action.assignee.phone) if action.assignee_id else (action.outsider, "")
    late, waits = row.status == "late", row.status == "waiting"
    return Coming(action.due_at, row.title, f"/plan/{action.id}", who, phone, row.mine, late, waits)


def _of_moment(one: Moment, standing: Standing, now: datetime) -> Coming:
    mine = one.person_id == standing.person_id
    path = f"/{PARTS[one.kind]}"
    return Coming(one.at, one.title, path, one.name or "", one.phone or "", mine, is_late(one.at, now))


def worry(planned: Iterable[Any]) -> Any:
    """The oldest worry of another school that nobody answered; None when there is none."""
    return min((one for one in planned if one.kind == "worry"), key=lambda one: one.at, default=None)
