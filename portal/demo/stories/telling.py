"""What every part of a made-up incident needs: chance, words, the logbook and the trail."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from portal.accounts.models import Person
from portal.actions import rules as planning
from portal.audit.models import AuditEvent
from portal.clock import SCHOOL_ZONE, local
from portal.incidents import rules
from portal.incidents.models import Entry, Incident

if TYPE_CHECKING:
    from portal.demo.fill import Rows

FRESH, JOINED_AFTER = timedelta(hours=8), timedelta(hours=30)
_PARTS = [tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8")) for name in ("stories", "care")]
TEXTS: dict[str, Any] = {key: value for part in _PARTS for key, value in part.items()}
TEXTS["voice"] = tomllib.loads((Path(__file__).parent / "voice.toml").read_text("utf-8"))
TEXTS["links"] = tomllib.loads((Path(__file__).parent / "links.toml").read_text("utf-8"))
TEXTS["sentences"] = {kind: lines for part in _PARTS for kind, lines in part["sentences"].items()}


class Telling:
    """One made-up incident from its report to the moment at which it ended, was joined, or is now."""

    incident: Incident
    about: str  # subject of its events

    def __init__(self, rows: "Rows", rng: Random, reported: datetime, now: datetime, *, part: str = "") -> None:
        """`part` in joining: of two reports of one thing the 'source' ends in the 'target'."""
        self.rows, self.rng, self.reported = rows, rng, reported
        self.cast: dict[str, Any] = {code: person for person in rows.people for code in person.functions}
        self.others = [person for person in rows.people if not person.functions]
        self.part = part
        lasts = timedelta(days=rng.randint(20, 60), minutes=rng.randint(0, 600))
        self.ends = reported + lasts if reported + lasts < now and rng.random() < 0.97 else None
        self.until = reported + JOINED_AFTER if part == "source" else self.ends or now
        self.classes = [f"{rng.randint(1, 5)}{level}" for level in rng.sample(TEXTS["levels"], 2)]
        self.said: list[tuple[datetime, Entry]] = []
        self.done: list[AuditEvent] = []

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def between(self, first: datetime, last: datetime) -> datetime:
        """A moment between two, by day where that is possible."""
        moment = first + (last - first) * self.rng.random()
        by_day = planning.out_of_night(moment.astimezone(SCHOOL_ZONE)).astimezone(first.tzinfo)
        return max(first, min(last, by_day)).replace(microsecond=0)

    def sentence(self, kind: str) -> str:
        return self.filled(self.rng.choice(TEXTS["sentences"].get(kind) or TEXTS[kind]))

    def filled(self, text: str) -> str:
        return text.format(
            klas=self.classes[0],
            klas2=self.classes[1],
            kanaal=rules.CHANNELS[self.rng.choice(list(rules.CHANNELS)[:5])],
            tijd=f"{self.rng.randint(8, 16)}:{self.rng.choice(('00', '15', '30', '45'))}",
            plek=self.rng.choice(TEXTS["spots"]),
            collega=self.rng.choice(self.rows.people).name,
            aantal=self.rng.choice(("twee", "drie", "vier", "een paar")),
            beeld=self.rng.choice(TEXTS["imagery"]),
        )

    def some(self, kind: str, fewest: int, most: int) -> list[str]:
        """So many different sentences of a kind."""
        return [self.filled(text) for text in self.rng.sample(TEXTS["sentences"][kind], self.rng.randint(fewest, most))]

    def words(self, kind: str) -> str:
        """One to four sentences; once in a while with a word that stands nowhere else."""
        more = self.rng.sample(TEXTS["sentences"]["more"], self.rng.choice((0, 0, 1, 1, 2, 3)))
        rare = [self.sentence("rare")] if self.chance(0.001) else []
        return " ".join([self.sentence(kind), *map(self.filled, more), *rare])

    def log(self, at: datetime, kind: str, event: str, author: Person | None, text: str = "", **params: Any) -> Entry:
        own = {name: params.pop(name) for name in ("present", "contact", "action_id", "corrects") if name in params}
        happened = params.pop("happened", at)
        entry = Entry(
            incident=self.incident, at=happened, written_at=at, author=author, kind=kind, event=event, params=params,
            text=text, **own,
        )  # fmt: skip
        self.said.append((at, entry))
        return entry

    def day(self, moment: datetime) -> date:
        return local(moment).date()

    def at_hour(self, day: date, hour: int, minute: int = 0) -> datetime:
        """This time of a day on the school's clock, in UTC."""
        return datetime.combine(day, time(hour, minute), SCHOOL_ZONE).astimezone(UTC)

    def record(self, at: datetime, actor: Person, action: str, subject: str, **detail: Any) -> None:
        self.done.append(AuditEvent(at=at, actor_id=actor.id, action=action, subject=subject, detail=detail))

    def write_down(self) -> None:
        """In the order of time, as it would have been."""
        for _at, entry in sorted(self.said, key=lambda pair: pair[0]):
            before = entry.corrects
            if before is not None:
                entry.corrects = before.id
            self.rows.add(entry)
        for event in sorted(self.done, key=lambda one: one.at):
            if "entry" in event.detail:
                event.detail["entry"] = event.detail["entry"].id
            self.rows.chain(event)
