"""What each school says outside, as it was laid before the other."""

from dataclasses import dataclass

from peewee import JOIN

from portal.accounts.models import Person
from portal.communication.documents.models import Document, DocumentVersion
from portal.communication.documents.queries import Story
from portal.communication.documents.rules import WAITING
from portal.communication.statement.queries import story
from portal.incidents.models import Incident
from portal.links import queries
from portal.links.models import SharedLink, Wording
from portal.links.talking.wording import rules


@dataclass
class Alignment:
    """All wordings of a link, newest first, by whose they are."""

    ours: list[Wording]
    theirs: list[Wording]

    def newest(self, whose: str) -> Wording | None:
        return next(iter(self.ours if whose == rules.OURS else self.theirs), None)

    def numbered(self, whose: str, number: int) -> Wording | None:
        return next((one for one in (self.ours if whose == rules.OURS else self.theirs) if one.number == number), None)

    @property
    def agreed(self) -> list[Wording]:
        """What was agreed on, newest first."""
        rows = [one for one in (*self.ours, *self.theirs) if one.answer == rules.AGREED]
        return sorted(rows, key=lambda one: one.answered_at, reverse=True)


def of(link: SharedLink) -> Alignment:
    """In one statement, with who offered and who answered."""
    member, answerer, holder, visitor = Person.alias(), Person.alias(), SharedLink.alias(), SharedLink.alias()
    rows = Wording.select(Wording, member, answerer, holder, visitor)
    who = {
        "by_person": member, "answered_by_person": answerer, "by_link": holder, "answered_by_link": visitor,
    }  # fmt: skip
    for name, table in who.items():
        on = getattr(Wording, name) == table.id
        rows = rows.join_from(Wording, table, JOIN.LEFT_OUTER, on=on, attr=name)
    found: dict[str, list[Wording]] = {rules.OURS: [], rules.THEIRS: []}
    for row in rows.where(Wording.link == link.root).order_by(Wording.id.desc()):
        found[row.whose].append(row)
    return Alignment(found[rules.OURS], found[rules.THEIRS])


def is_shared(link: SharedLink) -> bool:
    """Whether the statement is part of what is shared through this link."""
    shared = queries.content(link)
    return bool(shared and shared.content.get("statement"))


def offered(incident: Incident) -> list[DocumentVersion]:
    """Versions of our statement that can be laid before the other school, the one to choose first."""
    told: Story | None = story(incident)
    if told is None:
        return []
    document: Document = told.document
    waiting = told.newest.number if document.state == WAITING else None
    found = [one for one in map(told.version, rules.best(document.online, document.approved, waiting)) if one]
    for one in found:
        one.document = document
    return found


def valid(incident: Incident) -> DocumentVersion | None:
    """The version of our statement that is online, else was approved last."""
    return next((one for one in offered(incident) if one.document.online or one.document.approved), None)
