"""Conversations, help, rest and buddies of a made-up incident: what its done and coming actions are about."""

from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import DONE, NOT_NEEDED, Action
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.conversations.models import CANCELLED, HELD, PLANNED, Conversation
from portal.care.help.models import HelpOffer
from portal.care.rest.models import ENDED, RUNNING, Rest, RestContact
from portal.demo.stories.plan import Plan
from portal.demo.stories.telling import FRESH, TEXTS
from portal.incidents.models import Involved
from portal.school.rules import next_open

# step -> kind of conversation, the part of the pupil it is about, and whether it is with the parents
TALKS = {
    "victim-support": ("victim", "victim", False),
    "talk-victim-parents": ("victim-parents", "victim", True),
    "attention-suspect": ("suspect", "suspect", False),
    "talk-suspect-parents": ("suspect-parents", "suspect", True),
}
CHECK_INS = (3, 7, 21)  # days after a buddy said yes


class Care(Plan):
    """What was done for the victims, the suspects and their families."""

    def tell_care(self) -> None:
        self.helpers = [self.team[one] for one in ("counselor", "care", "mentor") if one in self.team]
        for action in list(self.actions):
            if action.step in TALKS:
                self._conversations(action, *TALKS[action.step])
            elif action.step.startswith("help-"):
                self._help(action)
            elif action.step == "rest-period" and action.victim:
                self._rest(action)
            elif action.step == "buddies" and action.victim:
                self._buddies(action)
        if self.chance(0.4) and any(one.part == "spreader" for one in self.involved):
            self._conversation("spreaders", None, self.between(self.reported, self.until), HELD)

    def coming(self, action: Action) -> bool:
        """Whether an action is still to be done, in an incident that runs."""
        return action.state not in (DONE, NOT_NEEDED) and not self.ends and not self.part

    def pupils(self, action: Any, part: str) -> list[Involved]:
        """Whom of our school an action is about: its victim, or all with this part."""
        if action.victim_id:
            return [one for one in self.involved if one.id == action.victim_id]
        return [one for one in self.involved if part in (one.part, *one.also) and one.school == "own"]

    def _conversations(self, action: Any, kind: str, part: str, parents: bool) -> None:
        for pupil in self.pupils(action, part):
            about = self.parents.get(pupil.id, [pupil])[0] if parents else pupil
            if action.state == DONE:
                self._conversation(kind, about, action.changed_at, HELD)
            elif self.coming(action) and self.chance(0.7):
                planned = max(action.due_at, self.until + timedelta(hours=self.rng.randint(2, 60)))
                self._conversation(kind, about, planned, PLANNED)
            elif action.state == NOT_NEEDED and self.chance(0.5):
                self._conversation(kind, about, action.changed_at, CANCELLED)

    def _conversation(self, kind: str, about: Involved | None, at: datetime, state: str) -> None:
        leader = self.rng.choice(self.helpers)
        made = max(self.reported, min(at, self.until) - timedelta(hours=self.rng.randint(1, 20)))
        held = state == HELD
        agreed = self.sentence("agreed") if held else ""
        row = self.rows.add(
            Conversation(
                incident=self.incident, kind=kind, about=about, leader=leader, planned_at=at.replace(second=0),
                place=self.rng.choice(TEXTS["places"]), state=state, held_at=at if held else None, agreed=agreed,
                interpreter="telefonische tolk" if about is not None and about.interpreter else "",
                feelings=self.sentence("feelings") if held else "",
                reason=self.rng.choice(TEXTS["call_off"]) if state == CANCELLED else "", made_by=leader, made_at=made,
                version=1 if state == PLANNED else 2,
            )
        )  # fmt: skip
        subject = f"involved:{about.id}" if about is not None else self.about
        self.record(
            made, leader, "care:conversation:plan" if about else "care:group:plan", subject, conversation=row.id
        )
        if state == CANCELLED:
            self.record(at, leader, "care:conversation:cancel", subject, conversation=row.id)
        if held:
            contact = "parents" if kind.endswith("parents") else "victim" if kind == "victim" else "suspect"
            self.log(at, "talk", "", leader, agreed, contact=contact)
            self.record(
                at, leader, "care:conversation:hold" if about else "care:group:hold", subject, conversation=row.id
            )
        if held and self.chance(0.2):
            row.next_action = self.add_action(self.rng.choice(TEXTS["next_steps"]), at, leader)

    def _help(self, action: Any) -> None:
        """Offers of the school's own list, some answered."""
        part, by = "victim" if action.step == "help-victim-parents" else "suspect", self.rng.choice(self.helpers)
        if action.state != DONE or not self.rows.help:
            return
        for pupil in self.pupils(action, part):
            about = self.parents.get(pupil.id, [pupil])[0]
            for option in self.rng.sample(self.rows.help, min(len(self.rows.help), self.rng.randint(1, 2))):
                at, answer = action.changed_at, self.rng.choice(("accepted", "accepted", "declined", "later", ""))
                answered = self.between(at, min(at + timedelta(days=4), self.until))
                offer = self.rows.add(
                    HelpOffer(
                        incident=self.incident, about=about, option=option, offered_at=at, offered_by=by, answer=answer,
                        answered_at=answered if answer else None, words=self.sentence("offer") if answer else "",
                        version=2 if answer else 1,
                    )
                )  # fmt: skip
                self.record(at, by, "care:help:offer", f"involved:{about.id}", options=[option.id])
                if answer:
                    self.record(answered, by, "care:help:answer", f"involved:{about.id}", offer=offer.id)

    def _rest(self, action: Any) -> None:
        """From the day it was ticked off, for days to two weeks; or planned for the days to come."""
        begun = action.state == DONE
        if not begun and not (self.coming(action) and self.chance(0.4)):
            return
        at = action.changed_at if begun else self.until
        first = self.day(at) + timedelta(days=0 if begun else self.rng.randint(1, 4))
        last = first + timedelta(days=self.rng.randint(2, 13))
        back = next_open(last + timedelta(days=1), self.rows.closed, holidays_count=True)
        # What goes on in another incident is told no further here.
        goes_on = not self.ends and self.part != "source"
        over = begun and (last < self.day(self.until) or not goes_on)
        ended = min(last, self.day(self.until)) - timedelta(days=self.rng.choice((0, 0, 1)))
        keeper = self.rng.choice(self.helpers)
        row = self.rows.add(
            Rest(
                incident=self.incident, pupil=action.victim, first=first, last=last,
                form=self.rng.choice(("home", "home", "room", "short", "weekend")), keeper=keeper,
                schoolwork=self.rng.choice(TEXTS["schoolwork"]), every=self.rng.choice((1, 2, 2, 3)),
                teller=self.rng.choice(self.helpers), told=self.rng.choice(TEXTS["told"]),
                return_at=self.at_hour(back, 8, 30), state=ENDED if over else RUNNING if begun else PLANNED,
                ended_on=max(first, ended) if over else None,
                end_reason=self.rng.choice(TEXTS["rest_ends"]) if over else "", made_by=keeper, made_at=at,
            )
        )  # fmt: skip
        subject = f"involved:{action.victim_id}"
        self.record(at, keeper, "care:rest:plan", subject, rest=row.id)
        if begun:
            self.record(at, keeper, "care:rest:begin", subject, rest=row.id)
            self._keep_contact(row, keeper, at)

    def _keep_contact(self, rest: Any, keeper: Person, at: datetime) -> None:
        """Every so many days until the rest is over; of a running one the next time may be late."""
        stop = self.at_hour(rest.ended_on or rest.last, 17)
        at = self._days_later(at, rest.every)
        while at < min(stop, self.until) and not (rest.state == RUNNING and self.chance(0.1)):
            words = self.sentence("rest_contact")
            self.rows.add(RestContact(rest=rest, at=at, by=keeper, words=words))
            self.log(at, "call", "", keeper, words, contact="victim")
            self.record(at, keeper, "care:rest:contact", f"involved:{rest.pupil_id}", rest=rest.id)
            rest.version += 1
            at = self._days_later(at, rest.every)
        if rest.state == RUNNING:
            rest.next_at = at

    def _days_later(self, at: datetime, days: int) -> datetime:
        day = next_open(self.day(at) + timedelta(days=days), (), holidays_count=False)
        return self.at_hour(day, self.rng.randint(8, 16), self.rng.choice((0, 15, 30)))

    def _buddies(self, action: Any) -> None:
        """Whom the victim named, in order; asked once the wish was yes, until there are three."""
        waits = self.coming(action) and self.gate(action.victim_id, "buddies") == "open"
        if action.state != DONE and not waits:
            return
        done = action.changed_at if action.state == DONE else self.until
        named = max(self.reported, done - timedelta(hours=self.rng.randint(3, 30)))
        said_yes, wished = 0, self.wishes[action.victim_id, "buddies"].recorded_at
        for place in range(1, 6):
            if place > 3 and (said_yes >= 3 or waits):
                return
            buddy = self._named(action, place, named)
            if waits:
                continue
            self._ask_buddy(
                buddy, self.between(max(named, wished), done), self.rng.choice(("yes", "yes", "yes", "yes", "no"))
            )
            said_yes += buddy.answer == "yes"

    def _named(self, action: Any, place: int, at: datetime) -> Any:
        here = action.victim.class_name or self.classes[0]
        person = self.join_in("buddy", at, name=self.name(), class_name=here, school="own")
        asker = self.rng.choice(self.helpers)
        buddy = self.rows.add(
            Buddy(incident=self.incident, victim=action.victim, person=person, place=place, chosen_at=at, asker=asker)
        )
        self.record(at, asker, "care:buddy:name", f"involved:{person.id}", victim=action.victim_id)
        return buddy

    def _ask_buddy(self, buddy: Any, at: datetime, answer: str) -> None:
        asker, subject = buddy.asker, f"involved:{buddy.person_id}"
        buddy.asked_at, buddy.told, buddy.answer, buddy.answered_at = at, TEXTS["buddy_told"][0], answer, at
        buddy.version = 3
        self.log(at, "talk", "", asker, "Een klasgenoot gevraagd als buddy.", contact="buddies")
        self.record(at, asker, "care:buddy:ask", subject)
        self.record(at, asker, "care:buddy:answer", subject, answer=answer)
        if answer != "yes":
            return
        buddy.task, buddy.supporter = self.rng.choice(TEXTS["tasks"]), asker
        buddy.parents_informed_at = self.between(at, min(at + FRESH, self.until))
        for days in CHECK_INS:
            day = next_open(self.day(at) + timedelta(days=days), self.rows.closed, holidays_count=True)
            if buddy.ended_at is None:
                self._check_in(buddy, self.at_hour(day, self.rng.randint(9, 15)))
        if self.ends and buddy.ended_at is None and self.chance(0.5):
            buddy.ended_at, buddy.end_reason = self.until, "Het is rustig; samen afgerond."

    def _check_in(self, buddy: Any, at: datetime) -> None:
        """One moment to ask how it goes: held, still to come, or forgotten."""
        held = at < self.until and not self.chance(0.1)
        going = self.rng.choice(("well", "well", "so-so", "hard")) if held else ""
        words = self.rng.choice(TEXTS["checks"]) if held else ""
        done = {"done_at": at, "done_by": buddy.supporter, "going": going, "words": words} if held else {}
        self.rows.add(CheckIn(buddy=buddy, due_on=self.day(at), **done))
        if held:
            self.log(at, "talk", "", buddy.supporter, "Een buddy gevraagd hoe het gaat.", contact="buddies")
            self.record(at, buddy.supporter, "care:buddy:check-in", f"involved:{buddy.person_id}", going=going)
        if going == "hard" and self.chance(0.3):
            buddy.ended_at, buddy.end_reason = at, self.rng.choice(TEXTS["buddy_stops"])
            self.record(at, buddy.supporter, "care:buddy:stop", f"involved:{buddy.person_id}")
