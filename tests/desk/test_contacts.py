"""How is everyone: who is next and who is overdue, on the overview and in one's own work."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal.care.buddies.models import Buddy, CheckIn
from portal.desk.contacts import queries
from portal.incidents.models import Incident, Involved, KeptOut
from portal.incidents.operations import end_as_false_alarm
from tests.reading import Page, said
from tests.statements import counted

TODAY = date(2026, 11, 23)


@pytest.fixture
def buddies(incident: Any, team: Any, cast: Any, clock: Any) -> Any:
    """`buddies(-1, 2)`: a running incident with a buddy of the mentor for each check-in, in so many days."""

    def make(*days: int, supporter: str | None = "mentor") -> Incident:
        case: Incident = incident()
        team(case, "mentor", "communication")
        victim = Involved.get(Involved.incident == case, Involved.part == "victim")
        for number, ahead in enumerate(days, 1):
            person = Involved.create(incident=case, part="buddy", number=number, name="Fleur Dekker")
            row = Buddy.create(
                incident=case, victim=victim, person=person, place=number, chosen_at=clock.now(), asked_at=clock.now(),
                answer="yes", supporter=cast[supporter] if supporter else None,
            )  # fmt: skip
            CheckIn.create(buddy=row, due_on=TODAY + timedelta(days=ahead))
        return case

    return make


def everyone(answer: Any, app: Any) -> str:
    """The section of the overview, as text."""
    text: str = Page(answer).text.split(said(app, "How is everyone?"))[1].split(said(app, "Newest in the logbook"))[0]
    return text


def test_the_overview_says_who_is_overdue_and_who_is_next(buddies: Any, client: Any, app: Any) -> None:
    case = buddies(-2, 3)
    page = client("coordinator").get(f"/incidents/{case.ref}")
    text = everyone(page, app)
    first = said(app, "Ask %(who)s how it goes", who=said(app, "buddy %(n)s", n=1))
    assert f"{said(app, '%(n)s days late', n=2)} {first} J. Smit 06-55501005" in text
    assert "donderdag" in text
    assert f"/incidents/{case.ref}/buddies" in Page(page).links
    assert "Fleur" not in page.text


def test_the_one_whose_turn_it_is_reads_you(buddies: Any, client: Any, app: Any) -> None:
    case = buddies(0, supporter=None)
    assert said(app, "nobody yet") in everyone(client("coordinator").get(f"/incidents/{case.ref}"), app)
    Buddy.update(supporter=client("counselor").person).execute()
    text = everyone(client("counselor").get(f"/incidents/{case.ref}"), app)
    assert said(app, "today") + " " + said(app, "Ask %(who)s how it goes", who=said(app, "buddy %(n)s", n=1)) in text
    assert said(app, "you") in text


def test_for_whom_there_are_no_buddies_nothing_is_planned_with_them(buddies: Any, client: Any, app: Any) -> None:
    case = buddies(-1)
    late = said(app, "1 day late")
    assert late in client("coordinator").get(f"/incidents/{case.ref}").text
    page = client("communication").get(f"/incidents/{case.ref}")
    assert late not in page.text
    assert f"/incidents/{case.ref}/buddies" not in Page(page).links


def test_what_is_planned_asks_one_statement(buddies: Any, client: Any) -> None:
    case, browser = buddies(-2, 3), client("coordinator")
    browser.get(f"/incidents/{case.ref}")
    with counted() as statements:
        browser.get(f"/incidents/{case.ref}")
    assert len(statements) <= 10
    assert sum("planned" in one for one in statements) == 1


def test_my_work_shows_my_contacts_with_the_late_first(buddies: Any, client: Any, app: Any) -> None:
    buddies(9, 4, -1)
    browser = client("mentor")
    home, everything = (Page(browser.get(path)).text for path in ("/", "/actions"))
    who = [said(app, "Ask %(who)s how it goes", who=said(app, "buddy %(n)s", n=n)) for n in (1, 2, 3)]
    near = home.split(said(app, "Whom I speak"))[1]
    assert near.index(who[2]) < near.index(who[1])
    assert who[0] not in near  # after the next seven days
    assert who[0] in everything
    assert said(app, "1 day late") in near
    assert said(app, "Whom I speak") not in Page(client("coordinator").get("/")).text


def test_my_work_leads_to_the_one_it_is_about(buddies: Any, client: Any) -> None:
    case = buddies(1, 2)
    links = Page(client("mentor").get("/")).links
    assert {f"/incidents/{case.ref}/buddies/{row.id}" for row in Buddy.select()} <= set(links)


def test_what_is_over_or_not_mine_any_more_is_not_there(buddies: Any, client: Any, cast: Any, clock: Any) -> None:
    mentor = cast["mentor"]
    first, second, third = (buddies(1) for _number in range(3))
    assert {one.ref for one in queries.of(mentor)} == {first.ref, second.ref, third.ref}
    end_as_false_alarm(first, "A drawing.", actor=cast["coordinator"], now=clock.now())
    KeptOut.create(incident=second, person=mentor, since=clock.now())
    assert [one.ref for one in queries.of(mentor)] == [third.ref]
    Buddy.update(ended_at=clock.now()).where(Buddy.incident == third).execute()
    assert queries.of(mentor) == []


def test_days_and_moments_are_read_as_they_were_stored(clock: Any) -> None:
    assert queries.read_at("2026-11-23") == TODAY
    assert queries.read_at("2026-11-23 09:00:00") == clock.now()
