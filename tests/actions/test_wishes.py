"""The victim decides where the law leaves room (product rule 4)."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.incidents.models import Entry
from tests.actions.conftest import fresh, place, plan, say, the, wish, wishes
from tests.conftest import VICTIM
from tests.reading import Page, said

GATED = {
    "talk-victim-parents": "parents",
    "help-victim-parents": "parents",
    "rest-period": "rest",
    "victim-class": "class",
    "buddies": "buddies",
    "report-decision": "police",
}


def test_these_and_no_others_are_gated(incident: Callable[..., Any]) -> None:
    case = incident(scope={"spread": "internet"})
    assert {a.step: a.gate for a in Action.select().where(Action.incident == case, Action.gate != "")} == GATED


@pytest.mark.parametrize("state", ["doing", "done"])
@pytest.mark.parametrize("step", list(GATED))
def test_a_gate_refuses_doing_and_done_until_the_wish_is_known(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any, step: str, state: str
) -> None:
    action, coordinator = the(incident(), step), client("coordinator")
    refused = say(coordinator, action, state, "What came of it.")
    assert refused.status_code == 409
    reason = "The victim's wish is not known yet."
    if step == "report-decision":
        reason = "The victim was not asked yet what he or she wants with the police."
    page = Page(refused)
    assert said(app, reason) in page.text
    assert page.form("/state").first("words") == "What came of it."
    assert page.form("/wish")
    assert fresh(action).state == "todo"


@pytest.mark.parametrize("step", list(GATED))
def test_planning_assigning_and_dropping_are_never_refused(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], step: str
) -> None:
    action, coordinator = the(incident(), step), client("coordinator")
    assert plan(coordinator, action, assignee=cast["leadership"].id, place="Room 12").status_code == 303
    assert (fresh(action).assignee_id, fresh(action).place) == (cast["leadership"].id, "Room 12")
    assert say(coordinator, action, "not-needed", "She has moved away.").status_code == 303


@pytest.mark.parametrize("step", ["rest-period", "victim-class", "buddies"])
def test_yes_opens_and_no_closes(incident: Callable[..., Any], client: Callable[..., Any], app: Any, step: str) -> None:
    action, coordinator = the(incident(), step), client("coordinator")
    for answer, code in (("not-asked", 409), ("not-yet", 409), ("no", 409), ("yes", 303)):
        assert wish(coordinator, action, answer).status_code == 303
        answered = say(coordinator, action, "doing")
        assert answered.status_code == code, answer
        if answer == "no":
            assert said(app, "The victim does not want this.") in Page(answered).text
    assert [answer for _subject, answer in wishes(action)] == ["not-asked", "not-yet", "no", "yes"], "all are kept"


def test_a_wish_is_kept_with_who_asked_when_and_the_words(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    action, counselor = the(incident(), "buddies"), client("counselor")
    form = next(f for f in Page(counselor.get(place(action))).forms if f.first("subject") == "buddies")
    assert form.first("asked_by") == "A. Bakker"
    assert form.first("asked_at") == "2026-11-23T10:00"
    assert form.offered["answer"] == ["yes", "no", "not-yet", "not-asked"], "only leadership overrides"
    words = "Fleur and Sam, please."
    assert counselor.post(form.action, form.with_(answer="yes", words=words)).location == place(action)
    kept = Wish.get()
    assert (kept.subject, kept.answer, kept.words, kept.asked_by) == ("buddies", "yes", words, "A. Bakker")
    assert (kept.asked_at, kept.recorded_at, kept.recorded_by_id) == (clock.now(), clock.now(), cast["counselor"].id)
    entry = Entry.get(Entry.text == words)
    assert "Noor" not in str(entry.params)
    text = Page(client("leadership").get(place(action))).text
    assert words in text
    assert "A. Bakker" in text


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("buddies", {"answer": ""}),
        ("buddies", {"answer": "perhaps"}),
        ("buddies", {"answer": "yes", "words": "see x.nl/a.jpg"}),
        ("buddies", {"answer": "yes", "asked_at": "2026-11-24T10:00"}),
        ("report-decision", {"answer": "not-asked", "words": ""}),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_kept(
    incident: Callable[..., Any], client: Callable[..., Any], step: str, data: dict[str, str]
) -> None:
    action = the(incident(), step)
    sent = {"words": "In her words.", "asked_by": "A. Bakker", **data}
    refused = wish(client("counselor"), action, sent.pop("answer"), **sent)
    assert refused.status_code == 422
    form = next(f for f in Page(refused).forms if f.first("subject") == action.gate)
    assert {name: form.first(name) for name in sent} == sent
    assert Wish.select().count() == 0


def test_the_wish_of_another_subject_or_action_is_not_there(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case, coordinator = incident(), client("coordinator")
    assert wish(coordinator, the(case, "buddies"), "yes", subject="parents").status_code == 404
    assert wish(coordinator, the(case, "buddies"), "yes", subject="safety").status_code == 404
    assert wish(coordinator, the(case, "scope-impact"), "yes", subject="class").status_code == 404
    assert Wish.select().count() == 0


def test_until_the_wish_is_known_it_waits_and_is_not_late(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any, app: Any
) -> None:
    case = incident()
    action = the(case, "rest-period")
    clock.advance(days=3)
    coordinator = client("coordinator")
    row = f'id="action-{action.id}" class="rp-act rp-act--'
    at = f"/incidents/{case.ref}/plan"
    assert row + 'waiting"' in coordinator.get(at).text
    wish(coordinator, action, "no")
    assert row + 'closed"' in coordinator.get(at).text
    wish(coordinator, action, "yes")
    assert row + 'late late"' in coordinator.get(at).text


OVERRIDE = {"words": "Her life is in danger.", "told_before": "y"}


def test_leadership_overrides_a_no_with_a_reason_and_telling_first(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any
) -> None:
    case = incident()
    action, leadership = the(case, "buddies"), client("leadership")
    wish(client("counselor"), action, "no", words="I want nobody.")
    form = next(f for f in Page(leadership.get(place(action))).forms if f.first("subject") == "buddies")
    assert (form.first("answer"), form.offered) == ("override", {"told_before": ["y"]})
    for wrong in ({"words": ""}, {"told_before": []}, {"told_before": [], "words": ""}):
        assert wish(leadership, action, "override", **(OVERRIDE | wrong)).status_code == 422
    assert say(client("counselor"), action, "doing").status_code == 409
    assert wish(leadership, action, "override", **OVERRIDE).status_code == 303
    kept = Wish.select().order_by(Wish.id.desc()).get()
    assert (kept.answer, kept.words, kept.told_before) == ("override", OVERRIDE["words"], True)
    assert Entry.get(Entry.text == OVERRIDE["words"]).kind == "decision"
    assert say(client("counselor"), action, "done", "Asked all the same.").status_code == 303
    marked = said(app, "wish overridden by leadership")
    assert marked in Page(client("coordinator").get(f"/incidents/{case.ref}/plan")).text
    assert "I want nobody." in Page(client("counselor").get(place(action))).text, "what she said stays readable"


def test_not_told_before_needs_the_reason_why(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    action = the(incident(), "buddies")
    why = {"told_before": [], "told_note": "She cannot be reached."}
    assert wish(client("leadership"), action, "override", **(OVERRIDE | why)).status_code == 303
    kept = Wish.get()
    assert (kept.told_before, kept.told_note) == (False, "She cannot be reached.")
    assert "She cannot be reached." in Page(client("counselor").get(place(action))).text


@pytest.mark.parametrize("function", ["coordinator", "counselor", "care", "mentor", "communication"])
def test_nobody_else_overrides(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], function: str
) -> None:
    case = incident()
    if function in ("care", "mentor", "communication"):
        team(case, function)
    action = the(case, "buddies")
    assert wish(client(function), action, "override", **OVERRIDE).status_code in (403, 422)
    assert wish(client("leadership"), action, "yes").status_code == 422, "leadership records no wish"
    assert Wish.select().count() == 0


def test_parents_are_told_only_after_it_is_known_that_home_is_safe(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any
) -> None:
    action, counselor = the(incident(), "talk-victim-parents"), client("counselor")
    wish(counselor, action, "yes")
    refused = say(counselor, action, "doing")
    assert refused.status_code == 409
    assert said(app, "It is not noted yet whether it is safe at home to tell the parents.") in Page(refused).text
    for answer, code in (("not-yet", 409), ("no", 409), ("yes", 303)):
        assert wish(counselor, action, answer, subject="safety").status_code == 303
        answered = say(counselor, action, "doing")
        assert answered.status_code == code, answer
        if answer == "no":
            assert said(app, "It is not safe at home to tell the parents.") in Page(answered).text
    # What counts for one talk with the parents counts for the other.
    assert Wish.select().where(Wish.subject == "safety").count() == 3


def test_safe_at_home_alone_opens_nothing(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    action, counselor = the(incident(), "talk-victim-parents"), client("counselor")
    wish(counselor, action, "yes", subject="safety")
    assert say(counselor, action, "doing").status_code == 409
    assert wish(client("leadership"), action, "yes", subject="safety").status_code in (403, 404, 422)


@pytest.mark.parametrize("answer", ["yes", "no", "not-yet"])
def test_the_wish_informs_the_decision_on_the_police_and_does_not_block_it(
    incident: Callable[..., Any], client: Callable[..., Any], answer: str
) -> None:
    action = the(incident(), "report-decision")
    wish(client("counselor"), action, answer, words="Her words.")
    assert say(client("leadership"), action, "done", "We report it.").status_code == 303


def test_the_police_can_be_decided_on_when_it_is_said_why_nobody_asked(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    action = the(incident(), "report-decision")
    assert wish(client("counselor"), action, "not-asked", words="She is in hospital.").status_code == 303
    assert say(client("leadership"), action, "done", "We report it.").status_code == 303


@pytest.mark.parametrize("flag", ["staff", "danger", "under-12"])
def test_some_flags_leave_no_gate_on_the_police(
    incident: Callable[..., Any], client: Callable[..., Any], flag: str
) -> None:
    case = incident(flags={flag: "yes"}, chosen=("leadership", "coordinator"))
    assert the(case, "report-decision").gate == ""
    assert say(client("leadership"), the(case, "report-decision"), "doing").status_code == 303
    assert the(case, "buddies").gate == "buddies", "the others stay hers"


def test_a_flag_that_comes_later_lifts_the_gate(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    case = incident()
    assert the(case, "report-decision").gate == "police"
    client("coordinator").post(f"/incidents/{case.ref}/flags/danger", {"answer": "yes"})
    assert the(case, "report-decision").gate == ""
    client("coordinator").post(f"/incidents/{case.ref}/flags/danger", {"answer": "no"})
    assert the(case, "report-decision").gate == "police"


def test_with_several_victims_each_has_an_own_action_and_an_own_wish(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    two = [VICTIM, VICTIM | {"name": "Sara B."}, VICTIM | {"name": "Elsewhere", "school": "other"}]
    case, counselor = incident(people=two), client("counselor")
    for step in GATED:
        found = Action.select().where(Action.incident == case, Action.step == step)
        assert sorted(a.victim.number for a in found) == [1, 2], step
    assert Action.select().where(Action.incident == case, Action.step == "victim-support").count() == 1
    first, second = the(case, "buddies", victim=1), the(case, "buddies", victim=2)
    wish(counselor, first, "yes")
    assert say(counselor, first, "doing").status_code == 303
    assert say(counselor, second, "doing").status_code == 409
    page = Page(counselor.get(f"/incidents/{case.ref}/plan"))
    assert "Noor" not in page.text
    assert "Sara" not in page.text


def test_communication_sees_yes_or_no_and_no_word_more(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], app: Any
) -> None:
    case = incident()
    team(case, "communication")
    action = the(case, "buddies")
    wish(client("counselor"), action, "no", words="Not Fleur, she laughed.", asked_by="Mevrouw Asker")
    wish(client("counselor"), action, "yes", words="Sam alone.", asked_by="Mevrouw Asker")
    text = Page(client("communication").get(place(action))).text
    assert said(app, "yes") in text
    for secret in ("Fleur", "Sam alone", "Mevrouw Asker"):
        assert secret not in text
        assert secret not in client("communication").get(f"/incidents/{case.ref}/log").text
    assert not [form for form in Page(client("communication").get(place(action))).forms if "subject" in form.names]
    assert wish(client("communication"), action, "yes").status_code == 403


def test_the_words_of_an_override_are_hidden_from_communication_too(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident()
    team(case, "communication")
    action = the(case, "buddies")
    wish(client("leadership"), action, "override", words="Her brother threatens.", told_note="Not reached.")
    for path in ("", f"/plan/{action.id}", "/plan", "/log"):
        text = client("communication").get(f"/incidents/{case.ref}{path}").text
        assert "Her brother threatens." not in text
        assert "Not reached." not in text
