"""Two reports of the same thing become one incident; both receipts go on working."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.actions.models import Action
from portal.actions.operations import record_wish
from portal.actions.queries import newest_wishes
from portal.incidents import queries
from portal.incidents.models import JOINED, OPEN, Entry, Flag, Incident, Involved, KeptOut, Membership, Report
from portal.incidents.operations import write_entry
from portal.incidents.team import operations as team_operations
from portal.notices.models import CANCELLED, Mail
from portal.policy import Standing
from tests.conftest import SUSPECT, VICTIM
from tests.reading import Page

OTHER_SUSPECT = {"part": "suspect", "name": "Who another saw", "school": "other", "school_name": "Het Lyceum"}


def join(client: Callable[..., Any], source: Incident, target: Incident, function: str = "coordinator") -> Any:
    return client(function).post(f"/incidents/{source.ref}/join", {"other": target.id})


def fresh(case: Incident) -> Incident:
    found: Incident = Incident.get_by_id(case.id)
    return found


def test_one_is_joined_into_the_other(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target = incident(story="What the first one heard.", flags={"coercion": "unknown"})
    scope = {"spread": "classes", "classes": ["4A"], "channels": ["tiktok"], "unrest": 3, "kind": "video"}
    source = incident(
        reporter="stranger",
        story="What the second one heard.",
        flags={"coercion": "yes", "honour": "unknown"},
        scope=scope,
        people=[VICTIM | {"name": ""}, OTHER_SUSPECT],
    )
    answer = join(client, source, target)
    assert (answer.status_code, answer.location) == (303, f"/incidents/{target.ref}")
    target, source = fresh(target), fresh(source)
    assert (target.state, source.state, source.joined_into_id) == (OPEN, JOINED, target.id)
    # Of what the two say, the more serious counts.
    assert (target.spread, target.unrest, target.kind) == ("classes", 3, "image")
    assert (target.classes, target.channels) == (["3B", "4A"], ["whatsapp", "tiktok"])
    flags = dict(Flag.select(Flag.key, Flag.answer).where(Flag.incident == target).tuples())
    assert (flags["coercion"], flags["honour"], flags["danger"]) == ("yes", "unknown", "no")
    people = [(p.part, p.number, p.name) for p in queries.involved(target)]
    assert people == [
        ("victim", 1, "Noor V."),
        ("victim", 2, ""),
        ("suspect", 1, "Daan K."),
        ("suspect", 2, "Who another saw"),
    ]
    assert Involved.select().where(Involved.incident == source).count() == 0
    # The plan follows: a call for the flag, the other school's steps, those for more classes.
    steps = {a.step for a in Action.select().where(Action.incident == target)}
    assert {"contact-partner-school", "other-classes", "inform-other-parents"} <= steps
    assert Action.select().where(Action.incident == target, Action.flag == "coercion").count() == 1


def test_both_logbooks_are_read_together_in_the_order_of_time(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    target, source = incident(story="Story one."), incident(story="Story two.", reporter="stranger")
    for minutes, case, text in ((5, target, "First note."), (5, source, "Second note."), (5, target, "Third note.")):
        clock.advance(minutes=minutes)
        values = {"kind": "observation", "text": text}
        write_entry(case, values, actor=cast["counselor"], now=clock.now())
    before = Entry.select().count()
    join(client, source, target)
    assert Entry.select().count() > before
    text = Page(client("counselor").get(f"/incidents/{target.ref}/log")).text
    found = sorted(["First note.", "Second note.", "Third note.", "Story one.", "Story two."], key=text.index)
    assert found[:3] == ["Third note.", "Second note.", "First note."]
    assert f"{source.code_name} ({source.ref})" in text
    # Nothing that was said is rewritten: the lines stay where they were written.
    assert Entry.get(Entry.text == "Second note.").incident_id == source.id


def test_both_receipts_go_on_working(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(), incident(reporter="stranger", story="What the second one heard.")
    slugs = {r.reporter_id: r.slug for r in Report.select()}
    join(client, source, target)
    for name, story in (("teacher", "Two pupils told me in the break."), ("stranger", "What the second one heard.")):
        at = f"/receipts/{slugs[cast[name].id]}"
        page = Page(client(name).get(at))
        assert target.code_name in page.text
        assert source.code_name not in page.text
        assert story in page.text
        assert client(name).post(f"{at}/add", {"text": f"Later, by {name}."}).status_code == 303
        assert f"Later, by {name}." in client("coordinator").get(f"/incidents/{target.ref}/log").text


def test_the_team_of_both_is_on_it(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(), incident(reporter="stranger")
    team(source, "care", "mentor")
    team(target, "communication", "mentor")
    Mail.delete().execute()
    join(client, source, target)
    assert {row.function for row in target.team} == {
        *("coordinator", "leadership", "counselor", "care", "mentor", "communication")
    }
    assert target.team.count() == 6
    # Only who is new there is told, and not who did it.
    assert [m.person_id for m in Mail.select().where(Mail.kind == "joined")] == [cast["care"].id]


def test_the_old_address_leads_to_the_new_one(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    target, source = incident(), incident()
    join(client, source, target)
    for function in ("coordinator", "leadership"):
        assert client(function).get(f"/incidents/{source.ref}").location == f"/incidents/{target.ref}"
    assert client("stranger").get(f"/incidents/{source.ref}").status_code == 404


def test_what_is_sent_to_the_old_address_lands_where_the_work_goes_on(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    """Whoever had a page of the joined incident open writes nothing where nobody looks."""
    target, source = incident(), incident()
    join(client, source, target)
    coordinator, at = client("coordinator"), f"/incidents/{source.ref}"
    before = (fresh(source).spread, queries.flag_answers(source))
    added = {"part": "bystander", "name": "Added late", "school": "own"}
    for path, data in (("/people/new", added), ("/flags/danger", {"answer": "yes"}), ("/log", {"text": "Late note."})):
        answer = coordinator.post(at + path, {"kind": "observation", **data})
        assert answer.status_code == 303
        assert answer.location.startswith(f"/incidents/{target.ref}")
    stale = {"kind": "video", "spread": "internet", "version": "1"}
    assert coordinator.post(f"{at}/situation", stale).status_code == 409
    assert Involved.get(Involved.name == "Added late").incident_id == target.id
    assert queries.flag_answers(target)["danger"] == "yes"
    assert Entry.get(Entry.text == "Late note.").incident_id == target.id
    assert before == (fresh(source).spread, queries.flag_answers(source))


def test_kept_out_of_one_is_kept_out_of_both(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target = incident(keep_out=("counselor",))
    source = incident(reporter="stranger", keep_out=("leadership",))
    join(client, source, target)
    barred = {row.person_id for row in KeptOut.select().where(KeptOut.incident == target)}
    assert barred == {cast[f].id for f in ("counselor", "leadership")}
    for function in ("counselor", "leadership"):
        for case in (target, source):
            for part in ("", "/plan", "/log", "/team", "/people"):
                assert client(function).get(f"/incidents/{case.ref}{part}").status_code == 404
        assert target.code_name not in client(function).get("/incidents").text
    assert {row.person_id for row in target.team} == {cast["coordinator"].id}


def test_nobody_who_is_kept_out_is_mailed(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(keep_out=("counselor",)), incident(keep_out=("leadership",))
    join(client, source, target)
    left = {mail.person_id for mail in Mail.select().where(Mail.state != CANCELLED)}
    assert left == {cast["coordinator"].id}


def test_no_action_stays_with_somebody_who_is_kept_out(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    target, source = incident(keep_out=("counselor",)), incident()
    Action.update(touched=True).where(Action.incident == source, Action.assignee == cast["counselor"]).execute()
    join(client, source, target)
    theirs = Action.select().where(Action.incident == target, Action.assignee == cast["counselor"])
    assert [action.step for action in theirs] == []


def test_a_reporter_who_is_kept_out_of_the_other_loses_the_receipt(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    target, source = incident(), incident(reporter="coordinator", keep_out=("teacher",))
    slug = Report.get(Report.incident == target).slug
    assert client("teacher").get(f"/receipts/{slug}").status_code == 200
    join(client, source, target)
    assert client("teacher").get(f"/receipts/{slug}").status_code == 404


@pytest.mark.parametrize("away", ["keep_out", "remove_member"])
def test_who_has_to_leave_later_leaves_both(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any, away: str
) -> None:
    """The joined incident keeps its own logbook and team: they may not be a back door."""
    target, source = incident(), incident(story="The first story, with a name.")
    join(client, source, target)
    leave = getattr(team_operations, away)
    leave(fresh(target), cast["leadership"], actor=cast["coordinator"], now=clock.now())
    leadership = client("leadership")
    assert leadership.get(f"/incidents/{target.ref}").status_code == 404
    found = {part: leadership.get(f"/incidents/{source.ref}{part}").status_code for part in ("", "/log", "/plan")}
    assert set(found.values()) == {404}, found


def test_work_that_was_done_moves_along(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    target, source = incident(), incident()
    done = {"state": "done", "outcome": "Asked; they call back.", "touched": True}
    Action.update(**done).where(Action.incident == source, Action.step == "police-advice").execute()
    join(client, source, target)
    moved = Action.get(Action.outcome == "Asked; they call back.")
    assert (moved.incident_id, moved.state) == (target.id, "done")
    # What was only planned there is not doubled here.
    steps = [a.step for a in Action.select().where(Action.incident == target, Action.step == "scope-impact")]
    assert len(steps) == 1


def test_a_wish_moves_along_with_its_action(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    """Also that of a victim of whom nothing else was known yet."""
    target, source = incident(), incident(people=[])
    victim = Involved.get(Involved.incident == source)
    wish = {"answer": "no", "words": "Not now.", "asked_by": "A. Bakker", "asked_at": clock.now()}
    wish |= {"told_before": None, "told_note": ""}
    standing = Standing(cast["counselor"].id, frozenset({"counselor"}))
    record_wish(victim, "class", wish, standing=standing, actor=cast["counselor"], now=clock.now())
    Action.update(touched=True).where(Action.incident == source, Action.gate == "class").execute()
    join(client, source, target)
    moved = [a for a in Action.select().where(Action.incident == target, Action.gate == "class") if a.touched]
    assert moved
    known = newest_wishes([target.id])
    assert [known[a.victim_id, "class"].answer for a in moved if (a.victim_id, "class") in known] == ["no"]


@pytest.mark.parametrize("careful", ["yes", "unknown"])
def test_where_staff_may_be_suspected_nobody_newly_sees_it_unchecked(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], careful: str
) -> None:
    """Product rule 8: joining must not let in by the back door who was not chosen."""
    open_one = incident()
    chosen = incident(flags={"staff": careful}, chosen=("coordinator",))
    for source, target in ((chosen, open_one), (open_one, chosen)):
        refused = join(client, source, target)
        assert refused.status_code == 409
        text = Page(refused).text
        assert ("S. Yilmaz" in text, "A. Bakker" in text) == (True, True)
        assert fresh(source).state == OPEN
    assert client("leadership").get(f"/incidents/{chosen.ref}").status_code == 404
    sent = {"other": open_one.id, "checked": "y"}
    assert client("coordinator").post(f"/incidents/{chosen.ref}/join", sent).status_code == 303


@pytest.mark.parametrize("function", ["leadership", "counselor", "care"])
def test_only_the_coordinator_joins(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], function: str
) -> None:
    target, source = incident(), incident()
    if function == "care":
        team(target, "care")
        team(source, "care")
    assert join(client, source, target, function).status_code == 403
    assert fresh(source).state == OPEN


def test_only_the_coordinator_of_both_joins(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    mine, hidden, not_led = incident(), incident(keep_out=("coordinator",)), incident()
    Membership.update(function="care").where(Membership.incident == not_led).execute()
    coordinator = client("coordinator")
    page = Page(coordinator.get(f"/incidents/{mine.ref}/join"))
    assert not [form for form in page.forms if "other" in form.names]
    assert hidden.code_name not in page.text
    for other in (hidden, not_led, mine):
        refused = coordinator.post(f"/incidents/{mine.ref}/join", {"other": other.id})
        assert refused.status_code == 422
        assert fresh(mine).state == OPEN


@pytest.mark.parametrize("other", ["0", "", "x", "9999"])
def test_a_choice_that_is_none_is_refused(incident: Callable[..., Any], client: Callable[..., Any], other: str) -> None:
    mine, _second = incident(), incident()
    assert client("coordinator").post(f"/incidents/{mine.ref}/join", {"other": other}).status_code == 422


@pytest.mark.parametrize("state", ["ended", "joined"])
def test_what_is_over_is_not_joined(incident: Callable[..., Any], client: Callable[..., Any], state: str) -> None:
    target, source = incident(), incident()
    Incident.update(state=state).where(Incident.id == source.id).execute()
    assert join(client, source, target).status_code == 409
    assert join(client, target, source).status_code == 422
    assert fresh(target).state == OPEN


def test_three_become_one(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    first, second, third = incident(story="One."), incident(story="Two."), incident(story="Three.")
    join(client, first, second)
    join(client, second, third)
    assert client("coordinator").get(f"/incidents/{first.ref}").location == f"/incidents/{third.ref}"
    text = Page(client("coordinator").get(f"/incidents/{third.ref}/log")).text
    assert [story for story in ("One.", "Two.", "Three.") if story in text] == ["One.", "Two.", "Three."]
    assert Report.select().where(Report.incident == third).count() == 3
    assert SUSPECT["name"] in client("counselor").get(f"/incidents/{third.ref}/people").text
