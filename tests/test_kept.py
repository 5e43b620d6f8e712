"""What many tests begin with is made once: each gets all of it, and nothing of what another did to it."""

from collections.abc import Callable
from typing import Any

import pytest

from portal import db as database
from portal.accounts.models import Person
from portal.incidents.models import Entry, Incident
from tests.conftest import Worker


@pytest.mark.parametrize("time", range(4))
def test_it_is_put_in_place_only_where_nobody_wrote(incident: Callable[..., Incident], time: int) -> None:
    """From the third time on the first of the two is a copy."""
    first, second = incident(story=__name__), incident(story=__name__)
    assert first.ref != second.ref
    assert [one.id for one in Incident.select()] == [first.id, second.id]
    lines = [Entry.select().where(Entry.incident == one).count() for one in (first, second)]
    assert lines[0] == lines[1] > 0
    first.code_name = "changed"
    first.save()


@pytest.mark.parametrize("time", range(4))
def test_it_is_as_it_was_made(incident: Callable[..., Incident], time: int) -> None:
    made = incident(story=__name__)
    assert made.code_name != "changed"
    assert Incident.get() == made
    assert Incident.get().code_name == made.code_name


def test_who_was_there_before_stays(incident: Callable[..., Incident], cast: dict[str, Any], worker: Worker) -> None:
    """A row that was written before is not lost to a copy that does not have it."""
    for _time in range(3):
        Person.update(phone="06").where(Person.id == cast["mentor"].id).execute()
        incident(story=__name__)
        assert Person.get_by_id(cast["mentor"].id).phone == "06"
        database.db.close()
        worker.renew()
        database.db.connect()


def test_a_test_that_changes_how_things_are_made_makes_its_own(
    incident: Callable[..., Incident], worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(worker.asked)
    incident(story="Made by this test alone.")
    assert worker.asked == before
