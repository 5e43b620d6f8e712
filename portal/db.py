"""One encrypted database per school, and which of them a request or command means.

`db` is the only database object; its connection opens the file that the context variable names.
Everything that is particular to SQLite stands in this file.
"""

import contextlib
import errno
import fcntl
import json
import logging
import os
import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import peewee
from playhouse.migrations import Runner
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from portal.config import ROOT, Settings
from portal.writers import WritersLock, write_whole

logger = logging.getLogger("rustpunt")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
PRAGMAS = (
    ("busy_timeout", 5000),
    ("journal_mode", "wal"),
    # FULL, because a note that was acknowledged must survive a power cut.
    ("synchronous", "full"),
    ("foreign_keys", 1),
    # Without it REPLACE removes a row past the triggers of the append-only tables.
    ("recursive_triggers", 1),
    # Each worker fills it; half of this costs a third more time with thousands of incidents, twice this saves nothing.
    ("cache_size", -8000),
    # Sorting may spill; a temporary file on disk would not be encrypted.
    ("temp_store", "memory"),
)


class Unready(Exception):
    """The school's database cannot be used; the text says which of file, key or migration it is."""


@dataclass(frozen=True)
class Location:
    """Where one school's data and key lie."""

    slug: str
    data: Path
    keys: Path

    @cached_property
    def file(self) -> Path:
        return self.data / f"{self.slug}.db"

    @cached_property
    def published(self) -> Path:
        """The folder of what everybody can read, which is not encrypted."""
        return self.data / "published" / self.slug

    @cached_property
    def key_file(self) -> Path:
        return self.keys / f"{self.slug}.key"

    def key(self) -> str:
        """The raw key, 64 hexadecimal digits. Raises `Unready`."""
        try:
            key = self.key_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise Unready(f"key of school {self.slug}: missing or unreadable") from None
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise Unready(f"key of school {self.slug}: must be 64 hexadecimal digits")
        return key


@cache
def location(settings: Settings, slug: str) -> Location:
    """The place of a school. Raises `ValueError` for a slug that is no plain name."""
    if not SLUG.fullmatch(slug):
        raise ValueError("a school's short name has small letters, digits and dashes only")
    return Location(slug, settings.data, settings.keys)


def schools(settings: Settings) -> list[str]:
    """Slugs of the schools that have a key; where no key is left, of those that have data.

    A key without its file is a lost database, not no school; a stray copy of a file is no school.
    """
    try:
        changed = os.stat(settings.keys).st_mtime_ns
    except OSError:
        return _with_data(settings)
    return list(_with_key(settings.keys, changed)) or _with_data(settings)


@lru_cache(8)
def _with_key(keys: Path, changed: int) -> tuple[str, ...]:
    """Looked up when the folder has changed; every request asks."""
    return tuple(_slugs(keys.glob("*.key")))


def all_traces(settings: Settings) -> list[str]:
    """Slugs of everything that has a key or data: what a check has to look at."""
    return sorted({*schools(settings), *_with_data(settings)})


def _with_data(settings: Settings) -> list[str]:
    return _slugs(path for path in settings.data.glob("*.db") if path.stat().st_size)


def _slugs(paths: Iterable[Path]) -> list[str]:
    return sorted(path.stem for path in paths if SLUG.fullmatch(path.stem))


_current: ContextVar[Location | None] = ContextVar("school", default=None)
_kept = threading.local()


class Connection(sqlcipher.Connection):  # type: ignore[misc]
    """Knows which readings of this hour it wrote; a file that is put in its place is opened anew and knows none."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.readings: set[tuple[Any, ...]] = set()


class SchoolDatabase(SqlCipherDatabase):  # type: ignore[misc]
    """Opens the current school's file and keeps one connection per thread and school."""

    def _connect(self) -> Any:
        place = _current.get()
        if place is None:
            raise Unready("no school chosen")
        try:
            inode = os.stat(place.file).st_ino
        except OSError:
            raise Unready(f"database of school {place.slug}: file is missing") from None
        try:
            changed = os.stat(place.key_file).st_mtime_ns
        except OSError:
            raise Unready(f"key of school {place.slug}: missing or unreadable") from None
        # A file or key that was replaced is opened anew: what is lost must show, whoever still has it open.
        known = (place.file, inode, changed)
        kept: dict[tuple[Path, int, int], Any] = _kept.__dict__.setdefault("connections", {})
        if known not in kept:
            kept[known] = self._open(place)
        return kept[known]

    def _open(self, place: Location) -> Any:
        conn = sqlcipher.connect(str(place.file), isolation_level=None, factory=Connection)
        try:
            # A wrong key is told once, by us.
            conn.execute("PRAGMA cipher_log_level = NONE")
            conn.execute(f"PRAGMA key = \"x'{place.key()}'\"")
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._add_conn_hooks(conn)
        except sqlcipher.DatabaseError as error:
            conn.close()
            if "not a database" in str(error):
                raise Unready(f"key of school {place.slug}: does not open its database") from None
            raise
        except BaseException:
            conn.close()
            raise
        return conn

    def _close(self, conn: Any) -> None:
        """Keep it: opening costs more than the whole request."""

    def begin(self, lock_type: str | None = None) -> None:
        lock = _writers_lock()
        lock.take()
        try:
            super().begin(lock_type)
        except BaseException:
            lock.leave()
            raise

    def commit(self) -> None:
        super().commit()
        _writers_lock().leave()

    def rollback(self) -> None:
        """Undo; SQLite itself did so when the disk was full, and asking again would hide that reason."""
        try:
            if self.connection().in_transaction:
                super().rollback()
        finally:
            _writers_lock().leave()


