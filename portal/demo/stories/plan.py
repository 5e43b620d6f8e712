"""The plan of a made-up incident, what the victims wished, and what was done of it."""

from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.actions import operations as acting
from portal.actions import rules as planning
from portal.actions.models import DONE, NOT_NEEDED, TODO, Action, Wish
from portal.actions.plan.operations import EVENTS as PLANNED
from portal.actions.queries import title_of
from portal.demo.stories.people import People
from portal.demo.stories.telling import FRESH, TEXTS
from portal.incidents import rules
from portal.incidents.models import Involved
from portal.protocol.queries import protocol


class Plan(People):
    """Steps and calls with who does them; each wish with the answers before it.

    `wishes` are the newest by victim and subject, `actions` those of the steps.
    """

    wishes: dict[tuple[int, str], Any]
    actions: list[Action]

    def tell_plan(self) -> None:
        self.wishes, self.actions = {}, []
        """Actions as the plan wants them for the worst that was known, and what was done of them since."""
        spread, classes = self.incident.spread, len(self.incident.classes)
        flags = tuple(rules.raised(self.answers))
        facts = rules.Facts(tuple(self.someones()), spread, max(self.unrests), classes, flags, self.answers)
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
            self.actions.append(action)
        for title in self.rng.sample(TEXTS["free"], self.rng.choice((0, 0, 1, 2, 3))):
            self.add_action(title, self.between(self.reported, self.until), self.cast["coordinator"])
        self.log(self.reported, "plan", PLANNED["plan.made"], None, n=len(wanted) + len(flags))

    def add_action(self, title: str, at: datetime, by: Person) -> Any:
        action: Any = self._action(title=title, due_at=at + timedelta(days=2), function="", touched=True)
        action.changed_at = at
        self.record(at, by, "plan:action:add", f"action:{action.id}")
        self._say(at, "action.added", by, action)
        self._work(action)
        return action

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
        """What this victim wanted, sometimes after another answer before; once in a while overridden by leadership."""
        if self.chance(0.1):
            return
        asker, leadership = self.cast["counselor"], self.cast["leadership"]
        for subject in planning.WISH_SUBJECTS:
            answers = self.rng.choice((["yes"], ["yes"], ["yes"], ["not-yet", "yes"], ["no"], ["not-yet"], []))
            if subject == "safety" and answers == ["no"] and self.answers.get("honour") != "yes":
                answers = ["not-yet", "yes"]
            at = self.reported
            for answer in answers:
                at = self.between(at, at + FRESH * 3)
                if at < self.until:
                    self._note_wish(victim, subject, answer, at, asker)
            overridden = self.between(at + FRESH, at + FRESH * 4)
            if answers == ["no"] and subject in ("parents", "class") and self.chance(0.3) and overridden < self.until:
                self._note_wish(victim, subject, "override", overridden, leadership)

    def _note_wish(self, victim: Involved, subject: str, answer: str, at: datetime, asker: Person) -> None:
        override = answer == "override"
        words = self.sentence("override_wish" if override else "wish")
        told = self.chance(0.8) if override else None
        wish = self.rows.add(
            Wish(
                victim=victim, subject=subject, answer=answer, words=words, asked_by=asker.name,
                asked_at=at - timedelta(minutes=10), recorded_by=asker, recorded_at=at, told_before=told,
                told_note=self.sentence("not_told") if told is False else "",
                detail=self._safety(answer) if subject == "safety" else {},
            )
        )  # fmt: skip
        self.wishes[victim.id, subject] = wish
        event = acting.EVENTS["safety.recorded" if subject == "safety" else "wish.recorded"]
        who = rules.label("victim", victim.number)
        said = {name: {"message": text} for name, text in (
            ("subject", planning.WISH_SUBJECTS[subject]), ("answer", planning.WISH_ANSWERS[answer]),
        )}  # fmt: skip
        self.log(at, "decision" if override else "talk", event, asker, words, who=who, **said)
        self.record(at, asker, "care:wish:record", f"involved:{victim.id}", wish=wish.id)

    def _safety(self, answer: str) -> dict[str, str]:
        """Answers to the questions of the safety check from which this one follows."""
        fears = dict.fromkeys(("violence", "rejection", "honour"), "no")
        if answer != "yes":
            fears[self.rng.choice(("rejection", "honour"))] = "yes" if answer == "no" else "unknown"
        return fears

    def gate(self, victim_id: int, gate: str) -> str:
        """How a victim's wish stands now: open, waiting or closed."""
        safety, wish = (self.wishes.get((victim_id, one)) for one in ("safety", gate))
        return planning.gate_state(gate, wish and wish.answer, safety and safety.answer)

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
        if self.gate(action.victim_id, action.gate) != "open":
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
