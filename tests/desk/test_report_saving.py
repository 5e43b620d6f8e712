"""A report is saved while it is written, taken up again, taken over, and sent once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from portal.accounts.rules import new_token
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import DRAFT, OPEN, Entry, Flag, Incident, Involved, Membership, Report
from portal.incidents.rules import flags
from portal.notices.models import Mail
from portal.school.models import School
from tests.desk.conftest import STORY, answers
from tests.reading import Page, said


def test_answers_are_kept_as_they_are_given(writer: Callable[..., Any], clock: Any, app: Any) -> None:
    teacher = writer()
    first = teacher.flags({"coercion": "yes"}, htmx=True)
    assert first.status_code == 200
    assert first.headers["HX-Replace-Url"] == teacher.at
    assert "HX-Request" in first.headers["Vary"]
    assert "<html" not in first.text
    page = Page(first)
    assert page.ids[0] == "said"
    assert said(app, "Saved %(time)s. You can stop and go on later.", time="10:00") in page.text
    assert flags()["coercion"]["call_title"]["nl"] in page.text
    assert "tel:09008844" in page.links
    clock.advance(minutes=1)
    teacher.flags({"coercion": "no", "danger": "yes"}, htmx=True)
    assert dict(Flag.select(Flag.key, Flag.answer).tuples()) == {"coercion": "no", "danger": "yes"}
    case = teacher.incident
    assert (case.state, case.ref) == (DRAFT, None)
    assert Membership.select().count() == Mail.select().count() == Action.select().count() == 0
    assert [r.slug for r in Report.select()] == [teacher.slug]


def test_the_same_person_takes_it_up_again(writer: Callable[..., Any], client: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags({"coercion": "yes", "honour": "unknown"}, htmx=True)
    elsewhere = client("teacher")
    assert teacher.at in Page(elsewhere.get("/incidents/new")).links
    again = Page(elsewhere.get(teacher.at))
    given = again.form(teacher.at).data
    assert {key: given[key] for key in flags() if key in given} == {"coercion": ["yes"], "honour": ["unknown"]}
    assert flags()["coercion"]["call_title"]["nl"] in again.text


def test_opening_the_page_keeps_nothing(client: Callable[..., Any]) -> None:
    client("teacher").get("/incidents/new")
    assert client("teacher").get(f"/incidents/new/{new_token()}").status_code == 404
    assert Report.select().count() == Incident.select().count() == 0


@pytest.mark.parametrize("slug", ["short", "x" * 44, "a.b" * 8, "ünïcödé" * 4])
def test_an_address_that_was_never_ours_begins_nothing(client: Callable[..., Any], slug: str) -> None:
    assert client("teacher").post(f"/incidents/new/{slug}", answers()).status_code == 404
    assert Report.select().count() == 0


@pytest.mark.parametrize(
    ("staff", "listed"),
    [
        ("no", ["teacher", "coordinator", "leadership", "counselor"]),
        ("yes", ["teacher"]),
        ("unknown", ["teacher"]),
        (None, ["teacher"]),
    ],
)
def test_who_finds_an_unfinished_report_in_a_list(
    writer: Callable[..., Any], client: Callable[..., Any], staff: str | None, listed: list[str]
) -> None:
    """While a member of staff may be suspected, whoever looks could be the one it is about."""
    teacher = writer()
    teacher.flags({"danger": "yes"} | ({"staff": staff} if staff else {}), htmx=True)
    people = ["teacher", "coordinator", "leadership", "counselor", "care", "mentor", "communication", "stranger"]
    found = [name for name in people if teacher.at in client(name).get("/incidents/new").text]
    assert found == listed


def test_only_those_who_join_by_the_setting_find_it(writer: Callable[..., Any], client: Callable[..., Any]) -> None:
    School.update(joins=["care"]).execute()
    teacher = writer()
    teacher.flags({"staff": "no"}, htmx=True)
    found = [name for name in ("coordinator", "care") if teacher.at in client(name).get("/incidents/new").text]
    assert found == ["care"]


def test_a_colleague_with_the_address_goes_on_and_both_have_a_receipt(
    writer: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    teacher = writer()
    teacher.flags({"coercion": "yes"}, htmx=True)
    colleague = writer("stranger", teacher.slug)
    given = Page(colleague.browser.get(colleague.at)).form(colleague.at).data
    assert given["coercion"] == ["yes"]
    colleague.flags(answers(coercion="yes"))
    sent = colleague.what(story="What the colleague was told.")
    own = Report.get(Report.reporter == cast["stranger"])
    assert own.slug != teacher.slug
    assert sent.location == f"/receipts/{own.slug}"
    assert own.incident_id == teacher.report.incident_id
    assert "What the colleague was told." in colleague.browser.get(sent.location).text
    # The first one's receipt works too, without the other's words; neither opens that of the other.
    first = client("teacher").get(f"/receipts/{teacher.slug}")
    assert first.status_code == 200
    assert "What the colleague was told." not in first.text
    assert client("teacher").get(sent.location).status_code == 404
    assert client("stranger").get(f"/receipts/{teacher.slug}").status_code == 404


def test_who_sends_after_a_colleague_did_loses_no_word(writer: Callable[..., Any], app: Any) -> None:
    teacher = writer()
    teacher.flags(answers())
    colleague = writer("stranger", teacher.slug)
    form = Page(colleague.browser.get(f"{colleague.at}/what")).form("/what")
    teacher.what()
    late = colleague.browser.post(f"{colleague.at}/what", {**form.data, "story": "What only I heard.", "go": "send"})
    assert late.status_code == 409
    page = Page(late)
    assert said(app, "A colleague sent this report already.") in page.text
    assert "What only I heard." in late.text
    assert Entry.select().where(Entry.text == "What only I heard.").count() == 0


def test_sent_twice_it_is_one_incident(writer: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    form = Page(teacher.browser.get(f"{teacher.at}/what")).form("/what")
    places = [
        teacher.browser.post(f"{teacher.at}/what", {**form.data, "story": STORY, "go": "send"}).location
        for _time in range(2)
    ]
    assert places == [f"/receipts/{teacher.slug}"] * 2
    _once()
    # The pages of the report lead to the receipt from now on.
    for step in ("", "/keep-out", "/what"):
        assert teacher.browser.get(teacher.at + step).location == f"/receipts/{teacher.slug}"


def test_the_red_flags_sent_twice_are_one_incident(writer: Callable[..., Any]) -> None:
    teacher = writer()
    assert {teacher.flags(answers(), go="send").location for _time in range(2)} == {f"/receipts/{teacher.slug}"}
    _once(story="")


@pytest.mark.parametrize("step", ["", "/what"])
def test_sent_twice_in_the_same_moment_it_is_one_incident(
    writer: Callable[..., Any], client: Callable[..., Any], step: str
) -> None:
    teacher = writer()
    if step:
        teacher.flags(answers())
    data = {**answers(), "story": STORY, "go": "send"}
    at_once = Barrier(4)

    def send(browser: Any) -> Any:
        at_once.wait()
        return browser.post(teacher.at + step, data)

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(send, [client("teacher") for _time in range(4)]))
    assert {(answer.status_code, answer.location) for answer in sent} == {(303, f"/receipts/{teacher.slug}")}
    _once(story=STORY if step else "")


def _once(story: str = STORY) -> None:
    case = Incident.get()
    assert (Incident.select().count(), Report.select().count(), case.state) == (1, 1, OPEN)
    assert Membership.select().count() == Mail.select().count() == 3
    steps = [(a.step, a.flag, a.victim_id) for a in Action.select()]
    assert len(steps) == len(set(steps)) > 20
    assert [e.text for e in Entry.select().where(Entry.kind == "report")] == [story]
    assert Involved.select().count() == 1
    assert AuditEvent.select().where(AuditEvent.action == "incident:report:send").count() == 1


def test_the_address_for_a_colleague_stands_on_the_page(writer: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags({"coercion": "yes"}, htmx=True)
    assert teacher.at in Page(teacher.browser.get(teacher.at)).text
    assert re.fullmatch(r"[A-Za-z0-9_-]{20,43}", teacher.slug)
