"""Two incidents are joined: one statement goes on, nothing is lost, and both addresses keep their row."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentVersion
from portal.incidents.joining.operations import join
from portal.incidents.models import Incident
from portal.policy import Standing
from tests.communication.conftest import CLEAN, at
from tests.conftest import Browser, FixedClock

STEPS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "approved": ("ask", "approve"),
    "online": ("ask", "approve", "publish"),
}


@pytest.fixture
def two(incident: Callable[..., Incident]) -> tuple[Incident, Incident]:
    """Source and target."""
    return incident(), incident(people=[])


@pytest.fixture
def write(cast: dict[str, Person], clock: FixedClock) -> Callable[..., Document]:
    def make(case: Incident, stands: str, words: str) -> Document:
        by: dict[str, Any] = {"now": clock.now()}
        document = documents.begin(case, "statement", actor=cast["communication"], **by)
        said = {"nl": CLEAN | {"why": words}}
        documents.save(document, said, version=document.version, actor=cast["communication"], **by)
        for act in STEPS[stands]:
            name, function = ("communication",) * 2 if act == "ask" else ("leadership",) * 2
            standing = Standing(cast[name].id, frozenset({function}))
            documents.act(document, act, number=1, version=document.version, standing=standing, actor=cast[name], **by)
        return document

    return make


@pytest.mark.parametrize(
    ("source", "target", "goes_on"),
    [
        ("draft", None, "source"),
        ("online", None, "source"),
        ("draft", "draft", "target"),
        ("draft", "online", "target"),
        ("online", "draft", "source"),
        ("approved", "draft", "source"),
        ("online", "online", "target"),
    ],
)
def test_one_statement_goes_on_and_both_addresses_lead_to_it(
    two: tuple[Incident, Incident],
    write: Callable[..., Document],
    cast: dict[str, Person],
    clock: FixedClock,
    source: str,
    target: str | None,
    goes_on: str,
) -> None:
    made = {"source": write(two[0], source, "Of the source.")}
    if target:
        made["target"] = write(two[1], target, "Of the target.")
    before = {one.slug for one in made.values()}
    join(*two, checked=True, actor=cast["coordinator"], now=clock.now())
    here = queries.of(two[1])
    assert here is not None
    assert here.id == made[goes_on].id
    assert {one.slug for one in Document.select()} == before
    assert DocumentVersion.select().count() == len(made)
    for one in Document.select():
        assert queries.goes_on(one).id == here.id
        assert one.written == "", "what parents read is written anew"


def test_a_page_that_was_open_before_decides_nothing_on_the_other_statement(
    two: tuple[Incident, Incident],
    write: Callable[..., Document],
    cast: dict[str, Person],
    clock: FixedClock,
    client: Callable[..., Browser],
) -> None:
    write(two[0], "online", "Of the source.")
    mine = write(two[1], "draft", "Of the target.")
    looked_at = {"number": 1, "version": mine.version, "words": "No."}
    join(*two, checked=True, actor=cast["coordinator"], now=clock.now())
    page = client("coordinator").get(at(two[1])).text
    assert "Of the source." in page
    assert "Of the target." in page, "what did not go on can still be read"
    assert client("leadership").post(at(two[1], "/withdraw"), looked_at).status_code == 409
