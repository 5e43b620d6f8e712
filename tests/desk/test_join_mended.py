"""Joining loses nobody and nothing, and opens no way past a rule."""

from collections.abc import Callable
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.incidents import queries
from portal.incidents.models import Flag, Incident, Membership
from tests.actions.conftest import fresh, plan, say, the
from tests.conftest import SUSPECT, VICTIM
from tests.desk.test_join import join
from tests.reading import Page

NAMELESS = {"part": "victim", "school": "own"}


def rows(case: Incident, step: str) -> list[Action]:
    return list(Action.select().where(Action.incident == case, Action.step == step).order_by(Action.id))


def spread(browser: Any, case: Incident, value: str) -> None:
    at = f"/incidents/{case.ref}/situation"
    form = next(f for f in Page(browser.get(at)).forms if "spread" in f.names)
    assert browser.post(at, form.with_(spread=value)).status_code == 303


def drop(browser: Any, case: Incident, step: str) -> None:
    assert browser.post(f"/incidents/{case.ref}/plan/{the(case, step).id}/drop").status_code == 303


def test_a_victim_known_only_by_another_school_moves_along(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    elsewhere = {"part": "victim", "school": "other", "school_name": "De Haven"}
    target, source = incident(), incident(reporter="stranger", people=[elsewhere])
    join(client, source, target)
    assert "De Haven" in [victim.school_name for victim in queries.victims(target)]
    assert rows(target, "contact-partner-school")


def test_two_victims_without_names_stay_two(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    target, source = incident(people=[]), incident(reporter="stranger", people=[NAMELESS, NAMELESS])
    join(client, source, target)
    assert queries.victims(target).count() == 2


def test_the_empty_place_of_a_victim_is_filled_by_the_other_report(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    target, source = incident(people=[]), incident(reporter="stranger")
    join(client, source, target)
    assert [(victim.number, victim.name) for victim in queries.victims(target)] == [(1, "Noor V.")]


def test_ages_of_the_two_reports_together_raise_a_flag(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    """A victim of 12 in one and somebody of 20 in the other: neither report shows the gap by itself."""
    target = incident(people=[VICTIM | {"age": 12}])
    source = incident(reporter="stranger", people=[SUSPECT | {"age": 20}])
    assert [queries.flag_answers(case)["age-gap"] for case in (target, source)] == ["no", "no"]
    join(client, source, target)
    assert queries.flag_answers(target)["age-gap"] == "yes"


def test_a_request_to_delete_that_moved_waits_for_the_police_here(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    """Product rule 3."""
    target, source = incident(), incident(reporter="stranger")
    coordinator, moved = client("coordinator"), the(source, "delete-request")
    plan(coordinator, moved, place="Room 3")
    join(client, source, target)
    assert fresh(moved).after_id == the(target, "police-advice").id
    assert say(coordinator, moved, "done", "Told them to delete it.").status_code == 409


def test_advice_of_the_police_that_was_given_stays_given(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    target, source = incident(), incident(reporter="stranger")
    coordinator = client("coordinator")
    say(coordinator, the(target, "police-advice"), "done", "Go ahead.")
    say(coordinator, the(source, "police-advice"), "doing")
    join(client, source, target)
    assert say(coordinator, the(target, "delete-request"), "done", "Told them to delete it.").status_code == 303


def test_a_dropped_step_does_not_come_along_beside_the_one_here(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    target, source = incident(), incident(reporter="stranger", scope={"spread": "classes"})
    coordinator = client("coordinator")
    spread(coordinator, source, "device")
    drop(coordinator, source, "take-offline")
    join(client, source, target)
    assert [(a.state, a.dropped) for a in rows(target, "take-offline")] == [("todo", False)]


def test_a_step_that_was_dropped_here_comes_back_when_the_other_asks_for_it(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    target, source = incident(), incident(reporter="stranger", scope={"spread": "classes"})
    coordinator = client("coordinator")
    spread(coordinator, target, "device")
    drop(coordinator, target, "take-offline")
    join(client, source, target)
    assert [(a.state, a.dropped) for a in rows(target, "take-offline")] == [("todo", False)]


def test_who_was_kept_out_cannot_be_added_after_joining(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(), incident(reporter="stranger", keep_out=("counselor",))
    join(client, source, target)
    added = {"member-person": cast["counselor"].id, "member-function": "counselor"}
    assert client("coordinator").post(f"/incidents/{target.ref}/team/add", added).status_code == 422


def test_who_is_kept_out_is_not_named_among_those_who_would_newly_see_it(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    careful = incident(flags={"staff": "yes"}, chosen=("coordinator",), keep_out=("leadership",))
    refused = join(client, careful, incident(reporter="stranger"))
    text = Page(refused).text
    assert refused.status_code == 409
    assert (cast["counselor"].name in text, cast["leadership"].name in text) == (True, False)


def test_a_reporter_is_named_among_those_who_would_newly_see_it(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    careful = incident(flags={"staff": "yes"}, chosen=("coordinator",))
    refused = join(client, incident(reporter="stranger"), careful)
    assert refused.status_code == 409
    assert cast["stranger"].name in Page(refused).text


def test_a_question_about_staff_that_nobody_answered_stays_open(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    """Product rule 8: the other report's no does not rule out what this one did not say."""
    target, source = incident(flags={"staff": "unknown"}, chosen=("coordinator",)), incident(reporter="stranger")
    Flag.delete().where(Flag.incident == target, Flag.key == "staff").execute()
    sent = {"other": target.id, "checked": "y"}
    assert client("coordinator").post(f"/incidents/{source.ref}/join", sent).status_code == 303
    assert queries.flag_answers(target)["staff"] == "unknown"


def test_who_saw_the_one_has_seen_the_joined_one(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(), incident(reporter="stranger")
    there = (Membership.incident == target) & (Membership.person == cast["leadership"])
    Membership.delete().where(there).execute()
    client("leadership").get(f"/incidents/{source.ref}")
    join(client, source, target)
    assert Membership.get(there).seen_at is not None


def test_a_member_who_became_administrator_stays_behind(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(), incident(reporter="stranger")
    there = (Membership.incident == target) & (Membership.person == cast["leadership"])
    Membership.delete().where(there).execute()
    Person.update(functions=["administrator"]).where(Person.id == cast["leadership"].id).execute()
    assert join(client, source, target).status_code == 303
    assert not Membership.select().where(there).exists()


def test_a_mentor_reads_the_notes_on_an_own_action_that_moved(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any]
) -> None:
    target, source = incident(), incident(reporter="stranger")
    team(source, "mentor")
    mentor, at = client("mentor"), f"/incidents/{source.ref}/plan/{the(source, 'delete-request').id}"
    assert mentor.post(f"{at}/note", {"text": "Spoke to the class."}).status_code == 303
    join(client, source, target)
    assert "Spoke to the class." in mentor.get(f"/incidents/{target.ref}/log").text
