"""A statement to begin letters from, and short ways through the life of a letter."""

from typing import Any

from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.documents.models import STATEMENT, Document
from portal.communication.letters import operations
from portal.incidents.models import Incident, Involved
from portal.incidents.queries import standing

SAID = {
    "going": "Er gaat een beeld rond dat niemand had mogen delen.",
    "think": "Wij vinden dit ernstig en helpen wie erdoor geraakt is.",
    "do": "We praten met de leerlingen en werken samen met de politie.",
    "why": "Iedereen moet hier veilig zijn.",
    "contact": "Bel de school: 010-5550100.",
}
ENGLISH = {part: f"In English: {part}." for part in SAID}
TEXTS = {"nl": SAID, "en": ENGLISH}


def by(incident: Incident, person: Any, now: Any) -> dict[str, Any]:
    return {"standing": standing(incident, person), "actor": person, "now": now}


def statement(incident: Incident, cast: Any, now: Any, texts: Any = TEXTS, *, until: str = "approve") -> Document:
    """Written by communication; with `until` 'ask' or 'approve' brought on."""
    made = documents.begin(incident, STATEMENT, actor=cast["communication"], now=now)
    version = documents.save(made, texts, version=made.version, actor=cast["communication"], now=now)
    for act, who in (("ask", "communication"), ("approve", "leadership")):
        if until == "write":
            break
        how = by(incident, cast[who], now)
        documents.act(made, act, number=version.number, version=made.version, **how)
        if act == until:
            break
    return made


def letter(incident: Incident, cast: Any, now: Any, kind: str = "staff", class_name: str = "") -> Document:
    (made,) = operations.begin(incident, [(kind, class_name)], actor=cast["communication"], now=now)
    return made


def ask(made: Document, cast: Any, now: Any, **change: str) -> None:
    """Ask for approval of the letter, in which parts of the Dutch text were changed."""
    newest = queries.newest(made)
    assert newest
    texts = {**newest.texts, "nl": {**newest.texts["nl"], **change}}
    how = by(made.incident, cast["communication"], now)
    operations.write(made, texts, version=made.version, ask=True, **how)


def approved(incident: Incident, cast: Any, now: Any, kind: str = "staff", class_name: str = "") -> Document:
    """A letter that leadership approved."""
    made = letter(incident, cast, now, kind, class_name)
    ask(made, cast, now)
    number = queries.newest(made).number  # type: ignore[union-attr]
    operations.decide(
        made, "approve", remark="", number=number, version=made.version, **by(incident, cast["leadership"], now)
    )
    return made


def victim_of(incident: Incident) -> Involved:
    found: Involved = Involved.get(Involved.incident == incident, Involved.part == "victim")
    return found
