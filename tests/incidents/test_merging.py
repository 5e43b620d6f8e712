"""Two rows that turn out to be one person: what goes along, what stays known, and who is told."""

from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.actions.operations import record_wish
from portal.care.notes.operations import write
from portal.incidents import queries
from portal.incidents.models import Incident, Involved
from portal.incidents.people.operations import add_involved, names_somebody
from portal.incidents.rules import EVENTS
from portal.policy import Standing
from tests.desk.test_join import join
from tests.incidents.conftest import at, entries, steps, trail
from tests.reading import Page

NOOR = {"part": "victim", "name": "Noor V.", "class_name": "3B", "school": "own"}
AGAIN = {"part": "victim", "name": "Noor Vermeer", "age": 14, "school": "own"}
DAAN = {"part": "suspect", "name": "Daan K.", "class_name": "3B", "age": 15, "school": "own"}
WISH = {"words": "", "asked_by": "", "asked_at": None, "told_before": None, "told_note": ""}


def rows(case: Incident, part: str) -> list[Involved]:
    """Everybody with this part, merged rows too, by number."""
    found = Involved.select().where(Involved.incident == case, Involved.part == part)
    return list(found.order_by(Involved.number))


def merge(browser: Any, case: Incident, one: Involved, other: Involved, right: Involved | None = None) -> Any:
    """By way of the page, which says what the two are now."""
    path = at(case, f"/people/{one.id}/merge")
    page = Page(browser.get(f"{path}?other={other.id}"))
    sent = next(form for form in page.forms if "right" in form.names)
    return browser.post(path, sent.with_(right=str((right or one).id)))


def wish(victim: Involved, subject: str, answer: str, cast: Any, now: Any) -> None:
    standing = Standing(cast["counselor"].id, frozenset({"counselor"}))
    record_wish(victim, subject, {**WISH, "answer": answer}, standing=standing, actor=cast["counselor"], now=now)


