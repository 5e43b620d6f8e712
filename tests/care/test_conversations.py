"""Conversations: prepared, invited to, written down, and read by who needs to know."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.audit.models import AuditEvent
from portal.care.conversations import queries
from portal.care.conversations.models import Conversation
from portal.care.notes.models import Note
from portal.clock import local
from portal.incidents.joining.operations import join
from portal.incidents.models import Entry, Incident, Involved
from portal.incidents.operations import end_as_false_alarm
from portal.incidents.people.operations import take_along
from portal.incidents.people.queries import has_ties
from portal.incidents.queries import people_visible, standing
from portal.notices.models import Mail
from tests.conftest import SUSPECT, VICTIM
from tests.reading import Page


class Talks:
    """A running incident with the whole team, and its conversations as somebody sees them."""

    def __init__(self, case: Incident, client: Any, cast: Any, clock: Any) -> None:
        self.case, self.client, self.cast, self.clock = case, client, cast, clock
        self.at = f"/incidents/{case.ref}/conversations"
        self.victim, self.suspect = (
            Involved.get(Involved.incident == case, Involved.part == part) for part in ("victim", "suspect")
        )

    def plan(self, kind: str, who: str = "counselor", **typed: Any) -> Conversation:
        answer = self.send(who, f"/new/{kind}", **typed)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        made: Conversation = Conversation.select().order_by(Conversation.id.desc()).get()
        return made

    def send(self, who: str, path: str, **typed: Any) -> Any:
        """The form at this address as it stands, filled in further; sent to where it goes."""
        browser, here = self.client(who), f"{self.at}{path}"
        page = Page(browser.get(here.removesuffix("/add")))
        form = next(f for f in page.forms if "once" in f.names and (f.action or here) == here)
        return browser.post(here, form.with_(**typed))

    def text(self, who: str, path: str = "") -> str:
        return Page(self.client(who).get(f"{self.at}{path}")).text

    def when(self, **ahead: float) -> str:
        return local(self.clock.now() + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M")

    def wish(self, subject: str, answer: str) -> None:
        by = {"recorded_by": self.cast["counselor"], "recorded_at": self.clock.now()}
        Wish.create(victim=self.victim, subject=subject, answer=answer, **by)


@pytest.fixture
def talks(incident: Any, team: Any, client: Any, cast: Any, clock: Any) -> Talks:
    case = incident()
    team(case, "care", "mentor", "communication")
    return Talks(case, client, cast, clock)


def entry() -> Entry:
    found: Entry = Entry.select().order_by(Entry.id.desc()).get()
    return found


def trail(action: str) -> list[str]:
    rows = AuditEvent.select(AuditEvent.subject).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return [subject for (subject,) in rows.tuples()]


def test_from_planning_to_what_was_agreed(talks: Talks) -> None:
    """What was agreed goes to the logbook with the contact; the next step to the plan; the step is ticked off."""
    step = Action.get(Action.incident == talks.case, Action.step == "victim-support")
    Action.update(assignee=talks.cast["counselor"]).where(Action.id == step.id).execute()
    made = talks.plan("victim", planned_at=talks.when(hours=2), place="Room 12")
    assert (made.about_id, made.leader_id, made.state) == (talks.victim.id, talks.cast["counselor"].id, "planned")
    talks.clock.advance(hours=3)
    assert "Room 12" in talks.text("counselor", f"/{made.id}")
    said = {"agreed": "She stays home.", "feelings": "Deep shame.", "confidential": "She fears her uncle."}
    next_step = {"next_step": "Call tomorrow", "next_at": talks.when(days=1), "tick": "tick"}
    assert talks.send("counselor", f"/{made.id}/held", **said, **next_step).status_code == 303
    held = Conversation.get_by_id(made.id)
    assert (held.state, held.held_at, held.agreed, held.feelings) == (
        "held", made.planned_at, said["agreed"], said["feelings"]
    )  # fmt: skip
    logged = entry()
    assert (logged.text, logged.contact, logged.at, logged.kind) == ("She stays home.", "victim", held.held_at, "talk")
    assert not [one for one in Entry.select() if "shame" in one.text or "uncle" in one.text]
    note = Note.get()
    assert (note.text, note.about_id, note.author_id) == (said["confidential"], talks.victim.id, note.holder_id)
    made_action = held.next_action
    assert (made_action.title, made_action.assignee_id, made_action.contact) == (
        "Call tomorrow", talks.cast["counselor"].id, "victim"
    )  # fmt: skip
    back = f"{talks.at}/{made.id}"
    plan = f"/incidents/{talks.case.ref}/plan/{made_action.id}"
    assert back in Page(talks.client("counselor").get(plan)).links
    assert back not in Page(talks.client("mentor").get(plan)).links, "who does not read it is not led to it"
    ticked = Action.get_by_id(step.id)
    assert (ticked.state, ticked.outcome) == ("done", "She stays home.")
    for verb in ("plan", "hold"):
        assert trail(f"care:conversation:{verb}") == [f"involved:{talks.victim.id}"]


def test_one_that_was_already_is_written_down_at_once(talks: Talks) -> None:
    answer = talks.send("care", "/new/teachers", planned_at=talks.when(hours=-1))
    made = Conversation.get()
    assert answer.location == f"{talks.at}/{made.id}/held"
    assert talks.send("care", f"/{made.id}/held", agreed="No names.").status_code == 303
    assert (entry().contact, entry().at) == ("teachers", made.planned_at)
    assert trail("care:group:hold") == [f"incident:{talks.case.id}"]


def test_the_victims_parents_wait_for_the_wish(talks: Talks) -> None:
    """Rule 4: a gate refuses inviting and holding, never planning or preparing; nothing typed is lost."""
    made = talks.plan("victim-parents", planned_at=talks.when(hours=1))
    at, browser = f"{talks.at}/{made.id}", talks.client("counselor")
    assert talks.send("counselor", f"/{made.id}/prepare", goal="Listen.").status_code == 303
    assert browser.get(f"{at}/invitation.ics").status_code == 409
    refused = talks.send("counselor", f"/{made.id}/held", agreed="They know now.", tick=[])
    assert (refused.status_code, Conversation.get().state) == (409, "planned")
    assert "They know now." in refused.get_data(as_text=True)
    assert "/wishes" in browser.get(at).get_data(as_text=True)
    talks.wish("parents", "yes")
    assert browser.get(f"{at}/invitation.ics").status_code == 409  # home may not be safe
    talks.wish("safety", "yes")
    invited = browser.get(f"{at}/invitation.ics")
    assert (invited.status_code, invited.mimetype) == (200, "text/calendar")
    assert invited.headers["Content-Disposition"] == 'attachment; filename="afspraak.ics"'
    assert talks.send("counselor", f"/{made.id}/held", agreed="They know now.").status_code == 303


def test_a_parent_is_known_by_the_child(talks: Talks) -> None:
    """Also of a parent who is written down the wish of the child counts; the name stands nowhere."""
    parent = Involved.create(
        incident=talks.case, part="parent", number=1, name="Fatma V.", child=talks.victim,
        interpreter=True, language="Turks", delicate="Grandmother does not know.",
    )  # fmt: skip
    made = talks.plan("victim-parents", planned_at=talks.when(hours=1))
    assert made.about_id == parent.id
    page = talks.text("counselor", f"/{made.id}")
    assert all(word in page for word in ("Turks", "Grandmother does not know."))
    assert "Fatma" not in page
    assert talks.client("counselor").get(f"{talks.at}/{made.id}/invitation.ics").status_code == 409
    talks.wish("parents", "override")
    talks.wish("safety", "no")
    assert talks.client("counselor").get(f"{talks.at}/{made.id}/invitation.ics").status_code == 200
    assert set(trail("incident:person:read")) >= {f"involved:{parent.id}"}


def test_who_leads_the_work_reads_what_was_agreed_but_not_what_was_felt(talks: Talks) -> None:
    """Rule 11."""
    made = talks.plan("suspect", leader=str(talks.cast["mentor"].id), planned_at=talks.when(hours=-1))
    assert [mail.kind for mail in Mail.select().where(Mail.person_id == talks.cast["mentor"].id)][-1] == "action"
    assert talks.send("mentor", f"/{made.id}/held", agreed="No contact.", feelings="Panic.").status_code == 303
    assert talks.send("mentor", f"/{made.id}/add", text="He cried again.", part="feelings").status_code == 303
    assert talks.send("care", f"/{made.id}/add", text="He may call me.", part="agreed").status_code == 303
    for who in ("coordinator", "leadership"):
        page = talks.text(who, f"/{made.id}")
        assert "No contact." in page
        assert "He may call me." in page
        assert not [word for word in ("Panic.", "He cried again.") if word in page]
        assert "confidential" not in page
    page = talks.text("care", f"/{made.id}")
    assert all(word in page for word in ("No contact.", "Panic.", "He cried again.", "He may call me."))  # rule 10
    logged = " ".join(one.text for one in Entry.select())
    assert "He may call me." in logged
    assert "cried" not in logged


def test_a_mentor_has_only_the_own_conversations(talks: Talks, cast: Any) -> None:
    own = talks.plan("suspect", who="mentor")  # a pupil of 3B
    other = talks.plan("victim", place="Room 12")
    assert own.leader_id == cast["mentor"].id
    mentor = talks.client("mentor")
    page = mentor.get(talks.at).get_data(as_text=True)
    assert f"{talks.at}/{own.id}" in page
    assert f"{talks.at}/{other.id}" not in page
    for part in ("", "/card", "/held", "/planning", "/prepare", "/cancel", "/invitation.ics"):
        assert mentor.get(f"{talks.at}/{other.id}{part}").status_code == 404, part
    # Only the mentor, and nobody else, can be the one who leads it.
    form = Page(mentor.get(f"{talks.at}/new/suspect"))
    assert next(f for f in form.forms if "leader" in f.names).offered["leader"] == [str(cast["mentor"].id)]


def test_a_mentor_of_another_class_sees_and_plans_nothing(talks: Talks, cast: Any) -> None:
    talks.plan("suspect")
    Involved.update(class_name="4A").execute()
    Action.update(assignee=None).execute()
    mentor = talks.client("mentor")
    assert people_visible(talks.case, standing(talks.case, cast["mentor"])) == []
    assert mentor.get(f"{talks.at}/{Conversation.get().id}").status_code == 404
    refused = mentor.post(f"{talks.at}/new/suspect", {"about": str(talks.suspect.id), "leader": cast["mentor"].id})
    assert refused.status_code == 422
    # Who gives a mentor the conversation lets the mentor know with whom.
    Conversation.update(leader=cast["mentor"]).execute()
    assert [one.id for one in people_visible(talks.case, standing(talks.case, cast["mentor"]))] == [talks.suspect.id]
    Conversation.update(state="cancelled").execute()
    assert people_visible(talks.case, standing(talks.case, cast["mentor"])) == []


@pytest.mark.parametrize(
    ("path", "name"), [("/planning", "place"), ("/prepare", "opening"), ("/held", "next_step")], ids=str
)
def test_no_name_goes_on_what_leaves_or_goes_round(talks: Talks, path: str, name: str) -> None:
    """Rule 6: the invitation, the card on paper, and the title of an action."""
    made = talks.plan("suspect", planned_at=talks.when(hours=-1))
    refused = talks.send("counselor", f"/{made.id}{path}", **{"agreed": "Yes.", name: "Ask Noor for it"})
    assert refused.status_code == 422
    assert "Ask Noor for it" in refused.get_data(as_text=True)
    assert trail("incident:names:refuse") == [f"incident:{talks.case.id}"]
    assert talks.send("counselor", f"/{made.id}{path}", **{"agreed": "Yes.", name: "Room 12"}).status_code == 303


def test_two_browsers_do_not_lose_one(talks: Talks) -> None:
    made = talks.plan("victim")
    browser, path = talks.client("counselor"), f"{talks.at}/{made.id}/planning"
    form = next(f for f in Page(browser.get(path)).forms if "place" in f.names)
    assert talks.send("care", f"/{made.id}/planning", place="Room 12").status_code == 303
    refused = browser.post(path, form.with_(place="Room 14"))
    assert refused.status_code == 409
    assert all(room in Page(refused).text for room in ("Room 12", "Room 14"))
    again = next(f for f in Page(refused).forms if "place" in f.names)
    assert browser.post(path, again.data).status_code == 303
    assert Conversation.get().place == "Room 14"


def test_what_is_over_is_not_prepared_or_called_off(talks: Talks) -> None:
    off = talks.plan("victim", planned_at=talks.when(hours=1))
    path = f"{talks.at}/{off.id}/held"
    browser = talks.client("counselor")
    form = next(f for f in Page(browser.get(path)).forms if "agreed" in f.names)
    assert talks.send("counselor", f"/{off.id}/cancel", reason="She is ill.").status_code == 303
    assert entry().text == "She is ill."
    assert browser.post(path, form.with_(agreed="Yes.")).status_code == 409
    for part in ("/held", "/planning", "/prepare", "/cancel", "/invitation.ics"):
        assert browser.get(f"{talks.at}/{off.id}{part}").status_code == 409
    assert browser.post(f"{talks.at}/{off.id}/add", {"text": "More.", "part": "agreed"}).status_code == 409
    assert "She is ill." in talks.text("coordinator", f"/{off.id}")


def test_sent_twice_is_written_down_once(talks: Talks) -> None:
    made = talks.plan("victim")
    browser, path = talks.client("counselor"), f"{talks.at}/{made.id}/held"
    form = next(f for f in Page(browser.get(path)).forms if "agreed" in f.names)
    sent = form.with_(agreed="Yes.", next_step="Call tomorrow")
    assert [browser.post(path, sent).status_code for _ in range(2)] == [303, 303]
    assert Action.select().where(Action.title == "Call tomorrow").count() == 1


def test_an_ended_incident_keeps_its_conversations_as_they_are(talks: Talks, clock: Any) -> None:
    made = talks.plan("victim")
    browser, path = talks.client("counselor"), f"{talks.at}/{made.id}/held"
    form = next(f for f in Page(browser.get(path)).forms if "agreed" in f.names)
    end_as_false_alarm(talks.case, "A drawing.", actor=talks.cast["coordinator"], now=clock.now())
    assert browser.post(path, form.with_(agreed="Yes.")).status_code == 409
    for part in ("", f"/{made.id}", f"/{made.id}/held", "/new/victim", "/help"):
        page = Page(browser.get(f"{talks.at}{part}"))
        assert not [f for f in page.forms if "once" in f.names], part


def test_the_plan_asks_for_conversations_until_they_are_done(talks: Talks) -> None:
    asked = queries.asked_by_plan(talks.case)
    assert set(asked) == {"victim", "victim-parents", "suspect", "suspect-parents"}
    Action.update(state="done").where(Action.step == "victim-support").execute()
    assert "victim" not in queries.asked_by_plan(talks.case)


def test_what_is_next_is_told(talks: Talks) -> None:
    talks.plan("victim")  # no time yet
    made = talks.plan("victim-parents", planned_at=talks.when(hours=1))
    (moment,) = queries.moments().tuples()
    assert moment == (
        talks.case.id, "parents", talks.victim.id, talks.cast["counselor"].id, made.planned_at, "conversation", made.id
    )  # fmt: skip


def test_joining_and_merging_take_conversations_along(talks: Talks, incident: Any, team: Any, clock: Any) -> None:
    made, other = talks.plan("suspect"), incident(people=[VICTIM, SUSPECT])
    team(other, "care", "mentor")
    assert has_ties(talks.suspect)
    join(talks.case, other, checked=True, actor=talks.cast["coordinator"], now=clock.now())
    assert Conversation.get().incident_id == other.id
    kept = Involved.get(Involved.incident == other, Involved.name == SUSPECT["name"], Involved.id != talks.suspect.id)
    take_along(talks.suspect, kept, actor=talks.cast["coordinator"], now=clock.now())
    assert Conversation.get_by_id(made.id).about_id == kept.id


def test_a_card_can_be_read_before_anything_is_planned(talks: Talks) -> None:
    for kind in ("victim", "teachers"):
        assert talks.client("mentor").get(f"{talks.at}/cards/{kind}").status_code == 200
    assert talks.client("mentor").get(f"{talks.at}/cards/nobody").status_code == 404
    made = talks.plan("victim")
    assert talks.send("counselor", f"/{made.id}/prepare", opening="Shall we walk?").status_code == 303
    assert "Shall we walk?" in talks.text("coordinator", f"/{made.id}/card")
    assert "Shall we walk?" not in talks.text("coordinator", "/cards/victim")


@pytest.mark.parametrize("kind", ["victim-parents", "suspect-parents"])
def test_parents_whose_child_was_taken_off_are_not_told(talks: Talks, kind: str) -> None:
    """Product rule 4: changing whose parent somebody is does not walk around the wish."""
    child = talks.victim if kind == "victim-parents" else talks.suspect
    parent = Involved.create(incident=talks.case, part="parent", number=1, child=child)
    made = talks.plan(kind, planned_at=talks.when(hours=1))
    at, browser = f"{talks.at}/{made.id}", talks.client("counselor")
    talks.wish("parents", "no")
    Involved.update(child=None).where(Involved.id == parent.id).execute()
    assert browser.get(f"{at}/invitation.ics").status_code == 409
    assert talks.send("counselor", f"/{made.id}/held", agreed="They know now.", tick=[]).status_code == 409
    assert "/people" in browser.get(at).get_data(as_text=True)


def test_the_parents_of_a_victim_stay_theirs_whoever_else_they_are_said_to_be(talks: Talks) -> None:
    parent = Involved.create(incident=talks.case, part="parent", number=1, child=talks.victim)
    made = talks.plan("victim-parents", planned_at=talks.when(hours=1))
    Involved.update(child=talks.suspect).where(Involved.id == parent.id).execute()
    assert talks.client("counselor").get(f"{talks.at}/{made.id}/invitation.ics").status_code == 409


def test_what_to_keep_in_mind_of_a_child_is_a_reading_of_the_child(talks: Talks) -> None:
    """Product rule 11: the page of a conversation with a parent also tells of the pupil."""
    Involved.create(incident=talks.case, part="parent", number=1, child=talks.victim)
    Involved.update(support="Short sentences.").where(Involved.id == talks.victim.id).execute()
    made = talks.plan("victim-parents")
    assert f"involved:{talks.victim.id}" not in trail("incident:person:read")
    assert "Short sentences." in talks.text("counselor", f"/{made.id}")
    assert f"involved:{talks.victim.id}" in trail("incident:person:read")
