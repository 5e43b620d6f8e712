"""Many made-up incidents for the demo school, to see how the portal does at the size of years.

The rows are those that the operations would leave, written in batches. Everything follows from the seed:
the same seed at the same moment gives the same rows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, pairwise
from random import Random
from typing import Any

import peewee as pw

from portal.accounts.queries import people
from portal.audit import queries as trail
from portal.audit.models import AuditEvent
from portal.audit.rules import digest
from portal.care.help.models import HelpOption
from portal.clock import local
from portal.db import db
from portal.demo.stories import FRESH, JOINED_AFTER, Story
from portal.desk.report.queries import code_names, next_in_year
from portal.incidents import rules
from portal.incidents.joining.operations import join
from portal.incidents.models import Incident
from portal.incidents.operations import end_as_false_alarm
from portal.models import MODELS
from portal.notices.models import SENT, Mail
from portal.protocol.queries import newest
from portal.school.queries import closed_days

BATCH = 50  # incidents in one transaction
DOUBLED = 25  # one in so many was reported twice
PERIOD = timedelta(days=730)


def fill(number: int, seed: int, now: datetime) -> Iterator[int]:
    """Add so many incidents to the demo school; after each batch, tells how many it has added."""
    # Asked again, it goes on with other stories.
    rng = Random(f"{seed}-{Incident.select().count()}")  # noqa: S311  (it makes up stories, no secrets)
    # More of them lately, as in a school that learns to report.
    moments = sorted(now - FRESH - (PERIOD - FRESH) * rng.random() ** 1.2 for _ in range(number))
    for first in range(0, number, BATCH):
        with db.atomic():
            rows = Rows()
            stories: list[Story] = []
            for moment in moments[first:][:BATCH]:
                stories.append(_story(rows, rng, moment.replace(microsecond=0), now, stories))
            rows.write()
            for source, target in pairwise(stories):
                if source.part == "source" and target.part == "target":
                    _join(source, target)
        yield min(first + BATCH, number)


def _story(rows: "Rows", rng: Random, moment: datetime, now: datetime, before: list[Story]) -> Story:
    """The next one; now and then two tell of the same thing, a few hours apart."""
    if before and before[-1].part == "source":
        return Story(rows, rng, before[-1].reported + FRESH, now, part="target")
    twice = len(before) % DOUBLED == 5 and moment + 3 * JOINED_AFTER < now
    return Story(rows, rng, moment, now, part="source" if twice else "")


def _join(source: Story, target: Story) -> None:
    """By the operation itself, as if it were then."""
    one, other = (Incident.get_by_id(story.incident.id) for story in (source, target))
    coordinator = source.cast["coordinator"]
    join(one, other, checked=True, actor=coordinator, now=target.reported + JOINED_AFTER)
    Mail.update(state=SENT, sent_at=Mail.due_at).where(Mail.about == target.about).execute()
    if target.ends:
        end_as_false_alarm(other, target.sentence("end"), actor=coordinator, now=target.ends)


class Rows:
    """Rows that are written together; they get their numbers here, so that they can point at each other."""

    def __init__(self) -> None:
        self.of: dict[Any, list[dict[str, Any]]] = {model: [] for model in MODELS}
        self.last = {model: model.select(pw.fn.MAX(model.id)).scalar() or 0 for model in MODELS}
        self.head = trail.head()
        self.help = list(HelpOption.select().where(HelpOption.removed_at.is_null()).order_by(HelpOption.id))
        self.people, self.closed, self.version = list(people()), closed_days(), newest()
        taken = set(code_names())
        every = (tree if turn == 1 else f"{tree} {turn}" for turn in count(1) for tree in rules.TREES)
        self.names = (name for name in every if name not in taken)
        self.numbers: dict[int, int] = {}

    def add(self, row: Any) -> Any:
        self.last[type(row)] += 1
        row.id = self.last[type(row)]
        self.of[type(row)].append(row.__data__)
        return row

    def chain(self, event: AuditEvent) -> None:
        """The next row of the trail."""
        event.previous = self.head
        event.digest = self.head = digest(self.head, trail.said(event))
        self.add(event)

    def reference(self, moment: datetime) -> str:
        year = local(moment).year
        self.numbers[year] = 1 + self.numbers[year] if year in self.numbers else next_in_year(year)
        return rules.reference(year, self.numbers[year])

    def write(self) -> None:
        for model, rows in self.of.items():
            if not rows:
                continue
            fields = model._meta.sorted_fields
            names, marks = ", ".join(f'"{one.column_name}"' for one in fields), ", ".join("?" * len(fields))
            # Past peewee, which takes longer to write such a statement than SQLite to carry it out.
            db.connection().executemany(
                f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES ({marks})',  # noqa: S608
                [[one.db_value(row.get(one.name)) for one in fields] for row in rows],
            )
