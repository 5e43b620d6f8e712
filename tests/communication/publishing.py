"""A statement that goes the whole way, by the operations themselves."""

from datetime import datetime
from typing import Any

from portal.communication.documents import operations as documents
from portal.communication.documents.models import STATEMENT, Document
from portal.communication.online.operations import bring_online
from portal.incidents.models import Incident
from portal.incidents.queries import find_for

TEXTS = {
    "nl": {
        "going": "Er gaat een foto rond die niet rond mag gaan.\nWij weten het sinds gisteren.",
        "think": "Wij vinden dit ernstig.\n\nDoorsturen is strafbaar.",
        "do": "Wij helpen wie dit raakt & praten met de klassen.",
        "why": "Iedereen moet hier veilig naar school kunnen.",
        "contact": "Bel de schoolleiding: 010-5550101.",
    },
    "en": {
        "going": "An image is going round that should not.",
        "think": "We think this is serious.",
        "do": "We help those who are hurt.",
        "why": "Everybody must be safe here.",
        "contact": "Call the school: 010-5550101.",
    },
}


def texts(word: str) -> dict[str, dict[str, str]]:
    """A version that has this word in every part of both languages."""
    return {language: {part: f"{text} {word}." for part, text in of.items()} for language, of in TEXTS.items()}


def act(document: Document, what: str, by: Any, now: datetime, **more: Any) -> Document:
    """One act with the version that it is meant for; gives the row as it is then."""
    found = find_for(by, Incident.get_by_id(document.incident_id).ref)
    assert found
    row: Document = Document.get_by_id(document.id)
    newest = max(version.number for version in row.versions)
    number = {"publish": row.approved, "withdraw": row.online}.get(what, newest)
    assert number
    said = {"number": number, "version": row.version, "standing": found[1], "actor": by, "now": now}
    documents.act(row, what, **said, **more)
    return Document.get_by_id(document.id)  # type: ignore[no-any-return]


def approved(incident: Incident, said: Any, cast: Any, now: datetime) -> Document:
    """The statement with a new version that leadership has approved."""
    document = documents.begin(incident, STATEMENT, actor=cast["communication"], now=now)
    documents.save(document, said, version=document.version, actor=cast["communication"], now=now)
    act(document, "ask", cast["communication"], now)
    return act(document, "approve", cast["leadership"], now)


def published(incident: Incident, said: Any, cast: Any, now: datetime, **more: Any) -> Document:
    """The statement, online; the team has communication and leadership."""
    document = act(approved(incident, said, cast, now), "publish", cast["leadership"], now, **more)
    assert bring_online(document)
    return Document.get_by_id(document.id)  # type: ignore[no-any-return]
