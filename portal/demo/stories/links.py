"""The other school in a made-up incident: a link in whatever state, and what both schools did and said through it."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from random import Random
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import DONE, Action
from portal.audit.models import AuditEvent
from portal.communication.documents.models import STATEMENT, Document, DocumentVersion
from portal.demo.stories.telling import TEXTS
from portal.demo.stories.voice import Voice
from portal.links import rules
from portal.links.asks.operations import EVENTS as ASKED
from portal.links.asks.operations import POSITION
from portal.links.asks.rules import DECLINED, fitting
from portal.links.kinds.rules import PARTNER_SCHOOL, PERSON_FIELDS, told_of
from portal.links.making.rules import EVENTS as MADE
from portal.links.models import Ask, LinkFeedback, LinkMessage, LinkVisit, SharedLink, ShareVersion, Wording
from portal.links.page.operations import EVENTS as JOINED
from portal.links.talking.colleagues.rules import EVENTS as COLLEAGUES
from portal.links.talking.feedback.rules import EVENTS as FEEDBACK
from portal.links.talking.feedback.rules import questions
from portal.links.talking.messages.rules import EVENTS as MESSAGES
from portal.links.talking.wording.rules import EVENTS as WORDINGS
from portal.notices.models import SENT, Mail
from portal.policy import LEADERSHIP
from portal.security import secret_here

STEP = "contact-partner-school"
SAID = TEXTS["links"]
# What becomes of a link, and how often; 'draft' was never sent and 'silent' never opened.
ENDS = {"works": 60, "draft": 6, "silent": 10, "declined": 10, "revoked": 8, "dead": 6}


class Links(Voice):
    """One link for each other school that was called, and its colleague."""

    link: Any
    visit: Any

    def tell_links(self) -> None:
        theirs = [one for one in self.involved if one.school == "other" and one.part in ("victim", "suspect")]
        called = next((one for one in self.actions if one.step == STEP and one.state == DONE), None)
        if not theirs or called is None or self.part == "source":
            return
        # A chance of its own, so that what the rest of the school's stories tell does not hang on this.
        rng, self.rng = self.rng, Random(f"links {self.reported.isoformat()}")  # noqa: S311  (stories, no secrets)
        self._happen(theirs, called.changed_at)
        self.rng = rng

    def _happen(self, theirs: list[Any], at: datetime) -> None:
        end = self.rng.choices(list(ENDS), list(ENDS.values()))[0]
        self._make(theirs, at)
        if end == "draft" or at + timedelta(hours=3) >= self.until:
            return
        self._send(theirs, at + timedelta(minutes=10))
        if end == "dead":
            self._die(at + timedelta(minutes=30))
        elif end != "silent":
            self._open(self.between(at + timedelta(minutes=15), at + timedelta(hours=2)), end)

    def _row(self, name: str, school: str, at: datetime, **more: Any) -> Any:
        nonce = urlsafe_b64encode(self.rng.randbytes(16)).decode().rstrip("=")
        host = "".join(letter for letter in school.lower() if letter.isascii() and letter.isalpha()) or "school"
        email = f"{name.split()[-1].lower()}@{host}.example"
        return self.rows.add(
            SharedLink(
                incident=self.incident, kind=PARTNER_SCHOOL, school=school, name=name, email=email, nonce=nonce,
                token_hash=rules.hash_of(rules.token_of(nonce, secret_here())), made_at=at,
                function=self.rng.choice(SAID["functions"]), phone=f"010-555{self.rng.randint(0, 9999):04}", **more,
            )
        )  # fmt: skip

    def _note(
        self, at: datetime, what: str, by: Person | None = None, link: SharedLink | None = None, **detail: Any
    ) -> None:
        """In the trail; by the visitor when it is by nobody of ours."""
        seen = {} if by else {"visit": self.visit.id, "network": self.visit.network}
        event = {"actor_id": by and by.id, "action": f"links:{what}", "subject": (link or self.link).subject}
        self.done.append(AuditEvent(at=at, detail={**seen, **detail}, **event))

    def _tell(self, at: datetime, event: str, by: Person | None = None, text: str = "", **values: Any) -> None:
        """In the logbook; `who` is the school, and who there did it."""
        who = self.link.school if by else f"{self.link.name} ({self.link.school})"
        self.log(at, "plan", event, by, text, who=who, **values)

    def _make(self, theirs: list[Any], at: datetime) -> None:
        by = self.cast["coordinator"]
        why = {"purpose": "stop", "basis": "welfare", "parents": "told", "days": self.rng.choice((14, 42, 42, 90))}
        self.link = self._row(self.rng.choice(SAID["partners"]), theirs[0].school_name, at, made_by=by, **why)
        self._note(at, "draft:begin", by)
        people = [
            {"id": one.id, "part": one.part, "number": one.number, "fields": fields}
            for one in theirs
            if one.school_name == self.link.school
            and (fields := told_of(PARTNER_SCHOOL, one.__data__, [f for f in PERSON_FIELDS if self.chance(0.6)]))
        ]
        summary = self.rng.choice(SAID["summary"])
        self.content = {
            "summary": summary,
            "people": people,
            "statement": self.chance(0.7),
            "feedback": self.chance(0.8),
        }
        shared = ShareVersion(link=self.link, number=0, content=self.content, made_by=by, made_at=at)
        self.shared = self.rows.add(shared)

    def _send(self, theirs: list[Any], at: datetime) -> None:
        by, link = self.cast["coordinator"], self.link
        link.sent_at, link.sent_by, link.number, link.version = at, by, 1, 4
        link.ends_at = at + timedelta(days=link.days)
        self.shared.number, self.shared.made_at = 1, at
        self._note(at, "link:send", by, number=1)
        self._tell(at, MADE["sent"], by, day={"day": str(self.day(link.ends_at))})
        mail = {"kind": "shared-offer", "address": link.email, "language": link.language, "person_id": 0}
        self.rows.add(Mail(**mail, about=link.subject, state=SENT, attempts=1, created_at=at, due_at=at, sent_at=at))
        ready = fitting({one.part for one in theirs})
        chosen = self.rng.sample(ready, min(len(ready), self.rng.randint(1, 4)))
        self.asks = [
            self._request(one.title["nl"], one.how["nl"], at, by, due_at=at + one.due, phase=one.phase, key=one.key)
            for one in chosen
        ]

    def _request(
        self, title: str, how: str, at: datetime, by: Person | None, *, key: str = "", own: bool = False, **values: Any
    ) -> Any:
        """An action of theirs in our plan."""
        action = self.rows.add(
            Action(
                incident=self.incident, title="" if own else title, how=how, contact="school", position=POSITION,
                function=LEADERSHIP, outsider=self.link.school, touched=True, changed_at=at, changed_by=by, **values,
            )
        )  # fmt: skip
        answered = {"answered_at": at, "answered_by": self.link} if own else {}
        ask = self.rows.add(Ask(link=self.link, action=action, key=key, own=own, how=title if own else how, **answered))
        self.record(at, by or self.cast["coordinator"], "plan:action:add", f"action:{action.id}")
        self._note(at, "ask:own" if own else "ask:make", by, ask=ask.id)
        self._tell(at, ASKED["own" if own else "asked"], by, what=title, action_id=action.id)
        return ask

    def _visit(self, at: datetime) -> None:
        visit = LinkVisit(
            link=self.link, key=self.rng.randbytes(32).hex(), code_number=1, began_at=at, seen_at=at,
            network=f"198.51.{self.rng.randint(0, 255)}.0/24",
        )  # fmt: skip
        self.visit = self.rows.add(visit)
        self._note(at, "visit:begin")
        self._note(at, "page:read", version=self.link.number)

    def _die(self, at: datetime) -> None:
        """Fifteen wrong codes: locked after five, after ten, and dead."""
        for count in range(1, rules.DEAD_AT + 1):
            network = {"network": "203.0.113.0/24", "wrong": count}
            self.done.append(
                AuditEvent(at=at, actor_id=None, action="links:visit:refuse", subject=self.link.subject, detail=network)
            )
            at += rules.LOCKED_FOR if count % rules.LOCK_EVERY == 0 else timedelta(seconds=20)
        last = at - rules.LOCKED_FOR
        self.link.wrong, self.link.dead_at = rules.DEAD_AT, last
        self.done.append(
            AuditEvent(at=last, actor_id=None, action="links:link:die", subject=self.link.subject, detail={})
        )

    def _open(self, at: datetime, end: str) -> None:
        """The code was told; they answer, as long as the link and the incident last."""
        link = self.link
        link.opened_at = at
        self._visit(at)
        last = min(self.until, link.ends_at)
        if end == "declined":
            link.declined_at, link.declined_words = at, self.rng.choice(SAID["no_part"])
            self._note(at, "link:decline")
            self._tell(at, JOINED["declined"], text=link.declined_words)
            return
        link.accepted_at = at
        self._note(at, "link:accept")
        self._tell(at, JOINED["accepted"])
        if end == "revoked":
            last = self.between(at + timedelta(hours=1), min(last, at + timedelta(days=5)))
        for ask in self.asks:
            self._answer(ask, self.between(at, min(last, at + timedelta(days=4))))
        if self.chance(0.3):
            when = self.between(at, min(last, at + timedelta(days=3)))
            self._request(self.rng.choice(SAID["own"]), "", when, None, own=True, due_at=None, phase="react")
        self._speak(at, last)
        if end == "revoked":
            self._revoke(last)
        elif self.content["feedback"] and all(ask.action.state == DONE for ask in self.asks):
            self._feedback(last)

    def _answer(self, ask: Any, at: datetime) -> None:
        what = self.rng.choices(("done", "date", "declined", ""), (60, 12, 8, 20))[0]
        if not what:
            return
        action, texts = ask.action, {"done": "done", "date": "other_date", "declined": "declined"}
        words = self.rng.choice(SAID[texts[what]])
        ask.answered_at, ask.answered_by, ask.version = at, self.link, 2
        more: dict[str, Any] = {}
        if what == "date":
            ask.proposed_at, ask.proposed_words = at + timedelta(days=2), words
            more = {"date": {"day": str(self.day(ask.proposed_at))}}
        else:
            ask.words, ask.answer = words, DECLINED if what == "declined" else ""
        if what == "done":
            action.state, action.version, action.changed_at, action.changed_by = DONE, 2, at, None
        self._note(at, f"ask:{what}", ask=ask.id)
        self._tell(at, ASKED[what], text=words, what=action.title, action_id=action.id, **more)

    def _speak(self, first: datetime, last: datetime) -> None:
        """Messages, a worry, the statement that is online, and a colleague."""
        by, at = self.cast["coordinator"], first
        for turn in range(self.rng.randint(0, 4)):
            at, ours = self.between(at, min(last, at + timedelta(days=1))), turn % 2 == 1
            self._message(at, "message", self.rng.choice(SAID["ours" if ours else "theirs"]), by if ours else None)
        if self.chance(0.1):
            self._message(self.between(first, last), "worry", self.rng.choice(SAID["worry"]), None)
        if self.content["statement"]:
            self._align(first, last)
        if self.chance(0.3):
            self._colleague(self.between(first, min(last, first + timedelta(days=1))))

    def _message(self, at: datetime, kind: str, text: str, by: Person | None) -> None:
        who = {"by_person": by} if by else {"by_link": self.link}
        made = self.rows.add(LinkMessage(link=self.link, kind=kind, text=text, at=at, **who))
        self._note(at, "message:send" if kind == "message" else "worry:report", by, message=made.id)
        self._tell(at, MESSAGES["sent" if by else kind], by, text)

    def _align(self, first: datetime, last: datetime) -> None:
        """Laid before them once it was online; they agree, would have it otherwise, or say nothing yet."""
        mine = [one for one in self.rows.of[Document] if one["incident"] == self.incident.id]
        online = next((one for one in mine if one["kind"] == STATEMENT and one.get("online")), None)
        if online is None or online["online_at"] >= last:
            return
        at, by, number = max(first, online["online_at"]), self.cast["communication"], online["online"]
        versions = [one for one in self.rows.of[DocumentVersion] if one["document"] == online["id"]]
        texts = next(one["texts"] for one in versions if one["number"] == number)
        made = self.rows.add(Wording(link=self.link, whose="ours", number=number, texts=texts, by_person=by, at=at))
        self._note(at, "statement:offer", by, number=number)
        self._tell(at, WORDINGS["ours.offered"], by, number=number)
        after = self.between(at, min(last, at + timedelta(days=2)))
        if (answer := self.rng.choice(("agreed", "agreed", "proposed", ""))) and after < last:
            made.answer, made.answered_at, made.answered_by_link, made.version = answer, after, self.link, 2
            made.words = self.rng.choice(SAID["proposed"]) if answer == "proposed" else ""
            self._note(after, f"statement:{answer}", number=number)
            self._tell(after, WORDINGS[f"ours.{answer}"], text=made.words, number=number)

    def _colleague(self, at: datetime) -> None:
        link, by = self.link, self.cast["coordinator"]
        one = self._row(self.rng.choice(SAID["colleagues"]), link.school, at, head=link, proposed_by=link)
        self._note(at, "colleague:propose", colleague=one.id)
        self._tell(at, COLLEAGUES["proposed"], name=f"{one.name}, {one.function}")
        if self.chance(0.6):
            after = min(link.ends_at, at + timedelta(minutes=40))
            one.sent_at, one.sent_by, one.ends_at, one.days, one.version = after, by, link.ends_at, link.days, 2
            self._note(after, "colleague:approve", by, link=one)
            self._tell(after, COLLEAGUES["approved"], by, name=f"{one.name}, {one.function}")

    def _revoke(self, at: datetime) -> None:
        by, words = self.cast["leadership"], self.rng.choice(SAID["revoked"])
        of_it = [
            one for one in self.rows.of[SharedLink] if one["id"] == self.link.id or one.get("head") == self.link.id
        ]
        for row in of_it:
            row.update(revoked_at=at, revoked_by=by.id, revoked_words=words)
        self._note(at, "link:revoke", by)
        self._tell(at, MADE["revoked"], by, words)

    def _feedback(self, at: datetime) -> None:
        """Asked when all was done, and mostly given."""
        self.link.feedback_at = at - timedelta(hours=2)
        if self.chance(0.7):
            said = {
                key: self.rng.choice(list(one.answers)) if one.answers else self.rng.choice(SAID["done"][:3])
                for key, one in questions().items()
            }
            self.rows.add(LinkFeedback(link=self.link, by_link=self.link, answers=said, at=at))
            self._note(at, "feedback:give")
            self._tell(at, FEEDBACK["given"])
