"""A school that was founded with the first tables goes on with the newest: nothing is lost or rewritten."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playhouse.migrations import Runner

from portal import db as database
from portal.audit.operations import acting_in, record
from portal.audit.queries import links
from portal.audit.rules import START, digest, verify
from portal.config import ROOT
from tests.conftest import settings_in

INCIDENT = (
    "INSERT INTO incident (id, ref, state, protocol_id, created_at, reported_at, kind, origin, channels, spread, "
    "classes, unrest, version) VALUES (1, '2026-001', 'open', 1, '2026-11-23 09:00:00', '2026-11-23 09:00:00', '', '', "
    "'', 'class', '', 2, 1)"
)
ENTRY = (
    "INSERT INTO entry (incident_id, at, written_at, kind, event, params, text, present) VALUES "
    "(1, '2026-11-23 09:00:00', '2026-11-23 09:00:00', 'talk', '', '{}', 'Gesproken met Zoë.', '')"
)
ACTION = (
    "INSERT INTO action (incident_id, step, flag, title, phase, position, gate, function, outsider, place, how, state, "
    "outcome, overridden, dropped, touched, changed_at, version) VALUES (1, 'victim-support', '', '', 'analyse', 110, "
    "'', 'counselor', '', '', '', 'todo', '', 0, 0, 0, '2026-11-23 09:00:00', 1)"
)
PROTOCOL = "INSERT INTO protocol_version (id, number, document, loaded_at) VALUES (1, 1, '{}', '2026-11-23 09:00:00')"


@contextmanager
def old_school(tmp_path: Path, *names: str) -> Iterator[Any]:
    """The database of a school with these migrations only."""
    place = database.location(settings_in(tmp_path), "old")
    place.data.mkdir()
    place.keys.mkdir()
    database.create(place)
    first = tmp_path / "migrations"
    first.mkdir()
    for name in names:
        shutil.copy(ROOT / "migrations" / f"{name}.py", first)
    with database.school(place) as db:
        Runner(db, directory=str(first)).up()
        yield db
    database.forget_connections()


def test_what_was_written_before_is_found_after(tmp_path: Path) -> None:
    with old_school(tmp_path, "0001_initial") as db:
        for statement in (PROTOCOL, INCIDENT, ENTRY, ACTION):
            db.execute_sql(statement)
        database.upgrade()
        # The code of before still writes, and what it writes is found too.
        db.execute_sql(ENTRY.replace("Zoë", "Chloé"))
        found = db.execute_sql("SELECT rowid FROM entry_words WHERE entry_words MATCH 'zoe OR chloe' ORDER BY rowid")
        assert found.fetchall() == [(1,), (2,)]
        assert db.execute_sql("SELECT value, at FROM unrest").fetchall() == [(2, "2026-11-23 09:00:00")]
        assert db.execute_sql("SELECT contact, told FROM action").fetchall() == [("victim", 0)]


SECOND = ("0001_initial", "0002_whole_picture")
SESSION = "id, token_hash, person_id, created_at, ends_at"
LINE = "id, at, actor_id, action, subject, detail, previous, digest"
EVENT = (
    "INSERT INTO audit_event (id, at, actor_id, action, subject, detail, previous, digest) VALUES "
    "(1, '2026-11-23 09:00:00', 1, 'account:sign-in:start', 'person:1', '{}', ?, ?)"
)


def test_the_trail_of_before_sessions_still_holds(tmp_path: Path) -> None:
    """An event without a session has the digest that it always had; events of now follow it."""
    said = {"at": "2026-11-23T09:00:00+00:00", "actor": 1, "action": "account:sign-in:start", "subject": "person:1"}
    with old_school(tmp_path, *SECOND) as db:
        db.execute_sql(EVENT, (START, digest(START, {**said, "detail": {}})))
        database.upgrade()
        token = acting_in.set(7)
        record("account:sign-in:end", "person:1", actor_id=1, now=datetime(2026, 11, 23, 10, tzinfo=UTC))
        acting_in.reset(token)
        assert verify(links).findings == []
        assert db.execute_sql("SELECT session_id FROM audit_event ORDER BY id").fetchall() == [(None,), (7,)]
        # The session is covered by the chain too.
        db.execute_sql("DROP TRIGGER audit_event_no_update")
        db.execute_sql("UPDATE audit_event SET session_id = 8 WHERE id = 2")
        assert [str(one) for one in verify(links).findings] == [
            "row 2 was changed: what is written there does not fit the digest"
        ]


PERSON = (
    "INSERT INTO person (id, email, name, phone, functions, classes, language, password, must_change_password, "
    "version) VALUES (1, 'a@school.example', 'A.', '', '[]', '[]', 'nl', 'x', 0, 1)"
)


def test_no_session_and_no_line_of_the_trail_is_lost(tmp_path: Path) -> None:
    """The table of sessions is made anew: each row stays as it was, under its number."""
    with old_school(tmp_path, *SECOND) as db:
        db.execute_sql(PERSON)
        for number in (1, 2, 7, 300):
            row = (number, f"{number:064}", 1, f"2026-11-23 0{number % 9}:00:00", "2026-11-23 21:00:00")
            db.execute_sql(f"INSERT INTO sign_in ({SESSION}) VALUES (?, ?, ?, ?, ?)", row)
        previous = START
        for number in range(1, 51):
            said = {"at": "2026-11-23T09:00:00+00:00", "actor": 1, "action": "incident:log:read"}
            said |= {"subject": f"incident:{number}", "detail": {"n": number, "who": "Zoë"}}
            detail = json.dumps(said["detail"], ensure_ascii=False, separators=(",", ":"))
            row = (number, "2026-11-23 09:00:00", 1, said["action"], said["subject"], detail, previous)
            previous = digest(previous, said)
            db.execute_sql(f"INSERT INTO audit_event ({LINE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, previous))
        asked = f"SELECT {SESSION} FROM sign_in ORDER BY id", f"SELECT {LINE} FROM audit_event ORDER BY id"
        before = [db.execute_sql(one).fetchall() for one in asked]
        database.upgrade()
        assert [db.execute_sql(one).fetchall() for one in asked] == before
        assert verify(links, previous) == (50, previous, [])
        # A number that a session had is given to no other.
        db.execute_sql("DELETE FROM sign_in")
        new = f"INSERT INTO sign_in ({SESSION}) VALUES (NULL, 'new', 1, '2026-11-23 09:00:00', '2026-11-23 21:00:00')"
        db.execute_sql(new)
        assert db.execute_sql("SELECT id FROM sign_in").fetchall() == [(301,)]
        assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []
