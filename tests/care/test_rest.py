"""A period of rest: planned freely, begun after a yes, with contact, teachers told, and a talk at coming back."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.audit.models import AuditEvent
from portal.care.rest import queries
from portal.care.rest.models import Rest, RestContact
from portal.desk.overview.queries import pulse
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident, Involved
from portal.incidents.people import operations as people
from portal.incidents.people.operations import take_along
from portal.incidents.team.operations import remove_member
from tests.conftest import VICTIM
from tests.reading import Page, said
from tests.web.scene import written

MON = date(2026, 11, 23)
DAYS = {"first": "2026-11-23", "last": "2026-11-25", "form": "home", "every": "1", "teller": "0"}


def victim_of(case: Incident) -> Involved:
    found: Involved = Involved.get(Involved.incident == case, Involved.part == "victim")
    return found


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/rest{part}"


def says(case: Incident, cast: Any, now: Any, answer: str = "yes") -> None:
    values = {"recorded_by": cast["counselor"], "recorded_at": now}
    Wish.create(victim=victim_of(case), subject="rest", answer=answer, **values)


def planned(browser: Any, case: Incident, **other: Any) -> Rest:
    answer = browser.post(at(case, f"/new/{victim_of(case).id}"), {**DAYS, "told": "Absent.", **other})
    assert (answer.status_code, answer.location) == (303, at(case)), answer.text
    rest: Rest = Rest.select().order_by(Rest.id.desc()).get()
    return rest


def do(browser: Any, rest: Rest, step: str, **data: Any) -> Any:
    """Press a button of the page, at the version that is there now."""
    version = Rest.get_by_id(rest.id).version
    return browser.post(at(rest.incident, f"/{rest.id}/{step}"), {"version": version, **data})


@pytest.fixture
def running(incident: Any, team: Any, client: Any, cast: Any, clock: Any) -> Rest:
    case = incident()
    team(case, "care", "mentor")
    says(case, cast, clock.now())
    rest = planned(client("care"), case, keeper=cast["care"].id, return_at="2026-11-26T08:15")
    assert do(client("care"), rest, "begin").status_code == 303
    return Rest.get_by_id(rest.id)  # type: ignore[no-any-return]


def test_planning_waits_for_nothing_and_beginning_for_the_wish(
    incident: Any, team: Any, client: Any, cast: Any, clock: Any, app: Any
) -> None:
    """Product rule 4: a gate refuses only doing."""
    case = incident()
    team(case, "care")
    rest = planned(client("care"), case)
    assert (rest.state, rest.first, rest.last) == ("planned", MON, MON + timedelta(days=2))
    for answer in (None, "not-yet", "no"):
        if answer:
            says(case, cast, clock.now(), answer)
        refused = do(client("care"), rest, "begin")
        assert refused.status_code == 409
    assert said(app, "The victim does not want this.") in Page(refused).text
    assert Rest.get_by_id(rest.id).state == "planned"
    says(case, cast, clock.now(), "override")
    assert do(client("care"), rest, "begin").status_code == 303
    assert Rest.get_by_id(rest.id).state == "running"


def test_the_new_page_comes_filled_in(incident: Any, team: Any, client: Any, cast: Any) -> None:
    case = incident()
    team(case, "care", "mentor")
    form = Page(client("care").get(at(case, f"/new/{victim_of(case).id}"))).forms
    found = next(one for one in form if "told" in one.names)
    assert found.first("first") == "2026-11-23"
    assert found.first("keeper") == str(cast["care"].id)
    assert found.first("teller") == str(cast["mentor"].id)
    assert "toestemming" in found.first("told")


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": "2026-11-20"},
        {"last": ""},
        {"form": "holiday"},
        {"every": "4"},
        {"told": "Noor is at home."},
        {"told": "Everybody in 3B knows."},
        {"return_at": "2026-11-20T08:15"},
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(incident: Any, client: Any, wrong: dict[str, str]) -> None:
    """Product rule 6: what the teachers hear holds no name and no class."""
    case, sent = incident(), {**DAYS, "told": "Absent.", "schoolwork": "Maths alone.", **wrong}
    refused = client("counselor").post(at(case, f"/new/{victim_of(case).id}"), sent)
    assert refused.status_code == 422
    assert next(one for one in Page(refused).forms if "told" in one.names).first("schoolwork") == "Maths alone."
    assert Rest.select().count() == 0


def test_somebody_who_is_not_on_the_team_keeps_no_contact(incident: Any, client: Any, cast: Any) -> None:
    case = incident()
    sent = {**DAYS, "keeper": cast["stranger"].id}
    assert client("counselor").post(at(case, f"/new/{victim_of(case).id}"), sent).status_code == 422


def test_a_second_period_is_refused_while_one_is_there(running: Rest, client: Any) -> None:
    case = running.incident
    again = client("care").post(at(case, f"/new/{victim_of(case).id}"), DAYS)
    assert again.status_code == 409
    do(client("care"), running, "end", words="She is better.")
    assert planned(client("care"), case).state == "planned"


def test_beginning_ticks_off_the_step_of_the_plan_when_asked(
    incident: Any, team: Any, client: Any, cast: Any, clock: Any
) -> None:
    case = incident()
    team(case, "care")
    says(case, cast, clock.now())
    step = Action.get(Action.incident == case, Action.step == "rest-period")
    rest = planned(client("care"), case)
    # Whose action it is not is not offered to tick it off.
    offered = {who: "ticked" in Page(client(who).get(at(case))).form("/begin").names for who in ("care", "counselor")}
    assert offered == {"care": True, "counselor": False}
    do(client("care"), rest, "begin", ticked="y")
    assert Action.get_by_id(step.id).state == "done"


def test_contact_is_noted_in_the_logbook_and_the_next_one_is_set(
    running: Rest, client: Any, clock: Any, cast: Any
) -> None:
    assert running.next_at == clock.now() + timedelta(days=1)
    clock.advance(days=1, hours=2)
    assert do(client("care"), running, "contact", words="").status_code == 422
    assert do(client("care"), running, "contact", words="She slept well.").status_code == 303
    assert RestContact.get().words == "She slept well."
    assert Rest.get_by_id(running.id).next_at == clock.now() + timedelta(days=1)
    assert pulse(running.incident).noted["victim"] == clock.now()
    entry = Entry.get(Entry.text == "She slept well.")
    assert (entry.contact, "Noor" in str(entry.params)) == ("victim", False)
    assert "She slept well." in Page(client("leadership").get(at(running.incident))).text


def test_the_teachers_hear_that_the_pupil_is_absent_with_permission(
    running: Rest, client: Any, app: Any, clock: Any
) -> None:
    page = Page(client("mentor").get(at(running.incident)))
    assert said(app, "Absent with permission") in page.text
    assert page.form("/told")
    assert do(client("mentor"), running, "told").status_code == 303
    assert pulse(running.incident).noted["teachers"] == clock.now()
    assert not [form for form in Page(client("mentor").get(at(running.incident))).forms if form.action.endswith("told")]


def test_it_lasts_longer_and_the_talk_moves(running: Rest, client: Any) -> None:
    late = {"last": "2026-11-25", "words": "Not yet."}
    assert do(client("care"), running, "longer", **late).status_code == 422
    later = {"last": "2026-11-27", "return_at": "2026-11-30T08:15", "words": "She asked for two days more."}
    assert do(client("care"), running, "longer", **later).status_code == 303
    kept = Rest.get_by_id(running.id)
    assert (kept.last, str(kept.return_at)[:10]) == (date(2026, 11, 27), "2026-11-30")
    text = Page(client("coordinator").get(f"/incidents/{running.incident.ref}/log")).text
    assert "vrijdag 27 november" in text
    assert "She asked for two days more." in text


def test_it_ends_early_and_the_talk_at_coming_back_remains(running: Rest, client: Any, clock: Any) -> None:
    clock.advance(days=1)
    assert do(client("care"), running, "end", words="").status_code == 422
    assert do(client("care"), running, "end", words="She wants to see her friends.").status_code == 303
    kept = Rest.get_by_id(running.id)
    assert (kept.state, kept.ended_on, kept.next_at) == ("ended", date(2026, 11, 24), None)
    assert kept.return_at
    assert do(client("care"), running, "contact", words="Called.").status_code == 409
    assert do(client("care"), running, "return", words="A seat near the door.").status_code == 303
    assert Rest.get_by_id(running.id).returned_at == clock.now()
    assert do(client("care"), running, "return", words="Once more.").status_code == 409
    assert list(queries.moments().tuples()) == []


def test_the_talk_at_coming_back_ends_a_rest_that_runs(running: Rest, client: Any, clock: Any) -> None:
    assert do(client("care"), running, "return", words="A seat near the door.").status_code == 303
    kept = Rest.get_by_id(running.id)
    assert (kept.state, kept.returned_at, kept.next_at) == ("ended", clock.now(), None)
    assert pulse(running.incident).noted["victim"] == clock.now()


def test_what_was_planned_and_does_not_go_on_leaves_no_talk(incident: Any, client: Any) -> None:
    rest = planned(client("counselor"), incident(), return_at="2026-11-26T08:15")
    assert do(client("counselor"), rest, "end", words="She would rather be at school.").status_code == 303
    assert list(queries.moments().tuples()) == []


def test_the_next_contacts_are_told_to_who_asks(running: Rest, cast: Any) -> None:
    rows = [row[:5] + row[5:] for row in queries.moments().tuples()]
    victim, keeper = running.pupil_id, cast["care"].id
    assert sorted((*row[:4], row[5], row[6]) for row in rows) == [
        (running.incident_id, "victim", victim, keeper, "rest", running.id),
        (running.incident_id, "victim", victim, keeper, "return", running.id),
    ]
    assert queries.moments().sql()[1] == [], "it can be put into SQL once"


def test_another_who_changed_it_first_is_not_overwritten(running: Rest, client: Any, app: Any) -> None:
    browser = client("care")
    form = next(
        one for one in Page(browser.get(at(running.incident, f"/{running.id}/change"))).forms if "told" in one.names
    )
    do(client("counselor"), running, "contact", words="Called.")
    sent = form.with_(schoolwork="Nothing this week.")
    refused = browser.post(at(running.incident, f"/{running.id}/change"), sent)
    assert refused.status_code == 409
    again = next(one for one in Page(refused).forms if "told" in one.names)
    assert again.first("schoolwork") == "Nothing this week."
    assert browser.post(at(running.incident, f"/{running.id}/change"), again.data).status_code == 303
    assert Rest.get_by_id(running.id).schoolwork == "Nothing this week."
    stale = browser.post(at(running.incident, f"/{running.id}/contact"), {"version": 1, "words": "Called too."})
    assert stale.status_code == 409
    assert "Called too." in Page(stale).form("/contact").first("words")


def test_the_plan_says_so_to_who_sees_the_victim(
    running: Rest, team: Any, client: Any, clock: Any, app: Any, cast: Any
) -> None:
    case = running.incident
    team(case, "communication")
    plan = f"/incidents/{case.ref}/plan"
    days = {"first": "maandag 23 november", "last": "woensdag 25 november", "who": said(app, "victim %(n)s", n=1)}
    runs = said(app, queries.BESIDE["running"], **days)
    for function in ("coordinator", "care", "mentor"):
        assert runs in Page(client(function).get(plan)).text, function
    assert runs not in Page(client("communication").get(plan)).text
    clock.advance(days=4)
    assert said(app, queries.BESIDE["over"], **days) in Page(client("coordinator").get(plan)).text
    # A mentor of another class.
    Involved.update(class_name="4A").where(Involved.id == running.pupil_id).execute()
    Action.update(assignee=None).where(Action.incident == case).execute()
    assert said(app, queries.BESIDE["over"], **days) not in Page(client("mentor").get(plan)).text


def test_a_mentor_of_another_class_sees_nothing_unless_it_is_own_work(
    running: Rest, client: Any, cast: Any, app: Any
) -> None:
    case, mentor = running.incident, client("mentor")
    Involved.update(class_name="4A").where(Involved.id == running.pupil_id).execute()
    Action.update(assignee=None).where(Action.incident == case).execute()
    before = AuditEvent.select().count(), written()
    assert "Absent." not in mentor.get(at(case)).text
    for part in (f"/new/{running.pupil_id}", f"/{running.id}/change"):
        assert mentor.get(at(case, part)).status_code == 404
    for step in ("begin", "told", "contact", "longer", "end", "return", "change"):
        assert mentor.post(at(case, f"/{running.id}/{step}"), {"words": "x", "version": 1}).status_code == 404
    assert AuditEvent.select().count() == before[0]
    Rest.update(teller=cast["mentor"]).execute()
    assert "Absent." in mentor.get(at(case)).text, "who tells the teachers"
    assert do(mentor, running, "told").status_code == 303


@pytest.mark.parametrize("function", ["coordinator", "leadership"])
def test_who_only_reads_changes_nothing(running: Rest, client: Any, function: str) -> None:
    browser = client(function)
    page = Page(browser.get(at(running.incident)))
    assert not [form for form in page.forms if "/rest/" in form.action]
    for step in ("begin", "told", "contact", "longer", "end", "return", "change"):
        assert browser.post(at(running.incident, f"/{running.id}/{step}"), {"words": "x"}).status_code == 403


def test_every_reading_of_it_is_in_the_trail(running: Rest, client: Any, cast: Any) -> None:
    client("leadership").get(at(running.incident))
    read = [
        one for one in AuditEvent.select() if one.detail == {"place": "rest"} and one.actor_id == cast["leadership"].id
    ]
    assert [one.subject for one in read] == [f"involved:{running.pupil_id}"]


def test_it_goes_along_when_incidents_are_joined_or_rows_merged(
    running: Rest, incident: Any, cast: Any, clock: Any
) -> None:
    target = incident()
    join(running.incident, target, checked=True, actor=cast["coordinator"], now=clock.now())
    moved = Rest.get_by_id(running.id)
    assert (moved.incident_id, moved.pupil.incident_id) == (target.id, target.id)
    kept = Involved.get(Involved.incident == target, Involved.part == "victim", Involved.id != moved.pupil_id)
    take_along(moved.pupil, kept, actor=cast["coordinator"], now=clock.now())
    assert Rest.get_by_id(running.id).pupil_id == kept.id


def test_a_victim_of_whom_only_a_rest_is_known_stays_when_incidents_are_joined(
    incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    target, source = incident(), incident(people=[])
    rest = planned(client("counselor"), source)
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    moved = Rest.get_by_id(rest.id)
    assert (moved.incident_id, moved.pupil.incident_id) == (target.id, target.id)


def test_after_its_end_the_page_only_tells(running: Rest, client: Any) -> None:
    Incident.update(state="ended").where(Incident.id == running.incident_id).execute()
    page = Page(client("care").get(at(running.incident)))
    assert not [form for form in page.forms if "/rest/" in form.action]
    assert do(client("care"), running, "contact", words="Called.").status_code == 409
    sent = {**DAYS, "told": "Absent."}
    assert client("care").post(at(running.incident, f"/new/{running.pupil_id}"), sent).status_code == 409


def test_pages_of_rest_name_nobody(running: Rest, client: Any) -> None:
    for part in ("", f"/new/{running.pupil_id}", f"/{running.id}/change"):
        assert VICTIM["name"] not in client("counselor").get(at(running.incident, part)).text


def test_teachers_hear_nothing_before_the_victim_wants_it(
    incident: Any, team: Any, client: Any, cast: Any, clock: Any
) -> None:
    """Product rule 4: telling is doing."""
    case = incident()
    team(case, "care")
    rest = planned(client("care"), case)
    for answer in (None, "no"):
        if answer:
            says(case, cast, clock.now(), answer)
        assert do(client("care"), rest, "told").status_code == 409
    assert Rest.get_by_id(rest.id).told_at is None
    says(case, cast, clock.now(), "yes")
    assert do(client("care"), rest, "told").status_code == 303


def test_who_is_taken_off_the_team_keeps_no_contact_any_more(running: Rest, client: Any, cast: Any, clock: Any) -> None:
    """Else the overview goes on waiting for somebody for whom the incident does not exist."""
    Rest.update(teller=cast["care"]).execute()
    remove_member(running.incident, cast["care"], actor=cast["coordinator"], now=clock.now())
    kept = Rest.get_by_id(running.id)
    assert (kept.keeper_id, kept.teller_id) == (None, None)
    assert not [one for one in pulse(running.incident).planned if one.person_id == cast["care"].id]


def test_contact_is_kept_by_who_may_see_the_rest(running: Rest, client: Any, team: Any, cast: Any) -> None:
    """The page is not there for communication: it would be late for ever."""
    team(running.incident, "communication")
    path, out, care = at(running.incident, f"/{running.id}/change"), cast["communication"].id, client("care")
    form = next(one for one in Page(care.get(path)).forms if "keeper" in one.names)
    assert str(out) not in form.offered["keeper"] + form.offered["teller"]
    assert care.post(path, form.with_(keeper=str(out))).status_code == 422


def test_making_it_longer_does_not_lose_the_talk(running: Rest, client: Any) -> None:
    Rest.update(return_at=running.return_at + timedelta(days=4)).execute()
    assert do(client("care"), running, "longer", last="2026-11-27").status_code == 303
    assert Rest.get_by_id(running.id).return_at == running.return_at + timedelta(days=4)
    # One that is before the new last day has to be agreed anew.
    assert do(client("care"), running, "longer", last="2026-12-02").status_code == 303
    assert Rest.get_by_id(running.id).return_at is None


def test_who_rests_stays_a_victim_until_that_has_ended(running: Rest, client: Any, cast: Any, clock: Any) -> None:
    """Else it is on no page any more, and overdue on the overview for ever."""
    case, care = running.incident, client("care")
    people.add_involved(case, {"part": "victim", "name": "Fatima"}, actor=cast["care"], now=clock.now())
    path = f"/incidents/{case.ref}/people/{running.pupil_id}"

    def changed() -> int:
        form = next(one for one in Page(care.get(path)).forms if "part" in one.names)
        return int(care.post(path, form.with_(part="bystander", also=[])).status_code)

    assert changed() == 422
    assert do(care, running, "return", words="She is back.").status_code == 303
    assert changed() == 303
