"""Help out of the school's own list: offered, answered, and answered otherwise later."""

from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.audit.models import AuditEvent
from portal.care.help import queries
from portal.care.help.models import HelpOffer, HelpOption
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident, Involved
from portal.incidents.people.operations import take_along
from portal.incidents.people.queries import has_ties
from tests.conftest import SUSPECT, VICTIM
from tests.reading import Page


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    made: Incident = incident()
    team(made, "care", "mentor", "communication")
    return made


def person(case: Incident, part: str) -> Involved:
    found: Involved = Involved.get(Involved.incident == case, Involved.part == part)
    return found


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/conversations/help{part}"


def offer(browser: Any, case: Incident, receiver: str, *places: int, **typed: Any) -> Any:
    form = Page(browser.get(at(case))).form("/help")
    options = [str(queries.options()[place].id) for place in places]
    return browser.post(at(case), form.with_(receiver=receiver, options=options, **typed))


def say(browser: Any, case: Incident, answer: str, **typed: Any) -> Any:
    path = at(case, f"/{HelpOffer.get().id}")
    form = next(f for f in Page(browser.get(path)).forms if "answer" in f.names)
    return browser.post(path, form.with_(answer=answer, **typed))


def allow(case: Incident, cast: Any, clock: Any) -> None:
    for subject in ("parents", "safety"):
        by = {"recorded_by": cast["counselor"], "recorded_at": clock.now()}
        Wish.create(victim=person(case, "victim"), subject=subject, answer="yes", **by)


def test_offered_and_answered_with_what_they_said_before(case: Any, client: Any) -> None:
    """Rule 10: an answer that changes leaves the earlier one readable."""
    care, family = client("care"), person(case, "suspect")
    step = Action.get(Action.incident == case, Action.step == "help-suspect-parents")
    assert offer(care, case, str(family.id), 0, 1, tick="tick").status_code == 303
    assert HelpOffer.select().count() == 2
    logged = Entry.select().order_by(Entry.id.desc()).get()
    assert Action.get_by_id(step.id).state == "done"
    assert Entry.select().where(Entry.contact == "parents", Entry.kind == "talk").count() == 1
    assert say(care, case, "later", words="Next week.").status_code == 303
    assert say(care, case, "accepted", words="They called.").status_code == 303
    found = HelpOffer.get()
    assert (found.answer, found.words) == ("accepted", "They called.")
    assert [(one["answer"], one["words"]) for one in found.history] == [("later", "Next week.")]
    for page in (at(case), at(case, f"/{found.id}")):
        text = Page(care.get(page)).text
        assert all(words in text for words in ("They called.", "Next week.")), page
    said = [one.text for one in Entry.select().where(Entry.id > logged.id).order_by(Entry.id)]
    assert said == ["Next week.", "They called."]
    subjects = {one.subject for one in AuditEvent.select().where(AuditEvent.action.startswith("care:help:"))}
    assert subjects == {f"involved:{family.id}"}


def test_to_the_victims_parents_after_the_wish_and_to_the_pupil_at_once(
    case: Any, client: Any, cast: Any, clock: Any
) -> None:
    """Rule 4."""
    care, victim = client("care"), person(case, "victim")
    parent = Involved.create(incident=case, part="parent", number=1, name="Fatma V.", child=victim)
    refused = offer(care, case, str(parent.id), 0)
    assert (refused.status_code, HelpOffer.select().count()) == (409, 0)
    assert offer(care, case, f"pupil-{victim.id}", 0).status_code == 303
    assert HelpOffer.get().to_pupil
    allow(case, cast, clock)
    assert offer(care, case, str(parent.id), 0, tick="tick").status_code == 303
    assert Action.get(Action.step == "help-victim-parents", Action.incident == case).state == "done"
    assert "Fatma" not in Page(care.get(at(case))).text


def test_the_same_is_not_offered_twice_and_an_option_is_needed(case: Any, client: Any) -> None:
    care, family = client("care"), str(person(case, "suspect").id)
    assert offer(care, case, family).status_code == 422
    assert offer(care, case, family, 0).status_code == 303
    again = offer(care, case, family, 0, 1)
    assert (again.status_code, HelpOffer.select().count()) == (422, 1)
    assert offer(care, case, "999", 0).status_code == 422


