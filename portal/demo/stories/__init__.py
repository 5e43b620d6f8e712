"""A made-up incident from its report to now, as rows. Texts stand in the .toml files."""

from datetime import timedelta
from typing import Any

from portal.demo.stories.links import Links
from portal.demo.stories.telling import FRESH as FRESH
from portal.demo.stories.telling import JOINED_AFTER as JOINED_AFTER
from portal.incidents import rules
from portal.incidents.models import Unrest

FEWEST, MOST = 40, 80  # lines of the logbook; joining adds a few
OWN = 8  # of these at least, written by hand


class Story(Links):
    """The whole of it, written down in the order of time."""

    def __init__(self, *given: Any, **known: Any) -> None:
        super().__init__(*given, **known)
        self.tell_people()
        self.tell_plan()
        self.tell_care()
        self.tell_classes()
        self.tell_voice()
        self._logbook()
        self.tell_links()
        self.write_down()

    def _logbook(self) -> None:
        """Unrest day by day, and what people wrote until the logbook is as long as that of a real case."""
        coordinator = self.cast["coordinator"]
        at, value = self.reported, self.unrests[0]
        while at < self.until and len(self.unrests) < 12:
            self.rows.add(Unrest(incident=self.incident, at=at, value=value, noted_by=coordinator))
            self.incident.unrest = value
            value = max(0, min(4, value + self.rng.choice((-1, -1, 0, 0, 1))))
            self.unrests.append(value)
            at = self.between(at + timedelta(hours=18), at + timedelta(hours=30))
        if self.ends and not self.part:
            self.log(self.ends, "decision", rules.EVENTS["incident.ended"], coordinator, self.sentence("end"))
            self.record(self.ends, coordinator, "incident:state:end", self.about)
        for _line in range(max(OWN, self.rng.randint(FEWEST, MOST) - len(self.said))):
            self._write()

    def _write(self) -> None:
        kind = self.rng.choice(list(rules.ENTRY_KINDS))
        author = self.rng.choice(list(self.team.values()))
        at = self.between(self.reported + timedelta(minutes=10), self.until)
        late = timedelta(minutes=self.rng.randint(5, 90)) if self.chance(0.2) else timedelta()
        own = {
            "happened": max(self.reported, at - late),
            "present": self.rng.choice(self.rows.people).name if kind == "talk" else "",
            "contact": self.rng.choice(list(rules.CONTACTS)) if kind in ("call", "talk") else "",
        }
        written = [entry for _at, entry in self.said if entry.author == author and entry.text and not entry.event]
        corrected = next((entry for entry in written if entry.written_at < at), None) if self.chance(0.2) else None
        if corrected:
            own |= {"corrects": corrected, "happened": corrected.at}
        text = self.sentence("correction") if corrected else self.words(kind)
        entry = self.log(at, corrected.kind if corrected else kind, "", author, text, **own)
        self.record(at, author, f"incident:log:{'correct' if corrected else 'write'}", self.about, entry=entry)
