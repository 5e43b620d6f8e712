"""Letters through the browser: begun from the statement, approved by another, and who was informed."""

import contextlib
from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.audit.models import AuditEvent
from portal.communication.check import operations as check
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentAct, DocumentVersion
from portal.communication.letters import operations
from portal.communication.letters.models import Informed
from portal.communication.letters.queries import Desk
from portal.errors import NotAllowed, Refused
from portal.incidents.models import Entry, Incident, Involved
from tests.communication.letters import SAID, approved, ask, by, letter, statement, victim_of
from tests.conftest import Browser
from tests.reading import Page


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    made: Incident = incident()
    team(made, "communication", "care", "mentor")
    return made


@pytest.fixture
def told(case: Incident, cast: Any, clock: Any) -> Document:
    """The statement, approved."""
    return statement(case, cast, clock.now())


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}/letters{part}"


def newest_of(made: Document) -> DocumentVersion:
    found = queries.newest(made)
    assert found
    return found


def wish(case: Incident, cast: Any, now: Any, answer: str) -> None:
    Wish.create(victim=victim_of(case), subject="class", answer=answer, recorded_by=cast["counselor"], recorded_at=now)


def sends(browser: Browser, page: str, action: str, **fields: Any) -> Any:
    """The form on a page that is sent to this address, filled in."""
    form = next(one for one in Page(browser.get(page)).forms if one.action.endswith(action))
    return browser.post(form.action, form.with_(**fields))


def edited(browser: Browser, made: Document, **fields: Any) -> Any:
    page = at(made.incident, f"/{made.id}/edit")
    form = next(one for one in Page(browser.get(page)).forms if "nl-core" in one.names)
    return browser.post(page, form.with_(**fields))


# ----------------------------------------------------------------------------------------------------- from nothing on


def test_before_there_is_a_statement_the_page_says_what_comes_first(case: Incident, client: Any, cast: Any) -> None:
    page = client("communication").get(at(case))
    assert "There is no statement yet" in page.text or "Er is nog geen statement" in page.text
    assert not [one for one in Page(page).forms if one.action.endswith("/begin")]
    with pytest.raises(Refused):
        operations.begin(case, [("staff", "")], actor=cast["communication"], now=case.reported_at)


@pytest.mark.usefixtures("told")
def test_letters_begin_from_the_approved_statement(case: Incident, client: Any) -> None:
    browser = client("communication")
    answer = sends(browser, at(case), "/begin")
    assert (answer.status_code, answer.location) == (303, at(case))
    rows = Desk(case).rows
    assert [(row.key, row.class_name) for row in rows] == [("class-parents", "3B"), ("staff", "")]
    for row in rows:
        assert row.newest.texts["nl"]["core"].split("\n\n") == list(SAID.values())
        assert row.is_same
    # What was begun is not offered again, whoever sends an old page.
    again = browser.post(at(case, "/begin"), {"letters": "staff "})
    assert again.status_code == 422
    assert len(Desk(case).rows) == 2


def test_of_the_statement_the_approved_version_counts(case: Incident, told: Document, cast: Any, clock: Any) -> None:
    newer = {"nl": {**SAID, "why": "Nog niet goedgekeurd."}}
    documents.save(told, newer, version=told.version, actor=cast["communication"], now=clock.now())
    made = letter(case, cast, clock.now())
    assert SAID["why"] in newest_of(made).texts["nl"]["core"]


def test_a_letter_can_begin_before_the_statement_is_approved(case: Incident, cast: Any, clock: Any) -> None:
    statement(case, cast, clock.now(), until="ask")
    assert SAID["why"] in newest_of(letter(case, cast, clock.now())).texts["nl"]["core"]


def test_classes_are_offered_once_however_they_are_written(incident: Any, cast: Any, clock: Any) -> None:
    made = incident(scope={"classes": ["3B", "3-b", "4A"]})
    statement(made, cast | {"communication": cast["coordinator"]}, clock.now())
    assert [name for key, name in Desk(made).not_begun() if key == "class-parents"] == ["3B", "4A"]


def test_who_may_not_see_classes_of_pupils_hears_of_none(incident: Any, team: Any, cast: Any, client: Any) -> None:
    """A class that only a victim tells of is named to who reads of all people, and gets no letter before that."""
    made = incident(scope={"classes": ["4A"]})
    team(made, "communication")
    statement(made, cast, made.reported_at)
    assert "3B" not in Page(client("communication").get(at(made))).text
    assert "3B" in client("coordinator").get(at(made)).text


