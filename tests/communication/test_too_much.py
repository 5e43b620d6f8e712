"""More than can be kept is not looked through either: one request would keep a worker for hours."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.communication.check import operations as check
from portal.incidents.models import Incident
from tests.communication.conftest import at, typed
from tests.communication.letters import letter
from tests.conftest import Browser

MUCH = "dader A." * 100_000
By = Callable[[str], Browser]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long the texts are that the check reads."""
    lengths: list[int] = []

    def findings(incident: Incident, texts: Any, **more: Any) -> list[Any]:
        lengths.extend(len(text) for parts in texts.values() for text in parts.values())
        return []

    monkeypatch.setattr(check, "findings", findings)
    return lengths


@pytest.mark.parametrize("go", ["check", "ask", "save", "live"])
def test_of_the_statement(case: Incident, by: By, read: list[int], go: str) -> None:
    page = at(case, "/check" if go == "live" else "/write")
    answer = by("communication").post(page, typed(nl_going=MUCH, go=go))
    assert answer.status_code == (422 if go in ("ask", "save") else 200)
    assert max(read) <= 1500


@pytest.mark.parametrize("go", ["check", "ask", "live"])
def test_of_a_letter(online: Incident, by: By, read: list[int], cast: Any, clock: Any, go: str) -> None:
    made = letter(online, cast, clock.now())
    page = f"/incidents/{online.ref}/letters/{made.id}/{'check' if go == 'live' else 'edit'}"
    answer = by("communication").post(page, {"nl-opening": MUCH, "version": made.version, "go": go})
    assert answer.status_code == (422 if go == "ask" else 200)
    assert max(read) <= 4000
