"""The statement of one incident as its page shows it: every version and act, read once."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentAct, DocumentVersion
from portal.communication.documents.rules import Texts, authors
from portal.incidents.models import Incident


@dataclass(frozen=True)
class Story:
    """A statement with its versions and acts, both newest first."""

    document: Document
    versions: list[DocumentVersion]
    acts: list[DocumentAct]

    @property
    def newest(self) -> DocumentVersion:
        return self.versions[0]

    @property
    def online(self) -> DocumentVersion | None:
        return self.version(self.document.online)

    def version(self, number: int | None) -> DocumentVersion | None:
        return next((one for one in self.versions if one.number == number), None)

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

    def reasons(self, *, by: int | None = None) -> dict[str, str]:
        """Why soft findings in the newest version may stay; `by`: only as this person said it."""
        said: dict[str, str] = {}
        for one in reversed(self.acts):
            if one.number == self.newest.number and by in (None, one.by_id):
                said |= one.reasons
        return said


def story(incident: Incident) -> Story | None:
    """None until something was written."""
    document = queries.of(incident)
    return _told(document) if document else None


def earlier(incident: Incident) -> list[Story]:
    """Of incidents that were joined into this one, the statements that did not go on."""
    return list(_all_told(queries.before_joining(incident)))


def _all_told(documents: Iterable[Document]) -> Iterable[Story]:
    return filter(None, map(_told, documents))


def _told(document: Document) -> Story | None:
    versions = queries.versions(document)
    return Story(document, versions, queries.acts(document)) if versions else None


def texts_of(version: DocumentVersion | None) -> Texts:
    return version.texts if version else {}
