"""Kept out: for this person the incident does not exist, whatever their function is and whatever they had of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import create_app
from portal.accounts.absence import operations as absence
from portal.accounts.models import Absence, Deputy
from portal.actions.deputies import operations as deputies
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.clock import local
from portal.drafts.models import Draft
from portal.incidents.models import Entry, KeptOut, Membership
from portal.incidents.team.operations import add_member, tell
from portal.notices.models import CANCELLED, QUEUED, Mail
from portal.policy import TEAM_FUNCTIONS
from tests.conftest import Browser, Worker
from tests.reading import Page
from tests.web.scene import NOTED, OTHER_PUPIL, PUPIL, Scene, routes, written

EVERYBODY = [*TEAM_FUNCTIONS, "reporter"]


@pytest.fixture
def out(client: Callable[..., Browser], cast: Any) -> Callable[[Scene, str], Any]:
    """`out(here, "care")`: the coordinator keeps somebody out; of the coordinator leadership does."""

    def keep_out(here: Scene, role: str) -> Any:
        by = client("leadership" if role == "coordinator" else "coordinator")
        return by.post(f"/incidents/{here.case.ref}/team/keep-out", {"barred-person": str(cast[role].id)})

    return keep_out


def another_coordinator(here: Scene, cast: Any, now: Any) -> None:
    add_member(here.case, here.extra, "coordinator", actor=cast["leadership"], now=now)


def everything(app: Flask, browser: Browser, here: Scene, role: str) -> dict[str, str]:
    """All this person can open, whole and as a fragment, with what can be asked for in words."""
    paths = [here.path(rule, role) for rule, _access, method in routes(app) if method == "GET"]
    sought = (here.case.ref, here.case.code_name, "Written", "confidence", "2026")
    paths += [f"/incidents?q={word}" for word in sought] + ["/incidents?state=all&mine=1", "/incidents?state=ended"]
    found = {}
    for path in paths:
        for htmx in (False, True):
            answer = browser.get(path, htmx=htmx)
            found[f"{path} {htmx}"] = (answer.get_data(as_text=True) + str(answer.headers)).replace(path, "")
    return found


@pytest.mark.parametrize("role", EVERYBODY)
def test_nothing_is_left_of_it_anywhere(
    app: Flask, scene: Any, client: Any, cast: Any, clock: Any, out: Any, role: str
) -> None:
    here, person = scene(), cast[role]
    another_coordinator(here, cast, clock.now())
    at = f"/incidents/{here.case.ref}"
    # All that somebody can have of it: mail that waits, drafts, an action that was handed on, one that was done.
    tell(here.case, person, "action", actor=None, now=clock.now())
    Draft.create(person=person, place=f"{at}/log#text", incident=here.case, text="Half a sen", saved_at=clock.now())
    if role != "reporter":
        own = Action.get_by_id(here.actions[role])
        Action.create(**{**own.__data__, "id": None, "state": "done", "outcome": "It went well."})
        Action.create(**{**own.__data__, "id": None, "assignee": here.extra.id, "handed_by": person.id})
    browser = client(role)
    assert here.case.code_name in browser.get("/").text
    assert out(here, role).status_code == 303
    secrets = (
        here.case.code_name,
        here.case.ref,
        PUPIL,
        OTHER_PUPIL,
        NOTED,
        "Written by",
        "Half a sen",
        "It went well",
    )

    assert not Draft.select().where(Draft.person == person, Draft.incident == here.case).exists()
    assert not Membership.select().where(Membership.person == person, Membership.incident == here.case).exists()
    mine = Mail.select().where(Mail.person_id == person.id, Mail.about == f"incident:{here.case.id}")
    assert {mail.state for mail in mine} == {CANCELLED}
    assert not Action.select().where(Action.assignee == person, Action.state == "todo").exists()
    # As if taking them off the team had been forgotten: being kept out is the stronger, in every query.
    function = role if role in TEAM_FUNCTIONS else "coordinator"
    Membership.create(incident=here.case, person=person, function=function, joined_at=clock.now())
    Action.update(assignee=person).where(Action.id == here.actions["care"]).execute()
    Draft.create(person=person, place=f"{at}/log#text", incident=here.case, text="Half a sen", saved_at=clock.now())
    for path, text in everything(app, browser, here, role).items():
        # What they typed themselves stands in the field; a hit would show the other name beside it.
        assert not [word for word in secrets if word in text and f"q={word}" not in path], path


@pytest.mark.parametrize("role", ["coordinator", "counselor", "mentor", "reporter"])
def test_what_was_on_the_screen_before_can_be_sent_no_more(
    app: Flask, scene: Any, client: Any, cast: Any, clock: Any, out: Any, role: str
) -> None:
    """Every form of every page that they had open, with the token and the key of that page."""
    here, browser, forms = scene(), client(role), []
    another_coordinator(here, cast, clock.now())
    at, receipt = f"/incidents/{here.case.ref}", f"/receipts/{here.receipt.slug}"
    for rule, _access, method in routes(app):
        path = here.path(rule, role)
        if method == "GET" and path.startswith((at, receipt)):
            sent = (form for form in Page(browser.get(path)).forms if form.method == "post")
            forms += [(form.action or path, form.data) for form in sent]
    forms = [(path, data) for path, data in forms if path.startswith((at, receipt))]
    assert len(forms) >= (1 if role == "reporter" else 8)
    assert out(here, role).status_code == 303
    before = written()
    for path, data in forms:
        for htmx in (False, True):
            answer = browser.post(path, {**data, "text": "Typed before."}, htmx=htmx)
            assert answer.status_code == 404, path
    for place in (f"{at}/log#text", f"{at}/notes#text", f"{receipt}/add#text"):
        assert browser.post("/drafts", {"place": place, "text": "Typed before."}).status_code == 404
    assert written() == before


@pytest.fixture(scope="module")
def other_worker(worker: Worker) -> Flask:
    """A second process as far as the application can tell: all it shares are the files."""
    return create_app(worker.app.extensions["settings"])


@pytest.mark.parametrize("how", ["keep out", "remove"])
def test_another_worker_refuses_at_the_next_request(
    app: Flask, other_worker: Flask, scene: Any, client: Any, cast: Any, clock: Any, out: Any, how: str
) -> None:
    other_worker.extensions["clock"] = clock
    here, at = scene(), ""
    at = f"/incidents/{here.case.ref}"
    there = Browser(other_worker)
    there.sign_in(cast["counselor"], clock.now())
    pages = (at, f"{at}/plan", f"{at}/log", f"{at}/people", f"{at}/team", f"{at}/team/who", f"{at}/notes")
    for _time in range(2):
        assert {there.get(path).status_code for path in pages} == {200}
    if how == "keep out":
        assert out(here, "counselor").status_code == 303
    else:
        assert client("coordinator").post(f"{at}/team/{cast['counselor'].id}/remove").status_code == 303
    for path in pages:
        for htmx in (False, True):
            assert there.get(path, htmx=htmx).status_code == 404, path
    assert there.post(f"{at}/log", {"kind": "talk", "text": "x"}).status_code == 404
    assert here.case.code_name not in there.get("/").text + there.get("/incidents").text


def test_an_open_page_is_told_that_it_is_not_there_any_more(scene: Any, client: Any, out: Any) -> None:
    """The overview asks again by itself; what it gets is no news and no part of the page."""
    here, browser = scene(), client("mentor")
    at = f"/incidents/{here.case.ref}"
    tag = browser.get(at, htmx=True).headers["HX-PTag"]
    assert browser.get(at, htmx=True, headers={"HX-PTag": tag}).status_code == 304
    out(here, "mentor")
    answer = browser.get(at, htmx=True, headers={"HX-PTag": tag})
    assert answer.status_code == 404
    assert "HX-PTag" not in answer.headers


@pytest.mark.parametrize(
    ("by", "whom", "answer"),
    [
        *(("coordinator", whom, 303) for whom in EVERYBODY if whom != "coordinator"),
        *(("leadership", whom, 303) for whom in ("counselor", "care", "mentor", "communication", "reporter")),
        ("leadership", "coordinator", 409),  # nobody else leads
        ("coordinator", "coordinator", 409),  # oneself
        ("leadership", "leadership", 409),
        *((by, "mentor", 403) for by in ("counselor", "care", "communication")),
        ("reporter", "mentor", 404),
        ("administrator", "mentor", 404),
    ],
)
def test_who_can_keep_out_whom(scene: Any, client: Any, cast: Any, by: str, whom: str, answer: int) -> None:
    here = scene()
    at = f"/incidents/{here.case.ref}/team"
    sent = client(by).post(f"{at}/keep-out", {"barred-person": str(cast[whom].id)})
    # Oneself is not offered.
    assert sent.status_code == (422 if by == whom else answer)
    assert KeptOut.select().where(KeptOut.person == cast[whom]).exists() == (answer == 303)


def test_leadership_keeps_out_other_leadership_and_the_coordinator_once_somebody_else_leads(
    scene: Any, client: Any, cast: Any, clock: Any
) -> None:
    here, browser = scene(), client("leadership")
    at = f"/incidents/{here.case.ref}/team"
    add_member(here.case, here.extra, "leadership", actor=cast["coordinator"], now=clock.now())
    assert browser.post(f"{at}/keep-out", {"barred-person": str(here.extra.id)}).status_code == 303
    coordinator = {"barred-person": str(cast["coordinator"].id)}
    # Who left the school leads nobody.
    left = cast["stranger"]
    add_member(here.case, left, "coordinator", actor=cast["coordinator"], now=clock.now())
    type(left).update(left_at=clock.now()).where(type(left).id == left.id).execute()
    assert browser.post(f"{at}/keep-out", coordinator).status_code == 409
    add_member(here.case, cast["care"], "coordinator", actor=cast["coordinator"], now=clock.now())
    assert browser.post(f"{at}/keep-out", coordinator).status_code == 303
    # The work goes on, and nobody can bring them back in but by letting them in.
    added = {"member-person": str(cast["coordinator"].id), "member-function": "coordinator"}
    assert client("care").post(f"{at}/add", added).status_code == 422
    assert client("coordinator").get(at).status_code == 404


def test_neither_an_absence_nor_what_is_late_brings_them_in_or_tells_them(
    scene: Any, client: Any, cast: Any, clock: Any, out: Any
) -> None:
    here, mentor = scene(), cast["mentor"]
    out(here, "mentor")
    mails = Mail.select().where(Mail.person_id == mentor.id).count()
    for function in TEAM_FUNCTIONS:
        Deputy.insert(function=function, person=mentor).on_conflict_replace().execute()
    today = local(clock.now()).date()
    for person in (cast["care"], cast["counselor"]):
        last = today + timedelta(days=3)
        absence.report(person, today, last, mentor.id, actor=person, now=clock.now())
    late = clock.now() + timedelta(minutes=5)
    Action.update(due_at=late).where(Action.incident == here.case).execute()
    for minutes in (10, 40, 60):
        clock.advance(minutes=minutes)
        absence.work(clock.now())
        deputies.tell_late(clock.now())
    assert Entry.select().where(Entry.event.contains("late")).exists()  # somebody else was told
    assert not Membership.select().where(Membership.person == mentor, Membership.incident == here.case).exists()
    assert Mail.select().where(Mail.person_id == mentor.id).count() == mails
    assert (
        not Action.select()
        .where(Action.assignee == mentor, Action.incident == here.case, Action.state == "todo")
        .exists()
    )
    text = "".join(client("mentor").get(path).text for path in ("/", "/actions", "/incidents", "/account/absence"))
    assert here.case.code_name not in text
    assert here.case.ref not in text


def test_mail_from_before_a_joining_is_taken_back_too(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    source, target = incident(), incident(reporter="stranger")
    for case in (source, target):
        add_member(case, cast["care"], "care", actor=cast["coordinator"], now=clock.now())
    coordinator = client("coordinator")
    assert coordinator.post(f"/incidents/{source.ref}/join", {"other": target.id}).status_code == 303
    assert Mail.select().where(Mail.person_id == cast["care"].id, Mail.state == QUEUED).count() >= 2
    out = {"barred-person": str(cast["care"].id)}
    assert coordinator.post(f"/incidents/{source.ref}/team/keep-out", out).status_code == 303
    assert {mail.state for mail in Mail.select().where(Mail.person_id == cast["care"].id)} == {CANCELLED}
    care = client("care")
    for ref in (source.ref, target.ref):
        assert care.get(f"/incidents/{ref}").status_code == 404
        assert "rp-row" not in care.get(f"/incidents?q={ref}").text
    for name in (source.code_name, target.code_name):
        assert f">{name}<" not in care.get(f"/incidents?q={name}").text


def test_where_they_coordinate_another_incident_this_one_is_not_offered(
    scene: Any, incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    here, other = scene(), incident()
    another_coordinator(here, cast, clock.now())
    out = {"barred-person": str(cast["coordinator"].id)}
    assert client("leadership").post(f"/incidents/{here.case.ref}/team/keep-out", out).status_code == 303
    browser = client("coordinator")
    page = browser.get(f"/incidents/{other.ref}/join")
    assert page.status_code == 200
    assert here.case.code_name not in page.text
    tried = browser.post(f"/incidents/{other.ref}/join", {"other": str(here.case.id), "checked": "y"})
    missing = browser.post(f"/incidents/{other.ref}/join", {"other": "9999", "checked": "y"})
    assert (tried.status_code, missing.status_code) == (422, 422)


def test_in_who_can_see_what_they_are_named_only_to_who_can_keep_out(
    scene: Any, client: Any, cast: Any, out: Any
) -> None:
    here = scene()
    path = f"/incidents/{here.case.ref}/team/who"
    for function in TEAM_FUNCTIONS:
        text = Page(client(function).get(path)).text
        assert (here.barred.name in text) == (function in ("coordinator", "leadership")), function
        assert {person.name for person in map(cast.get, TEAM_FUNCTIONS) if person.name not in text} == set()  # type: ignore[union-attr]
        assert cast["reporter"].name in text
        assert cast["stranger"].name not in text
    assert out(here, "mentor").status_code == 303
    assert cast["mentor"].name not in Page(client("care").get(path)).text


def test_an_absence_that_began_before_brings_nothing_back(
    scene: Any, client: Any, cast: Any, clock: Any, out: Any
) -> None:
    here, care = scene(), cast["care"]
    Absence.delete().where(Absence.person == care).execute()
    today = local(clock.now()).date()
    away = absence.report(care, today, today + timedelta(days=1), here.extra.id, actor=care, now=clock.now())
    handed = Action.select().where(Action.absence == away)
    assert handed.count() > 0
    out(here, "care")
    events = AuditEvent.select().count()
    absence.end(away, actor=care, now=clock.now())
    assert (
        not Action.select()
        .where(Action.assignee == care, Action.incident == here.case, Action.state == "todo")
        .exists()
    )
    assert [one.action for one in AuditEvent.select().where(AuditEvent.id > events)] == ["account:absence:end"]
    assert here.case.code_name not in client("care").get("/").text
