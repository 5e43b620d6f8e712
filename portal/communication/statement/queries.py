"""The statement of one incident as its page shows it: every version and act, read once."""

from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentVersion
from portal.communication.documents.queries import Story
from portal.communication.documents.rules import Texts
from portal.incidents.models import Incident


def story(incident: Incident) -> Story | None:
    """None until something was written."""
    document = queries.of(incident)
    return _told(document) if document else None


def earlier(incident: Incident) -> list[Story]:
    """Of incidents that were joined into this one, the statements that did not go on."""
    return list(filter(None, map(_told, queries.before_joining(incident))))


def _told(document: Document) -> Story | None:
    versions = queries.versions(document)
    return Story(document, versions, queries.acts(document)) if versions else None


def texts_of(version: DocumentVersion | None) -> Texts:
    return version.texts if version else {}
