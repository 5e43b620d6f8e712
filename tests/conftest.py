"""One school, one cast and one clock for every test.

An application and a filled, encrypted school are made once per worker; each test works on a fresh copy
of the school's file, so that nothing one test does reaches another.
"""

import copy
import gc
import io
import logging
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, Response
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from portal import create_app, demo
from portal import db as database
from portal.accounts import operations as accounts
from portal.accounts.links import operations as links
from portal.accounts.models import Person, SignIn
from portal.accounts.operations import create_person
from portal.accounts.rules import SESSION_LENGTH, hashed, new_token
from portal.boot import create_school
from portal.clock import Clock
from portal.config import Settings
from portal.desk.report import operations as reporting
from portal.incidents.models import Incident
from portal.incidents.rules import flags as questions
from portal.incidents.team.operations import add_member
from portal.logs import Lines
from tests.reading import heard

SLUG = demo.DEMO_SLUG
# Monday 23 November 2026, 10:00 in Amsterdam: a school day with nothing special about it.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# The names that the table of functions uses for people without a function of a team.
ALSO_CALLED = {"reporter": "teacher", "administrator": "admin"}


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: nobody need look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


class FixedClock(Clock):
    """Stands still until a test moves it."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> datetime:
        """Move on, as in `clock.advance(hours=2)`; gives the new time."""
        self.moment += timedelta(**span)
        return self.moment


def settings_in(folder: Path, **other: Any) -> Settings:
    """Settings of an installation that lives in this folder."""
    values: dict[str, Any] = {
        "data": folder / "data",
        "keys": folder / "keys",
        "base_url": "http://localhost:8000",
        "demo": False,
        "smtp": None,
        "trusted_proxies": 0,
        "now": None,
        "ratelimit": True,
    }
    return Settings(**(values | other))


@dataclass
class Worker:
    """What one pytest worker makes once: the application and the file that every test begins with."""

    app: Flask
    place: database.Location
    template: Path
    untouched: tuple[int, int] = (0, 0)
    asked: Counter[str] = field(default_factory=Counter)
    kept: dict[str, tuple[Path, Any]] = field(default_factory=dict)

    def renew(self) -> None:
        """Put an untouched copy of the school in place of what the last test left."""
        self.put(self.template)
        self.untouched = self._state()

    def put(self, file: Path) -> None:
        """Put a copy of a file in place of the school's."""
        database.forget_connections()
        self._log().unlink(missing_ok=True)
        self._log("-shm").unlink(missing_ok=True)
        fresh = self.place.file.with_suffix(".fresh")
        shutil.copyfile(file, fresh)
        fresh.replace(self.place.file)

    def once(self, what: str, make: Callable[[], Any]) -> Any:
        """What `make` makes. In a school nobody has touched it is made twice only: then its rows are kept as a file.

        `what` names everything that it depends on.
        """
        if self._state() != self.untouched:
            return make()
        if what in self.kept:
            file, made = self.kept[what]
            with given_up():
                self.put(file)
            return copy.deepcopy(made)
        made, self.asked[what] = make(), self.asked[what] + 1
        if self.asked[what] > 1:
            file = self.template.with_name(f"kept-{len(self.kept)}")
            with given_up():
                database.forget_connections()
                shutil.copyfile(self.place.file, file)
            self.kept[what] = file, copy.deepcopy(made)
        return made

    def _log(self, ending: str = "-wal") -> Path:
        return self.place.file.with_name(self.place.file.name + ending)

    def _state(self) -> tuple[int, int]:
        """Is another as soon as anybody wrote anything, through whatever connection."""
        log, file = self._log(), self.place.file.stat()
        return (0, 0) if log.exists() and log.stat().st_size else (file.st_ino, file.st_mtime_ns)


# Real hashes, but quick ones: hundreds of tests sign in, and guess wrong on purpose.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_quickly() -> None:
    """Let every password of this process cost little; `tests/accounts/test_password.py` has the cost of before."""
    accounts.hasher = links.hasher = QUICK
    accounts._NOBODY = QUICK.hash("nobody")


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    hash_quickly()
    settings = settings_in(tmp_path_factory.mktemp("school"))
    place = database.location(settings, SLUG)
    with database.boot_lock(settings):
        create_school(settings, SLUG, "Het Baken College", MONDAY - timedelta(days=30))
    _fill(place, MONDAY - timedelta(days=30))
    database.forget_connections()  # The last one to close writes the log of changes into the file.
    template = settings.data / "template"
    shutil.copyfile(place.file, template)
    yield Worker(create_app(settings), place, template)
    database.forget_connections()


