"""The statement from nothing to online: written and asked for in one act, approved and published in one act."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import tick
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.documents.models import STATEMENT, Document
from portal.communication.documents.queries import Along
from portal.communication.documents.rules import PARTS, Texts, check_complete
from portal.communication.statement.rules import STEP
from portal.db import db
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs
from portal.policy import Standing


def write(incident: Incident, texts: Texts, *, situation: str, version: int, actor: Person, now: datetime) -> Document:
    """Keep what was written as a new version; `version` is 0 before there was any. Raises as `documents.save`."""
    with db.atomic():
        document = documents.begin(incident, STATEMENT, actor=actor, now=now)
        # Who began together with somebody else has a version that no row has any more.
        documents.save(document, texts, situation=situation, version=version or 1, actor=actor, now=now)
    return document


def write_and_ask(
    incident: Incident,
    texts: Texts,
    *,
    situation: str,
    version: int,
    reasons: Mapping[str, str],
    standing: Standing,
    actor: Person,
    now: datetime,
) -> Document:
    """Keep it, and ask leadership to approve it: both or neither. Raises `Invalid`, and as `documents.act`."""
    check_complete(texts, PARTS, PARTS)
    with db.atomic():
        document = write(incident, texts, situation=situation, version=version, actor=actor, now=now)
        newest = queries.newest(document)
        assert newest
        by: dict[str, Any] = {"standing": standing, "actor": actor, "now": now}
        documents.act(document, "ask", number=newest.number, version=document.version, reasons=reasons, **by)
    return document


def publish(
    document: Document, *, number: int, version: int, indexed: bool, ticked: str, standing: Standing, **given: Any
) -> None:
    """Put the approved version online; with the words `ticked` the step in the plan is finished too.

    Raises as `documents.act`. Bring it online after the commit.
    """
    with db.atomic():
        documents.act(document, "publish", number=number, version=version, indexed=indexed, standing=standing, **given)
        if ticked:
            by = {"standing": standing, "actor": given["actor"], "now": given["now"]}
            tick(document.incident, STEP, None, ticked, **by)


def approve_and_publish(
    document: Document,
    letters: Collection[int] = (),
    *,
    number: int,
    version: int,
    reasons: Mapping[str, str],
    indexed: bool,
    ticked: str,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> list[Along]:
    """Approve it, with the letters that say the same, and put it online at once. Raises as `documents.act`.

    Gives the letters that have to wait by themselves.
    """
    by: dict[str, Any] = {"standing": standing, "actor": actor, "now": now}
    with db.atomic():
        waiting = documents.approve(document, letters, number=number, version=version, reasons=reasons, **by)
        publish(document, number=number, version=document.version, indexed=indexed, ticked=ticked, **by)
    return waiting


def tick_off(incident: Incident, done: Mapping[str, str], *, standing: Standing, actor: Person, now: datetime) -> None:
    """Finish these steps of the plan, each with what came of it. Raises as `tick`."""
    with db.atomic():
        check_runs(incident)
        for step, words in done.items():
            tick(incident, step, None, words, standing=standing, actor=actor, now=now)
