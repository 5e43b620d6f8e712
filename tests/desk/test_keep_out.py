"""Who must not see this? For them the incident does not exist, from the first moment on."""

from collections.abc import Callable
from typing import Any

import pytest

from portal import demo
from portal.accounts.operations import create_person
from portal.accounts.queries import by_email
from portal.incidents.models import KeptOut, Membership
from portal.notices.models import Mail
from portal.school.rules import helplines
from tests.desk.conftest import answers
from tests.reading import Page, said


def everywhere(client: Callable[..., Any], function: str, case: Any, slug: str) -> dict[str, int]:
    """What this person finds, place by place: 200 means that something of the incident is there."""
    browser = client(function)
    pages = {"home": "/", "list": "/incidents", "report": "/incidents/new"}
    words = [word for word in (case.ref, case.code_name, slug) if word]
    found = {
        name: 200 if any(word in browser.get(path).text for word in words) else 404 for name, path in pages.items()
    }
    for path in ("", "/plan", "/log", "/team", "/people", "/situation", "/join", "/end", "/plan/new", "/plan/1"):
        found[path or "overview"] = browser.get(f"/incidents/{case.ref}{path}").status_code
    found["receipt"] = browser.get(f"/receipts/{slug}").status_code
    for step in ("", "/keep-out", "/what"):
        found[f"unfinished{step}"] = browser.get(f"/incidents/new/{slug}{step}").status_code
    return found


def test_a_kept_out_coordinator_gets_nothing(
    writer: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any]
) -> None:
    teacher = writer()
    teacher.flags(answers(coercion="yes"))
    assert teacher.at in client("coordinator").get("/incidents/new").text
    teacher.keep_out(cast["coordinator"])
    # Already while it is being written.
    assert teacher.at not in client("coordinator").get("/incidents/new").text
    for step in ("", "/keep-out", "/what"):
        assert client("coordinator").get(teacher.at + step).status_code == 404
        assert client("coordinator").post(teacher.at + step, answers()).status_code == 404
    teacher.what()
    case = teacher.incident
    assert {m.person_id for m in Membership.select()} == {cast[f].id for f in ("leadership", "counselor")}
    assert Mail.select().where(Mail.person_id == cast["coordinator"].id).count() == 0
    found = everywhere(client, "coordinator", case, teacher.slug)
    assert set(found.values()) == {404}, found
    # No answer tells 'not yours' from 'not there'.
    there, missing = (
        client("coordinator").get(f"/incidents/{case.ref}"),
        client("coordinator").get("/incidents/2026-999"),
    )
    assert (there.status_code, there.text) == (missing.status_code, missing.text)


