"""Making a link with another school: four steps that can be left, a preview, and sending."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.communication.documents.models import DocumentVersion
from portal.incidents.models import Entry, Incident, Involved
from portal.links.making import queries
from portal.links.models import Ask, SharedLink, ShareVersion, Wording
from portal.links.rules import code_of, path_of, spoken, state_of, token_of
from portal.notices.models import Mail
from tests.communication.test_valid import published
from tests.conftest import Browser
from tests.reading import Page, said

WHO = {
    "school": "Het Lyceum",
    "name": "S. de Groot",
    "function": "Teamleider",
    "email": "s.degroot@lyceum.example",
    "phone": "010-5550201",
    "language": "nl",
}
WHY = {"purpose": "stop", "basis": "welfare", "parents": "told"}
SAID = "Er gaat iets rond. Daan Anders zit bij u. Wij hopen dat u met hem praat."


def at(case: Incident, part: Any = "") -> str:
    return f"/incidents/{case.ref}/links{f'/{part}' if part else ''}"


def fill(browser: Browser, page: str, **fields: Any) -> Any:
    """The form on a page that is sent back to it, filled in."""
    button = {"go": fields.pop("go")} if "go" in fields else {}
    form = next(one for one in Page(browser.get(page)).forms if {*fields} <= {*one.names})
    return browser.post(form.action or page, form.with_(**fields) | button)


def newest() -> SharedLink:
    found: SharedLink = SharedLink.select().order_by(SharedLink.id.desc()).get()
    return found


def filled(browser: Browser, case: Incident, **shared: Any) -> SharedLink:
    """A draft with all four steps filled in."""
    assert fill(browser, at(case, "new"), **WHO).status_code == 303
    link = newest()
    for step, fields in {"purpose": WHY, "share": {"summary": SAID, **shared}, "term": {"days": "42"}}.items():
        answer = fill(browser, at(case, f"{link.id}/{step}"), **fields)
        assert answer.status_code == 303, answer.text
    return link


def sends(browser: Browser, case: Incident, link: SharedLink) -> Any:
    page = Page(browser.get(at(case, f"{link.id}/preview")))
    form = next(one for one in page.forms if one.action.endswith("/send"))
    return browser.post(form.action, form.with_())


def test_a_link_is_made_in_four_steps_and_sent(app: Any, case: Incident, client: Any, clock: Any) -> None:
    browser = client("coordinator")
    link = filled(browser, case, asked=["talk-pupil"], **{"title-1": "Bel ons om vier uur"})
    assert Mail.select().where(Mail.kind == "shared-offer").count() == 0
    answer = sends(browser, case, link)
    assert answer.status_code == 303
    assert answer.location == at(case, f"{link.id}/code")
    sent = newest()
    assert state_of(sent, clock.now()) == "offered"
    assert (sent.ends_at - clock.now()).days == 42
    assert [(mail.address, mail.about) for mail in Mail.select().where(Mail.kind == "shared-offer")] == [
        (WHO["email"], sent.subject)
    ]
    assert sorted(ask.action.title for ask in Ask.select().join(Action)) == [
        "Bel ons om vier uur",
        "Met uw leerling praten",
    ]
    (version,) = ShareVersion.select().where(ShareVersion.link == sent)
    assert (version.number, version.content["summary"]) == (1, SAID)
    assert "asks" not in version.content
    visitor = Browser(app)
    path, code = path_of(sent.nonce, app.secret_key), code_of(sent.nonce, 1, app.secret_key)
    assert visitor.post(f"{path}/code", {"code": code}).status_code == 303
    assert SAID in visitor.get(path).text


def test_only_name_class_and_age_of_their_own_pupils_are_shared_by_default(case: Incident, client: Any) -> None:
    """Product rule 6: default none but the partner's own pupil."""
    Involved.create(
        incident=case, part="bystander", number=1, name="Els Elders", school="other", school_name="De Linde"
    )
    link = filled(client("coordinator"), case)
    content = queries.content_of(link)
    assert [one["fields"] for one in content["people"]] == [{"name": "Daan Anders", "age": "16"}]


