"""Buddies: named by the victim, asked after the yes, supported, asked how it goes, and stopped."""

from datetime import date
from typing import Any

import pytest

from portal.actions.models import Action
from portal.actions.operations import record_wish
from portal.audit.models import AuditEvent
from portal.care.buddies import operations, queries
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.buddies.rules import texts
from portal.errors import Invalid
from portal.incidents import queries as incidents
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident, Involved
from portal.incidents.operations import end_as_false_alarm
from portal.incidents.people.operations import add_involved, take_along
from portal.incidents.people.queries import has_ties
from portal.incidents.team.operations import remove_member
from tests.conftest import at_once
from tests.reading import Page, said

NAMES = ("Fleur Dekker", "Yara Bos", "Milan Tol")


@pytest.fixture
def wants(cast: dict[str, Any], clock: Any) -> Any:
    """`wants(case, "yes")`: the victim says whether buddies are welcome."""

    def say(case: Incident, answer: str) -> None:
        counselor, victim = cast["counselor"], incidents.victims(case).get()
        values = {"answer": answer, "words": "", "asked_by": "", "asked_at": None}
        standing = incidents.standing(case, counselor)
        record_wish(victim, "buddies", values, standing=standing, actor=counselor, now=clock.now())

    return say


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    """The victim and the suspect are of 3B, of which J. Smit is the mentor."""
    made: Incident = incident()
    team(made, "care", "mentor", "communication")
    return made


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/buddies{part}"


def name(client: Any, case: Incident, *names: str, function: str = "counselor") -> list[Buddy]:
    victim = incidents.victims(case).get()
    rows = zip(("first", "second", "third"), names, strict=False)
    typed = {f"{row}-{key}": value for row, who in rows for key, value in (("name", who), ("class_name", "3B"))}
    answer = client(function).post(at(case, f"/of/{victim.id}"), typed)
    assert (answer.status_code, answer.location) == (303, at(case))
    return list(Buddy.select().order_by(Buddy.place))


def ask(browser: Any, case: Incident, one: Buddy, answer: str = "yes", **other: Any) -> Any:
    """As the form stands, with an answer."""
    form = Page(browser.get(at(case, f"/{one.id}"))).form(f"/{one.id}/ask")
    return browser.post(form.action, form.with_(answer=answer, **other))


def send(browser: Any, case: Incident, one: Buddy, what: str, **typed: Any) -> Any:
    """One of the other forms of the page, filled in."""
    form = Page(browser.get(at(case, f"/{one.id}"))).form(f"/{one.id}/{what}")
    return browser.post(form.action, form.with_(**typed))


def log(case: Incident) -> list[Entry]:
    return list(Entry.select().where(Entry.incident == case).order_by(Entry.id))


def test_the_victim_names_three_in_order(case: Incident, client: Any, clock: Any) -> None:
    """Product, 'buddy': a classmate whom the victim chose. Naming is no asking: it does not wait (rule 4)."""
    rows = name(client, case, *NAMES)
    assert [(row.place, row.person.name, row.person.part, row.person.class_name) for row in rows] == [
        (place, who, "buddy", "3B") for place, who in enumerate(NAMES, 1)
    ]
    entry = log(case)[-1]
    assert (entry.contact, entry.event) == ("victim", "Named as buddies by %(victim)s: %(who)s.")
    assert not [who for who in NAMES if who in str(entry.params)]
    page = Page(client("counselor").get(at(case)))
    assert [
        link for link in page.links if link.startswith(at(case, "/")) and link[-1].isdigit() and "/of/" not in link
    ] == [at(case, f"/{row.id}") for row in rows]
    assert [one.action for one in AuditEvent.select().where(AuditEvent.action == "care:buddy:name")] == [
        "care:buddy:name"
    ] * 3
    # The next time names come behind those that are there.
    assert [row.place for row in name(client, case, "Eva Kamp")] == [1, 2, 3, 4]


def test_names_are_asked_for_and_nothing_typed_is_lost(case: Incident, client: Any) -> None:
    victim, browser = incidents.victims(case).get(), client("counselor")
    page = Page(browser.get(at(case, f"/of/{victim.id}")))
    form = next(form for form in page.forms if "first-name" in form.names)
    assert form.first("first-class_name") == "3B"
    assert browser.post(at(case, f"/of/{victim.id}"), form.data).status_code == 422
    wrong = browser.post(at(case, f"/of/{victim.id}"), form.with_(**{"first-name": "x" * 81, "second-name": "Yara"}))
    assert wrong.status_code == 422
    assert next(form for form in Page(wrong).forms if "first-name" in form.names).first("second-name") == "Yara"
    assert Buddy.select().count() == 0