# ------------------------------------------------------------------------------------------------------------- writing


def test_written_and_asked_in_one_go(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    made = letter(case, cast, clock.now())
    answer = edited(client("communication"), made, **{"nl-opening": "Beste mensen,", "go": "ask"})
    assert (answer.status_code, answer.location) == (303, at(case, f"/{made.id}"))
    assert Document.get_by_id(made.id).state == "waiting"
    assert newest_of(made).texts["nl"]["opening"] == "Beste mensen,"
    assert DocumentAct.select().where(DocumentAct.document == made, DocumentAct.act == "ask").count() == 1


def test_saved_it_stays_a_draft(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    made = letter(case, cast, clock.now())
    edited(client("communication"), made, **{"nl-more": "", "go": "save"})
    assert Document.get_by_id(made.id).state == "draft"
    assert newest_of(made).number == 2
    # Saved again without a change, there is no new version.
    edited(client("communication"), made, go="save")
    assert newest_of(made).number == 2


@pytest.mark.parametrize(
    ("fields", "said"), [({"nl-core": ""}, "nl-core"), ({"nl-more": "Regel.\n\n" * 60}, "nl-core")]
)
def test_what_is_missing_or_too_long_is_not_asked_for_and_not_lost(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any, fields: dict[str, str], said: str
) -> None:
    made = letter(case, cast, clock.now())
    answer = edited(client("communication"), made, **fields, **{"nl-subject": "Mijn onderwerp", "go": "ask"})
    assert answer.status_code == 422
    assert f'href="#{said}"' in answer.text
    assert "Mijn onderwerp" in answer.text
    assert newest_of(made).number == 1


def test_a_name_keeps_it_inside(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    """Product rule 6."""
    made = letter(case, cast, clock.now())
    answer = edited(client("communication"), made, **{"nl-more": "Denk aan Noor V. uit de klas.", "go": "ask"})
    assert answer.status_code == 409
    assert "Denk aan Noor V. uit de klas." in answer.text
    assert (newest_of(made).number, Document.get_by_id(made.id).state) == (1, "draft")


def test_a_class_is_told_in_the_letter_to_that_class_only(
    case: Incident, told: Document, cast: Any, clock: Any
) -> None:
    for kind, class_name, state in (("class-parents", "3B", "waiting"), ("staff", "", "draft")):
        made = letter(case, cast, clock.now(), kind, class_name)
        with contextlib.suppress(Refused):
            ask(made, cast, clock.now(), subject="Voor klas 3B")
        assert Document.get_by_id(made.id).state == state


def test_the_check_answers_while_somebody_types_and_keeps_nothing(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    made, browser = letter(case, cast, clock.now()), client("communication")
    answer = browser.post(at(case, f"/{made.id}/check"), {"nl-more": "Denk aan Noor V.\n\n" * 60}, htmx=True)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div id="letter-check"')
    assert "rp-flag" in answer.text
    without = edited(browser, made, **{"nl-more": "Denk aan Noor V.", "go": "check"})
    assert (without.status_code, newest_of(made).number) == (200, 1)
    assert "Denk aan Noor V." in without.text


def test_why_something_may_stay_is_read_by_who_said_it_and_who_sees_names(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    """A reason that somebody else gave may say who is meant."""
    made, now = letter(case, cast, clock.now()), clock.now()
    text = "Dit gebeurt nooit meer."
    edited(client("communication"), made, **{"nl-more": text, "go": "save"})
    (asked,) = {one.finding.key for one in check.findings(case, {"nl": {"more": text}})}
    for who, what in (("communication", "ask"), ("leadership", "approve"), ("leadership", "send-back")):
        row = Document.get_by_id(made.id)
        reasons, how = {asked: f"Noor zelf, zegt {who}."} if what != "send-back" else {}, by(case, cast[who], now)
        documents.act(row, what, number=newest_of(row).number, version=row.version, reasons=reasons, **how)
    page = at(case, f"/{made.id}/edit")
    assert "zegt communication" in client("communication").get(page).text
    assert "zegt leadership" not in client("communication").get(page).text
    assert "zegt leadership" in client("coordinator").get(page).text


def test_two_who_write_lose_nothing(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    made, one, other = letter(case, cast, clock.now()), client("communication"), client("coordinator")
    page = at(case, f"/{made.id}/edit")
    forms = [next(f for f in Page(b.get(page)).forms if "nl-core" in f.names) for b in (one, other)]
    assert one.post(page, forms[0].with_(**{"nl-more": "Van de een.", "go": "save"})).status_code == 303
    answer = other.post(page, forms[1].with_(**{"nl-more": "Van de ander.", "go": "save"}))
    assert answer.status_code == 409
    assert "Van de een." in answer.text
    assert "Van de ander." in answer.text


def test_a_new_statement_is_taken_over(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    made = approved(case, cast, clock.now())
    newer = {"nl": {**SAID, "why": "Om een andere reden."}}
    statement(case, cast, clock.advance(hours=1), newer)
    browser = client("communication")
    answer = sends(browser, at(case, f"/{made.id}"), "/renew")
    assert (answer.status_code, answer.location) == (303, at(case, f"/{made.id}/edit"))
    found = Document.get_by_id(made.id)
    assert "Om een andere reden." in newest_of(found).texts["nl"]["core"]
    # What was approved still is; what is new has to be approved again.
    assert (found.state, found.approved, newest_of(found).number) == ("draft", 1, 2)


# --------------------------------------------------------------------------------------------------- two pairs of eyes


def test_letters_that_say_the_same_are_approved_in_one_act(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    for kind in ("staff", "pupils", "board"):
        made = letter(case, cast, clock.now(), kind)
        change = {"core": "Iets anders dan het statement."} if kind == "board" else {}
        ask(made, cast, clock.now(), **change)
    answer = sends(client("leadership"), at(case), "/approve")
    assert answer.status_code == 303
    assert {row.key: row.document.state for row in Desk(case).rows} == {
        "staff": "approved",
        "pupils": "approved",
        "board": "waiting",
    }


def test_what_says_the_same_as_a_statement_that_is_not_approved_is_not_approved_with_others(
    case: Incident, cast: Any, client: Any, clock: Any
) -> None:
    """Product rule 7: in one act only with a text that a second person read."""
    statement(case, cast, clock.now(), until="ask")
    made = letter(case, cast, clock.now())
    ask(made, cast, clock.now())
    assert at(case, "/approve") not in client("leadership").get(at(case)).text
    assert client("leadership").post(at(case, "/approve"), {"letters": made.id}).status_code == 422
    assert Document.get_by_id(made.id).state == "waiting"


def test_they_go_along_when_the_statement_is_approved(case: Incident, cast: Any, clock: Any) -> None:
    now = clock.now()
    said = statement(case, cast, now, until="ask")
    same, other = letter(case, cast, now), letter(case, cast, now, "board")
    ask(same, cast, now)
    ask(other, cast, now, core="Iets anders.")
    offered = documents.along(said, 1, cast["leadership"])
    assert [one.document.id for one in offered] == [same.id]
    how = by(case, cast["leadership"], now)
    left = documents.approve(said, [same.id, other.id], number=1, version=said.version, **how)
    assert left == []
    states = {row.id: row.state for row in Document.select()}
    assert (states[said.id], states[same.id], states[other.id]) == ("approved", "approved", "waiting")
    # What stood ready before is not offered to who wrote in it.
    assert documents.along(said, 1, cast["communication"]) == []


def test_a_letter_that_names_somebody_added_since_waits_while_the_statement_goes_on(
    case: Incident, cast: Any, clock: Any
) -> None:
    """Product rule 6: nothing is published past the check, and one letter does not hold up the others."""
    now = clock.now()
    said = statement(case, cast, now, until="ask")
    made = letter(case, cast, now)
    ask(made, cast, now, more="Vraag het aan Xanthippe Quast.")
    Involved.create(incident=case, part="bystander", number=9, name="Xanthippe Quast", school="own")
    how = by(case, cast["leadership"], now)
    left = documents.approve(said, [made.id], number=1, version=said.version, **how)
    assert [one.document.id for one in left] == [made.id]
    assert (Document.get_by_id(said.id).state, Document.get_by_id(made.id).state) == ("approved", "waiting")


def test_the_author_cannot_approve(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    """Product rule 7."""
    made = letter(case, cast, clock.now())
    ask(made, cast, clock.now())
    how = {"number": 1, "version": made.version, "remark": ""}
    with pytest.raises(NotAllowed):
        operations.decide(made, "approve", **how, **by(case, cast["communication"], clock.now()))
    # Also who has both functions.
    from portal.incidents.team.operations import add_member

    add_member(case, cast["communication"], "leadership", actor=cast["coordinator"], now=clock.now())
    with pytest.raises(Refused):
        operations.decide(made, "approve", **how, **by(case, cast["communication"], clock.now()))
    assert not [one for one in Page(client("communication").get(at(case))).forms if one.action.endswith("/approve")]
    assert Document.get_by_id(made.id).state == "waiting"


def test_sent_back_with_a_remark(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    made = letter(case, cast, clock.now())
    ask(made, cast, clock.now())
    browser, page = client("leadership"), at(case, f"/{made.id}")
    bare = sends(browser, page, "/decide", go="back")
    assert bare.status_code == 422
    assert 'href="#remark-decide"' in bare.text
    assert sends(browser, page, "/decide", go="back", remark="Noem de mentor.").status_code == 303
    assert Document.get_by_id(made.id).state == "draft"
    assert "Noem de mentor." in client("communication").get(page).text


def test_approved_alone_when_it_says_something_else(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    made = letter(case, cast, clock.now(), "board")
    ask(made, cast, clock.now(), core="Alleen voor het bestuur.")
    assert sends(client("leadership"), at(case, f"/{made.id}"), "/decide", go="approve").status_code == 303
    assert Document.get_by_id(made.id).approved == 2


def test_what_changed_meanwhile_is_not_approved(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    made = letter(case, cast, clock.now())
    ask(made, cast, clock.now())
    browser, page = client("leadership"), at(case, f"/{made.id}")
    form = next(one for one in Page(browser.get(page)).forms if one.action.endswith("/decide"))
    ask(made, cast, clock.now(), more="Toch nog anders.")
    assert browser.post(form.action, form.with_(go="approve")).status_code == 409
    assert Document.get_by_id(made.id).approved is None


# ---------------------------------------------------------------------------------------------------- who was informed


def informs(browser: Browser, made: Document, **fields: Any) -> Any:
    return sends(
        browser,
        at(made.incident, f"/{made.id}"),
        "/informed",
        **{"channel": "mail", "at": "2026-11-23T09:30", **fields},
    )


def test_informing_is_noted_logged_and_in_the_trail(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    made = approved(case, cast, clock.now())
    answer = informs(client("communication"), made, whom="Al het personeel", words="Vóór de eerste les.")
    assert (answer.status_code, answer.location) == (303, at(case))
    row = Informed.get()
    assert (row.number, row.channel, row.whom) == (1, "mail", "Al het personeel")
    entry = Entry.select().where(Entry.event.contains("informed")).get()
    assert entry.text == "Al het personeel\nVóór de eerste les."
    assert entry.params["whom"]["message"] == "all staff"
    assert AuditEvent.select().where(AuditEvent.action == "communication:letter:inform").count() == 1


def test_nothing_goes_out_before_it_is_approved(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    """Product rule 7."""
    made, browser = letter(case, cast, clock.now()), client("communication")
    data = {"channel": "mail", "at": "2026-11-23T09:30", "version": "1"}
    assert browser.post(at(case, f"/{made.id}/informed"), data).status_code == 409
    assert browser.get(at(case, f"/{made.id}/pdf/nl")).status_code == 404
    assert Informed.select().count() == 0


@pytest.mark.parametrize(
    ("answer", "status"), [(None, 409), ("not-yet", 409), ("no", 409), ("yes", 303), ("override", 303)]
)
def test_parents_of_classmates_are_told_after_the_victims_yes(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any, answer: str | None, status: int
) -> None:
    """Product rule 4: planning and writing go on, doing waits for the wish."""
    made, browser = approved(case, cast, clock.now(), "class-parents", "3B"), client("communication")
    if answer:
        wish(case, cast, clock.now(), answer)
    page = browser.get(at(case, f"/{made.id}"))
    assert bool([one for one in Page(page).forms if one.action.endswith("/informed")]) is (status == 303)
    data = {"channel": "mail", "at": "2026-11-23T09:30", "version": "1"}
    assert browser.post(at(case, f"/{made.id}/informed"), data).status_code == status
    if status == 409:
        assert browser.get(at(case, f"/{made.id}/pdf/nl")).status_code == 409
    assert Informed.select().count() == (status == 303)


def test_it_ticks_the_step_of_the_plan(case: Incident, told: Document, cast: Any, client: Any, clock: Any) -> None:
    wish(case, cast, clock.now(), "yes")
    made = approved(case, cast, clock.now(), "class-parents", "3B")
    form = next(
        one for one in Page(client("communication").get(at(case, f"/{made.id}"))).forms if "channel" in one.names
    )
    assert form.first("ticked") == "y"
    assert informs(client("communication"), made).status_code == 303
    assert Action.get(Action.step == "inform-class-parents").state == "done"


def test_with_more_classes_the_step_is_done_with_the_last(
    incident: Any, team: Any, cast: Any, client: Any, clock: Any
) -> None:
    """Which letter would tick it alone would tell in which class the victim is."""
    made = incident(scope={"classes": ["3B", "4A"]})
    team(made, "communication")
    statement(made, cast, clock.now())
    wish(made, cast, clock.now(), "yes")
    first, last = (approved(made, cast, clock.now(), "class-parents", name) for name in ("4A", "3B"))
    assert informs(client("communication"), first).status_code == 303
    assert Action.get(Action.step == "inform-class-parents").state != "done"
    assert informs(client("communication"), last).status_code == 303
    assert Action.get(Action.step == "inform-class-parents").state == "done"


def test_who_was_added_since_holds_an_approved_letter_back(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    """Product rule 6: looked at again each time something goes out."""
    made = letter(case, cast, clock.now())
    ask(made, cast, clock.now(), more="Vraag het aan Xanthippe Quast.")
    operations.decide(
        made,
        "approve",
        remark="",
        number=newest_of(made).number,
        version=made.version,
        **by(case, cast["leadership"], clock.now()),
    )
    Involved.create(incident=case, part="bystander", number=9, name="Xanthippe Quast", school="own")
    browser = client("communication")
    assert browser.get(at(case, f"/{made.id}/pdf/nl")).status_code == 409
    page = browser.get(at(case, f"/{made.id}"))
    assert page.status_code == 200
    assert not [one for one in Page(page).forms if one.action.endswith("/informed")]


def test_a_newer_version_does_not_pass_for_the_approved_one(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    made, browser = approved(case, cast, clock.now()), client("communication")
    form = next(one for one in Page(browser.get(at(case, f"/{made.id}"))).forms if "channel" in one.names)
    ask(made, cast, clock.now(), more="Nieuw.")
    operations.decide(
        made, "approve", remark="", number=2, version=made.version, **by(case, cast["leadership"], clock.now())
    )
    assert browser.post(form.action, form.with_(channel="mail")).status_code == 409
    assert informs(browser, made).status_code == 303


# -------------------------------------------------------------------------------------------------------- who may what


@pytest.mark.parametrize(
    ("function", "sees", "writes", "approves"),
    [
        ("coordinator", 200, True, False),
        ("leadership", 200, False, True),
        ("counselor", 200, False, False),
        ("care", 200, False, False),
        ("mentor", 200, False, False),
        ("communication", 200, True, False),
        ("stranger", 404, False, False),
        ("administrator", 404, False, False),
    ],
)
def test_who_sees_which_buttons(
    case: Incident,
    told: Document,
    cast: Any,
    client: Any,
    clock: Any,
    function: str,
    sees: int,
    writes: bool,
    approves: bool,
) -> None:
    made = letter(case, cast, clock.now())
    ask(made, cast, clock.now())
    page = client(function).get(at(case))
    assert page.status_code == sees
    actions = {one.action.rpartition("/")[2] for one in Page(page).forms}
    assert ("begin" in actions, "approve" in actions) == (writes, approves)


def test_an_incident_that_ended_shows_its_letters_and_no_forms(
    case: Incident, told: Document, cast: Any, client: Any, clock: Any
) -> None:
    made = approved(case, cast, clock.now())
    Incident.update(state="ended").where(Incident.id == case.id).execute()
    browser = client("communication")
    for page in (at(case), at(case, f"/{made.id}"), at(case, f"/{made.id}/edit")):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert not [one for one in Page(answer).forms if "/letters" in one.action]
    data = {"channel": "mail", "at": "2026-11-23T09:30", "version": "1"}
    assert browser.post(at(case, f"/{made.id}/informed"), data).status_code == 409


def test_the_statement_is_no_letter(case: Incident, told: Document, client: Any) -> None:
    assert client("communication").get(at(case, f"/{told.id}")).status_code == 404
