"""The online watch: who looks when, what was seen in words, and what became of it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.clock import SCHOOL_ZONE
from portal.communication.documents import queries as documents
from portal.communication.watch import operations, queries, rules
from portal.communication.watch.models import Post, Watch, WatchTurn
from portal.errors import Refused
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident, Unrest
from portal.incidents.operations import end_as_false_alarm
from portal.incidents.queries import standing
from portal.incidents.team.operations import add_member, remove_member
from tests.communication.conftest import now_of
from tests.communication.test_valid import published
from tests.conftest import MONDAY, at_once
from tests.reading import Page, said
from tests.web.scene import somebody

MON = date(2026, 11, 23)
SEEN = {"platform": "instagram", "said": "They knew it for weeks.", "truth": "wrong", "tone": "angry"}


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    made: Incident = incident()
    team(made, "communication")
    return made


@pytest.fixture
def officer(client: Any) -> Any:
    return client("communication")


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/watch{part}"


def seen(officer: Any, case: Incident, **other: Any) -> Post:
    answer = officer.post(at(case, "/new"), {**SEEN, **other})
    assert answer.status_code == 303, answer.text
    post: Post = Post.select().order_by(Post.id.desc()).get()
    return post


def do(officer: Any, post: Post, step: str, **data: Any) -> Any:
    return officer.post(at(post.incident, f"/{post.id}/{step}"), {"version": Post.get_by_id(post.id).version, **data})


def step_of(case: Incident, step: str = rules.STEP) -> Action:
    found: Action = Action.get(Action.incident == case, Action.step == step)
    return found


def test_every_moment_is_in_a_part_of_the_day() -> None:
    hours = {0: "morning", 8: "morning", 12: "morning", 13: "afternoon", 18: "afternoon", 22: "evening"}
    for hour, part in hours.items():
        assert rules.part_of_day(datetime.combine(MON, time(hour), SCHOOL_ZONE).astimezone(UTC)) == part


def test_the_week_is_proposed_in_turns() -> None:
    """Nobody on a day of absence, and on a day without school in the evening alone."""
    found = rules.propose(rules.week(MON), [1, 2], {2: {MON}}, {MON + timedelta(days=2)})
    assert [found[MON, part] for part in rules.PARTS] == [1, 1, 1]
    assert {found[MON + timedelta(days=1), part] for part in rules.PARTS} == {1, 2}
    for quiet in (2, 5, 6):
        assert [part for day, part in found if day == MON + timedelta(days=quiet)] == ["evening"]
    assert rules.propose(rules.week(MON), [], {}, ()) == {}
    assert rules.propose([MON], [2], {2: {MON}}, ()) == {}


def test_posts_are_counted_per_day_of_the_school() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # Tuesday in Amsterdam
    bars = rules.per_day([(MONDAY, "wrong"), (MONDAY, "partly"), (MONDAY, "right"), (late, "unknown")], MONDAY, late)
    assert [(bar.day.day, bar.number, bar.wrong) for bar in bars] == [(23, 3, 2), (24, 1, 0)]
    assert bars[0].height == rules.HIGHEST
    assert len(rules.per_day([], MONDAY, MONDAY + timedelta(days=40))) == rules.CHART_DAYS


def test_looked_and_nothing_seen_is_one_tap(case: Incident, officer: Any, clock: Any, cast: Any) -> None:
    """It is due tomorrow: today's look is noted, tomorrow's also ticks the daily step."""
    page = Page(officer.get(at(case)))
    assert officer.post(at(case, "/looked"), page.form("/looked").data).status_code == 303
    turn = WatchTurn.get()
    assert (turn.day, turn.part_of_day, turn.looked_by_id) == (MON, "morning", cast["communication"].id)
    before = step_of(case)
    clock.advance(days=1)
    officer.come_back(clock.now())
    officer.post(at(case, "/looked"), Page(officer.get(at(case))).form("/looked").data)
    after = step_of(case)
    assert (after.state, after.due_at.date()) == ("todo", before.due_at.date() + timedelta(days=1))
    clock.advance(hours=3)
    officer.come_back(clock.now())
    officer.post(at(case, "/looked"), Page(officer.get(at(case))).form("/looked").data)
    assert step_of(case).due_at == after.due_at  # once a day
    assert Entry.select().where(Entry.event == rules.EVENTS["watch.looked"]).count() == 3


def test_the_week_is_agreed_on_with_one_click(case: Incident, officer: Any, client: Any, cast: Any, app: Any) -> None:
    form = next(form for form in Page(officer.get(at(case, "/turns"))).forms if "version" in form.names)
    assert form.first(f"morning-{MON}") == str(cast["communication"].id)
    assert officer.post(at(case, "/turns"), form.data).status_code == 303
    assert WatchTurn.select().where(WatchTurn.person == cast["communication"]).count() == 5 * 3 + 2
    assert said(app, "Look online, before school") in Page(officer.get("/")).text
    # A second browser, with the page of before.
    again = officer.post(at(case, "/turns"), form.with_(**{f"evening-{MON}": "0", "once": ""}))
    assert again.status_code == 409
    # The overview is of people: turns are nobody's contact.
    assert said(app, "Look online, before school") not in Page(officer.get(f"/incidents/{case.ref}")).text


def test_only_who_may_write_it_down_can_have_a_turn(case: Incident, officer: Any, cast: Any) -> None:
    refused = officer.post(at(case, "/turns"), {f"morning-{MON}": cast["coordinator"].id, "version": "0"})
    assert refused.status_code == 422
    assert WatchTurn.select().count() == 0


def test_a_missed_turn_is_no_work_any_more(case: Incident, officer: Any, cast: Any, clock: Any, app: Any) -> None:
    WatchTurn.create(incident=case, day=MON, part_of_day="morning", person=cast["communication"])
    words = said(app, "Look online, before school")
    assert words in Page(officer.get("/actions")).text
    clock.advance(days=1)
    officer.come_back(clock.now())
    assert words not in Page(officer.get("/actions")).text


def test_a_post_is_written_down_in_words(case: Incident, officer: Any, cast: Any) -> None:
    post = seen(officer, case, reach="hundreds")
    assert (post.said, post.truth, post.made_by_id) == (SEEN["said"], "wrong", cast["communication"].id)
    page = Page(officer.get(at(case)))
    assert SEEN["said"] in page.text
    assert WatchTurn.get().looked_at is not None  # who saw something has looked
    entry = Entry.get(Entry.event == rules.EVENTS["post.seen"])
    assert entry.text == SEEN["said"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("said", "It is about Noor V."),  # rule 6: communication knows no names, and writes none
        ("said", "Everybody in 3B has it."),
        ("said", "https://x.example/a.jpg"),  # rule 1
        ("address", "data:image/png;base64,iVBORw0KGgo="),
        ("said", ""),
        ("platform", ""),
        ("truth", "perhaps"),
    ],
)
def test_no_picture_and_no_name_is_kept(case: Incident, officer: Any, field: str, text: str) -> None:
    refused = officer.post(at(case, "/new"), {**SEEN, "reach": "group", field: text})
    assert refused.status_code == 422
    assert next(form for form in Page(refused).forms if "said" in form.names).first("reach") == "group"
    assert Post.select().count() == 0


def test_the_address_is_masked_until_somebody_asks(case: Incident, officer: Any, client: Any) -> None:
    """Product rule 1: plain text, never a link, and rule 11: who reads it is written down each time."""
    where = "https://x.example/p/film.mp4"
    post = seen(officer, case, address=where)
    for path in ("", f"/{post.id}"):
        assert where not in officer.get(at(case, path)).text
    assert where not in officer.get(f"/incidents/{case.ref}/log").text
    reader = client("coordinator")
    for _time in range(2):
        page = Page(reader.get(at(case, f"/{post.id}/address")))
        assert where in page.text
        assert where not in page.links
    assert AuditEvent.select().where(AuditEvent.action == "communication:address:read").count() == 2
    assert where not in str([event.detail for event in AuditEvent.select()])
    assert client("mentor").get(at(case, f"/{post.id}/address")).status_code == 404


def test_without_an_address_there_is_no_page_of_it(case: Incident, officer: Any) -> None:
    assert officer.get(at(case, f"/{seen(officer, case).id}/address")).status_code == 404


def test_an_answer_is_noted_once(case: Incident, officer: Any) -> None:
    """Product rule 10: what was said stays."""
    post = seen(officer, case)
    assert do(officer, post, "reply", words="").status_code == 422
    assert do(officer, post, "reply", words="Noor V. is well.").status_code == 422
    assert do(officer, post, "reply", words="See our statement.").status_code == 303
    again = do(officer, post, "reply", words="Something else.")
    assert (again.status_code, Post.get_by_id(post.id).reply) == (409, "See our statement.")
    assert (
        Entry.select().where(Entry.event == rules.EVENTS["post.replied"], Entry.text == "See our statement.").exists()
    )


def test_it_is_answered_with_a_reply_that_refers_to_the_statement(
    case: Incident, officer: Any, cast: Any, clock: Any
) -> None:
    """‘Refer to the statement on the website when posts on social media are wrong’: it stands where one answers."""
    post = seen(officer, case)
    assert [one for one in Page(officer.get(at(case, f"/{post.id}"))).forms if one.action.endswith("/reply")]
    assert do(officer, post, "reply", reply="wrong").status_code == 422, "nothing to refer to yet"
    published(case, cast, clock.now())
    for page in (at(case), at(case, f"/{post.id}")):
        assert "Er gaat een foto rond op school." in officer.get(page).text
    form = next(one for one in Page(officer.get(at(case, f"/{post.id}"))).forms if one.action.endswith("/reply"))
    assert form.with_()["reply"] == ["wrong"]
    assert officer.post(form.action, form.with_(words="Bel ons gerust.")).status_code == 303
    kept = Post.get_by_id(post.id).reply
    assert documents.valid(case).path in kept  # type: ignore[union-attr]
    assert kept.endswith("Bel ons gerust.")


def test_it_becomes_an_action_without_its_address(case: Incident, officer: Any, cast: Any, client: Any) -> None:
    where = "https://x.example/p/1"
    post = seen(officer, case)
    assert do(officer, post, "take-down", address=where).status_code == 303
    found = Post.get_by_id(post.id)
    assert (found.action_id, found.address) == (step_of(case, rules.TAKE_OFFLINE).id, where)
    assert do(officer, post, "take-down").status_code == 409
    log = Entry.get(Entry.event == rules.EVENTS["post.take-down"])
    assert (log.action_id, where in f"{log.text}{log.params}") == (found.action_id, False)
    # That step is done: then it is an action of its own, which leads back here.
    Action.update(state="done").where(Action.id == found.action_id).execute()
    other = seen(officer, case, address=where)
    do(officer, other, "take-down")
    action = Post.get_by_id(other.id).action
    assert (action.step, action.function, action.phase) == ("", "coordinator", "react")
    assert where not in action.title + action.how
    page = Page(client("coordinator").get(f"/incidents/{case.ref}/plan/{action.id}"))
    assert at(case, f"/{other.id}") in page.links


def test_it_becomes_a_point_of_unrest(case: Incident, officer: Any) -> None:
    post = seen(officer, case)
    assert do(officer, post, "unrest", value="3").status_code == 303
    assert (Post.get_by_id(post.id).unrest, Incident.get_by_id(case.id).unrest) == (3, 3)
    assert Unrest.select().where(Unrest.incident == case, Unrest.value == 3).exists()
    assert do(officer, post, "unrest", value="7").status_code == 404


def test_two_people_judge_one_post(case: Incident, officer: Any) -> None:
    post = seen(officer, case)
    sent = {"version": "1", "truth": "right", "tone": "calm"}
    path = at(case, f"/{post.id}/assess")
    assert officer.post(path, sent).status_code == 303
    assert officer.post(path, {**sent, "truth": "partly"}).status_code == 409
    assert Post.get_by_id(post.id).truth == "right"


def test_where_is_looked_is_agreed_on(case: Incident, officer: Any) -> None:
    form = next(form for form in Page(officer.get(at(case, "/places"))).forms if "terms" in form.names)
    assert form.data["platforms"] == list(rules.USUAL)
    words = "Het Baken\nBaken Waterdam\nHet Baken"
    assert officer.post(at(case, "/places"), form.with_(terms="Noor V.")).status_code == 422
    assert officer.post(at(case, "/places"), form.with_(terms=words)).status_code == 303
    assert Watch.get().terms == ["Het Baken", "Baken Waterdam"]
    assert officer.post(at(case, "/places"), form.with_(terms="Else")).status_code == 409
    assert officer.post(at(case, "/places"), form.with_(terms="\n".join(map(str, range(20))))).status_code == 422


def test_the_first_ones_to_say_it_do_not_overwrite_each_other(app: Any, case: Incident, school: Any, cast: Any) -> None:
    trouble = at_once(
        app,
        school,
        lambda: operations.change_places(case, ["x"], [], version=0, actor=cast["communication"], now=MONDAY),
    )
    assert (len(trouble), Watch.select().count()) == (3, 1)
    assert all(isinstance(one, Refused) for one in trouble)


def test_who_is_off_the_team_has_no_turn(case: Incident, cast: Any, clock: Any) -> None:
    officer = cast["communication"]
    for part, looked in (("morning", clock.now()), ("evening", None)):
        WatchTurn.create(incident=case, day=MON, part_of_day=part, person=officer, looked_at=looked, looked_by=officer)
    remove_member(case, officer, actor=cast["coordinator"], now=clock.now())
    assert [turn.person_id for turn in WatchTurn.select().order_by(WatchTurn.id)] == [officer.id, None]


def test_of_two_incidents_that_are_joined_nothing_is_lost(
    case: Incident, incident: Any, team: Any, cast: Any, clock: Any
) -> None:
    other, officer, now = incident(), cast["communication"], clock.now()
    team(other, "communication")
    for one, terms in ((case, ["Baken"]), (other, ["Baken", "Havenstraat"])):
        operations.change_places(one, ["x"], terms, version=0, actor=officer, now=now)
        operations.add_post(one, SEEN, "Looked.", standing=standing(one, officer), actor=officer, now=now)
    WatchTurn.create(incident=other, day=MON, part_of_day="evening", person=officer)
    WatchTurn.update(looked_at=None, looked_by=None).where(WatchTurn.incident == case).execute()
    join(other, case, checked=True, actor=cast["coordinator"], now=now)
    assert Watch.get().terms == ["Baken", "Havenstraat"]
    assert {post.incident_id for post in Post.select()} == {case.id}
    turns = queries.turns(case, MON)
    assert WatchTurn.select().count() == len(turns) == 2
    assert turns[MON, "morning"].looked_at == now


def test_what_has_ended_changes_no_more(case: Incident, officer: Any, cast: Any, clock: Any) -> None:
    post = seen(officer, case)
    end_as_false_alarm(case, "A drawing.", actor=cast["coordinator"], now=clock.now())
    for path in ("", "/new", "/places", "/turns", f"/{post.id}"):
        forms = Page(officer.get(at(case, path))).forms
        assert not [form for form in forms if "/watch" in form.action or {"said", "terms"} & form.names]
    assert officer.post(at(case, "/looked")).status_code == 409
    assert officer.post(at(case, "/new"), SEEN).status_code == 409


def test_a_second_officer_shares_the_turns(case: Incident, cast: Any, clock: Any) -> None:
    second = somebody("second", clock.now(), ["communication"])
    add_member(case, second, "communication", actor=cast["coordinator"], now=clock.now())
    assert set(queries.proposed(case, MON).values()) == {second.id, cast["communication"].id}


@pytest.mark.parametrize(
    ("truth", "tone", "account", "keys"),
    [
        ("wrong", "angry", "", ["wrong", "refer"]),
        ("unknown", "worried", "parent", ["parent", "refer"]),
        ("partly", "hateful", "pupil", ["names", "wrong", "pupil", "refer"]),
        ("right", "calm", "anonymous", ["refer"]),
    ],
)
def test_which_ready_replies_fit_a_post(truth: str, tone: str, account: str, keys: list[str]) -> None:
    assert rules.fitting(truth, tone, account) == keys


def test_a_post_is_answered_with_the_address_of_the_statement(online: Incident, by: Any) -> None:
    post = seen(by("communication"), online)
    page = Page(by("communication").get(at(online, f"/{post.id}")))
    form = page.form("/reply")
    assert form.first("reply") == "wrong"
    assert by("communication").post(at(online, f"/{post.id}/reply"), form.data).status_code == 303
    assert f"/statements/{now_of(online).slug}" in Post.get_by_id(post.id).reply


def test_without_a_statement_there_is_nothing_to_refer_to(case: Incident, officer: Any) -> None:
    post = seen(officer, case)
    assert Page(officer.get(at(case, f"/{post.id}"))).form("/reply").first("reply") == "own"
