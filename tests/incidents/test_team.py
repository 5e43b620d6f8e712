"""Who is on an incident, who is taken off, and for whom it does not exist."""

from typing import Any

import pytest

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.incidents.models import Incident, KeptOut, Membership
from portal.incidents.rules import EVENTS
from portal.notices.models import Mail
from tests.incidents.conftest import at, entries, trail
from tests.reading import Page


def on_team(case: Incident) -> set[tuple[int, str]]:
    return {(row.person_id, row.function) for row in Membership.select().where(Membership.incident == case)}


def add(browser: Any, case: Incident, person: Any, function: str) -> Any:
    return browser.post(at(case, "/team/add"), {"member-person": person.id, "member-function": function})


def keep_out(browser: Any, case: Incident, person: Any) -> Any:
    return browser.post(at(case, "/team/keep-out"), {"barred-person": person.id})


def test_whoever_is_added_gets_a_mail_without_content_and_the_actions_that_wait(
    client: Any, incident: Any, cast: Any
) -> None:
    case, browser = incident(), client("coordinator")
    care, path = cast["care"], at(case)
    waiting = Action.select().where(Action.incident == case, Action.function == "care", Action.assignee.is_null())
    assert waiting.count() > 0
    assert client("care").get(path).status_code == 404
    assert add(browser, case, care, "care").location == at(case, "/team")
    assert (care.id, "care") in on_team(case)
    mail = Mail.get(Mail.person_id == care.id)
    assert (mail.kind, mail.state, mail.address, mail.about) == ("joined", "queued", care.email, f"incident:{case.id}")
    assert waiting.count() == 0
    assert EVENTS["team.added"] in [entry.event for entry in entries(case)]
    assert client("care").get(path).status_code == 200
    page = Page(browser.get(at(case, "/team")))
    assert "tel:0655501004" in page.links


@pytest.mark.parametrize("who", ["care", "coordinator"])
def test_somebody_is_added_once_per_function(client: Any, incident: Any, team: Any, cast: Any, who: str) -> None:
    case = incident()
    if who == "care":
        team(case, "care")
    before = on_team(case), Mail.select().count()
    assert add(client("leadership"), case, cast[who], who).status_code == 422
    assert (on_team(case), Mail.select().count()) == before
    assert add(client("leadership"), case, cast[who], "mentor").status_code == 303
    assert len(on_team(case)) == len(before[0]) + 1


def test_nobody_gives_themselves_what_their_account_is_not_for(client: Any, incident: Any, cast: Any) -> None:
    case, browser = incident(), client("coordinator")
    before = on_team(case)
    for function in ("leadership", "counselor"):
        answer = add(browser, case, cast["coordinator"], function)
        assert (answer.status_code, "govuk-error-message" in answer.text) == (422, True)
    assert (on_team(case), browser.get(at(case, "/audit")).status_code) == (before, 404)
    Person.update(functions=["coordinator", "mentor"]).where(Person.id == cast["coordinator"].id).execute()
    assert add(browser, case, cast["coordinator"], "mentor").status_code == 303
    assert add(client("leadership"), case, cast["coordinator"], "leadership").status_code == 303


def test_an_administrator_is_not_offered_and_not_accepted(client: Any, incident: Any, cast: Any) -> None:
    case, browser = incident(), client("coordinator")
    page = Page(browser.get(at(case, "/team")))
    offered = page.form("/team/add").offered["member-person"]
    assert str(cast["admin"].id) not in offered
    assert str(cast["stranger"].id) in offered
    assert add(browser, case, cast["admin"], "care").status_code == 422
    assert cast["admin"].id not in {person for person, _function in on_team(case)}


@pytest.mark.parametrize(
    ("person", "function"), [("care", ""), ("care", "administrator"), ("care", "teacher"), ("", "care")]
)
def test_half_a_choice_is_asked_again_and_kept(
    client: Any, incident: Any, cast: Any, person: str, function: str
) -> None:
    case = incident()
    before, number = on_team(case), str(cast[person].id) if person else "0"
    answer = client("coordinator").post(at(case, "/team/add"), {"member-person": number, "member-function": function})
    assert answer.status_code == 422
    assert Page(answer).form("/team/add").first("member-person") == number
    assert on_team(case) == before


