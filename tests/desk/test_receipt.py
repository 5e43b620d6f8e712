"""The receipt: who was told and has seen it, whom to call, and adding what one remembers later."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal import create_app
from portal.incidents.models import Entry, Incident, Membership, Report
from portal.incidents.people.operations import add_involved
from portal.incidents.rules import flags
from portal.incidents.team.operations import keep_out
from portal.notices.models import FAILED, QUEUED, SENDING, SENT, Mail
from portal.policy import FUNCTION_NAMES
from portal.school.rules import helplines
from tests.conftest import Browser, Worker
from tests.reading import Page, said


def receipt_of(case: Incident) -> str:
    return f"/receipts/{Report.get(Report.incident == case).slug}"


@pytest.fixture
def mailing(app: Flask, worker: Worker, clock: Any) -> Flask:
    """The same school behind an application that can send mail."""
    settings = replace(app.extensions["settings"], smtp=urlsplit("smtp://127.0.0.1:9"))
    other = create_app(settings)
    other.extensions["clock"] = clock
    return other


def test_it_says_who_was_told(incident: Callable[..., Any], client: Callable[..., Any], app: Any) -> None:
    case = incident()
    page = Page(client("teacher").get(receipt_of(case)))
    assert case.code_name in page.text
    for name, function, phone in (
        ("M. de Wit", "coordinator", "0655501001"),
        ("S. Yilmaz", "leadership", "0655501002"),
        ("A. Bakker", "counselor", "0655501003"),
    ):
        assert f"{name} · {said(app, FUNCTION_NAMES[function])}" in page.text
        assert f"tel:{phone}" in page.links
    assert "R. van Dijk" not in page.text


def test_somebody_with_two_functions_stands_there_once(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident()
    Membership.create(incident=case, person=cast["coordinator"], function="care", joined_at=case.reported_at)
    assert Page(client("teacher").get(receipt_of(case))).text.count("M. de Wit") == 1


def test_seen_appears_with_the_time_when_a_member_opens_the_incident(
    incident: Callable[..., Any], client: Callable[..., Any], clock: Any, app: Any
) -> None:
    case = incident()
    teacher = client("teacher")
    teacher.come_back(clock.advance(minutes=42))
    seen = said(app, "seen by %(name)s, %(time)s", name="M. de Wit", time=f"{said(app, 'today')} 10:42")
    assert seen not in Page(teacher.get(receipt_of(case))).text
    client("coordinator").get(f"/incidents/{case.ref}")
    teacher.come_back(clock.advance(hours=1))
    client("coordinator").get(f"/incidents/{case.ref}/plan")
    page = Page(teacher.get(receipt_of(case), htmx=True))
    assert page.ids == ["told"]
    assert seen in page.text
    unseen = said(app, "not seen yet")
    assert page.text.count(unseen) == 2


def test_without_a_mail_server_it_says_that_nobody_was_mailed(
    incident: Callable[..., Any], client: Callable[..., Any], app: Any
) -> None:
    page = Page(client("teacher").get(receipt_of(incident())))
    assert said(app, "Nobody was mailed: this portal cannot send mail yet.") in page.text
    assert said(app, "mail is on its way, not seen yet") not in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (QUEUED, "mail is on its way, not seen yet"),
        (SENDING, "mail is on its way, not seen yet"),
        (SENT, "mail sent, not seen yet"),
        (FAILED, "the mail did not arrive: call"),
    ],
)
def test_with_a_mail_server_it_says_how_the_mail_stands(
    incident: Callable[..., Any], mailing: Flask, cast: dict[str, Any], clock: Any, state: str, words: str
) -> None:
    case = incident()
    Mail.update(state=state).where(Mail.person_id == cast["leadership"].id).execute()
    Mail.update(state=SENT).where(Mail.person_id != cast["leadership"].id).execute()
    browser = Browser(mailing)
    browser.sign_in(cast["teacher"], clock.now())
    page = Page(browser.get(receipt_of(case)))
    assert said(mailing, "Nobody was mailed: this portal cannot send mail yet.") not in page.text
    assert page.text.count(said(mailing, words)) == (3 if state == SENT else 1)
    assert said(mailing, words) in page.text.split("S. Yilmaz")[1]


@pytest.mark.parametrize("key", list(flags()))
def test_the_numbers_of_a_raised_flag_can_be_tapped(
    incident: Callable[..., Any], client: Callable[..., Any], key: str
) -> None:
    """Product rule 2."""
    own = {"school-board": "0105550100", "school-police": "0105550112"}
    own |= {"school-counselor": "0655501003", "school-coordinator": "0655501001"}
    case = incident(flags={key: "yes"}, chosen=("coordinator",))
    page = Page(client("teacher").get(receipt_of(case)))
    assert flags()[key]["call_title"]["nl"] in page.text
    assert flags()[key]["do"]["nl"] in page.text
    for call in flags()[key]["calls"]:
        number = own.get(call) or helplines()[call]["tel"]
        assert f"tel:{number}" in page.links, call
    others = [flag["call_title"]["nl"] for other, flag in flags().items() if other != key]
    assert not [title for title in others if title in page.text]


def test_with_no_flag_up_it_says_to_call_the_coordinator(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    page = Page(client("teacher").get(receipt_of(incident())))
    assert page.links.index("tel:0655501001") < page.links.index("tel:0655501003")


def test_it_holds_what_was_reported_and_nothing_of_the_plan(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case = incident()
    added = {"part": "bystander", "name": "Who the reporter never named"}
    add_involved(case, added, actor=cast["coordinator"], now=clock.now())
    page = Page(client("teacher").get(receipt_of(case)))
    assert "Noor V." in page.text
    assert "Two pupils told me in the break." in page.text
    assert "Who the reporter never named" not in page.text
    assert not [link for link in page.links if link.startswith(f"/incidents/{case.ref}")]


def test_a_member_who_reported_gets_a_way_into_the_incident(
    incident: Callable[..., Any], client: Callable[..., Any]
) -> None:
    case = incident(reporter="counselor")
    assert f"/incidents/{case.ref}" in Page(client("counselor").get(receipt_of(case))).links


def test_what_is_added_lands_in_the_logbook(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case = incident()
    teacher = client("teacher")
    form = Page(teacher.get(receipt_of(case))).form("/add")
    clock.advance(minutes=20)
    added = teacher.post(form.action, form.with_(text="It was on a second phone too."))
    assert (added.status_code, added.location) == (303, receipt_of(case))
    entry = Entry.get(Entry.text == "It was on a second phone too.")
    assert (entry.incident_id, entry.author_id, entry.at) == (case.id, cast["teacher"].id, clock.now())
    assert "It was on a second phone too." in client("coordinator").get(f"/incidents/{case.ref}/log").text


@pytest.mark.parametrize("text", ["", "see https://site.example/a.jpg", "x" * 4001])
def test_an_addition_that_cannot_be_is_refused_and_kept(
    incident: Callable[..., Any], client: Callable[..., Any], text: str
) -> None:
    case = incident()
    before = Entry.select().count()
    refused = client("teacher").post(f"{receipt_of(case)}/add", {"text": text})
    assert refused.status_code == 422
    assert Page(refused).form("/add").first("text") == text
    assert Entry.select().count() == before


def test_the_reporter_cannot_let_people_join_once_somebody_is_on_it(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any
) -> None:
    case = incident(flags={"staff": "yes"}, chosen=("leadership",))
    page = Page(client("teacher").get(receipt_of(case)))
    assert not [form for form in page.forms if form.action.endswith("/join")]
    late = client("teacher").post(f"{receipt_of(case)}/join", {"join": cast["coordinator"].id})
    assert late.status_code == 409
    assert said(app, "Somebody who leads is on it already.") in Page(late).text
    assert [m.person_id for m in case.team] == [cast["leadership"].id]


def test_choosing_later_works_only_while_nobody_is_on_it(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    case = incident(flags={"staff": "yes"})
    assert client("teacher").post(f"{receipt_of(case)}/join", {"join": cast["leadership"].id}).status_code == 303
    assert [(m.person_id, m.function) for m in case.team] == [(cast["leadership"].id, "leadership")]
    assert client("leadership").get(f"/incidents/{case.ref}").status_code == 200
    assert client("teacher").post(f"{receipt_of(case)}/join", {"join": cast["care"].id}).status_code == 409


@pytest.mark.parametrize("function", ["coordinator", "leadership", "stranger", "admin"])
def test_the_receipt_of_somebody_else_is_not_there(
    incident: Callable[..., Any], client: Callable[..., Any], function: str
) -> None:
    case = incident()
    at, browser = receipt_of(case), client(function)
    assert browser.get(at).status_code == 404
    assert browser.get(at, htmx=True).status_code == 404
    assert browser.post(f"{at}/add", {"text": "Not mine."}).status_code == 404
    assert browser.post(f"{at}/join", {"join": 1}).status_code == 404
    assert browser.get(at).get_data() == browser.get(at[:-1] + "x").get_data()


def test_a_reporter_who_is_kept_out_loses_the_receipt(
    incident: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case = incident()
    teacher = client("teacher")
    assert teacher.get(receipt_of(case)).status_code == 200
    keep_out(case, cast["teacher"], actor=cast["coordinator"], now=clock.now())
    assert teacher.get(receipt_of(case)).status_code == 404
    assert teacher.post(f"{receipt_of(case)}/add", {"text": "More."}).status_code == 404
    assert case.code_name not in teacher.get("/").text


def test_a_report_that_was_not_sent_has_no_receipt(writer: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags({"danger": "yes"}, htmx=True)
    assert teacher.browser.get(f"/receipts/{teacher.slug}").status_code == 404