def test_two_victims_become_one_who_keeps_everything(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    case, browser = incident(people=[NOOR, AGAIN, DAAN]), client("counselor")
    first, second = rows(case, "victim")
    parent = add_involved(case, {"part": "parent", "child_id": second.id}, actor=cast["care"], now=clock.now())
    wish(first, "rest", "no", cast, clock.now())
    wish(second, "rest", "yes", cast, clock.advance(minutes=1))
    browser.come_back(clock.now())
    assert merge(browser, case, first, second).location == at(case, "/people")
    kept, gone = rows(case, "victim")
    assert (kept.name, kept.class_name, kept.age, kept.aliases) == ("Noor V.", "3B", 14, ["Noor Vermeer"])
    assert gone.merged_into_id == kept.id
    assert Involved.get_by_id(parent.id).child_id == kept.id
    # What was said last counts, and what was said before stays readable.
    assert [(w.victim_id, w.answer) for w in Wish.select().order_by(Wish.id)] == [(kept.id, "no"), (kept.id, "yes")]
    assert [victim.id for victim in queries.victims(case)] == [kept.id]
    assert entries(case)[-1].event == EVENTS["people.merged"]
    assert "Noor" not in str(entries(case)[-1].params)
    text = Page(browser.get(at(case, "/people"))).text
    assert text.count("Noor V.") == 1
    assert browser.get(at(case, f"/people/{gone.id}")).status_code == 404


def test_each_step_is_there_once_unless_somebody_worked_on_both(
    client: Any, incident: Any, cast: Any, clock: Any
) -> None:
    case, browser = incident(people=[NOOR, AGAIN]), client("coordinator")
    first, second = rows(case, "victim")
    on = {"rest-period": [second], "buddies": [first, second], "victim-class": [first]}
    for step, victims in on.items():
        Action.update(touched=True).where(Action.step == step, Action.victim.in_(victims)).execute()
    before = steps(case)
    merge(browser, case, first, second)
    gated = [a for a in Action.select().where(Action.incident == case, Action.gate != "") if not a.dropped]
    by_step = {step: [a.touched for a in gated if a.step == step] for step in {a.step for a in gated}}
    assert {a.victim_id for a in gated} == {first.id}
    assert by_step["rest-period"] == by_step["victim-class"] == [True]
    assert by_step["buddies"] == [True, True]
    assert by_step["talk-victim-parents"] == [False]
    assert steps(case) == before
    assert {a.victim_id for a in Action.select().where(Action.dropped)} == {second.id}
    # And the next thing that becomes known brings none of them back.
    add_involved(case, {"part": "bystander"}, actor=cast["care"], now=clock.now())
    assert Action.select().where(Action.incident == case, Action.dropped).count() == sum(
        1 for step in by_step if step != "buddies"
    )


def test_a_victim_who_was_written_down_as_suspect_too_is_one_victim(client: Any, incident: Any) -> None:
    case, browser = incident(people=[NOOR, DAAN | {"name": "Noor Vermeer", "class_name": ""}]), client("coordinator")
    victim, suspect = rows(case, "victim")[0], rows(case, "suspect")[0]
    # The victim's label stays, whichever row is opened and whichever details are right.
    assert merge(browser, case, suspect, victim, right=suspect).status_code == 303
    kept = rows(case, "victim")[0]
    assert (kept.id, kept.parts, kept.number) == (victim.id, ["victim", "suspect"], 1)
    assert (kept.name, kept.class_name, kept.aliases) == ("Noor Vermeer", "3B", ["Noor V."])
    assert rows(case, "suspect")[0].merged_into_id == victim.id
    browser.post(at(case, "/people/new"), {"part": "bystander"})
    bystander = rows(case, "bystander")[0]
    assert browser.get(at(case, f"/people/{kept.id}/merge?other={bystander.id}")).status_code == 200


def test_who_opened_this_finds_the_readings_of_both(client: Any, incident: Any) -> None:
    case = incident(people=[NOOR, DAAN, DAAN])
    one, two = rows(case, "suspect")
    client("coordinator").get(at(case, f"/people/{two.id}"))
    merge(client("counselor"), case, one, two)
    leadership = client("leadership")
    text = Page(leadership.get(at(case, f"/people/{one.id}/opened"))).text
    assert ("M. de Wit" in text, "A. Bakker" in text) == (True, True)
    assert trail("incident:person:merge") == 1
    whole = Page(leadership.get(at(case, "/audit"))).text
    assert "Daan" not in whole
    assert "suspect" not in whole  # every subject has its words


def test_three_rows_become_one(client: Any, incident: Any) -> None:
    case, browser = incident(people=[NOOR, DAAN, DAAN, DAAN]), client("coordinator")
    one, two, three = rows(case, "suspect")
    client("leadership").get(at(case, "/people"))
    merge(browser, case, two, three)
    merge(browser, case, one, Involved.get_by_id(two.id))
    assert {row.merged_into_id for row in rows(case, "suspect")[1:]} == {one.id}
    # A new suspect is none of those of whom the logbook speaks.
    browser.post(at(case, "/people/new"), {"part": "suspect"})
    assert rows(case, "suspect")[-1].number == 4


def test_doubles_of_two_reports_are_found_and_made_one(client: Any, incident: Any) -> None:
    target, source = incident(people=[NOOR, DAAN]), incident(reporter="stranger", people=[AGAIN])
    join(client, source, target)
    browser = client("coordinator")
    one, two = rows(target, "victim")
    links = Page(browser.get(at(target, "/people"))).links
    assert at(target, f"/people/{one.id}/merge?other={two.id}") in links
    assert merge(browser, target, one, two).status_code == 303
    assert [victim.id for victim in queries.victims(target)] == [one.id]
    # What was merged stays with its own incident when that is joined once more.
    third = incident(people=[DAAN])
    join(client, target, third)
    (victim,) = queries.victims(third)
    assert (victim.name, victim.aliases) == ("Noor V.", ["Noor Vermeer"])
    text = Page(client("leadership").get(at(third, f"/people/{victim.id}/opened"))).text
    assert "M. de Wit" in text  # who opened either of the two rows before


def test_parents_come_along_when_two_incidents_are_joined(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    """The empty place of a victim is no child of anybody: who has parents moves along with them."""
    target, source = incident(people=[]), incident(reporter="stranger", people=[NOOR])
    values = {"part": "parent", "child_id": rows(source, "victim")[0].id, "name": "Mevr. V."}
    parent = add_involved(source, values, actor=cast["care"], now=clock.now())
    join(client, source, target)
    moved = Involved.get_by_id(parent.id)
    assert (moved.incident_id, moved.child.incident_id, moved.child.name) == (target.id, target.id, "Noor V.")


def test_a_note_stays_as_it_was_and_is_about_the_one_person(
    client: Any, incident: Any, cast: Any, clock: Any, app: Any
) -> None:
    case, browser = incident(people=[NOOR, AGAIN]), client("counselor")
    first, second = rows(case, "victim")
    note = {"text": "Slaapt slecht.", "about": second.id, "at": None}
    made = write(case, note, actor=cast["counselor"], now=clock.now())
    merge(browser, case, first, second)
    page = Page(browser.get(at(case, "/notes")))
    assert "slachtoffer 1" in page.text
    assert "slachtoffer 2" not in page.text
    path = at(case, f"/notes/{made.id}/correct")
    sent = next(form for form in Page(browser.get(path)).forms if "about" in form.names)
    assert sent.first("about") == str(first.id)
    assert browser.post(path, sent.with_(text="Slaapt beter.")).status_code == 303


def test_neither_name_leaves_the_school(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    """Product rule 6."""
    case = incident(people=[NOOR, AGAIN])
    merge(client("coordinator"), case, *rows(case, "victim"))
    by = {"actor": cast["care"], "now": clock.now()}
    for text, found in (("Vermeer", True), ("Noor", True), ("klas 3b", True), ("iedereen", False)):
        assert names_somebody(case, text, **by) is found
    assert trail("incident:names:refuse") == 3


def test_a_class_that_it_touches_is_no_word_for_outside(incident: Any, cast: Any, clock: Any) -> None:
    case = incident(people=[], scope={"classes": ["4HV1"]})
    by = {"actor": cast["care"], "now": clock.now()}
    assert names_somebody(case, "In 4hv1 is onrust.", **by)


def test_a_parent_and_a_child_are_two(client: Any, incident: Any, cast: Any, clock: Any) -> None:
    case, browser = incident(), client("coordinator")
    victim = rows(case, "victim")[0]
    parent = add_involved(case, {"part": "parent", "child_id": victim.id}, actor=cast["care"], now=clock.now())
    for one, other in ((parent, victim), (victim, parent)):
        assert merge(browser, case, one, other).status_code == 409
    assert not Involved.select().where(Involved.merged_into.is_null(False)).exists()


@pytest.mark.parametrize("changed", ["first", "second"])
def test_what_somebody_changed_meanwhile_is_looked_at_first(client: Any, incident: Any, changed: str) -> None:
    case, browser = incident(people=[NOOR, DAAN, DAAN]), client("coordinator")
    one, two = rows(case, "suspect")
    path = at(case, f"/people/{one.id}/merge")
    sent = next(form for form in Page(browser.get(f"{path}?other={two.id}")).forms if "right" in form.names)
    row = {"first": one, "second": two}[changed]
    client("counselor").post(at(case, f"/people/{row.id}"), {"part": "suspect", "name": "D. Kuiper", "version": "1"})
    answer = browser.post(path, sent.with_(right=str(one.id)))
    assert answer.status_code == 409
    assert "D. Kuiper" in Page(answer).text
    # Seen what it says now, it goes through.
    again = next(form for form in Page(answer).forms if "right" in form.names)
    assert browser.post(path, again.data).status_code == 303


def test_merged_twice_is_merged_once(client: Any, incident: Any) -> None:
    case, browser = incident(people=[NOOR, DAAN, DAAN]), client("coordinator")
    one, two = rows(case, "suspect")
    path = at(case, f"/people/{one.id}/merge")
    sent = next(form for form in Page(browser.get(f"{path}?other={two.id}")).forms if "right" in form.names)
    answers = [browser.post(path, sent.with_(right=str(one.id))) for _again in range(2)]
    assert [answer.location for answer in answers] == [at(case, "/people")] * 2
    assert trail("incident:person:merge") == 1


@pytest.mark.parametrize("other", ["", "0", "999999", "x", "itself", "of another incident"])
def test_a_choice_that_is_none(client: Any, incident: Any, other: str) -> None:
    case, there, browser = incident(), incident(), client("coordinator")
    one = rows(case, "suspect")[0]
    number = {"itself": one.id, "of another incident": rows(there, "victim")[0].id}.get(other, other)
    path = at(case, f"/people/{one.id}/merge")
    assert browser.get(f"{path}?other={number}").status_code == 200
    assert browser.post(path, {"other": number, "right": one.id}).status_code == 422
    assert trail("incident:person:merge") == 0


@pytest.mark.parametrize("state", ["ended", "joined"])
def test_what_is_over_changes_no_more(client: Any, incident: Any, state: str) -> None:
    case, browser = incident(people=[NOOR, DAAN, DAAN]), client("coordinator")
    one, two = rows(case, "suspect")
    path = at(case, f"/people/{one.id}/merge")
    sent = next(form for form in Page(browser.get(f"{path}?other={two.id}")).forms if "right" in form.names)
    Incident.update(state=state).where(Incident.id == case.id).execute()
    assert browser.post(path, sent.with_(right=str(one.id))).status_code == 409
    assert not Involved.select().where(Involved.merged_into.is_null(False)).exists()


def test_what_was_looked_at_to_compare_is_in_the_trail(client: Any, incident: Any) -> None:
    case = incident(people=[NOOR, DAAN])
    one, two = rows(case, "victim")[0], rows(case, "suspect")[0]
    client("care").get(at(case, f"/people/{one.id}/merge?other={two.id}"))
    assert trail("incident:person:read") == 0  # care is not on the team
    client("counselor").get(at(case, f"/people/{one.id}/merge?other={two.id}"))
    assert trail("incident:person:read") == 2
