"""How many statements a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portal.db import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """`with counted() as statements:` gathers the SQL of everything that is asked in it."""
    statements: list[str] = []
    ask = db.execute_sql

    def listening(sql: str, *args: Any, **kw: Any) -> Any:
        statements.append(sql)
        return ask(sql, *args, **kw)

    db.execute_sql = listening
    try:
        yield statements
    finally:
        del db.execute_sql
