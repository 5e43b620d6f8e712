"""The tables that migrations make are the tables that the models declare."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal import db as database
from portal.models import MODELS
from tests.conftest import settings_in


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Any]:
    """Makes empty encrypted databases, by name."""

    def make(name: str) -> database.Location:
        place = database.location(settings_in(tmp_path), name)
        place.data.mkdir(exist_ok=True)
        place.keys.mkdir(exist_ok=True)
        database.create(place)
        return place

    yield make
    database.forget_connections()


def described(db: database.SchoolDatabase) -> dict[str, Any]:
    """Columns, foreign keys and indexes of every table but the list of migrations and the words to search in."""
    tables = [t for t in db.get_tables() if t != "schema_migration" and not t.startswith("entry_words")]
    return {
        table: {
            "columns": sorted(row[1:] for row in db.execute_sql(f"PRAGMA table_info({table})").fetchall()),
            "keys": sorted(row[2:] for row in db.execute_sql(f"PRAGMA foreign_key_list({table})").fetchall()),
            "indexes": sorted((i.name, tuple(i.columns), i.unique) for i in db.get_indexes(table)),
        }
        for table in tables
    }


def test_the_migrated_schema_is_the_declared_one(empty: Any) -> None:
    with database.school(empty("migrated")) as db:
        database.upgrade()
        migrated = described(db)
    with database.school(empty("declared")) as db:
        db.create_tables(MODELS)
        declared = described(db)
    assert migrated.keys() == declared.keys()
    for table, said in declared.items():
        assert migrated[table] == said, table


def test_models_stand_behind_those_they_point_at() -> None:
    for number, model in enumerate(MODELS):
        pointed_at = {field.rel_model for field in model._meta.refs} - {model}
        assert pointed_at <= set(MODELS[:number]), model.__name__


def test_the_database_protects_what_is_only_added_to(empty: Any) -> None:
    with database.school(empty("migrated")) as db:
        database.upgrade()
        rows = db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    kept = ("audit_event", "entry", "note", "protocol_version")
    protecting = {f"{table}_no_{verb}" for table in kept for verb in ("update", "delete")}
    assert {name for (name,) in rows} == protecting | {"entry_words_insert"}
