"""Commands: what they do, and the one line with which they refuse."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask

from portal import create_app
from portal import db as database
from portal.accounts.queries import by_email
from portal.boot import first_boot
from portal.config import ConfigError
from portal.notices.operations import notify
from tests.conftest import settings_in
from tests.notices.test_outbox import MailServer, port, server

__all__ = ["port", "server"]  # fixtures of the outbox: a real mail server

Command = Callable[..., Result]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., tuple[Flask, Command]]]:
    """An installation without any school, and a way to give it commands."""

    def make(**also: Any) -> tuple[Flask, Command]:
        app = create_app(settings_in(tmp_path, **also))
        return app, lambda *words: app.test_cli_runner().invoke(args=list(words))

    yield make
    database.forget_connections()


def refused(result: Result) -> str:
    """The one line of a command that could not do its work."""
    assert result.exit_code == 1, result.output
    lines = result.output.strip().splitlines()
    assert len(lines) == 1, result.output
    assert "Traceback" not in result.output
    return lines[0]


def link_of(result: Result, host: str = "localhost") -> str:
    """The path of the link to this host that a command printed."""
    assert result.exit_code == 0, result.output
    found = re.search(rf"http://{host}:8000(/welcome/\S{{65}}) \(once, within 72 hours\)", result.output)
    assert found, result.output
    return found.group(1)


def test_a_school_begins_with_a_link_for_its_first_account(made: Any) -> None:
    app, command = made()
    first = link_of(command("school", "create", "baken", "Het Baken College"))
    assert "small letters" in refused(command("school", "create", "../x", "Bad"))
    assert command("db", "check").output.strip() == "baken: ok"
    assert command("db", "upgrade").output.strip() == "baken: up to date"
    assert "0001_initial applied" in command("db", "status").output
    browser = app.test_client()
    assert browser.get("/readyz").status_code == 200
    assert browser.get(first).status_code == 200
    # Lost, or too late: again, while nobody has an account.
    second = link_of(command("school", "create", "baken", "Het Baken College"))
    assert (browser.get(first).status_code, browser.get(second).status_code) == (404, 200)
    command("user", "create", "chief@school.example", "C. Hief")
    assert "exists already" in refused(command("school", "create", "baken", "Another"))
    assert browser.get(second).status_code == 404
    link_of(command("school", "create", "haven", "School haven"), "haven.localhost")
    made = command("user", "create", "two@school.example", "T. Wo", "--school", "baken")
    link_of(made, "baken.localhost")


def test_an_account_is_made_with_a_link(made: Any) -> None:
    app, command = made()
    command("school", "create", "baken", "Het Baken College")
    path = link_of(command("user", "create", "Chief@school.example", "C. Hief", "--function", "administrator"))
    assert "C. Hief" in app.test_client().get(path).text
    with database.school(database.location(app.extensions["settings"], "baken")):
        person = by_email("chief@school.example")
        assert person
        assert (person.password, person.functions) == ("", ["administrator"])
    assert "already" in refused(command("user", "create", "chief@school.example", "C. Hief"))
    both = ("--function", "administrator", "--function", "coordinator")
    assert "no other function" in refused(command("user", "create", "two@school.example", "T. Wo", *both))
    assert command("user", "create", "x@school.example", "X", "--function", "king").exit_code == 2


def test_with_several_schools_it_has_to_be_said_which(made: Any) -> None:
    app, command = made()
    assert "there is none" in refused(command("user", "create", "a@school.example", "A"))
    for slug in ("baken", "haven"):
        command("school", "create", slug, f"School {slug}")
    assert "--school SLUG: baken, haven" in refused(command("user", "create", "a@school.example", "A"))
    assert command("user", "create", "a@school.example", "A", "--school", "haven").exit_code == 0
    assert "no school zee" in refused(command("db", "check", "--school", "zee"))
    names = {}
    for host in ("baken.portal.example", "haven.portal.example", "zee.portal.example"):
        answer = app.test_client().get("/first-hour", headers={"Host": host})
        names[host.partition(".")[0]] = (answer.status_code, "School haven" in answer.text)
    assert names == {"baken": (200, False), "haven": (200, True), "zee": (404, False)}


def test_what_is_lost_is_told_and_not_made_anew(made: Any) -> None:
    app, command = made()
    command("school", "create", "baken", "Het Baken College")
    place = database.location(app.extensions["settings"], "baken")
    key = place.key_file.read_text()
    place.key_file.unlink()
    assert "key of school baken" in refused(command("db", "check"))
    assert "exists already" in refused(command("school", "create", "baken", "Het Baken College"))
    place.key_file.write_text("0" * 64)
    assert "does not open" in refused(command("db", "check"))
    place.key_file.write_text(key)
    assert command("db", "check").exit_code == 0
    place.file.unlink()
    assert "file is missing" in refused(command("db", "check"))


def test_the_demo_stays_away_from_a_real_school(made: Any) -> None:
    _app, command = made()
    assert "PORTAL_DEMO=1" in refused(command("demo", "load"))
    command("school", "create", "haven", "School haven")
    app, command = made(demo=True)
    assert "school haven lives in these folders" in refused(command("demo", "load"))
    with pytest.raises(ConfigError, match="school haven lives in these folders"):
        first_boot(app)


def test_a_second_school_can_live_beside_that_of_the_demo(made: Any) -> None:
    app, command = made(demo=True)
    assert command("demo", "load").exit_code == 0
    link_of(command("school", "create", "lyceum", "Het Lyceum"), "lyceum.localhost")
    assert command("demo", "load").exit_code == 0
    first_boot(app)
    for slug, found in (("baken", "Het Baken College"), ("lyceum", "Het Lyceum")):
        page = app.test_client().get("/first-hour", base_url=f"http://{slug}.localhost:8000")
        assert found in page.text


def test_the_demo_is_loaded_once(made: Any) -> None:
    app, command = made(demo=True)
    first, shared = command("demo", "load").output.splitlines()
    assert first == "demo school loaded"
    assert command("demo", "load").output.splitlines() == [shared]
    path = re.fullmatch(r"as the other school: http://localhost:8000(/p/\S{43}), code (\d\d ){3}\d\d", shared)
    assert path
    assert 'name="code"' in app.test_client().get(path[1]).text
    assert app.test_client().get("/login").status_code == 200


def test_jobs_go_on_with_the_next_school_when_one_is_lost(made: Any, server: MailServer, port: int) -> None:
    app, command = made(smtp=urlsplit(f"smtp://127.0.0.1:{port}"))
    for slug in ("baken", "haven"):
        command("school", "create", slug, f"School {slug}")
    settings = app.extensions["settings"]
    with database.school(database.location(settings, "haven")):
        now = app.extensions["clock"].now()
        notify("joined", person_id=1, address="a@school.example", language="nl", about="incident:1", now=now)
    database.location(settings, "baken").key_file.write_text("0" * 64)
    assert command("jobs", "run", "--once").exit_code == 0
    assert server.addresses == ["a@school.example"]
