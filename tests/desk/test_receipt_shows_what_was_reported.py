"""A receipt tells what its reporter told; what became known later or elsewhere is not on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from portal import create_app
from portal.accounts.models import Person
from portal.incidents import queries
from portal.incidents.models import Involved, Membership
from portal.incidents.rules import flags
from portal.school.models import School
from tests.conftest import Browser
from tests.desk.test_receipt import receipt_of
from tests.reading import Page, said

STAFF = flags()["staff"]["call_title"]["nl"]


def test_a_flag_that_goes_up_later_is_not_on_it(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    case = incident()
    before = Page(client("teacher").get(receipt_of(case))).text
    for key in ("honour", "staff"):
        assert client("coordinator").post(f"/incidents/{case.ref}/flags/{key}", {"answer": "yes"}).status_code == 303
    assert Page(client("teacher").get(receipt_of(case))).text == before


def test_a_suspicion_of_staff_in_the_other_report_is_not_on_it(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    """Product rule 8: joining tells the first reporter nothing of what the second one suspects."""
    plain, careful = incident(), incident(reporter="stranger", flags={"staff": "yes"}, chosen=("coordinator",))
    first, second = receipt_of(plain), receipt_of(careful)
    sent = {"other": careful.id, "checked": "y"}
    assert client("coordinator").post(f"/incidents/{plain.ref}/join", sent).status_code == 303
    assert STAFF in Page(client("stranger").get(second)).text
    assert STAFF not in Page(client("teacher").get(first)).text


def test_a_name_that_became_known_later_is_not_on_it(incident: Callable[..., Any], client: Callable[..., Any]) -> None:
    case = incident(people=[{"part": "victim", "class_name": "3B", "school": "own"}])
    victim = queries.victims(case)[0]
    values = {"part": "victim", "name": "Known later", "class_name": "3B", "school": "own", "version": victim.version}
    client("coordinator").post(f"/incidents/{case.ref}/people/{victim.id}", values)
    assert Involved.get_by_id(victim.id).name == "Known later"
    assert "Known later" not in client("teacher").get(receipt_of(case)).text


def test_where_nobody_can_lead_the_reporter_lets_somebody_join(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    School.update(joins=["counselor"]).execute()
    case = incident()
    assert [row.function for row in case.team] == ["counselor"]
    teacher = client("teacher")
    form = Page(teacher.get(receipt_of(case))).form("/join")
    assert teacher.post(form.action, form.with_(join=cast["coordinator"].id)).status_code == 303
    assert {row.function for row in case.team} == {"counselor", "coordinator"}


def test_when_the_only_leader_became_administrator_somebody_else_can_be_chosen(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident(flags={"staff": "yes"}, chosen=("coordinator",))
    Person.update(functions=["administrator"]).where(Person.id == cast["coordinator"].id).execute()
    teacher = client("teacher")
    form = Page(teacher.get(receipt_of(case))).form("/join")
    assert teacher.post(form.action, form.with_(join=cast["leadership"].id)).status_code == 303
    assert Membership.select().where(Membership.incident == case, Membership.function == "leadership").exists()


def test_of_a_reporter_who_is_on_the_team_it_claims_no_mail(
    app: Flask, incident: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    """Who reports is not mailed about it, so two of the three mails are on their way."""
    case = incident(reporter="coordinator")
    mailing = create_app(replace(app.extensions["settings"], smtp=urlsplit("smtp://127.0.0.1:9")))
    mailing.extensions["clock"] = clock
    browser = Browser(mailing)
    browser.sign_in(cast["coordinator"], clock.now())
    text = Page(browser.get(receipt_of(case))).text
    assert text.count(said(mailing, "mail is on its way, not seen yet")) == 2
