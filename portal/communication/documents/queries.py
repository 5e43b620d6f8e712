"""Finding the statement and the letters of one incident, with their versions and acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import JOIN, SQL, Case, fn

from portal.accounts.models import Person
from portal.communication.documents.models import STATEMENT, Document, DocumentAct, DocumentVersion
from portal.communication.documents.rules import Texts, approvals, authors, path_of, reasons_in
from portal.incidents.models import Incident, Membership
from portal.policy import Standing


@dataclass(frozen=True)
class Along:
    """A letter that waits for approval, at its newest version, and says the same as a statement.

    `is_ready`: what stands around that is as it stood ready, so that there is nothing else to read.
    """

    document: Document
    number: int
    name: str
    values: dict[str, Any]
    is_ready: bool = True


def of(incident: Incident, kind: str = STATEMENT, class_name: str = "") -> Document | None:
    """The statement, or a letter; None until it was begun."""
    here = (Document.incident == incident) & (Document.kind == kind) & (Document.class_name == class_name)
    return Document.get_or_none(here)  # type: ignore[no-any-return]


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
        did.where(DocumentAct.document == document).order_by(DocumentAct.id).tuples(),
        number=number,
    )


def approved_before(document: Document, number: int) -> int | None:
    """What is approved when this version no longer is."""
    did = DocumentAct.select(DocumentAct.number, DocumentAct.act).where(DocumentAct.document == document)
    return max(approvals(did.order_by(DocumentAct.id).tuples()) - {number}, default=None)


def reasons_of(document: Document, number: int) -> dict[str, str]:
    """Why soft findings in this version may stay, by their key: all that was said when it was asked or approved."""
    return reasons_in(DocumentAct.select().where(DocumentAct.document == document).order_by(DocumentAct.id), number)


@dataclass
class Story:
    """A document with its versions and acts, both newest first."""

    document: Document
    versions: list[DocumentVersion]
    acts: list[DocumentAct]

    @property
    def newest(self) -> DocumentVersion:
        return self.versions[0]

    def version(self, number: int | None) -> DocumentVersion | None:
        return next((one for one in self.versions if one.number == number), None)

    @property
    def approved(self) -> DocumentVersion | None:
        return self.version(self.document.approved)

    @property
    def online(self) -> DocumentVersion | None:
        return self.version(self.document.online)

    def last(self, *acts: str) -> DocumentAct | None:
        """The newest act, when it is one of these."""
        return self.acts[0] if self.acts and self.acts[0].act in acts else None

    def act(self, what: str, number: int | None) -> DocumentAct | None:
        """When this was done last with a version."""
        return next((one for one in self.acts if one.act == what and one.number == number), None)

    @property
    def authors(self) -> frozenset[int]:
        """Who may not approve the newest version."""
        wrote = [(one.number, one.made_by_id) for one in self.versions]
        return authors(
            wrote, [(one.number, one.act, one.by_id) for one in reversed(self.acts)], number=self.newest.number
        )

    def reasons(self, standing: Standing) -> dict[str, str]:
        """Why soft findings in the newest version may stay, as far as this reader may know.

        A reason that somebody else gave may say who is meant.
        """
        by = None if standing.may("people", "read") else standing.person_id
        return reasons_in(reversed(self.acts), self.newest.number, by=by)


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
    acted = DocumentAct.select(fn.MAX(DocumentAct.at)).where(DocumentAct.document == Document.id)
    since = fn.SUBSTR(fn.COALESCE(acted, Document.made_at), 1, 10)
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
        return path_of(self.slug)

    def spoken(self, language: str) -> str:
        """The language in which it is said to who reads this one: Dutch where there is no other."""
        return language if any(self.texts.get(language, {}).values()) else "nl"

    def said(self, language: str) -> Mapping[str, str]:
        """Its parts as `spoken`."""
        return self.texts.get(self.spoken(language), {})


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
