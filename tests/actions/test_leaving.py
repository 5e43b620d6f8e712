"""Somebody leaves the school or loses a function: nobody's work is lost, and nobody learns more than they may."""

from typing import Any

import pytest

from portal import demo
from portal.accounts.absence import operations as absence
from portal.accounts.confirmations import operations as confirmations
from portal.accounts.models import ASKED, Absence, Confirmation, Deputy, Link, Person, SignIn
from portal.accounts.staff import operations as staff
from portal.actions.models import Action
from portal.actions.rules import FINISHED
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry, Incident, Membership
from portal.incidents.queries import can_lead
from portal.incidents.team.operations import add_member, keep_out
from portal.notices.models import CANCELLED, Mail
from portal.notices.operations import tell
from tests.actions.test_deputies import TODAY, lines, of, on_team, sets
from tests.reading import Page


@pytest.fixture(autouse=True)
def _deputies(cast: Any, clock: Any) -> None:
    demo.stand_in(clock.now())


@pytest.fixture
def gone(cast: Any, clock: Any) -> Any:
    """`gone("counselor")` closes the account; gives what was handed over."""
    return lambda who: staff.leave(cast[who], actor=cast["admin"], now=clock.now())


def without(case: Incident) -> int:
    rows = Action.select().where(Action.incident == case, Action.assignee.is_null(), Action.outsider == "")
    return int(rows.where(Action.state.not_in(FINISHED)).count())


