"""A made-up incident from its report to now, as rows. Texts stand in `stories.toml`."""

import tomllib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from portal.accounts.models import Person
from portal.actions import operations as acting
from portal.actions import rules as planning
from portal.actions.models import DONE, NOT_NEEDED, TODO, Action, Wish
from portal.actions.plan.operations import EVENTS as PLANNED
from portal.actions.queries import title_of
from portal.audit.models import AuditEvent
from portal.clock import SCHOOL_ZONE, local
from portal.incidents import rules
from portal.incidents.models import ENDED, OPEN, Entry, Flag, Incident, Involved, Membership, Report, Unrest
from portal.notices.models import SENT, Mail
from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS
from portal.protocol.queries import protocol

if TYPE_CHECKING:
    from portal.demo.fill import Rows

FRESH, JOINED_AFTER = timedelta(hours=8), timedelta(hours=30)
FEWEST, MOST = 30, 70  # lines of the logbook; joining adds a few
TEXTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "stories.toml").read_text("utf-8"))


class Story:
    """One made-up incident from its report to the moment at which it ended, was joined, or is now."""

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
        self.wishes: dict[tuple[int, str], Any] = {}
        self._report()
        self._team()
        self._plan()
        self._logbook()
        self._write_down()

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

    def record(self, at: datetime, actor: Person, action: str, subject: str, **detail: Any) -> None:
        self.done.append(AuditEvent(at=at, actor_id=actor.id, action=action, subject=subject, detail=detail))

    def _write_down(self) -> None:
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

    def _report(self) -> None:
        rng, at = self.rng, self.reported
        reporter = rng.choice([*self.others, self.cast["mentor"]])
        spread = rng.choice(rules.SPREAD_ORDER)
        self.unrests = [rng.choice((0, 1, 1, 2, 2, 3, 4))]
        state = ENDED if self.ends and not self.part else OPEN
        self.incident = self.rows.add(
            Incident(
                ref=self.rows.reference(at), code_name=next(self.rows.names), state=state,
                protocol=self.rows.version, created_at=at - timedelta(minutes=rng.randint(3, 20)), reported_at=at,
                kind=rng.choice(list(rules.KINDS)), origin=rng.choice(list(rules.ORIGINS)),
                channels=rng.sample(list(rules.CHANNELS), rng.randint(1, 3)), spread=spread,
                classes=self.classes[: rng.randint(1, 2)], ended_at=self.ends if state == ENDED else None,
            )
        )  # fmt: skip
        self.about = f"incident:{self.incident.id}"
        self.involved = self._people()
        self._flags(reporter)
        story = self.sentence("story")
        told = {"people": [self._told(one) for one in self.involved], "answers": self.answers}
        for person in [reporter, *([self.cast["care"]] if self.chance(0.1) else [])]:
            slug = urlsafe_b64encode(rng.randbytes(32)).decode().rstrip("=")
            report = self.rows.add(
                Report(
                    slug=slug, incident=self.incident, reporter=person, started_at=self.incident.created_at,
                    sent_at=at, story=story if person is reporter else "",
                    told=told if person is reporter else {**told, "people": []},
                )
            )  # fmt: skip
            self.record(self.incident.created_at, person, "incident:report:begin", f"report:{report.id}")
            if person is reporter:
                for one in self.involved:
                    one.report = report
        self.record(at, reporter, "incident:report:send", self.about)
        self.log(at, "report", rules.EVENTS["report.sent"], reporter, story, who=reporter.name)

    def _people(self) -> list[Involved]:
        parts = ["victim"] * self.rng.choice((1, 1, 1, 1, 2)) + ["suspect"] * self.rng.choice((0, 1, 1, 2))
        parts += ["spreader"] * self.rng.choice((0, 0, 1, 3)) + ["bystander"] * self.rng.choice((0, 0, 1))
        return [self._someone(part, parts[:at].count(part) + 1) for at, part in enumerate(parts)]

    def _someone(self, part: str, number: int) -> Involved:
        here = self.chance(0.9 if part == "victim" else 0.8)
        in_class = self.rng.choice(self.classes)
        years = int(in_class[0]) + 11 + self.rng.randint(0, 1) if here else self.rng.randint(12, 19)
        person: Involved = self.rows.add(
            Involved(
                incident=self.incident, part=part, number=number,
                name=f"{self.rng.choice(TEXTS['names'])} {self.rng.choice('ABCDEGHJKLMPRSTVWZ')}.",
                class_name=in_class if here else "", age=years if self.chance(0.8) else None,
                school="own" if here else "other",
                school_name="" if here else self.rng.choice(TEXTS["other_schools"]),
            )
        )  # fmt: skip
        return person

    def _told(self, person: Involved) -> dict[str, Any]:
        names = ("part", "name", "class_name", "age", "birth_year", "school", "school_name")
        return {name: getattr(person, name) for name in names}

    def _flags(self, reporter: Person) -> None:
        chances = {"staff": 0.02, "under-12": 0.01, "coercion": 0.2, "honour": 0.08}
        self.answers = {
            key: self.rng.choice(("yes", "yes", "unknown")) if self.chance(chances.get(key, 0.05)) else "no"
            for key in rules.flags()
        }
        ages = rules.flags_of_ages(self._someones())
        self.answers |= dict.fromkeys(ages, "yes")
        for key, answer in self.answers.items():
            at = self.incident.created_at
            self.rows.add(Flag(incident=self.incident, key=key, answer=answer, answered_by=reporter, answered_at=at))
            self.record(at, reporter, f"incident:flag:{key}", self.about, answer=answer)

    def _someones(self) -> list[rules.Someone]:
        today = local(self.reported).date()
        return [
            rules.Someone(one.id, one.part, one.school, rules.age_range(one.age, one.birth_year, today))
            for one in self.involved
        ]

    def _team(self) -> None:
        careful = rules.staff_may_be_suspected(self.answers)
        share = {"coordinator": 1, "counselor": 1, "leadership": 1, "mentor": 0.9, "care": 0.9, "communication": 0.8}
        joins = [one for one in TEAM_FUNCTIONS if self.chance(share[one]) and (not careful or share[one] == 1)]
        self.team = {function: self.cast[function] for function in joins}
        coordinator = self.cast["coordinator"]
        for function, person in self.team.items():
            at = self.reported if share[function] == 1 else self.between(self.reported, self.reported + FRESH / 8)
            seen = self.between(at, at + FRESH / 8)
            self.rows.add(
                Membership(
                    incident=self.incident, person=person, function=function, joined_at=at, seen_at=seen,
                    looked_at=self.between(seen, self.until),
                )
            )  # fmt: skip
            self.rows.add(
                Mail(
                    kind="joined", address=person.email, language=person.language, person_id=person.id,
                    about=self.about, state=SENT, attempts=1, created_at=at, due_at=at, sent_at=at,
                )
            )  # fmt: skip
            self.record(at, coordinator, "incident:team:add", self.about, person=person.id, function=function)
            self.record(seen, person, "incident:overview:first-read", self.about)
            name = {"message": FUNCTION_NAMES[function]}
            self.log(at, "team", rules.EVENTS["team.added"], coordinator, who=person.name, function=name)

    def _plan(self) -> None:
        """Actions as the plan wants them for the worst that was known, and what was done of them since."""
        spread, classes = self.incident.spread, len(self.incident.classes)
        flags = tuple(rules.raised(self.answers))
        facts = rules.Facts(tuple(self._someones()), spread, max(self.unrests), classes, flags, self.answers)
        victims = {one.id: one for one in self.involved if one.part == "victim"}
        for victim in victims.values():
            self._ask(victim)
        steps: dict[str, Action] = {}
        wanted = planning.wanted(protocol(self.rows.version.id), facts)
        for position, key in enumerate(flags):
            flag = rules.flags()[key]
            due = self.reported.replace(second=0) + timedelta(minutes=flag["minutes"])
            self._work(self._action(flag=key, position=position, function=flag["who"], due_at=due))
        for want in wanted:
            step = want.step
            due = planning.due_at(step, self.reported, red_flag=bool(flags), closed=self.rows.closed)
            steps[step.key] = action = self._action(
                step=step.key, phase=step.phase, position=planning.place_in_plan(step), function=step.who,
                victim=victims.get(want.victim_id or 0), gate=want.gate, contact=step.contact, due_at=due,
                after=steps.get(step.after),
            )  # fmt: skip
            self._work(action, daily=step.daily)
        for title in self.rng.sample(TEXTS["free"], self.rng.choice((0, 0, 1, 2, 3))):
            at = self.between(self.reported, self.until)
            action = self._action(title=title, due_at=at + timedelta(days=2), function="", touched=True)
            self.record(at, self.cast["coordinator"], "plan:action:add", f"action:{action.id}")
            self._say(at, "action.added", self.cast["coordinator"], action)
            self._work(action)
        self.log(self.reported, "plan", PLANNED["plan.made"], None, n=len(wanted) + len(flags))

    def _action(self, **values: Any) -> Action:
        rng = self.rng
        action: Action = self.rows.add(
            Action(
                **values, incident=self.incident, assignee=self.team.get(values["function"]),
                place=rng.choice(TEXTS["places"]) if self.chance(0.3) else "",
                how=rng.choice(TEXTS["how"]) if self.chance(0.2) else "",
                changed_at=self.reported, changed_by=self.cast["coordinator"],
            )
        )  # fmt: skip
        if self.chance(0.03):
            action.assignee, action.outsider = None, rng.choice(TEXTS["outsiders"])
        elif action.assignee and self.chance(0.05):
            self._hand_over(action)
        return action

    def _hand_over(self, action: Action) -> None:
        giver, taker = action.assignee, self.rng.choice(list(self.team.values()))
        if giver.id == taker.id:
            return
        at = self.between(self.reported, self.until)
        self._change(action, at, giver, assignee=taker, handed_by=giver)
        self.log(at, "plan", acting.EVENTS["actions.handed"], giver, who=taker.name, titles=[title_of(action)])
        self.record(at, giver, "plan:actions:hand-over", self.about, actions=[action.id], to=taker.id)

    def _change(self, action: Any, at: datetime, actor: Person, **values: Any) -> None:
        version = action.version + 1
        for name, value in {**values, "touched": True, "version": version}.items():
            setattr(action, name, value)
        if at >= action.changed_at:
            action.changed_at, action.changed_by = at, actor

    def _say(
        self, at: datetime, event: str, author: Person, action: Action, text: str = "", kind: str = "plan"
    ) -> None:
        self.log(at, kind, acting.EVENTS[event], author, text, what=title_of(action), action_id=action.id)

    def _ask(self, victim: Involved) -> None:
        """What this victim wanted, sometimes after another answer before."""
        if self.chance(0.1):
            return
        asker = self.cast["counselor"]
        for subject in planning.WISH_SUBJECTS:
            answers = self.rng.choice((["yes"], ["yes"], ["yes"], ["not-yet", "yes"], ["no"], ["not-yet"], []))
            at = self.reported
            for answer in answers:
                at = self.between(at, at + FRESH * 3)
                if at < self.until:
                    self._note_wish(victim, subject, answer, at, asker)

    def _note_wish(self, victim: Involved, subject: str, answer: str, at: datetime, asker: Person) -> None:
        words = self.sentence("wish")
        wish = self.rows.add(
            Wish(
                victim=victim, subject=subject, answer=answer, words=words, asked_by=asker.name,
                asked_at=at - timedelta(minutes=10), recorded_by=asker, recorded_at=at,
            )
        )  # fmt: skip
        self.wishes[victim.id, subject] = wish
        event = acting.EVENTS["safety.recorded" if subject == "safety" else "wish.recorded"]
        who = rules.label("victim", victim.number)
        said = {name: {"message": text} for name, text in (
            ("subject", planning.WISH_SUBJECTS[subject]), ("answer", planning.WISH_ANSWERS[answer]),
        )}  # fmt: skip
        self.log(at, "talk", event, asker, words, who=who, **said)
        self.record(at, asker, "care:wish:record", f"involved:{victim.id}", wish=wish.id)

    def _work(self, action: Any, *, daily: bool = False) -> None:
        """Begin it, finish it, leave it: mostly in time, now and then late or never."""
        actor = action.assignee or self.cast["coordinator"]
        at = self._ready_at(action)
        if at is None or at >= self.until or self.chance(0.07):
            return
        if self.chance(0.05):
            return self._set(action, at, actor, NOT_NEEDED, self.sentence("unneeded"))
        if self.chance(0.2):
            begun = self.between(max(self.reported, action.changed_at), at)
            self._set(action, begun, actor, "doing")
            if self.chance(0.2):
                return None
        if daily:
            return self._daily(action, at, actor)
        return self._set(action, at, actor, DONE, self.words("outcome"))

    def _ready_at(self, action: Any) -> datetime | None:
        """When somebody gets it done; None where the wish or the order stands in the way."""
        safety, wish = (self.wishes.get((action.victim_id, one)) for one in ("safety", action.gate))
        if planning.gate_state(action.gate, wish and wish.answer, safety and safety.answer) != "open":
            return None
        known = [one.recorded_at for one in (wish, safety) if action.gate and one]
        early = max([self.reported + timedelta(minutes=5), action.changed_at, *known])
        first = action.after
        if first is not None and first.state != DONE:
            if not self.chance(0.5) or early >= self.until:
                return None
            action.overridden = True
            text = self.sentence("override_order")
            self._say(early, "order.overridden", self.cast["coordinator"], action, text, "decision")
        elif first is not None:
            early = max(early, first.changed_at)
        span = max(action.due_at - early, timedelta(hours=1))
        return self.between(early, early + span * self.rng.choice((0.6, 0.9, 1, 1, 1.3)))

    def _set(self, action: Action, at: datetime, actor: Person, state: str, words: str = "") -> None:
        self._change(action, at, actor, state=state, outcome=words)
        self._say(at, f"state.{state}", actor, action, words)
        self.record(at, actor, f"plan:action:{state}", f"action:{action.id}", incident=self.incident.id)

    def _daily(self, action: Action, at: datetime, actor: Person) -> None:
        for _day in range(self.rng.randint(1, 6)):
            if at < self.until:
                words = self.sentence("observation")
                due = planning.next_daily(at, action.due_at)
                self._change(action, at, actor, state=TODO, outcome=words, due_at=due)
                self._say(at, "state.daily", actor, action, words)
                self.record(at, actor, "plan:action:done", f"action:{action.id}", incident=self.incident.id)
                at = self.between(due - timedelta(hours=2), due + timedelta(hours=1))

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
        for _line in range(self.rng.randint(FEWEST, MOST) - len(self.said)):
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
        corrected = next((entry for entry in written if entry.written_at < at), None) if self.chance(0.15) else None
        if corrected:
            own |= {"corrects": corrected, "happened": corrected.at}
        text = self.sentence("correction") if corrected else self.words(kind)
        entry = self.log(at, corrected.kind if corrected else kind, "", author, text, **own)
        self.record(at, author, f"incident:log:{'correct' if corrected else 'write'}", self.about, entry=entry)
