"""Many accounts at once: all rows or none."""

from datetime import datetime

from portal.accounts.importing import queries, rules
from portal.accounts.importing.rules import Line, Row
from portal.accounts.models import Person
from portal.accounts.staff.operations import add_quietly, change_quietly, tell_leadership
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid

DEFAULTS = {"phone": "", "functions": [], "classes": [], "language": "nl"}


def carry_out(rows: list[Row], *, edition: str, actor: Person, now: datetime) -> list[Person]:
    """Do what the preview with this edition showed; gives who is new. Raises `Invalid` and `ChangedMeanwhile`."""
    with db.atomic():
        lines = queries.preview(rows)
        if not lines or any(line.row.wrong for line in lines):
            raise Invalid("text", N_("Nothing was changed. Mend the rows that are named first."))
        if rules.edition(lines) != edition:
            raise ChangedMeanwhile(
                N_("Accounts changed since you looked. Nothing was changed by you."),
                N_("Look at what it would do now, and confirm that."),
            )
        new = [line for line in lines if line.state == "new"]
        changed = sorted((line for line in lines if line.state == "changes"), key=rules.loses_last)
        came = [add_quietly({**DEFAULTS, **line.row.given}, actor=actor, now=now) for line in new]
        for line in changed:
            _change(line, actor, now)
        record("account:people:import", "school:1", actor_id=actor.id, now=now, new=len(new), changed=len(changed))
        tell_leadership([*came, *(line.person for line in changed if line.person)], actor=actor, now=now)
    return came


def _change(line: Line, actor: Person, now: datetime) -> None:
    person = line.person
    assert person
    there = {column: getattr(person, column) for column in rules.COLUMNS}
    change_quietly(person, {**there, **line.row.given}, version=person.version, actor=actor, now=now)
