"""Twenty people decide at once while an author edits: exactly what was approved is published, once."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import db as database
from portal.accounts.models import Person
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentAct
from portal.communication.statement import operations
from portal.errors import Refused
from portal.incidents.models import Incident
from portal.policy import Standing
from tests.communication.conftest import CLEAN
from tests.conftest import FixedClock, at_once

PEOPLE = 20
LEADS = frozenset({"leadership"})


@pytest.fixture
def given(asked: Incident, cast: dict[str, Person], clock: FixedClock) -> Callable[[str, str], dict[str, Any]]:
    """Who does it with which standing."""

    def make(name: str, function: str) -> dict[str, Any]:
        standing = Standing(cast[name].id, frozenset({function}))
        return {"standing": standing, "actor": cast[name], "now": clock.now()}

    return make


def pressing(
    app: Flask, school: database.Location, press: Callable[[Document], Any], edit: Callable[[Document], Any]
) -> list[str]:
    """What came of it: every third thread edits, all others press; each has read the page before."""
    read, turn, results = Document.get(), itertools.count(), []

    def act() -> None:
        mine = Document.get_by_id(read.id)
        mine.version, mine.state = read.version, read.state
        number = next(turn)
        try:
            (edit if number % 3 == 1 else press)(mine)
            results.append("edited" if number % 3 == 1 else "pressed")
        except Refused:
            results.append("refused")

    assert at_once(app, school, act, PEOPLE) == []
    return results


@pytest.mark.parametrize("_round", range(3))
def test_approve_and_publish_at_once(
    app: Flask, school: database.Location, given: Callable[[str, str], dict[str, Any]], _round: int
) -> None:
    version = Document.get().version
    leader, author = given("leadership", "leadership"), given("communication", "communication")
    more: dict[str, Any] = {"reasons": {}, "indexed": False, "ticked": ""}
    changed = {"nl": CLEAN | {"why": "Nobody approved this."}}

    def press(document: Document) -> None:
        operations.approve_and_publish(document, number=1, version=version, **more, **leader)

    def edit(document: Document) -> None:
        by = {"actor": author["actor"], "now": author["now"]}
        operations.write(document.incident, changed, situation="", version=version, **by)

    results = pressing(app, school, press, edit)
    assert sorted(set(results)) in (["pressed", "refused"], ["edited", "refused"])
    assert results.count("pressed") + results.count("edited") == 1, "whoever came first"
    document = Document.get()
    published = DocumentAct.select().where(DocumentAct.act == "publish").count()
    if "pressed" in results:
        online = queries.version_of(document, document.online)
        assert published == 1
        assert online is not None
        assert online.texts["nl"] == CLEAN
    else:
        assert (published, document.online, document.state) == (0, None, "draft")


def test_publish_at_once_what_was_approved_before(
    app: Flask, school: database.Location, given: Callable[[str, str], dict[str, Any]]
) -> None:
    leader, author = given("leadership", "leadership"), given("communication", "communication")
    documents.act(Document.get(), "approve", number=1, version=Document.get().version, **leader)
    version = Document.get().version

    def press(document: Document) -> None:
        documents.act(document, "publish", number=1, version=version, **author)

    results = pressing(app, school, press, press)
    assert len(results) - results.count("refused") == 1
    assert DocumentAct.select().where(DocumentAct.act == "publish").count() == 1
