"""The list of incidents: whose they are, in which order, in pages, and filtered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.db import db
from portal.desk.finding import queries
from portal.desk.finding.rules import PAGE, Asked, Place, place
from portal.incidents.models import Incident, Membership
from portal.incidents.operations import end_as_false_alarm
from portal.incidents.team.operations import keep_out, remove_member
from portal.policy import TEAM_FUNCTIONS
from tests.conftest import Browser
from tests.reading import Page, said
from tests.statements import counted

LIST = "/incidents"


def refs(browser: Browser, path: str = LIST) -> list[str]:
    """References of the incidents on a page of the list, from the top."""
    links = Page(browser.get(path)).links
    return [link.removeprefix(f"{LIST}/") for link in links if link.startswith(f"{LIST}/20")]


def further(browser: Browser, path: str) -> str:
    return next((link for link in Page(browser.get(path)).links if "after=" in link), "")


@pytest.fixture
def many(incident: Callable[..., Incident], cast: dict[str, Any]) -> Callable[..., list[Incident]]:
    """`many(120, ended=20)`: so many incidents of the coordinator, a minute apart, the last of them the newest."""

    def make(number: int, *, ended: int = 0, function: str = "coordinator") -> list[Incident]:
        first = incident()
        made = []
        for n in range(number):
            made.append(
                Incident.create(
                    ref=f"2025-{n + 1:03d}",
                    code_name=f"Eik {n + 2}",
                    state="ended" if n < ended else "open",
                    protocol=first.protocol_id,
                    created_at=first.created_at,
                    # Two at a time, so that the order within a minute matters too.
                    reported_at=first.reported_at - timedelta(days=30) + timedelta(minutes=n // 2),
                )
            )
            Membership.create(incident=made[-1], person=cast[function], function=function, joined_at=first.created_at)
        return made

    return make


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
def test_a_member_finds_the_incident_and_nobody_else(incident: Any, team: Any, client: Any, function: str) -> None:
    case, other = incident(), incident(keep_out=(function,))
    team(case, *[name for name in ("care", "mentor", "communication") if name == function])
    assert refs(client(function)) == [case.ref]
    assert other.code_name not in client(function).get(LIST).get_data(as_text=True)
    for outsider in ("stranger", "teacher"):
        assert refs(client(outsider)) == []


@pytest.mark.parametrize("away", [keep_out, remove_member])
def test_who_has_to_leave_finds_nothing(incident: Any, client: Any, cast: Any, clock: Any, away: Any) -> None:
    case, browser = incident(), client("leadership")
    assert refs(browser) == [case.ref]
    away(case, cast["leadership"], actor=cast["coordinator"], now=clock.now())
    assert refs(browser) == []
    assert refs(browser, f"{LIST}?q={case.ref}") == []


def test_neither_drafts_nor_joined_nor_administrators(incident: Any, client: Any, cast: Any) -> None:
    case, gone, draft = incident(), incident(), incident()
    Incident.update(state="joined", joined_into=case).where(Incident.id == gone.id).execute()
    Incident.update(state="draft").where(Incident.id == draft.id).execute()
    assert refs(client("coordinator")) == [case.ref]
    Membership.create(incident=case, person=cast["admin"], function="coordinator", joined_at=case.created_at)
    assert refs(client("admin")) == []
    assert refs(client("admin"), f"{LIST}?q={case.ref}") == []


@pytest.mark.parametrize("few", [True, False])
def test_open_ones_first_then_the_newest_over_all_pages(many: Any, client: Any, monkeypatch: Any, few: bool) -> None:
    """Both from the team and from the incidents by date."""
    monkeypatch.setattr(queries, "FEW", 300 if few else 0)
    made, browser = many(2 * PAGE + 20, ended=30), client("coordinator")
    [first] = [case for case in Incident.select() if case.ref not in {one.ref for one in made}]
    expected = [first.ref, *[case.ref for case in reversed(made[30:])], *[case.ref for case in reversed(made[:30])]]
    path, found = LIST, []
    while path:
        page = refs(browser, path)
        assert len(page) <= PAGE
        found += page
        path = next((link for link in Page(browser.get(path)).links if "after=" in link), "")
    assert found == expected


def test_a_page_stays_where_it_is_while_others_come_and_end(
    many: Any, incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    made, browser = many(PAGE + 10), client("coordinator")
    second = further(browser, LIST)
    before = refs(browser, second)
    clock.advance(minutes=5)
    incident()
    last = Incident.get(Incident.ref == refs(browser)[-1])
    end_as_false_alarm(made[-1], "It was not so.", actor=cast["coordinator"], now=clock.now())
    assert last.state == "open"
    assert refs(browser, second)[: len(before)] == before
    assert LIST in Page(browser.get(second)).links  # back to the first


@pytest.mark.parametrize(
    "after",
    ["x", "open", "open-1", "open-1-x", "draft-1-1", "open--1-1", "open-99999999999999999-1", "open-1-1' OR 1=1"],
)
def test_a_place_that_nobody_gave_is_not_there_or_empty(incident: Any, client: Any, after: str) -> None:
    case = incident()
    answer = client("coordinator").get(LIST, query_string={"after": after})
    assert answer.status_code in (200, 404)
    assert answer.status_code == 404 or case.ref in answer.get_data(as_text=True)
    # With a filter on work, nothing that has ended stands behind any place.
    assert client("coordinator").get(f"{LIST}?late=y&after=ended-1-1").status_code == 200


def test_a_place_is_read_as_it_was_written(clock: Any) -> None:
    there = Place("open", clock.now() + timedelta(microseconds=7), 12)
    assert place(str(there)) == there


def test_filters_leave_what_fits(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    plain = incident(scope={"kind": "video"})
    flagged = incident(flags={"coercion": "yes", "danger": "unknown"})
    ended = incident(flags={"coercion": "yes"}, scope={"kind": "threat"})
    end_as_false_alarm(ended, "No.", actor=cast["coordinator"], now=clock.now())
    Action.update(state="done").where(Action.incident == plain, Action.phase == "analyse").execute()
    Action.update(assignee=cast["leadership"]).where(Action.incident << [plain, flagged]).execute()
    mine = Action.select().where(Action.incident == plain, Action.phase == "react").first()
    Action.update(assignee=cast["coordinator"], state="doing").where(Action.id == mine.id).execute()
    Action.update(due_at=clock.now() + timedelta(days=1)).execute()
    late = Action.select().where(Action.incident == flagged, Action.gate == "", Action.phase == "react").first()
    Action.update(due_at=clock.now() - timedelta(days=1)).where(Action.id == late.id).execute()
    browser = client("coordinator")
    expected = {
        "": {plain, flagged, ended},
        "kind=video": {plain},
        "kind=threat": {ended},
        "flag=any": {flagged, ended},
        "flag=coercion": {flagged, ended},
        "flag=danger": set(),
        "phase=analyse": {flagged},
        "phase=react": {plain},
        "phase=evaluate": set(),
        "mine=y": {plain},
        "late=y": {flagged},
        "late=y&mine=y": set(),
        "flag=coercion&phase=analyse&late=y&kind=image": {flagged},
        "phase=nonsense&flag=%27&kind=%22": {plain, flagged, ended},
    }
    found = {query: set(refs(browser, f"{LIST}?{query}")) for query in expected}
    assert found == {query: {case.ref for case in cases} for query, cases in expected.items()}


def test_a_filter_stays_on_the_next_page_and_in_the_form(many: Any, client: Any) -> None:
    many(PAGE + 5)
    Incident.update(kind="fake").execute()
    browser = client("coordinator")
    page = Page(browser.get(f"{LIST}?kind=fake"))
    assert next(form for form in page.forms if "kind" in form.names).first("kind") == "fake"
    assert "kind=fake" in further(browser, f"{LIST}?kind=fake")
    assert len(refs(browser, further(browser, f"{LIST}?kind=fake"))) == 6


def test_nothing_that_fits_says_so_and_leads_back(incident: Any, client: Any) -> None:
    incident()
    page = Page(client("coordinator").get(f"{LIST}?kind=livestream"))
    assert page.links.count(LIST) >= 2
    assert any("kind" in form.names for form in page.forms)


def test_a_row_says_what_matters(incident: Any, client: Any, clock: Any) -> None:
    case = incident(flags={"coercion": "yes"})
    clock.advance(days=40)
    page = Page(client("coordinator").get(LIST))
    late = Action.select().where(Action.incident == case, Action.gate == "", Action.due_at < clock.now()).count()
    row = page.text.partition(case.code_name)[2]
    said = (case.ref, "maandag 23 november", "Analyseer", "dwang of chantage")
    assert [word for word in said if word not in row] == []
    assert str(late) in row


def test_a_call_that_is_left_is_not_everything_done(incident: Any, client: Any, app: Any) -> None:
    case, browser = incident(flags={"danger": "yes"}), client("coordinator")
    done = said(app, "everything done")
    Action.update(state="done").where(Action.incident == case, Action.flag == "").execute()
    row = Page(browser.get(LIST)).text.partition(case.code_name)[2]
    assert "–" in row
    assert done not in row
    Action.update(state="done").where(Action.incident == case).execute()
    assert done in Page(browser.get(LIST)).text


def test_the_number_of_statements_is_that_of_a_page(many: Any, client: Any) -> None:
    many(PAGE + 20, ended=20)
    browser = client("coordinator")
    for path in (LIST, further(browser, LIST), f"{LIST}?phase=react&late=y&mine=y&flag=any&kind=image"):
        with counted() as statements:
            assert browser.get(path).status_code == 200
        assert len(statements) <= 4, statements


def test_the_plan_of_the_query_reads_pages_and_not_all(many: Any, cast: Any, clock: Any) -> None:
    """By the index from a place on; nothing is sorted, skipped or scanned."""
    many(3)
    with counted() as statements:
        queries.page(cast["coordinator"], Asked(), Place("open", clock.now(), 9), clock.now())
    values = dict.fromkeys(("me", "few", "now", "at", "number", "flag", "kind"), 1)
    plans = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statements[0]}", values)]
    assert [line for line in plans if "incident_state_reported_at (state=? AND reported_at<?)" in line]
    assert not [line for line in plans if line.startswith("SCAN") and line.split()[1] in ("i", "incident", "action")]
    assert "OFFSET" not in "".join(statements)
    details = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statements[1]}", values)]
    assert [line for line in details if "COVERING INDEX action_unfinished" in line]
