"""A statement that goes the whole way, by the operations themselves.

`python -m tests.communication.publishing 3` publishes three versions in the demo school of the environment, in a
process that can be killed, and prints the address and a line for each that was acknowledged.
"""

import subprocess
import sys
from datetime import datetime
from typing import Any

from portal import create_app
from portal import db as database
from portal.communication.documents import operations as documents
from portal.communication.documents.models import STATEMENT, Document
from portal.communication.online.operations import bring_online
from portal.config import ROOT
from portal.demo import DEMO_SLUG, person
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


def command(number: int) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "tests.communication.publishing", str(number)]


def publish_in(env: dict[str, str]) -> str:
    """Publish a statement in a portal of its own; gives the path of the page."""
    return subprocess.run(command(1), cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout.split()[0]


def main(number: int) -> None:
    app = create_app()
    now = app.extensions["clock"].now
    with app.app_context(), database.school(database.location(app.extensions["settings"], DEMO_SLUG)):
        cast = {name: person(name) for name in ("communication", "leadership")}
        case = Incident.get(Incident.state == "open")
        for count in range(1, number + 1):
            document = approved(case, texts(f"v{count}v" if number > 1 else ""), cast, now())
            if count == 1:
                print(f"/statements/{document.slug}", flush=True)
            document = act(document, "publish", cast["leadership"], now())
            print(f"v{count}v", flush=True)
            bring_online(document)


if __name__ == "__main__":
    main(int(sys.argv[1]))
