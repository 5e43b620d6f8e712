"""Product rule 6: what goes round names nobody, also nobody who was added after it was typed."""

from typing import Any

import pytest

from portal.care.buddies.models import Buddy
from portal.care.conversations.models import Conversation
from portal.classes.sheets.models import Sheet
from portal.classes.talks.models import ClassTalk
from portal.incidents.models import Incident, Involved
from portal.incidents.people.operations import add_involved

LATER = "Ask Zebedeus first."
FINE = "We are kind."


@pytest.fixture
def case(incident: Any, cast: Any, clock: Any) -> Incident:
    """Of before somebody by that name was involved."""
    made: Incident = incident()
    victim = Involved.get(Involved.incident == made, Involved.part == "victim")
    by = {"made_by": cast["counselor"], "made_at": clock.now()}
    ClassTalk.create(incident=made, class_name="2A", state="held", agreements=[LATER, FINE], held_at=clock.now(), **by)
    Conversation.create(
        incident=made, kind="victim", about=victim, leader=cast["counselor"], place="Room of Zebedeus",
        planned_at=clock.now(), card={"goal": LATER, "opening": FINE}, **by,
    )  # fmt: skip
    buddy = Involved.create(incident=made, part="buddy", number=1)
    Buddy.create(
        incident=made, victim=victim, person=buddy, place=1, chosen_at=clock.now(), asked_at=clock.now(),
        answer="yes", task=f"{LATER}\n{FINE}",
    )  # fmt: skip
    own = {"own": LATER, "say": "Nothing of class 9Q.", "remark": FINE}
    Sheet.create(
        incident=made, slug="s" * 43, own=own, given_at=clock.now(), changed_by=cast["counselor"],
        changed_at=clock.now(),
    )  # fmt: skip
    return made


HANDED_OUT = ["/classes/1/poster", "/conversations/1/card", "/conversations/1/invitation.ics", "/buddies/1/card"]


@pytest.mark.parametrize("path", [*HANDED_OUT, "/sheets/" + "s" * 43])
def test_who_is_added_later_is_named_on_nothing(case: Incident, client: Any, cast: Any, clock: Any, path: str) -> None:
    browser = client("counselor")
    address = path if path.startswith("/sheets") else f"/incidents/{case.ref}{path}"
    assert "Zebedeus" in browser.get(address).text
    add_involved(case, {"part": "bystander", "name": "Zebedeus"}, actor=cast["counselor"], now=clock.now())
    text = browser.get(address).text
    assert "Zebedeus" not in text
    assert FINE in text or path.endswith(".ics")


def test_a_class_that_the_situation_names_later_is_left_out_too(case: Incident, client: Any) -> None:
    browser, address = client("stranger"), "/sheets/" + "s" * 43
    assert "9Q" in browser.get(address).text
    Incident.update(classes=["9Q"]).where(Incident.id == case.id).execute()
    assert "9Q" not in browser.get(address).text


def test_the_team_is_told_that_an_agreement_is_left_out(case: Incident, client: Any, cast: Any, clock: Any) -> None:
    add_involved(case, {"part": "bystander", "name": "Zebedeus"}, actor=cast["counselor"], now=clock.now())
    page = client("coordinator").get(f"/incidents/{case.ref}/classes/1/poster").text
    assert page.count('class="rp-flag rp-noprint"') == 1