def test_whom_to_keep_out_can_be_changed_before_it_is_sent(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    teacher.keep_out(cast["coordinator"], cast["care"])
    ticked = Page(teacher.browser.get(f"{teacher.at}/keep-out")).forms
    form = next(form for form in ticked if "keep_out" in form.names)
    assert set(form.data["keep_out"]) == {str(cast["coordinator"].id), str(cast["care"].id)}
    teacher.keep_out(cast["care"])
    teacher.what()
    assert [row.person_id for row in KeptOut.select()] == [cast["care"].id]
    assert cast["coordinator"].id in {m.person_id for m in Membership.select()}


def test_the_receipt_sends_nobody_to_a_coordinator_who_must_not_know(
    writer: Callable[..., Any], cast: dict[str, Any]
) -> None:
    teacher = writer()
    teacher.flags(answers())
    teacher.keep_out(cast["coordinator"], go="send")
    assert "tel:0655501001" not in Page(teacher.browser.get(f"/receipts/{teacher.slug}")).links


def test_the_reporter_cannot_be_kept_out_and_nobody_unknown(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    for number in (cast["teacher"].id, 9999):
        refused = teacher.browser.post(f"{teacher.at}/keep-out", {"keep_out": number, "go": "next"})
        assert refused.status_code == 422
    assert KeptOut.select().count() == 0


def test_a_colleague_who_goes_on_cannot_keep_himself_out(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    teacher.flags(answers())
    colleague = writer("care", teacher.slug)
    refused = colleague.browser.post(f"{colleague.at}/keep-out", {"keep_out": cast["care"].id, "go": "next"})
    assert refused.status_code == 422


@pytest.mark.parametrize("staff", ["yes", "unknown"])
def test_with_staff_perhaps_suspected_nobody_joins_by_himself(
    writer: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], app: Any, staff: str
) -> None:
    """Product rule 8."""
    teacher = writer()
    assert teacher.flags(answers(staff=staff)).location == f"{teacher.at}/keep-out"
    page = Page(teacher.browser.get(f"{teacher.at}/keep-out"))
    duty = said(app, "A member of staff may be suspected. Report it to the board now: that is your duty by law.")
    assert duty in page.text
    assert "tel:0105550100" in page.links
    assert f"tel:{helplines()['vertrouwensinspecteur']['tel']}" in page.links
    form = next(form for form in page.forms if "join" in form.names)
    able = {str(p.id) for name, p in cast.items() if p.functions and name not in ("admin", "administrator")}
    assert set(form.offered["join"]) == able
    onward = teacher.keep_out(cast["leadership"], join=(cast["care"],))
    assert onward.location == f"{teacher.at}/what?join={cast['care'].id}"
    form = Page(teacher.browser.get(onward.location)).form("/what")
    assert form.data["join"] == [str(cast["care"].id)]
    teacher.browser.post(f"{teacher.at}/what", {**form.data, "go": "send"})
    assert [(m.person_id, m.function) for m in Membership.select()] == [(cast["care"].id, "care")]
    assert [mail.person_id for mail in Mail.select()] == [cast["care"].id]
    case = teacher.incident
    assert client("care").get(f"/incidents/{case.ref}").status_code == 200
    for function in ("coordinator", "leadership", "counselor"):
        found = everywhere(client, function, case, teacher.slug)
        # The address of the report still tells nobody anything: it leads to a receipt that is not theirs.
        assert {code for name, code in found.items() if not name.startswith("unfinished")} == {404}, (function, found)


def test_without_suspicion_the_setting_decides_and_the_page_says_who(
    writer: Callable[..., Any], cast: dict[str, Any]
) -> None:
    teacher = writer()
    teacher.flags(answers())
    page = Page(teacher.browser.get(f"{teacher.at}/keep-out"))
    assert not any("join" in form.names for form in page.forms)
    assert "tel:0105550100" not in page.links
    teacher.keep_out(join=(cast["care"],))
    teacher.what(join=[str(cast["care"].id)])
    assert cast["care"].id not in {m.person_id for m in Membership.select()}


@pytest.mark.parametrize("staff", ["yes", "unknown"])
def test_sent_with_nobody_chosen_the_receipt_offers_to_choose(
    writer: Callable[..., Any], cast: dict[str, Any], app: Any, staff: str
) -> None:
    teacher = writer()
    sent = teacher.flags(answers(staff=staff), go="send")
    assert Membership.select().count() == Mail.select().count() == 0
    page = Page(teacher.browser.get(sent.location))
    assert said(app, "Nobody at school was told yet.") in page.text
    # The coordinator could be the one it is about: the board and nobody else is pointed out.
    assert "tel:0105550100" in page.links
    assert "tel:0655501001" not in page.links
    form = page.form("/join")
    assert str(cast["counselor"].id) in form.offered["join"]
    refused = teacher.browser.post(form.action, form.data)
    assert refused.status_code == 422
    assert said(app, "Choose at least one coordinator or somebody of school leadership.") in Page(refused).text
    # Somebody has to be able to lead; who cannot does not join alone.
    assert teacher.browser.post(form.action, form.with_(join=[cast["counselor"].id])).status_code == 422
    assert Membership.select().count() == Mail.select().count() == 0
    both = [cast["counselor"].id, cast["leadership"].id]
    assert teacher.browser.post(form.action, form.with_(join=both)).status_code == 303
    assert [m.person_id for m in Membership.select().order_by(Membership.person)] == sorted(both)
    assert sorted(mail.person_id for mail in Mail.select()) == sorted(both)


def test_the_coordinator_suspected_sees_nothing_anywhere(
    writer: Callable[..., Any], client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    other = _colleague("second", ["coordinator"])
    create_person(other, actor_id=None, now=clock.now(), ready_hash=cast["coordinator"].password)
    second = by_email(other["email"])
    assert second
    teacher = writer()
    teacher.flags(answers(staff="yes"))
    assert teacher.slug not in client("coordinator").get("/incidents/new").text
    onward = teacher.keep_out(cast["coordinator"], join=(second, cast["coordinator"]))
    teacher.browser.post(f"{teacher.at}/what", {"join": [second.id, cast["coordinator"].id], "go": "send"})
    assert onward.status_code == 303
    assert [m.person_id for m in Membership.select()] == [second.id]
    assert [mail.person_id for mail in Mail.select()] == [second.id]
    found = everywhere(client, "coordinator", teacher.incident, teacher.slug)
    assert set(found.values()) == {404}, found
    # Nor can the receipt let the person join who was kept out.
    receipt = Page(client("teacher").get(f"/receipts/{teacher.slug}"))
    assert cast["coordinator"].name not in receipt.text


def test_the_receipt_does_not_offer_who_is_kept_out(writer: Callable[..., Any], cast: dict[str, Any]) -> None:
    teacher = writer()
    teacher.flags(answers(staff="yes"))
    teacher.keep_out(cast["coordinator"], go="send")
    form = Page(teacher.browser.get(f"/receipts/{teacher.slug}")).form("/join")
    assert str(cast["coordinator"].id) not in form.offered["join"]
    forged = teacher.browser.post(form.action, form.with_(join=[cast["coordinator"].id]))
    assert forged.status_code == 422
    assert Membership.select().count() == 0


def _colleague(name: str, functions: list[str]) -> dict[str, Any]:
    return {
        "email": f"{name}@{demo.DEMO_SLUG}.example",
        "name": f"C. {name}",
        "functions": functions,
        "phone": "06-55501010",
        "classes": [],
    }
