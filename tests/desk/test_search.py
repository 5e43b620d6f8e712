"""Searching: in names and logbooks, of what the reader may read and of nothing else."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.desk.finding import queries
from portal.desk.finding.rules import PAGE, Asked, names, references
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident, KeptOut, Membership
from portal.incidents.operations import write_entry
from portal.incidents.team.operations import add_member, keep_out, remove_member
from portal.policy import TEAM_FUNCTIONS, incident_verbs
from tests.conftest import Browser
from tests.desk.test_list import many, refs  # noqa: F401
from tests.reading import Page
from tests.statements import counted

SECRET = "kwartelei"


def write(case: Incident, person: Any, now: Any, text: str, **more: Any) -> Entry:
    return write_entry(case, {"kind": "talk", "text": text, **more}, actor=person, now=now)


def search(browser: Browser, words: str) -> Any:
    return browser.get("/incidents", query_string={"q": words})


def found(browser: Browser, words: str) -> list[str]:
    links = Page(search(browser, words)).links
    return [
        link.removeprefix("/incidents/") for link in links if link.startswith("/incidents/20") and "/log" not in link
    ]


def counts(browser: Browser, words: str) -> dict[str, str]:
    """By reference, the link to the logbook with the words."""
    links = Page(search(browser, words)).links
    return {link.split("/")[2]: link for link in links if "/log?" in link}


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
@pytest.mark.parametrize("few", [True, False])
def test_the_logbook_is_searched_in_what_the_reader_may_read(
    incident: Any, team: Any, client: Any, cast: Any, clock: Any, monkeypatch: Any, function: str, few: bool
) -> None:
    monkeypatch.setattr(queries, "FEW", 300 if few else 0)
    case, hidden, browser = incident(), incident(keep_out=(function,)), client(function)
    team(case, *{function} & {"care", "mentor", "communication"})
    writer = cast["teacher"]
    for one in (case, hidden):
        write(one, writer, clock.now(), f"They saw a {SECRET}.")
    reads_all = "read" in incident_verbs("log", [function])
    assert found(browser, SECRET) == ([case.ref] if reads_all else [])
    # Own entries, and those on own actions.
    write(case, cast[function], clock.now(), "My own schildpad.")
    own = Action.select().where(Action.incident == case).first()
    Action.update(assignee=cast[function]).where(Action.id == own.id).execute()
    write_entry(case, {"kind": "talk", "text": "A giraffe."}, actor=writer, now=clock.now(), action_id=own.id)
    assert found(browser, "schildpad") == [case.ref]
    assert found(browser, "giraffe") == [case.ref]
    Action.update(assignee=writer).where(Action.id == own.id).execute()
    assert found(browser, "giraffe") == ([case.ref] if reads_all else [])


@pytest.mark.parametrize("who", ["stranger", "teacher", "admin"])
def test_who_is_on_no_team_finds_nothing_not_even_by_name(
    incident: Any, client: Any, cast: Any, clock: Any, who: str
) -> None:
    case = incident()
    write(case, cast["coordinator"], clock.now(), SECRET)
    browser = client(who)
    nothing = Page(search(browser, "nietstevinden")).text.replace("nietstevinden", "")
    for words in (SECRET, case.ref, case.code_name, case.ref[-3:]):
        assert found(browser, words) == []
        assert Page(search(browser, words)).text.replace(words, "") == nothing


@pytest.mark.parametrize("away", [keep_out, remove_member])
def test_who_has_to_leave_finds_nothing_any_more(incident: Any, client: Any, cast: Any, clock: Any, away: Any) -> None:
    case, browser = incident(), client("leadership")
    write(case, cast["leadership"], clock.now(), SECRET)
    assert found(browser, SECRET) == [case.ref]
    away(case, cast["leadership"], actor=cast["coordinator"], now=clock.now())
    assert found(browser, SECRET) == []


@pytest.mark.parametrize("few", [True, False])
def test_a_joined_logbook_is_found_where_the_work_goes_on(
    incident: Any, client: Any, cast: Any, clock: Any, monkeypatch: Any, few: bool
) -> None:
    monkeypatch.setattr(queries, "FEW", 300 if few else 0)
    target, source = incident(keep_out=("counselor",)), incident()
    write(source, cast["teacher"], clock.now(), SECRET)
    write(target, cast["teacher"], clock.now(), SECRET)
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    browser = client("coordinator")
    assert found(browser, SECRET) == [target.ref]
    page = Page(browser.get(counts(browser, SECRET)[target.ref]))
    assert page.text.count(SECRET) >= 2
    assert found(client("counselor"), SECRET) == []


def test_what_was_joined_is_found_by_its_old_name(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    target, source = incident(), incident(keep_out=("counselor",))
    target_only, source_only = client("leadership"), client("stranger")
    Membership.delete().where(Membership.incident == source, Membership.person == cast["leadership"]).execute()
    add_member(source, cast["stranger"], "care", actor=cast["coordinator"], now=clock.now())
    called = (source.ref, source.code_name, source.code_name[:3].lower(), source.ref.replace("2026", "26"))
    for words in called:
        assert target.ref not in found(client("coordinator"), words)
        assert found(target_only, words) == []
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    for words in called:
        for browser in (client("coordinator"), target_only, source_only):
            assert found(browser, words) == [target.ref], words
        assert found(client("counselor"), words) == [], "kept out of both"
        assert found(client("teacher"), words) == []
        assert found(client("admin"), words) == []
    # Whoever is kept out of either does not learn that one went on in the other.
    KeptOut.delete().where(KeptOut.incident == target).execute()
    add_member(target, cast["counselor"], "counselor", actor=cast["coordinator"], now=clock.now())
    assert found(client("counselor"), target.ref) == [target.ref]
    assert found(client("counselor"), source.ref) == []
    remove_member(target, cast["leadership"], actor=cast["coordinator"], now=clock.now())
    assert found(target_only, source.ref) == []


def test_open_ones_come_before_what_has_ended(many: Any, client: Any, cast: Any, clock: Any) -> None:  # noqa: F811
    made = many(8)
    for case in made:
        write(case, cast["coordinator"], clock.now(), f"{SECRET} {made[-2].ref}")
    Incident.update(state="ended").where(Incident.id << [case.id for case in made[-3:]]).execute()
    browser, order = client("coordinator"), [case.ref for case in (*reversed(made[:-3]), *reversed(made[-3:]))]
    assert found(browser, SECRET) == order
    # What is called exactly so comes first all the same.
    assert found(browser, made[-2].ref) == [made[-2].ref, *[ref for ref in order if ref != made[-2].ref]]


def test_no_word_of_the_logbook_stands_on_the_list(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    case = incident()
    for _again in range(3):
        write(case, cast["coordinator"], clock.now(), f"{SECRET} with Xanthippe", present="Quast")
    page = search(client("coordinator"), SECRET).get_data(as_text=True)
    assert "Xanthippe" not in page
    assert "Quast" not in page
    assert list(counts(client("coordinator"), SECRET)) == [case.ref]
    assert "3 " in Page(page).text.partition(case.ref)[2]


def test_all_words_count_and_the_last_one_may_go_on(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    first, second = incident(), incident()
    write(first, cast["coordinator"], clock.now(), "De móéder van Zoë belde over de foto's.", present="A. Bakker")
    write(second, cast["coordinator"], clock.now(), "De vader fotografeert; de moeder niet.")
    browser = client("coordinator")
    expected = {
        "moeder": {first.ref, second.ref},
        "MOEDER zoe": {first.ref},
        "moeder foto": {first.ref, second.ref},
        "foto moeder": {first.ref},
        "moeder fotogra": {second.ref},
        "foto's": {first.ref},
        "bakker": {first.ref},
        "mo": set(),
        "moeder nergens": set(),
    }
    assert {words: set(found(browser, words)) for words in expected} == expected


@pytest.mark.parametrize(
    "words",
    [
        '"', "*", "NEAR(", "-", "'", '"foto', "foto*", "foto -klas", "a NEAR b", "AND", "OR NOT", "text:foto",
        "{text}:x", "incident_id : 1", "^foto", "foto + klas", "(((", "'; DROP TABLE entry; --", "💥", "ﬁets ①②",
        "\x00", "é́", "%", "_", "foto " * 400, "x" * 2000, "日本語", "1" * 300, "-1", "2026-", "\\uffff", "ß",
    ],
)  # fmt: skip
def test_nothing_typed_breaks_the_search(incident: Any, client: Any, words: str) -> None:
    case, browser = incident(), client("coordinator")
    assert search(browser, words).status_code == 200
    assert browser.get(f"/incidents/{case.ref}/log", query_string={"q": words}).status_code == 200


def test_the_exact_name_or_number_comes_first(many: Any, client: Any, cast: Any, clock: Any) -> None:  # noqa: F811
    made = many(25)
    write(made[-1], cast["coordinator"], clock.now(), "Eik 3 and 2025-004 and 005 were named.")
    browser = client("coordinator")
    assert found(browser, "eik 3")[0] == "2025-002"
    assert found(browser, "Zaak Eik 3")[0] == "2025-002"
    assert found(browser, "2025-004")[:2] == ["2025-004", made[-1].ref]
    assert found(browser, "25-4")[0] == "2025-004"
    assert found(browser, "005")[:2] == ["2025-005", made[-1].ref]
    # What begins so comes after it, the newest first.
    assert found(browser, "eik 2")[:3] == ["2025-001", "2025-025", "2025-024"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("2026-007", "2026-007"), ("26-7", "2026-007"), (" 26-1234 ", "2026-1234"), ("2026-7x", None), ("", None)],
)
def test_a_reference_is_read_in_every_way_it_is_written(typed: str, expected: str | None) -> None:
    assert references(typed, 2026) == ([expected] if expected else [])
    assert references("7", 2026)[:2] == ["2026-007", "2025-007"]
    assert names("  zaak  EIK 2") == "Eik 2"


def test_a_page_of_them_at_most_and_it_says_so(many: Any, client: Any, cast: Any, clock: Any, monkeypatch: Any) -> None:  # noqa: F811
    made = many(PAGE + 5)
    for case in made:
        for _twice in range(2):
            write(case, cast["coordinator"], clock.now(), SECRET)
    browser = client("coordinator")
    expected = [case.ref for case in reversed(made)][:PAGE]
    assert found(browser, SECRET) == expected
    # When the newest hits are looked at only, the counts are those of the whole logbook all the same.
    monkeypatch.setattr(queries, "MOST_HITS", 21)
    rows, hits, more = queries.search(cast["coordinator"], Asked(words=SECRET), clock.now())
    assert more
    assert [row.ref for row in rows] == [case.ref for case in reversed(made)][:11]
    assert set(hits.values()) == {2}


def test_filters_narrow_a_search(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    plain, flagged = incident(), incident(flags={"danger": "yes"})
    for case in (plain, flagged):
        write(case, cast["coordinator"], clock.now(), SECRET)
    assert refs(client("coordinator"), f"/incidents?q={SECRET}&flag=danger")[0] == flagged.ref
    assert plain.ref not in client("coordinator").get(f"/incidents?q={SECRET}&flag=danger").get_data(as_text=True)


def test_a_search_is_written_down_once_an_hour_without_its_words(
    incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    incident()
    browser = client("coordinator")
    before = AuditEvent.select().count()
    for words in (SECRET, "other"):
        search(browser, words)
    browser.get("/incidents")
    [event] = AuditEvent.select().where(AuditEvent.action == "incident:log:search")
    assert (event.subject, event.actor_id, event.detail) == (
        f"person:{cast['coordinator'].id}",
        cast["coordinator"].id,
        {},
    )
    assert AuditEvent.select().count() == before + 1
    browser.come_back(clock.advance(hours=1))
    search(browser, SECRET)
    assert AuditEvent.select().where(AuditEvent.action == "incident:log:search").count() == 2


def test_the_number_of_statements_does_not_grow(many: Any, client: Any, cast: Any, clock: Any) -> None:  # noqa: F811
    made, browser = many(10), client("coordinator")
    write(made[0], cast["coordinator"], clock.now(), SECRET)
    search(browser, SECRET)
    numbers = []
    for number in (1, 10):
        for case in made[:number]:
            write(case, cast["coordinator"], clock.now(), SECRET)
        with counted() as statements:
            assert len(found(browser, SECRET)) == number
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 9
