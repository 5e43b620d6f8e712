"""What is measured in this process: statements per page, what to look at, and what encryption costs."""

import contextlib
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlcipher3 import dbapi2 as sqlcipher

from portal import create_app
from portal import db as database
from portal.accounts.queries import by_email
from portal.actions.models import Action
from portal.communication.documents.rules import path_of
from portal.config import Settings
from portal.demo import DEMO_SLUG
from portal.incidents.models import Incident, Membership
from portal.incidents.operations import write_entry
from tests.communication.publishing import TEXTS, published
from tests.statements import counted

FORTY = 35  # actions of the incident that is looked at: what an ordinary case has

LONG = {language: {part: f"{text} " * 4 for part, text in said.items()} for language, said in TEXTS.items()}


class Inside:
    """The application in this process, on the same file as the server."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.app: Flask = create_app(Settings.from_environ({**os.environ, **environ}))
        self.place = database.location(self.app.extensions["settings"], DEMO_SLUG)

    def ordinary_incident(self) -> str:
        """An open incident with about 35 actions."""
        with database.school(self.place) as db:
            rows = db.execute_sql(
                "SELECT i.ref, count(*) FROM incident i JOIN action a ON a.incident_id = i.id "
                "JOIN membership m ON m.incident_id = i.id JOIN person p ON p.id = m.person_id "
                "WHERE i.state = 'open' AND p.email = 'coordinator@baken.example' GROUP BY i.id"
            ).fetchall()
        return min(rows, key=lambda row: abs(row[1] - FORTY))[0]  # type: ignore[no-any-return]

    def actions_to_tick(self, number: int) -> list[tuple[str, int]]:
        """References and numbers of actions that the coordinator may finish now."""
        with database.school(self.place):
            rows = (
                Action.select(Incident.ref, Action.id)
                .join(Incident)
                .where(Incident.state == "open", Action.state == "todo", Action.gate == "", Action.after.is_null())
                .order_by(Action.id)
                .limit(number)
            )
            return list(rows.tuples())

    def published(self) -> str:
        """The path of a statement that everybody can read, as long as one usually is."""
        with self.app.app_context(), database.school(self.place):
            now = self.app.extensions["clock"].now()
            cast = {name: by_email(f"{name}@baken.example") for name in ("communication", "leadership")}
            case = Incident.get(Incident.ref == self.ordinary_incident())
            for function, person in cast.items():
                Membership.get_or_create(
                    incident=case, person=person, function=function, defaults={"joined_at": case.reported_at}
                )
            return path_of(published(case, LONG, cast, now).slug)

    @contextlib.contextmanager
    def without_database(self) -> Iterator[None]:
        """The school's file is away; connections that have it open find that out."""
        database.forget_connections()
        away = self.place.file.with_suffix(".away")
        self.place.file.rename(away)
        try:
            yield
        finally:
            away.rename(self.place.file)

    def page(self, path: str, cookie: str) -> tuple[int, int, int]:
        """Status, length and number of statements of a page, as it is the second time."""
        browser = self.app.test_client(use_cookies=False)
        browser.get(path, headers={"Cookie": cookie})
        with counted() as statements:
            answer = browser.get(path, headers={"Cookie": cookie})
        return answer.status_code, len(answer.data), len(statements)

    def opened(self, path: str, cookie: str) -> None:
        status, _length, _statements = self.page(path, cookie)
        if status != 200:
            raise SystemExit(f"bench: {path} answered {status}")

    def body(self, path: str, cookie: str) -> str:
        answer = self.app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
        return str(answer.get_data(as_text=True))


def cost_of_encryption(environ: dict[str, str], folder: Path, cookie: str, paths: dict[str, str]) -> dict[str, float]:
    """How fast the encrypted file is where a plain copy of it is 1, by turns in this process."""
    hidden = Inside(environ)
    plain = Inside({**environ, "PORTAL_DATA": str(folder / "plain")})
    _plain_copy(hidden.place, plain.place)
    _open_without_key(plain.place.data)
    costs = {
        name: _ratio(lambda path=path: plain.opened(path, cookie), lambda path=path: hidden.opened(path, cookie))  # type: ignore[misc]
        for name, path in paths.items()
    }
    costs["write"] = _ratio(lambda: _write(plain), lambda: _write(hidden))
    database.forget_connections()
    shutil.rmtree(folder / "plain")
    return costs


def _plain_copy(place: database.Location, copy: database.Location) -> None:
    copy.data.mkdir()
    conn = sqlcipher.connect(str(place.file))
    conn.execute(f"PRAGMA key = \"x'{place.key()}'\"")
    conn.execute(f"ATTACH DATABASE '{copy.file}' AS plain KEY ''")
    conn.execute("SELECT sqlcipher_export('plain')")
    conn.close()


def _open_without_key(folder: Path) -> None:
    """Let files of this folder be opened as plain SQLite; for this measurement only."""
    usual = database.SchoolDatabase._open

    def opened(self: Any, place: database.Location) -> Any:
        if place.data != folder:
            return usual(self, place)
        conn = sqlcipher.connect(str(place.file), isolation_level=None, factory=database.Connection)
        self._add_conn_hooks(conn)
        return conn

    database.SchoolDatabase._open = opened  # type: ignore[method-assign]


def _write(inside: Inside) -> None:
    with database.school(inside.place):
        actor = by_email("coordinator@baken.example")
        incident = Incident.select().where(Incident.state == "open").get()
        assert actor
        now = incident.reported_at + timedelta(days=1)
        for _ in range(20):
            write_entry(incident, {"kind": "observation", "text": "Rustig in de pauze. " * 8}, actor=actor, now=now)


def _ratio(plain: Callable[[], Any], hidden: Callable[[], Any], rounds: int = 25) -> float:
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for kept, act in zip(times, (plain, hidden), strict=True):
            begun = time.perf_counter()
            act()
            kept.append(time.perf_counter() - begun)
    return round(statistics.median(times[0]) / statistics.median(times[1]), 3)