@pytest.mark.parametrize("wish", ["", "not-yet", "no"])
def test_nobody_is_asked_before_the_victim_said_yes(case: Incident, client: Any, wants: Any, wish: str) -> None:
    """Product rule 4: the gate refuses doing, with the reason; planning goes on."""
    first, *_rest = name(client, case, *NAMES)
    if wish:
        wants(case, wish)
    browser = client("counselor")
    page = Page(browser.get(at(case, f"/{first.id}")))
    assert not [form for form in page.forms if form.action.endswith("/ask")]
    refused = browser.post(at(case, f"/{first.id}/ask"), {"answer": "yes", "version": "1", "told": "I told a little."})
    assert refused.status_code == 409
    told = send(browser, case, first, "arrange", task="Lunch together")
    assert told.status_code == 303
    assert (Buddy.get_by_id(first.id).asked_at, Buddy.get_by_id(first.id).task) == (None, "Lunch together")
    form = Page(browser.get(at(case, f"/{first.id}"))).form("/arrange")
    assert browser.post(form.action, form.with_(parents_informed_at="2026-11-23T09:00")).status_code == 409


def test_asked_and_said_yes(case: Incident, client: Any, wants: Any, cast: Any, clock: Any) -> None:
    wants(case, "yes")
    first, second, third = name(client, case, *NAMES)
    browser = client("mentor")
    assert ask(browser, case, first).location == at(case, f"/{first.id}")
    row = Buddy.get_by_id(first.id)
    assert (row.answer, row.asker_id, row.supporter_id) == ("yes", cast["mentor"].id, cast["mentor"].id)
    assert (row.asked_at, row.answered_at) == (clock.now(), clock.now())
    assert row.told == "\n".join(texts()["ask"]["nl"])  # the ready text, as it was said
    assert [one.due_on for one in CheckIn.select()] == [date(2026, 11, 26), date(2026, 11, 30), date(2026, 12, 14)]
    assert [entry.contact for entry in log(case)[-2:]] == ["buddies", "buddies"]
    assert Action.get(Action.step == "buddies").state == "todo"
    ask(browser, case, second, "no", told="I said it shorter.")
    assert (Buddy.get_by_id(second.id).told, Buddy.get_by_id(second.id).answer) == ("I said it shorter.", "no")
    # Thinks about it first, and says yes the next day.
    ask(browser, case, third, "later")
    clock.advance(days=1)
    browser.come_back(clock.now())
    assert send(browser, case, third, "answer", answer="yes").status_code == 303
    assert Buddy.get_by_id(third.id).answered_at == clock.now()
    page = Page(browser.get(at(case, f"/{second.id}")))
    assert at(case, f"/of/{first.victim_id}") in page.links  # nobody is waiting: another name


def test_the_third_yes_ticks_off_the_step(case: Incident, client: Any, wants: Any, app: Any) -> None:
    wants(case, "yes")
    rows, browser = name(client, case, *NAMES), client("counselor")
    for row in rows:
        form = Page(browser.get(at(case, f"/{row.id}"))).form("/ask")
        assert ("tick" in form.data) is (row.place == 3)
        browser.post(form.action, form.with_(answer="yes"))
    step = Action.get(Action.step == "buddies")
    assert (step.state, step.outcome) == ("done", said(app, "Buddies were asked."))


def test_a_mentor_is_not_offered_to_tick_off_what_is_not_theirs(case: Incident, client: Any, wants: Any) -> None:
    wants(case, "yes")
    rows, browser = name(client, case, *NAMES), client("mentor")
    for row in rows:
        form = Page(browser.get(at(case, f"/{row.id}"))).form("/ask")
        assert "tick" not in form.names
        browser.post(form.action, form.with_(answer="yes", tick="y"))
    assert Action.get(Action.step == "buddies").state == "todo"


