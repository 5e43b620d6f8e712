"""A link that was sent to the other school, and browsers that come in by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from portal.incidents.models import Incident
from portal.links.models import Ask, SharedLink
from portal.links.rules import code_of, hash_of, new_nonce, path_of, token_of
from portal.security import app_secret
from tests.conftest import Browser
from tests.web.scene import _settings, shared_with

PEOPLE = [
    {"part": "victim", "name": "Noor Voorbeeld", "class_name": "3B", "age": 14, "school": "own"},
    {"part": "suspect", "name": "Daan Anders", "age": 16, "school": "other", "school_name": "Het Lyceum"},
]


@dataclass
class Lent:
    """A link with its address and code, and what is asked on it."""

    app: Any
    link: SharedLink
    ask: Ask

    @property
    def path(self) -> str:
        return path_of(self.link.nonce, self.app.secret_key)

    @property
    def code(self) -> str:
        fresh = SharedLink.get_by_id(self.link.id)
        return code_of(fresh.nonce, fresh.code_number, self.app.secret_key)

    def door(self) -> Browser:
        """A browser that has the address and not the code."""
        return Browser(self.app)

    def visitor(self) -> Browser:
        """A browser that opened it."""
        browser = self.door()
        assert browser.post(f"{self.path}/code", {"code": self.code}).status_code == 303
        return browser

    @property
    def now_is(self) -> SharedLink:
        """The link as it is in the database now."""
        row: SharedLink = SharedLink.get_by_id(self.link.id)
        return row


def colleague_of(link: SharedLink, now: datetime) -> SharedLink:
    """A colleague of who has the link, who comes in by a link of their own."""
    nonce = new_nonce()
    columns = {name: value for name, value in link.__data__.items() if name not in ("id", "head")}
    columns |= {"nonce": nonce, "token_hash": hash_of(token_of(nonce, app_secret(_settings())))}
    made: SharedLink = SharedLink.create(**columns | {"head": link, "name": "Q. Collega", "opened_at": None})
    return made


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    """An incident with a suspect at the other school and everybody on the team."""
    made: Incident = incident(people=PEOPLE)
    team(made, "care", "mentor", "communication")
    return made


@pytest.fixture
def lent(app: Any, case: Incident, cast: Any, clock: Any) -> Lent:
    return Lent(app, *shared_with(case, cast["coordinator"], clock.now()))


@pytest.fixture
def other(app: Any, case: Incident, cast: Any, clock: Any) -> Lent:
    """Another link of the same incident, to another school."""
    made = shared_with(case, cast["coordinator"], clock.now(), school="De Linde", name="Q. Ander")
    return Lent(app, *made)
