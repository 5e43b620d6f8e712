"""Made-up incidents: what they look like, that they hold together, and that the seed decides on them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import peewee as pw
import pytest
from flask import Flask

from portal import db as database
from portal.accounts.models import Person
from portal.actions.models import Action, Wish
from portal.audit.queries import links
from portal.audit.rules import verify
from portal.demo.fill import fill
from portal.incidents.models import Entry, Incident, Membership, Report, Unrest
from portal.models import MODELS
from tests.conftest import MONDAY, Browser
from tests.test_cli import made

__all__ = ["made"]  # fixture: an installation and its commands
NUMBER = 12


@pytest.fixture
def filled(school: Any, cast: dict[str, Person]) -> list[Incident]:
    assert list(fill(NUMBER, 7, MONDAY)) == [NUMBER]
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
        assert 30 <= entries.count() <= 85
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


@pytest.mark.parametrize("function", ["coordinator", "mentor"])
def test_every_page_opens(filled: list[Incident], client: Callable[..., Browser], function: str) -> None:
    browser = client(function)
    member = Membership.select(Membership.incident).where(Membership.function == function)
    for incident in Incident.select().where(Incident.id.in_(member)):
        for part in ("", "/plan", "/log", "/people", "/team"):
            assert browser.get(f"/incidents/{incident.ref}{part}").status_code == 200, (incident.ref, part)
