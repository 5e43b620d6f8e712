"""Two counselors on one incident."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.incidents.models import Incident
from portal.incidents.team.operations import add_member
from tests.conftest import Browser
from tests.web.conftest import frozen, scene
from tests.web.scene import somebody

__all__ = ["frozen", "scene"]


@dataclass
class Two:
    """`first` writes, `second` is the other counselor; `browser(person)` is one of them at work."""

    case: Incident
    first: Person
    second: Person
    browser: Callable[[Person], Browser]

    @property
    def at(self) -> str:
        return f"/incidents/{self.case.ref}/notes"


@pytest.fixture
def two(app: Any, incident: Any, cast: dict[str, Person], clock: Any) -> Two:
    case, second = incident(), somebody("second", clock.now(), ["counselor"])
    cast["second"] = second
    add_member(case, second, "counselor", actor=cast["coordinator"], now=clock.now())

    def browser(person: Person) -> Browser:
        made = Browser(app)
        made.sign_in(person, clock.now())
        return made

    return Two(case, cast["counselor"], second, browser)