def test_somebody_elses_answer_is_not_overwritten(case: Any, client: Any) -> None:
    care = client("care")
    offer(care, case, str(person(case, "suspect").id), 0)
    path = at(case, f"/{HelpOffer.get().id}")
    form = next(f for f in Page(care.get(path)).forms if "answer" in f.names)
    assert say(client("counselor"), case, "accepted").status_code == 303
    assert care.post(path, form.with_(answer="declined")).status_code == 409
    assert HelpOffer.get().answer == "accepted"


def test_a_mentor_sees_the_help_of_own_pupils_only(case: Any, client: Any) -> None:
    offer(client("care"), case, str(person(case, "suspect").id), 0)
    mentor, row = client("mentor"), HelpOffer.get()
    assert mentor.get(at(case, f"/{row.id}")).status_code == 200
    Involved.update(class_name="4A").execute()
    Action.update(assignee=None).execute()
    assert mentor.get(at(case, f"/{row.id}")).status_code == 404
    page = Page(mentor.get(at(case)))
    assert not [form for form in page.forms if "receiver" in form.names]
    assert f"/help/{row.id}" not in " ".join(page.links)


def test_the_list_is_the_schools_own(case: Any, client: Any) -> None:
    """What is taken off stays readable where it was offered."""
    care = client("care")
    offer(care, case, str(person(case, "suspect").id), 0)
    first, browser = HelpOffer.get().option, client("administrator")
    form = Page(browser.get(f"/settings/help/{first.id}")).forms
    change = next(f for f in form if "name" in f.names).with_(name="Dr. Dorp", reach="010-1234567")
    assert browser.post(f"/settings/help/{first.id}", change).status_code == 303
    assert "Dr. Dorp" in Page(care.get(at(case))).text
    assert browser.post(f"/settings/help/{first.id}", {**change, "once": ""}).status_code == 409
    new = next(f for f in Page(care.get("/settings/help")).forms if "kind" in f.names).with_(name="Our own nurse")
    assert care.post("/settings/help", new).status_code == 303
    assert HelpOption.get(HelpOption.name == "Our own nurse").position == 100
    remove = Page(browser.get(f"/settings/help/{first.id}")).form("/remove")
    assert [browser.post(remove.action, remove.data).status_code for _ in range(2)] == [303, 303]
    assert browser.get(f"/settings/help/{first.id}").status_code == 404
    assert first.id not in [option.id for option in queries.options()]
    assert "Dr. Dorp" in Page(care.get(at(case))).text
    for function in ("coordinator", "mentor", "reporter"):
        assert client(function).get("/settings/help").status_code == 404
    names = {one.action for one in AuditEvent.select().where(AuditEvent.action.startswith("settings:help:"))}
    assert names == {f"settings:help:{verb}" for verb in ("add", "change", "remove")}


def test_every_school_begins_with_a_list(school: Any) -> None:
    kinds = {option.kind for option in queries.options()}
    assert kinds == {"gp", "victim-support", "cjg", "youth-health", "care", "other"}


def test_joining_and_merging_take_the_help_along(case: Any, client: Any, cast: Any, clock: Any, incident: Any) -> None:
    suspect, other = person(case, "suspect"), incident(people=[VICTIM, SUSPECT])
    offer(client("care"), case, str(suspect.id), 0)
    assert has_ties(suspect)
    join(case, other, checked=True, actor=cast["coordinator"], now=clock.now())
    assert HelpOffer.get().incident_id == other.id
    kept = Involved.get(Involved.incident == other, Involved.part == "suspect", Involved.id != suspect.id)
    take_along(suspect, kept, actor=cast["coordinator"], now=clock.now())
    assert HelpOffer.get().about_id == kept.id


def test_a_parent_whose_child_nobody_wrote_down_is_offered_nothing(case: Any, client: Any) -> None:
    """Product rule 4: else the parents of a victim hear of it past the wish."""
    parent = Involved.create(incident=case, part="parent", number=1, name="Fatma V.")
    care = client("care")
    assert offer(care, case, str(parent.id), 0).status_code == 422
    assert HelpOffer.select().count() == 0
    Involved.update(child=person(case, "victim")).where(Involved.id == parent.id).execute()
    assert offer(care, case, str(parent.id), 0).status_code == 409
    Involved.update(child=person(case, "suspect")).where(Involved.id == parent.id).execute()
    assert offer(care, case, str(parent.id), 0).status_code == 303
