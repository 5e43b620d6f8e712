"""The database opened for operations, with somebody of the other school who is in."""

import pytest

from portal.accounts.models import Person
from portal.links.models import LinkVisit
from tests.links.conftest import Lent


@pytest.fixture
def visit(lent: Lent) -> LinkVisit:
    lent.visitor()
    made: LinkVisit = LinkVisit.get(LinkVisit.link == lent.link)
    return made


@pytest.fixture(autouse=True)
def english(cast: dict[str, Person]) -> None:
    Person.update(language="en").execute()
