"""What a member sees within an incident: own rows only where the table says so, and names on two pages alone."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from portal.actions.models import Action
from portal.care.conversations.models import Conversation
from portal.incidents.models import Involved, Membership
from portal.policy import TEAM_FUNCTIONS
from tests.reading import Page
from tests.web.scene import BUDDY, OTHER_PUPIL, PUPIL, routes, written

CHANGE_OWN = ("leadership", "counselor", "care", "mentor", "communication")
# The pages that may hold a name (product: people, and what the reporter reported).
LENT = {"partners_follow.one"}  # what is shared of whom, for who reads names
NAMES = {"people.people", "people.person", "people.new", "people.merge", "receipts.receipt"}
PLAIN = {"function": "", "assignee": "0", "after": "0", "version": "1"}


def shown(app: Any, browser: Any, scene: Any, role: str) -> dict[str, str]:
    """Everything this person can open, whole and as a fragment, by endpoint."""
    pages = {}
    for rule, _access, method in routes(app):
        if method == "GET":
            for htmx in (False, True):
                answer = browser.get(scene.path(rule, role), htmx=htmx)
                if answer.status_code == 200:
                    pages.setdefault(rule.endpoint, "")
                    pages[rule.endpoint] += answer.get_data(as_text=True) + str(answer.headers)
    return pages


@pytest.mark.parametrize("role", [*TEAM_FUNCTIONS, "reporter"])
def test_names_of_pupils_stand_on_the_people_page_and_the_receipt_only(
    app: Any, scene: Any, client: Any, role: str
) -> None:
    pages = shown(app, client(role), scene(), role)
    assert len(pages) >= 12
    with_name = {endpoint for endpoint, text in pages.items() if PUPIL in text or OTHER_PUPIL in text}
    sees = {
        "communication": set(),
        "mentor": {"people.people"},  # the victim of the own action
        "reporter": {"receipts.receipt"},
        "leadership": {"people.people"},
    }
    shared = LENT if role in ("coordinator", "leadership", "counselor", "care") else set()
    chosen = {"partners.share", "partners_follow.change"} if role in ("coordinator", "leadership") else set()
    assert with_name == sees.get(role, NAMES - {"receipts.receipt"}) | shared | chosen
    with_buddy = {endpoint for endpoint, text in pages.items() if BUDDY in text}
    assert with_buddy <= NAMES | {"buddies.buddies", "buddies.buddy"}
    assert bool(with_buddy) == (role not in ("communication", "reporter"))


def test_a_mentor_sees_people_of_the_own_class_and_of_own_actions_only(
    scene: Any, client: Any, cast: dict[str, Any]
) -> None:
    here, mentor = scene(), client("mentor")
    pupils = {"9Q": PUPIL, "8Q": OTHER_PUPIL}

    def seen() -> set[str]:
        text = mentor.get(f"/incidents/{here.case.ref}/people").get_data(as_text=True)
        return {name for name in pupils.values() if name in text}

    assert seen() == {PUPIL}  # an own action is about the victim
    Action.update(assignee=None).where(Action.assignee == cast["mentor"]).execute()
    assert seen() == {PUPIL}  # so is a conversation that the mentor leads
    Conversation.update(leader=cast["care"]).where(Conversation.leader == cast["mentor"]).execute()
    assert seen() == set()
    Involved.update(class_name="3 b").where(Involved.name == OTHER_PUPIL).execute()
    assert seen() == {OTHER_PUPIL}  # J. Smit mentors 3B, however it is written
    suspect = Involved.get(Involved.name == OTHER_PUPIL)
    assert mentor.get(f"/incidents/{here.case.ref}/people/{suspect.id}").status_code == 403


@pytest.mark.parametrize("function", CHANGE_OWN)
def test_an_action_of_somebody_else_is_read_only(scene: Any, client: Any, function: str) -> None:
    here, browser = scene(), client(function)
    plan = f"/incidents/{here.case.ref}/plan"
    theirs, unneeded = here.actions["coordinator"], here.droppable["coordinator"]
    page = Page(browser.get(f"{plan}/{theirs}"))
    assert not [form for form in page.forms if form.action.endswith(("/state", "/planning"))]
    for path, data in (
        (f"{plan}/{theirs}/state", {"state": "doing", "version": "1"}),
        (f"{plan}/{theirs}/planning", {**PLAIN, "place": "here"}),
        (f"{plan}/{unneeded}/drop", {}),
        (f"{plan}/hand-over", {"actions": str(theirs), "person": str(here.extra.id)}),
    ):
        for htmx in (False, True):
            before = written()
            answer = browser.post(path, data, htmx=htmx)
            assert (answer.status_code, written() - before) == (403, 0), path


def test_one_action_of_somebody_else_stops_the_handing_over_of_all(scene: Any, client: Any) -> None:
    here = scene()
    both = [str(here.actions["mentor"]), str(here.actions["coordinator"])]
    answer = client("mentor").post(
        f"/incidents/{here.case.ref}/plan/hand-over", {"actions": both, "person": str(here.extra.id)}
    )
    assert answer.status_code == 403
    assert Action.select().where(Action.assignee == here.extra, Action.id.in_(both)).count() == 0


@pytest.mark.parametrize("function", ["mentor", "communication"])
def test_notes_only_on_own_actions_and_only_those_are_read(scene: Any, client: Any, function: str) -> None:
    here, browser = scene(), client(function)
    at, before = f"/incidents/{here.case.ref}", written()
    refused = browser.post(f"{at}/plan/{here.actions['coordinator']}/note", {"text": "Not mine."})
    assert (refused.status_code, written()) == (403, before)
    own = f"{at}/plan/{here.actions[function]}/note"
    assert browser.post(own, {"text": "My own action."}).status_code == 303
    text = browser.get(f"{at}/log").get_data(as_text=True)
    assert "My own action." in text
    assert f"Written by {function}." in text
    others = [f"Written by {other}." for other in TEAM_FUNCTIONS if other != function]
    assert not [line for line in others if line in text]
    assert "Two pupils told me in the break." not in text
    other_entry = here.entries["coordinator"]
    assert browser.get(f"{at}/log/{other_entry}/correct").status_code == 404


def test_communication_sees_of_a_wish_only_yes_or_no(scene: Any, client: Any) -> None:
    here = scene()
    at = f"/incidents/{here.case.ref}/plan"
    wish = {"subject": "parents", "answer": "no", "words": "Never my father.", "asked_by": "Somebody"}
    assert client("counselor").post(f"{at}/{here.actions['counselor']}/wish", wish).status_code == 303
    for function, reads in (("communication", False), ("care", True)):
        for htmx in (False, True):
            text = client(function).get(f"{at}/{here.actions[function]}", htmx=htmx).get_data(as_text=True)
            assert ("Never my father." in text, "Somebody" in text) == (reads, reads)


@pytest.mark.parametrize("how", ["remove", "keep-out"])
def test_the_next_request_of_a_removed_member_finds_nothing(
    app: Any, scene: Any, client: Any, cast: dict[str, Any], how: str
) -> None:
    """Product: the next request of that person is refused, and nothing speaks of the incident any more."""
    here, browser, care = scene(), client("care"), cast["care"]
    at = f"/incidents/{here.case.ref}"
    assert browser.get(f"{at}/plan").status_code == 200
    assert all(here.case.code_name in browser.get(path).get_data(as_text=True) for path in ("/", "/incidents"))
    coordinator = client("coordinator")
    path = f"{at}/team/{care.id}/remove" if how == "remove" else f"{at}/team/keep-out"
    assert coordinator.post(path, {"barred-person": str(care.id)}).status_code == 303
    assert Membership.select().where(Membership.person == care).count() == 0
    for page, text in shown(app, browser, here, "care").items():
        assert here.case.code_name not in text, page
        assert here.case.ref not in text.replace(f"Location: {at}", ""), page
    for path in (at, f"{at}/plan", f"{at}/log", f"{at}/plan/{here.actions['care']}"):
        assert browser.get(path).status_code == 404
        assert browser.get(path, htmx=True).status_code == 404


def test_a_reporter_who_is_kept_out_loses_the_receipt_too(scene: Any, client: Any, cast: dict[str, Any]) -> None:
    here, browser = scene(), client("reporter")
    receipt = f"/receipts/{here.receipt.slug}"
    assert browser.get(receipt).status_code == 200
    assert here.case.code_name in browser.get("/").get_data(as_text=True)
    form = {"barred-person": str(cast["reporter"].id)}
    assert client("coordinator").post(f"/incidents/{here.case.ref}/team/keep-out", form).status_code == 303
    assert browser.get(receipt).status_code == 404
    assert browser.post(f"{receipt}/add", {"text": "More."}).status_code == 404
    assert here.case.code_name not in browser.get("/").get_data(as_text=True)


def test_what_was_typed_is_shown_back_when_it_is_not_yours(
    incident: Callable[..., Any], team: Callable[..., None], client: Callable[..., Any]
) -> None:
    """The action may have been handed over while somebody typed."""
    case = incident()
    team(case, "mentor")
    others = Action.get(Action.incident == case, Action.step == "scope-impact")
    sent = {"state": "done", "words": "Two classes know of it.", "version": others.version}
    refused = client("mentor").post(f"/incidents/{case.ref}/plan/{others.id}/state", sent)
    assert refused.status_code == 403
    assert "Two classes know of it." in refused.text
    assert Action.get_by_id(others.id).state == "todo"


def test_a_password_is_never_shown_back(client: Callable[..., Any]) -> None:
    sent = {"old": "one secret sentence", "new": "another secret sentence"}
    refused = client("teacher").post("/account/password", sent, token=False)
    assert refused.status_code == 400
    assert "secret sentence" not in refused.text


@pytest.mark.parametrize("role", ["coordinator", "counselor", "administrator", "reporter"])
def test_no_id_stands_twice_on_a_page(app: Any, scene: Any, client: Any, role: str) -> None:
    """A label or a link of the summary would lead to the wrong field."""
    here, browser = scene(), client(role)
    twice = {}
    for rule, _access, method in routes(app):
        answer = browser.get(here.path(rule, role)) if method == "GET" else None
        if answer is not None and answer.mimetype == "text/html":
            found = Counter(re.findall(r'\sid="([^"]+)"', answer.get_data(as_text=True)))
            twice[rule.endpoint] = [name for name, times in found.items() if times > 1]
    assert len(twice) > 5
    assert {endpoint: names for endpoint, names in twice.items() if names} == {}
