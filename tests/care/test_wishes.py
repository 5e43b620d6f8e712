"""The page of wishes: what is noted, who sees how much, and what stays readable."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import DONE, NOT_NEEDED, Action, Wish
from portal.actions.operations import record_wish
from portal.actions.rules import SAFETY_QUESTIONS
from portal.audit.models import AuditEvent
from portal.care.wishes.rules import BY_AGE
from portal.desk.overview.queries import pulse
from portal.errors import Refused
from portal.incidents.models import Entry, Flag, Incident, Involved
from portal.incidents.queries import standing
from tests.conftest import VICTIM
from tests.reading import Page, said

SAFE, UNSAFE = dict.fromkeys(SAFETY_QUESTIONS, "no"), {**dict.fromkeys(SAFETY_QUESTIONS, "no"), "honour": "yes"}
OVERRIDE = {"answer": "override", "words": "Her life is in danger.", "told_note": "She was in hospital."}


def victim_of(case: Incident, number: int = 1) -> Involved:
    found: Involved = Involved.get(Involved.incident == case, Involved.part == "victim", Involved.number == number)
    return found


def at(case: Incident, victim: Involved | None = None) -> str:
    return f"/incidents/{case.ref}/wishes" + (f"/{victim.id}" if victim else "")


def note(browser: Any, case: Incident, subject: str, number: int = 1, **data: Any) -> Any:
    return browser.post(at(case, victim_of(case, number)), {"subject": subject, **data})


def subjects(page: Page) -> list[str]:
    return [form.first("subject") for form in page.forms if "subject" in form.names]


def test_the_page_asks_everything_once_and_names_nobody(incident: Any, client: Any, app: Any) -> None:
    case = incident(people=[VICTIM, VICTIM | {"name": "Sara B."}, VICTIM | {"name": "Elsewhere", "school": "other"}])
    page = Page(client("counselor").get(at(case)))
    asked = ["parents", "safety", "rest", "buddies", "class", "apology", "police"]
    assert subjects(page) == asked * 2, "the third one is asked by the other school"
    assert said(app, "This victim is at another school. That school asks what the victim wants.") in page.text
    assert said(app, "Source: Stichting School & Veiligheid.") in page.text
    assert not [name for name in ("Noor", "Sara", "Elsewhere") if name in page.text]
    form = next(form for form in page.forms if form.first("subject") == "apology")
    assert form.offered["answer"] == ["yes", "no", "not-yet", "not-asked"]
    assert form.first("asked_by") == "A. Bakker"


@pytest.mark.parametrize("function", ["coordinator", "counselor"])
def test_an_answer_is_noted_and_the_older_one_stays(
    incident: Any, client: Any, clock: Any, app: Any, function: str
) -> None:
    case, browser = incident(), client(function)
    # As the page sends it after two taps: an answer, and save.
    form = next(f for f in Page(browser.get(at(case))).forms if f.first("subject") == "apology")
    answer = browser.post(form.action, form.with_(answer="no", words="Never."))
    assert (answer.status_code, answer.location) == (303, f"{at(case)}#victim-1-apology")
    clock.advance(days=2)
    note(client(function), case, "apology", answer="yes", words="Now I do.")
    text = Page(client("leadership").get(at(case))).text
    assert text.index("Now I do.") < text.index("Never."), "newest first, the older one below"
    assert [wish.answer for wish in Wish.select().order_by(Wish.id)] == ["no", "yes"]


def test_asking_is_contact_with_the_victim_at_that_moment(incident: Any, client: Any, clock: Any) -> None:
    case = incident()
    clock.advance(hours=3)
    asked = (clock.now() - timedelta(hours=2)).replace(second=0)
    note(client("counselor"), case, "rest", answer="not-asked")
    assert "victim" not in pulse(case).noted, "nobody was asked"
    note(client("counselor"), case, "rest", answer="not-yet", asked_at="2026-11-23T11:00")
    assert pulse(case).noted["victim"] == asked
    clock.advance(hours=1)
    note(client("leadership"), case, "rest", **OVERRIDE)
    assert pulse(case).noted["victim"] == asked, "leadership deciding is no contact"


@pytest.mark.parametrize(
    ("subject", "data", "status"),
    [
        ("rest", {"answer": ""}, 422),
        ("rest", {"answer": "perhaps"}, 422),
        ("rest", {"answer": "yes", "words": "see x.nl/a.jpg"}, 422),
        ("police", {"answer": "not-asked", "words": ""}, 422),
        ("safety", {"violence": "no", "rejection": "no"}, 422),
        ("safety", {**SAFE, "honour": "perhaps"}, 422),
        ("nothing", {"answer": "yes"}, 404),
        ("", {"answer": "yes"}, 404),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    incident: Any, client: Any, subject: str, data: dict[str, str], status: int
) -> None:
    case = incident()
    sent = {"words": "In her words.", "asked_by": "Somebody", **data}
    refused = note(client("counselor"), case, subject, **sent)
    assert refused.status_code == status
    assert Wish.select().count() == 0
    if status == 422:
        form = next(form for form in Page(refused).forms if form.first("subject") == subject)
        kept = {name: form.first(name) for name in sent if form.first(name)}
        assert kept == {name: value for name, value in sent.items() if value and value != "perhaps"}


def test_the_safety_check_is_noted_question_by_question(incident: Any, client: Any, app: Any) -> None:
    case, counselor = incident(), client("counselor")
    assert note(counselor, case, "safety", **SAFE, safe_with="An aunt round the corner").status_code == 303
    kept = Wish.get()
    assert (kept.answer, kept.detail) == ("yes", {**SAFE, "safe_with": "An aunt round the corner"})
    assert "An aunt round the corner" in Page(client("leadership").get(at(case))).text
    assert "aunt" not in str(list(Entry.select(Entry.text, Entry.params).tuples())), "it stays on this page"
    assert not Flag.select().where(Flag.key == "honour", Flag.answer == "yes").exists()


@pytest.mark.parametrize("fear", SAFETY_QUESTIONS)
def test_an_unsafe_home_raises_the_red_flag_and_shows_whom_to_call(
    incident: Any, client: Any, app: Any, fear: str
) -> None:
    """Product rules 2 and 4: the call stands on top of the plan before anybody tells the parents."""
    case, counselor = incident(), client("counselor")
    note(counselor, case, "parents", answer="yes")
    assert note(counselor, case, "safety", **{**SAFE, fear: "yes"}).status_code == 303
    assert Flag.get(Flag.incident == case, Flag.key == "honour").answer == "yes"
    call = Action.get(Action.incident == case, Action.flag == "honour")
    assert call.state == "todo"
    page = Page(counselor.get(at(case)))
    assert said(app, "Not safe at home: call first, tell nobody at home") in page.text
    assert {"tel:08002000", "tel:09008844"} <= set(page.links)
    # Asked again while the flag is up: a call that was put away as not needed is needed again, one that is done is not.
    for state, expected in ((NOT_NEEDED, "todo"), (DONE, DONE)):
        Action.update(state=state).where(Action.id == call.id).execute()
        note(counselor, case, "safety", **UNSAFE)
        assert Action.get_by_id(call.id).state == expected
    note(counselor, case, "safety", **SAFE)
    assert said(app, "Not safe at home: call first, tell nobody at home") not in Page(counselor.get(at(case))).text


def test_leadership_overrides_what_is_held_back_and_it_is_shown_ever_after(
    incident: Any, team: Any, client: Any, app: Any, clock: Any
) -> None:
    case, counselor, leadership = incident(), client("counselor"), client("leadership")
    note(counselor, case, "buddies", answer="no", words="Nobody.")
    note(counselor, case, "rest", answer="yes")
    assert "rest" not in subjects(Page(leadership.get(at(case)))), "there is nothing to override"
    assert note(leadership, case, "buddies", **OVERRIDE).status_code == 303
    assert note(leadership, case, "buddies", answer="yes").status_code == 422, "leadership notes no wish"
    clock.advance(hours=5)
    note(client("counselor"), case, "buddies", answer="yes", words="Two of them now.")
    action = Action.get(Action.incident == case, Action.step == "buddies")
    once, why = said(app, "Leadership once went on against this wish:"), said(app, "wish overridden by leadership")
    for path in ("/wishes", f"/plan/{action.id}"):
        text = Page(client("coordinator").get(f"/incidents/{case.ref}{path}")).text
        assert all(words in text for words in (once, OVERRIDE["words"], OVERRIDE["told_note"], "Two of them now."))
    assert why in Page(client("coordinator").get(f"/incidents/{case.ref}/plan")).text
    # Communication reads that, and no word of it.
    team(case, "communication")
    for path in ("/wishes", f"/plan/{action.id}"):
        text = Page(client("communication").get(f"/incidents/{case.ref}{path}")).text
        assert once in text
        assert not [words for words in (OVERRIDE["words"], OVERRIDE["told_note"], "Two of them") if words in text]


@pytest.mark.parametrize("missing", [{"words": ""}, {"told_note": ""}])
def test_an_override_needs_its_reason_and_that_the_victim_was_told(
    incident: Any, client: Any, missing: dict[str, str]
) -> None:
    assert note(client("leadership"), incident(), "rest", **(OVERRIDE | missing)).status_code == 422
    assert Wish.select().count() == 0


def test_an_apology_is_never_forced(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    case, leadership = incident(), client("leadership")
    assert "apology" not in subjects(Page(leadership.get(at(case))))
    assert note(leadership, case, "apology", **OVERRIDE).status_code == 422
    assert note(leadership, case, "safety", **SAFE).status_code == 403
    by = {"standing": standing(case, cast["leadership"]), "actor": cast["leadership"], "now": clock.now()}
    with pytest.raises(Refused, match="only when the victim wants it"):
        record_wish(victim_of(case), "apology", OVERRIDE, **by)


@pytest.mark.parametrize(
    ("age", "advice"),
    [
        ({"age": 16}, "to-16"),
        ({"age": 17}, "from-17"),
        ({"age": None, "birth_year": 2010}, "to-16"),
        ({"age": None}, ""),
    ],
)
def test_rule_14_stands_beside_telling_the_parents(
    incident: Any, client: Any, app: Any, age: dict[str, Any], advice: str
) -> None:
    case = incident(people=[VICTIM | age])
    assert said(app, BY_AGE[advice or "unknown"]) in Page(client("counselor").get(at(case))).text


def test_communication_sees_yes_or_no_and_nothing_else(incident: Any, team: Any, client: Any, app: Any) -> None:
    case, counselor = incident(), client("counselor")
    team(case, "communication")
    note(counselor, case, "parents", answer="no", words="Never my father.", asked_by="Somebody")
    note(counselor, case, "safety", **UNSAFE, safe_with="An aunt")
    before = AuditEvent.select().count()
    page = Page(client("communication").get(at(case)))
    assert said(app, "no") in page.text
    assert subjects(page) == []
    hidden = ["Never my father", "Somebody", "An aunt", said(app, "Source: Stichting School & Veiligheid.")]
    assert not [words for words in hidden if words in page.text]
    assert AuditEvent.select().count() == before, "a page without words of a person is no reading"
    assert note(client("communication"), case, "parents", answer="yes").status_code == 403


def test_a_mentor_of_another_class_sees_nothing_of_this_victim(incident: Any, team: Any, client: Any, app: Any) -> None:
    case, counselor = incident(), client("counselor")
    team(case, "mentor")
    note(counselor, case, "rest", answer="no", words="Leave me at school.")
    mentor = client("mentor")
    action = Action.get(Action.incident == case, Action.step == "rest-period")
    plan = f"/incidents/{case.ref}/plan/{action.id}"
    assert "Leave me at school." in Page(mentor.get(at(case))).text, "of the own class"
    assert "Leave me at school." in Page(mentor.get(plan)).text
    Involved.update(class_name="4A").where(Involved.id == victim_of(case).id).execute()
    Action.update(assignee=None).where(Action.incident == case).execute()
    before = AuditEvent.select().count()
    page = Page(mentor.get(at(case)))
    nobody = "Here stands what victims of your own class or of your own actions want. There are none now."
    assert said(app, nobody) in page.text
    assert "Leave me at school." not in page.text + Page(mentor.get(plan)).text
    assert AuditEvent.select().count() == before
    assert note(mentor, case, "rest", answer="yes").status_code == 403


@pytest.mark.parametrize("function", ["coordinator", "leadership", "counselor", "care", "mentor"])
def test_reading_wishes_is_in_the_trail_once_an_hour(
    incident: Any, team: Any, client: Any, cast: Any, function: str
) -> None:
    case = incident()
    team(case, "care", "mentor")
    browser = client(function)
    for _time in range(2):
        assert browser.get(at(case)).status_code == 200
    events = AuditEvent.select().where(AuditEvent.action == "incident:person:read")
    read = [(one.actor_id, one.subject) for one in events if one.detail == {"place": "wishes"}]
    assert read == [(cast[function].id, f"involved:{victim_of(case).id}")]


def test_who_is_no_victim_of_this_school_has_no_wish_here(incident: Any, client: Any) -> None:
    case = incident(people=[VICTIM, VICTIM | {"school": "other"}, {"part": "suspect", "name": "D."}])
    other, counselor = incident(), client("counselor")
    suspect = Involved.get(Involved.incident == case, Involved.part == "suspect")
    for person in (suspect, victim_of(case, 2), victim_of(other)):
        assert counselor.post(at(case, person), {"subject": "rest", "answer": "yes"}).status_code == 404
    assert Wish.select().count() == 0


def test_after_its_end_nothing_is_noted_any_more(incident: Any, client: Any) -> None:
    case, counselor = incident(), client("counselor")
    note(counselor, case, "rest", answer="no", words="It stays readable.")
    Incident.update(state="ended").where(Incident.id == case.id).execute()
    page = Page(counselor.get(at(case)))
    assert subjects(page) == []
    assert "It stays readable." in page.text
    assert note(counselor, case, "rest", answer="yes").status_code == 409
    assert Wish.select().count() == 1


def test_what_the_law_says_is_told_only_while_it_matters(incident: Any, client: Any, app: Any) -> None:
    """After a yes nobody has to read on; and never beside 'tell nobody at home'."""
    case, browser = incident(), client("counselor")
    source, talks = said(app, "Source: Stichting School & Veiligheid."), f"/incidents/{case.ref}/conversations"

    def page() -> Page:
        return Page(browser.get(at(case)))

    def led_to(shown: Page) -> int:
        return list(shown.links).count(talks)

    before = led_to(page())
    note(browser, case, "parents", answer="no")
    note(browser, case, "safety", **SAFE)
    assert source in page().text
    note(browser, case, "parents", answer="yes")
    assert source not in page().text
    assert led_to(page()) == before + 1
    note(browser, case, "safety", **UNSAFE)
    assert source not in page().text
    assert led_to(page()) == before
