"""The plan: made from the protocol, kept in step with what is known, added to and handed over."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.clock import local
from portal.incidents.models import Entry, Incident
from portal.incidents.rules import flags
from portal.notices.models import Mail
from portal.protocol.queries import protocol
from tests.actions.conftest import fresh, say, the
from tests.conftest import SUSPECT, VICTIM
from tests.reading import Page, said

ELSEWHERE = SUSPECT | {"name": "D.", "age": 16, "school": "other", "school_name": "Het Lyceum"}

# The story 'blackmail, and the suspect is at another school', reported on Monday 23 November 2026 at 10:00.
# What, for whom, due on the school's clock, and whose wish has to be known.
EXPECTED = [
    ("call: coercion", "leadership", "2026-11-23 10:30", ""),
    ("victim-support", "counselor", "2026-11-23 11:00", ""),
    ("scope-impact", "coordinator", "2026-11-23 12:00", ""),
    ("check-protocol", "coordinator", "2026-11-23 12:00", ""),
    ("involve-counselor", "coordinator", "2026-11-23 11:00", ""),
    ("police-advice", "leadership", "2026-11-23 14:00", ""),
    ("line-up-actions", "coordinator", "2026-11-23 14:00", ""),
    ("talk-victim-parents", "counselor", "2026-11-24 10:00", "parents"),
    ("help-victim-parents", "care", "2026-11-25 10:00", "parents"),
    ("contact-partner-school", "leadership", "2026-11-24 10:00", ""),
    ("report-decision", "leadership", "2026-11-25 10:00", "police"),
    ("take-offline", "coordinator", "2026-11-23 14:00", ""),
    ("rest-period", "care", "2026-11-24 10:00", "rest"),
    ("alternative-intervention", "care", "2026-11-30 10:00", ""),  # Saturday moves to Monday
    ("statement", "communication", "2026-11-23 14:00", ""),
    ("equip-teachers", "care", "2026-11-24 10:00", ""),
    ("delete-request", "mentor", "2026-11-24 10:00", ""),
    ("victim-class", "mentor", "2026-11-24 10:00", "class"),
    ("buddies", "counselor", "2026-11-26 10:00", "buddies"),
    ("inform-class-parents", "communication", "2026-11-24 10:00", ""),
    ("watch-online", "communication", "2026-11-24 10:00", ""),
    ("follow-statement", "communication", "2026-11-25 10:00", ""),
    ("media-ready", "communication", "2026-11-25 10:00", ""),
    ("align-partner-school", "communication", "2026-11-24 10:00", ""),
    ("evaluate-involved", "counselor", "2026-12-14 10:00", ""),
    ("partner-feedback", "leadership", "2026-12-14 10:00", ""),
    ("evaluate-zat", "care", "2027-01-05 10:00", ""),  # behind the school's Christmas holiday
    ("plan-aftercare", "care", "2026-11-30 10:00", ""),
    ("update-protocol", "coordinator", "2027-01-05 10:00", ""),
]
BLACKMAIL: dict[str, Any] = {"flags": {"coercion": "yes"}, "people": [VICTIM, ELSEWHERE]}


def rows(case: Incident) -> list[Action]:
    return list(Action.select().where(Action.incident == case).order_by(Action.position, Action.id))


def test_blackmail_and_a_suspect_at_another_school(incident: Callable[..., Any]) -> None:
    case = incident(**BLACKMAIL)
    found = [
        (a.step or f"call: {a.flag}", a.function, local(a.due_at).strftime("%Y-%m-%d %H:%M"), a.gate)
        for a in rows(case)
    ]
    assert found == EXPECTED
    assert the(case, "delete-request").after_id == the(case, "police-advice").id
    assert {a.victim.number for a in rows(case) if a.gate} == {1}


def test_the_page_shows_the_plan_in_that_order_with_the_call_on_top(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident(**BLACKMAIL)
    page = Page(client("coordinator").get(f"/incidents/{case.ref}/plan"))
    at = f"/incidents/{case.ref}/plan/"
    shown = [int(link.removeprefix(at)) for link in page.links if link.removeprefix(at).isdigit()]
    assert list(dict.fromkeys(shown)) == [a.id for a in rows(case)]
    steps = protocol(case.protocol_id).steps
    wanted = [flags()["coercion"]["call_title"]["nl"]] + [steps[key].title["nl"] for key, *_rest in EXPECTED[1:]]
    places = [page.text.index(title) for title in wanted]
    assert places == sorted(places)


def test_the_only_one_with_a_function_gets_the_action_by_name(
    incident: Callable[..., Any], team: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    alone = {"coordinator", "leadership", "counselor"}
    assert {a.function for a in rows(case) if a.assignee_id} == alone
    assert all(a.assignee_id == (cast[a.function].id if a.function in alone else None) for a in rows(case))
    team(case, "care")
    assert {a.assignee_id for a in rows(case) if a.function == "care"} == {cast["care"].id}


def test_of_two_with_a_function_nobody_is_chosen(incident: Callable[..., Any], cast: dict[str, Any]) -> None:
    type(cast["stranger"]).update(functions=["counselor"]).where(
        type(cast["stranger"]).id == cast["stranger"].id
    ).execute()
    case = incident()
    assert {a.assignee_id for a in rows(case) if a.function == "counselor"} == {None}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_action_shows_its_guidance(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], language: str
) -> None:
    Person.update(language=language).where(Person.id == cast["coordinator"].id).execute()
    case = incident(flags={"coercion": "yes"}, scope={"spread": "classes"}, people=[VICTIM, SUSPECT, ELSEWHERE])
    coordinator, steps = client("coordinator"), protocol(case.protocol_id).steps
    assert len([a for a in rows(case) if a.step]) == len(steps) == 33
    for action in rows(case):
        text = Page(coordinator.get(f"/incidents/{case.ref}/plan/{action.id}")).text
        if action.flag:
            flag = flags()[action.flag]
            wanted = [flag["call_title"][language], flag["do"][language], flag["until"][language]]
        else:
            step = steps[action.step]
            wanted = [step.title[language], step.do[language], step.why[language]]
            wanted += [*step.watch.get(language, []), *step.script.get(language, [])]
        missing = [words for words in wanted if " ".join(words.split()) not in text]
        assert not missing, action.step


def test_a_condition_that_becomes_true_adds_its_steps_and_says_so(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any
) -> None:
    case = incident()
    before = {a.step for a in rows(case)}
    assert not before & {"other-classes", "inform-other-parents"}
    clock.advance(days=1)
    coordinator = client("coordinator")
    form = next(f for f in Page(coordinator.get(f"/incidents/{case.ref}/situation")).forms if "spread" in f.names)
    coordinator.post(f"/incidents/{case.ref}/situation", form.with_(spread="classes"))
    new = [a for a in rows(case) if a.step not in before]
    assert [a.step for a in new] == ["other-classes", "inform-other-parents"]
    # Counted from the moment it became known: late at birth helps nobody. Four days later is a Saturday.
    assert {a.due_at for a in new} == {datetime(2026, 11, 30, 9, 0, tzinfo=UTC)}
    text = Page(coordinator.get(f"/incidents/{case.ref}/log")).text
    steps = protocol(case.protocol_id).steps
    assert [key for key in ("other-classes", "inform-other-parents") if steps[key].title["nl"] in text]
    assert {e.action_id for e in Entry.select().where(Entry.incident == case)} >= {a.id for a in new}


def test_an_untouched_action_that_no_longer_applies_can_be_dropped_and_comes_back(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any
) -> None:
    case = incident(scope={"spread": "classes"})
    action, at = the(case, "other-classes"), f"/incidents/{case.ref}"
    coordinator = client("coordinator")
    drop = f"{at}/plan/{action.id}/drop"
    assert drop not in [f.action for f in Page(coordinator.get(f"{at}/plan")).forms]
    assert coordinator.post(drop).status_code == 404
    _spread(coordinator, at, "class")
    assert the(case, "other-classes").state == "todo", "only offered, never done by itself"
    assert drop in [f.action for f in Page(coordinator.get(f"{at}/plan")).forms]
    assert coordinator.post(drop).location == f"{at}/plan"
    assert (fresh(action).state, fresh(action).dropped) == ("not-needed", True)
    _spread(coordinator, at, "internet")
    assert (fresh(action).state, fresh(action).dropped) == ("todo", False)
    assert len([a for a in rows(case) if a.step == "other-classes"]) == 1


def test_a_touched_action_is_never_offered_to_drop(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    case = incident(scope={"spread": "classes"})
    action, at = the(case, "other-classes"), f"/incidents/{case.ref}"
    coordinator = client("coordinator")
    assert say(coordinator, action, "doing").status_code == 303
    _spread(coordinator, at, "class")
    assert coordinator.post(f"{at}/plan/{action.id}/drop").status_code == 404


def _spread(browser: Any, at: str, spread: str) -> None:
    form = next(f for f in Page(browser.get(f"{at}/situation")).forms if "spread" in f.names)
    assert browser.post(f"{at}/situation", form.with_(spread=spread)).status_code == 303


def test_several_are_handed_over_at_once(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    team(case, "care")
    Mail.delete().execute()
    coordinator, at = client("coordinator"), f"/incidents/{case.ref}/plan"
    form = Page(coordinator.get(f"{at}?show=hand-over")).form("/hand-over")
    mine = [a for a in rows(case) if a.assignee_id == cast["counselor"].id]
    assert {str(a.id) for a in mine} <= set(form.offered["actions"])
    handed = coordinator.post(form.action, form.with_(actions=[a.id for a in mine], person=cast["care"].id))
    assert handed.location == at
    assert {fresh(a).assignee_id for a in mine} == {cast["care"].id}
    assert [(m.person_id, m.kind) for m in Mail.select()] == [(cast["care"].id, "action")], "one mail for all"
    assert AuditEvent.select().where(AuditEvent.action == "plan:actions:hand-over").count() == 1


def test_a_hand_over_that_cannot_be_is_refused_and_keeps_the_ticks(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any
) -> None:
    case, other = incident(), incident()
    at, coordinator = f"/incidents/{case.ref}/plan/hand-over", client("coordinator")
    mine, foreign = rows(case)[0], rows(other)[0]
    leader = cast["leadership"].id
    assert coordinator.post(at, {"person": leader}).status_code == 422
    assert coordinator.post(at, {"person": leader, "actions": [foreign.id]}).status_code == 422
    assert coordinator.post(at, {"person": cast["care"].id, "actions": [mine.id]}).status_code == 422
    nobody = coordinator.post(at, {"person": "0", "actions": [mine.id, rows(case)[2].id]})
    assert nobody.status_code == 422
    ticked = Page(nobody).form("/hand-over").data.get("actions")
    assert ticked == [str(mine.id), str(rows(case)[2].id)]
    assert fresh(foreign).assignee_id == foreign.assignee_id


def test_a_counselor_hands_over_own_actions_only(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    counselor, at = client("counselor"), f"/incidents/{case.ref}/plan/hand-over"
    own, foreign = the(case, "victim-support"), the(case, "scope-impact")
    refused = counselor.post(at, {"person": cast["leadership"].id, "actions": [own.id, foreign.id]})
    assert refused.status_code == 403
    assert fresh(own).assignee_id == cast["counselor"].id, "all or nothing"
    assert counselor.post(at, {"person": cast["leadership"].id, "actions": [own.id]}).status_code == 303
    assert fresh(own).assignee_id == cast["leadership"].id


def test_a_free_action_and_one_from_the_protocol_are_added(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    coordinator, at = client("coordinator"), f"/incidents/{case.ref}/plan/new"
    form = next(f for f in Page(coordinator.get(at)).forms if "title" in f.names)
    there = {a.step for a in rows(case) if a.step}
    assert set(form.offered["step"]) == {""} | set(protocol(case.protocol_id).steps) - there
    free = form.with_(title="Fetch the bag", phase="react", assignee=cast["leadership"].id, place="Room 12")
    assert coordinator.post(at, free).status_code == 303
    made = Action.get(Action.title == "Fetch the bag")
    assert (made.phase, made.assignee_id, made.place) == ("react", cast["leadership"].id, "Room 12")
    assert Mail.select().where(Mail.kind == "action", Mail.person_id == cast["leadership"].id).count() == 1
    assert coordinator.post(at, form.with_(step="contact-partner-school")).status_code == 303
    step = the(case, "contact-partner-school")
    assert (step.phase, step.function) == ("react", "leadership")
    again = coordinator.post(at, form.with_(step="contact-partner-school", once="of another page"))
    assert again.status_code == 422
    for wrong in ({"title": ""}, {"title": "x.nl/a.jpg"}, {"title": "x", "assignee": cast["care"].id}):
        before = Action.select().count()
        assert coordinator.post(at, form.with_(**wrong)).status_code == 422
        assert Action.select().count() == before


def test_a_mentor_adds_only_for_himself(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    team(case, "mentor")
    mentor, at = client("mentor"), f"/incidents/{case.ref}/plan/new"
    form = next(f for f in Page(mentor.get(at)).forms if "title" in f.names)
    assert form.offered["assignee"] == ["0", str(cast["mentor"].id)]
    assert mentor.post(at, form.with_(title="Own", assignee=cast["mentor"].id)).status_code == 303
    assert mentor.post(at, form.with_(title="Not own", assignee=cast["care"].id)).status_code in (403, 422)
    assert mentor.post(at, form.with_(title="Not own", assignee=cast["counselor"].id)).status_code in (403, 422)
    assert [a.title for a in rows(case) if a.title] == ["Own"]
    assert client("leadership").get(at).status_code == 403


def test_only_mine_and_an_empty_plan_say_so(incident: Callable[..., Any], client: Callable[..., Any], app: Any) -> None:
    case = incident()
    at = f"/incidents/{case.ref}/plan/"
    links = Page(client("counselor").get(f"{at[:-1]}?show=mine")).links
    shown = {int(link.removeprefix(at)) for link in links if link.removeprefix(at).isdigit()}
    assert shown == {a.id for a in rows(case) if a.function == "counselor"}
    Action.update(assignee=None).where(Action.incident == case).execute()
    empty = "None of these actions is yours. When somebody gives you one, you get a mail and see it here."
    assert said(app, empty) in Page(client("counselor").get(f"{at[:-1]}?show=mine")).text
