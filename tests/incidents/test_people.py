"""The people involved: who is added, what follows in the plan, and who reads it."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.incidents import queries
from portal.incidents.models import Involved
from portal.incidents.rules import EVENTS, flags
from tests.incidents.conftest import at, entries, form, fresh, send, steps, trail
from tests.reading import Page

OTHER_SCHOOL = {"contact-partner-school", "align-partner-school", "partner-feedback"}


def person(case: Any, part: str = "suspect") -> Involved:
    found: Involved = Involved.get(Involved.incident == case, Involved.part == part)
    return found


def test_a_person_is_added_and_the_log_speaks_without_the_name(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    answer = send(
        browser,
        at(case, "/people/new"),
        "part",
        part="spreader",
        name="Xanthippe Q.",
        class_name="2K",
        age_or_year="14",
    )
    assert answer.location == at(case, "/people")
    added = person(case, "spreader")
    assert (added.name, added.class_name, added.age, added.birth_year) == ("Xanthippe Q.", "2K", 14, None)
    assert added.number == 1
    text = Page(browser.get(at(case, "/people"))).text
    assert "Xanthippe Q." in text
    last = entries(case)[-1]
    assert (last.event, last.text) == (EVENTS["people.added"], "")
    assert "Xanthippe" not in "".join(str(entry.params) for entry in entries(case))
    assert trail("incident:person:add") == 3


def test_a_year_of_birth_is_kept_as_one(client: Any, incident: Any) -> None:
    case = incident()
    send(client("counselor"), at(case, "/people/new"), "part", part="bystander", age_or_year="2012")
    assert (person(case, "bystander").age, person(case, "bystander").birth_year) == (None, 2012)


def test_two_of_the_same_part_are_told_apart_by_number(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    for name in ("A.", "B."):
        send(browser, at(case, "/people/new"), "part", part="suspect", name=name)
    numbers = Involved.select(Involved.number).where(Involved.incident == case, Involved.part == "suspect")
    assert sorted(number for (number,) in numbers.tuples()) == [1, 2, 3]


def test_a_suspect_at_another_school_adds_its_steps_and_the_log_says_so(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    assert not steps(case) & OTHER_SCHOOL
    path = at(case, f"/people/{person(case).id}")
    answer = send(browser, path, "part", school="other", school_name="Het Lyceum")
    assert answer.status_code == 303
    assert steps(case) >= OTHER_SCHOOL
    said = [entry.event for entry in entries(case)]
    assert said.count("Added because of what is known now: %(what)s.") >= len(OTHER_SCHOOL)
    plan = Page(browser.get(at(case, "/plan"))).text
    new = Action.get(Action.incident == case, Action.step == "contact-partner-school")
    assert f"/plan/{new.id}" in "".join(Page(browser.get(at(case, "/plan"))).links)
    assert "Het Lyceum" not in plan
    # Back again: nothing goes by itself, it is only offered.
    send(browser, path, "part", school="own", school_name="")
    assert steps(case) >= OTHER_SCHOOL
    drop = [f for f in Page(browser.get(at(case, "/plan"))).forms if f.action.endswith(f"/{new.id}/drop")]
    assert len(drop) == 1
    assert browser.post(drop[0].action).status_code == 303
    assert Action.get_by_id(new.id).state == "not-needed"


def test_the_only_victim_cannot_become_somebody_else(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    path = at(case, f"/people/{person(case, 'victim').id}")
    answer = send(browser, path, "part", part="bystander", name="Other Name")
    assert answer.status_code == 422
    page = Page(answer)
    kept = next(form for form in page.forms if "part" in form.names)
    assert (kept.first("part"), kept.first("name")) == ("bystander", "Other Name")
    assert person(case, "victim").name == "Noor V."
    send(browser, at(case, "/people/new"), "part", part="victim", name="N2")
    assert send(browser, path, "part", part="bystander").status_code == 303
    assert person(case, "bystander").name == "Noor V."


def test_two_browsers_at_one_person_lose_nothing(client: Any, incident: Any) -> None:
    case, first, second = incident(), client("coordinator"), client("counselor")
    path = at(case, f"/people/{person(case).id}")
    late = form(second, path, "part")
    assert send(first, path, "part", name="Daan Kuiper").status_code == 303
    answer = second.post(path, {**late.data, "name": "D. Kuipers", "class_name": "4A"})
    text = Page(answer).text
    assert answer.status_code == 409
    assert ("Daan Kuiper" in text, "D. Kuipers" in text) == (True, True)
    assert (person(case).name, person(case).class_name) == ("Daan Kuiper", "3B")
    kept = next(form for form in Page(answer).forms if "part" in form.names)
    assert (kept.first("name"), kept.first("class_name")) == ("D. Kuipers", "4A")
    assert second.post(path, kept.data).status_code == 303
    assert (person(case).name, person(case).class_name) == ("D. Kuipers", "4A")


def test_reading_writes_one_line_per_person_and_hour(client: Any, incident: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    for _again in range(3):
        browser.get(at(case, "/people"))
    assert trail("incident:person:read") == 2  # a victim and a suspect
    browser.get(at(case, f"/people/{person(case).id}"))
    assert trail("incident:person:read") == 2
    client("leadership").get(at(case, "/people"))
    assert trail("incident:person:read") == 4
    browser.come_back(clock.advance(minutes=59))
    browser.get(at(case, "/people"))
    assert trail("incident:person:read") == 4
    clock.advance(minutes=1)
    browser.get(at(case, "/people"))
    assert trail("incident:person:read") == 6


def test_pages_without_names_write_no_reading(client: Any, incident: Any, team: Any) -> None:
    case = incident()
    team(case, "communication")
    browser = client("communication")
    for path in ("", "/plan", "/team"):
        assert browser.get(at(case, path)).status_code == 200
    assert trail("incident:person:read") == trail("incident:log:read") == 0


def test_a_mentor_leaves_a_trail_only_of_whom_was_shown(client: Any, incident: Any, team: Any) -> None:
    people = [
        {"part": "victim", "name": "A.", "class_name": "3B"},
        {"part": "suspect", "name": "B.", "class_name": "4A"},
    ]
    case = incident(people=people)
    team(case, "mentor")
    page = Page(client("mentor").get(at(case, "/people")))
    assert ("A." in page.text, "B." in page.text) == (True, False)
    assert trail("incident:person:read") == 1


@pytest.mark.parametrize("age", ["4", "14", "42", "2012", "1975"])
def test_an_age_or_a_year(client: Any, incident: Any, age: str) -> None:
    case = incident()
    assert (
        send(client("coordinator"), at(case, "/people/new"), "part", part="bystander", age_or_year=age).status_code
        == 303
    )
    shown = Page(client("coordinator").get(at(case, "/people"))).text
    assert age in shown


@pytest.mark.parametrize("age", ["100", "1899", "2101", "-1", "14.5", "veertien", "١٤"])
def test_what_is_neither_an_age_nor_a_year(client: Any, incident: Any, age: str) -> None:
    case = incident()
    answer = send(client("coordinator"), at(case, "/people/new"), "part", part="bystander", age_or_year=age)
    assert answer.status_code == 422
    assert Involved.select().where(Involved.incident == case).count() == 2
    assert fresh(case).version == case.version


def test_a_flag_that_follows_from_the_ages_has_its_own_line_without_an_author(client: Any, incident: Any) -> None:
    """Decision 12: nobody answered it so, and the log may not say that somebody did."""
    case = incident()
    answer = send(client("coordinator"), at(case, "/people/new"), "part", part="suspect", age_or_year="19")
    assert answer.status_code == 303
    assert queries.flag_answers(case)["adult"] == "yes"
    name = flags()["adult"]["name"]
    said = [entry for entry in entries(case) if entry.params.get("flag") == name]
    assert [(entry.event, entry.author_id) for entry in said] == [(EVENTS["flag.from_ages"], None)]
