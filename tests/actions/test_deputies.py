"""While somebody is away the deputy has the work, as far as he or she may know of it; then it goes back."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portal import demo
from portal.accounts.absence import operations as absence
from portal.accounts.models import Absence, Deputy, Person
from portal.actions.deputies.queries import handed_over_by
from portal.actions.models import Action
from portal.actions.rules import FINISHED, handed_by
from portal.audit.models import AuditEvent
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Flag, Incident, KeptOut, Membership
from portal.incidents.operations import answer_flag
from portal.incidents.team.operations import add_member, keep_out, remove_member
from portal.notices.models import Mail
from portal.notices.operations import compose
from portal.school.operations import change_settings
from portal.school.queries import school as the_school
from tests.actions.conftest import fresh, place, plan, say, the
from tests.conftest import at_once
from tests.reading import Page, said

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _deputies(cast: Any, clock: Any) -> None:
    demo.stand_in(clock.now())


@pytest.fixture
def away(cast: Any, clock: Any) -> Callable[..., Absence]:
    """`away("counselor")` until tomorrow, with the deputy of the function unless `deputy` names another."""

    def report(who: str, deputy: str = "", first: int = 0, last: int = 1) -> Absence:
        name = deputy or demo.DEPUTIES[who]
        days = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
        number = cast[name].id if name != "nobody" else 0
        return absence.report(cast[who], *days, number, actor=cast[who], now=clock.now())

    return report


def holders(case: Incident, *, finished: bool = False) -> set[int | None]:
    rows = Action.select().where(Action.incident == case)
    return {a.assignee_id for a in rows if (a.state in FINISHED) is finished}


def of(person: Person) -> list[Action]:
    return list(Action.select().where(Action.assignee == person, Action.state.not_in(FINISHED)).order_by(Action.id))


def on_team(case: Incident, person: Person) -> set[str]:
    return {row.function for row in Membership.select().where(Membership.incident == case, Membership.person == person)}


def lines(case: Incident) -> list[str]:
    return [entry.event for entry in Entry.select().where(Entry.incident == case).order_by(Entry.id)]


def mailed(*kinds: str) -> list[tuple[int, str]]:
    rows = Mail.select().where(Mail.kind.in_(kinds)) if kinds else Mail.select()
    return [(mail.person_id, mail.kind) for mail in rows.order_by(Mail.id)]


def sets(function: str, person: Person) -> None:
    """The administrator chose this deputy."""
    Deputy.update(person=person).where(Deputy.function == function).execute()


def joined(cast: Any, who: str) -> list[tuple[int, str]]:
    """The mails when a deputy joins: one to the deputy, and one to who coordinates."""
    return [(cast[who].id, "joined"), (cast["coordinator"].id, "stands-in")]


@pytest.mark.parametrize(
    ("before", "giver", "after", "expected"),
    [(1, None, 2, 1), (2, 1, 1, None), (2, 1, 3, 2), (None, None, 2, None), (1, None, None, None), (1, 1, 2, 1)],
)
def test_who_gave_an_action_away(before: int | None, giver: int | None, after: int | None, expected: Any) -> None:
    assert handed_by(before, giver, after) == expected


def test_a_hand_over_by_hand_is_remembered_until_it_comes_back(client: Any, incident: Any, cast: Any) -> None:
    case, coordinator = incident(), client("coordinator")
    action, other = the(case, "victim-support"), the(case, "buddies")
    plan(coordinator, action, assignee=cast["leadership"].id)
    data = {"actions": [other.id], "person": cast["leadership"].id}
    assert client("counselor").post(f"/incidents/{case.ref}/plan/hand-over", data).status_code == 303
    assert [a.id for a in handed_over_by(cast["counselor"])] == [action.id, other.id]
    assert [a.assignee.name for a in handed_over_by(cast["counselor"])] == ["S. Yilmaz"] * 2
    plan(coordinator, action, place="Room 12")
    assert fresh(action).handed_by == cast["counselor"]
    plan(coordinator, action, assignee=cast["counselor"].id)
    assert fresh(action).handed_by is None
    say(client("leadership"), other, "not-needed", "The victim has friends.")
    assert list(handed_over_by(cast["counselor"])) == []


def test_what_was_handed_over_is_shown_to_the_team_only(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    case = incident()
    plan(client("coordinator"), the(case, "victim-support"), assignee=cast["leadership"].id)
    assert handed_over_by(cast["counselor"]).count() == 1
    keep_out(case, cast["counselor"], actor=cast["coordinator"], now=clock.now())
    assert handed_over_by(cast["counselor"]).count() == 0


def test_actions_go_to_the_deputy_and_come_back(
    client: Any, incident: Any, cast: Any, clock: Any, away: Any, app: Any
) -> None:
    case, counselor, care = incident(), cast["counselor"], cast["care"]
    done = the(case, "victim-support")
    say(client("counselor"), done, "done", "Spoken.")
    theirs = of(counselor)
    assert theirs
    assert client("care").get(place(theirs[0])).status_code == 404
    Mail.delete().execute()
    begun = away("counselor")
    now = [fresh(action) for action in theirs]
    assert {a.assignee for a in now} == {care}
    assert {(a.handed_by, a.absence) for a in now} == {(counselor, begun)}
    assert [a.version for a in now] == [a.version + 1 for a in theirs]
    assert fresh(done).assignee == counselor
    assert on_team(case, care) == {"counselor"}
    assert on_team(case, counselor) == {"counselor"}
    assert mailed() == joined(cast, "care"), "one mail, though it joined and got actions"
    assert sum("stands in" in line for line in lines(case)) == 1
    event = AuditEvent.get(AuditEvent.action == "plan:absence:hand-over")
    assert (event.detail["to"], event.detail["actions"]) == (care.id, [a.id for a in theirs])
    assert client("care").get(place(theirs[0])).status_code == 200
    assert "R. van Dijk" in Page(client("coordinator").get(f"/incidents/{case.ref}/log")).text

    # Meanwhile: one is finished, one is given to somebody else, and old pages are still open.
    kept, given, finished = theirs[0], theirs[1], theirs[2]
    assert say(client("care"), finished, "not-needed", "It was done before.").status_code == 303
    plan(client("coordinator"), given, assignee=cast["leadership"].id)
    for who, status in (("counselor", 403), ("coordinator", 409)):
        stale = {"state": "not-needed", "words": "Typed before.", "version": kept.version}
        refused = client(who).post(f"{place(kept)}/state", stale)
        assert (refused.status_code, "Typed before." in refused.text) == (status, True)
    Mail.delete().execute()
    clock.advance(days=2)
    absence.work(clock.now())
    assert (fresh(kept).assignee, fresh(kept).handed_by, fresh(kept).absence) == (counselor, None, None)
    assert (fresh(given).assignee, fresh(given).handed_by) == (cast["leadership"], care)
    assert fresh(finished).assignee == care
    assert not Action.select().where(Action.absence.is_null(False)).exists()
    assert of(care) == []
    assert mailed() == [(counselor.id, "action")]
    assert sum("is back" in line for line in lines(case)) == 1
    # The deputy stays: what was said and begun can be handed over in person.
    assert on_team(case, care) == {"counselor"}
    count = Entry.select().count(), AuditEvent.select().count(), Mail.select().count()
    absence.work(clock.now())
    assert (Entry.select().count(), AuditEvent.select().count(), Mail.select().count()) == count


def test_ended_early_it_comes_back_at_once_and_mails_not_the_one_who_did_it(
    client: Any, incident: Any, cast: Any, away: Any
) -> None:
    case = incident()
    theirs = of(cast["counselor"])
    begun = away("counselor")
    Mail.delete().execute()
    assert client("counselor").post(f"/account/absence/{begun.id}/end").status_code == 303
    assert of(cast["counselor"]) == theirs
    assert on_team(case, cast["care"])
    assert mailed() == []


def test_only_open_incidents_of_the_own_team(client: Any, incident: Any, cast: Any, away: Any) -> None:
    ended, other = incident(), incident(keep_out=("counselor",))
    assert client("coordinator").post(f"/incidents/{ended.ref}/end", {"reason": "A drawing."}).status_code == 303
    away("counselor")
    assert (on_team(ended, cast["care"]), on_team(other, cast["care"])) == (set(), set())
    assert Action.select().where(Action.assignee == cast["care"]).count() == 0


@pytest.mark.parametrize("why", ["kept out", "staff unknown", "staff yes", "nobody", "administrator"])
def test_who_may_not_know_of_it_does_not_stand_in(
    client: Any, incident: Any, cast: Any, clock: Any, away: Any, why: str
) -> None:
    case, care = incident(), cast["care"]
    if why == "kept out":
        keep_out(case, care, actor=cast["coordinator"], now=clock.now())
    if why.startswith("staff"):
        answer_flag(case, "staff", why.split()[1], actor=cast["coordinator"], now=clock.now())
    planned = away("counselor", first=1, last=2, deputy="nobody" if why == "nobody" else "care")
    if why == "administrator":
        Person.update(functions=["administrator"]).where(Person.id == care.id).execute()
    theirs = of(cast["counselor"])
    assert planned.state == "planned"
    Mail.delete().execute()
    clock.advance(days=1)
    absence.work(clock.now())
    assert of(cast["counselor"]) == theirs
    assert on_team(case, care) == set()
    assert client("care").get(f"/incidents/{case.ref}").status_code == 404
    assert mailed() == [(cast["coordinator"].id, "absence")]
    assert sum("nobody stands in" in line for line in lines(case)) == 1
    assert AuditEvent.select().where(AuditEvent.action == "plan:absence:nobody-stands-in").count() == 1
    assert "R. van Dijk" not in str(Entry.select().order_by(Entry.id.desc()).first().params)


def test_staff_suspected_who_is_on_the_team_already_helps_in_the_own_function(
    incident: Any, cast: Any, away: Any
) -> None:
    case = incident(flags={"staff": "yes"}, chosen=("coordinator", "counselor", "care"))
    assert of(cast["counselor"])
    away("counselor")
    assert of(cast["counselor"]) == []
    assert on_team(case, cast["care"]) == {"care"}


def test_a_deputy_on_the_team_gets_the_function_too(incident: Any, cast: Any, away: Any, client: Any) -> None:
    case = incident()
    sets("coordinator", cast["counselor"])
    Mail.delete().execute()
    away("coordinator", deputy="counselor")
    assert on_team(case, cast["counselor"]) == {"counselor", "coordinator"}
    assert client("counselor").get(f"/incidents/{case.ref}/end").status_code == 200
    assert mailed() == [(cast["counselor"].id, "joined")]


def test_without_a_coordinator_leadership_hears_that_nobody_stands_in(incident: Any, cast: Any, away: Any) -> None:
    incident()
    Mail.delete().execute()
    away("coordinator", deputy="nobody")
    assert mailed() == [(cast["leadership"].id, "absence")]


def test_a_coordinator_is_stood_in_for_also_without_an_action(incident: Any, cast: Any, away: Any) -> None:
    case = incident()
    Action.update(assignee=None).where(Action.incident == case).execute()
    away("coordinator")
    assert on_team(case, cast["care"]) == {"coordinator"}
    Membership.delete().where(Membership.person == cast["care"]).execute()
    away("counselor", deputy="stranger")
    assert on_team(case, cast["stranger"]) == set()


def test_somebody_with_several_functions_is_stood_in_for_in_all(
    incident: Any, team: Any, cast: Any, away: Any, clock: Any
) -> None:
    case = incident()
    add_member(case, cast["counselor"], "mentor", actor=cast["coordinator"], now=clock.now())
    clock.advance(minutes=1)
    for function in ("counselor", "mentor"):
        sets(function, cast["stranger"])
    Mail.delete().execute()
    away("counselor", deputy="stranger")
    assert on_team(case, cast["stranger"]) == {"counselor", "mentor"}
    assert mailed() == joined(cast, "stranger")
    assert {a.function for a in of(cast["stranger"])} >= {"counselor", "mentor"}


def test_a_deputy_who_goes_away_too_hands_on_and_each_gets_the_own_back(
    incident: Any, cast: Any, away: Any, clock: Any
) -> None:
    case = incident()
    theirs, heads = of(cast["counselor"]), of(cast["leadership"])
    sets("leadership", cast["stranger"])
    away("counselor", deputy="leadership", last=1)
    away("leadership", deputy="stranger", last=4)
    assert of(cast["leadership"]) == []
    assert {a.id for a in of(cast["stranger"])} == {a.id for a in theirs + heads}
    clock.advance(days=2)
    absence.work(clock.now())
    assert of(cast["counselor"]) == theirs
    assert of(cast["stranger"]) == heads
    clock.advance(days=3)
    absence.work(clock.now())
    assert of(cast["leadership"]) == heads
    assert sum("is back" in line for line in lines(case)) == 2


def test_who_is_away_then_stands_in_through_the_own_deputy(incident: Any, cast: Any, away: Any, clock: Any) -> None:
    incident()
    away("counselor", deputy="stranger", first=2, last=4)
    away("stranger", deputy="care", first=1, last=1)
    later = absence.queries.absences_of(cast["counselor"])[0]
    clock.advance(days=1)
    Absence.update(last=TODAY + timedelta(days=3)).where(Absence.person == cast["stranger"]).execute()
    absence.work(clock.now())
    clock.advance(days=1)
    absence.work(clock.now())
    assert of(cast["counselor"]) == []
    assert {a.absence_id for a in of(cast["care"])} == {later.id}


@pytest.mark.parametrize("who", ["mentor", "counselor", "communication"])
def test_an_own_absence_brings_in_nobody_who_was_not_set_as_deputy(
    client: Any, incident: Any, cast: Any, team: Any, who: str
) -> None:
    case = incident()
    if who != "counselor":
        team(case, who)
    action = the(case, "buddies")
    Action.update(assignee=cast[who]).where(Action.id == action.id).execute()
    Mail.delete().execute()
    days = {"first": TODAY.isoformat(), "last": TODAY.isoformat(), "deputy": cast["stranger"].id}
    assert client(who).post("/account/absence", days).status_code == 303
    assert on_team(case, cast["stranger"]) == set()
    assert client("stranger").get(f"/incidents/{case.ref}/log").status_code == 404
    assert fresh(action).assignee == cast[who]
    assert mailed() == [(cast["coordinator"].id, "absence")]
    assert sum("nobody stands in" in line for line in lines(case)) == 1
    assert client(who).post(f"/account/absence/{Absence.get().id}/end").status_code == 303
    # Nor into what is reported during such an absence.
    client(who).post("/account/absence", days)
    assert on_team(incident(chosen=(who,)), cast["stranger"]) == set()


def test_a_new_account_comes_into_running_incidents_only_as_deputy_and_is_told_of(
    client: Any, incident: Any, cast: Any
) -> None:
    """What the administrator can bring about, and who hears of it."""
    case, coordinator, admin = incident(), cast["coordinator"], client("admin")
    assert admin.post("/accounts/new", {"name": "N. Ieuw", "email": "n@baken.example", "language": "nl"}).status_code
    new = Person.get(Person.email == "n@baken.example")
    at = f"/accounts/{coordinator.id}/absence"
    days = {"first": TODAY.isoformat(), "last": TODAY.isoformat(), "deputy": new.id}
    Mail.delete().execute()
    assert admin.post(at, days).status_code == 303
    assert on_team(case, new) == set()
    assert set(mailed()) == {(coordinator.id, "absence"), (cast["leadership"].id, "absence")}
    assert admin.post(f"{at}/{Absence.get().id}/end").status_code == 303
    form = Page(admin.get("/accounts/deputies")).forms[-1]
    assert admin.post("/accounts/deputies", form.with_(coordinator=new.id)).status_code == 303
    Mail.delete().execute()
    admin.post(at, days)
    assert on_team(case, new) == {"coordinator"}
    assert {(coordinator.id, "absence"), (coordinator.id, "stands-in"), (new.id, "joined")} == set(mailed())
    entry = next(
        e for e in Entry.select().where(Entry.incident == case).order_by(Entry.id.desc()) if "joined" in e.event
    )
    assert entry.author == cast["admin"]
    trail = [event.action for event in AuditEvent.select().where(AuditEvent.actor_id == cast["admin"].id)]
    assert {"settings:deputies:change", "account:absence:report", "incident:team:add"} <= set(trail)


def test_a_colleague_on_the_team_who_was_chosen_freely_gets_actions_and_no_function(
    incident: Any, cast: Any, away: Any
) -> None:
    case, theirs = incident(), of(cast["counselor"])
    Mail.delete().execute()
    away("counselor", deputy="leadership")
    assert {fresh(action).assignee for action in theirs} == {cast["leadership"]}
    assert on_team(case, cast["leadership"]) == {"leadership"}
    assert mailed() == [(cast["leadership"].id, "action")]


def test_who_stands_in_for_several_functions_gets_only_those_of_which_he_was_set_as_deputy(
    incident: Any, cast: Any, away: Any, clock: Any
) -> None:
    case = incident()
    add_member(case, cast["counselor"], "mentor", actor=cast["coordinator"], now=clock.now())
    sets("mentor", cast["stranger"])
    away("counselor", deputy="stranger")
    assert on_team(case, cast["stranger"]) == {"mentor"}
    assert of(cast["counselor"]) == []


def test_a_coordinator_whose_function_nobody_gets_is_told_to_leadership(incident: Any, cast: Any, away: Any) -> None:
    case = incident()
    Mail.delete().execute()
    away("coordinator", deputy="counselor")
    assert on_team(case, cast["counselor"]) == {"counselor"}
    assert mailed() == [(cast["counselor"].id, "action"), (cast["leadership"].id, "absence")]


@pytest.mark.parametrize("how", [remove_member, keep_out])
def test_a_deputy_who_is_taken_off_frees_the_actions_and_they_still_come_back(
    incident: Any, cast: Any, away: Any, clock: Any, how: Any
) -> None:
    case = incident()
    theirs = of(cast["counselor"])
    away("counselor")
    how(case, cast["care"], actor=cast["coordinator"], now=clock.now())
    assert {fresh(action).assignee_id for action in theirs} == {None}
    clock.advance(days=2)
    absence.work(clock.now())
    assert of(cast["counselor"]) == theirs


def test_what_moved_to_another_incident_while_somebody_was_away_comes_back_there(
    client: Any, incident: Any, cast: Any, away: Any, clock: Any
) -> None:
    target, source = incident(), incident(reporter="stranger")
    moved, given, stays = (the(source, step) for step in ("victim-support", "buddies", "involve-counselor"))
    here = the(target, "victim-support")
    Action.update(assignee=cast["counselor"]).where(Action.id.in_([moved.id, given.id, stays.id])).execute()
    begun = away("counselor")
    coordinator = client("coordinator")
    assert say(client("care"), moved, "doing").status_code == 303
    plan(coordinator, given, assignee=cast["leadership"].id)
    Action.update(told=2).where(Action.id == moved.id).execute()
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    kept = fresh(moved)
    assert (kept.incident, kept.assignee, kept.handed_by, kept.absence, kept.told) == (
        target,
        cast["care"],
        cast["counselor"],
        begun,
        2,
    )
    assert [a.id for a in handed_over_by(cast["counselor"]) if a.id == moved.id] == [moved.id]
    clock.advance(days=2)
    absence.work(clock.now())
    assert {(fresh(a).assignee, fresh(a).handed_by) for a in (moved, here)} == {(cast["counselor"], None)}
    assert (fresh(given).incident, fresh(given).assignee) == (target, cast["leadership"])
    assert (fresh(stays).incident, fresh(stays).dropped) == (source, True)
    assert not Action.select().where(Action.absence.is_null(False)).exists()
    assert [sum("is back" in line for line in lines(case)) for case in (source, target)] == [0, 1]


@pytest.mark.parametrize("out", ["counselor", "care"])
def test_who_is_kept_out_where_it_goes_on_gets_nothing_by_joining(
    client: Any, incident: Any, cast: Any, away: Any, clock: Any, out: str
) -> None:
    target, source = incident(keep_out=(out,)), incident(reporter="stranger")
    moved = the(source, "victim-support")
    away("counselor")
    assert say(client("care"), moved, "doing").status_code == 303
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    assert fresh(moved).assignee == (cast["care"] if out == "counselor" else None)
    clock.advance(days=2)
    absence.work(clock.now())
    assert fresh(moved).assignee == cast["care" if out == "counselor" else "counselor"]
    assert client(out).get(place(fresh(moved))).status_code == 404


@pytest.mark.parametrize("how", [remove_member, keep_out])
def test_who_was_taken_off_while_away_gets_nothing_back(
    incident: Any, cast: Any, away: Any, clock: Any, how: Any
) -> None:
    case = incident()
    away("counselor")
    theirs = of(cast["care"])
    how(case, cast["counselor"], actor=cast["coordinator"], now=clock.now())
    Mail.delete().execute()
    clock.advance(days=2)
    absence.work(clock.now())
    assert (of(cast["care"]), of(cast["counselor"])) == (theirs, [])
    assert not Action.select().where(Action.absence.is_null(False)).exists()
    assert mailed() == []


def test_new_actions_go_to_who_is_there(client: Any, incident: Any, cast: Any, away: Any, clock: Any) -> None:
    case = incident()
    away("leadership")
    answer_flag(case, "coercion", "yes", actor=cast["coordinator"], now=clock.now())
    call = the(case, flag="coercion")
    assert call.assignee == cast["coordinator"]  # in the place of leadership
    clock.advance(days=2)
    absence.work(clock.now())
    assert fresh(call).assignee == cast["coordinator"]


def test_alone_with_the_function_who_is_away_still_gets_it(incident: Any, cast: Any, away: Any, clock: Any) -> None:
    case = incident()
    away("leadership", deputy="nobody")
    answer_flag(case, "coercion", "yes", actor=cast["coordinator"], now=clock.now())
    assert the(case, flag="coercion").assignee == cast["leadership"]


@pytest.mark.parametrize(
    ("flags", "out", "joins"),
    [({}, (), True), ({"staff": "unknown"}, (), False), ({"staff": "yes"}, (), False), ({}, ("care",), False)],
)
def test_at_a_new_report_the_deputy_joins_as_well(
    incident: Any, cast: Any, away: Any, flags: Any, out: Any, joins: bool
) -> None:
    away("counselor")
    case = incident(flags=flags, keep_out=out, chosen=("counselor",))
    assert on_team(case, cast["counselor"]) == {"counselor"}
    assert on_team(case, cast["care"]) == ({"counselor"} if joins else set())
    assert the(case, "victim-support").assignee == cast["care" if joins else "counselor"]
    assert the(case, "victim-support").absence is None


def test_a_deputy_who_joins_anyway_joins_once(incident: Any, cast: Any, away: Any, clock: Any) -> None:
    joins = ["coordinator", "leadership", "counselor", "care"]
    change_settings({"joins": joins}, version=the_school().version, actor_id=None, now=clock.now())
    away("counselor")
    case = incident()
    assert on_team(case, cast["care"]) == {"care", "counselor"}
    assert mailed("joined").count((cast["care"].id, "joined")) == 1


def test_lists_and_the_team_say_who_is_away(
    app: Any, client: Any, incident: Any, cast: Any, away: Any, clock: Any
) -> None:
    case, coordinator = incident(), client("coordinator")
    away("counselor")
    day = "dinsdag 24 november"
    words = said(app, "%(name)s (away until the end of %(day)s)", name="A. Bakker", day=day)
    at = f"/incidents/{case.ref}"
    for path in (f"{at}/plan?show=hand-over", f"{at}/plan/new", place(the(case, "buddies")), f"{at}/team"):
        assert words in Page(coordinator.get(path)).text, path
    page = Page(coordinator.get(f"{at}/team")).text
    assert said(app, "away until the end of %(day)s", day=day) in page
    assert said(app, "%(name)s stands in", name="R. van Dijk") in page
    keep_out(case, cast["care"], actor=cast["coordinator"], now=clock.now())
    page = Page(coordinator.get(f"{at}/team")).text
    assert said(app, "%(name)s stands in", name="R. van Dijk") not in page
    assert said(app, "nobody stands in here") in page
    clock.advance(days=2)
    assert words not in Page(coordinator.get(f"{at}/team")).text


def test_the_mail_says_nothing_of_it(incident: Any, cast: Any, away: Any) -> None:
    case = incident()
    away("counselor")
    mail = Mail.get(Mail.person_id == cast["care"].id)
    text = str(compose(mail, "R. van Dijk", "http://localhost:8000", "rustpunt@localhost"))
    assert not [word for word in (case.ref, case.code_name, "A. Bakker", "Noor", "afwezig", "away") if word in text]


def test_two_workers_at_once_hand_over_once(
    app: Any, school: Any, incident: Any, cast: Any, away: Any, clock: Any
) -> None:
    case = incident()
    away("counselor", first=1, last=2)
    clock.advance(days=1)
    start = threading.Barrier(4)

    def act() -> None:
        start.wait()
        absence.work(clock.now())

    assert at_once(app, school, act) == []
    assert sum("stands in" in line for line in lines(case)) == 1
    assert AuditEvent.select().where(AuditEvent.action == "account:absence:begin").count() == 1


def test_kept_out_is_stronger_than_a_forgotten_place_on_the_team(
    incident: Any, cast: Any, away: Any, team: Any, clock: Any
) -> None:
    case = incident()
    team(case, "care")
    KeptOut.create(incident=case, person=cast["care"], since=clock.now())
    away("counselor")
    assert of(cast["counselor"])
    assert Flag.select().where(Flag.incident == case, Flag.key == "staff", Flag.answer == "no").exists()