def test_removing_frees_their_actions_and_takes_back_the_mail(client: Any, incident: Any, team: Any, cast: Any) -> None:
    case, care = incident(), cast["care"]
    team(case, "care")
    theirs = [row.id for row in Action.select().where(Action.incident == case, Action.assignee == care)]
    assert theirs
    assert client("leadership").post(at(case, f"/team/{care.id}/remove")).location == at(case, "/team")
    assert care.id not in {person for person, _function in on_team(case)}
    assert not Action.select().where(Action.id.in_(theirs), Action.assignee.is_null(False)).exists()
    assert Mail.get(Mail.person_id == care.id).state == "cancelled"
    assert EVENTS["team.removed"] in [entry.event for entry in entries(case)]
    assert trail("incident:team:remove") == 1
    assert client("leadership").post(at(case, f"/team/{care.id}/remove")).status_code == 404
    # Removed is not kept out: they can be added again.
    assert add(client("coordinator"), case, care, "care").status_code == 303


def test_kept_out_it_does_not_exist_and_nobody_can_add_them(client: Any, incident: Any, team: Any, cast: Any) -> None:
    case, care, browser = incident(), cast["care"], client("coordinator")
    team(case, "care")
    assert keep_out(browser, case, care).location == at(case, "/team")
    assert KeptOut.get().person_id == care.id
    assert client("care").get(at(case)).status_code == 404
    assert str(care.id) not in Page(browser.get(at(case, "/team"))).form("/team/add").offered["member-person"]
    assert add(browser, case, care, "care").status_code == 422
    assert care.id not in {person for person, _function in on_team(case)}
    # Twice is once.
    assert keep_out(browser, case, care).status_code == 303
    assert trail("incident:team:keep-out") == KeptOut.select().count() == 1


def test_letting_in_is_not_joining(client: Any, incident: Any, cast: Any) -> None:
    case, care, browser = incident(keep_out=("care",)), cast["care"], client("coordinator")
    let_in = at(case, f"/team/{care.id}/let-in")
    assert [form.action for form in Page(browser.get(at(case, "/team"))).forms if "let-in" in form.action] == [let_in]
    assert browser.post(let_in).location == at(case, "/team")
    assert client("care").get(at(case)).status_code == 404
    assert browser.post(let_in).status_code == 404
    assert add(browser, case, care, "care").status_code == 303
    assert client("care").get(at(case)).status_code == 200


@pytest.mark.parametrize("how", ["remove", "keep-out"])
def test_the_last_coordinator_stays(client: Any, incident: Any, cast: Any, how: str) -> None:
    case, browser, last = incident(), client("leadership"), cast["coordinator"]

    def ask() -> Any:
        return browser.post(at(case, f"/team/{last.id}/remove")) if how == "remove" else keep_out(browser, case, last)

    before = on_team(case)
    answer = ask()
    assert answer.status_code == 409
    assert "data-error-summary" in answer.get_data(as_text=True)
    assert on_team(case) == before
    assert not KeptOut.select().exists()
    add(browser, case, cast["stranger"], "coordinator")
    assert ask().status_code == 303


@pytest.mark.parametrize("how", ["remove", "keep-out"])
def test_nobody_takes_the_own_place_away(client: Any, incident: Any, cast: Any, how: str) -> None:
    case, browser, own = incident(), client("leadership"), cast["leadership"]
    before = on_team(case)
    answer = browser.post(at(case, f"/team/{own.id}/remove")) if how == "remove" else keep_out(browser, case, own)
    assert answer.status_code in (409, 422)
    assert on_team(case) == before
    page = Page(browser.get(at(case, "/team")))
    assert not [form for form in page.forms if form.action.endswith(f"/{own.id}/remove")]


@pytest.mark.parametrize("function", ["counselor", "care", "mentor", "communication"])
def test_who_may_only_read_sees_no_form_and_not_who_is_kept_out(
    client: Any, incident: Any, team: Any, cast: Any, function: str
) -> None:
    case = incident(keep_out=("stranger",))
    team(case, *({function} - {"counselor"}))
    page = Page(client(function).get(at(case, "/team")))
    assert not [form for form in page.forms if form.action.startswith(at(case))]
    assert "K. de Boer" not in page.text
    assert "M. de Wit" in page.text


def test_the_team_sees_who_opened_the_incident_and_when(client: Any, incident: Any, clock: Any) -> None:
    case = incident()
    clock.advance(minutes=12)
    client("counselor").get(at(case, "/plan"))
    seen = {row.function: row.seen_at for row in Membership.select().where(Membership.incident == case)}
    assert seen == {"coordinator": None, "leadership": None, "counselor": clock.now()}
    clock.advance(hours=1)
    client("counselor").get(at(case))
    assert trail("incident:overview:first-read") == 1
