"""What another school was asked, in our plan, overview and own work, and what we do with it."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.actions.operations import hand_over
from portal.actions.queries import action_in
from portal.clock import local
from portal.desk.contacts.queries import duties_of
from portal.errors import ChangedMeanwhile
from portal.incidents import queries as incidents
from portal.incidents.joining.operations import join
from portal.incidents.models import Incident, Involved
from portal.incidents.operations import end_as_false_alarm, reopen
from portal.links import queries
from portal.links.asks import operations, rules
from portal.links.models import Ask, LinkVisit, SharedLink
from portal.notices.models import Mail
from tests.conftest import at_once
from tests.links.conftest import Lent
from tests.reading import Page, said
from tests.web.test_statements import asked


def fresh(lent: Lent) -> Ask:
    ask = queries.ask_in(lent.now_is, lent.ask.id)
    assert ask
    return ask


def theirs(lent: Lent, visit: LinkVisit, clock: Any) -> dict[str, Any]:
    return {"version": fresh(lent).read_version, "link": lent.link, "visit": visit, "now": clock.now()}


@pytest.fixture
def page(case: Incident, lent: Lent) -> str:
    return f"/incidents/{case.ref}/links/{lent.link.id}/ask"


def test_the_plan_says_who_does_it(case: Incident, lent: Lent, client: Any) -> None:
    plan = client("mentor").get(f"/incidents/{case.ref}/plan").text
    assert "by the other school: Het Lyceum" in plan
    assert f"/links/{lent.link.id}" not in plan  # not for a mentor


def test_what_they_are_late_with_is_no_fault_of_ours(case: Incident, lent: Lent, client: Any, clock: Any) -> None:
    Action.update(due_at=None).where(Action.incident == case, Action.outsider == "").execute()
    clock.advance(days=2)
    overview = client("coordinator").get(f"/incidents/{case.ref}").text
    assert "1 late" not in overview
    assert "Remind" in overview
    assert f"/links/{lent.link.id}/ask#ask-{lent.ask.id}" in overview


def test_the_list_of_incidents_does_not_count_it_as_ours_either(
    case: Incident, lent: Lent, cast: Any, client: Any, clock: Any
) -> None:
    Action.update(due_at=None).where(Action.incident == case, Action.outsider == "").execute()
    clock.advance(days=2)
    late = "/incidents?late=y"
    assert case.ref not in client("coordinator").get(late).text
    Action.update(assignee=cast["coordinator"]).where(Action.id == lent.ask.action_id).execute()
    assert case.ref in client("coordinator").get(late).text, "ours by now"


def test_another_time_in_the_plan_is_told_to_them(
    app: Any, case: Incident, lent: Lent, client: Any, clock: Any
) -> None:
    Ask.update(reminded_at=clock.now()).where(Ask.id == lent.ask.id).execute()
    browser, page = client("coordinator"), f"/incidents/{case.ref}/plan/{lent.ask.action_id}"
    later = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")

    def mails() -> int:
        return int(Mail.select().where(Mail.kind == "shared-news", Mail.about == lent.link.subject).count())

    for values, number in (({"how": "Bel eerst"}, 0), ({"due_at": later}, 1)):
        form = next(one for one in Page(browser.get(page)).forms if "how" in one.names)
        assert browser.post(form.action, form.with_(**values)).status_code == 303
        assert mails() == number
    assert fresh(lent).reminded_at is None, "for the new time"
    assert said(app, "chose another time for an action") in lent.visitor().get(f"{lent.path}/trail").text


def test_a_date_that_they_propose_waits_for_us(
    case: Incident, lent: Lent, visit: LinkVisit, client: Any, cast: Any, clock: Any, page: str
) -> None:
    later = clock.now() + timedelta(days=4)
    operations.propose(lent.ask, later, "Vrijdag is hij er", **theirs(lent, visit, clock))
    browser = client("coordinator")
    assert "Another date is proposed." in browser.get(f"/incidents/{case.ref}").text
    assert page in browser.get("/").text
    tomorrow = local(clock.now()).date() + timedelta(days=1)
    assert [one.moment.at for one in duties_of(cast["coordinator"], tomorrow)] == [tomorrow], "not late at breakfast"
    answer = browser.post(
        f"{page.removesuffix('/ask')}/asks/{lent.ask.id}/date", {"accept": "yes", "version": fresh(lent).read_version}
    )
    assert answer.status_code == 303
    assert (fresh(lent).action.due_at, fresh(lent).proposed_at) == (later, None)
    assert page not in browser.get("/").text
    assert Mail.select().where(Mail.kind == "shared-news", Mail.address == lent.link.email).count() == 1


def test_a_date_can_stay_as_it_was(lent: Lent, visit: LinkVisit, cast: Any, clock: Any) -> None:
    before = fresh(lent).action.due_at
    operations.propose(lent.ask, clock.now() + timedelta(days=4), "", **theirs(lent, visit, clock))
    version = fresh(lent).read_version
    acts = {"actor": cast["coordinator"], "now": clock.now()}
    operations.answer_date(fresh(lent), False, version=version, **acts)
    assert (fresh(lent).answer, fresh(lent).action.due_at) == (rules.KEPT, before)
    with pytest.raises(ChangedMeanwhile):
        operations.answer_date(fresh(lent), True, version=version, **acts)


def test_what_they_decline_is_asked_again_or_taken_over(
    lent: Lent, visit: LinkVisit, client: Any, cast: Any, clock: Any, page: str
) -> None:
    operations.decline(lent.ask, "Geen tijd", **theirs(lent, visit, clock))
    browser, at = client("coordinator"), f"{page.removesuffix('/ask')}/asks/{lent.ask.id}"
    assert "Geen tijd" in browser.get(page).text
    assert "Geen tijd" not in client("communication").get(page).text
    browser.post(f"{at}/again", {"due_at": "", "version": fresh(lent).read_version})
    assert rules.standing_of(fresh(lent), clock.now()) == "todo"
    person = {"person": cast["care"].id, "version": fresh(lent).read_version}
    assert browser.post(f"{at}/take-over", person).status_code == 303
    assert rules.standing_of(fresh(lent), clock.now()) == "ours"
    assert fresh(lent).action.assignee_id == cast["care"].id


def test_what_is_handed_over_to_our_own_staff_is_theirs_no_longer(
    case: Incident, lent: Lent, cast: Any, clock: Any
) -> None:
    boss = cast["coordinator"]
    standing = incidents.standing(case, boss)
    hand_over(case, [lent.ask.action_id], cast["care"].id, standing=standing, actor=boss, now=clock.now())
    assert rules.standing_of(fresh(lent), clock.now()) == "ours"


def test_one_more_is_asked_in_ready_words_or_own_ones(lent: Lent, client: Any, page: str) -> None:
    browser = client("coordinator")
    assert browser.post(f"{page}/more", {"key": "who-knows"}).status_code == 303
    made = queries.asks(lent.link)[-1]
    assert (made.title, made.action.phase, made.action.contact) == ("Nagaan wie ervan weet", "react", "school")
    assert made.action.due_at
    refused = browser.post(f"{page}/more", {"key": "own", "title": "Praat met Noor Voorbeeld"})
    assert refused.status_code == 409
    assert len(queries.asks(lent.link)) == 2
    assert browser.post(f"{page}/more", {"key": "own", "title": "Bel ons om vier uur"}).status_code == 303
    assert browser.post(f"{page}/more", {"key": "own", "title": ""}).status_code == 422


def test_what_fits_a_victim_of_theirs_is_offered_when_the_suspect_is_ours(
    case: Incident, lent: Lent, client: Any, page: str
) -> None:
    """Both ways; the school is the same one with and without its article."""

    def offered() -> set[str]:
        found = client("coordinator").get(page).text
        return {key for key in ("support-pupil", "delete") if f'value="{key}"' in found}

    with_suspect = offered()
    Involved.update(school="own").where(Involved.incident == case).execute()
    Involved.update(school="other", school_name="Lyceum").where(Involved.part == "victim").execute()
    assert (with_suspect, offered()) == ({"delete"}, {"support-pupil"})


def test_their_own_words_are_for_who_reads_names(
    case: Incident, lent: Lent, visit: LinkVisit, client: Any, clock: Any, page: str
) -> None:
    operations.add_own(lent.link, "Praten met Noor uit 3B", None, visit=visit, now=clock.now())
    plan = f"/incidents/{case.ref}/plan"
    for function, seen in (("coordinator", True), ("communication", False), ("mentor", False)):
        assert ("Noor uit 3B" in client(function).get(plan).text) is seen
    assert "Noor uit 3B" not in client("communication").get(page).text
    assert "Noor uit 3B" not in client("communication").get(f"{plan}/new").text


def test_a_tick_of_ours_and_one_of_theirs_do_not_both_count(
    lent: Lent, visit: LinkVisit, client: Any, case: Incident, clock: Any
) -> None:
    read = fresh(lent).action.version
    operations.tick(lent.ask, "Gesproken", **theirs(lent, visit, clock))
    form = {"state": "done", "words": "Zij belden", "override": "", "version": read}
    answer = client("coordinator").post(f"/incidents/{case.ref}/plan/{lent.ask.action_id}/state", form)
    assert answer.status_code == 409
    assert fresh(lent).action.outcome == "Gesproken"


def test_of_twenty_answers_at_once_one_counts_and_nothing_is_lost(
    app: Any, school: Any, lent: Lent, visit: LinkVisit, clock: Any
) -> None:
    who = theirs(lent, visit, clock)
    trouble = at_once(app, school, lambda: operations.tick(Ask.get_by_id(lent.ask.id), "Gesproken", **who), 20)
    assert len(trouble) == 19
    assert {type(error) for error in trouble} == {ChangedMeanwhile}
    assert (fresh(lent).action.state, fresh(lent).version, fresh(lent).action.version) == ("done", 2, 2)


def test_an_ended_link_says_so_on_the_plan(case: Incident, lent: Lent, client: Any, clock: Any) -> None:
    plan = f"/incidents/{case.ref}/plan"
    assert "has expired" not in client("coordinator").get(plan).text
    SharedLink.update(ends_at=clock.now() - timedelta(hours=1)).where(SharedLink.id == lent.link.id).execute()
    assert "The link with Het Lyceum has expired." in client("coordinator").get(plan).text
    assert "has expired" not in client("mentor").get(plan).text


def test_a_declined_link_says_so_on_the_plan_also_when_nothing_was_asked(
    case: Incident, lent: Lent, client: Any, clock: Any
) -> None:
    Ask.delete().execute()
    SharedLink.update(declined_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    plan = client("coordinator").get(f"/incidents/{case.ref}/plan").text
    assert "Het Lyceum does not take part." in plan
    assert f'href="/incidents/{case.ref}/links/{lent.link.id}"' in plan


def test_an_incident_that_ends_shuts_its_links_and_opens_them_again(
    case: Incident, lent: Lent, client: Any, cast: Any, clock: Any
) -> None:
    visitor, by = lent.visitor(), {"actor": cast["leadership"], "now": clock.now()}
    end_as_false_alarm(case, "Het was niet zo.", **by)
    assert visitor.get(lent.path).status_code == 404
    assert lent.door().post(f"{lent.path}/code", {"code": lent.code}).status_code == 404
    assert remind_all(clock) == 0
    reopen(case, "Het gaat toch verder.", **by)
    assert lent.ask.action.title in visitor.get(lent.path).text
    form = Page(visitor.get(f"{lent.path}/asks/{lent.ask.id}")).form("/done")
    assert visitor.post(form.action, form.with_(words="Gesproken")).status_code == 303
    assert fresh(lent).action.state == "done"


def remind_all(clock: Any) -> int:
    """How many mails of a reminder the worker writes two days later."""
    before = Mail.select().count()
    operations.remind_due(clock.now() + timedelta(days=2))
    return int(Mail.select().count()) - int(before)


def test_what_was_asked_goes_along_when_incidents_are_joined(
    case: Incident, incident: Any, lent: Lent, cast: Any, client: Any, clock: Any
) -> None:
    target = incident()
    visitor = lent.visitor()
    join(case, target, checked=False, actor=cast["coordinator"], now=clock.now())
    form = Page(visitor.get(f"{lent.path}/asks/{lent.ask.id}")).form("/done")
    assert visitor.post(f"{lent.path}/messages", {"text": "Wij zijn er."}).status_code == 303
    assert client("coordinator").get(f"/incidents/{target.ref}/links/{lent.link.id}/messages").status_code == 200
    moved = queries.ask_in(lent.now_is, lent.ask.id)
    assert moved
    assert (lent.now_is.incident_id, moved.action.incident_id) == (target.id, target.id)
    assert action_in(target, moved.action_id)
    assert rules.standing_of(moved, clock.now()) == "todo"
    assert visitor.post(form.action, form.with_()).status_code == 303, "the page that was open goes on"


@pytest.mark.parametrize(("part", "most"), [("", 10), ("/plan", 10), ("/links/{}/ask", 14)])
def test_a_page_asks_the_same_for_any_number_of_actions(
    case: Incident, lent: Lent, client: Any, cast: Any, clock: Any, part: str, most: int
) -> None:
    browser, path = client("coordinator"), f"/incidents/{case.ref}{part.format(lent.link.id)}"
    before = asked(browser, path)
    for number in range(12):
        values = {"key": "", "title": f"Nog iets {number}", "how": "", "due_at": clock.now() + timedelta(days=1)}
        operations.ask(lent.link, values, actor=cast["coordinator"], now=clock.now())
    after = asked(browser, path)
    assert len(after) == len(before) <= most, "\n".join(after)
