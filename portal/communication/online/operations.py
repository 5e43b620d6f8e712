"""Putting on the disk what everybody can read: a file per address, always one whole version.

What is to be online stands in the database; the file follows it. It is written after the commit of the change, in a
transaction of its own that lets nobody else write meanwhile: who writes last writes the newest. `Document.written` is
the digest of the file, and empty from the change until the file is there: whatever ends the process in between, the
next start or the worker sees it.
"""

import logging
from collections.abc import Callable

import peewee

from portal.communication.documents.models import Document
from portal.communication.documents.queries import before_joining
from portal.communication.online import queries, rules
from portal.db import current, db
from portal.writers import write_whole

logger = logging.getLogger("rustpunt")
MOST = 100  # pages in one round of the worker, which has mail to send as well
# How a page becomes HTML and its style, filled in `portal.wiring`: templates belong to the web.
renders: list[Callable[[rules.Page], tuple[str, str]]] = []


def bring_online(document: Document) -> bool:
    """Let the address of a statement show what the database says now; to be called after the commit.

    False when that could not be written: the worker tries again.
    """
    assert not db.in_transaction(), "what is not committed must not be read outside"
    try:
        with db.atomic():
            # Those of joined incidents show the same; its own last, for until then it counts as not written.
            for one in [*before_joining(document.incident), document]:
                _write(one.id)
    except (OSError, peewee.DatabaseError) as error:
        logger.error("published page not written: %s", type(error).__name__)
        return False
    return True


def catch_up(*, everything: bool = False) -> None:
    """Write what was not written yet; with `everything` also what was lost or looks otherwise since an upgrade,
    and remove what no statement of this database has put there."""
    for document in list(queries.ever_online() if everything else queries.unwritten().limit(MOST)):
        bring_online(document)
    if everything:
        _remove_strays()


def write_again() -> None:
    """What stands on every page has changed, as the school's contact person; joins the caller's transaction."""
    Document.update(written="").where(Document.written != "").execute()


def _write(document_id: int) -> None:
    document: Document = Document.get_by_id(document_id)
    page, path = queries.page_of(document), queries.path_at(document.slug)
    if page is None:
        path.unlink(missing_ok=True)
        return
    html, style = renders[0](page)
    file = rules.bound(page.status, html, style, indexed=page.indexed)
    if not path.exists() or path.read_bytes() != file:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, file)
    written = rules.digest(file)
    if document.written != written:
        Document.update(written=written).where(Document.id == document.id).execute()


def _remove_strays() -> None:
    """After an older copy of the database was put back, a page would stay that nobody could withdraw."""
    with db.atomic():
        known = {document.slug for document in Document.select(Document.slug)}
        for path in current().published.glob("*"):
            if path.name not in known:
                path.unlink()
