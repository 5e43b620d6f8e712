"""Who did and read what: the pages, who sees them, and what they do not tell."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.confirmations.operations import ask
from portal.accounts.models import Person, SignIn
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.audit.operations import record
from portal.db import db
from portal.desk.trail import queries
from portal.desk.trail.rules import PAGE, Asked
from portal.incidents.joining.operations import join
from portal.incidents.models import Incident, Involved, Membership, Report
from portal.incidents.team.operations import add_member, keep_out, remove_member
from tests.conftest import MONDAY, Browser
from tests.reading import Page
from tests.statements import counted

Client = Callable[..., Browser]
PUPIL = {"part": "victim", "name": "Xanthippe Quast", "class_name": "9Q", "age": 14, "school": "own"}
OTHER = {"part": "suspect", "name": "Balthazar Quint", "class_name": "8Q", "age": 15, "school": "own"}


@pytest.fixture(autouse=True)
def in_english(school: Any) -> None:
    """The words of the source are what these tests look for."""
    Person.update(language="en").execute()


@pytest.fixture
def case(incident: Callable[..., Incident], team: Any) -> Incident:
    made = incident(people=[PUPIL, OTHER], story="A secret story.")
    team(made, "care", "mentor")
    return made


def trail(browser: Browser, case: Incident, query: str = "") -> str:
    answer = browser.get(f"/incidents/{case.ref}/audit{query}")
    assert answer.status_code == 200
    return Page(answer).text


def lines(browser: Browser, path: str) -> list[str]:
    """The events of a page, each as one text without its moment."""
    text = browser.get(path).get_data(as_text=True)
    found = re.findall(r"<time[^>]*>\d\d:\d\d</time>\s*<div>(.*?)</div>", text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in found]


def victim(case: Incident) -> Involved:
    found: Involved = Involved.get(Involved.incident == case, Involved.part == "victim")
    return found


# --- who may ---


@pytest.mark.parametrize("path", ["/audit", "/people/{victim}/opened"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leadership", 200),
        ("coordinator", 404),
        ("counselor", 404),
        ("care", 404),
        ("mentor", 404),
        ("stranger", 404),
        ("teacher", 404),
        ("admin", 404),
        (None, 303),
    ],
)
def test_only_leadership_on_the_team_reads_the_trail_of_an_incident(
    case: Incident, client: Client, who: str | None, status: int, path: str
) -> None:
    at = f"/incidents/{case.ref}{path.format(victim=victim(case).id)}"
    assert client(who).get(at).status_code == status


def other_leadership(cast: dict[str, Person]) -> Person:
    person = cast["stranger"]
    person.functions = ["leadership"]
    person.save()
    return person


def test_leadership_that_is_not_on_the_team_or_is_kept_out_finds_nothing(
    case: Incident, client: Client, cast: dict[str, Person], clock: Any
) -> None:
    boss, now = other_leadership(cast), clock.now()
    browser = client("stranger")
    at = [f"/incidents/{case.ref}/audit", f"/incidents/{case.ref}/people/{victim(case).id}/opened"]
    assert [browser.get(path).status_code for path in at] == [404, 404]
    assert case.code_name not in Page(browser.get("/audit")).text
    add_member(case, boss, "care", actor=cast["coordinator"], now=now)
    assert [browser.get(path).status_code for path in at] == [404, 404]
    assert case.code_name not in Page(browser.get("/audit")).text
    add_member(case, boss, "leadership", actor=cast["coordinator"], now=now)
    assert [browser.get(path).status_code for path in at] == [200, 200]
    assert case.code_name in Page(browser.get("/audit")).text
    keep_out(case, boss, actor=cast["coordinator"], now=now)
    Membership.create(incident=case, person=boss, function="leadership", joined_at=now)
    assert [browser.get(path).status_code for path in at] == [404, 404]
    assert case.code_name not in Page(browser.get("/audit")).text


def test_ids_of_another_incident_are_not_there(
    case: Incident, incident: Callable[..., Incident], client: Client
) -> None:
    other, browser = incident(), client("leadership")
    for number in (victim(other).id, 999999, 0):
        assert browser.get(f"/incidents/{case.ref}/people/{number}/opened").status_code == 404
    assert browser.get(f"/incidents/{other.ref}/people/{victim(other).id}/opened").status_code == 200


def test_links_lead_there_for_who_may(case: Incident, client: Client) -> None:
    at = f"/incidents/{case.ref}"
    for who, sees in (("leadership", True), ("coordinator", False)):
        browser = client(who)
        assert (f"{at}/audit" in Page(browser.get(f"{at}/team/who")).links) is sees
        assert (f"{at}/people/{victim(case).id}/opened" in Page(browser.get(f"{at}/people")).links) is sees
        assert ("/audit" in Page(browser.get("/")).links) is sees
    assert "/audit" in Page(client("admin").get("/accounts")).links
    assert f"{at}/audit" in Page(client("leadership").get("/audit")).links


@pytest.mark.parametrize("who", ["coordinator", "counselor", "teacher", "stranger"])
def test_the_page_of_the_school_is_for_leadership_and_the_administrator(client: Client, who: str) -> None:
    assert [client(who).get(path).status_code for path in ("/audit", "/audit/head")] == [404, 404]


# --- what it tells ---


def test_it_tells_who_did_and_who_read_what_and_no_word_of_the_case(
    case: Incident, client: Client, cast: dict[str, Person], clock: Any
) -> None:
    coordinator = client("coordinator")
    coordinator.post(f"/incidents/{case.ref}/plan/new", {"title": "Bel de tante van Xanthippe"})
    step = Action.get(Action.incident == case, Action.step == "police-advice")
    coordinator.get(f"/incidents/{case.ref}/people")
    coordinator.get(f"/incidents/{case.ref}/log")
    coordinator.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "A secret word."})
    coordinator.post(f"/incidents/{case.ref}/plan/{step.id}/state", {"state": "doing", "version": str(step.version)})
    browser = client("leadership")
    found = lines(browser, f"/incidents/{case.ref}/audit")
    name = cast["coordinator"].name
    for said in (
        "read the logbook",
        "wrote in the logbook",
        "read the data of victim 1",
        "read the data of suspect 1",
        "added an action: an action of our own",
        f"put {cast['care'].name} on the team: Care coordinator",
    ):
        assert [line for line in found if said in line and line.startswith(name)], said
    assert [line for line in found if "began: " in line and "police" in line.casefold()]
    assert [line for line in found if line.startswith(cast["teacher"].name) and "sent the report" in line]
    text = trail(browser, case)
    for word in ("Xanthippe", "Quast", "Balthazar", "9Q", "secret", "tante"):
        assert word not in text
    assert "Monday 23 November 10:00" in text


def test_reading_it_is_written_down_once_an_hour(case: Incident, client: Client, clock: Any) -> None:
    browser = client("leadership")
    for minutes in (0, 59, 1):
        browser.come_back(clock.advance(minutes=minutes))
        trail(browser, case)
        browser.get(f"/incidents/{case.ref}/people/{victim(case).id}/opened")
    for action, subject in (
        ("incident:trail:read", f"incident:{case.id}"),
        ("incident:opened:read", f"involved:{victim(case).id}"),
    ):
        assert AuditEvent.select().where(AuditEvent.action == action, AuditEvent.subject == subject).count() == 2
    assert "read who did what" in trail(browser, case)


def test_the_session_is_named_by_its_device_and_by_its_number_once_it_is_gone(case: Incident, client: Client) -> None:
    for device in ("Firefox on a phone", ""):
        browser = client("care")
        session = SignIn.select().order_by(SignIn.id.desc()).get()
        SignIn.update(device=device).where(SignIn.id == session.id).execute()
        browser.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "Said."})
    first, second = session.id - 1, session.id
    boss = client("leadership")
    said = [line for line in lines(boss, f"/incidents/{case.ref}/audit") if "wrote in the logbook" in line]
    assert [line.rpartition("logbook")[2].strip() for line in said] == [
        f"session {second}",
        f"Firefox on a phone · session {first}",
    ]
    SignIn.delete().where(SignIn.id.in_([first, second])).execute()
    said = [line for line in lines(boss, f"/incidents/{case.ref}/audit") if "wrote in the logbook" in line]
    assert [line.rpartition("logbook")[2].strip() for line in said] == [f"session {second}", f"session {first}"]


def test_the_number_of_a_session_is_never_given_again(client: Client, cast: dict[str, Person]) -> None:
    """Else two people would stand under one number in the trail."""
    client("care")
    gone = SignIn.select().order_by(SignIn.id.desc()).get().id
    SignIn.delete().execute()
    client("mentor")
    assert SignIn.get().id == gone + 1


def test_that_there_is_a_confidential_note_stands_nowhere(
    case: Incident, client: Client, cast: dict[str, Person], clock: Any
) -> None:
    at = f"/incidents/{case.ref}"
    before = lines(client("leadership"), f"{at}/audit")
    assert client("counselor").post(f"{at}/notes", {"text": "A secret note.", "about": "0"}).status_code == 303
    assert client("counselor").get(f"{at}/notes").status_code == 200
    assert AuditEvent.select().where(AuditEvent.action.startswith("care:note:")).count() >= 2
    found = lines(client("leadership"), f"{at}/audit")
    assert not [line for line in found if "note" in line and line not in before]


def test_an_action_that_has_no_words_yet_is_shown_as_itself(case: Incident, client: Client, clock: Any) -> None:
    record("incident:unheard:of", f"incident:{case.id}", actor_id=1, now=clock.now(), text="A secret.")
    found = lines(client("leadership"), f"/incidents/{case.ref}/audit")
    assert "· incident:unheard:of" in found[1]
    assert "secret" not in " ".join(found)


def test_what_belongs_to_another_incident_stands_elsewhere(
    case: Incident, incident: Callable[..., Incident], client: Client
) -> None:
    other = incident()
    client("coordinator").get(f"/incidents/{other.ref}/log")
    browser = client("leadership")
    reading = [line for line in lines(browser, f"/incidents/{case.ref}/audit") if "read the logbook" in line]
    assert reading == []
    assert [line for line in lines(browser, f"/incidents/{other.ref}/audit") if "read the logbook" in line]


# --- joined ---


def test_events_of_a_joined_incident_belong_to_it_and_so_do_those_of_doubles(
    incident: Callable[..., Incident], client: Client, cast: dict[str, Person], clock: Any
) -> None:
    first, second = (
        incident(people=[PUPIL, OTHER]),
        incident(people=[{**PUPIL, "name": "", "class_name": "", "age": None, "school": "unknown"}]),
    )
    here, now = victim(first), clock.now()
    client("coordinator").get(f"/incidents/{first.ref}/people")
    client("counselor").get(f"/incidents/{first.ref}/log")
    there = victim(second)
    join(first, second, checked=True, actor=cast["coordinator"], now=now)
    assert Involved.get_by_id(there.id).name == PUPIL["name"]
    browser = client("leadership")
    for ref in (second.ref, first.ref):
        found = lines(browser, f"/incidents/{ref}/audit")
        assert [line for line in found if "read the logbook" in line and f"in {first.ref}" in line]
        assert [line for line in found if "joined two incidents" in line]
    # The same pupil: who read the data where it stood first is told where it stands now.
    at = f"/incidents/{second.ref}/people/{there.id}/opened"
    assert [line.partition(" ·")[0] for line in lines(browser, at)] == [cast["coordinator"].name]
    assert browser.get(f"/incidents/{second.ref}/people/{here.id}/opened").status_code == 404
    third = incident(people=[{**PUPIL, "name": "", "class_name": "", "age": None, "school": "unknown"}])
    client("counselor").get(f"/incidents/{second.ref}/people")
    join(Incident.get_by_id(second.id), third, checked=True, actor=cast["coordinator"], now=now)
    readers = {
        line.partition(" ·")[0] for line in lines(browser, f"/incidents/{third.ref}/people/{victim(third).id}/opened")
    }
    assert readers == {cast["coordinator"].name, cast["counselor"].name}
    assert f"in {first.ref}" in trail(browser, third)


# --- who opened this ---


def test_who_opened_the_data_of_a_person_and_where(
    case: Incident, client: Client, cast: dict[str, Person], clock: Any
) -> None:
    at = f"/incidents/{case.ref}/people/{victim(case).id}/opened"
    boss = client("leadership")
    assert lines(boss, at) == []
    assert "rp-empty" in boss.get(at).get_data(as_text=True)
    receipt = Report.get(Report.incident == case)
    client("teacher").get(f"/receipts/{receipt.slug}")
    coordinator = client("coordinator")
    coordinator.get(f"/incidents/{case.ref}/people")
    clock.advance(minutes=10)
    coordinator.get(f"/incidents/{case.ref}/people/{victim(case).id}")
    coordinator.come_back(clock.advance(minutes=50))
    coordinator.get(f"/incidents/{case.ref}/people")
    gate = Action.get(Action.incident == case, Action.gate == "parents")
    coordinator.post(f"/incidents/{case.ref}/plan/{gate.id}/wish", {"subject": "parents", "answer": "yes"})
    client("care").get(f"/incidents/{case.ref}/plan/{gate.id}")
    boss.come_back(clock.now())
    said = lines(boss, at)
    names = [cast[who].name for who in ("care", "coordinator", "coordinator", "teacher")]
    assert [line.partition(" ·")[0] for line in said] == names
    places = ("at an action", "people involved", "people involved", "receipt")
    assert [place in line for place, line in zip(places, said, strict=True)] == [True] * 4
    assert "Xanthippe" not in Page(boss.get(at)).text


# --- filters, pages ---


def test_filters_narrow_and_tell_nothing_of_others(
    case: Incident, client: Client, cast: dict[str, Person], clock: Any
) -> None:
    at = f"/incidents/{case.ref}/audit"
    client("coordinator").get(f"/incidents/{case.ref}/log")
    clock.advance(days=1)
    coordinator, boss = client("coordinator"), client("leadership")
    coordinator.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "Said."})
    boss.get(at)
    everything = lines(boss, at)
    own = lines(boss, f"{at}?person={cast['coordinator'].id}")
    assert own == [line for line in everything if line.startswith(cast["coordinator"].name)]
    read, changed = lines(boss, f"{at}?done=read"), lines(boss, f"{at}?done=changed")
    assert sorted(read + changed) == sorted(everything)
    assert all(" read " in line or "opened the incident" in line for line in read)
    assert len(lines(boss, f"{at}?day=2026-11-24")) == 2
    assert len(lines(boss, f"{at}?day=2026-11-24&done=read&person={cast['leadership'].id}")) == 1
    assert lines(boss, f"{at}?day=2026-11-25") == []
    # Who did nothing here, is not there, or is no number: as if it had not been asked.
    for odd in (cast["stranger"].id, cast["admin"].id, 999999, "x", "-1", "9" * 30, "1 OR 1=1"):
        assert lines(boss, f"{at}?person={odd}") == everything
    for odd in ("day=9999-12-31", "day=0001-01-01", "day=soon", "done=all", "kind=factor", "days=7"):
        assert lines(boss, f"{at}?{odd}") == everything
    offered = next(form.offered for form in Page(boss.get(at)).forms if "person" in form.names)
    assert str(cast["coordinator"].id) in offered["person"]
    assert str(cast["stranger"].id) not in offered["person"]


def test_who_is_kept_out_is_found_by_what_they_did_only(
    case: Incident, client: Client, cast: dict[str, Person], clock: Any
) -> None:
    boss, at, barred = client("leadership"), f"/incidents/{case.ref}/audit", cast["stranger"]
    keep_out(case, barred, actor=cast["coordinator"], now=clock.now())
    whole = lines(boss, at)
    assert [line for line in whole if f"kept {barred.name} out" in line]
    assert lines(boss, f"{at}?person={barred.id}") == whole
    client("mentor").get(f"/incidents/{case.ref}/plan")
    remove_member(case, cast["mentor"], actor=cast["coordinator"], now=clock.now())
    assert {line.partition(" ·")[0] for line in lines(boss, f"{at}?person={cast['mentor'].id}")} == {
        cast["mentor"].name
    }


@pytest.mark.parametrize(
    "after", ["1", "-", "x-1", "1-x", "9" * 40, "1-" + "9" * 20, "open-1-1", "²-1", "1764000000000000-"]
)
def test_a_forged_place_is_not_there(case: Incident, client: Client, after: str) -> None:
    boss = client("leadership")
    for path in (f"/incidents/{case.ref}/audit", f"/incidents/{case.ref}/people/{victim(case).id}/opened"):
        assert boss.get(f"{path}?after={after}").status_code == 404
    if not after.startswith("open"):
        assert boss.get(f"/audit?after={after}").status_code == 404
    assert client("admin").get(f"/audit?after={after}").status_code == 404


def test_a_place_of_another_incident_tells_nothing_of_it(
    case: Incident, incident: Callable[..., Incident], client: Client
) -> None:
    other = incident()
    last = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    boss = client("leadership")
    found = lines(boss, f"/incidents/{case.ref}/audit?after=9999999999999999-{last.id}")
    assert found == lines(boss, f"/incidents/{case.ref}/audit")
    assert other.ref not in " ".join(found)


def pages(browser: Browser, path: str) -> list[list[str]]:
    found, at = [], path
    while at:
        found.append(lines(browser, at))
        page = browser.get(at).get_data(as_text=True)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        at = more[1].replace("&amp;", "&") if more else ""
    return found


def test_pages_follow_each_other_and_paper_gets_all_of_it(case: Incident, client: Client, clock: Any) -> None:
    boss, at = client("leadership"), f"/incidents/{case.ref}/audit"
    boss.get(at)
    with db.atomic():
        for number in range(2 * PAGE):
            # Several of one moment, so that the moment alone says nothing.
            now = MONDAY + timedelta(minutes=number // 7)
            record("incident:unrest:note", f"incident:{case.id}", actor_id=1, now=now)
    found = pages(boss, at)
    assert [len(one) for one in found[:2]] == [PAGE, PAGE]
    whole = lines(boss, f"{at}?all=1")
    assert [line for one in found for line in one] == whole
    assert len(whole) == AuditEvent.select().where(AuditEvent.subject.in_(list(queries.subjects_of(case)))).count()
    assert 'data-print="now"' in boss.get(f"{at}?all=1").get_data(as_text=True)
    asked = pages(boss, f"{at}?person=1&done=changed")
    assert sum(len(one) for one in asked) > 2 * PAGE


# --- the administrator ---


@pytest.fixture
def office(case: Incident, client: Client, cast: dict[str, Person], clock: Any) -> Browser:
    """The administrator after a case was worked on and accounts were changed."""
    client("coordinator").get(f"/incidents/{case.ref}/people")
    ask("factor", cast["mentor"], actor=cast["admin"], now=clock.now())
    admin = client("admin")
    admin.post("/settings/closed", {"name": "Xanthippe", "first": "2027-02-15", "last": "2027-02-19"})
    admin.post("/login", {})
    client().post("/login", {"email": "care@baken.example", "password": "wrong"})
    client().post("/login", {"email": "nobody@baken.example", "password": "wrong"})
    return admin


def test_the_administrator_sees_accounts_and_settings_and_nothing_of_an_incident(
    case: Incident, office: Browser, cast: dict[str, Person]
) -> None:
    found = [line for one in pages(office, "/audit") for line in one]
    admin = cast["admin"].name
    assert [line for line in found if line.startswith(admin) and "added closed days" in line]
    asked = f"asked a second person to confirm something about {cast['mentor'].name}"
    assert [line for line in found if line.startswith(admin) and asked in line]
    assert [line for line in found if f"signing in as {cast['care'].name} failed" in line]
    assert [line for line in found if "signing in as an address that nobody has failed" in line]
    assert [line for line in found if f"made the account of {cast['care'].name}" in line]
    text = " ".join(found) + Page(office.get("/audit")).text
    for word in (case.ref, case.code_name, "victim", "logbook", "team", "Xanthippe", "incident:", "plan:"):
        assert word not in text


def test_the_administrator_chooses_person_kind_and_days(office: Browser, cast: dict[str, Person], clock: Any) -> None:
    everything = [line for one in pages(office, "/audit") for line in one]
    mentor = [line for one in pages(office, f"/audit?person={cast['mentor'].id}") for line in one]
    assert mentor == [line for line in everything if cast["mentor"].name in line]
    kinds = {
        kind: [line for one in pages(office, f"/audit?kind={kind}") for line in one]
        for kind in ("account", "sign-in", "factor", "confirmation", "absence", "settings")
    }
    assert sorted(line for found in kinds.values() for line in found) == sorted(everything)
    assert kinds["confirmation"]
    assert kinds["settings"]
    assert all("failed" in line for line in kinds["sign-in"])
    assert len(lines(office, "/audit?days=7")) < len(everything)
    clock.advance(days=6, hours=23)
    assert "failed" in " ".join(lines(client_of(office), "/audit?days=7&kind=sign-in"))
    for odd in ("kind=incident", "days=100000", "person=999999", "person=x", "day=2026-11-23", "done=read"):
        assert len(lines(client_of(office), f"/audit?{odd}")) == min(PAGE, len(everything) + 1)


def client_of(browser: Browser) -> Browser:
    """The same browser, signed in again when its session is over."""
    person = Person.get(Person.email == "admin@baken.example")
    browser.sign_in(person, browser.app.extensions["clock"].now())
    return browser


def test_reading_it_is_written_down_for_the_administrator_too(client: Client, clock: Any) -> None:
    admin = client("admin")
    for _time in range(3):
        admin.get("/audit")
    assert AuditEvent.select().where(AuditEvent.action == "account:trail:read").count() == 1


# --- leadership's list ---


def test_leadership_finds_open_incidents_first_and_nothing_of_accounts(
    incident: Callable[..., Incident], client: Client, cast: dict[str, Person]
) -> None:
    ended, running = incident(), incident()
    Incident.update(state="ended").where(Incident.id == ended.id).execute()
    boss = client("leadership")
    page = Page(boss.get("/audit"))
    found = [link for link in page.links if re.fullmatch(r"/incidents/[\d-]+/audit", link)]
    assert found == [f"/incidents/{one.ref}/audit" for one in (running, ended)]
    assert cast["admin"].name not in page.text
    assert "signed in" not in page.text
    Membership.delete().execute()
    assert "rp-empty" in boss.get("/audit").get_data(as_text=True)


# --- the head ---


@pytest.mark.parametrize("who", ["leadership", "admin"])
def test_the_head_can_be_printed(client: Client, school: Any, who: str) -> None:
    last = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    text = Page(client(who).get("/audit/head")).text
    assert f"audit verify --head {last.digest}" in text
    assert f" {AuditEvent.select().count()} " in text
    assert "Het Baken College" in text


# --- how much is asked of the database ---


def test_it_asks_the_same_at_any_size(case: Incident, client: Client) -> None:
    paths = {
        "leadership": [
            f"/incidents/{case.ref}/audit",
            f"/incidents/{case.ref}/people/{victim(case).id}/opened",
            "/audit",
        ],
        "admin": ["/audit"],
    }

    def asked() -> list[int]:
        numbers = []
        for who, wanted in paths.items():
            browser = client(who)
            for path in wanted:
                browser.get(path)
                with counted() as statements:
                    assert browser.get(path).status_code == 200
                numbers.append(len(statements))
        return numbers

    before = asked()
    with db.atomic():
        for number in range(300):
            record("incident:person:read", f"involved:{victim(case).id}", actor_id=1, now=MONDAY, place="people")
            record("account:sign-in:start", f"person:{number % 9}", actor_id=number % 9, now=MONDAY)
    assert asked() == before
    assert max(before) <= 12


def test_the_index_of_the_office_is_used(school: Any) -> None:
    for wanted in (Asked(), Asked(kind="factor"), Asked(person=1), Asked(days=7)):
        asked: list[Any] = []
        with counted_with_values(asked):
            queries.office(wanted, None, MONDAY, PAGE)
        ((sql, values),) = asked
        plan = " ".join(row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
        assert "audit_event_office" in plan, wanted
        assert "TEMP B-TREE" not in plan, wanted


class counted_with_values:  # noqa: N801
    def __init__(self, into: list[Any]) -> None:
        self.into = into

    def __enter__(self) -> None:
        self.ask = db.execute_sql

        def listening(sql: str, values: Any = None, *args: Any, **kw: Any) -> Any:
            self.into.append((sql, values))
            return self.ask(sql, values, *args, **kw)

        db.execute_sql = listening

    def __exit__(self, *_error: object) -> None:
        del db.execute_sql


def test_on_which_device_something_was_done_is_told_in_the_readers_language(client: Client, case: Incident) -> None:
    leader = client("leadership")
    trail(leader, case)
    SignIn.update(device="Firefox on Windows").execute()
    assert "Firefox on Windows" in trail(leader, case)
    Person.update(language="nl").execute()
    assert "Firefox op Windows" in trail(leader, case)
