"""More than can be kept is not looked through either: one request would keep a worker for hours."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.audit.models import AuditEvent
from portal.communication.check import operations as check
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.incidents.models import Incident
from tests.communication.conftest import at, typed
from tests.communication.letters import letter, victim_of
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


def test_after_many_names_a_letter_can_be_read_and_nothing_typed_is_lost(
    online: Incident, by: By, cast: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.communication.check.rules.MOST_SHOWN", 0)
    made = letter(online, cast, clock.now())
    page = f"/incidents/{online.ref}/letters/{made.id}"
    assert by("communication").get(page).status_code == 200
    assert by("communication").get(f"{page}/edit").status_code == 200
    typed_here = {"nl-opening": "What I just typed.", "version": made.version, "go": "check"}
    answer = by("communication").post(f"{page}/edit", typed_here)
    assert (answer.status_code, "What I just typed." in answer.text) == (200, True)


def test_who_opens_a_letter_is_shown_no_names_so_none_is_written_down(
    online: Incident, by: By, cast: Any, clock: Any
) -> None:
    """Product rule 11: the trail says what was seen, and nothing else."""
    made = letter(online, cast, clock.now())
    newest = queries.newest(made)
    assert newest
    texts = {**newest.texts, "nl": {**newest.texts["nl"], "more": f"Vraag het {victim_of(online).name}."}}
    documents.save(made, texts, version=made.version, actor=cast["coordinator"], now=clock.now())
    by("communication").get(f"/incidents/{online.ref}/letters/{made.id}")
    assert not AuditEvent.select().where(AuditEvent.action == check.SHOWN).exists()
