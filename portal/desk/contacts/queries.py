"""What is planned with people over all packages that plan something: one table, asked with one statement."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.db import moment_of
from portal.desk.contacts.rules import OWN_PAGE, PARTS, Moment
from portal.incidents.models import OPEN, Incident, Involved
from portal.incidents.queries import may_see

# Each gives a select of what is planned and neither done nor cancelled, with the columns of `COLUMNS`; filled in
# `create_app`.
moments: list[Callable[[], Any]] = []
# Each gives, for today, what somebody is to do that is no contact with anybody: no group, about nobody, and the rest as
# above. It stands in one's own work alone.
duties: list[Callable[[date], Any]] = []
# Incident, group (of `CONTACTS`), about whom, who does it, when (a day or a moment as stored), kind (of `ACTS`), row.
# No name of a field: peewee would read the value as that field of the first table does.
COLUMNS = ("incident", "code", "about", "person", "planned_for", "kind", "row")
MOST = 100  # on one page


def planned() -> Any:
    """All of it as a table to select from, with `with_cte`."""
    return _table([of() for of in moments])


def _table(selects: list[Any]) -> Any:
    return reduce(add, selects).cte("planned", columns=COLUMNS)


def read_at(stored: Any) -> datetime | date:
    """A day or a moment, as a row has it."""
    return date.fromisoformat(stored) if isinstance(stored, str) and len(stored) == 10 else moment_of(stored)


@dataclass(frozen=True)
class Mine:
    """A contact of one's own, in one of the incidents."""

    moment: Moment
    ref: str
    code_name: str
    row: int

    @property
    def path(self) -> str:
        """Where it is done: the page of this one, if it has one."""
        part, kind = PARTS[self.moment.kind], self.moment.kind
        return f"/incidents/{self.ref}/{part}" + (f"/{self.row}{OWN_PAGE[kind]}" if kind in OWN_PAGE else "")


def of(person: Person) -> list[Mine]:
    """Whom this person is to speak over all open incidents, the first to come at the top."""
    return _mine(planned(), person)


def duties_of(person: Person, today: date) -> list[Mine]:
    """What else this person is to do, in the same order."""
    return _mine(_table([of(today) for of in duties]), person)


def _mine(table: Any, person: Person) -> list[Mine]:
    planned_as = (table.c.code, table.c.planned_for, table.c.kind, table.c.row)
    shown = (*planned_as, Involved.part, Involved.number, Incident.ref, Incident.code_name)
    rows = (
        table.select_from(*shown)
        # SQLite keeps the order of a cross join: from the few contacts to their incidents, never the other way.
        .join(Incident, pw.JOIN.CROSS)
        .join(Involved, pw.JOIN.LEFT_OUTER, on=(table.c.about == Involved.id))
        .where(table.c.person == person.id, table.c.incident == Incident.id, Incident.state == OPEN, may_see(person))
        .order_by(table.c.planned_for, table.c.row)
        .limit(MOST)
        .with_cte(table)
    )
    return [
        Mine(Moment(code, read_at(at), kind, part, number, person.id), ref, name, row)
        for code, at, kind, row, part, number, ref, name in rows.tuples()
    ]