def test_a_fourth_and_one_who_is_warned_of_need_a_reason(case: Incident, client: Any, wants: Any, app: Any) -> None:
    wants(case, "yes")
    rows, browser = name(client, case, *NAMES), client("counselor")
    *_three, fourth = name(client, case, "Eva Kamp")
    for row in rows:
        ask(browser, case, row)
    refused = ask(browser, case, fourth, told="In my words.")
    assert refused.status_code == 422
    assert Page(refused).form("/ask").first("told") == "In my words."
    assert ask(browser, case, fourth, reason="Milan moves away in June.").status_code == 303
    assert [entry.text for entry in log(case) if entry.text][-1] == "Milan moves away in June."
    *_four, brother = name(client, case, "Daan K.")  # as the suspect is called
    warning = said(app, "Somebody with this name is said to have made or spread it.")
    assert warning in browser.get(at(case, f"/{brother.id}")).text
    assert ask(browser, case, brother).status_code == 422
    # Who may not know who is suspected hears only whom to ask.
    add_involved(
        case, {"part": "suspect", "name": "Gijs Maan", "class_name": "5A"}, actor=_rest(case), now=fourth.chosen_at
    )
    *_five, sister = name(client, case, "Pien Maan")
    text = client("mentor").get(at(case, f"/{sister.id}")).text
    assert said(app, "Talk with the coordinator before you ask this pupil.") in text
    assert "surname" not in text
    assert (
        said(app, "Somebody with this surname is said to have made or spread it: perhaps a brother or sister.")
        not in text
    )


def _rest(case: Incident) -> Any:
    return incidents.coordinators(case)[0]


def test_how_it_goes_is_noted_and_only_how_stands_in_the_logbook(
    case: Incident, client: Any, wants: Any, clock: Any, cast: Any
) -> None:
    wants(case, "yes")
    first, *_rest = name(client, case, *NAMES)
    browser = client("mentor")
    ask(browser, case, first)
    clock.advance(days=4)  # Friday: that of Thursday is late
    browser.come_back(clock.now())
    assert 'class="rp-act late"' in browser.get(at(case)).text
    assert send(browser, case, first, "check-in", going="hard", words="Cried in the break.").status_code == 303
    done = CheckIn.get(CheckIn.done_at.is_null(False))
    assert (done.due_on, done.going, done.words, done.done_by_id) == (
        date(2026, 11, 26),
        "hard",
        "Cried in the break.",
        cast["mentor"].id,
    )
    assert "Cried in the break." in browser.get(at(case, f"/{first.id}")).text
    assert "Cried in the break." not in client("coordinator").get(f"/incidents/{case.ref}/log").text
    assert log(case)[-1].contact == "buddies"
    assert 'class="rp-act late"' not in browser.get(at(case)).text
    # Once more in between, and a moment of one's own.
    send(browser, case, first, "check-in", going="well", check_in="0")
    assert CheckIn.select().where(CheckIn.due_on == date(2026, 11, 27), CheckIn.going == "well").count() == 1
    assert send(browser, case, first, "plan", check_in="0", due_on="2026-12-01").status_code == 303
    assert send(browser, case, first, "plan", check_in="0", due_on="2026-12-05").status_code == 422  # a Saturday
    moved = CheckIn.get(CheckIn.due_on == date(2026, 12, 14))
    assert send(browser, case, first, "plan", check_in=str(moved.id), due_on="2026-12-15").status_code == 303
    assert CheckIn.get_by_id(moved.id).due_on == date(2026, 12, 15)
    for what, other in (("check-in", {"going": "well"}), ("plan", {"due_on": "2026-12-02"})):
        refused = send(browser, case, first, what, check_in=str(done.id), **other)
        assert refused.status_code == 422  # done already: it is not offered any more
    assert send(browser, case, first, "check-in", going="").status_code == 422


def test_two_who_note_the_same_check_in_do_not_overwrite(case: Incident, client: Any, wants: Any, clock: Any) -> None:
    """Product rule 10."""
    wants(case, "yes")
    first, *_rest = name(client, case, *NAMES)
    ask(client("mentor"), case, first)
    one = CheckIn.select().order_by(CheckIn.due_on).first()
    values = {"check_in": one.id, "going": "well", "words": "First."}
    operations.check_in(first := Buddy.get_by_id(first.id), values, actor=_rest_of(case), now=clock.now())
    with pytest.raises(operations.ChangedMeanwhile):
        operations.check_in(first, {**values, "words": "Second."}, actor=_rest_of(case), now=clock.now())
    with pytest.raises(operations.ChangedMeanwhile):
        operations.plan_check_in(
            first, {"check_in": one.id, "due_on": date(2026, 12, 1)}, actor=_rest_of(case), now=clock.now()
        )
    assert CheckIn.get_by_id(one.id).words == "First."


