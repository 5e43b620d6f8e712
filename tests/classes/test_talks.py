"""Conversations with classes through their pages: decided, prepared, held, and what came of them."""

from datetime import date
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.classes.talks import queries
from portal.classes.talks.models import ClassTalk, Worry
from portal.desk.overview.queries import pulse
from portal.incidents.models import Entry, Incident, Involved, Unrest
from portal.incidents.people.operations import take_along
from portal.incidents.team.operations import remove_member
from tests.classes.conftest import at, fresh, hold, later, plan
from tests.conftest import SUSPECT, VICTIM
from tests.reading import Page, said
from tests.statements import counted

ELSEWHERE = {**SUSPECT, "class_name": "4C"}


def read(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return Page(answer).text


def entries(case: Incident, contact: str = "") -> list[Entry]:
    rows = Entry.select().where(Entry.incident == case)
    return list(rows.where(Entry.contact == contact) if contact else rows)


# What is advised and decided.


def test_every_class_has_its_advice_and_the_reason(incident: Any, client: Any, app: Any) -> None:
    case = incident(scope={"classes": ["3B", "2A"]}, people=[VICTIM, ELSEWHERE])
    text = read(client("coordinator"), at(case))
    for reason in (
        "The victim is in this class.",
        "Somebody who is said to have made it or passed it on is in this class.",
        "It touches this class, but it does not go round widely.",
    ):
        assert said(app, reason) in text
    assert text.index("3B") < min(text.index("4C"), text.index("2A"))


def test_a_victim_without_a_class_is_asked_after(incident: Any, team: Any, client: Any) -> None:
    case = incident(people=[{**VICTIM, "class_name": ""}])
    team(case, "mentor")
    note = 'class="rp-note rp-note--warning"'
    assert note in client("counselor").get(at(case)).text
    assert note not in client("mentor").get(at(case)).text
    Involved.update(class_name="3B").execute()
    assert "3B" in read(client("counselor"), at(case))


def test_the_coordinator_decides_against_it_with_a_reason(incident: Any, client: Any) -> None:
    case, browser = incident(scope={"classes": ["2A"]}), client("coordinator")
    bare = browser.post(at(case), {"class_name": "2A", "against": "y"})
    assert bare.status_code == 422
    assert "#reason-" in bare.text
    assert ClassTalk.select().count() == 0
    typed = {"class_name": "2A", "against": "y", "reason": "They know of nothing."}
    assert browser.post(at(case), typed).status_code == 303
    assert ClassTalk.get().state == "declined"
    assert "They know of nothing." in read(browser, at(case))
    assert [entry.text for entry in entries(case)][-1] == "They know of nothing."
    # A class can change, and the decision with it.
    plan(browser, case, "2A")


@pytest.mark.parametrize(
    ("role", "class_name", "status"), [("mentor", "3B", 303), ("mentor", "4C", 403), ("care", "4C", 403)]
)
def test_who_works_with_the_victims_class_may_plan_there_and_nowhere_else(
    incident: Any, team: Any, client: Any, role: str, class_name: str, status: int
) -> None:
    case = incident(people=[VICTIM, ELSEWHERE])
    team(case, "mentor", "care")
    assert client(role).post(at(case), {"class_name": class_name}).status_code == status


def test_its_mentor_leads_unless_somebody_else_is_chosen(incident: Any, team: Any, client: Any, cast: Any) -> None:
    case, browser = incident(), client("coordinator")
    team(case, "mentor")
    assert plan(browser, case).leader_id == cast["mentor"].id
    assert plan(browser, case, "2A").leader_id is None


def test_there_is_one_conversation_with_a_class_at_a_time(incident: Any, client: Any, app: Any) -> None:
    case, browser = incident(), client("coordinator")
    plan(browser, case)
    again = browser.post(at(case), {"class_name": "3 b"})
    assert again.status_code == 409
    assert said(app, "There is a conversation with this class already.") in Page(again).text
    assert ClassTalk.select().count() == 1


# Before.


def test_it_is_prepared_and_shows_what_to_say(incident: Any, client: Any, cast: Any) -> None:
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    path = at(case, f"/{talk.id}/prepare")
    form = Page(browser.get(path)).forms[-1]
    assert form.first("opening")  # a suggestion to change
    typed = form.with_(leader=cast["coordinator"].id, message="normalise", victim_there="away", opening="Hello all.")
    assert browser.post(path, typed).status_code == 303
    talk = fresh(talk)
    assert (talk.leader_id, talk.message, talk.victim_there) == (cast["coordinator"].id, "normalise", "away")
    assert "Hello all." in read(browser, at(case, f"/{talk.id}"))
    # Kept again without a change, nothing is written.
    before = len(entries(case))
    browser.post(path, Page(browser.get(path)).forms[-1].with_())
    assert len(entries(case)) == before


def test_what_somebody_else_prepared_meanwhile_is_not_overwritten(incident: Any, client: Any) -> None:
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    path = at(case, f"/{talk.id}/prepare")
    mine, theirs = (Page(browser.get(path)).forms[-1] for _ in range(2))
    assert browser.post(path, theirs.with_(place="Aula")).status_code == 303
    refused = browser.post(path, mine.with_(place="Room 12"))
    assert refused.status_code == 409
    assert fresh(talk).place == "Aula"
    assert "Aula" in Page(refused).text
    assert Page(refused).forms[-1].first("place") == "Room 12"
    assert browser.post(path, Page(refused).forms[-1].with_()).status_code == 303
    assert fresh(talk).place == "Room 12"


def test_only_who_is_on_the_team_and_may_note_it_can_lead(incident: Any, team: Any, client: Any, cast: Any) -> None:
    case, browser = incident(), client("coordinator")
    team(case, "communication")
    talk = plan(browser, case)
    path = at(case, f"/{talk.id}/prepare")
    form = Page(browser.get(path)).forms[-1]
    for name in ("communication", "leadership", "stranger"):
        assert str(cast[name].id) not in form.offered["leader"]
        assert browser.post(path, form.with_(leader=cast[name].id)).status_code == 422


def test_the_teachers_own_feelings_are_for_whom_they_talk_with(incident: Any, team: Any, client: Any) -> None:
    case = incident()
    team(case, "mentor")
    talk = plan(client("mentor"), case)
    path, shown = at(case, f"/{talk.id}/prepare"), at(case, f"/{talk.id}")
    mentor, coordinator, counselor = client("mentor"), client("coordinator"), client("counselor")
    form = Page(mentor.get(path)).forms[-1]
    assert mentor.post(path, form.with_(feelings="I am angry myself.")).status_code == 303
    assert "I am angry myself." in read(counselor, shown)
    assert "I am angry myself." not in read(coordinator, shown)
    form = Page(coordinator.get(path)).forms[-1]
    assert "feelings" not in form.names
    assert coordinator.post(path, form.with_(place="Aula", feelings="Gone")).status_code == 303
    assert (fresh(talk).feelings, fresh(talk).place) == ("I am angry myself.", "Aula")
    assert not [entry for entry in entries(case) if "angry" in entry.text]


# After.


@pytest.mark.parametrize(
    ("answer", "status"),
    [("", 409), ("not-asked", 409), ("not-yet", 409), ("no", 409), ("yes", 303), ("override", 303)],
)
def test_in_the_victims_class_it_waits_for_the_victims_yes(
    incident: Any, client: Any, says: Any, answer: str, status: int
) -> None:
    """Product rule 4: planning and preparing are never refused, having it is."""
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    assert browser.get(at(case, f"/{talk.id}/prepare")).status_code == 200
    if answer:
        says(case, answer)
    sent = hold(browser, talk)
    assert sent.status_code == status
    assert fresh(talk).state == ("held" if status == 303 else "planned")
    if status == 409:
        assert Page(sent).forms[-1].first("mood") == "They listened."


def test_of_two_victims_in_a_class_both_say_yes(incident: Any, client: Any, says: Any) -> None:
    """Product rule 4, with several victims."""
    case, browser = incident(people=[VICTIM, {**VICTIM, "name": "Second"}, SUSPECT]), client("coordinator")
    talk = plan(browser, case)
    says(case, "yes", 1)
    assert hold(browser, talk).status_code == 409
    says(case, "no", 2)
    assert hold(browser, talk).status_code == 409
    says(case, "yes", 2)
    assert hold(browser, talk).status_code == 303


def test_in_another_class_there_is_no_gate(incident: Any, client: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    assert hold(browser, plan(browser, case, "4C")).status_code == 303


def test_what_came_of_it_is_kept_and_logged(incident: Any, client: Any, says: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    says(case, "yes")
    typed = {
        "insight": "Joining in is a choice.",
        "agreements": "1. We pass nothing on.\n2. We ask, kindly, how it is.",
    }
    typed |= {"unrest": "1", "follow_up_on": "2026-11-30", "parents_informed": "y"}
    assert hold(browser, talk, **typed).status_code == 303
    talk = fresh(talk)
    assert talk.agreements == ["We pass nothing on.", "We ask, kindly, how it is."]
    assert (talk.unrest, talk.follow_up_on) == (1, date(2026, 11, 30))
    assert talk.parents_informed_at == clock.now()
    assert [(row.class_name, row.value) for row in Unrest.select().where(Unrest.class_name != "")] == [("3B", 1)]
    # The overview's last contact comes from these; its chart is of the whole school.
    (logged,) = entries(case, "classes")
    assert (logged.text, logged.at) == ("They listened.\nJoining in is a choice.", talk.held_at)
    assert len(entries(case, "parents")) == 1
    contacts, school, _planned = pulse(case)
    assert contacts["classes"] == talk.held_at
    assert len(school) == Unrest.select().where(Unrest.class_name == "").count()
    assert "We ask, kindly, how it is." in read(browser, at(case, f"/{talk.id}"))


def test_it_also_ticks_off_the_step_in_the_plan(incident: Any, client: Any, says: Any) -> None:
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    says(case, "yes")
    form = Page(browser.get(at(case, f"/{talk.id}/held"))).forms[-1]
    assert form.first("ticked") == "y"
    assert hold(browser, talk, ticked="y").status_code == 303
    step = Action.get(Action.incident == case, Action.step == "victim-class")
    assert (step.state, step.outcome) == ("done", "They listened.")


def test_who_may_not_finish_the_step_is_not_asked_to(incident: Any, team: Any, client: Any, says: Any) -> None:
    case = incident()
    team(case, "mentor", "care")
    talk = plan(client("mentor"), case)
    says(case, "yes")
    assert "ticked" in Page(client("mentor").get(at(case, f"/{talk.id}/held"))).forms[-1].names  # it is the mentor's
    assert "ticked" not in Page(client("care").get(at(case, f"/{talk.id}/held"))).forms[-1].names
    assert hold(client("care"), talk, ticked="y").status_code == 303
    assert Action.get(Action.incident == case, Action.step == "victim-class").state == "todo"


def test_sent_twice_it_is_held_once(incident: Any, client: Any, says: Any) -> None:
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    says(case, "yes")
    path = at(case, f"/{talk.id}/held")
    form = Page(browser.get(path)).forms[-1].with_(mood="Calm.")
    answers = [browser.post(path, form) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, at(case, f"/{talk.id}"))] * 2
    assert len(entries(case, "classes")) == 1
    # Another form comes too late, and is told so.
    assert hold(browser, talk).status_code == 409


@pytest.mark.parametrize("name", ["Noor", "noor v.", "Daan's", "3B", "3b"])
def test_agreements_name_nobody_and_no_class(incident: Any, client: Any, says: Any, name: str) -> None:
    """Product rule 6: they go on the wall."""
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    says(case, "yes")
    refused = hold(browser, talk, agreements=f"We are kind to {name}")
    assert refused.status_code == 422
    assert fresh(talk).state == "planned"
    assert hold(browser, talk, agreements="We are kind to each other").status_code == 303


def test_a_class_in_which_nobody_is_involved_is_not_named_either(incident: Any, client: Any) -> None:
    case, browser = incident(scope={"classes": ["3B", "2A"]}), client("coordinator")
    talk = plan(browser, case, "2A")
    for text in ("We of 2A are kind", "We of 3B are kind"):
        assert hold(browser, talk, agreements=text).status_code == 422
    talk = plan(browser, case, "5K")
    assert hold(browser, talk, agreements="We of 5K are kind").status_code == 422


@pytest.mark.parametrize("typed", ["\n".join(f"Agreement {n}" for n in range(9)), "x" * 141])
def test_agreements_fit_on_a_poster(incident: Any, client: Any, typed: str) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    talk = plan(browser, case, "4C")
    assert hold(browser, talk, agreements=typed).status_code == 422


def test_what_was_noted_stays_and_what_comes_later_is_added(incident: Any, client: Any, clock: Any) -> None:
    """Product rule 10."""
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    talk = plan(browser, case, "4C")
    hold(browser, talk, agreements="We ask how it is.", follow_up_on="2026-11-30")
    assert browser.get(at(case, f"/{talk.id}/prepare")).status_code == 409
    browser.come_back(clock.advance(days=7))
    form = Page(browser.get(at(case, f"/{talk.id}/later"))).forms[-1]
    assert form.first("followed_up") == "y"  # the day has come
    typed = {"agreements": "We ask how it is.\nWe sit together.", "followed_up": "y", "follow_up_on": "2026-11-30"}
    assert later(browser, talk, **typed, unrest="0", parents_informed="y").status_code == 303
    talk = fresh(talk)
    assert talk.mood == "They listened."
    assert talk.followed_up_at == talk.parents_informed_at == clock.now()
    assert [one["agreements"] for one in talk.later] == [["We ask how it is."]]
    text = read(browser, at(case, f"/{talk.id}"))
    assert all(part in text for part in ("They listened.", "It goes better.", "We ask how it is.", "We sit together."))
    assert len(entries(case, "classes")) == 2
    assert queries.noted(case)["4c"][-1] == (clock.now(), 0)


def test_a_later_day_means_once_more(incident: Any, client: Any, clock: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    talk = plan(browser, case, "4C")
    hold(browser, talk, follow_up_on="2026-11-30")
    browser.come_back(clock.advance(days=7))
    later(browser, talk, followed_up="y", follow_up_on="2026-12-14")
    assert (fresh(talk).followed_up_at, fresh(talk).follow_up_on) == (None, date(2026, 12, 14))


def test_an_addition_to_what_somebody_else_changed_is_shown_beside_it(incident: Any, client: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    talk = plan(browser, case, "4C")
    hold(browser, talk, agreements="One.")
    path = at(case, f"/{talk.id}/later")
    mine, theirs = (Page(browser.get(path)).forms[-1] for _ in range(2))
    browser.post(path, theirs.with_(text="Theirs.", agreements="Two."))
    refused = browser.post(path, mine.with_(text="Mine."))
    assert refused.status_code == 409
    assert fresh(talk).agreements == ["Two."]
    assert Page(refused).forms[-1].first("text") == "Mine."


def test_it_is_called_off_with_a_reason_and_can_be_planned_anew(incident: Any, client: Any) -> None:
    case, browser = incident(), client("coordinator")
    talk = plan(browser, case)
    path = at(case, f"/{talk.id}/cancel")
    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browser.post(path, {"reason": "She is ill."}).status_code == 303
    assert fresh(talk).state == "cancelled"
    assert "She is ill." in read(browser, at(case, f"/{talk.id}"))
    plan(browser, case)


# Worries.


def test_a_worry_becomes_an_action_without_its_words(incident: Any, team: Any, client: Any, cast: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    team(case, "care", "communication", "mentor")
    talk = plan(browser, case, "4C")
    hold(browser, talk)
    path = at(case, f"/{talk.id}/worry")
    form = Page(browser.get(path)).forms[-1]
    # Only who may read it can take it on: not communication, not the mentor of another class.
    offered = {str(cast[name].id) for name in ("coordinator", "leadership", "counselor", "care")}
    assert set(form.offered["assignee"]) == {"0", *offered}
    typed = form.with_(text="Somebody cried.", assignee=cast["care"].id)
    assert browser.post(path, typed).status_code == 303
    worry = Worry.get()
    assert worry.action.assignee_id == cast["care"].id
    assert "cried" not in worry.action.title + worry.action.how
    action = client("care").get(f"/incidents/{case.ref}/plan/{worry.action_id}")
    assert at(case, f"/{talk.id}") in Page(action).links
    assert not [entry for entry in entries(case) if "cried" in entry.text + str(entry.params)]
    assert "Somebody cried." in read(client("care"), at(case, f"/{talk.id}"))


def test_who_gives_no_actions_takes_a_worry_on_or_leaves_it(incident: Any, team: Any, client: Any, cast: Any) -> None:
    case = incident(people=[VICTIM, ELSEWHERE])
    team(case, "care")
    talk = plan(client("coordinator"), case, "4C")
    hold(client("coordinator"), talk)
    form = Page(client("care").get(at(case, f"/{talk.id}/worry"))).forms[-1]
    assert form.offered["assignee"] == ["0", str(cast["care"].id)]


def test_worries_are_read_by_few_and_that_is_written_down(incident: Any, team: Any, client: Any, cast: Any) -> None:
    """Product rule 11; a mentor of another class and communication read none."""
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    team(case, "care", "communication", "mentor")
    talk = plan(browser, case, "4C")
    hold(browser, talk)
    browser.post(at(case, f"/{talk.id}/worry"), {"text": "Somebody cried.", "assignee": "0"})
    for role, reads in (("leadership", True), ("counselor", True), ("mentor", False), ("communication", False)):
        assert ("Somebody cried." in read(client(role), at(case, f"/{talk.id}"))) is reads, role
        seen = AuditEvent.select().where(
            AuditEvent.action == "classes:worry:read", AuditEvent.actor_id == cast[role].id
        )
        assert seen.exists() is reads
    ClassTalk.update(class_name="3B").execute()
    assert "Somebody cried." in read(client("mentor"), at(case, f"/{talk.id}"))


# Who sees what.


def test_a_mentor_of_another_class_and_communication_see_no_people(
    incident: Any, team: Any, client: Any, cast: Any, says: Any, app: Any
) -> None:
    case = incident(scope={"classes": ["2A", "9Z"]}, people=[{**VICTIM, "class_name": "9Z"}, ELSEWHERE])
    team(case, "mentor", "communication")
    browser = client("coordinator")
    talk = plan(browser, case, "9Z")
    says(case, "yes")
    form = Page(browser.get(at(case, f"/{talk.id}/prepare"))).forms[-1]
    typed = form.with_(victim_there="away", second="Adult Two", opening="Dear all.")
    assert browser.post(at(case, f"/{talk.id}/prepare"), typed).status_code == 303
    assert (
        hold(browser, talk, victim_there="away", mood="Noor was named.", agreements="We are kind.").status_code == 303
    )
    whole = read(browser, at(case, f"/{talk.id}"))
    hidden = ("Noor was named.", "Adult Two")
    assert all(text in whole for text in (*hidden, said(app, "not present")))
    for role in ("mentor", "communication"):
        pages = read(client(role), at(case)) + read(client(role), at(case, f"/{talk.id}"))
        assert "We are kind." in pages
        assert not [text for text in (*hidden, "4C") if text in pages], role
        # What is advised, and the choice to be there, tell in which class the victim is.
        for words in ("The victim is in this class.", "not present", "have a conversation"):
            assert said(app, words) not in pages, role
        assert not AuditEvent.select().where(
            AuditEvent.action == "incident:person:read", AuditEvent.actor_id == cast[role].id
        )
        assert client(role).get(at(case, f"/{talk.id}/later")).status_code == 403


def test_a_class_that_is_known_by_a_pupil_alone_has_no_name_for_others(incident: Any, team: Any, client: Any) -> None:
    case = incident(scope={"classes": ["2A"]}, people=[{**VICTIM, "class_name": "9Zomer"}, ELSEWHERE])
    team(case, "mentor", "communication")
    talk = plan(client("coordinator"), case, "9Zomer")
    for role in ("mentor", "communication"):
        pages = client(role).get(at(case)).text + client(role).get(at(case, f"/{talk.id}")).text
        assert "9Zomer" not in pages


def test_who_leads_reads_all_of_it_and_the_victim_is_of_the_own_people(
    incident: Any, team: Any, client: Any, cast: Any
) -> None:
    case = incident(people=[{**VICTIM, "class_name": "9Z"}, ELSEWHERE])
    team(case, "mentor")
    coordinator, mentor = client("coordinator"), client("mentor")
    Action.update(assignee=None).where(Action.assignee == cast["mentor"]).execute()
    talk = plan(coordinator, case, "9Z")
    assert "Noor" not in mentor.get(f"/incidents/{case.ref}/people").text
    form = Page(coordinator.get(at(case, f"/{talk.id}/prepare"))).forms[-1]
    coordinator.post(at(case, f"/{talk.id}/prepare"), form.with_(leader=cast["mentor"].id))
    assert mentor.get(at(case, f"/{talk.id}/held")).status_code == 200
    assert "Noor" in mentor.get(f"/incidents/{case.ref}/people").text
    coordinator.post(at(case, f"/{talk.id}/cancel"), {"reason": "No."})
    assert "Noor" not in mentor.get(f"/incidents/{case.ref}/people").text


def test_seeing_the_victims_class_is_a_reading_of_the_victim(incident: Any, client: Any, cast: Any) -> None:
    case = incident()
    client("leadership").get(at(case))
    victim = Involved.get(Involved.incident == case, Involved.part == "victim")
    event = AuditEvent.get(AuditEvent.action == "incident:person:read", AuditEvent.actor_id == cast["leadership"].id)
    assert (event.subject, event.detail) == (f"involved:{victim.id}", {"place": "classes"})


# Unrest per class.


def test_unrest_of_a_class_is_noted_with_one_button_and_charted(
    incident: Any, client: Any, clock: Any, app: Any
) -> None:
    case, browser = incident(), client("coordinator")
    before = pulse(case).unrest
    for value, days in (("3", 0), ("3", 0), ("1", 2)):
        browser.come_back(clock.advance(days=days))
        assert browser.post(at(case, "/unrest"), {"class_name": "3B", "value": value}).status_code == 303
    assert [row.value for row in Unrest.select().where(Unrest.class_name == "3B")] == [3, 1]
    (row,) = [row for row in queries.board(case, _standing(case), clock.now()) if row.name == "3B"]
    assert [bar.value for bar in row.bars] == [3, None, 1]
    assert pulse(case).unrest == before  # the overview's own chart is of the whole school
    assert Incident.get_by_id(case.id).unrest == case.unrest
    assert said(app, "3: lessons suffer from it") in read(browser, at(case))


def _standing(case: Incident) -> Any:
    from portal.incidents.queries import coordinators, standing

    return standing(case, coordinators(case)[0])


@pytest.mark.parametrize(
    "typed", [{"class_name": "7K", "value": "1"}, {"class_name": "3B", "value": "5"}, {"value": "1"}]
)
def test_unrest_of_what_is_no_class_here_is_not_noted(incident: Any, client: Any, typed: dict[str, str]) -> None:
    assert client("coordinator").post(at(incident(), "/unrest"), typed).status_code == 404


def test_a_mentor_notes_unrest_in_the_own_class_only(incident: Any, team: Any, client: Any) -> None:
    case = incident(scope={"classes": ["3B", "2A"]})
    team(case, "mentor")
    assert client("mentor").post(at(case, "/unrest"), {"class_name": "3B", "value": "1"}).status_code == 303
    assert client("mentor").post(at(case, "/unrest"), {"class_name": "2A", "value": "1"}).status_code == 403


# The poster.


def test_the_poster_says_only_what_was_agreed(incident: Any, client: Any) -> None:
    """Product rule 6."""
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    talk = plan(browser, case, "4C")
    path = at(case, f"/{talk.id}/poster")
    assert browser.get(path).status_code == 404  # nothing agreed yet
    hold(browser, talk, agreements="We are kind.")
    answer = browser.get(path)
    shown = answer.text.replace(f"/incidents/{case.ref}", "")
    assert "We are kind." in shown
    for name in ("Noor", "Daan", "3B", "4C", case.ref, case.code_name):
        assert name not in shown
    assert "<title>Rustpunt</title>" in shown


# What else happens to an incident.


def test_an_ended_incident_shows_no_form_and_takes_none(incident: Any, client: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    talk = plan(browser, case, "4C")
    browser.post(f"/incidents/{case.ref}/end", {"reason": "A drawing."})
    for part in ("", f"/{talk.id}", f"/{talk.id}/prepare", f"/{talk.id}/held", f"/{talk.id}/cancel"):
        assert not [f for f in Page(browser.get(at(case, part))).forms if "/classes" in f.action or f.action == ""], (
            part
        )
    assert hold(browser, talk).status_code == 409
    changed = {"place": "Aula", "leader": "0", "version": talk.version}
    assert browser.post(at(case, f"/{talk.id}/prepare"), changed).status_code == 409
    assert browser.post(at(case, f"/{talk.id}/cancel"), {"reason": "No."}).status_code == 409
    assert browser.post(at(case), {"class_name": "2A"}).status_code == 409
    assert browser.post(at(case, "/unrest"), {"class_name": "4C", "value": "1"}).status_code == 409


def test_two_joined_incidents_keep_all_conversations(incident: Any, client: Any) -> None:
    case, target, browser = incident(people=[VICTIM, ELSEWHERE]), incident(people=[]), client("coordinator")
    talk = plan(browser, case)
    browser.post(at(case, "/unrest"), {"class_name": "3B", "value": "2"})
    browser.post(f"/incidents/{case.ref}/join", {"other": target.id, "checked": "y"})
    assert fresh(talk).incident_id == target.id
    assert fresh(talk).victim.incident_id == target.id  # somebody a conversation is about stays somebody of their own
    assert queries.noted(target)["3b"][0][1] == 2
    assert browser.get(at(target, f"/{talk.id}")).status_code == 200


def test_a_victim_who_stood_there_twice_keeps_the_conversation(
    incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    case = incident(people=[VICTIM, {**VICTIM, "name": "N.V."}])
    talk = plan(client("coordinator"), case)
    kept = Involved.get(Involved.incident == case, Involved.number == 2)
    take_along(talk.victim, kept, actor=cast["coordinator"], now=clock.now())
    assert fresh(talk).victim_id == kept.id


def test_the_next_contacts_are_what_is_planned_and_not_done(incident: Any, client: Any, cast: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")
    assert list(queries.moments().tuples()) == []
    talk = plan(browser, case, "4C")
    path = at(case, f"/{talk.id}/prepare")
    browser.post(path, {"leader": cast["coordinator"].id, "planned_at": "2026-11-24T10:00", "version": talk.version})
    ((case_id, contact, about, who, when, kind, number),) = queries.moments().tuples()
    assert (case_id, contact, about, who, kind, number) == (
        case.id,
        "classes",
        None,
        cast["coordinator"].id,
        "class",
        talk.id,
    )
    assert str(when).startswith("2026-11-24 09:00")
    hold(browser, talk, follow_up_on="2026-11-23")
    ((*_rest, when, kind, _number),) = queries.moments().tuples()
    assert (str(when), kind) == ("2026-11-23", "follow-up")
    later(browser, talk, followed_up="y", follow_up_on="2026-11-23")
    assert list(queries.moments().tuples()) == []


def test_the_page_asks_the_same_with_any_number_of_classes(incident: Any, client: Any) -> None:
    case, browser = incident(people=[VICTIM, ELSEWHERE]), client("coordinator")

    def asked() -> int:
        browser.get(at(case))
        with counted() as statements:
            browser.get(at(case))
        return len(statements)

    before = asked()
    for number in range(12):
        talk = plan(browser, case, f"{number}K")
        hold(browser, talk, unrest="2")
    assert asked() == before <= 10


# What was tried to get past it.


def test_who_mentors_the_class_but_is_there_as_communication_sees_no_people(
    incident: Any, team: Any, client: Any, cast: Any, app: Any
) -> None:
    """Product rule 11 and the table: it is the function on the team that counts, not the class in the account."""
    case, browser = incident(scope={"classes": ["2A"]}), client("coordinator")
    team(case, "communication")
    Involved.update(class_name="2A").where(Involved.part == "suspect").execute()
    talk = plan(browser, case, "2A")
    cast["communication"].classes = ["2A"]
    cast["communication"].save()
    assert hold(browser, talk, mood="Daan cried.").status_code == 303
    typed = {"text": "D. stays home.", "assignee": "0"}
    assert browser.post(at(case, f"/{talk.id}/worry"), typed).status_code == 303
    ClassTalk.update(leader=cast["communication"]).execute()
    pages = client("communication").get(at(case)).text + client("communication").get(at(case, f"/{talk.id}")).text
    reason = said(app, "Somebody who is said to have made it or passed it on is in this class.")
    assert not [words for words in ("Daan cried.", "D. stays home.", reason) if words in pages]


@pytest.mark.parametrize("spelt", ["3-B", "3.b", "3 / B", "klas 3B", "Klas: 3b", "３B"])
def test_another_spelling_of_the_class_does_not_walk_around_the_wish(incident: Any, client: Any, spelt: str) -> None:
    """Product rule 4."""
    case, browser = incident(scope={"classes": []}), client("coordinator")
    talk = plan(browser, case, spelt)
    assert talk.victim_id
    assert hold(browser, talk).status_code == 409
    assert fresh(talk).state == "planned"


def test_who_takes_over_does_not_read_what_the_one_before_felt(
    incident: Any, team: Any, client: Any, cast: Any
) -> None:
    case = incident()
    team(case, "mentor")
    talk = plan(client("mentor"), case)
    path, counselor = at(case, f"/{talk.id}/prepare"), client("counselor")
    form = Page(counselor.get(path)).forms[-1]
    counselor.post(path, form.with_(leader=cast["counselor"].id, feelings="It is my own niece."))
    mentor = client("mentor")
    form = Page(mentor.get(path)).forms[-1]
    assert mentor.post(path, form.with_(leader=cast["mentor"].id)).status_code == 303
    assert "niece" not in mentor.get(path).text + mentor.get(at(case, f"/{talk.id}")).text
    # One's own words at taking over stay.
    form = Page(counselor.get(path)).forms[-1]
    counselor.post(path, form.with_(leader=cast["counselor"].id, feelings="I slept badly."))
    assert fresh(talk).feelings == "I slept badly."


def test_the_button_for_unrest_does_not_tell_which_classes_there_are(incident: Any, team: Any, client: Any) -> None:
    """A class that has no name for a reader answers as one that is not there."""
    case = incident(scope={"classes": ["2A"]}, people=[{**VICTIM, "class_name": "9Z"}, ELSEWHERE])
    team(case, "mentor")
    plan(client("coordinator"), case, "9Z")
    answers = {
        name: client("mentor").post(at(case, "/unrest"), {"class_name": name, "value": "1"}).status_code
        for name in ("9Z", "8Y")
    }
    assert answers == {"9Z": 404, "8Y": 404}


def test_who_is_taken_off_the_team_leads_nothing_any_more(
    incident: Any, team: Any, client: Any, cast: Any, clock: Any
) -> None:
    case = incident()
    team(case, "mentor")
    talk = plan(client("mentor"), case)
    ClassTalk.update(feelings="Mine alone.").execute()
    remove_member(case, cast["mentor"], actor=cast["coordinator"], now=clock.now())
    assert (fresh(talk).leader_id, fresh(talk).feelings) == (None, "")