def test_who_sends_it_twice_sends_it_once(case: Incident, client: Any) -> None:
    browser = client("coordinator")
    link = filled(browser, case, asked=["talk-pupil"])
    form = next(one for one in Page(browser.get(at(case, f"{link.id}/preview"))).forms if one.action.endswith("/send"))
    for _time in (1, 2):
        assert browser.post(form.action, form.with_()).status_code == 303
    other = client("leadership")
    assert other.post(form.action, {"version": str(link.version)}).status_code == 303  # to how it stands
    assert Mail.select().where(Mail.kind == "shared-offer").count() == 1
    assert Ask.select().count() == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [("summary", "Noor Voorbeeld is het slachtoffer."), ("title-1", "Vraag Daan Anders naar zijn telefoon")],
)
def test_names_of_others_keep_it_inside(case: Incident, client: Any, field: str, text: str) -> None:
    """Product rule 6; what is asked stands in the plan too, which more people read."""
    browser = client("coordinator")
    link = filled(browser, case, **{field: text})
    page = browser.get(at(case, f"{link.id}/preview"))
    assert page.text.index("rp-finding--hard") < page.text.index("rp-lent-preview")
    assert "/send" not in page.text
    answer = browser.post(at(case, f"{link.id}/send"), {"version": str(newest().version)})
    assert answer.status_code == 409
    assert not newest().sent_at
    assert Mail.select().where(Mail.kind == "shared-offer").count() == 0
    assert Ask.select().count() == 0


@pytest.mark.parametrize("step", ["purpose", "share"])
def test_it_is_not_sent_before_each_step_is_filled_in(case: Incident, client: Any, step: str) -> None:
    browser = client("coordinator")
    link = filled(browser, case)
    empty = {"purpose": ""} if step == "purpose" else {}
    SharedLink.update(**empty).where(SharedLink.id == link.id).execute() if empty else ShareVersion.update(
        content={"summary": "", "people": []}
    ).execute()
    answer = browser.post(at(case, f"{link.id}/send"), {"version": str(newest().version)})
    assert answer.status_code == 409
    assert not newest().sent_at


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"parents": "not"}, "parents_words"),
        ({"purpose": "other"}, "purpose_words"),
        ({"basis": ""}, "basis"),
        ({"parents": ""}, "parents"),
    ],
)
def test_why_it_may_be_shared_is_said_or_asked_for(
    case: Incident, client: Any, fields: dict[str, str], field: str
) -> None:
    """Consent or the informing of parents is recorded, or its absence reasoned."""
    browser = client("coordinator")
    fill(browser, at(case, "new"), **WHO)
    answer = fill(browser, at(case, f"{newest().id}/purpose"), **{**WHY, **fields})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert newest().parents == ""


def test_a_draft_can_be_left_and_taken_up_by_a_colleague(case: Incident, client: Any) -> None:
    browser = client("coordinator")
    fill(browser, at(case, "new"), **WHO)
    link = newest()
    answer = fill(browser, at(case, f"{link.id}/purpose"), **WHY, go="later")
    assert answer.location == at(case, link.id)
    other = client("leadership")
    assert f"{at(case, link.id)}/share" in other.get(at(case, link.id)).text
    assert fill(other, at(case, f"{link.id}/share"), summary=SAID).status_code == 303


def test_two_who_fill_in_one_step_lose_nothing(case: Incident, client: Any) -> None:
    browser, other = client("coordinator"), client("leadership")
    link = filled(browser, case)
    page = at(case, f"{link.id}/share")
    form = next(one for one in Page(browser.get(page)).forms if "summary" in one.names)
    assert fill(other, page, summary="Iets anders.").status_code == 303
    answer = browser.post(page, form.with_(summary="Van mij."))
    assert answer.status_code == 409
    assert "Iets anders." in answer.text
    assert "Van mij." in answer.text


