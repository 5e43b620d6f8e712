"""Queries of the pages that are asked most: put into SQL once, answered in plain rows.

Peewee takes longer to make the SQL, and models of the rows, than SQLite for the answer.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import peewee

from portal.db import db
from portal.errors import N_, ChangedMeanwhile

_HERE = object()


def given() -> Any:
    """The place of a value in a prepared query."""
    return peewee.SQL("?", (_HERE,))


class Prepared:
    """Called with the values of its `given()` places, in order, it gives plain rows."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self.build = build
        self.sql = ""
        self.values: tuple[Any, ...] = ()

    def __call__(self, *given: Any) -> list[tuple[Any, ...]]:
        if not self.sql:
            self.sql, self.values = self.build().sql()
        values = iter(given)
        asked = [next(values) if value is _HERE else value for value in self.values]
        rows: list[tuple[Any, ...]] = db.execute_sql(self.sql, asked).fetchall()
        return rows


def update(model: Any, values: dict[str, Any], **where: Any) -> int:
    """Change the columns of rows where other columns are as given; gives how many rows. SQL is made once per shape."""
    sql, fields = _update(model, tuple(values), tuple(where))
    asked = [field.db_value(value) for field, value in zip(fields, (*values.values(), *where.values()), strict=True)]
    return int(db.execute_sql(sql, asked).rowcount)


def claim(row: Any, version: int, change: dict[str, Any]) -> None:
    """Store a change of a row that is still as it was read, at this version. Raises `ChangedMeanwhile`."""
    change = {**change, "version": version + 1}
    if not update(type(row), change, id=row.id, version=version):
        raise ChangedMeanwhile(
            N_("Somebody else changed this meanwhile."), N_("Look at what it says now, then save yours again.")
        )
    for name, value in change.items():
        setattr(row, name, value)


@cache
def _update(model: Any, names: tuple[str, ...], where: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [model._meta.combined[name] for name in (*names, *where)]
    marks = [f'"{field.column_name}" = ?' for field in fields]
    change, condition = ", ".join(marks[: len(names)]), " AND ".join(marks[len(names) :])
    return f'UPDATE "{model._meta.table_name}" SET {change} WHERE {condition}', fields  # noqa: S608


@cache
def _readers(model: Any) -> list[tuple[str, Any]]:
    """The columns of a table; those that are kept in another form with what reads them."""
    kept_as_is = (peewee.AutoField, peewee.IntegerField, peewee.CharField, peewee.TextField, peewee.ForeignKeyField)
    return [
        (field.name, None if type(field) in kept_as_is else field.python_value) for field in model._meta.sorted_fields
    ]


def columns_of(*models: Any) -> list[Any]:
    """All columns of these tables, to be read with `rows_of`."""
    return [field for model in models for field in _columns(model)]


def _columns(model: Any) -> list[Any]:
    return [getattr(model, field.name) for field in model._meta.sorted_fields]


def rows_of(row: Sequence[Any], *models: Any) -> list[Any]:
    """The models in a plain row that begins with `columns_of` them; None for one that was joined and is not there."""
    found, at = [], 0
    for model in models:
        end = at + len(model._meta.sorted_fields)
        found.append(None if row[at] is None else loaded(model, row[at:end]))
        at = end
    return found


def loaded(model: Any, row: Iterable[Any]) -> Any:
    """A model out of a plain row of all its columns, in their order."""
    one = model(__no_default__=True)
    values = one.__data__
    for (name, read), value in zip(_readers(model), row, strict=False):
        values[name] = value if read is None else read(value)
    return one
