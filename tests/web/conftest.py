"""A furnished incident for tests that walk over every page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.communication.documents.models import Document
from portal.communication.online.operations import bring_online
from portal.policy import TEAM_FUNCTIONS
from tests.web.scene import NAMED, Frozen, Scene, furnish

# They open everything there is, many times, which would count as covered whatever the answer: measured is what the
# other tests look at, and these take a quarter of the time.
UNMEASURED = ("test_bad_input.py", "test_fuzz.py", "test_permissions.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name in UNMEASURED:
            item.add_marker("no_cover")


@pytest.fixture
def frozen(school: Any) -> Callable[[], Frozen]:
    """`frozen()` keeps the school as it is now; `.thaw()` puts it back."""
    return lambda: Frozen(school)


@pytest.fixture
def scene(
    incident: Callable[..., Any], team: Callable[..., None], cast: dict[str, Person], clock: Any, made_once: Any
) -> Callable[..., Scene]:
    """`scene()` has everybody of the cast on its team; `scene(without="mentor")` all but one."""
    made: list[Scene] = []

    def make(without: str = "", **values: Any) -> Scene:
        made.append(made_once(lambda: furnished(without, values), "scene", without, values))
        # Its file lies beside the school's, and is not copied along.
        bring_online(Document.get(Document.slug == made[-1].published))
        return made[-1]

    def furnished(without: str, values: dict[str, Any]) -> Scene:
        # With a member of staff suspected nobody joins by himself, so the team is who is chosen here.
        first, *others = [function for function in TEAM_FUNCTIONS if function != without]
        case = incident(flags={"staff": "unknown"}, people=NAMED, chosen=(first,), **values)
        team(case, *others)
        return furnish(case, cast, clock.now(), len(made))

    return make
