"""Finding the letters of one incident: what is begun, how it stands, and who was informed with it."""

from dataclasses import dataclass
from typing import Any

from portal.accounts.models import Person
from portal.actions.queries import newest_wishes
from portal.actions.rules import gate_state
from portal.communication.documents.models import STATEMENT, Document, DocumentAct, DocumentVersion
from portal.communication.documents.queries import Along, Story
from portal.communication.documents.rules import WAITING, Texts, approvals
from portal.communication.letters import rules
from portal.communication.letters.models import Informed
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Involved
from portal.policy import Standing, as_class
from portal.school.queries import school_name


@dataclass
class Row(Story):
    """One letter: whether it says what the statement says now, and who was informed, newest first."""

    is_same: bool
    informed: list[Informed]
    wrote_core: frozenset[int]

    @property
    def authors(self) -> frozenset[int]:
        """Who wrote its core as the statement, which nobody approved yet, cannot approve it either."""
        return super().authors | self.wrote_core

    @property
    def key(self) -> str:
        return str(self.document.kind)

    @property
    def class_name(self) -> str:
        return str(self.document.class_name)

    @property
    def name(self) -> dict[str, Any]:
        """Whom it is to, as a message."""
        return rules.name_of(self.key, self.class_name)

    @property
    def waits(self) -> bool:
        return bool(self.document.state == WAITING)


class Desk:
    """All letters of an incident with the statement that they begin from; the same number of statements at any size."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        documents = list(Document.select().where(Document.incident == incident).order_by(Document.id))
        self.versions = _by_document(DocumentVersion, DocumentVersion.made_by, documents, DocumentVersion.number)
        self.acts = _by_document(DocumentAct, DocumentAct.by, documents, DocumentAct.id)
        self.statement = next((one for one in documents if one.kind == STATEMENT), None)
        self.source = self._source()
        informed = _by_document(Informed, Informed.by, documents, Informed.at)
        self.rows = [self._row(one, informed) for one in documents if one.kind != STATEMENT and one.id in self.versions]

    def _source(self) -> DocumentVersion | None:
        """What letters begin from: the statement as it was approved last, else as it was written last."""
        versions = self.versions.get(self.statement.id, []) if self.statement else []
        approved = [one for one in versions if self.statement and one.number == self.statement.approved]
        return next(iter([*approved, *versions]), None)

    @property
    def is_approved(self) -> bool:
        return bool(self.statement and self.source and self.source.number == self.statement.approved)

    def _row(self, document: Document, informed: dict[int, list[Informed]]) -> Row:
        versions, acts = self.versions[document.id], self.acts.get(document.id, [])
        same = rules.says_the_same(document.kind, versions[0].texts, self.source.texts if self.source else {})
        wrote = self._wrote_core(document.kind, versions[0].texts)
        return Row(document, versions, acts, same, informed.get(document.id, []), wrote)

    def _wrote_core(self, key: str, texts: Texts) -> frozenset[int]:
        """Who wrote the statement that a letter says, as long as nobody else has approved that."""
        if self.statement is None:
            return frozenset()
        approved = approvals((one.number, one.act) for one in reversed(self.acts.get(self.statement.id, [])))
        same = [one for one in self.versions.get(self.statement.id, []) if rules.says_the_same(key, texts, one.texts)]
        if any(one.number in approved for one in same):
            return frozenset()
        return frozenset(one.made_by_id for one in same)

    def row(self, letter_id: int) -> Row | None:
        return next((row for row in self.rows if row.document.id == letter_id), None)

    def not_begun(self) -> list[tuple[str, str]]:
        """Kind and class of the letters that could be begun: of the classes, those that the situation names."""
        there = {(row.key, as_class(row.class_name)) for row in self.rows}
        offered = [
            (key, name) for key in rules.letters() for name in (_classes(self.incident) if _to_class(key) else [""])
        ]
        return [(key, name) for key, name in offered if (key, as_class(name)) not in there]

    def to_approve(self, person_id: int) -> list[Along]:
        """Letters that say what the approved statement says, and wait for somebody who wrote none of it."""
        return [_along(row) for row in self.rows if self._goes_along(row, person_id)]

    def _goes_along(self, row: Row, person_id: int) -> bool:
        return row.waits and row.is_same and self.is_approved and person_id not in row.authors

    def all_classes_told(self, but: Row) -> bool:
        """Whether the parents of every other class were informed, so that with this letter the step is done."""
        told = {as_class(row.class_name) for row in self.rows if row.informed and _to_class(row.key)}
        return {as_class(name) for name in self.incident.classes} <= told | {as_class(but.class_name)}


def _to_class(key: str) -> bool:
    return key == rules.CLASS_PARENTS


def _classes(incident: Incident) -> list[str]:
    return list({as_class(name): name for name in reversed(incident.classes)}.values())[::-1]


def _by_document(table: Any, person: Any, documents: list[Document], order: Any) -> dict[int, list[Any]]:
    """Rows with the person of each, newest first, by document."""
    rows = table.select(table, Person).join(Person, on=(person == Person.id))
    found: dict[int, list[Any]] = {}
    for row in rows.where(table.document.in_([one.id for one in documents])).order_by(order.desc(), table.id.desc()):
        found.setdefault(row.document_id, []).append(row)
    return found


def _along(row: Row) -> Along:
    named = row.name
    is_ready = rules.is_ready(row.key, row.newest.texts, school_name())
    return Along(row.document, row.newest.number, named["message"], named["values"], is_ready)


def along(incident: Incident, texts: Texts) -> list[Along]:
    """Letters that wait for approval and say the same as these texts of the statement."""
    waiting = [row for row in Desk(incident).rows if row.waits]
    return [_along(row) for row in waiting if rules.says_the_same(row.key, row.newest.texts, texts)]


def gated_by(incident: Incident) -> list[Involved]:
    """The victims whose wish opens a letter to parents of classmates: all who are, or may be, pupils here.

    Of whatever class: which one waits would tell where the victim is, and communication sees no classes of pupils.
    """
    return [one for one in incidents.victims(incident) if one.school != "other"]


def gate_of(incident: Incident) -> str:
    """Whether parents of classmates may be told: 'open', 'waiting' (for the victim) or 'closed'."""
    wishes = newest_wishes([incident.id])
    found = [wishes.get((victim.id, rules.GATE)) for victim in gated_by(incident)]
    return rules.worst(gate_state(rules.GATE, wish and wish.answer) for wish in found)


def unnamed_classes(incident: Incident, standing: Standing) -> list[str]:
    """Classes of victims that the situation does not name, for who reads of all people: they get no letter yet."""
    if not standing.may("people", "read"):
        return []
    known = {as_class(name) for name in incident.classes}
    return sorted(
        {one.class_name for one in gated_by(incident) if one.class_name and as_class(one.class_name) not in known}
    )