def test_a_draft_that_is_thrown_away_is_gone(case: Incident, client: Any) -> None:
    browser = client("coordinator")
    link = filled(browser, case)
    assert browser.post(at(case, f"{link.id}/throw-away"), {"version": "1"}).status_code == 409
    assert browser.post(at(case, f"{link.id}/throw-away"), {"version": str(newest().version)}).status_code == 303
    assert SharedLink.select().count() == ShareVersion.select().count() == 0
    for step in ("with", "purpose", "share", "term", "preview", "code", "change", "renew", "revoke"):
        assert browser.get(at(case, f"{link.id}/{step}")).status_code == 404, step


def test_what_was_sent_is_no_draft_any_more(case: Incident, client: Any) -> None:
    browser = client("coordinator")
    link = filled(browser, case)
    page = at(case, f"{link.id}/share")
    form = next(one for one in Page(browser.get(page)).forms if "summary" in one.names)
    sends(browser, case, link)
    assert browser.post(page, form.with_()).status_code == 404
    assert browser.get(at(case, f"{link.id}/preview")).status_code == 404


def test_sending_ticks_off_the_step_of_the_plan(case: Incident, client: Any) -> None:
    step = Action.get(Action.incident == case, Action.step == "contact-partner-school")
    browser = client("coordinator")
    sends(browser, case, filled(browser, case))
    assert Action.get_by_id(step.id).state == "done"


@pytest.mark.parametrize(("words", "laid"), [("Wij zoeken dit uit.", 1), ("Wij praten met Daan Anders.", 0)])
def test_the_statement_is_laid_before_them_with_it(
    app: Any, case: Incident, client: Any, cast: Any, clock: Any, words: str, laid: int
) -> None:
    """One that names somebody waits for who lays it by hand: the link goes out all the same."""
    published(case, cast, clock.now(), {"nl": {"going": "Wij zoeken dit uit."}})
    DocumentVersion.update(texts={"nl": {"going": words}}).execute()
    browser = client("coordinator")
    without = filled(browser, case, statement=None)
    assert sends(browser, case, without).status_code == 303
    assert Wording.select().count() == 0
    link = filled(browser, case)
    shown = browser.get(at(case, f"{link.id}/preview")).text
    assert said(app, "Your statement is laid before them at once (version %(n)s).", n=1) in shown
    assert said(app, "Our statement: do you agree?") in shown, "as on the page that they get"
    assert sends(browser, case, link).status_code == 303
    assert [one.link for one in Wording.select()] == [link] * laid
    assert Mail.select().where(Mail.kind == "shared-news").count() == 0
    change = fill(browser, at(case, f"{without.id}/change"), summary=SAID, statement="y")
    assert change.status_code == 303
    assert Wording.select().where(Wording.link == without).count() == laid


def test_the_code_is_shown_to_who_calls_and_that_is_written_down(
    app: Any, case: Incident, client: Any, cast: Any
) -> None:
    browser = client("coordinator")
    link = filled(browser, case)
    sends(browser, case, link)
    page = browser.get(at(case, f"{link.id}/code"))
    link = newest()
    assert spoken(code_of(link.nonce, 1, app.secret_key)) in page.text
    assert token_of(link.nonce, app.secret_key) not in page.text
    assert "tel:" in page.text
    (seen,) = AuditEvent.select().where(AuditEvent.action == "links:code:read")
    assert (seen.subject, seen.actor_id) == (link.subject, cast["coordinator"].id)
    for reader in ("counselor", "care", "communication"):
        assert client(reader).get(at(case, f"{link.id}/code")).status_code == 403, reader


def test_each_step_is_in_the_trail_and_the_logbook_names_nobody(case: Incident, client: Any) -> None:
    browser = client("coordinator")
    sends(browser, case, filled(browser, case))
    done = [event.action for event in AuditEvent.select().where(AuditEvent.subject == newest().subject)]
    assert [one for one in done if one != "links:draft:write"] == ["links:draft:begin", "links:link:send"]
    said = [str(entry.params) + entry.text for entry in Entry.select().where(Entry.event.contains("shared link"))]
    assert said
    assert not [line for line in said if "Daan" in line or "Noor" in line]
