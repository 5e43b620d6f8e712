"""Finding what is to be online, and what is: the page at an address needs no database."""

from datetime import datetime
from pathlib import Path
from typing import Any

from portal.communication.documents.models import STATEMENT, Document, DocumentAct
from portal.communication.documents.queries import goes_on, version_of
from portal.communication.online import rules
from portal.db import current
from portal.school.queries import school_or_none

SCHOOL = ("name", "contact_name", "contact_phone", "contact_mail")


def path_at(slug: str) -> Path:
    """Where the file of an address lies, in the folder of the current school."""
    return current().published / slug


def answer_at(slug: str) -> rules.Answer | None:
    """What was written for an address; None for one that never was online. Asks no database."""
    if not rules.SLUG.fullmatch(slug):
        return None
    try:
        return rules.opened(path_at(slug).read_bytes())
    except OSError:
        return None


def ever_online() -> Any:
    """Statements that were published once, newest first."""
    once = Document.online.is_null(False) | Document.withdrawn_at.is_null(False)
    return Document.select().where(Document.kind == STATEMENT, once).order_by(Document.id.desc())


def unwritten() -> Any:
    """Those of which the file may not say yet what it should."""
    return ever_online().where(Document.written == "")


def waits_since(before: datetime) -> bool:
    """Whether something that changed before this moment is not written yet."""
    late = (Document.online_at < before) & Document.withdrawn_at.is_null() | (Document.withdrawn_at < before)
    return bool(unwritten().where(late).exists())


def page_of(document: Document) -> rules.Page | None:
    """What its address shows now; None while it was never published.

    Of an incident that became part of another: the statement of that one, once it has been published.
    """
    shown = next((one for one in (goes_on(document), document) if _was_online(one)), None)
    if shown is None:
        return None
    version = version_of(shown, shown.online) if shown.online is not None else None
    acts = DocumentAct.select(DocumentAct.number, DocumentAct.at).where(
        DocumentAct.document == shown, DocumentAct.act == "publish"
    )
    school = school_or_none()
    return rules.Page(
        status=rules.SHOWN if version else rules.GONE,
        texts=version.texts if version else {},
        moments=rules.moments([(row.number, row.at) for row in acts.order_by(DocumentAct.id)]),
        indexed=shown.indexed,
        school={name: getattr(school, name) for name in SCHOOL} if school else dict.fromkeys(SCHOOL, ""),
    )


def _was_online(document: Document) -> bool:
    return document.online is not None or document.withdrawn_at is not None
