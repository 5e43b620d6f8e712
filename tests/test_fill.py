"""Made-up incidents: what they look like, that they hold together, and that the seed decides on them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import peewee as pw
import pytest
from flask import Flask

from portal import db as database
from portal.accounts.models import Person
from portal.actions.models import Action, Wish
from portal.actions.rules import gate_state
from portal.audit.queries import links
from portal.audit.rules import verify
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer, HelpOption
from portal.care.rest.models import Rest, RestContact
from portal.classes.sheets.models import Sheet
from portal.classes.talks.models import ClassTalk, Worry
from portal.clock import local
from portal.communication.check.operations import findings
from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentAct, DocumentVersion
from portal.communication.letters.models import Informed
from portal.communication.media.models import PressCall
from portal.communication.watch import rules as watching
from portal.communication.watch.models import Post, Watch, WatchTurn
from portal.demo.fill import fill
from portal.incidents.models import Entry, Incident, Involved, Membership, Report, Unrest
from portal.links import queries as link_queries
from portal.links.kinds.rules import PERSON_FIELDS
from portal.links.models import Ask, LinkMessage, LinkVisit, SharedLink, ShareVersion
from portal.links.rules import DEAD_AT, MOST_DAYS
from portal.models import MODELS
from portal.school.queries import closed_days
from portal.school.rules import next_open
from tests.conftest import MONDAY, Browser
from tests.test_cli import made

__all__ = ["made"]  # fixture: an installation and its commands
NUMBER = 12


@pytest.fixture
def filled(school: Any, cast: dict[str, Person]) -> list[Incident]:
    if not HelpOption.select().exists():
        HelpOption.create(kind="gp", name="Huisarts")
    assert list(fill(NUMBER, 7, MONDAY)) == [NUMBER]
    return list(Incident.select().order_by(Incident.id))


@pytest.fixture
def lively(filled: list[Incident], monkeypatch: pytest.MonkeyPatch) -> list[Incident]:
    """With more of the last weeks, of which much is still to come."""
    monkeypatch.setattr("portal.demo.fill.PERIOD", timedelta(days=25))
    list(fill(2 * NUMBER, 7, MONDAY))
    return list(Incident.select().order_by(Incident.id))


def rows() -> dict[str, list[Any]]:
    return {model.__name__: list(model.select().order_by(model.id).tuples()) for model in MODELS}


def test_the_command_adds_each_time(made: Any) -> None:
    app, command = made(demo=True)
    for seed in ("1", "1", "2"):
        done = command("demo", "fill", "--incidents", "3", "--seed", seed)
        assert done.exit_code == 0, done.output
    assert "3 of 3" in done.output
    assert command("db", "check").output.strip() == "baken: ok"
    with database.school(database.location(app.extensions["settings"], "baken")):
        assert Incident.select().count() == 1 + 3 * 3  # that of the demo school itself, and nine


def test_it_stays_away_from_real_schools(made: Any) -> None:
    _app, command = made()
    assert "PORTAL_DEMO=1" in command("demo", "fill", "--incidents", "3").output
    assert command("demo", "fill", "--incidents", "0").exit_code == 2


def test_states_are_all_there(filled: list[Incident]) -> None:
    def values(field: pw.Field) -> set[Any]:
        return {value for (value,) in field.model.select(field).distinct().tuples()}

    assert values(Incident.state) == {"open", "ended", "joined"}
    assert values(Action.state) == {"todo", "doing", "done", "not-needed"}
    assert values(Entry.kind) >= {"call", "talk", "decision", "observation", "plan", "report", "team"}
    assert {"yes", "no", "not-yet"} <= values(Wish.answer)
    assert Action.select().where(Action.handed_by.is_null(False)).exists()
    assert Action.select().where(Action.flag != "").exists()
    assert Action.select().where(Action.title != "").exists()
    late = (Action.state == "done") & (Action.changed_at > Action.due_at)
    assert Action.select().where(late).exists()
    assert Entry.select().where(Entry.corrects.is_null(False)).exists()
    assert Unrest.select().count() > NUMBER


def test_it_holds_together(filled: list[Incident]) -> None:
    assert verify(links).findings == []
    for incident in filled:
        entries = Entry.select().where(Entry.incident == incident)
        assert 40 <= entries.count() <= 130
        assert not entries.where((Entry.at < incident.reported_at) | (Entry.written_at < Entry.at)).exists()
        assert MONDAY - timedelta(days=730) <= incident.reported_at < MONDAY
    assert not Entry.select().where(Entry.written_at > MONDAY).exists()
    assert len({incident.code_name for incident in filled}) == NUMBER
    mixed_up = Entry.select().join(Action, on=(Entry.action_id == Action.id)).where(Entry.written_at < Action.due_at)
    assert mixed_up.exists()
    (joined,) = [incident for incident in filled if incident.state == "joined"]
    assert not Membership.select().where(Membership.incident == joined).exists()
    assert Report.select().where(Report.incident == joined.joined_into).count() >= 2


def test_the_seed_decides(worker: Any, app: Flask, school: Any, cast: dict[str, Person]) -> None:
    with database.db.atomic() as once:
        list(fill(6, 7, MONDAY))
        first = rows()
        once.rollback()
    with database.db.atomic() as once:
        list(fill(6, 7, MONDAY))
        assert rows() == first
        once.rollback()
    with database.db.atomic():
        list(fill(6, 8, MONDAY))
        assert rows()["Entry"] != first["Entry"]


def test_every_part_of_the_care_is_there(lively: list[Incident]) -> None:
    assert set(of(Conversation.state)) == {"planned", "held", "cancelled"}
    assert set(of(Conversation.kind)) >= {"victim", "victim-parents", "suspect", "suspect-parents"}
    assert set(of(Rest.state)) == {"planned", "running", "ended"}
    assert {"accepted", "declined"} <= set(of(HelpOffer.answer))
    assert {"yes", "no", ""} == set(of(Buddy.answer))
    assert {"well", "so-so", "hard", ""} == set(of(CheckIn.going))
    assert {"planned", "held"} <= set(of(ClassTalk.state))
    assert Worry.select().count() == len({worry.action_id for worry in Worry})
    assert any(of(Sheet.ended_at))
    assert None in of(Sheet.ended_at)
    assert {"victim", "suspect", "spreader", "buddy", "parent"} <= set(of(Involved.part))
    for field in (Involved.aliases, Involved.also, Involved.language, Involved.delicate, Involved.support):
        assert any(of(field)), field.name
    assert "override" in of(Wish.answer)
    assert any(of(Unrest.class_name))
    assert RestContact.select().exists()


def test_every_part_of_the_one_voice_is_there(lively: list[Incident]) -> None:
    assert {"draft", "approved", "published"} <= set(of(Document.state))
    assert {"statement", "class-parents", "other-parents"} == set(of(Document.kind))
    assert {"ask", "send-back", "approve", "publish"} <= set(of(DocumentAct.act))
    assert Informed.select().exists()
    assert any(of(PressCall.answered_at))
    assert set(of(Post.truth)) == set(watching.TRUTHS)
    assert any(of(Post.reply))
    assert None in of(WatchTurn.looked_at)
    assert len({watch.incident_id for watch in Watch}) == Watch.select().count() > NUMBER


def what_goes_out_was_approved_by_somebody_else() -> None:
    """Product rule 7; and every row stands where its acts have brought it."""
    for document in Document.select():
        acts = list(document.acts.order_by(DocumentAct.id))
        numbers = [version.number for version in document.versions.order_by(DocumentVersion.number)]
        assert numbers == list(range(1, len(numbers) + 1))
        for act in [one for one in acts if one.act == "approve"]:
            assert act.by_id not in queries.authors_of(document, act.number)
        out = [one for one in acts if one.act in ("publish", "withdraw")]
        assert document.online == (out[-1].number if out and out[-1].act == "publish" else None)
        assert all(any(one.act == "approve" and one.number == act.number for one in acts) for act in out)
        assert [act.at for act in acts] == sorted(act.at for act in acts)
        assert all(act.at <= MONDAY for act in acts)
    assert not Informed.select().join(Document).where(Document.approved != Informed.number).exists()


def what_goes_out_leads_to_nobody() -> None:
    """Product rule 6: no text that was approved has a finding that stands in its way, and a soft one has a reason."""
    for act in DocumentAct.select().where(DocumentAct.act == "approve"):
        document = act.document
        texts = queries.version_of(document, act.number).texts
        reasons = queries.reasons_of(document, act.number)
        found = findings(document.incident, texts, class_name=document.class_name)
        assert not [one for one in found if one.finding.hard or one.finding.key not in reasons], texts


def parents_of_classmates_heard_of_it_once_every_victim_in_that_class_wanted_that() -> None:
    """Product rule 4."""
    told = Informed.select(Informed, Document).join(Document).where(Document.kind == "class-parents")
    for one in told:
        # Of a report that was joined its people went along.
        case = one.document.incident.joined_into or one.document.incident
        there = (Involved.incident == case) & (Involved.class_name == one.document.class_name)
        victims = list(Involved.select().where(there, Involved.part == "victim", Involved.merged_into.is_null()))
        assert victims
        assert all(is_open(victim.id, "class", one.at) for victim in victims if case == one.document.incident)
    assert told.count() > 1


def of(field: pw.Field) -> list[Any]:
    return [value for (value,) in field.model.select(field).tuples()]


def wish_at(victim_id: int, subject: str, moment: datetime) -> str | None:
    rows = Wish.select().where(Wish.victim == victim_id, Wish.subject == subject, Wish.recorded_at <= moment)
    newest = rows.order_by(Wish.recorded_at.desc(), Wish.id.desc()).first()
    return newest.answer if newest else None


def is_open(victim_id: int, gate: str, moment: datetime) -> bool:
    return gate_state(gate, wish_at(victim_id, gate, moment), wish_at(victim_id, "safety", moment)) == "open"


def nothing_was_done_against_the_wish_of_a_victim() -> None:
    """Product rule 4: planning is free, doing waits for the wish."""
    done = [(rest.pupil_id, "rest", rest.made_at) for rest in Rest if rest.state != "planned"]
    done += [(buddy.victim_id, "buddies", buddy.asked_at) for buddy in Buddy if buddy.asked_at]
    done += [(talk.victim_id, "class", talk.held_at) for talk in ClassTalk if talk.held_at and talk.victim_id]
    for one in Conversation.select().where(Conversation.kind == "victim-parents", Conversation.state == "held"):
        done.append((one.about.child_id or one.about_id, "parents", one.held_at))
    assert len(done) > 20
    assert not [(one, gate, at) for one, gate, at in done if not is_open(one, gate, at)]


def buddies_are_three_in_the_order_of_the_victim_and_nobody_who_spread_it() -> None:
    for victim in Involved.select().where(Involved.part == "victim"):
        buddies = list(Buddy.select().where(Buddy.victim == victim).order_by(Buddy.place))
        assert [buddy.place for buddy in buddies] == list(range(1, len(buddies) + 1))
        assert sum(buddy.answer == "yes" for buddy in buddies) <= 3
        for buddy in buddies:
            # Of two stories that were joined, each was made up without knowing the other.
            spread_it = Involved.report == victim.report_id, Involved.part.in_(("suspect", "spreader"))
            assert not Involved.select().where(*spread_it, Involved.name == buddy.person.name).exists()
            assert buddy.person.part == "buddy"
            days = [check.due_on for check in buddy.check_ins.order_by(CheckIn.due_on)]
            assert bool(days) == (buddy.answer == "yes")
            assert not [day for day in days if next_open(day, closed_days(), holidays_count=True) != day]


def parents_are_linked_to_a_child_of_the_same_incident() -> None:
    parents = list(Involved.select().where(Involved.part == "parent"))
    assert len(parents) > NUMBER
    assert not [one for one in parents if one.child.incident_id != one.incident_id or one.child.part == "parent"]
    assert all(one.reach for one in parents)


def what_was_held_lies_behind_and_what_is_planned_ahead() -> None:
    # What was moved into another incident is older than that one's report.
    alone = Incident.id.not_in(Incident.select(Incident.joined_into).where(Incident.joined_into.is_null(False)))
    held = [(Conversation.held_at, Conversation), (ClassTalk.held_at, ClassTalk), (Buddy.answered_at, Buddy)]
    for field, model in held:
        rows = model.select().join(Incident).where(field.is_null(False), alone)
        wrong = rows.where((field > MONDAY) | (field < Incident.reported_at))
        assert not wrong.exists(), model
    ahead = Conversation.select().where(Conversation.state == "planned", Conversation.planned_at < MONDAY)
    assert not ahead.exists()
    assert not Rest.select().where(Rest.state == "running", Rest.last < local(MONDAY).date()).exists()
    over = Incident.select().where(Incident.state == "ended")
    assert not Conversation.select().where(Conversation.state == "planned", Conversation.incident.in_(over)).exists()
    assert not Rest.select().where(Rest.state != "ended", Rest.incident.in_(over)).exists()
    assert database.db.execute_sql("PRAGMA foreign_key_check").fetchall() == []


def every_kind_of_link_is_there() -> None:
    links = list(SharedLink.select().where(SharedLink.head.is_null()))
    assert len(links) > 3
    states = {link_queries.state(link, MONDAY) for link in SharedLink.select()}
    assert len(states) >= 4, states
    for table in (Ask, LinkMessage, LinkVisit):
        assert table.select().exists(), table


def links_are_as_the_rules_would_leave_them() -> None:
    for link in SharedLink.select():
        moments = [link.made_at, link.sent_at, link.opened_at, link.accepted_at or link.declined_at]
        known = [moment for moment in moments if moment]
        assert known == sorted(known)
        assert max(known) <= MONDAY
        assert link.days <= MOST_DAYS
        if link.head is None and link.sent_at:
            assert link.number == 1
            assert link.ends_at == link.sent_at + timedelta(days=link.days)
            assert link_queries.content(link)
        visits = list(LinkVisit.select().where(LinkVisit.link == link))
        assert bool(visits) == bool(link.opened_at)
        assert (link.wrong >= DEAD_AT) == bool(link.dead_at)
    for version in ShareVersion.select():
        for one in version.content["people"]:
            assert set(one["fields"]) <= set(PERSON_FIELDS)
            assert Involved.get_by_id(one["id"]).school == "other"
    for ask in Ask.select(Ask, Action).join(Action):
        assert ask.action.outsider == ask.link.school
        assert ask.action.assignee_id is None
        # Theirs may hold names, so the plan has no title of it.
        assert bool(ask.action.title) != ask.own
        last = ask.link.revoked_at or ask.link.ends_at
        assert ask.answered_at is None or ask.link.opened_at <= ask.answered_at <= last
    assert not LinkMessage.select().join(SharedLink, on=LinkMessage.link).where(LinkMessage.at > MONDAY).exists()


def what_is_asked_and_told_names_nobody() -> None:
    """Product rule 6: but for whom the link names."""
    for version in ShareVersion.select(ShareVersion, SharedLink).join(SharedLink):
        said = {"summary": version.content["summary"]}
        said |= {
            str(ask.id): f"{ask.action.title}\n{ask.how}" for ask in link_queries.asks(version.link) if not ask.own
        }
        assert not [one for one in findings(version.link.incident, {"nl": said}) if one.finding.hard]


def test_the_rows_are_those_that_the_rules_would_leave(lively: list[Incident]) -> None:
    """One school for all of them: making it up takes longer than looking at it."""
    nothing_was_done_against_the_wish_of_a_victim()
    buddies_are_three_in_the_order_of_the_victim_and_nobody_who_spread_it()
    parents_are_linked_to_a_child_of_the_same_incident()
    what_was_held_lies_behind_and_what_is_planned_ahead()
    what_goes_out_was_approved_by_somebody_else()
    what_goes_out_leads_to_nobody()
    parents_of_classmates_heard_of_it_once_every_victim_in_that_class_wanted_that()
    every_kind_of_link_is_there()
    links_are_as_the_rules_would_leave_them()
    what_is_asked_and_told_names_nobody()


@pytest.mark.parametrize("function", ["coordinator", "mentor"])
def test_every_page_opens(filled: list[Incident], client: Callable[..., Browser], function: str) -> None:
    browser = client(function)
    member = Membership.select(Membership.incident).where(Membership.function == function)
    for incident in Incident.select().where(Incident.id.in_(member)):
        for part in ("", "/plan", "/log", "/people", "/team", "/sheet"):
            assert browser.get(f"/incidents/{incident.ref}{part}").status_code == 200, (incident.ref, part)
