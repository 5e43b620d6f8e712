"""The press, through HTTP: who called, the plan, the page for the reception desk, and following the statement."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.communication.documents import operations as documents
from portal.communication.documents import queries
from portal.communication.media.models import MediaPlan, PressCall
from portal.communication.media.operations import move_to
from portal.incidents.models import Entry, Incident, Involved
from portal.incidents.operations import end_as_false_alarm
from portal.incidents.people.operations import add_involved
from tests.communication.test_valid import act, published
from tests.reading import Page, said

CALL = {"medium": "Radio Waterdam", "question": "Klopt het?", "within": "hour", "at": "2026-11-23T10:00"}
STATEMENT = {"nl": {"going": "Er gaat een beeld rond op onze school.", "do": "Wij helpen wie het raakt."}}


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    made: Incident = incident()
    team(made, "communication", "care", "mentor")
    return made


@pytest.fixture
def at(case: Incident) -> str:
    return f"/incidents/{case.ref}/media"


def note(client: Any, at: str, **values: str) -> PressCall:
    assert client("communication").post(f"{at}/calls/new", CALL | values).status_code == 303
    found: PressCall = PressCall.select().order_by(PressCall.id.desc()).get()
    return found


def online(case: Incident, cast: Any, clock: Any, texts: Any = STATEMENT) -> str:
    published(case, cast, clock.now(), texts)
    found = queries.valid(case)
    assert found
    return f"http://localhost:8000{found.path}"


def test_a_call_is_noted_with_its_deadline(case: Incident, at: str, client: Any, clock: Any, app: Any) -> None:
    call = note(client, at, journalist="P. Hoekstra", reach="010-5550199")
    assert call.deadline_at == clock.now() + timedelta(hours=1)
    page = Page(client("communication").get(at))
    assert "tel:0105550199" in page.links
    assert said(app, "before %(when)s", when=said(app, "today") + " 11:00") in page.text
    entry = Entry.select().where(Entry.incident == case).order_by(Entry.id.desc()).get()
    assert (entry.kind, entry.text, entry.params["medium"]) == ("call", "Klopt het?", "Radio Waterdam")


def test_a_deadline_that_passed_stands_out(at: str, client: Any, clock: Any, app: Any) -> None:
    note(client, at)
    assert 'class="rp-press"' in client("leadership").get(at).get_data(as_text=True)
    clock.advance(minutes=45)
    assert 'class="rp-press rp-urgent"' in client("leadership").get(at).get_data(as_text=True)
    clock.advance(minutes=30)
    assert said(app, "%(n)s minutes late", n=15) in Page(client("leadership").get(at)).text


def test_an_empty_call_gets_422_and_keeps_the_rest(at: str, client: Any) -> None:
    answer = client("communication").post(f"{at}/calls/new", CALL | {"question": "", "within": "other"})
    assert answer.status_code == 422
    assert "Radio Waterdam" in answer.get_data(as_text=True)
    assert not PressCall.select().exists()


def test_a_name_is_not_kept(at: str, client: Any) -> None:
    """Communication sees no names, and the page goes round: also what a journalist says holds none."""
    for field in ("question", "promised", "medium"):
        answer = client("communication").post(f"{at}/calls/new", CALL | {field: "Is het Noor V. uit 3B?"})
        assert answer.status_code == 422, field
    assert not PressCall.select().exists()


def test_it_is_answered_with_a_reply_and_by_whom(case: Incident, at: str, client: Any, cast: Any, clock: Any) -> None:
    address, call = online(case, cast, clock), note(client, at)
    form = Page(client("communication").get(at)).form(f"/calls/{call.id}/answer")
    assert form.first("reply") == "press", "who called is chosen already"
    sent = {"reply": "press", "words": "Meer niet.", "by": str(cast["leadership"].id), "version": "1"}
    assert client("communication").post(f"{at}/calls/{call.id}/answer", sent).status_code == 303
    call = PressCall.get_by_id(call.id)
    assert address in call.answer
    assert call.answer.endswith("Meer niet.")
    assert (call.answered_at, call.answered_by) == (clock.now(), cast["leadership"])
    page = Page(client("coordinator").get(at))
    assert cast["leadership"].name in page.text
    assert "Meer niet." in page.text
    again = client("communication").post(f"{at}/calls/{call.id}/answer", sent | {"version": "2", "words": "Toch."})
    assert again.status_code == 409
    assert "Toch." not in PressCall.get_by_id(call.id).answer


def test_an_answer_of_nothing_gets_422(at: str, client: Any, cast: Any) -> None:
    call = note(client, at)
    sent = {"reply": "own", "words": "", "by": str(cast["leadership"].id), "version": "1"}
    assert client("communication").post(f"{at}/calls/{call.id}/answer", sent).status_code == 422
    outsider = client("communication").post(f"{at}/calls/{call.id}/answer", sent | {"by": str(cast["stranger"].id)})
    assert outsider.status_code == 422
    assert PressCall.get_by_id(call.id).answered_at is None


def test_another_moment_keeps_what_was_promised(at: str, client: Any, clock: Any) -> None:
    call = note(client, at, promised="Om elf uur.")
    sent = {"within": "two", "promised": "Nee, om twaalf uur.", "version": "1"}
    assert client("communication").post(f"{at}/calls/{call.id}/later", sent).status_code == 303
    changed = PressCall.get_by_id(call.id)
    assert changed.promised == "Om elf uur.\nNee, om twaalf uur."
    assert changed.deadline_at == clock.now() + timedelta(hours=2)
    other = client("communication").post(f"{at}/calls/{call.id}/later", sent | {"promised": "Morgen."})
    assert other.status_code == 409
    assert "Morgen." in other.get_data(as_text=True)


def test_a_call_of_another_incident_is_not_there(at: str, client: Any, incident: Any, cast: Any, clock: Any) -> None:
    other = incident(people=[])
    made = {"made_by": cast["communication"], "made_at": clock.now()}
    call = PressCall.create(incident=other, medium="Krant", question="Hoe?", at=clock.now(), **made)
    assert client("communication").post(f"{at}/calls/{call.id}/answer", {"words": "Zo."}).status_code == 404


@pytest.mark.parametrize(
    ("function", "read", "change"),
    [
        ("communication", 200, 200),
        ("leadership", 200, 403),
        ("coordinator", 200, 403),
        ("care", 200, 403),
        ("mentor", 404, 404),
        ("stranger", 404, 404),
        ("admin", 404, 404),
    ],
)
def test_who_reads_and_who_writes(at: str, client: Any, function: str, read: int, change: int) -> None:
    browser = client(function)
    statuses = [browser.get(f"{at}{part}").status_code for part in ("", "/print", "/plan", "/calls/new", "/questions")]
    assert statuses == [read, read, change, change, change]


def test_my_work_has_the_question_with_its_deadline(at: str, client: Any, clock: Any, app: Any) -> None:
    """A journalist who calls back at five to nine must not be found on a page that nobody has open."""
    call = note(client, at)
    page = Page(client("communication").get("/"))
    assert said(app, "Answer the press") in page.text
    assert at in page.links
    assert said(app, "Answer the press") not in Page(client("leadership").get("/")).text
    clock.advance(hours=2)
    assert said(app, "%(n)s minutes late", n=60) in Page(client("communication").get("/")).text
    PressCall.update(answered_at=clock.now()).where(PressCall.id == call.id).execute()
    assert said(app, "Answer the press") not in Page(client("communication").get("/")).text


def test_the_overview_does_not_count_the_press_as_contact(case: Incident, at: str, client: Any, app: Any) -> None:
    note(client, at)
    assert said(app, "Answer the press") not in Page(client("coordinator").get(f"/incidents/{case.ref}")).text


def test_the_plan_is_agreed_on_and_ticks_the_step(case: Incident, at: str, client: Any, app: Any) -> None:
    step = (Action.incident == case) & (Action.step == "media-ready")
    browser = client("communication")
    assert said(app, "This is a proposal.") in Page(browser.get(at)).text
    form = next(one for one in Page(browser.get(f"{at}/plan")).forms if "gate" in one.names)
    sent = form.data | {"gate": "De conciërge staat buiten.", "ticked": "y"}
    assert browser.post(f"{at}/plan", sent).status_code == 303
    plan = MediaPlan.get()
    assert plan.answers == {"gate": "De conciërge staat buiten."}
    assert Action.get(step).state == "done"
    assert said(app, "This is a proposal.") not in Page(browser.get(at)).text
    assert "De conciërge staat buiten." in Page(client("care").get(f"{at}/print")).text
    stale = browser.post(f"{at}/plan", sent | {"gate": "Anders.", "ticked": ""})
    assert stale.status_code == 409
    assert "Anders." in stale.get_data(as_text=True)


def test_an_agreed_proposal_keeps_nothing_of_its_own(at: str, client: Any) -> None:
    assert client("communication").post(f"{at}/plan", {"version": "0"}).status_code == 303
    assert MediaPlan.get().answers == {}


def test_answers_follow_the_statement_until_they_are_adapted(
    case: Incident, at: str, client: Any, cast: Any, clock: Any, app: Any
) -> None:
    online(case, cast, clock)
    browser = client("communication")
    form = next(one for one in Page(browser.get(f"{at}/questions")).forms if "police" in one.names)
    assert form.first("happened") == STATEMENT["nl"]["going"]
    sent = form.data | {"police": "Dat zegt de politie."}
    assert browser.post(f"{at}/questions", sent).status_code == 303
    assert MediaPlan.get().answers == {"police": "Dat zegt de politie."}
    older = said(app, "The statement changed after answers were adapted. See whether they still say the same.")
    assert older not in Page(browser.get(at)).text
    clock.advance(hours=1)
    made = queries.of(case)
    made = documents.save(
        made, {"nl": {"going": "Het is opgelost."}}, version=made.version, actor=cast["communication"], now=clock.now()
    )
    act("ask", case, cast["communication"], 2, clock.now())
    act("approve", case, cast["leadership"], 2, clock.now())
    act("publish", case, cast["leadership"], 2, clock.now())
    text = Page(client("communication").get(at)).text
    assert "Het is opgelost." in text
    assert older in text


def test_what_the_statement_says_can_be_kept_as_it_is(
    case: Incident, at: str, client: Any, cast: Any, clock: Any
) -> None:
    """What is online already does not hold back the answers to other questions."""
    online(case, cast, clock, {"nl": {"going": "Bel mevrouw Hagen van de school."}})
    late = {"part": "bystander", "name": "Storm Hagen", "school": "own", "class_name": ""}
    add_involved(case, late, actor=cast["coordinator"], now=clock.now())
    browser = client("communication")
    form = next(one for one in Page(browser.get(f"{at}/questions")).forms if "police" in one.names)
    assert browser.post(f"{at}/questions", form.data | {"who": "Om een Hagen."}).status_code == 422
    assert browser.post(f"{at}/questions", form.data | {"police": "Dat zegt de politie."}).status_code == 303


def test_the_page_of_the_reception_desk_names_nobody(
    case: Incident, at: str, client: Any, cast: Any, clock: Any, app: Any
) -> None:
    """Product rule 6: neither who is involved nor which incident it is; also who was added afterwards."""
    sent = {"gate": "Storm opent de poort.", "version": "0"}
    assert client("communication").post(f"{at}/plan", sent).status_code == 303
    assert client("communication").post(f"{at}/plan", {"gate": "Noor opent.", "version": "1"}).status_code == 422
    late = {"part": "bystander", "name": "Storm Hagen", "school": "own", "class_name": ""}
    add_involved(case, late, actor=cast["coordinator"], now=clock.now())
    answer = client("leadership").get(f"{at}/print")
    text = Page(answer.get_data(as_text=True).partition("<main")[2]).text
    assert "Storm" not in text
    assert cast["communication"].phone in text
    assert said(app, "There is no statement online yet.") in text
    assert "Storm" not in Page(client("communication").get(at)).text
    address = online(case, cast, clock)
    assert address in Page(client("leadership").get(f"{at}/print")).text


def test_what_ended_is_read_and_not_written(case: Incident, at: str, client: Any, cast: Any, clock: Any) -> None:
    call = note(client, at)
    end_as_false_alarm(case, "Een tekening.", actor=cast["coordinator"], now=clock.now())
    browser = client("communication")
    page = Page(browser.get(at))
    assert [form for form in page.forms if "/media" in form.action] == []
    assert f"{at}/calls/new" not in page.links
    assert browser.post(f"{at}/calls/new", CALL).status_code == 409
    assert browser.post(f"{at}/calls/{call.id}/later", {"within": "two", "version": "1"}).status_code == 409


def test_joined_incidents_go_on_with_one_plan(case: Incident, incident: Any, cast: Any, clock: Any) -> None:
    other, by = incident(people=[]), {"changed_by": cast["communication"], "changed_at": clock.now()}
    MediaPlan.create(incident=other, answers={"gate": "Links.", "police": "Nee."}, **by)
    move_to(other, case, actor=cast["coordinator"], now=clock.now())
    assert MediaPlan.get().incident == case
    MediaPlan.create(incident=other, answers={"gate": "Rechts.", "who": "Niemand."}, **by)
    move_to(other, case, actor=cast["coordinator"], now=clock.now())
    assert MediaPlan.get().answers == {"gate": "Links.", "police": "Nee.", "who": "Niemand."}


@pytest.mark.parametrize("part", ["conversations/cards/victim", "classes/{talk}"])
def test_the_statement_stands_beside_what_is_said(
    case: Incident, client: Any, cast: Any, clock: Any, app: Any, part: str
) -> None:
    """One voice: who talks with parents or a class has the words of the school and its address beside the card."""
    from portal.classes.talks.models import ClassTalk

    made = {"made_by": cast["care"], "made_at": clock.now()}
    talk = ClassTalk.create(incident=case, class_name="3B", leader=cast["care"], **made)
    path = f"/incidents/{case.ref}/{part.format(talk=talk.id)}"
    browser = client("care")
    none = said(app, "No statement is online. Say that the school is working on it, and no more than that.")
    assert none in Page(browser.get(path)).text
    address = online(case, cast, clock)
    text = Page(browser.get(path)).text
    assert address in text
    assert STATEMENT["nl"]["going"] in text
    act("withdraw", case, cast["leadership"], 1, clock.now())
    assert none in Page(browser.get(path)).text


def test_the_fixture_has_somebody_to_name(case: Incident) -> None:
    """Else the tests above would look for nothing."""
    assert Involved.select().where(Involved.incident == case, Involved.name == "Noor V.").exists()
