"""What was done to a trail is found and named: as a rule, and in encrypted files by who has the key."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest
from click.testing import Result

from portal import create_app
from portal import db as database
from portal.audit import queries
from portal.audit.models import AuditEvent
from portal.audit.operations import record
from portal.audit.rules import START, Row, digest, verify
from portal.boot import create_school
from tests.conftest import MONDAY, settings_in

Rows = list[Row]
OTHER = {"action": "plan:action:drop", "detail": {"n": 99}}


def chain(length: int) -> Rows:
    return anew([(n, "", "", {"action": "plan:action:add", "detail": {"n": n}}) for n in range(1, length + 1)], 1)


def anew(rows: Rows, number: int) -> Rows:
    """All digests from the row at this place on are made again, as who has the key can do."""
    kept = rows[: number - 1]
    for one, _previous, _digest, said in rows[number - 1 :]:
        previous = kept[-1][2] if kept else START
        kept.append((one, previous, digest(previous, said), said))
    return kept


def numbered(*rows: Row) -> Rows:
    return [(number, *row[1:]) for number, row in enumerate(rows, 1)]


def new(previous: str, fits: bool = True) -> Row:
    return (0, previous, digest(previous, OTHER) if fits else "c" * 64, OTHER)


def put(number: int, **other: Any) -> Rows:
    """The whole trail with one row otherwise."""
    names = ("number", "previous", "digest", "said")
    values = dict(zip(names, WHOLE[number - 1], strict=True)) | other
    return [*WHOLE[: number - 1], tuple(values[name] for name in names), *WHOLE[number:]]


WHOLE = chain(9)
ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE = WHOLE
FORK = new(THREE[2])
FORGED_4 = {"said": OTHER, "digest": digest(THREE[2], OTHER)}
BACK = {"previous": "e" * 64, "digest": digest("e" * 64, FIVE[3])}
RING = (3, "9" * 64, digest("9" * 64, OTHER), OTHER)
# What was done -> what has to be found, each as kind and first row.
FOUND: dict[str, tuple[Rows, list[tuple[str, int]]]] = {
    "nothing": (WHOLE, []),
    "nothing was written yet": ([], []),
    "changed": (put(4, said=OTHER), [("changed", 4)]),
    "changed, the first": (put(1, said=OTHER), [("changed", 1)]),
    "changed, the last": (put(9, said=OTHER), [("changed", 9)]),
    "only the digest changed": (put(4, digest="f" * 64), [("changed", 4)]),
    "only the link changed": (put(4, previous="f" * 64), [("changed", 4)]),
    "changed with a made-up digest": (put(4, said=OTHER, digest="f" * 64), [("changed", 4)]),
    "changed with a fresh digest": (put(4, **FORGED_4), [("replaced", 4)]),
    "tied to nothing, with a fresh digest": (put(5, **BACK), [("replaced", 4), ("replaced", 5)]),
    "two changed": (
        [*put(4, said=OTHER)[:6], (7, SIX[2], SEVEN[2], OTHER), EIGHT, NINE],
        [("changed", 4), ("changed", 7)],
    ),
    "removed": ([*WHOLE[:3], *WHOLE[4:]], [("removed", 4)]),
    "removed, the first": (WHOLE[1:], [("removed", 1)]),
    "removed, several": ([ONE, *WHOLE[4:]], [("removed", 2)]),
    "removed at two places": ([ONE, *WHOLE[2:5], *WHOLE[6:]], [("removed", 2), ("removed", 6)]),
    "removed and numbered anew": (numbered(*WHOLE[:3], *WHOLE[4:]), [("replaced", 3)]),
    "the first removed and numbered anew": (numbered(*WHOLE[1:]), [("headless", 0)]),
    "removed, and the rest written anew": (anew([*WHOLE[:3], *WHOLE[4:]], 4), [("removed", 4)]),
    "changed and removed": ([*put(4, said=OTHER)[:6], EIGHT, NINE], [("changed", 4), ("removed", 7)]),
    "inserted": (numbered(*WHOLE[:3], FORK, *WHOLE[3:]), [("inserted", 4)]),
    "inserted at the beginning": (numbered(new(START), *WHOLE), [("inserted", 1)]),
    "inserted, two that follow each other": (numbered(*WHOLE[:3], FORK, new(FORK[2]), *WHOLE[3:]), [("inserted", 4)]),
    "inserted, tied to nothing": (numbered(*WHOLE[:3], new("a" * 64), *WHOLE[3:]), [("inserted", 4)]),
    "inserted, two tied to nothing": (
        numbered(*WHOLE[:3], new("a" * 64), new("b" * 64), *WHOLE[3:]),
        [("inserted", 4), ("inserted", 5)],
    ),
    "inserted with a made-up digest": (numbered(*WHOLE[:3], new("a" * 64, fits=False), *WHOLE[3:]), [("inserted", 4)]),
    "a copy put at the end": (numbered(*WHOLE, FOUR), [("inserted", 10)]),
    "put at the end, tied to nothing": (numbered(*WHOLE, new("a" * 64)), [("replaced", 9)]),
    "two changed places": (numbered(*WHOLE[:3], FIVE, FOUR, *WHOLE[5:]), [("moved", 4)]),
    "the first two changed places": (numbered(TWO, ONE, *WHOLE[2:]), [("moved", 1)]),
    "the last two changed places": (numbered(*WHOLE[:7], NINE, EIGHT), [("moved", 8)]),
    "moved to the end": ([ONE, *WHOLE[2:], (10, *TWO[1:])], [("moved", 3)]),
    "moved to the front": (numbered(*WHOLE[:2], EIGHT, *WHOLE[2:7], NINE), [("moved", 3)]),
    "moved, and another removed": ([ONE, THREE, FOUR, *WHOLE[5:], (10, *TWO[1:])], [("moved", 3), ("removed", 5)]),
    "a ring of made-up digests": (
        [(1, RING[2], digest(RING[2], OTHER), OTHER), (2, START, "9" * 64, OTHER), RING],
        [("headless", 0), ("changed", 2)],
    ),
}
# What shows only against a head that was kept elsewhere.
UNSEEN: dict[str, Rows] = {
    "the last one written anew": put(9, said=OTHER, digest=digest(EIGHT[2], OTHER)),
    "cut off at the end": WHOLE[:7],
    "changed, and the rest written anew": anew(put(4, said=OTHER), 4),
    "removed and numbered anew, and the rest written anew": anew(numbered(*WHOLE[:3], *WHOLE[4:]), 4),
    "all of it removed": [],
}


@pytest.mark.parametrize("how", FOUND)
def test_what_was_done_is_found_and_named(how: str) -> None:
    rows, wanted = FOUND[how]
    verdict = verify(lambda: iter(rows))
    assert [(one.kind, one.first) for one in verdict.findings] == wanted
    assert (verdict.rows, verdict.head) == (len(rows), rows[-1][2] if rows else START)
    for one in verdict.findings:
        assert "{" not in str(one)


@pytest.mark.parametrize("how", UNSEEN)
def test_what_was_written_anew_shows_against_a_kept_head(how: str) -> None:
    rows = UNSEEN[how]
    assert verify(lambda: iter(rows)).findings == []
    assert [one.kind for one in verify(lambda: iter(rows), NINE[2]).findings] == ["cut"]


@pytest.mark.parametrize("number", range(1, 10))
def test_a_kept_head_is_found_wherever_the_trail_went_on_from_it(number: int) -> None:
    assert verify(lambda: iter(WHOLE), WHOLE[number - 1][2]).findings == []


@pytest.mark.parametrize("number", range(1, 9))
def test_every_row_is_held(number: int) -> None:
    """Whichever row it is: changed, taken out, or with another one put behind it, that one is named."""
    kinds = {
        "changed": put(number, said=OTHER),
        "removed": [*WHOLE[: number - 1], *WHOLE[number:]],
        "inserted": numbered(*WHOLE[:number], new(WHOLE[number - 1][2]), *WHOLE[number:]),
    }
    for kind, rows in kinds.items():
        (found,) = verify(lambda rows=rows: iter(rows), NINE[2]).findings  # type: ignore[misc]
        assert (found.kind, found.first, found.last) == (kind, *[number + (kind == "inserted")] * 2)


def test_what_is_found_says_which_rows() -> None:
    said = {
        how: [str(one) for one in verify(lambda rows=rows: iter(rows)).findings] for how, (rows, _f) in FOUND.items()
    }  # type: ignore[misc]
    assert said["removed, several"] == ["rows 2 to 4 were removed: the row before is 1, the next one is 5"]
    assert said["removed, the first"] == ["row 1 was removed: the row before is none, the next one is 2"]
    assert said["inserted"] == ["row 4 was inserted: the trail goes on without what stands there"]


# --- on real files ---


Command = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[database.Location]:
    """A school of its own with a few dozen rows, open to whoever has the key and drops the triggers."""
    settings = settings_in(tmp_path)
    with database.boot_lock(settings):
        create_school(settings, "lyceum", "Het Lyceum", MONDAY)
    found = database.location(settings, "lyceum")
    write(found, 20)
    yield found
    database.forget_connections()


def write(place: database.Location, number: int) -> None:
    with database.school(place), database.db.atomic():
        for n in range(number):
            at = MONDAY + timedelta(minutes=n)
            record("plan:action:change", f"action:{n}", actor_id=n % 3 or None, now=at, person=n, names=["Zoë"])


@pytest.fixture
def command(tmp_path: Path, place: database.Location) -> Command:
    app = create_app(settings_in(tmp_path))
    return lambda *words: app.test_cli_runner().invoke(args=["audit", *words])


def spoil(place: database.Location, *statements: str, values: tuple[Any, ...] = ()) -> None:
    """As somebody who has the key: the triggers go first."""
    with database.school(place) as db:
        for verb in ("update", "delete"):
            db.execute_sql(f"DROP TRIGGER IF EXISTS audit_event_no_{verb}")
        for statement in statements:
            db.execute_sql(statement, values)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_event SET actor_id = 2 WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET actor_id = 'x' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET at = replace(at, ' ', 'T') WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET at = 'soon' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET action = 'plan:action:add' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET action = CAST(action AS BLOB) WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET subject = 'action:999' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET session_id = 3 WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET detail = '{' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET detail = detail || ' ' WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET detail = CAST(x'ff' AS TEXT) WHERE id = 7", "row 7 was changed"),
        ("UPDATE audit_event SET digest = 'x' WHERE id = 7", "row 7 was changed"),
        ("DELETE FROM audit_event WHERE id = 7", "row 7 was removed: the row before is 6, the next one is 8"),
        ("DELETE FROM audit_event WHERE id < 7", "rows 1 to 6 were removed: the row before is none"),
        ("UPDATE audit_event SET id = 100 WHERE id = 7", "row 8 stands before row 100, which it follows"),
    ],
)
def test_a_row_of_the_file_that_was_changed_is_named(
    place: database.Location, command: Command, statement: str, said: str
) -> None:
    assert command("verify").exit_code == 0
    spoil(place, statement)
    done = command("verify")
    lines = done.output.strip().splitlines()
    assert done.exit_code == 1
    assert lines[0].startswith(f"lyceum: {said}"), done.output
    assert lines[-1] == "Error: the trail does not hold: lyceum"
    assert len(lines) == 2


def forge(place: database.Location, number: int, *, rest: bool) -> None:
    """Somebody with the key makes a row say something else, with its digest, or those of all rows from there on."""
    with database.school(place) as db:
        db.execute_sql("DROP TRIGGER IF EXISTS audit_event_no_update")
        last = number + 1 if not rest else AuditEvent.select().count() + 1
        for one in range(number, last):
            event = AuditEvent.get_by_id(one)
            event.detail = {"person": 99} if one == number else event.detail
            event.previous = AuditEvent.get_by_id(one - 1).digest
            values = (
                AuditEvent.detail.db_value(event.detail),
                event.previous,
                digest(event.previous, queries.said(event)),
            )
            db.execute_sql("UPDATE audit_event SET detail = ?, previous = ?, digest = ? WHERE id = ?", (*values, one))


def test_one_forged_digest_shows_and_all_of_them_against_the_kept_head(
    place: database.Location, command: Command
) -> None:
    head = command("head").output.split("head ")[1].split(",")[0]
    forge(place, 7, rest=False)
    assert "row 7 was replaced, or rows behind it were removed: row 8 follows" in command("verify").output
    forge(place, 7, rest=True)
    assert command("verify").exit_code == 0
    done = command("verify", "--head", head)
    assert done.exit_code == 1
    assert "the kept head stands nowhere in this trail" in done.output


def test_an_older_copy_of_the_whole_file_shows_against_the_kept_head(
    place: database.Location, command: Command
) -> None:
    database.forget_connections()
    older = place.file.with_suffix(".older")
    shutil.copyfile(place.file, older)
    write(place, 3)
    head = command("head").output.split("head ")[1].split(",")[0]
    assert command("verify", "--head", f"{head[:32]} {head[32:].upper()}").exit_code == 0
    database.forget_connections()
    for ending in ("-wal", "-shm"):
        place.file.with_name(place.file.name + ending).unlink(missing_ok=True)
    older.replace(place.file)
    assert command("verify").exit_code == 0
    assert command("verify", "--head", head).exit_code == 1


def test_rows_cut_off_at_the_end_show_against_the_kept_head(place: database.Location, command: Command) -> None:
    rows, head = command("head").output.split(": ")[1].split(" rows, head ")
    spoil(place, "DELETE FROM audit_event WHERE id > 15")
    assert "lyceum: 15 rows hold, head " in command("verify").output
    assert int(rows) > 15
    assert "cut off" in command("verify", "--head", head.split(",")[0]).output


def test_a_row_that_was_put_in_is_named(place: database.Location, command: Command) -> None:
    with database.school(place) as db:
        event = AuditEvent.get_by_id(5)
        event.previous, event.actor_id, event.id = event.digest, 9, None
        event.digest = digest(event.previous, queries.said(event))
        db.execute_sql("DROP TRIGGER audit_event_no_update")
        # Numbers are not in the digests, so that there is room for it.
        for number in range(AuditEvent.select().count(), 5, -1):
            db.execute_sql("UPDATE audit_event SET id = id + 1 WHERE id = ?", (number,))
        AuditEvent.insert(**event.__data__ | {"id": 6}).execute()
    done = command("verify")
    assert done.exit_code == 1
    assert done.output.splitlines()[0] == "lyceum: row 6 was inserted: the trail goes on without what stands there"


def test_the_check_of_the_database_looks_with_the_same_eyes(place: database.Location, tmp_path: Path) -> None:
    check = create_app(settings_in(tmp_path)).test_cli_runner()
    assert check.invoke(args=["db", "check"]).exit_code == 0
    spoil(place, "DELETE FROM audit_event WHERE id = 7")
    done = check.invoke(args=["db", "check"])
    assert done.output.strip() == (
        "Error: trail of school lyceum: row 7 was removed: the row before is 6, the next one is 8"
    )


def test_the_command_refuses_what_is_no_head_and_more_than_one_school(
    place: database.Location, command: Command, tmp_path: Path
) -> None:
    done = command("verify", "--head", "12ab")
    assert (done.exit_code, len(done.output.strip().splitlines())) == (1, 1)
    assert "64 digits" in done.output
    with database.boot_lock(settings_in(tmp_path)):
        create_school(settings_in(tmp_path), "college", "Het College", MONDAY)
    assert [line.split(":")[0] for line in command("verify").output.splitlines()] == ["college", "lyceum"]
    assert [line.split(":")[0] for line in command("head").output.splitlines()] == ["college", "lyceum"]
    assert "--school SLUG" in command("verify", "--head", START).output
    assert command("verify", "--head", START, "--school", "lyceum").exit_code == 0
    spoil(place, "UPDATE audit_event SET actor_id = 9 WHERE id = 7")
    done = command("verify")
    assert done.exit_code == 1
    assert "college: " in done.output


# Everything that SQL offers to change or remove a row; a new row is the only thing that goes in.
WAYS = [
    "UPDATE audit_event SET actor_id = 9",
    "UPDATE audit_event SET id = id + 100",
    "UPDATE OR REPLACE audit_event SET id = 1 WHERE id = 2",
    "UPDATE OR IGNORE audit_event SET digest = 'x'",
    "UPDATE audit_event SET detail = '{}' FROM school WHERE 1",
    "UPDATE audit_event SET actor_id = 9 RETURNING id",
    "DELETE FROM audit_event",
    "DELETE FROM audit_event WHERE id = 2 RETURNING id",
    "DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event LIMIT 1)",
    "REPLACE INTO audit_event SELECT * FROM audit_event",
    "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE id = 2",
    "INSERT OR REPLACE INTO audit_event (at, action, subject, detail, previous, digest) "
    "SELECT at, 'x', subject, detail, previous, digest FROM audit_event WHERE id = 2",
    "INSERT INTO audit_event SELECT * FROM audit_event WHERE id = 2 ON CONFLICT (id) DO UPDATE SET actor_id = 9",
    "INSERT INTO audit_event SELECT * FROM audit_event WHERE id = 2 ON CONFLICT DO UPDATE SET detail = '{}'",
    "WITH one AS (SELECT 2 AS id) DELETE FROM audit_event WHERE id IN (SELECT id FROM one)",
]


@pytest.mark.parametrize("statement", WAYS)
def test_rule_10_no_statement_changes_a_row(place: database.Location, statement: str) -> None:
    with database.school(place) as db:
        rows = db.execute_sql("SELECT * FROM audit_event ORDER BY id").fetchall()
        with pytest.raises(peewee.IntegrityError, match="append-only"):
            db.execute_sql(statement).fetchall()
        assert db.execute_sql("SELECT * FROM audit_event ORDER BY id").fetchall() == rows


def test_switching_the_protection_off_takes_the_key_and_shows_afterwards(
    place: database.Location, command: Command
) -> None:
    """Not prevented: whoever has the key and reaches the file can drop the triggers. What follows is found."""
    with database.school(place) as db:
        # A pragma of the connection opens a way around the triggers too: REPLACE removes without asking them.
        db.execute_sql("PRAGMA recursive_triggers = 0")
        db.execute_sql(
            "REPLACE INTO audit_event SELECT id, at, 9, action, subject, detail, previous, digest, session_id "
            "FROM audit_event WHERE id = 7"
        )
    database.forget_connections()
    assert "row 7 was changed" in command("verify").output
    spoil(place, "DROP TABLE audit_event")
    assert command("verify").exit_code == 1
