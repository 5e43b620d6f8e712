"""The first boot, however many processes start at once and wherever the last one was interrupted."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal import db as database
from portal.accounts.models import Person
from portal.audit.queries import links
from portal.audit.rules import verify
from portal.boot import load_demo
from portal.config import ROOT, Settings
from portal.demo import DEMO_SLUG
from portal.incidents.models import Incident
from portal.protocol.models import ProtocolVersion
from portal.school.models import School
from portal.security import app_secret
from tests.conftest import MONDAY, settings_in

PROCESSES = 4


def environment(settings: Settings, **also: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "FLASK_"))}
    folders = {"PORTAL_DATA": str(settings.data), "PORTAL_KEYS": str(settings.keys)}
    return kept | folders | {"PORTAL_DEMO": "1"} | also


def boot(settings: Settings, **also: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", "import wsgi; print(wsgi.app.name)"],
        cwd=ROOT,
        env=environment(settings, **also),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answered(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def contents(settings: Settings) -> tuple[int, ...]:
    with database.school(database.location(settings, DEMO_SLUG)):
        database.check_migrated()
        assert verify(links).findings == []
        found = tuple(model.select().count() for model in (School, Person, ProtocolVersion, Incident))
    database.forget_connections()
    return found


@pytest.mark.slow
def test_four_processes_on_an_empty_folder_make_one_school(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "made" / "by" / "boot")
    for code, out, err in [answered(process) for process in [boot(settings) for _ in range(PROCESSES)]]:
        assert (code, out.strip()) == (0, "portal"), err
        assert "ERROR" not in err
        assert "Traceback" not in err
    assert contents(settings) == (1, 9, 1, 1)
    assert sorted(path.name for path in settings.keys.iterdir()) == [".lock", "app.secret", "baken.key"]


def made(tmp_path: Path) -> tuple[Settings, database.Location]:
    """An empty installation that was begun and not finished: key and empty file are there."""
    settings = settings_in(tmp_path)
    app_secret(settings)  # which every application makes first
    place = database.location(settings, DEMO_SLUG)
    with database.boot_lock(settings):
        database.create(place)
    return settings, place


def interrupted_before_key(place: database.Location) -> None:
    place.key_file.unlink()


def interrupted_while_writing_key(place: database.Location) -> None:
    place.key_file.rename(place.key_file.with_suffix(".part"))


def interrupted_after_migrations(place: database.Location) -> None:
    with database.school(place):
        database.upgrade()
    database.forget_connections()


@pytest.mark.parametrize(
    "moment",
    [lambda place: None, interrupted_before_key, interrupted_while_writing_key, interrupted_after_migrations],
    ids=["key and empty file", "only an empty file", "half a key", "tables without rows"],
)
def test_the_next_boot_goes_on_where_one_stopped(tmp_path: Path, moment: Any) -> None:
    settings, place = made(tmp_path)
    moment(place)
    with database.boot_lock(settings):
        assert load_demo(settings, MONDAY) is True
        assert load_demo(settings, MONDAY) is False
    assert contents(settings) == (1, 9, 1, 1)


@pytest.mark.slow
def test_a_lost_file_is_said_and_never_replaced_by_an_empty_one(tmp_path: Path) -> None:
    settings, place = made(tmp_path)
    place.file.unlink()
    code, _out, err = answered(boot(settings))
    assert code == 0, "the server starts, to tell it on /readyz"
    assert "database of school baken: file is missing" in err
    assert not place.file.exists()


@pytest.mark.slow
def test_a_lost_key_stops_the_boot_before_anything_is_overwritten(tmp_path: Path) -> None:
    settings, place = made(tmp_path)
    with database.boot_lock(settings):
        load_demo(settings, MONDAY)
    database.forget_connections()
    place.key_file.unlink()
    before = place.file.read_bytes()
    code, _out, err = answered(boot(settings))
    assert code == 1
    assert err.strip().splitlines()[-1] == "rustpunt: school baken exists already"
    assert place.file.read_bytes() == before
    assert not place.key_file.exists()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), [("PORTAL_DEMO", "on"), ("PORTAL_KEYS", "/proc/keys/none")])
def test_a_bad_setting_ends_the_start_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    code, out, err = answered(boot(settings_in(tmp_path), **{name: value}))
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert err.startswith("rustpunt: ")


@pytest.mark.slow
def test_without_the_demo_no_school_is_made(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    code, _out, err = answered(boot(settings, PORTAL_DEMO="0"))
    assert (code, database.schools(settings)) == (0, []), err