def _rest_of(case: Incident) -> Any:
    return incidents.team_people(case)[0]


def test_an_answer_is_corrected_and_the_logbook_keeps_both(case: Incident, client: Any, wants: Any, app: Any) -> None:
    """Product rule 10: a correction is a new entry."""
    wants(case, "yes")
    first, *_rest = name(client, case, *NAMES)
    browser = client("counselor")
    ask(browser, case, first, "no")
    assert send(browser, case, first, "answer", answer="yes").status_code == 303
    assert Buddy.get_by_id(first.id).answer == "yes"
    assert CheckIn.select().count() == 3
    events = [entry.event for entry in log(case)]
    assert events[-2:] == ["%(who)s said no.", "Correction: %(who)s said %(said)s, not %(before)s."]


def test_stopped_with_a_reason_and_replaced_by_the_next_name(case: Incident, client: Any, wants: Any, app: Any) -> None:
    wants(case, "yes")
    rows, browser = name(client, case, *NAMES), client("counselor")
    *_three, fourth = name(client, case, "Eva Kamp")
    for row in rows:
        ask(browser, case, row)
    assert send(browser, case, rows[1], "stop", reason="").status_code == 422
    assert send(browser, case, rows[1], "stop", reason="It became too heavy.").status_code == 303
    page = Page(browser.get(at(case, f"/{rows[1].id}")))
    assert at(case, f"/{fourth.id}") in page.links
    assert "It became too heavy." in page.text
    assert not [form for form in page.forms if f"/buddies/{rows[1].id}/" in form.action]
    assert log(case)[-1].text == "It became too heavy."
    assert queries.moments().count() == 6  # of the two that are left
    assert ask(browser, case, fourth).status_code == 303  # no reason is asked for the third
    for what, typed in (
        ("stop", {"reason": "Again."}),
        ("check-in", {"going": "well", "check_in": "0"}),
        ("answer", {"answer": "yes"}),
    ):
        assert browser.post(at(case, f"/{rows[1].id}/{what}"), {**typed, "version": "9"}).status_code == 409


def test_somebody_else_changed_it_meanwhile(case: Incident, client: Any, wants: Any) -> None:
    first, *_rest = name(client, case, *NAMES)
    browser, other = client("counselor"), client("care")
    form = Page(browser.get(at(case, f"/{first.id}"))).form("/arrange")
    send(other, case, first, "arrange", task="Cycle home together")
    refused = browser.post(form.action, form.with_(task="Lunch together"))
    assert refused.status_code == 409
    assert "Cycle home together" in refused.text
    assert Page(refused).form("/arrange").first("task") == "Lunch together"
    assert browser.post(form.action, Page(refused).form("/arrange").data).status_code == 303
    assert Buddy.get_by_id(first.id).task == "Lunch together"
    assert [entry.text for entry in log(case)][-2:] == ["Cycle home together", "Lunch together"]  # rule 10


def test_who_asks_and_who_supports_are_on_the_team_and_told(case: Incident, client: Any, cast: Any, wants: Any) -> None:
    first, *_rest = name(client, case, *NAMES)
    browser = client("counselor")
    mentor = str(cast["mentor"].id)
    assert send(browser, case, first, "arrange", asker=mentor, supporter=mentor).status_code == 303
    assert send(browser, case, first, "arrange", asker=str(cast["stranger"].id)).status_code == 422
    row = Buddy.get_by_id(first.id)
    assert (row.asker_id, row.supporter_id) == (cast["mentor"].id, cast["mentor"].id)
    values = {"supporter_id": cast["stranger"].id, "version": row.version}
    with pytest.raises(Invalid):
        operations.arrange(row, values, actor=cast["counselor"], now=row.chosen_at)
    remove_member(case, cast["mentor"], actor=cast["coordinator"], now=row.chosen_at)
    row = Buddy.get_by_id(first.id)
    assert (row.asker_id, row.supporter_id) == (None, None)


def test_the_parents_of_the_buddy_are_told(case: Incident, client: Any, wants: Any) -> None:
    wants(case, "yes")
    first, *_rest = name(client, case, *NAMES)
    browser = client("counselor")
    ask(browser, case, first)
    assert send(browser, case, first, "arrange", parents_informed_at="2026-11-23T09:45").status_code == 303
    told = [entry for entry in log(case) if entry.event == "The parents of %(who)s were told."]
    assert [entry.contact for entry in told] == [""]  # it was no contact with the parents of the victim


