"""Finding the statement and the letters of one incident, with their versions and acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import JOIN, SQL, Case, fn

from portal.accounts.models import Person
from portal.communication.documents.models import STATEMENT, Document, DocumentAct, DocumentVersion
from portal.communication.documents.rules import Texts, authors
from portal.incidents.models import Incident, Membership


@dataclass(frozen=True)
class Along:
    """A letter that waits for approval, at its newest version, and says the same as a statement."""

    document: Document
    number: int
    name: str
    values: dict[str, Any]


def of(incident: Incident, kind: str = STATEMENT, class_name: str = "") -> Document | None:
    """The statement, or a letter; None until it was begun."""
    here = (Document.incident == incident) & (Document.kind == kind) & (Document.class_name == class_name)
    return Document.get_or_none(here)  # type: ignore[no-any-return]


def letters(incident: Incident) -> Any:
    return Document.select().where(Document.incident == incident, Document.kind != STATEMENT).order_by(Document.id)


def letter_in(incident: Incident, letter_id: int) -> Document | None:
    return letters(incident).where(Document.id == letter_id).first()  # type: ignore[no-any-return]


def goes_on(document: Document) -> Document:
    """The document that stands in for this one: another, when their incidents were joined and that one goes on.

    An address that parents have keeps its row, and shows what is valid now.
    """
    joined = document.incident.joined_into
    return (joined and of(joined, document.kind, document.class_name)) or document


def before_joining(incident: Incident, kind: str = STATEMENT) -> list[Document]:
    """Documents of incidents that were joined into this one and that did not go on, to be read still."""
    rows = Document.select().join(Incident).where(Incident.joined_into == incident, Document.kind == kind)
    return list(rows.order_by(Document.id))


def versions(document: Document) -> list[DocumentVersion]:
    """Every version, newest first, with its author."""
    rows = DocumentVersion.select(DocumentVersion, Person).join(Person)
    return list(rows.where(DocumentVersion.document == document).order_by(DocumentVersion.number.desc()))


def newest(document: Document) -> DocumentVersion | None:
    rows = DocumentVersion.select().where(DocumentVersion.document == document)
    return rows.order_by(DocumentVersion.number.desc()).first()  # type: ignore[no-any-return]


def version_of(document: Document, number: int | None) -> DocumentVersion | None:
    here = (DocumentVersion.document == document) & (DocumentVersion.number == number)
    return DocumentVersion.get_or_none(here)  # type: ignore[no-any-return]


def acts(document: Document) -> list[DocumentAct]:
    """What was done with it, newest first, with who did it."""
    rows = DocumentAct.select(DocumentAct, Person).join(Person).where(DocumentAct.document == document)
    return list(rows.order_by(DocumentAct.id.desc()))


def authors_of(document: Document, number: int) -> frozenset[int]:
    """Who may not approve this version."""
    wrote = DocumentVersion.select(DocumentVersion.number, DocumentVersion.made_by)
    did = DocumentAct.select(DocumentAct.number, DocumentAct.act, DocumentAct.by)
    return authors(
        wrote.where(DocumentVersion.document == document).tuples(),
        did.where(DocumentAct.document == document).tuples(),
        number=number,
    )


def reasons_of(document: Document, number: int, *, by: Person | None = None) -> dict[str, str]:
    """Why soft findings in this version may stay, by their key: all that was said when it was asked or approved.

    Only what one person said, where somebody else's reason could name who is meant.
    """
    rows = DocumentAct.select(DocumentAct.reasons).where(DocumentAct.document == document)
    if by is not None:
        rows = rows.where(DocumentAct.by == by)
    said: dict[str, str] = {}
    for (reasons,) in rows.where(DocumentAct.number == number).order_by(DocumentAct.id).tuples():
        said |= reasons
    return said


def duties(_today: date) -> Any:
    """What waits to be approved, for leadership that wrote nothing of it, and what is approved, for who puts it online.

    Incident, no group, nobody, who, the day it was asked or approved, what, document.
    """
    seen = fn.COALESCE(Document.approved, 0)
    wrote = DocumentVersion.select().where(
        DocumentVersion.document == Document.id,
        DocumentVersion.made_by == Membership.person,
        DocumentVersion.number > seen,
    )
    asked = DocumentAct.select().where(
        DocumentAct.document == Document.id,
        DocumentAct.act == SQL("'ask'"),
        DocumentAct.by == Membership.person,
        DocumentAct.number > seen,
    )
    since = DocumentAct.select(fn.SUBSTR(fn.MAX(DocumentAct.at), 1, 10)).where(DocumentAct.document == Document.id)
    statement = Document.kind == SQL("'statement'")
    waits = (Document.state == SQL("'waiting'")) & (Membership.function == SQL("'leadership'"))
    ready = statement & (Document.state == SQL("'approved'")) & (Membership.function == SQL("'communication'"))
    what = Case(None, [(ready, SQL("'publish'")), (statement, SQL("'approve'"))], SQL("'letter'"))
    return (
        Document.select(Document.incident, SQL("''"), SQL("NULL"), Membership.person, since, what, Document.id)
        .join(Membership, on=(Membership.incident == Document.incident))
        .where((waits & ~fn.EXISTS(wrote) & ~fn.EXISTS(asked)) | ready)
    )


@dataclass(frozen=True)
class Valid:
    """What the school says now: the texts that are online, where they stand, since when and by whom."""

    texts: Texts
    slug: str
    since: datetime
    by: str
    number: int

    @property
    def path(self) -> str:
        return f"/statements/{self.slug}"

    def said(self, language: str) -> Mapping[str, str]:
        """Its parts in a language; in Dutch where there is no other."""
        of = self.texts.get(language, {})
        return of if any(of.values()) else self.texts.get("nl", {})


def valid(incident: Incident) -> Valid | None:
    """The statement that is online; None when none is, or it was withdrawn. One statement, whatever its age."""
    row = (
        DocumentVersion.select(
            DocumentVersion.texts, DocumentVersion.number, Document.slug, Document.online_at, Person.name
        )
        .join(Document, on=(DocumentVersion.document == Document.id) & (DocumentVersion.number == Document.online))
        .join_from(Document, DocumentAct, JOIN.LEFT_OUTER, on=_published)
        .join(Person, JOIN.LEFT_OUTER)
        .where(Document.incident == incident, Document.kind == STATEMENT, Document.class_name == "")
        .order_by(DocumentAct.id.desc())
        .tuples()
        .first()
    )
    if row is None:
        return None
    texts, number, slug, since, by = row
    return Valid(texts, slug, since, by or "", number)


_published = (
    (DocumentAct.document == Document.id) & (DocumentAct.act == "publish") & (DocumentAct.number == Document.online)
)