def test_who_leaves_is_out_at_once_and_everything_goes_on(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    case, counselor, admin = incident(), client("counselor"), client("admin")
    theirs, before = of(cast["counselor"]), without(case)
    assert theirs
    name = cast["counselor"].name
    assert admin.get(f"/accounts/{cast['counselor'].id}/leave").status_code == 200
    Mail.delete().execute()
    answer = admin.post(f"/accounts/{cast['counselor'].id}/leave")
    assert answer.location == f"/accounts/{cast['counselor'].id}"
    assert counselor.get(f"/incidents/{case.ref}").location.startswith("/login")
    assert {Action.get_by_id(a.id).assignee for a in theirs} == {cast["care"]}
    assert (on_team(case, cast["counselor"]), on_team(case, cast["care"])) == (set(), {"counselor"})
    assert without(case) == before
    assert not Mail.select().where(Mail.person_id == cast["counselor"].id, Mail.state != CANCELLED).exists()
    assert {mail.person_id for mail in Mail.select()} >= {cast["care"].id, cast["coordinator"].id}
    log = Page(client("coordinator").get(f"/incidents/{case.ref}/log")).text
    assert name in log
    # The administrator reads numbers and names of colleagues, and nothing of the case.
    page = Page(admin.get(f"/accounts/{cast['counselor'].id}")).text
    assert f"R. van Dijk: {len(theirs)}" in page
    assert case.ref not in page
    assert case.code_name not in page
    assert name in Page(admin.get("/accounts")).text
    event = AuditEvent.get(AuditEvent.action == "account:work:hand-over")
    assert event.detail == {"given": {str(cast["care"].id): len(theirs)}, "waiting": 0, "unled": 0}
    assert not SignIn.select().where(SignIn.person == cast["counselor"]).exists()


def test_nothing_opens_with_a_closed_account(client: Any, cast: Any, gone: Any) -> None:
    mentor, admin = client("mentor"), client("admin")
    gone("mentor")
    assert mentor.get("/").location.startswith("/login")
    assert client("mentor").get("/incidents").location.startswith("/login"), "not even with a new session"
    assert client().post("/login", {"email": "mentor@baken.example", "password": demo.PASSWORD}).status_code == 422
    at = f"/accounts/{cast['mentor'].id}"
    assert admin.post(f"{at}/leave").status_code == 409
    assert admin.post(f"{at}/invite").status_code == 409
    assert admin.post(f"{at}/password").status_code == 409
    assert admin.post(at, {"name": "J. S.", "email": "mentor@baken.example", "version": "2"}).status_code == 409
    assert admin.get(f"{at}/absence").status_code == 404
    assert not Link.select().exists()


def test_nobody_is_offered_who_left(client: Any, incident: Any, cast: Any, gone: Any, clock: Any) -> None:
    case = incident()
    gone("stranger")
    number, name = cast["stranger"].id, cast["stranger"].name
    report = client("reporter").get("/incidents/new").location
    pages = [
        ("admin", "/accounts/deputies"),
        ("coordinator", "/account/absence"),
        ("coordinator", f"/incidents/{case.ref}/team"),
        ("coordinator", f"/incidents/{case.ref}/plan/new"),
    ]
    for function, page in pages:
        assert name not in Page(client(function).get(page)).text, page
    if report:
        assert name not in client("reporter").get(f"{report}/keep-out").text
    # Typed by hand.
    team = f"/incidents/{case.ref}/team"
    coordinator = client("coordinator")
    assert coordinator.post(f"{team}/add", {"member-person": number, "member-function": "care"}).status_code == 422
    assert coordinator.post(f"{team}/keep-out", {"barred-person": number}).status_code == 422
    assert coordinator.post("/account/absence", {"first": TODAY, "last": TODAY, "deputy": number}).status_code == 422
    assert client("admin").post("/accounts/deputies", {"mentor": number}).status_code == 422
    with pytest.raises(Exception, match="has left"):
        add_member(case, Person.get_by_id(number), "care", actor=cast["coordinator"], now=clock.now())


def test_who_stood_in_stands_in_for_nobody(cast: Any, clock: Any, gone: Any, incident: Any) -> None:
    incident()
    absence.report(cast["counselor"], TODAY, TODAY, cast["care"].id, actor=cast["counselor"], now=clock.now())
    had = of(cast["care"])
    assert had
    gone("care")
    assert not Deputy.select().where(Deputy.person == cast["care"]).exists()
    assert Absence.get(Absence.person == cast["counselor"]).deputy is None
    assert of(cast["care"]) == []


def test_an_own_absence_ends_and_nothing_comes_back(cast: Any, clock: Any, gone: Any, incident: Any) -> None:
    incident()
    absence.report(cast["counselor"], TODAY, TODAY, cast["care"].id, actor=cast["counselor"], now=clock.now())
    at_deputy = {action.id for action in of(cast["care"])}
    gone("counselor")
    assert {action.id for action in of(cast["care"])} >= at_deputy
    assert of(cast["counselor"]) == []
    assert not Absence.select().where(Absence.person == cast["counselor"], Absence.state != "over").exists()
    clock.advance(days=2)
    absence.work(clock.now())
    assert of(cast["counselor"]) == []


def test_questions_about_for_and_by_them_close(cast: Any, clock: Any, gone: Any) -> None:
    Person.update(functions=["leadership"]).where(Person.id == cast["care"].id).execute()
    now = clock.now()
    for kind, who, receiver in (("one", "mentor", None), ("two", "teacher", "mentor"), ("three", "teacher", None)):
        confirmations.ask(kind, cast[who], receiver=receiver and cast[receiver], actor=cast["admin"], now=now)
    gone("mentor")
    assert [one.kind for one in Confirmation.select().where(Confirmation.state == ASKED)] == ["three"]


def test_where_staff_may_be_suspected_nobody_is_brought_in(
    cast: Any, clock: Any, gone: Any, incident: Any, client: Any
) -> None:
    case = incident(flags={"staff": "unknown"}, chosen=("counselor", "coordinator"))
    Mail.delete().execute()
    handed = gone("counselor")
    assert handed.waiting > 0
    assert not handed.given
    assert {row.person_id for row in Membership.select()} == {cast["coordinator"].id}
    # And the last who can lead: whoever reported it may choose, and hears of it.
    handed = gone("coordinator")
    assert handed.unled == 1
    assert not case.team.exists()
    assert (cast["teacher"].id, "left") in [(mail.person_id, mail.kind) for mail in Mail.select()]
    assert not {mail.person_id for mail in Mail.select()} & {cast["leadership"].id, cast["care"].id}
    admin = Page(client("admin").get(f"/accounts/{cast['coordinator'].id}"))
    assert case.ref not in admin.text


def test_who_reported_and_left_hears_nothing(cast: Any, gone: Any, incident: Any) -> None:
    incident(flags={"staff": "unknown"}, chosen=("coordinator",))
    gone("teacher")
    Mail.delete().execute()
    assert gone("coordinator").unled == 1
    assert not Mail.select().exists()


def test_mail_that_still_waits_is_taken_back(cast: Any, clock: Any, gone: Any) -> None:
    tell(cast["stranger"], "functions", "functions:8", now=clock.now())
    gone("stranger")
    assert [mail.state for mail in Mail.select().where(Mail.kind == "functions")] == [CANCELLED]


def test_who_is_kept_out_gets_nothing(cast: Any, clock: Any, gone: Any, incident: Any) -> None:
    case = incident()
    keep_out(case, cast["care"], actor=cast["coordinator"], now=clock.now())
    waiting = len(of(cast["counselor"]))
    handed = gone("counselor")
    assert (handed.waiting, dict(handed.given)) == (waiting, {})
    assert not on_team(case, cast["care"])
    assert not Mail.select().where(Mail.person_id == cast["care"].id, Mail.state != CANCELLED).exists()


def test_leadership_joins_where_nobody_else_can_lead(cast: Any, clock: Any, gone: Any, incident: Any) -> None:
    case = incident(keep_out=("care",))
    Membership.delete().where(Membership.person == cast["leadership"]).execute()
    gone("coordinator")
    assert on_team(case, cast["leadership"]) == {"leadership"}
    assert can_lead(case)


def test_leadership_is_told_when_the_coordinator_leaves(cast: Any, gone: Any, incident: Any) -> None:
    case = incident()
    Mail.delete().execute()
    gone("coordinator")
    assert on_team(case, cast["care"]) == {"coordinator"}
    assert cast["leadership"].id in {mail.person_id for mail in Mail.select().where(Mail.state != CANCELLED)}


def test_a_lost_function_ends_its_memberships_only(cast: Any, clock: Any, incident: Any, client: Any) -> None:
    case, counselor = incident(), cast["counselor"]
    add_member(case, counselor, "mentor", actor=cast["coordinator"], now=clock.now())
    mine = Action.get(Action.incident == case, Action.function == "mentor")
    Action.update(assignee=counselor).where(Action.id == mine.id).execute()
    theirs = {a.id for a in of(counselor) if a.function == "counselor"}
    values = {"name": counselor.name, "email": counselor.email, "functions": ["mentor"], "phone": "1", "classes": []}
    handed = staff.change(counselor, values, version=1, actor=cast["admin"], now=clock.now())
    assert (on_team(case, counselor), on_team(case, cast["care"])) == ({"mentor"}, {"counselor"})
    assert {a.id for a in of(counselor)} & theirs == set()
    assert mine.id in {a.id for a in of(counselor)}
    assert sum(handed.given.values()) > 0
    assert any("no longer as" in line for line in lines(case))
    assert client("coordinator").get(f"/incidents/{case.ref}/log").status_code == 200


def test_a_function_that_nobody_stands_in_for_leaves_its_actions_waiting(
    cast: Any, clock: Any, incident: Any, gone: Any
) -> None:
    case = incident()
    sets("counselor", cast["coordinator"])
    Deputy.delete().where(Deputy.function == "counselor").execute()
    number = len(of(cast["counselor"]))
    assert gone("counselor").waiting == number
    assert without(case) >= number


def test_ended_cases_are_left_too(cast: Any, incident: Any, gone: Any) -> None:
    case = incident()
    Incident.update(state="ended").where(Incident.id == case.id).execute()
    handed = gone("counselor")
    assert (handed.waiting, dict(handed.given), handed.unled) == (0, {}, 0)
    assert not on_team(case, cast["counselor"])


def test_who_comes_back_is_invited_and_on_no_team(client: Any, cast: Any, incident: Any, gone: Any, clock: Any) -> None:
    case, admin = incident(), client("admin")
    gone("counselor")
    at = f"/accounts/{cast['counselor'].id}"
    assert admin.post(f"{at}/back").status_code == 303
    person = Person.get_by_id(cast["counselor"].id)
    assert (person.left_at, person.password, person.functions) == (None, "", ["counselor"])
    assert Link.get().person == person
    assert not on_team(case, person)
    assert Mail.select().where(Mail.kind == "functions", Mail.person_id == cast["leadership"].id).exists()
    assert admin.post(f"{at}/back").status_code == 409


def test_what_was_written_stays_by_name(client: Any, cast: Any, incident: Any, gone: Any) -> None:
    case = incident(reporter="counselor")
    gone("counselor")
    assert Entry.select().where(Entry.author == cast["counselor"]).exists()
    assert cast["counselor"].name in Page(client("coordinator").get(f"/incidents/{case.ref}/log")).text
