"""The disk is full: writing is refused clearly, reading goes on, and it recovers by itself."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.audit.models import AuditEvent
from portal.incidents.models import Entry
from tests.faults.portal import Installation

CASE = "/incidents/2026-001"
REFUSED_SECONDS = 10.0


@pytest.fixture
def small_disk(tmp_path: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        tell("LEFT OUT: only root may mount a small disk")
        pytest.skip("no small disk")
    yield folder
    # Lazily: a server that could not be stopped must not keep it.
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> Path:
    """Take every byte that is left."""
    ballast = disk / "ballast"
    with open(ballast, "ab", buffering=0) as file:
        for size in (65536, 512):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


def test_a_full_disk_refuses_writing_goes_on_reading_and_recovers(
    small_disk: Path, install: Callable[..., Installation], tell: Callable[[str], None]
) -> None:
    portal = install(PORTAL_DATA=str(small_disk / "data"))
    try:
        _full_and_back(portal, small_disk, tell)
    finally:
        portal.stop()


def _full_and_back(portal: Installation, disk: Path, tell: Callable[[str], None]) -> None:
    portal.start()
    client = portal.client("coordinator")
    write = lambda words: client.post(f"{CASE}/log", kind="talk", text=words)  # noqa: E731
    assert write("before").status == 303
    ballast = fill(disk)
    slowest, refused = 0.0, 0
    for number in range(50):
        began = time.monotonic()
        answer = write(f"while full {number} {'x' * 2000}")
        slowest = max(slowest, time.monotonic() - began)
        # What the log of changes had room for is kept; the rest is refused.
        assert answer.status in (303, 503)
        refused += answer.status == 503
    assert answer.status == 503
    assert "while full 49" in answer.text, "what was typed comes back"
    assert 'href="tel:112"' in answer.text
    assert slowest < REFUSED_SECONDS
    pages = ["/", "/first-hour", "/incidents", CASE, f"{CASE}/plan", f"{CASE}/log", f"{CASE}/people", f"{CASE}/team"]
    read = {path: client.get(path).status for path in pages}
    assert set(read.values()) == {200}, read
    readings = portal.log.read_text().count("disk full, not written: incident:person:read")
    assert readings == 1, "a reading that found no room in the trail stands in the log"
    assert portal.status("/readyz") == 503
    ballast.unlink()
    began = time.monotonic()
    assert write("after").status == 303
    tell(
        f"{refused} of 50 writes refused with 503, the slowest after {slowest * 1000:.0f} ms; {len(read)} pages read; "
        f"writing again {(time.monotonic() - began) * 1000:.0f} ms after there was room, without a restart"
    )
    assert client.get(f"{CASE}/people").status == 200
    with portal.opened():
        assert Entry.select().where(Entry.text.in_(["before", "after"])).count() == 2
        assert Entry.select().where(Entry.text.startswith("while full")).count() == 50 - refused
        assert AuditEvent.select().where(AuditEvent.action == "incident:person:read").exists()
    assert portal.troubles() == []
    portal.check()


def test_it_starts_and_reads_on_a_disk_that_is_full(
    small_disk: Path, install: Callable[..., Installation], tell: Callable[[str], None]
) -> None:
    portal: Any = install(PORTAL_DATA=str(small_disk / "data"))
    try:
        portal.start()
        client = portal.client("coordinator")
        fill(small_disk)
        portal.kill()
        seconds = portal.start()
        client.close()
        assert client.get(f"{CASE}/plan").status == 200
        tell(f"after kill -9 with a full disk it reads again in {seconds:.2f} s")
    finally:
        portal.stop()