def _fill(place: database.Location, now: datetime) -> None:
    """The people and settings of the demo school, without its incident."""
    cheap = QUICK.hash(demo.PASSWORD)
    with database.school(place):
        for name, shown, functions, phone, classes in demo.ACCOUNTS:
            values = {"email": f"{name}@baken.example", "name": shown, "functions": functions}
            create_person({**values, "phone": phone, "classes": classes}, actor_id=None, now=now, ready_hash=cheap)
        demo._settings(now)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def app(worker: Worker, clock: FixedClock) -> Iterator[Flask]:
    """The application, with a school nobody has touched yet and the test's own clock."""
    worker.renew()
    worker.app.extensions["clock"] = clock
    yield worker.app
    database.forget_connections()


@pytest.fixture
def school(app: Flask, worker: Worker) -> Iterator[database.Location]:
    """The test itself works in the school's database; gives where it lies."""
    # Not `database.school`: the connection is given up for the length of a request, which has its own.
    token = database.choose(worker.place)
    database.db.connect()
    yield worker.place
    if not database.db.is_closed():
        database.db.close()
    database.unchoose(token)


@pytest.fixture
def cast(school: database.Location) -> dict[str, Person]:
    """Everybody of the demo school by function: `coordinator`, …, `teacher`, `admin`, `stranger`."""
    people = {person.email.partition("@")[0]: person for person in Person.select()}
    return people | {other: people[name] for other, name in ALSO_CALLED.items()}


@contextmanager
def given_up() -> Iterator[None]:
    """Leave the database to a request while the test itself has it open."""
    was_open = not database.db.is_closed()
    if was_open:
        database.db.close()
    try:
        yield
    finally:
        if was_open:
            database.db.connect()