def _writers_lock() -> WritersLock:
    """This thread's handle of the current school's."""
    place = current()
    locks: dict[Path, WritersLock] = _kept.__dict__.setdefault("locks", {})
    if place.file not in locks:
        locks[place.file] = WritersLock(place.file)
    return locks[place.file]


db = SchoolDatabase("school", pragmas=PRAGMAS, lock_type="IMMEDIATE", autoconnect=False)


def is_full(error: Exception) -> bool:
    """Whether it went wrong because the disk has no room left."""
    said = str(error)
    return isinstance(error, peewee.OperationalError) and ("full" in said or os.strerror(errno.ENOSPC) in said)


@contextlib.contextmanager
def unless_full(what: str) -> Iterator[None]:
    """For what is written while something is read: when the disk is full, reading goes on.

    `what` then stands in the log instead, so it holds ids and no names. Never for what somebody entered.
    """
    try:
        yield
    except peewee.OperationalError as error:
        if not is_full(error):
            raise
        logger.error("disk full, not written: %s", what)


def forget_connections() -> None:
    """Really close this thread's kept connections (before a file is replaced or a process forks)."""
    _kept.__dict__.pop("locks", None)
    for conn in _kept.__dict__.pop("connections", {}).values():
        conn.close()
    _checked.clear()


@contextlib.contextmanager
def school(place: Location) -> Iterator[SchoolDatabase]:
    """Work in one school's database. Raises `Unready`."""
    token = _current.set(place)
    try:
        with db.connection_context():
            yield db
    finally:
        _current.reset(token)


def choose(place: Location) -> Any:
    """Set the current school without connecting; give the result to `unchoose`."""
    return _current.set(place)


def unchoose(token: Any) -> None:
    _current.reset(token)


def current() -> Location:
    """The current school's place."""
    place = _current.get()
    assert place is not None
    return place


def slug_or_none() -> str | None:
    """The short name of the current school, if there is one."""
    place = _current.get()
    return place.slug if place else None


def current_file() -> str:
    """The path of the current school's file: what caches per school are keyed by."""
    return str(current().file)


def runner() -> Runner:
    return Runner(db, directory=str(ROOT / "migrations"))


def pending() -> list[str]:
    """Names of migrations that the current database still lacks."""
    return [m.name for m in runner().status() if m.applied is None]


_checked: set[tuple[str, int]] = set()


def check_migrated() -> None:
    """Raise `Unready` while a migration is missing; asked once per file and process when all is well."""
    file = current_file()
    known = (file, os.stat(file).st_ino)
    if known in _checked:
        return
    missing = pending()
    if missing:
        raise Unready(f"database of school {Path(file).stem}: migration {missing[0]} is missing")
    _checked.add(known)


@contextlib.contextmanager
def boot_lock(settings: Settings) -> Iterator[None]:
    """One process at a time makes keys and databases, however many start at once."""
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(settings.keys / ".lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_secret(path: Path, value: str) -> None:
    """Write a key as `write_whole` does."""
    write_whole(path, value.encode("ascii"))


def create(place: Location) -> None:
    """Make a school's key and empty encrypted file. Raises `FileExistsError` when one is there."""
    if place.key_file.exists() or (place.file.exists() and place.file.stat().st_size):
        raise FileExistsError(f"school {place.slug} exists already")
    # The key comes last: with it the school counts as made, and a missing file as lost.
    place.file.touch(mode=0o600)
    write_secret(place.key_file, secrets.token_hex(32))


def upgrade() -> list[str]:
    """Apply what is missing to the current database; gives the names that were applied."""
    applied: list[str] = runner().up()
    return applied


def stored(moment: datetime) -> datetime:
    """A moment as it is kept: naive UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def moment_of(value: Any) -> datetime:
    """The aware moment that a `UtcField` holds, as the database gives it in a row without a model."""
    return datetime.fromisoformat(value + "+00:00") if isinstance(value, str) else value.replace(tzinfo=UTC)


class UtcField(peewee.DateTimeField):  # type: ignore[misc]
    """An aware moment, stored as naive UTC so that every database sorts it alike."""

    def db_value(self, value: datetime | None) -> Any:
        if value is None:
            return None
        return super().db_value(stored(value))

    def python_value(self, value: Any) -> datetime | None:
        return None if value is None else moment_of(value)


class JsonField(peewee.TextField):  # type: ignore[misc]
    """A small document kept as text: never searched in, so plain text serves every database."""

    def db_value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def python_value(self, value: Any) -> Any:
        return None if value is None else json.loads(value)


class ListField(peewee.TextField):  # type: ignore[misc]
    """Short words without commas, kept in order: classes, channels."""

    def db_value(self, value: Any) -> str:
        return ",".join(value or ())

    def python_value(self, value: Any) -> list[str]:
        return value.split(",") if value else []


class Model(peewee.Model):  # type: ignore[misc]
    class Meta:
        database = db
        legacy_table_names = False

    def save(self, force_insert: bool = False, only: Any = None) -> int:
        """A new row by SQL that is made once per table: a report makes fifty, and peewee thinks longer than SQLite."""
        values = self.__data__
        if only is not None or not (force_insert or values.get("id") is None):
            return super().save(force_insert=force_insert, only=only)  # type: ignore[no-any-return]
        model: Any = type(self)
        sql, fields = _insert_into(model)
        cursor = db.execute_sql(sql, [field.db_value(values.get(field.name)) for field in fields])
        values["id"] = cursor.lastrowid
        self._dirty.clear()
        return 1


@cache
def _insert_into(model: Any) -> tuple[str, list[Any]]:
    fields = model._meta.sorted_fields
    names = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join("?" * len(fields))
    return f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES ({marks})', fields  # noqa: S608
