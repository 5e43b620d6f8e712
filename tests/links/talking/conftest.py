"""A statement that is approved, and what was sent between the schools."""

from typing import Any

import pytest

from portal.accounts.models import Person
from portal.communication.documents.models import Document
from portal.notices.models import Mail
from tests.communication.test_valid import published
from tests.links.conftest import Lent

STATEMENT = {"nl": {"going": "Er gaat een beeld rond.", "do": "Wij helpen wie het raakt."}}


@pytest.fixture(autouse=True)
def later(lent: Lent, clock: Any) -> None:
    """A minute after it was sent, so that mail of then hides none of now."""
    clock.advance(minutes=1)


@pytest.fixture
def ours(lent: Lent) -> str:
    """Where our staff work on this link."""
    return f"/incidents/{lent.link.incident.ref}/links/{lent.link.id}"


@pytest.fixture
def online(lent: Lent, cast: Any, clock: Any) -> Document:
    made: Document = published(lent.link.incident, cast, clock.now(), STATEMENT)
    return made


def mailed(kind: str) -> list[str]:
    """To whom a mail of this kind waits, by address."""
    people = {one.id: one.email for one in Person.select()}
    return sorted(one.address or people[one.person_id] for one in Mail.select().where(Mail.kind == kind))