def at_once(app: Flask, school: database.Location, act: Callable[[], None], number: int = 4) -> list[Exception]:
    """Do it in several threads that each have the school open; gives what went wrong in any of them."""
    trouble: list[Exception] = []

    def work() -> None:
        try:
            with app.app_context(), database.school(school):
                act()
        except Exception as error:
            trouble.append(error)
        finally:
            database.forget_connections()

    with given_up():
        workers = [threading.Thread(target=work) for _number in range(number)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return trouble


class Answer(Response):
    """An answer of which the text of a document is what a reader hears of it."""

    def get_data(self, as_text: bool = False) -> Any:
        data = super().get_data()
        if not as_text:
            return data
        return heard(data) if self.mimetype == "application/pdf" else data.decode()


class Browser:
    """A browser without scripts: keeps its cookies and sends the token of the page with every form.

    Works while the test itself has the database open, which a request must not find.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.plain = FlaskClient(app, Answer)
        self.host = "localhost"
        self.person: Person | None = None
        self._token = ("", "")

    def sign_in(self, person: Person, now: datetime, *, stepped_up: bool = True) -> None:
        """A session as signing in with password and, unless told otherwise, second factor makes it."""
        self.person, token = person, new_token()
        SignIn.create(
            token_hash=hashed(token),
            person=person,
            created_at=now,
            ends_at=now + SESSION_LENGTH,
            seen_at=now,
            stepped_up_at=now if stepped_up else None,
        )
        with given_up(), self.plain.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
            session["person"] = person.id

    def come_back(self, now: datetime) -> None:
        """Sign in again after having been away for longer than a session rests."""
        assert self.person
        self.sign_in(self.person, now)

    def step_up(self) -> None:
        """Show the second factor, after having signed in for real."""
        SignIn.update(stepped_up_at=SignIn.created_at).where(SignIn.stepped_up_at.is_null()).execute()

    def csrf_token(self) -> str:
        """As a page of this session has it; made anew only when there is another cookie."""
        if self._cookie() != self._token[0] or not self._token[0]:
            with given_up(), self.plain.session_transaction() as session:
                raw = session.setdefault("csrf_token", "made-for-a-test")
            made = str(URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(raw))
            self._token = self._cookie(), made
        return self._token[1]

    def _cookie(self) -> str:
        found = self.plain.get_cookie(self.app.config["SESSION_COOKIE_NAME"], self.host)
        return found.value if found else ""

    def get(self, path: str, *, htmx: bool = False, **kw: Any) -> TestResponse:
        return self._send("GET", path, htmx, kw)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, htmx: bool = False, token: bool = True, **kw: Any
    ) -> TestResponse:
        """Send a form; `token=False` forges it."""
        forged = {} if not token else {"csrf_token": self.csrf_token()}
        return self._send("POST", path, htmx, {"data": {**forged, **(data or {})}, **kw})

    def _send(self, method: str, path: str, htmx: bool, kw: dict[str, Any]) -> TestResponse:
        headers = {**kw.pop("headers", {}), **({"HX-Request": "true"} if htmx else {})}
        with given_up():
            return self.plain.open(path, method=method, headers=headers, **kw)


@pytest.fixture
def client(app: Flask, cast: dict[str, Person], clock: FixedClock) -> Callable[..., Browser]:
    """`client("mentor")` is signed in as the mentor, `client()` as nobody."""

    def make(function: str | None = None) -> Browser:
        browser = Browser(app)
        if function:
            browser.sign_in(cast[function], clock.now())
        return browser

    return make


@pytest.fixture
def server_log() -> Iterator[io.StringIO]:
    """What the server writes of itself, as it writes it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


SCOPE = {
    "kind": "image",
    "origin": "unknown",
    "channels": ["whatsapp"],
    "spread": "class",
    "classes": ["3B"],
    "unrest": 1,
}
VICTIM = {"part": "victim", "name": "Noor V.", "class_name": "3B", "age": 14, "school": "own"}
SUSPECT = {"part": "suspect", "name": "Daan K.", "class_name": "3B", "age": 15, "school": "own"}


@pytest.fixture
def made_once(worker: Worker, clock: FixedClock, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`made_once(make, …)`: `Worker.once`, but for a test that changes how things are made."""
    changes = "monkeypatch" in request.fixturenames
    return lambda make, *values: make() if changes else worker.once(repr((clock.now(), values)), make)


@pytest.fixture
def incident(cast: dict[str, Person], clock: FixedClock, made_once: Callable[..., Any]) -> Callable[..., Incident]:
    """`incident(flags={"coercion": "yes"}, scope={"spread": "few"}, people=[…])`: a running incident.

    Made by the operations of a report; what is not given is an ordinary case with the flags at no.
    """

    def make(**values: Any) -> Incident:
        return made_once(lambda: reported(**values), "incident", values)

    def reported(
        *,
        flags: dict[str, str] | None = None,
        scope: dict[str, Any] | None = None,
        people: list[dict[str, Any]] | None = None,
        reporter: str = "teacher",
        keep_out: tuple[str, ...] = (),
        chosen: tuple[str, ...] = (),
        story: str = "Two pupils told me in the break.",
    ) -> Incident:
        actor, now = cast[reporter], clock.now()
        report = reporting.begin(new_token(), actor=actor, now=now)
        reporting.answer_flags(report, dict.fromkeys(questions(), "no") | (flags or {}), actor=actor, now=now)
        reporting.keep_out(report, [cast[name].id for name in keep_out], actor=actor, now=now)
        sent = reporting.send(
            report,
            scope=SCOPE | (scope or {}),
            people=[VICTIM, SUSPECT] if people is None else people,
            story=story,
            chosen=[cast[name].id for name in chosen],
            actor=actor,
            now=now,
        )
        made: Incident = Incident.get_by_id(sent.incident_id)
        return made

    return make


@pytest.fixture
def team(cast: dict[str, Person], clock: FixedClock) -> Callable[..., None]:
    """`team(incident, "mentor", "care")`: they join in their own function."""

    def add(incident: Incident, *functions: str) -> None:
        for function in functions:
            add_member(incident, cast[function], function, actor=cast["coordinator"], now=clock.now())

    return add
