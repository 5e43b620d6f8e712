"""The trail and the logbook: only ever added to, chained, and unreadable without the key."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest

from portal import db as database
from portal.audit import queries
from portal.audit.models import AuditEvent
from portal.audit.operations import record, record_read
from portal.audit.rules import verify
from portal.boot import create_school
from portal.incidents.operations import write_entry
from tests.conftest import MONDAY, settings_in


def test_what_operations_write_is_one_unbroken_chain(incident: Callable[..., Any], team: Callable[..., Any]) -> None:
    case = incident(flags={"coercion": "yes"}, keep_out=("care",))
    team(case, "mentor")
    assert AuditEvent.select().count() > 10
    assert verify(queries.links).findings == []
    assert queries.head() == list(queries.links())[-1][2]


def test_many_writers_at_once_make_one_chain(school: database.Location, clock: Any) -> None:
    before, ready = AuditEvent.select().count(), threading.Barrier(4)

    def write(worker: int) -> None:
        with database.school(school):
            ready.wait()
            for number in range(10):
                with database.db.atomic():
                    record("plan:action:change", f"action:{number}", actor_id=worker, now=clock.now())
        database.forget_connections()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEvent.select().count() == before + 40
    assert verify(queries.links).findings == []


@pytest.mark.parametrize("table", ["audit_event", "entry", "protocol_version"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE id = 1",
        "REPLACE INTO {table} SELECT * FROM {table}",
    ],
)
def test_rule_10_the_database_itself_refuses(incident: Callable[..., Any], table: str, statement: str) -> None:
    incident()
    rows = database.db.execute_sql(f"SELECT * FROM {table} ORDER BY id").fetchall()
    assert rows
    with pytest.raises(peewee.IntegrityError, match="append-only"):
        database.db.execute_sql(statement.format(table=table))
    assert database.db.execute_sql(f"SELECT * FROM {table} ORDER BY id").fetchall() == rows


def test_rule_11_a_reading_is_recorded_once_per_reader_subject_and_hour(school: object, clock: Any) -> None:
    def read(reader: int = 1, subject: str = "involved:1", action: str = "incident:person:read") -> None:
        record_read(action, subject, reader_id=reader, now=clock.now())

    def readings() -> int:
        return int(AuditEvent.select().where(AuditEvent.action.endswith(":read")).count())

    counts = []
    for step in (
        read,
        read,
        lambda: read(reader=2),
        lambda: read(subject="involved:2"),
        lambda: read(action="incident:log:read"),
        lambda: (clock.advance(minutes=59, seconds=59), read()),
        lambda: (clock.advance(seconds=1), read()),
    ):
        step()
        counts.append(readings())
    assert counts == [1, 1, 2, 3, 4, 4, 5]
    assert verify(queries.links).findings == []


def names_and_story(case: Any, actor: Any, now: Any) -> None:
    values = {"kind": "talk", "text": "Zij vertelde het aan Wilhelmina.", "present": "Wilhelmina"}
    write_entry(case, values, actor=actor, now=now)


def test_the_files_hold_no_readable_word(
    incident: Callable[..., Any], cast: dict[str, Any], school: database.Location, clock: Any
) -> None:
    case = incident(story="In de pauze hoorde ik Rumoerig.", people=[{"part": "victim", "name": "Wilhelmina V."}])
    names_and_story(case, cast["coordinator"], clock.now())
    files = list(school.data.glob(f"{school.slug}.db*"))
    assert {path.suffix for path in files} >= {".db", ".db-wal"}
    stored = b"".join(path.read_bytes() for path in files)
    assert len(stored) > 100_000
    for word in ("Wilhelmina", "Rumoerig", "baken.example", "de Wit", case.ref, "CREATE TABLE", "SQLite format"):
        assert word.encode() not in stored
        assert word.encode("utf-16-le") not in stored


@pytest.fixture
def place(tmp_path: Path) -> database.Location:
    """A school of its own, which a test may ruin."""
    settings = settings_in(tmp_path)
    with database.boot_lock(settings):
        create_school(settings, "lyceum", "Het Lyceum", MONDAY)
    database.forget_connections()
    return database.location(settings, "lyceum")


def test_keys_and_files_are_for_their_owner_only(place: database.Location) -> None:
    assert place.key_file.stat().st_mode & 0o777 == 0o600
    assert place.file.stat().st_mode & 0o777 == 0o600
    assert place.keys.stat().st_mode & 0o777 == place.data.stat().st_mode & 0o777 == 0o700
    assert place.data != place.keys


@pytest.mark.parametrize(
    ("ruin", "trouble"),
    [
        pytest.param(lambda p: p.key_file.write_text("0" * 64), "does not open", id="wrong key"),
        pytest.param(lambda p: p.key_file.write_text("secret"), "64 hexadecimal", id="no key"),
        pytest.param(lambda p: p.key_file.write_bytes(b"\xff" * 64), "unreadable", id="not even text"),
        pytest.param(lambda p: p.key_file.unlink(), "missing", id="key lost"),
        pytest.param(lambda p: p.file.unlink(), "file is missing", id="file lost"),
        pytest.param(lambda p: p.file.write_bytes(b"x" * 8192), "does not open", id="file overwritten"),
    ],
)
def test_a_lost_key_or_file_is_said_in_one_line(place: database.Location, ruin: Any, trouble: str) -> None:
    ruin(place)
    with pytest.raises(database.Unready, match=trouble) as said, database.school(place):
        AuditEvent.select().count()
    assert "lyceum" in str(said.value)
    assert "\n" not in str(said.value)
    database.forget_connections()


def test_a_missing_migration_is_said(place: database.Location) -> None:
    empty = database.Location("other", place.data, place.keys)
    database.create(empty)
    with database.school(empty), pytest.raises(database.Unready, match="migration 0001_initial is missing"):
        database.check_migrated()
    database.forget_connections()


def test_a_file_that_was_put_back_is_opened_anew(place: database.Location) -> None:
    copy = place.file.read_bytes()
    with database.school(place):
        before = AuditEvent.select().count()
        with database.db.atomic():
            record("plan:action:add", "action:1", actor_id=1, now=MONDAY + timedelta(hours=1))
    for ending in ("-wal", "-shm"):
        place.file.with_name(f"{place.file.name}{ending}").unlink(missing_ok=True)
    restored = place.file.with_suffix(".restored")
    restored.write_bytes(copy)
    restored.replace(place.file)
    with database.school(place):
        assert AuditEvent.select().count() == before
    database.forget_connections()
