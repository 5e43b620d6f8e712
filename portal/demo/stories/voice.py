"""What the school said outside in a made-up incident, and what was said online: as the operations would leave it."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import DONE
from portal.communication.documents import operations as documents
from portal.communication.documents import rules
from portal.communication.documents.models import STATEMENT, Document, DocumentAct, DocumentVersion
from portal.communication.letters.models import Informed
from portal.communication.media.models import PressCall
from portal.communication.watch import rules as watching
from portal.communication.watch.models import Post, Watch, WatchTurn
from portal.demo.stories.classes import Classes
from portal.demo.stories.telling import TEXTS
from portal.incidents.models import OPEN

LETTERS = {"inform-class-parents": "class-parents", "inform-other-parents": "other-parents"}
PARTS = ("going", "think", "do", "why", "contact")  # of a statement
SITUATIONS = ("rumour", "class", "public", "press", "ai", "solved")
CHANNELS = ("mail", "mail", "app", "paper", "meeting")
VOICE = TEXTS["voice"]


class Voice(Classes):
    """Statement, letters, press and online watch. Communication writes, leadership approves (product rule 7)."""

    def tell_voice(self) -> None:
        self.officer, self.leader = self.cast["communication"], self.cast["leadership"]
        told: set[tuple[str, str]] = set()
        for action in self.actions:
            if action.step == "statement":
                self._statement(action)
            elif action.step in LETTERS and action.state == DONE:
                self._letter(action, told)
        if self.chance(0.3):
            self._press()
        if self.chance(0.6):
            self._online()

    def _one(self, *names: str) -> dict[str, str]:
        return {name: self.rng.choice(VOICE[name]) for name in names}

    def _document(self, kind: str, at: datetime, **values: Any) -> Any:
        slug = urlsafe_b64encode(self.rng.randbytes(32)).decode().rstrip("=")
        return self.rows.add(
            Document(incident=self.incident, kind=kind, slug=slug, made_by=self.officer, made_at=at, **values)
        )

    def _version(self, document: Any, number: int, texts: dict[str, Any], at: datetime) -> None:
        self.rows.add(DocumentVersion(document=document, number=number, texts=texts, made_by=self.officer, made_at=at))
        document.state = rules.DRAFT
        document.version += 1
        self._written("write", document, number, self.officer, at)

    def _act(self, document: Any, what: str, number: int, by: Person, at: datetime, remark: str = "") -> None:
        changes: dict[str, dict[str, Any]] = {
            "approve": {"approved": number},
            "publish": {"online": number, "online_at": at, "withdrawn_at": None},
            "withdraw": {"online": None, "withdrawn_at": at},
        }
        document.state = rules.next_state(what, document.state, is_online=document.online is not None)
        for name, value in changes.get(what, {}).items():
            setattr(document, name, value)
        document.version += 1
        self.rows.add(DocumentAct(document=document, number=number, act=what, by=by, at=at, remark=remark))
        self._written(what, document, number, by, at)
        of = "statement" if document.kind == STATEMENT else "letter"
        self.log(at, "decision", documents.EVENTS[f"{of}.{what}"], by, remark, number=number, whom=document.kind)

    def _written(self, verb: str, document: Any, number: int, by: Person, at: datetime) -> None:
        self.record(at, by, f"communication:document:{verb}", self.about, kind=document.kind, number=number)

    def _approved(self, document: Any, number: int, texts: dict[str, Any], at: datetime) -> int:
        """Written, now and then sent back, and approved before this moment; gives the number of the version."""
        begun = max(self.reported, at - timedelta(minutes=self.rng.randint(30, 120)))
        step = (at - begun) / 6
        self._version(document, number, texts, begun)
        self._act(document, "ask", number, self.officer, begun + step)
        if self.chance(0.2):
            self._act(document, "send-back", number, self.leader, begun + 2 * step, self.rng.choice(VOICE["sent_back"]))
            number, texts = number + 1, {"nl": texts["nl"] | self._one("contact")}
            self._version(document, number, texts, begun + 3 * step)
            self._act(document, "ask", number, self.officer, begun + 4 * step)
        self._act(document, "approve", number, self.leader, begun + 5 * step)
        return number

    def _statement(self, action: Any) -> None:
        """Published when its step was done; sometimes only ready, said anew later, or withdrawn when it was calm."""
        done, texts = action.state == DONE, {"nl": self._one(*PARTS)}
        if not done and not (self.coming(action) and self.chance(0.9)):
            return
        at = action.changed_at if done else self.until
        document = self._document(STATEMENT, at, situation=self.rng.choice(SITUATIONS))
        if not done:
            return self._version(document, 1, texts, self.between(self.reported, self.until))
        number = self._approved(document, 1, texts, at)
        if self.chance(0.4):
            return None
        self._act(document, "publish", number, self.officer, at)
        again = self.between(at + timedelta(hours=20), at + timedelta(days=4))
        if again < self.until and self.chance(0.3):
            texts = {"nl": texts["nl"] | {"going": self.rng.choice(VOICE["later"])}}
            self._act(document, "publish", self._approved(document, number + 1, texts, again), self.officer, again)
        if self.ends and self.chance(0.5):
            remark = self.rng.choice(VOICE["withdrawn"])
            self._act(document, "withdraw", document.online, self.leader, self.until, remark)

    def _letter(self, action: Any, told: set[tuple[str, str]]) -> None:
        kind, at = LETTERS[action.step], action.changed_at
        name = self._class_to_tell(at) if kind == "class-parents" else ""
        if (kind, name) in told or (kind == "class-parents" and not name):
            return
        told.add((kind, name))
        core = "\n\n".join(self._one(*PARTS).values())
        document = self._document(kind, at, class_name=name)
        number = self._approved(
            document, 1, {"nl": {**self._one("subject", "opening", "more", "closing"), "core": core}}, at
        )
        for channel in sorted({self.rng.choice(CHANNELS) for _time in range(2)}):
            whom = self.rng.choice(VOICE["whom"])
            self.rows.add(
                Informed(document=document, number=number, channel=channel, whom=whom, at=at, by=self.officer)
            )

    def _class_to_tell(self, at: datetime) -> str:
        """A class in which every victim wanted by then that it is talked about (product rule 4); '' for none."""
        classes: dict[str, list[bool]] = {}
        for one in (one for one in self.involved if one.part == "victim"):
            wish = self.wishes.get((one.id, "class"))
            wanted = self.gate(one.id, "class") == "open" and wish is not None and wish.recorded_at <= at
            classes.setdefault(one.class_name, []).append(wanted)
        return next((name for name, wanted in classes.items() if name and all(wanted)), "")

    def _press(self) -> None:
        for _call in range(self.rng.randint(1, 3)):
            at = self.between(self.reported + timedelta(hours=3), self.reported + timedelta(days=4))
            if at >= self.until:
                continue
            texts = {"medium": self.rng.choice(VOICE["media"]), "question": self.rng.choice(VOICE["asked"])}
            call = self.rows.add(
                PressCall(
                    incident=self.incident, at=at, deadline_at=at + timedelta(hours=self.rng.randint(1, 6)),
                    promised=self.rng.choice(VOICE["promised"]), made_by=self.officer, made_at=at, **texts,
                )
            )  # fmt: skip
            self.record(at, self.officer, "communication:press:note", self.about, call=call.id)
            after = at + timedelta(minutes=self.rng.randint(15, 300))
            if after < self.until and self.chance(0.9):
                call.answer, call.answered_at, call.answered_by = (
                    self.rng.choice(VOICE["answered"]),
                    after,
                    self.officer,
                )
                call.version = 2
                self.record(after, self.officer, "communication:press:answer", self.about, call=call.id)

    def _online(self) -> None:
        """Words to search for, a few days of looking, and what was seen."""
        at = self.between(self.reported, min(self.reported + timedelta(hours=6), self.until))
        self.rows.add(
            Watch(
                incident=self.incident, platforms=list(watching.USUAL), terms=self.rng.sample(VOICE["terms"], 2),
                changed_by=self.officer, changed_at=at,
            )
        )  # fmt: skip
        self.record(at, self.officer, "communication:watch:change", self.about)
        self.log(at, "decision", watching.EVENTS["watch.places"], self.officer)
        for days in range(self.rng.randint(2, 7)):
            self._turn(at + timedelta(days=days))
        for _post in range(self.rng.choice((0, 1, 1, 2, 3))):
            self._post(self.between(at, at + timedelta(days=self.rng.randint(1, 9))))

    def _turn(self, moment: datetime) -> None:
        """On the morning of a day: looked, missed, or still to come while the incident runs."""
        day = self.day(moment) + timedelta(days=1)
        at = self.at_hour(day, 8, self.rng.randint(0, 45))
        looked = at < self.until and self.chance(0.9)
        if at < self.until or self.incident.state == OPEN:
            done = {"looked_at": at, "looked_by": self.officer, "version": 2} if looked else {}
            self.rows.add(
                WatchTurn(incident=self.incident, day=day, part_of_day="morning", person=self.officer, **done)
            )
        if looked:
            self.record(at, self.officer, "communication:watch:look", self.about)

    def _post(self, at: datetime) -> None:
        if at >= self.until:
            return
        rng, officer = self.rng, self.officer
        post = self.rows.add(
            Post(
                incident=self.incident, seen_at=at, platform=rng.choice(list(watching.PLATFORMS)),
                account_kind=rng.choice(list(watching.ACCOUNTS)), said=rng.choice(VOICE["posts"]),
                reach=rng.choice(list(watching.REACHES)), truth=rng.choice(list(watching.TRUTHS)),
                tone=rng.choice(list(watching.TONES)), made_by=officer, made_at=at,
            )
        )  # fmt: skip
        tables = {"platform": watching.PLATFORMS, "truth": watching.TRUTHS, "tone": watching.TONES}
        said = {name: {"message": words[getattr(post, name)]} for name, words in tables.items()}
        self.log(at, "observation", watching.EVENTS["post.seen"], officer, post.said, **said)
        self.record(at, officer, "communication:post:add", self.about, post=post.id)
        after = at + timedelta(minutes=rng.randint(5, 90))
        if post.truth in watching.WRONG and after < self.until and self.chance(0.8):
            post.reply, post.replied_at, post.replied_by = rng.choice(VOICE["replies"]), after, officer
            post.version = 2
            event = watching.EVENTS["post.replied"]
            self.log(after, "decision", event, officer, post.reply, platform=said["platform"])
            self.record(after, officer, "communication:post:reply", self.about, post=post.id)
