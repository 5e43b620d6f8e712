"""Class conversations and the teacher sheet of a made-up incident."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import DONE, Action
from portal.classes.sheets.models import Sheet
from portal.classes.talks.models import HELD, PLANNED, ClassTalk, Worry
from portal.demo.stories.care import Care
from portal.demo.stories.telling import TEXTS
from portal.incidents.models import Involved, Unrest
from portal.school.rules import next_open


class Classes(Care):
    """What was done with the classes and for the teachers."""

    def tell_classes(self) -> None:
        had: set[str] = set()
        for action in [one for one in self.actions if one.step in ("victim-class", "other-classes")]:
            victim: Any = action.victim
            name = victim.class_name if action.step == "victim-class" and victim else self.classes[1]
            if name and name not in had:
                self._talk(action, name, victim if victim and victim.class_name == name else None, had)
        for action in [one for one in self.actions if one.step == "equip-teachers" and one.state == DONE]:
            self._sheet(action)

    def _talk(self, action: Any, name: str, victim: Involved | None, had: set[str]) -> None:
        held = action.state == DONE
        if not held and not (self.coming(action) and self.chance(0.6)):
            return
        had.add(name)
        rng, at = self.rng, action.changed_at if held else max(action.due_at, self.until + timedelta(hours=5))
        leader = self.team.get("mentor") or self.team.get("care") or self.cast["counselor"]
        made = max(self.reported, min(at, self.until) - timedelta(hours=rng.randint(1, 30)))
        talk = self.rows.add(
            ClassTalk(
                incident=self.incident, class_name=name, victim=victim, leader=leader, state=PLANNED,
                second=rng.choice(TEXTS["seconds"]), feelings=rng.choice(TEXTS["mentor_feelings"]),
                message=rng.choice(("problematise", "normalise")), reason=self.sentence("advice"),
                victim_there=rng.choice(("present", "away", "away")) if victim else "",
                materials=rng.choice(TEXTS["materials"]), opening=rng.choice(TEXTS["openings"]),
                closing=rng.choice(TEXTS["closings"]), planned_at=at.replace(second=0),
                place=f"lokaal {rng.randint(101, 220)}", made_by=self.cast["coordinator"], made_at=made,
            )
        )  # fmt: skip
        self.record(made, self.cast["coordinator"], "classes:talk:decide", self.about, talk=talk.id)
        if held:
            self._held(talk, leader, at)

    def _held(self, talk: Any, leader: Person, at: datetime) -> None:
        follow = next_open(self.day(at) + timedelta(days=7), self.rows.closed, holidays_count=True)
        again = self.at_hour(follow, self.rng.randint(9, 15))
        talk.state, talk.held_at, talk.version = HELD, at, 3
        talk.mood, talk.insight = self.sentence("mood"), self.sentence("insight")
        talk.agreements = self.rng.sample(TEXTS["agreements"], self.rng.randint(3, 5))
        talk.unrest, talk.follow_up_on = self.rng.choice((0, 1, 1, 2, 3)), follow
        talk.parents_informed_at = (
            self.between(at, min(at + timedelta(days=1), self.until)) if self.chance(0.8) else None
        )
        talk.followed_up_at = again if again < self.until and self.chance(0.85) else None
        self.record(at, leader, "classes:talk:hold", self.about, talk=talk.id)
        self.log(at, "talk", "", leader, f"{talk.mood}\n{talk.insight}", contact="classes")
        calmer = {at: talk.unrest} | ({again: max(0, talk.unrest - 1)} if talk.followed_up_at else {})
        for moment, value in calmer.items():
            self.rows.add(
                Unrest(incident=self.incident, at=moment, value=value, noted_by=leader, class_name=talk.class_name)
            )
        if self.chance(0.25):
            self._worry(talk, leader, at)

    def _worry(self, talk: Any, leader: Person, at: datetime) -> None:
        action: Action = self.add_action("Zorg uit een klassengesprek oppakken", at, leader)
        worry = self.rows.add(
            Worry(talk=talk, text=self.sentence("worry"), action=action, written_by=leader, written_at=at)
        )
        self.record(at, leader, "classes:worry:add", self.about, worry=worry.id)

    def _sheet(self, action: Any) -> None:
        """Given out on the day its step was done, and taken back after a week or two."""
        at, by = action.changed_at, action.changed_by or self.cast["care"]
        back = self.between(at + timedelta(days=5), at + timedelta(days=14))
        own = (
            {"now": "\n".join(self.rng.sample(TEXTS["now_lines"], self.rng.randint(1, 3)))} if self.chance(0.7) else {}
        )
        ended = back if back < self.until else None
        slug = urlsafe_b64encode(self.rng.randbytes(32)).decode().rstrip("=")
        self.rows.add(
            Sheet(
                incident=self.incident, slug=slug, own=own, given_at=at, ended_at=ended, changed_by=by,
                changed_at=ended or at, version=2 if ended else 1,
            )
        )  # fmt: skip
        self.record(at, by, "classes:sheet:give-out", self.about)
        if ended:
            self.record(ended, by, "classes:sheet:end", self.about)
