"""The database opened for operations, with somebody of the other school who is in."""

import pytest

from portal.links.models import LinkVisit
from tests.links.conftest import Lent


@pytest.fixture
def visit(lent: Lent) -> LinkVisit:
    lent.visitor()
    made: LinkVisit = LinkVisit.get(LinkVisit.link == lent.link)
    return made
