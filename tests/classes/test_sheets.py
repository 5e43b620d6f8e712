"""The teacher sheet: adapted and given out by the team, read by everybody at school, and nameless."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.classes.sheets.models import Sheet
from portal.drafts.models import Draft
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident
from portal.incidents.operations import end_as_false_alarm
from portal.incidents.team.operations import bar, keep_out
from tests.conftest import SUSPECT, VICTIM, Browser
from tests.reading import Page, said

EVERYBODY = (
    "coordinator",
    "leadership",
    "counselor",
    "care",
    "mentor",
    "communication",
    "teacher",
    "admin",
    "stranger",
)


@pytest.fixture
def case(incident: Callable[..., Incident], team: Any) -> Incident:
    made = incident()
    team(made, "care", "mentor", "communication")
    return made


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/sheet{part}"


def give(browser: Browser, case: Incident, **other: Any) -> Any:
    form = next(form for form in Page(browser.get(at(case))).forms if "ticked" in form.names or "version" in form.names)
    return browser.post(at(case), form.with_(**other))


def adapt(browser: Browser, case: Incident, **texts: Any) -> Any:
    form = next(form for form in Page(browser.get(at(case, "/adapt"))).forms if "signal" in form.names)
    return browser.post(at(case, "/adapt"), form.with_(**texts))


def slug(case: Incident) -> str:
    return str(Sheet.get(Sheet.incident == case).slug)


def test_it_is_ready_before_anybody_typed_anything(client: Any, case: Incident) -> None:
    page = Page(client("mentor").get(at(case)))
    assert "Zonder verspreiders is er geen shame sexting." in page.text
    assert Sheet.select().count() == 0  # reading makes nothing


def test_given_out_everybody_at_school_reads_it_and_finds_it_on_the_first_page(client: Any, case: Incident) -> None:
    assert give(client("care"), case).status_code == 303
    path = f"/sheets/{slug(case)}"
    for name in EVERYBODY:
        browser = client(name)
        answer = browser.get(path)
        assert (answer.status_code, "Zonder verspreiders" in answer.get_data(as_text=True)) == (200, True), name
        if name != "admin":
            assert path in Page(browser.get("/")).links
    assert client().get(path).location.startswith("/login")


def test_giving_it_out_is_contact_with_the_teachers_and_ticks_the_step(client: Any, cast: Any, case: Incident) -> None:
    give(client("care"), case)
    entry = Entry.get(Entry.incident == case, Entry.contact == "teachers", Entry.action_id.is_null())
    assert (entry.author_id, entry.text) == (cast["care"].id, "")
    assert Action.get(Action.incident == case, Action.step == "equip-teachers").state == "done"
    event = AuditEvent.get(AuditEvent.action == "classes:sheet:give-out")
    assert (event.subject, event.actor_id) == (f"incident:{case.id}", cast["care"].id)


def test_the_step_stays_open_when_its_box_is_not_ticked_or_it_is_somebody_elses(client: Any, case: Incident) -> None:
    browser = client("mentor")
    assert "ticked" not in {name for form in Page(browser.get(at(case))).forms for name in form.names}
    give(browser, case)
    assert Action.get(Action.incident == case, Action.step == "equip-teachers").state == "todo"


def test_before_and_after_it_is_there_for_the_team_only(client: Any, clock: Any, case: Incident) -> None:
    adapt(client("care"), case, now="Morgen praten alle mentoren met hun klas.")
    path = f"/sheets/{slug(case)}"
    assert client("mentor").get(path).status_code == 200
    assert [client(name).get(path).status_code for name in ("teacher", "admin", "stranger")] == [404] * 3
    give(client("care"), case)
    assert client("teacher").get(path).status_code == 200
    clock.advance(hours=1)
    assert client("coordinator").post(at(case, "/end")).status_code == 303
    assert [client(name).get(path).status_code for name in ("teacher", "admin", "stranger")] == [404] * 3
    assert path not in Page(client("teacher").get("/")).links
    give(client("mentor"), case)
    assert client("teacher").get(path).status_code == 200


def test_who_is_kept_out_does_not_know_of_it(client: Any, cast: Any, clock: Any, case: Incident) -> None:
    give(client("care"), case)
    path, missing = f"/sheets/{slug(case)}", f"/sheets/{'x' * 43}"
    bar(case, [cast["teacher"]], actor=cast["coordinator"], now=clock.now())
    keep_out(case, cast["mentor"], actor=cast["coordinator"], now=clock.now())
    for name in ("teacher", "mentor"):
        browser = client(name)
        assert browser.get(path).status_code == browser.get(missing).status_code == 404
        assert path not in Page(browser.get("/")).links


def test_an_incident_that_was_none_has_no_sheet_any_more(client: Any, cast: Any, clock: Any, case: Incident) -> None:
    give(client("care"), case)
    end_as_false_alarm(case, "It was a drawing.", actor=cast["coordinator"], now=clock.now())
    path = f"/sheets/{slug(case)}"
    assert client("teacher").get(path).status_code == 404
    assert path not in Page(client("teacher").get("/")).links
    for part in ("", "/adapt"):
        page = Page(client("care").get(at(case, part)))
        assert not [form for form in page.forms if "/sheet" in form.action or "signal" in form.names]
    assert client("care").post(at(case, "/adapt"), {"now": "More.", "version": "2"}).status_code == 409
    assert client("care").post(at(case, "/end")).status_code == 409


def test_a_section_is_adapted_and_the_logbook_keeps_what_it_said(client: Any, clock: Any, case: Incident) -> None:
    """Product rule 10."""
    browser = client("care")
    assert adapt(browser, case, now="- Om negen uur mentoruur.\n- Bel bij vragen de receptie.").status_code == 303
    clock.advance(minutes=5)
    adapt(browser, case, now="Tweede uur mentoruur.")
    text = Page(browser.get(f"/sheets/{slug(case)}")).text
    assert "Tweede uur" in text
    assert "Om negen uur" not in text
    log = Page(client("coordinator").get(f"/incidents/{case.ref}/log")).text
    assert "Om negen uur mentoruur." in log
    assert "Tweede uur mentoruur." in log
    assert [e.detail["sections"] for e in AuditEvent.select().where(AuditEvent.action == "classes:sheet:change")] == [
        ["now"],
        ["now"],
    ]
    adapt(browser, case, now="")
    assert "Tweede uur" not in Page(browser.get(f"/sheets/{slug(case)}")).text


@pytest.mark.parametrize("text", ["Noor is er niet.", "Wees lief voor noor v.", "Let op 3b.", "Daan", "noors plek"])
def test_a_name_a_class_or_initials_are_refused_without_saying_whose(client: Any, case: Incident, text: str) -> None:
    """Product rule 6."""
    answer = adapt(client("communication"), case, now=text)
    page = Page(answer)
    assert answer.status_code == 422
    assert any(form.first("now") == text for form in page.forms)
    assert Sheet.select().count() == 0
    assert AuditEvent.select().where(AuditEvent.action == "incident:names:refuse").count() == 1


def test_somebody_who_is_added_later_is_not_named_either(client: Any, case: Incident) -> None:
    """Product rule 6: what named nobody when it was written may name somebody now."""
    give(client("care"), case)
    adapt(client("care"), case, now="Vraag het aan Xanthippe.", say="Zeg: “Stop.”")
    path = f"/sheets/{slug(case)}"
    assert "Xanthippe" in client("teacher").get(path).get_data(as_text=True)
    client("coordinator").post(
        f"/incidents/{case.ref}/people/new", {"part": "bystander", "name": "Xanthippe Q.", "school": "own"}
    )
    text = Page(client("teacher").get(path)).text
    assert "Xanthippe" not in text
    assert "Zeg: “Stop.”" in text
    assert "Nu op onze school" in Page(client("care").get(at(case))).text  # the team hears which
    client("care").post(at(case, "/end"))
    assert give(client("care"), case).status_code == 409
    assert client("teacher").get(path).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"now": "https://x.example/a.jpg"}, "now"),
        ({"say": "x" * 3001}, "say"),
        ({"questions": "Who?\n\nWhy?\nSo."}, "questions"),
        ({"now": "A line.\n" * 30}, "A line."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client: Any, case: Incident, wrong: dict[str, str], field: str
) -> None:
    answer = adapt(client("care"), case, **{"lesson": "Mijn les.", **wrong})
    assert answer.status_code == 422
    assert "data-error-summary" in answer.get_data(as_text=True)
    form = next(form for form in Page(answer).forms if "signal" in form.names)
    assert form.first("lesson") == "Mijn les."
    assert Sheet.select().count() == 0
    assert field in answer.get_data(as_text=True)


def test_two_who_adapt_it_lose_nothing(client: Any, case: Incident) -> None:
    first, second = client("care"), client("mentor")
    form = next(form for form in Page(second.get(at(case, "/adapt"))).forms if "signal" in form.names)
    adapt(first, case, now="Van de een.")
    answer = second.post(at(case, "/adapt"), form.with_(now="Van de ander."))
    page = Page(answer)
    assert answer.status_code == 409
    assert "Van de een." in page.text
    again = next(form for form in page.forms if "signal" in form.names)
    assert again.first("now") == "Van de ander."
    assert second.post(at(case, "/adapt"), again.data).status_code == 303
    assert Sheet.get().own == {"now": "Van de ander."}


def test_a_sheet_that_changed_since_it_was_read_is_not_given_out_unread(client: Any, case: Incident) -> None:
    browser = client("coordinator")
    form = next(form for form in Page(browser.get(at(case))).forms if "ticked" in form.names)
    adapt(client("care"), case, now="Iets nieuws.")
    answer = browser.post(at(case), form.data)
    assert answer.status_code == 409
    assert Sheet.get().given_at is None
    again = next(form for form in Page(answer).forms if "ticked" in form.names)
    assert browser.post(at(case), again.data).status_code == 303


def test_a_draft_of_a_section_comes_back(client: Any, case: Incident) -> None:
    browser = client("care")
    place = f"{at(case, '/adapt')}#now"
    assert browser.post("/drafts", {"place": place, "text": "Half getypt"}).status_code in (200, 204)
    form = next(form for form in Page(browser.get(at(case, "/adapt"))).forms if "signal" in form.names)
    assert form.first("now") == "Half getypt"
    adapt(browser, case)
    assert Draft.select().count() == 0


@pytest.mark.parametrize("given", ["source", "target", "both", "none"])
def test_of_two_sheets_one_goes_on_when_incidents_are_joined(
    client: Any, incident: Any, cast: Any, clock: Any, given: str
) -> None:
    source, target = incident(people=[VICTIM]), incident(people=[SUSPECT])
    browser = client("coordinator")
    adapt(browser, source, now="Van de eerste.", own="Uw mentor helpt.")
    adapt(browser, target, now="Van de tweede.")
    for case, name in ((source, "source"), (target, "target")):
        if given in (name, "both"):
            give(browser, case)
    slugs = [slug(source), slug(target)]
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    for one in slugs:
        answer = client("teacher").get(f"/sheets/{one}")
        assert answer.status_code == (404 if given == "none" else 200), one
        if given != "none":
            page = Page(answer)
            assert "Van de tweede." in page.text
            assert "Uw mentor helpt." in page.text


def test_a_sheet_goes_along_to_an_incident_without_one(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    source, target = incident(people=[VICTIM]), incident(people=[SUSPECT])
    give(client("coordinator"), source)
    path = f"/sheets/{slug(source)}"
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    assert client("teacher").get(path).status_code == 200
    assert path in Page(client("teacher").get("/")).links
    assert Sheet.get().incident_id == target.id


def test_its_title_and_address_tell_nothing(client: Any, case: Incident, app: Any) -> None:
    give(client("care"), case)
    text = client("teacher").get(f"/sheets/{slug(case)}").get_data(as_text=True)
    assert case.code_name not in text
    assert case.ref not in text
    assert f"<title>{said(app, 'Teacher sheet')} – Rustpunt</title>" in text
    assert len(slug(case)) == 43
