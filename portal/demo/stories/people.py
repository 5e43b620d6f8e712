"""The report of a made-up incident, the people in it and the team."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.clock import local
from portal.demo.stories.telling import FRESH, TEXTS, Telling
from portal.incidents import rules
from portal.incidents.models import ENDED, OPEN, Flag, Incident, Involved, Membership, Report
from portal.notices.models import SENT, Mail
from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS


class People(Telling):
    """Who is in it: told by the reporter, and found out since. `parents` are by the row of their child."""

    involved: list[Involved]
    parents: dict[int, list[Involved]]

    def tell_people(self) -> None:
        self._report()
        self._team()
        self._families()

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
        self.involved, self.parents = [], {}
        self._people()
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

    def _people(self) -> None:
        parts = ["victim"] * self.rng.choice((1, 1, 1, 1, 2)) + ["suspect"] * self.rng.choice((0, 1, 1, 2))
        parts += ["spreader"] * self.rng.choice((0, 0, 1, 3)) + ["bystander"] * self.rng.choice((0, 0, 1))
        for at, part in enumerate(parts):
            self.involved.append(self._someone(part, parts[:at].count(part) + 1))

    def _someone(self, part: str, number: int) -> Involved:
        here = self.chance(0.9 if part == "victim" else 0.8)
        in_class = self.rng.choice(self.classes)
        years = int(in_class[0]) + 11 + self.rng.randint(0, 1) if here else self.rng.randint(12, 19)
        name = self.name()
        both = {"victim": 0.05, "suspect": 0.15}.get(part, 0)
        person: Involved = self.rows.add(
            Involved(
                incident=self.incident, part=part, number=number, name=name, aliases=self._aliases(name),
                also=["spreader"] if self.chance(both) else [],
                support=self.rng.choice(TEXTS["support"]) if self.chance(0.08) else "",
                class_name=in_class if here else "", age=years if self.chance(0.8) else None,
                school="own" if here else "other",
                school_name="" if here else self.rng.choice(TEXTS["other_schools"]),
            )
        )  # fmt: skip
        return person

    def name(self) -> str:
        """A name that nobody in this incident has: some with the surname, some with an initial."""
        taken = {one.name.split()[0] for one in getattr(self, "involved", ())}
        first = self.rng.choice([name for name in TEXTS["names"] if name not in taken])
        last = self.rng.choice(TEXTS["surnames"])
        return f"{first} {last if self.chance(0.4) else next(letter for letter in last if letter.isupper()) + '.'}"

    def _aliases(self, name: str) -> list[str]:
        """Names of accounts, of which some hold the first name."""
        first = name.split()[0].lower()
        made = [
            f"{first}_{self.rng.randint(1, 99):02}",
            f"xx{first}xx",
            f"{self.rng.choice(TEXTS['handles'])}{self.rng.randint(1, 999)}",
        ]
        return self.rng.sample(made, self.rng.choice((0, 0, 0, 1, 2)))

    def _families(self) -> None:
        """Parents and guardians, whom the team found out after the report."""
        share = {"victim": 0.85, "suspect": 0.6}
        for child in [one for one in self.involved if self.chance(share.get(one.part, 0.1))]:
            abroad = self.rng.choice(TEXTS["languages"]) if self.chance(0.2) else ""
            family = child.name.partition(" ")[2]
            for title in self.rng.sample(("mevr.", "dhr."), self.rng.choice((1, 1, 2))):
                parent = self.join_in(
                    "parent", self.between(self.reported, self.reported + FRESH), name=f"{title} {family}", child=child,
                    reach=f"06-5551{self.rng.randint(0, 9999):04}", language=abroad,
                    interpreter=bool(abroad) and self.chance(0.7),
                    delicate=self.rng.choice(TEXTS["delicate"]) if self.chance(0.25) else "",
                )  # fmt: skip
                self.parents.setdefault(child.id, []).append(parent)

    def join_in(self, part: str, at: datetime, **told: Any) -> Involved:
        """Somebody who was not in the report."""
        number = 1 + sum(one.part == part for one in self.involved)
        person: Involved = self.rows.add(Involved(incident=self.incident, part=part, number=number, **told))
        self.involved.append(person)
        by = self.cast["counselor"]
        self.record(at, by, "incident:person:add", f"involved:{person.id}")
        self.log(at, "scope", rules.EVENTS["people.added"], by, who=rules.label(part, number))
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
        ages = rules.flags_of_ages(self.someones())
        self.answers |= dict.fromkeys(ages, "yes")
        for key, answer in self.answers.items():
            at = self.incident.created_at
            self.rows.add(Flag(incident=self.incident, key=key, answer=answer, answered_by=reporter, answered_at=at))
            self.record(at, reporter, f"incident:flag:{key}", self.about, answer=answer)

    def someones(self) -> list[rules.Someone]:
        today = local(self.reported).date()
        return [
            rules.Someone(one.id, part, one.school, rules.age_range(one.age, one.birth_year, today))
            for one in self.involved
            for part in [one.part, *one.also]
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
