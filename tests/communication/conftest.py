"""A statement of an ordinary incident, and who does what with it."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.communication.documents import queries
from portal.communication.documents.models import Document
from portal.communication.documents.rules import PARTS
from portal.incidents.models import Incident
from tests.conftest import Browser, FixedClock

CLEAN = {part: f"This is said to all parents ({part})." for part in PARTS}


@pytest.fixture
def case(incident: Callable[..., Incident], team: Callable[..., None]) -> Incident:
    """With communication on the team; leadership and the coordinator are there by themselves."""
    made = incident()
    team(made, "communication", "care")
    return made


def typed(*, version: int = 0, go: str = "save", **parts: str) -> dict[str, Any]:
    """What the editor sends: a whole Dutch text, with these parts otherwise (`nl_do=…`)."""
    texts = {f"nl-{part}": text for part, text in CLEAN.items()}
    return texts | {name.replace("_", "-"): text for name, text in parts.items()} | {"version": version, "go": go}


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/statement{part}"


def now_of(case: Incident) -> Document:
    found = queries.of(Incident.get_by_id(case.id))
    assert found
    return found


def meant(case: Incident, number: int | None = None, **more: Any) -> dict[str, Any]:
    """What a form of the page sends: which version of the text, of which version of the row."""
    document = now_of(case)
    newest = queries.newest(document)
    assert newest
    return {"number": number or newest.number, "version": document.version, **more}


@pytest.fixture
def by(client: Callable[..., Browser], cast: dict[str, Person], clock: FixedClock) -> Callable[[str], Browser]:
    """One browser for each function, however often it is asked for."""
    browsers: dict[str, Browser] = {}

    def browser(function: str) -> Browser:
        return browsers.setdefault(function, client(function))

    return browser


@pytest.fixture
def asked(case: Incident, by: Callable[[str], Browser]) -> Incident:
    """A first version waits for approval."""
    assert by("communication").post(at(case, "/write"), typed(go="ask")).status_code == 303
    return case


@pytest.fixture
def online(asked: Incident, by: Callable[[str], Browser]) -> Incident:
    """And is approved and published."""
    assert by("leadership").post(at(asked, "/approve"), meant(asked, go="publish")).status_code == 303
    return asked
