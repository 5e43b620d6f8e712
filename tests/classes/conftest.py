"""Classes of an incident, and what a victim said about talking with them."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.actions.operations import record_wish
from portal.classes.talks.models import ClassTalk
from portal.incidents.models import Incident, Involved
from portal.incidents.queries import standing
from tests.conftest import Browser
from tests.web.conftest import frozen, scene

__all__ = ["frozen", "scene"]


@pytest.fixture
def says(cast: dict[str, Any], clock: Any) -> Callable[..., None]:
    """`says(case, "yes")`: what every victim answers when asked about a conversation in class."""

    def note(case: Incident, answer: str, number: int = 0) -> None:
        who = cast["leadership" if answer == "override" else "counselor"]
        told = {"told_before": True if answer == "override" else None, "told_note": ""}
        values = {"answer": answer, "words": "Said.", "asked_by": "", "asked_at": None, **told}
        victims = Involved.select().where(Involved.incident == case, Involved.part == "victim")
        for victim in victims:
            if number in (0, victim.number):
                record_wish(victim, "class", values, standing=standing(case, who), actor=who, now=clock.now())

    return note


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/classes{part}"


def plan(browser: Browser, case: Incident, class_name: str = "3B") -> ClassTalk:
    """Plan a conversation with a class; gives it."""
    sent = browser.post(at(case), {"class_name": class_name})
    assert sent.status_code == 303, sent.text
    return fresh(int(sent.location.rpartition("/")[2]))


def fresh(talk: ClassTalk | int) -> ClassTalk:
    found: ClassTalk = ClassTalk.get_by_id(talk if isinstance(talk, int) else talk.id)
    return found


def hold(browser: Browser, talk: ClassTalk, **typed: Any) -> Any:
    """Note that it was held, with what is likely where nothing else is given."""
    data = {"mood": "They listened.", "held_at": "2026-11-23T09:30", "version": fresh(talk).version, **typed}
    return browser.post(at(talk.incident, f"/{talk.id}/held"), data)


def later(browser: Browser, talk: ClassTalk, **typed: Any) -> Any:
    """Add to a conversation that was held; the agreements are sent as they are, as the page does."""
    now = fresh(talk)
    data = {"text": "It goes better.", "agreements": "\n".join(now.agreements), "version": now.version, **typed}
    return browser.post(at(talk.incident, f"/{talk.id}/later"), data)
