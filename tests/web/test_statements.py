"""How many statements a page asks: the same however much an incident holds, and few where people wait most."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.actions.models import Action, Wish
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer, HelpOption
from portal.care.rest.models import Rest, RestContact
from portal.classes.talks.models import ClassTalk
from portal.communication.documents import operations as documents
from portal.communication.documents.models import DocumentAct, DocumentVersion
from portal.communication.media.models import MediaPlan, PressCall
from portal.communication.watch.models import Post, WatchTurn
from portal.demo.fill import fill
from portal.incidents.models import Entry, Incident, Involved, Unrest
from tests.conftest import MONDAY, Browser
from tests.statements import counted

MOST = {
    "": 10,
    "/plan": 10,
    "/plan?show=mine": 10,
    "/log": 8,
    "/people": 8,
    "/team": 12,
    "/sheet": 10,
    "/classes": 10,
    "/wishes": 8,
    "/rest": 12,
    "/conversations": 10,
    "/conversations/help": 10,
    "/buddies": 10,
    "/media": 10,
    "/statement": 10,
    "/statement/versions": 8,
    "/letters": 12,
    "/links": 8,
}
# Which a mentor does not see; communication is asked instead.
NOT_OF_A_MENTOR = {"/media", "/links"}
OF_COMMUNICATION = {"/watch": 10, "/watch/new": 6, "/watch/turns": 12, "/watch/places": 8}
ALONE = {"/": 14, "/incidents": 4, "/first-hour": 2, "/login": 1}


def asked(browser: Browser, path: str) -> list[str]:
    """What a page asks when it is opened for the second time: readings are written down once an hour."""
    assert browser.get(path).status_code in (200, 303), path
    with counted() as statements:
        browser.get(path)
    return statements


def victim_of(incident: Incident) -> Involved:
    found: Involved = Involved.get(Involved.incident == incident, Involved.part == "victim")
    return found


def rest_of(incident: Incident, cast: dict[str, Person]) -> Rest:
    """One of what the plan says something of."""
    days = {"first": MONDAY.date(), "last": MONDAY.date(), "form": "home"}
    made: Rest = Rest.create(incident=incident, pupil=victim_of(incident), **days, made_by=cast["care"], made_at=MONDAY)
    return made


def care_of(incident: Incident, cast: dict[str, Person]) -> None:
    """A conversation, help that was offered, and a buddy who is asked how it goes, each with a person of its own."""
    made, victim = {"made_by": cast["care"], "made_at": MONDAY}, victim_of(incident)
    number = Involved.select().count()
    parent, buddy = (
        Involved.create(incident=incident, part=part, number=number, child=child, class_name="3B")
        for part, child in (("parent", victim), ("buddy", None))
    )
    for kind, about in (("victim-parents", parent), ("victim", victim)):
        Conversation.create(incident=incident, kind=kind, about=about, leader=cast["mentor"], planned_at=MONDAY, **made)
    for about in (parent, victim):
        HelpOffer.create(
            incident=incident, about=about, option=HelpOption.get(), offered_at=MONDAY, offered_by=cast["care"]
        )
    values = {"asker": cast["care"], "supporter": cast["mentor"], "asked_at": MONDAY, "answer": "yes"}
    row = Buddy.create(incident=incident, victim=victim, person=buddy, place=number, chosen_at=MONDAY, **values)
    for done_at in (MONDAY, None):
        CheckIn.create(buddy=row, due_on=MONDAY.date(), done_at=done_at, done_by=cast["mentor"])


def call_of(incident: Incident, cast: dict[str, Person], **values: Any) -> None:
    """The press called, and a plan was agreed on."""
    made = {"made_by": cast["communication"], "made_at": MONDAY}
    PressCall.create(incident=incident, medium="Radio", question="Is it true?", at=MONDAY, **made, **values)
    plan = {"answers": {"gate": "Not here."}, "changed_by": cast["communication"], "changed_at": MONDAY}
    MediaPlan.get_or_create(incident=incident, defaults=plan)


def statement_of(incident: Incident, cast: dict[str, Person]) -> None:
    """Versions of the statement, each asked for and sent back."""
    by = {"actor": cast["communication"], "now": MONDAY}
    document = documents.begin(incident, "statement", **by)
    for _time in range(3):
        number = DocumentVersion.select().where(DocumentVersion.document == document).count() + 1
        documents.save(document, {"nl": {"why": f"Text {number}."}}, version=document.version, **by)
        DocumentAct.create(document=document, number=number, act="ask", by=cast["communication"], at=MONDAY)


def grow(incident: Incident, cast: dict[str, Person]) -> None:
    """Three times as much of everything."""
    for action in list(Action.select().where(Action.incident == incident)) * 2:
        values = {"title": action.title or "More", "due_at": MONDAY, "assignee": cast["mentor"], "step": action.step}
        Action.create(**values, incident=incident, phase=action.phase, victim=action.victim_id, changed_at=MONDAY)
    statement_of(incident, cast)
    for number in range(20):
        Wish.create(
            victim=victim_of(incident), subject="rest", answer="yes", recorded_by=cast["care"], recorded_at=MONDAY
        )
        care_of(incident, cast)
        RestContact.create(rest=rest_of(incident, cast), at=MONDAY, by=cast["mentor"], words="Gebeld.")
        Involved.create(incident=incident, part="bystander", number=number + 500, class_name="3B")
        Unrest.create(incident=incident, at=MONDAY, value=number % 5)
        call_of(incident, cast, answered_at=MONDAY, answered_by=cast["leadership"])
        call_of(incident, cast, deadline_at=MONDAY)
        Unrest.create(incident=incident, at=MONDAY, value=number % 5, class_name=f"{number}B")
        values = {"made_by": cast["care"], "leader": cast["mentor"], "made_at": MONDAY}
        ClassTalk.create(incident=incident, class_name=f"{number}B", **values)
        day = MONDAY.date() + timedelta(days=number)
        WatchTurn.create(incident=incident, day=day, part_of_day="morning", person=cast["communication"])
        values = {"made_by": cast["care"], "made_at": MONDAY, "truth": "wrong", "tone": "calm"}
        Post.create(incident=incident, seen_at=MONDAY, platform="x", said="Iets.", **values)
        values = {"author": cast["care"], "kind": "call", "text": "Gebeld."}
        Entry.create(incident=incident, at=MONDAY, written_at=MONDAY, **values)


@pytest.mark.parametrize("function", ["coordinator", "mentor"])
@pytest.mark.parametrize("part", MOST)
def test_an_incident_asks_the_same_at_any_size(
    incident: Callable[..., Incident], team: Any, client: Any, cast: Any, part: str, function: str
) -> None:
    made = incident()
    team(made, "care", "mentor", "communication")
    rest_of(made, cast)
    care_of(made, cast)
    call_of(made, cast, deadline_at=MONDAY)
    statement_of(made, cast)
    browser = client("communication" if function == "mentor" and part in NOT_OF_A_MENTOR else function)
    before = asked(browser, f"/incidents/{made.ref}{part}")
    grow(made, cast)
    after = asked(browser, f"/incidents/{made.ref}{part}")
    assert len(after) == len(before) <= MOST[part], "\n".join(after)


@pytest.mark.parametrize("part", OF_COMMUNICATION)
def test_what_communication_opens_asks_the_same_at_any_size(
    incident: Callable[..., Incident], team: Any, client: Any, cast: Any, part: str
) -> None:
    made = incident()
    team(made, "care", "mentor", "communication")
    # Without any a week is proposed, which asks who is away.
    WatchTurn.create(incident=made, day=MONDAY.date(), part_of_day="evening", person=cast["communication"])
    before = asked(client("communication"), f"/incidents/{made.ref}{part}")
    grow(made, cast)
    after = asked(client("communication"), f"/incidents/{made.ref}{part}")
    assert len(after) == len(before) <= OF_COMMUNICATION[part], "\n".join(after)


@pytest.mark.parametrize("path", ALONE)
def test_a_page_asks_the_same_with_any_number_of_incidents(
    incident: Callable[..., Incident], client: Any, cast: Any, path: str
) -> None:
    incident()
    browser = client(None if path == "/login" else "coordinator")
    before = asked(browser, path)
    list(fill(8, 3, MONDAY))
    after = asked(browser, path)
    assert len(after) == len(before) <= ALONE[path], "\n".join(after)
