"""The people involved: who is added, what follows in the plan, and who reads it."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.drafts.operations import keep
from portal.incidents import queries
from portal.incidents.models import Involved, Membership
from portal.incidents.people.operations import add_involved
from portal.incidents.rules import EVENTS, flags
from tests.incidents.conftest import at, entries, form, fresh, send, steps, trail
from tests.reading import Page, said

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


def test_a_person_leads_to_what_is_done_with_them(client: Any, incident: Any, team: Any) -> None:
    case = incident()
    team(case, "mentor")
    for function in ("counselor", "mentor"):
        links = Page(client(function).get(at(case, "/people"))).links
        number = person(case, "victim").number
        assert at(case, f"/wishes#victim-{number}") in links
        assert {at(case, part) for part in ("/conversations", "/rest", "/buddies")} <= set(links)


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


PUPILS = [
    {"part": "victim", "name": "Noor V.", "class_name": "3B", "age": 14, "school": "own"},
    {"part": "spreader", "name": "Sem T.", "class_name": "4A", "age": 15, "school": "own"},
]


def test_what_a_colleague_needs_is_kept_and_shown(client: Any, incident: Any) -> None:
    case, browser = incident(), client("counselor")
    path = at(case, f"/people/{person(case, 'victim').id}")
    more = {
        "aliases": "@noor.v, Nootje,",
        "reach": "06-55502011, na 17:30",
        "language": "Pools",
        "interpreter": "y",
        "delicate": "Eerst moeder bellen.",
        "support": "Korte zinnen.",
    }
    assert send(browser, path, "part", **more).status_code == 303
    kept = person(case, "victim")
    assert (kept.aliases, kept.interpreter) == (["@noor.v", "Nootje"], True)
    answer = browser.get(at(case, "/people"))
    page = Page(answer)
    for words in ("@noor.v, Nootje", "06-55502011, na 17:30", "Pools", "Eerst moeder bellen.", "Korte zinnen."):
        assert words in page.text.replace(" , ", ", "), words
    assert "tel:0655502011" in page.links
    # The log names what changed, and nothing of it.
    assert not [entry for entry in entries(case) if "moeder" in f"{entry.params}{entry.text}"]
    said_fields = entries(case)[-1].params["what"]
    assert {"message": "what is delicate"} in said_fields
    # As it stands it can be saved again, and nothing is said of it.
    before = len(entries(case)), trail("incident:person:change")
    assert send(browser, path, "part").status_code == 303
    assert (len(entries(case)), trail("incident:person:change")) == before


def test_a_parent_is_linked_to_the_child(client: Any, incident: Any) -> None:
    case, browser = incident(), client("care")
    add_care(case, browser)
    victim = person(case, "victim")
    path = at(case, f"/people/new?child={victim.id}")
    sent = form(browser, path, "part")
    assert (sent.first("part"), sent.first("child")) == ("parent", str(victim.id))
    assert browser.post(sent.action, sent.with_(name="Mevr. V.")).status_code == 303
    parent = person(case, "parent")
    assert (parent.child_id, parent.number) == (victim.id, 1)
    text = Page(browser.get(at(case, "/people"))).text
    assert text.index("Noor V.") < text.index("Mevr. V.") < text.index("Daan K.")


def add_care(case: Any, browser: Any) -> None:
    Membership.create(incident=case, person=browser.person, function="care", joined_at=case.reported_at)


@pytest.mark.parametrize("whose", ["nobody", "of another incident", "of their own parent", "of themselves"])
def test_nobody_is_a_parent(client: Any, incident: Any, whose: str) -> None:
    case, other, browser = incident(), incident(), client("coordinator")
    suspect = person(case)
    # Who is a parent and saw it too is called a bystander.
    added = {"part": "parent", "also": ["bystander"], "child": suspect.id}
    assert browser.post(at(case, "/people/new"), added).status_code == 303
    path, child = {
        "nobody": ("new", 999999),
        "of another incident": ("new", person(other).id),
        "of their own parent": (suspect.id, person(case, "bystander").id),
        "of themselves": (suspect.id, suspect.id),
    }[whose]
    sent = {"part": "parent", "child": child, "version": "1"}
    assert browser.post(at(case, f"/people/{path}"), sent).status_code == 422
    assert Involved.select().where(Involved.incident == case, Involved.child.is_null(False)).count() == 1


def test_one_person_has_two_parts_and_the_plan_sees_both(client: Any, incident: Any, app: Any) -> None:
    case, browser = incident(people=PUPILS[:1]), client("coordinator")
    assert "attention-suspect" not in steps(case)
    path = at(case, f"/people/{person(case, 'victim').id}")
    assert send(browser, path, "part", also=["spreader"]).status_code == 303
    both = person(case, "victim")
    assert (both.parts, both.number) == (["victim", "spreader"], 1)
    assert "attention-suspect" in steps(case)
    facts = queries.facts(case, case.reported_at.date())
    assert [(one.id, one.part) for one in facts.people] == [(both.id, "victim"), (both.id, "spreader")]
    for part in ("", f"/{both.id}/merge"):
        assert browser.get(at(case, f"/people{part}")).status_code == 200
    assert said(app, "also: %(parts)s", parts=said(app, "passed it on")) in Page(browser.get(at(case, "/people"))).text
    # Whichever was chosen first: a victim is called a victim.
    assert send(browser, path, "part", part="spreader", also=["victim"]).status_code == 303
    assert person(case, "victim").parts == ["victim", "spreader"]


def test_nobody_who_lost_the_part_of_victim_leaves_none(client: Any, incident: Any) -> None:
    case, browser = incident(people=PUPILS[:1]), client("coordinator")
    path = at(case, f"/people/{person(case, 'victim').id}")
    assert send(browser, path, "part", part="spreader", also=[]).status_code == 422
    assert person(case, "victim").parts == ["victim"]


def test_a_buddy_is_not_added_here_but_stays_one(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    assert "buddy" not in form(browser, at(case, "/people/new"), "part").offered["part"]
    by = {"actor": cast["counselor"], "now": clock.now()}
    buddy = add_involved(case, {"part": "bystander", "also": ["buddy"], "name": "Roos"}, **by)
    assert send(browser, at(case, f"/people/{buddy.id}"), "part", name="Roos B.").status_code == 303
    assert person(case, "bystander").parts == ["bystander", "buddy"]


def test_a_mentor_sees_the_parents_of_own_pupils_only(client: Any, incident: Any, team: Any, cast: Any) -> None:
    case, browser = incident(people=PUPILS), client("coordinator")
    team(case, "mentor")
    Action.update(assignee=None).where(Action.assignee == cast["mentor"]).execute()
    for child, name in (("victim", "Mevr. V."), ("spreader", "Mevr. T.")):
        path = at(case, f"/people/new?child={person(case, child).id}")
        sent = form(browser, path, "part")
        browser.post(sent.action, sent.with_(name=name))
    text = Page(client("mentor").get(at(case, "/people"))).text
    assert ("Noor V." in text, "Mevr. V." in text, "Sem T." in text, "Mevr. T." in text) == (True, True, False, False)
    assert trail("incident:person:read") >= 2


@pytest.mark.parametrize(("where", "warned"), [("4A", False), ("3b", True)])
def test_the_plan_warns_for_one_class_without_names(
    client: Any, incident: Any, app: Any, where: str, warned: bool
) -> None:
    case = incident(people=[PUPILS[0], PUPILS[1] | {"class_name": where}])
    page = client("coordinator").get(at(case, "/plan"))
    text = said(app, "It is not the victim who has to move, unless he or she asks for it.")
    assert (text in Page(page).text) is warned
    assert "Noor" not in page.text
    assert "Sem" not in page.text
    client("coordinator").post(at(case, "/end"), {"reason": "It was a drawing."})
    assert text not in Page(client("coordinator").get(at(case, "/plan"))).text


def test_communication_sees_who_is_involved_without_names(client: Any, incident: Any, team: Any, app: Any) -> None:
    """Product: 'the victim', 'a pupil of another class'; who may read names has them on their own page."""
    case = incident(people=PUPILS, scope={"classes": []})
    team(case, "communication")
    answer = client("communication").get(at(case))
    text = Page(answer).text.casefold()
    assert said(app, "a pupil of another class") in text
    for name in ("Noor", "Sem", "3B", "4A"):
        assert name not in answer.text
    assert said(app, "Who is involved").casefold() not in Page(client("counselor").get(at(case))).text.casefold()
    assert trail("incident:person:read") == 0


def test_a_draft_of_before_somebody_changed_it_stands_beside(client: Any, incident: Any, clock: Any, cast: Any) -> None:
    case = incident()
    path = at(case, f"/people/{person(case).id}")
    keep(cast["counselor"], f"{path}#delicate", case, "Typed and not sent.", now=clock.now())
    assert form(client("counselor"), path, "part").first("delicate") == "Typed and not sent."
    clock.advance(minutes=1)
    send(client("coordinator"), path, "part", delicate="Written meanwhile.")
    assert form(client("counselor"), path, "part").first("delicate") == "Written meanwhile."


def test_an_incident_that_ended_shows_people_and_no_forms(client: Any, incident: Any) -> None:
    case, browser = incident(), client("coordinator")
    suspect, other = person(case), person(case, "victim")
    browser.post(at(case, "/end"), {"reason": "It was a drawing."})
    assert "Noor V." in Page(browser.get(at(case, "/people"))).text
    for path in ("", "/new", f"/{suspect.id}", f"/{suspect.id}/merge?other={other.id}"):
        page = Page(browser.get(at(case, f"/people{path}")))
        assert not [form for form in page.forms if {"part", "right"} & form.names], path
        assert not [link for link in page.links if link.endswith(("/people/new", "/merge"))], path


@pytest.mark.parametrize("page", ["/people/new", "/people/{}", "/people/{}/merge"])
def test_a_list_that_names_people_is_a_reading_of_them(client: Any, incident: Any, page: str) -> None:
    """Product rule 11: whose parent somebody is, and who is the same person, is chosen out of names."""
    case, browser = incident(), client("coordinator")
    text = browser.get(at(case, page.format(person(case, "victim").id))).text
    assert "Daan K." in text
    assert trail("incident:person:read") == 2  # of the victim too