def test_the_card_names_nobody(case: Incident, client: Any, wants: Any, cast: Any) -> None:
    """Product rule 6: it goes out of the school."""
    wants(case, "yes")
    first, *_rest = name(client, case, *NAMES)
    browser = client("counselor")
    ask(browser, case, first)
    for wrong in ("Lunch with Noor", "Walk to class 3B", "Talk with Daan K.", "One more\n" * 9):
        assert send(browser, case, first, "arrange", task=wrong).status_code == 422
    assert send(browser, case, first, "arrange", task="Lunch together\nCycle home").status_code == 303
    sheet = browser.get(at(case, f"/{first.id}/card"))
    text = Page(sheet).text
    assert "Cycle home" in text
    assert cast["counselor"].name in text
    for person in Involved.select():
        for word in (*person.name.split(), person.class_name):
            assert word not in text
    assert case.code_name not in text


def test_a_mentor_sees_the_buddies_of_own_pupils_only(case: Incident, client: Any, wants: Any, cast: Any) -> None:
    """A mentor of another class sees nothing; whom they ask or support they do, without the victim."""
    wants(case, "yes")
    first, second, _third = name(client, case, *NAMES)
    Involved.update(class_name="9Q").where(Involved.incident == case).execute()
    Action.update(assignee=None).where(Action.assignee == cast["mentor"]).execute()
    mentor, victim = client("mentor"), first.victim_id
    page = mentor.get(at(case))
    assert page.status_code == 200
    assert not [who for who in NAMES if who in page.text]
    for path in (f"/{first.id}", f"/{first.id}/card", f"/of/{victim}"):
        assert mentor.get(at(case, path)).status_code == 404
    for path in (f"/{first.id}/ask", f"/of/{victim}"):
        assert mentor.post(at(case, path), {"first-name": "Me"}).status_code == 404
    Buddy.update(supporter=cast["mentor"]).where(Buddy.id == first.id).execute()
    text = mentor.get(at(case)).text
    assert [who for who in NAMES if who in text] == [NAMES[0]]
    assert mentor.get(at(case, f"/{first.id}")).status_code == 200
    assert mentor.get(at(case, f"/{second.id}")).status_code == 404
    assert ask(mentor, case, first, "no").status_code == 303
    assert NAMES[1] not in mentor.get(at(case, f"/{first.id}")).text  # the next is not theirs to see
    assert NAMES[0] in mentor.get(f"/incidents/{case.ref}/people").text
    assert "Noor" not in mentor.get(at(case, f"/{first.id}")).text


def test_readers_read_and_others_see_nothing(case: Incident, client: Any) -> None:
    first, *_rest = name(client, case, *NAMES)
    for function in ("coordinator", "leadership"):
        page = Page(client(function).get(at(case, f"/{first.id}")))
        assert not [form for form in page.forms if "/buddies" in form.action]
        assert client(function).post(at(case, f"/{first.id}/stop"), {"reason": "x"}).status_code == 403
    for function in ("communication", "stranger", "administrator"):
        assert client(function).get(at(case)).status_code == 404


def test_every_reading_is_in_the_trail(case: Incident, client: Any) -> None:
    """Product rule 11."""
    first, *_rest = name(client, case, *NAMES)
    reader = client("care")
    reader.get(at(case))
    reader.get(at(case, f"/{first.id}/card"))
    read = AuditEvent.select().where(
        AuditEvent.action == "incident:person:read", AuditEvent.actor_id == reader.person.id
    )
    people = {f"involved:{row.person_id}" for row in Buddy.select()} | {f"involved:{first.victim_id}"}
    assert {event.subject for event in read} == people
    assert {event.detail["place"] for event in read} == {"buddies"}


def test_what_has_ended_changes_no_more(case: Incident, client: Any, wants: Any, clock: Any, cast: Any) -> None:
    wants(case, "yes")
    first, *_rest = name(client, case, *NAMES)
    end_as_false_alarm(case, "A drawing.", actor=cast["coordinator"], now=clock.now())
    browser = client("counselor")
    page = Page(browser.get(at(case, f"/{first.id}")))
    assert not [form for form in page.forms if "/buddies" in form.action]
    victim = first.victim_id
    for path, typed in ((f"/{first.id}/ask", {"answer": "yes"}), (f"/of/{victim}", {"first-name": "Eva"})):
        assert browser.post(at(case, path), {**typed, "version": "1"}).status_code == 409
    assert Buddy.select().count() == 3


