"""Who stands in for whom, and absences from their report to their end."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import demo
from portal.accounts.absence import operations, queries, rules
from portal.accounts.models import BEGUN, OVER, Absence, Deputy, Person
from portal.audit.models import AuditEvent
from portal.errors import Invalid
from portal.notices.models import Mail
from portal.notices.operations import compose
from portal.policy import TEAM_FUNCTIONS
from tests.reading import Page, said

TODAY = date(2026, 11, 23)
OWN = "/account/absence"


def on(number: int) -> date:
    """Days from today."""
    return TODAY + timedelta(days=number)


def sent(browser: Any, first: int, last: int, deputy: int | None = None, path: str = OWN) -> Any:
    """Report these days through the page; the deputy is the one proposed unless given."""
    changes = {"first": on(first).isoformat(), "last": on(last).isoformat()}
    form = Page(browser.get(path)).form(path)
    return browser.post(path, form.with_(**changes, **({} if deputy is None else {"deputy": deputy})))


def there() -> list[tuple[str, str | None, date, date, str]]:
    rows = Absence.select().order_by(Absence.id)
    return [(a.person.name, a.deputy and a.deputy.name, a.first, a.last, a.state) for a in rows]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        pytest.param(0, 0, "", id="today only"),
        pytest.param(-3, 2, "", id="ill since last week"),
        pytest.param(5, 9, "", id="next week"),
        pytest.param(2, 1, "last", id="ends before it begins"),
        pytest.param(-5, -1, "last", id="over already"),
    ],
)
def test_which_days_are_taken(first: int, last: int, field: str) -> None:
    if not field:
        rules.check_days(on(first), on(last), TODAY)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_days(on(first), on(last), TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(0, 4, False), (5, 5, True), (0, 20, True), (9, 12, True), (10, 12, False), (6, 7, True)],
)
def test_both_ends_belong_to_an_absence(first: int, last: int, expected: bool) -> None:
    other: Any = SimpleNamespace(first=on(5), last=on(9))
    assert rules.overlap(on(first), on(last), [other]) is expected
    assert not rules.overlap(on(first), on(last), [])


@pytest.mark.parametrize(
    ("away", "who", "expected"),
    [
        ({}, "a", "a"),
        ({"a": "b"}, "a", "b"),
        ({"a": "b", "b": "c"}, "a", "c"),
        ({"a": "b", "b": "a"}, "a", None),
        ({"a": None}, "a", None),
        ({"a": "admin"}, "a", None),
        ({}, None, None),
    ],
)
def test_who_is_present_in_the_place_of_somebody(away: dict[str, str | None], who: str, expected: str | None) -> None:
    people: dict[Any, Any] = {
        name: SimpleNamespace(id=name, may_be_on_team=name != "admin") for name in ("a", "b", "c", "admin")
    }
    people[None] = None
    absences: Any = {name: SimpleNamespace(deputy=people[deputy]) for name, deputy in away.items()}
    assert rules.present(people[who], absences) == people[expected]


@pytest.mark.parametrize(
    ("functions", "deputies", "expected"),
    [
        (["mentor"], {"mentor": 7}, 7),
        (["mentor", "care"], {"care": 8}, 8),
        (["mentor", "care"], {"mentor": 1, "care": 8}, 8),  # stands in for the own function
        (["mentor"], {"care": 8}, 0),
        ([], {"care": 8}, 0),
    ],
)
def test_the_deputy_of_the_function_is_proposed(functions: list[str], deputies: dict[str, int], expected: int) -> None:
    known: Any = {function: SimpleNamespace(id=number) for function, number in deputies.items()}
    assert rules.proposed(functions, known, 1) == expected


def choose(browser: Any, **chosen: Any) -> Any:
    return browser.post("/accounts/deputies", Page(browser.get("/accounts/deputies")).forms[-1].with_(**chosen))


def test_the_administrator_chooses_who_stands_in(app: Any, client: Any, cast: Any) -> None:
    admin = client("admin")
    page = Page(admin.get("/accounts/deputies"))
    hint = "Nobody stands in for the %(function)s: choose somebody."
    assert said(app, hint, function="mentor") in page.text
    assert str(cast["admin"].id) not in page.forms[-1].offered["mentor"]
    assert said(app, "Nobody stands in yet for:") in Page(admin.get("/accounts")).text
    everybody = dict.fromkeys(TEAM_FUNCTIONS, cast["stranger"].id)
    assert choose(admin, **everybody).location == "/accounts/deputies"
    assert queries.deputies() == dict.fromkeys(TEAM_FUNCTIONS, cast["stranger"])
    assert said(app, hint, function="mentor") not in Page(admin.get("/accounts/deputies")).text
    assert said(app, "Nobody stands in yet for:") not in Page(admin.get("/accounts")).text
    assert choose(admin, mentor="0").status_code == 303
    assert "mentor" not in queries.deputies()
    assert AuditEvent.select().where(AuditEvent.action == "settings:deputies:change").count() == 2


def test_leadership_hears_who_stands_in(app: Any, client: Any, cast: Any, clock: Any) -> None:
    admin = client("admin")
    choose(admin, care=cast["stranger"].id)
    choose(admin, care=cast["stranger"].id)
    (mail,) = Mail.select().where(Mail.kind == "deputies")
    assert mail.address == cast["leadership"].email
    with app.app_context():
        message = compose(mail, "", "https://p.example", "rustpunt@p.example")
    assert message is not None
    assert cast["stranger"].name in message.get_content()
    choose(admin, care="0", mentor=cast["leadership"].id)
    assert Mail.select().where(Mail.kind == "deputies").count() == 1, "who was chosen sees it"


@pytest.mark.parametrize("deputy", ["mentor", "admin", 99999])
def test_nobody_stands_in_alone_for_himself_and_no_administrator_does(
    client: Any, cast: Any, clock: Any, deputy: Any
) -> None:
    number = cast[deputy].id if deputy in cast else deputy
    refused = choose(client("admin"), mentor=number, care=cast["stranger"].id)
    assert refused.status_code == 422
    assert Page(refused).forms[-1].first("care") == str(cast["stranger"].id)
    assert not Deputy.select().exists()
    values = {"care": cast["stranger"].id, "mentor": number}
    with pytest.raises(Invalid):
        operations.choose_deputies(values, edition="", actor=cast["admin"], now=clock.now())
    assert not Deputy.select().exists()


def test_two_administrators_overwrite_nothing(client: Any, cast: Any) -> None:
    first, second = client("admin"), client("admin")
    form = Page(second.get("/accounts/deputies")).forms[-1]
    choose(first, mentor=cast["care"].id)
    refused = second.post("/accounts/deputies", form.with_(mentor=cast["stranger"].id))
    assert refused.status_code == 409
    assert ("R. van Dijk" in Page(refused).text, "K. de Boer" in Page(refused).text) == (True, True)
    assert queries.deputies()["mentor"] == cast["care"]
    # Both were shown, so saving again is meant.
    assert second.post("/accounts/deputies", Page(refused).forms[-1].data).status_code == 303
    assert queries.deputies()["mentor"] == cast["stranger"]


def test_whoever_became_administrator_stands_in_for_nobody(client: Any, cast: Any, clock: Any) -> None:
    demo.stand_in(clock.now())
    Person.update(functions=["administrator"]).where(Person.id == cast["leadership"].id).execute()
    assert "mentor" not in queries.deputies()
    assert choose(client("admin"), mentor=cast["care"].id).status_code == 303
    assert queries.deputies()["mentor"] == cast["care"]


def test_an_own_absence_begins_at_once_or_later(client: Any, cast: Any, clock: Any) -> None:
    demo.stand_in(clock.now())
    mentor = client("mentor")
    assert OWN in Page(mentor.get("/")).links
    assert sent(mentor, 0, 2).location == OWN
    assert sent(mentor, 7, 8, cast["stranger"].id).location == OWN
    assert there() == [
        ("J. Smit", "S. Yilmaz", on(0), on(2), "begun"),
        ("J. Smit", "K. de Boer", on(7), on(8), "planned"),
    ]
    assert queries.away_until(on(2)) == {cast["mentor"].id: on(2)}
    assert queries.away_until(on(3)) == {}
    # A day before it is taken up by the worker counts as well: between midnight and its round.
    assert set(queries.away_on(on(7))) == {cast["mentor"].id}
    event = AuditEvent.get(AuditEvent.action == "account:absence:begin")
    assert event.subject == f"person:{cast['mentor'].id}"
    assert "2026" not in str(event.detail)


def test_days_that_overlap_are_refused_and_what_was_typed_stays(app: Any, client: Any, cast: Any) -> None:
    mentor = client("mentor")
    why = said(app, "There is an absence in these days already. End or cancel that one first.")
    sent(mentor, 3, 5)
    for first, last in ((5, 9), (0, 3), (4, 4), (1, 20)):
        refused = sent(mentor, first, last, cast["care"].id)
        assert refused.status_code == 422
        form = Page(refused).form(OWN)
        assert (form.first("first"), form.first("last")) == (on(first).isoformat(), on(last).isoformat())
        assert form.first("deputy") == str(cast["care"].id)
        assert why in Page(refused).text
    assert len(there()) == 1
    assert sent(client("care"), 3, 5).status_code == 303  # of somebody else


@pytest.mark.parametrize("who", ["mentor", "admin"])
def test_who_cannot_stand_in_is_refused(client: Any, cast: Any, clock: Any, who: str) -> None:
    deputy = cast[who]
    assert sent(client("mentor"), 0, 3, deputy.id).status_code == 422
    with pytest.raises(Invalid):
        operations.report(cast["mentor"], on(0), on(3), deputy.id, actor=cast["mentor"], now=clock.now())
    assert there() == []


def test_nobody_finds_out_by_choosing_a_deputy_when_a_colleague_is_away(client: Any, cast: Any) -> None:
    sent(client("care"), 2, 4)
    answers = [sent(client("teacher"), day, day, cast["care"].id) for day in range(1, 6)]
    assert {(one.status_code, one.location) for one in answers} == {(303, OWN)}


def test_it_can_be_cancelled_and_ended_early(client: Any, cast: Any, clock: Any) -> None:
    mentor = client("mentor")
    sent(mentor, 0, 5)
    sent(mentor, 7, 9)
    forms = [form for form in Page(mentor.get(OWN)).forms if form.action.endswith("/end")]
    assert [mentor.post(form.action).location for form in forms] == [OWN, OWN]
    assert there() == [("J. Smit", None, on(0), on(0), "over")]  # what had not begun leaves nothing
    assert queries.away_on(on(0)) == {}
    # A second press, and the same days once more.
    assert mentor.post(forms[0].action).status_code == 404
    assert sent(mentor, 0, 5).status_code == 303
    verbs = [e.action.rpartition(":")[2] for e in AuditEvent.select() if e.action.startswith("account:absence")]
    assert verbs == ["report", "begin", "report", "end", "cancel", "report", "begin"]


def test_an_absence_of_somebody_else_is_not_there(client: Any, cast: Any) -> None:
    sent(client("mentor"), 0, 2)
    number = Absence.get().id
    for function in (*TEAM_FUNCTIONS, "stranger", "admin"):
        browser = client(function)
        if function != "mentor":
            assert browser.post(f"{OWN}/{number}/end").status_code == 404
        if function != "admin":
            assert browser.get(f"/accounts/{cast['mentor'].id}/absence").status_code == 404
            assert browser.post(f"/accounts/{cast['mentor'].id}/absence/{number}/end").status_code == 404
            ends = [form for form in Page(browser.get(OWN)).forms if form.action.endswith("/end")]
            assert bool(ends) is (function == "mentor")
    wrong = f"/accounts/{cast['care'].id}/absence/{number}/end"
    assert client("admin").post(wrong).status_code == 404
    assert there()[0][4] == BEGUN


def test_the_administrator_reports_for_who_is_ill(app: Any, client: Any, cast: Any, clock: Any) -> None:
    demo.stand_in(clock.now())
    admin, path = client("admin"), f"/accounts/{cast['mentor'].id}/absence"
    assert path in Page(admin.get(f"/accounts/{cast['mentor'].id}")).links
    assert sent(admin, 0, 1, path=path).location == path
    assert there() == [("J. Smit", "S. Yilmaz", on(0), on(1), "begun")]
    assert Absence.get().made_by == cast["admin"]
    mail = Mail.get(Mail.kind != "deputies")
    assert (mail.person_id, mail.kind, mail.about) == (cast["mentor"].id, "absence", f"person:{cast['mentor'].id}")
    # The person sees it and who did it, and is back early; of an own report nothing is sent.
    assert said(app, "Reported by %(name)s.", name=cast["admin"].name) in Page(client("mentor").get(OWN)).text
    sent(client("mentor"), 7, 8)
    assert Page(client("mentor").get(OWN)).text.count(cast["admin"].name) == 1
    assert Mail.select().where(Mail.kind != "deputies").count() == 1
    form = next(f for f in Page(client("mentor").get(OWN)).forms if f.action.endswith("/end"))
    assert client("mentor").post(form.action).status_code == 303
    # For an administrator there is nothing to stand in for.
    assert admin.get(OWN).status_code == 404
    assert admin.get(f"/accounts/{cast['admin'].id}/absence").status_code == 404
    assert f"/accounts/{cast['admin'].id}/absence" not in Page(admin.get(f"/accounts/{cast['admin'].id}")).links


def test_the_worker_begins_ends_and_forgets(client: Any, cast: Any, clock: Any) -> None:
    mentor = client("mentor")
    sent(mentor, 1, 2)
    states = []
    for _day in range(5):
        operations.work(clock.now())
        operations.work(clock.now())
        states.append(Absence.get().state)
        clock.advance(days=1)
    assert states == ["planned", "begun", "begun", "over", "over"]
    clock.advance(days=361)
    operations.work(clock.now())
    assert Absence.get().state == OVER
    clock.advance(days=2)
    operations.work(clock.now())
    assert there() == []
    verbs = [e.action.rpartition(":")[2] for e in AuditEvent.select() if e.action.startswith("account:absence")]
    assert verbs == ["report", "begin", "end", "forget"]


def test_a_day_begins_at_midnight_in_school(client: Any, clock: Any) -> None:
    sent(client("mentor"), 1, 1)
    clock.moment = clock.moment.replace(hour=22, minute=59)
    operations.work(clock.now())
    assert Absence.get().state == "planned"
    clock.advance(minutes=1)  # 23:00 UTC is midnight in Amsterdam
    operations.work(clock.now())
    assert Absence.get().state == BEGUN


def test_days_that_went_by_without_a_worker_are_dropped(client: Any, clock: Any) -> None:
    sent(client("mentor"), 1, 2)
    clock.advance(days=5)
    operations.work(clock.now())
    assert there() == []
    assert not AuditEvent.select().where(AuditEvent.action == "account:absence:begin").exists()
