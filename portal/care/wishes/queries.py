"""What victims said, per victim and subject."""

from dataclasses import dataclass, field
from datetime import date

from portal.accounts.models import Person
from portal.actions.models import Wish
from portal.actions.rules import gate_state
from portal.care.wishes.rules import SAFETY, SUBJECTS, parents_advice
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Involved
from portal.incidents.rules import age_range
from portal.policy import Standing


@dataclass
class Said:
    """Everything on one subject, newest first."""

    all: list[Wish] = field(default_factory=list)

    @property
    def newest(self) -> Wish | None:
        return self.all[0] if self.all else None

    @property
    def answer(self) -> str:
        return self.newest.answer if self.newest else "not-asked"

    @property
    def override(self) -> Wish | None:
        """The newest by leadership, also when the victim said something else since."""
        return next((wish for wish in self.all if wish.answer == "override"), None)


@dataclass
class Heard:
    """One victim with what was said on each subject and on safety; `advice` is what the age says on parents."""

    victim: Involved
    said: dict[str, Said]
    advice: str

    @property
    def unsafe(self) -> bool:
        return self.said[SAFETY].answer == "no"

    def is_open(self, subject: str) -> bool:
        """Whether nothing is held back on this subject, so that there is nothing to override."""
        wish, safety = self.said[subject].newest, self.said[SAFETY].newest
        return gate_state(subject, wish and wish.answer, safety and safety.answer) == "open"


def reads_words(standing: Standing) -> bool:
    """Whether this member may read more than the answer itself."""
    return standing.may("wishes", "read", "change")


def victims_for(incident: Incident, standing: Standing) -> list[Involved]:
    """Victims whose wishes this member sees: a mentor only those of own classes and actions."""
    if not reads_words(standing):
        return list(incidents.victims(incident))
    return [person for person in incidents.people_visible(incident, standing) if person.part == "victim"]


def heard(incident: Incident, standing: Standing, today: date) -> list[Heard]:
    """The wishes of the victims whom this member sees, in the order of their numbers."""
    found = [
        Heard(
            victim,
            {subject: Said() for subject in (*SUBJECTS, SAFETY)},
            parents_advice(age_range(victim.age, victim.birth_year, today)),
        )
        for victim in victims_for(incident, standing)
    ]
    by_victim = {one.victim.id: one.said for one in found}
    rows = (
        Wish.select(Wish, Person)
        .join(Person, on=(Wish.recorded_by == Person.id))
        .where(Wish.victim.in_(list(by_victim)))
        .order_by(Wish.id.desc())
    )
    for wish in rows:
        by_victim[wish.victim_id][wish.subject].all.append(wish)
    return found
