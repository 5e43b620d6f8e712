"""No room left: what was entered is refused and given back, what is read is read. On a real disk: `make faults`."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from portal import db as database
from portal.audit.operations import record_read
from portal.config import ROOT
from portal.incidents.models import Entry


@pytest.fixture
def full(school: Any) -> Iterator[Any]:
    """`full()` lets the file grow no more, which SQLite says in the words of a full disk; `full(False)` ends it."""

    def limit(now: bool = True) -> None:
        # What is free inside the file is used up first.
        database.db.execute_sql("PRAGMA incremental_vacuum")
        pages = database.db.execute_sql("PRAGMA page_count").fetchone()[0]
        database.db.execute_sql(f"PRAGMA max_page_count = {pages if now else 2**30}")

    yield limit
    limit(False)


def fill_up(browser: Any, path: str) -> Any:
    """Write until nothing more fits; gives the answer that says so."""
    for number in range(100):
        answer = browser.post(path, {"kind": "talk", "text": f"Number {number} {'x' * 3900}"})
        if answer.status_code != 303:
            return answer
    raise AssertionError("it never got full")


def test_writing_is_refused_reading_goes_on_and_it_recovers(
    incident: Any, client: Any, cast: dict[str, Any], clock: Any, full: Any, caplog: Any
) -> None:
    case = incident()
    browser, at = client("coordinator"), f"/incidents/{case.ref}"
    full()
    refused = fill_up(browser, f"{at}/log")
    assert refused.status_code == 503
    text = refused.get_data(as_text=True)
    assert "x" * 3900 in text
    assert "csrf_token" not in text
    assert 'href="tel:112"' in text
    # Small rows find room a little longer.
    for number in range(500):
        record_read("incident:log:read", f"incident:{number}", reader_id=cast["care"].id, now=clock.now())
        if caplog.messages[-1].endswith(f"incident:log:read of incident:{number} by person:{cast['care'].id}"):
            break
    assert browser.get(f"{at}/people").status_code == 200
    assert caplog.messages[-1].startswith("disk full, not written: incident:person:read of involved:")
    assert not [line for line in caplog.messages if "Noor" in line or "Daan" in line]
    for path in ("/", "/incidents", at, f"{at}/plan", f"{at}/log", f"{at}/team"):
        assert browser.get(path).status_code == 200, path
    full(False)
    before = Entry.select().count()
    assert browser.post(f"{at}/log", {"kind": "talk", "text": "After."}).status_code == 303
    assert Entry.select().count() == before + 1


def test_every_server_is_started_with_the_same_options() -> None:
    said = re.findall(r"^ExecStart=\S+/granian (.*) --host", (ROOT / "docs/operations.md").read_text("utf-8"), re.M)
    readme = re.findall(r"/granian (.*) --host", (ROOT / "README.md").read_text("utf-8"))
    run = re.findall(r"-m granian (.*?) --host", (ROOT / "scripts/run").read_text("utf-8"), re.DOTALL)
    assert [options.replace("\\\n", "").split() for options in run] == [options.split() for options in said]
    assert readme == said
