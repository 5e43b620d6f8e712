"""Reporting in three steps without scripts: what is asked, what comes of it, what is never lost."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import DRAFT, OPEN, Entry, Flag, Incident, Involved, Membership, Report
from portal.incidents.rules import ANSWERS, TREES, flags
from portal.notices.models import Mail
from tests.conftest import MONDAY
from tests.desk.conftest import STORY, answers
from tests.reading import Page, said

PERSON = {"part": "", "name": "", "class_name": "", "age_or_year": "", "school": "unknown", "school_name": ""}


def row(number: int, **values: Any) -> dict[str, Any]:
    """One person of the form, as a browser sends it."""
    return {f"people-{number}-{name}": value for name, value in (PERSON | values).items()}


def test_three_steps_make_an_incident_with_a_team_mail_and_a_plan(
    writer: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    teacher = writer()
    assert teacher.flags(answers(coercion="yes", honour="unknown")).location == f"{teacher.at}/keep-out"
    assert teacher.incident.state == DRAFT
    assert teacher.keep_out().location == f"{teacher.at}/what"
    clock.advance(minutes=3)
    scope = {"kind": "video", "origin": "pressure", "channels": ["snapchat", "whatsapp"], "spread": "class"}
    sent = teacher.what(**scope, classes="3B, 3B ,4HV1", unrest="2", **row(0, part="victim", school="own"))
    assert (sent.status_code, sent.location) == (303, f"/receipts/{teacher.slug}")
    case = teacher.incident
    assert (case.ref, case.state, case.code_name in TREES) == ("2026-001", OPEN, True)
    assert (case.kind, case.origin, case.spread, case.unrest) == ("video", "pressure", "class", 2)
    assert (set(case.channels), case.classes) == ({"snapchat", "whatsapp"}, ["3B", "4HV1"])
    assert case.reported_at == clock.now()
    joined = {(m.person_id, m.function) for m in Membership.select()}
    assert joined == {(cast[f].id, f) for f in ("coordinator", "leadership", "counselor")}
    assert {(m.person_id, m.kind, m.address) for m in Mail.select()} == {
        (cast[f].id, "joined", cast[f].email) for f in ("coordinator", "leadership", "counselor")
    }
    assert Action.select().where(Action.incident == case, Action.flag == "coercion").count() == 1
    assert Action.select().where(Action.incident == case, Action.step != "").count() > 20
    assert STORY in [entry.text for entry in Entry.select().where(Entry.incident == case)]
    assert AuditEvent.select().where(AuditEvent.action == "incident:report:send").count() == 1
    assert STORY in Page(teacher.browser.get(sent.location)).text


@pytest.mark.parametrize("missing", list(flags()))
def test_an_unanswered_question_is_asked_again_and_the_others_are_kept(
    writer: Callable[..., Any], app: Any, missing: str
) -> None:
    given = answers(coercion="yes", honour="unknown")
    del given[missing]
    teacher = writer()
    refused = teacher.flags(given)
    assert refused.status_code == 422
    page = Page(refused)
    form = page.form(teacher.at)
    assert {key: form.data.get(key) for key in flags()} == {
        key: [given[key]] if key in given else None for key in flags()
    }
    message = said(app, "Choose an answer: %(label)s", label=flags()[missing]["question"]["nl"])
    assert page.text.count(message) == 2, "in the summary, and beside the question"
    assert f"#{missing}-0" in page.links
    assert f"{missing}-0" in page.ids


def test_every_unanswered_question_has_its_own_message(writer: Callable[..., Any], app: Any) -> None:
    teacher = writer()
    page = Page(teacher.flags({}, go="send"))
    for flag in flags().values():
        assert said(app, "Choose an answer: %(label)s", label=flag["question"]["nl"]) in page.text
    assert teacher.incident.state == DRAFT


def test_an_answer_that_was_never_offered_is_refused(writer: Callable[..., Any]) -> None:
    teacher = writer()
    assert teacher.flags(answers(danger="perhaps")).status_code == 422
    assert Flag.select().count() == 0


def test_it_can_be_sent_after_the_red_flags_alone(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    sent = teacher.flags(answers(danger="yes"), go="send")
    assert sent.location == f"/receipts/{teacher.slug}"
    case = teacher.incident
    assert (case.state, case.ref, case.spread) == (OPEN, "2026-001", "unknown")
    assert dict(Flag.select(Flag.key, Flag.answer).tuples()) == answers(danger="yes")
    assert [(p.part, p.number, p.name) for p in Involved.select()] == [("victim", 1, "")]
    assert {m.person_id for m in case.team} == {cast[f].id for f in ("coordinator", "leadership", "counselor")}
    assert teacher.browser.get(sent.location).status_code == 200


def test_it_can_be_sent_after_who_must_not_see_it(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    assert teacher.keep_out(cast["counselor"], go="send").location == f"/receipts/{teacher.slug}"
    assert cast["counselor"].id not in {m.person_id for m in teacher.incident.team}


@pytest.mark.parametrize("answer", list(ANSWERS))
def test_all_answers_of_step_one_are_offered_for_every_question(writer: Callable[..., Any], answer: str) -> None:
    teacher = writer()
    offered = next(f for f in Page(teacher.browser.get("/incidents/new")).forms if "coercion" in f.names).offered
    assert [key for key in flags() if answer in offered[key]] == list(flags())


def test_several_people_by_age_or_year_and_empty_rows_are_ignored(writer: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    teacher.keep_out()
    people = {
        **row(0, part="victim", name="Noor V.", class_name="3B", age_or_year="14", school="own"),
        **row(1, part="suspect"),  # as the page filled it in: says nothing
        **row(2, part="victim", age_or_year="2012", school="own"),
        **row(3),
        **row(4, part="suspect", name="D.", age_or_year="16", school="other", school_name="Het Lyceum"),
        **row(5, part="suspect", class_name="4A"),
        **row(6, part="bystander"),
    }
    assert teacher.what(**people).status_code == 303
    found = [
        (p.part, p.number, p.name, p.class_name, p.age, p.birth_year, p.school, p.school_name)
        for p in Involved.select().order_by(Involved.id)
    ]
    assert found == [
        ("victim", 1, "Noor V.", "3B", 14, None, "own", ""),
        ("victim", 2, "", "", None, 2012, "own", ""),
        ("suspect", 1, "D.", "", 16, None, "other", "Het Lyceum"),
        ("suspect", 2, "", "4A", None, None, "unknown", ""),
        ("bystander", 1, "", "", None, None, "unknown", ""),
    ]


def test_a_name_without_a_part_is_not_lost(writer: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    answer = teacher.what(**row(0, part="victim"), **row(1, name="Sam de Vries", class_name="3B"))
    if answer.status_code == 422:
        assert Page(answer).form("/what").first("people-1-name") == "Sam de Vries"
    else:
        assert "Sam de Vries" in [person.name for person in Involved.select()]


def test_without_a_victim_there_is_a_place_for_one(writer: Callable[..., Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    teacher.what(**row(0, part="suspect", name="D."), **row(1))
    assert sorted((p.part, p.name) for p in Involved.select()) == [("suspect", "D."), ("victim", "")]


@pytest.mark.parametrize("number", ["150", "1850", "2101", "-1", "fourteen", "14.5"])
def test_an_impossible_age_is_refused(writer: Callable[..., Any], number: str) -> None:
    teacher = writer()
    teacher.flags(answers())
    refused = teacher.what(**row(0, part="victim", age_or_year=number))
    assert refused.status_code == 422
    assert Page(refused).form("/what").first("people-0-age_or_year") == number
    assert teacher.incident.state == DRAFT


TYPED = {
    "kind": "threat",
    "origin": "ai",
    "channels": ["tiktok", "other"],
    "spread": "schools",
    "classes": "3B, 4A",
    "unrest": "3",
    "story": "First line\nsecond line with <b>signs</b> & ‘quotes’",
    **row(0, part="victim", name="N.", class_name="3B", age_or_year="14", school="own"),
    **row(1, part="spreader", name="D.", age_or_year="2010", school="other", school_name="Het Lyceum"),
}


def _kept(page: Page) -> dict[str, Any]:
    data = page.form("/what").data
    return {
        name: data.get(name, []) if isinstance(value, list) else data.get(name, [""])[0]
        for name, value in TYPED.items()
    }


def test_adding_a_person_keeps_everything_typed(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    teacher.flags(answers(staff="unknown"))
    sent = {**TYPED, "join": [str(cast["care"].id)], "go": "add-person"}
    answer = teacher.browser.post(f"{teacher.at}/what", sent)
    assert answer.status_code == 200
    page = Page(answer)
    assert _kept(page) == TYPED
    assert page.form("/what").data["join"] == [str(cast["care"].id)]
    assert {name: page.form("/what").first(name) for name in row(2)} == row(2)
    assert teacher.incident.state == DRAFT
    again = Page(teacher.browser.post(f"{teacher.at}/what", {**page.form("/what").data, "go": "add-person"}))
    assert "people-3-name" in again.form("/what").names
    assert _kept(again) == TYPED


@pytest.mark.parametrize("name", ["story", "classes", "people-0-name", "people-0-class_name", "people-1-school_name"])
def test_the_address_of_a_picture_is_refused_and_everything_kept(writer: Callable[..., Any], name: str) -> None:
    """Product rule 1."""
    teacher = writer()
    teacher.flags(answers())
    typed = TYPED | {name: "x.nl/a.jpg"}
    refused = teacher.browser.post(f"{teacher.at}/what", {**typed, "go": "send"})
    assert refused.status_code == 422
    page = Page(refused)
    assert _kept(page) == typed
    assert "0900-8844" in page.text
    assert "020-2615275" in page.text
    assert "Meldknop.nl" in page.text
    assert teacher.incident.state == DRAFT
    assert Involved.select().count() == 0


def test_numbers_count_per_year_and_names_are_never_used_twice(writer: Callable[..., Any], clock: Any) -> None:
    # New Year's Eve in UTC is New Year's Day on the school's clock an hour earlier.
    moments = [MONDAY, MONDAY, MONDAY.replace(month=12, day=31, hour=22), MONDAY.replace(month=12, day=31, hour=23)]
    for moment in moments:
        clock.moment = moment
        writer().flags(answers(), go="send")
    cases = list(Incident.select().order_by(Incident.id))
    assert [case.ref for case in cases] == ["2026-001", "2026-002", "2026-003", "2027-001"]
    assert len({case.code_name for case in cases}) == 4
    assert Report.select().count() == 4
