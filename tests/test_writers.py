"""Writers of one school wait for each other in turn (decision 0019)."""

import threading
from typing import Any

import peewee
import pytest

from portal import db as database
from portal.incidents.models import Incident
from portal.writers import WritersLock
from tests.conftest import MONDAY


@pytest.fixture
def taken(school: database.Location) -> Any:
    """Somebody else who is writing, until `leave` is called."""
    lock = WritersLock(school.file)
    lock.take()
    yield lock
    lock.leave()


def test_a_writer_waits_until_the_other_is_done(school: database.Location, taken: Any, cast: Any) -> None:
    done = threading.Event()

    def write() -> None:
        with database.school(school), database.db.atomic():
            done.set()
        database.forget_connections()

    other = threading.Thread(target=write)
    other.start()
    assert not done.wait(0.05)
    taken.leave()
    other.join(5)
    assert done.is_set()


def test_reading_waits_for_nobody(taken: Any, client: Any) -> None:
    assert client().get("/first-hour").status_code == 200


def test_who_waits_too_long_is_told_to_try_again(
    school: database.Location, taken: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WritersLock, "WAIT", 0.01)
    with pytest.raises(peewee.OperationalError, match="locked"), database.db.atomic():
        pass
    browser = client()
    answer = browser.post("/login", {"email": "coordinator@baken.example", "password": "wrong for sure"})
    assert answer.status_code == 503


def test_the_lock_is_let_go_after_a_refusal(school: database.Location, cast: Any) -> None:
    with pytest.raises(ZeroDivisionError), database.db.atomic():
        raise ZeroDivisionError
    WritersLock(school.file).take()


def test_a_row_is_kept_as_it_was_made(school: database.Location, cast: Any, incident: Any) -> None:
    """Rows by SQL of their table: what is made is what is found."""
    made = incident()
    assert Incident.get_by_id(made.id).__data__ == made.__data__
    assert made.reported_at == MONDAY
    assert made.classes == ["3B"]
