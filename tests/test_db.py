"""Which schools there are, going by the files of an installation."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal import db as database
from tests.conftest import SLUG, Worker


@pytest.fixture
def stray(worker: Worker) -> Iterator[Path]:
    """A copy that somebody left beside the school's own file."""
    copy = worker.place.file.with_name("backup-monday.db")
    copy.write_bytes(b"not a database")
    yield copy
    copy.unlink()


def test_a_stray_copy_of_a_database_file_is_no_school(worker: Worker, stray: Path) -> None:
    settings = worker.app.extensions["settings"]
    assert database.schools(settings) == [SLUG]
    assert stray.stem in database.all_traces(settings), "a check still has to look at it"


def test_beside_a_stray_copy_the_school_goes_on_answering(client: Callable[..., Any], stray: Path) -> None:
    assert client("coordinator").get("/").status_code == 200