def test_buddies_go_along_when_incidents_are_joined_or_people_merged(
    case: Incident, incident: Any, client: Any, cast: Any, clock: Any
) -> None:
    first, second, _third = name(client, case, *NAMES)
    suspect = Involved.get(Involved.incident == case, Involved.part == "suspect")
    other = incident()
    join(case, other, checked=True, actor=cast["coordinator"], now=clock.now())
    assert {row.incident_id for row in Buddy.select()} == {other.id}
    take_along(second.person, suspect, actor=cast["coordinator"], now=clock.now())
    assert Buddy.get_by_id(second.id).person_id == suspect.id
    assert has_ties(suspect)
    # Nothing here speaks of the other part of that person.
    operations.stop(
        Buddy.get_by_id(second.id), {"version": 1, "reason": "No."}, actor=cast["coordinator"], now=clock.now()
    )
    assert log(other)[-1].params["who"] == {"message": "buddy"}
    assert not has_ties(second.person)
    assert operations.warned(Buddy.get_by_id(second.id)) in ([], ["same"])
    take_along(first.victim, suspect, actor=cast["coordinator"], now=clock.now())
    assert {row.victim_id for row in Buddy.select()} == {suspect.id}


def test_two_browsers_do_not_lose_one(case: Incident, app: Any, school: Any, cast: Any, clock: Any) -> None:
    victim, counselor = incidents.victims(case).get(), cast["counselor"]
    standing = incidents.standing(case, counselor)
    names = [{"name": "Somebody", "class_name": "3B"}]
    trouble = at_once(
        app,
        school,
        lambda: operations.name(victim, names, standing=standing, actor=counselor, now=clock.now()) and None,
    )
    assert trouble == []
    assert sorted(row.place for row in Buddy.select()) == [1, 2, 3, 4]


def test_who_is_next_is_a_reading_of_that_pupil(case: Incident, client: Any, wants: Any) -> None:
    """Product rule 11: the page of one buddy names the one to ask first."""
    wants(case, "yes")
    first, second, *_rest = name(client, case, *NAMES)
    reader = client("care")
    assert NAMES[0] in Page(reader.get(at(case, f"/{second.id}"))).text
    read = AuditEvent.select().where(
        AuditEvent.action == "incident:person:read", AuditEvent.actor_id == reader.person.id
    )
    assert f"involved:{first.person_id}" in {event.subject for event in read}


def test_who_asks_and_supports_may_see_the_buddies(case: Incident, client: Any, cast: Any) -> None:
    first, *_rest = name(client, case, *NAMES)
    out = str(cast["communication"].id)
    assert send(client("counselor"), case, first, "arrange", supporter=out).status_code == 422


def test_who_has_buddies_stays_a_victim(case: Incident, client: Any, cast: Any, clock: Any) -> None:
    first, *_rest = name(client, case, NAMES[0])
    add_involved(case, {"part": "victim", "name": "Fatima"}, actor=cast["care"], now=clock.now())
    path, browser = f"/incidents/{case.ref}/people/{first.victim_id}", client("care")
    form = next(one for one in Page(browser.get(path)).forms if "part" in one.names)
    assert browser.post(path, form.with_(part="bystander", also=[])).status_code == 422
    assert send(browser, case, first, "stop", reason="Moved.").status_code == 303
    form = next(one for one in Page(browser.get(path)).forms if "part" in one.names)
    assert browser.post(path, form.with_(part="bystander", also=[])).status_code == 303


def test_with_who_stopped_nothing_is_arranged(case: Incident, client: Any, cast: Any) -> None:
    """Nobody is told to support a pupil who is no buddy any more."""
    first, *_rest = name(client, case, NAMES[0])
    browser = client("counselor")
    form = Page(browser.get(at(case, f"/{first.id}"))).form(f"/{first.id}/arrange")
    send(browser, case, first, "stop", reason="Moved.")
    typed = form.with_(supporter=str(cast["mentor"].id), version=str(Buddy.get_by_id(first.id).version))
    assert browser.post(form.action, typed).status_code == 409
    assert Buddy.get_by_id(first.id).supporter_id is None
