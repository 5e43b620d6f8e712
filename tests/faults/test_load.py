"""Too much of everything: a body without end, and thousands who hardly send anything."""

import resource
import socket
import statistics
import threading
import time
from collections.abc import Callable

import pytest

from tests.faults.portal import Client, Installation

GIGABYTE = 1024**3
BLOCK = b"a" * 65536
FEW_MB = 48  # of memory more than before, all workers together
CROWD = 2000
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


class Others(threading.Thread):
    """Somebody who just goes on working; `waits` are the seconds each page took."""

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self.client, self.stop, self.waits = client, threading.Event(), list[float]()
        self.statuses: set[int] = set()

    def run(self) -> None:
        while not self.stop.is_set():
            began = time.monotonic()
            self.statuses.add(self.client.get("/incidents/2026-001/plan").status)
            self.waits.append(time.monotonic() - began)
            time.sleep(0.02)

    def __enter__(self) -> "Others":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.join()

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.waits, n=100)[98]


def pour(portal: Installation, path: str, cookie: str, *, chunked: bool) -> tuple[int, str]:
    """Send a gigabyte until it is refused; gives how many bytes went out and the first line of the answer."""
    length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % GIGABYTE
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n" % (path.encode(), cookie.encode())
    sent = 0
    with socket.create_connection(("127.0.0.1", portal.port), timeout=15) as line:
        line.sendall(head + FORM + length + b"\r\n\r\n")
        try:
            while sent < GIGABYTE:
                line.sendall(b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK) if chunked else BLOCK)
                sent += len(BLOCK)
        except OSError:
            pass
        try:
            return sent, line.recv(200).decode("latin-1").partition("\r\n")[0]
        except OSError:
            return sent, "closed"


def test_a_body_of_a_gigabyte_is_refused_without_being_taken_in(
    portal: Installation, tell: Callable[[str], None]
) -> None:
    client = portal.client("coordinator")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    client.get("/incidents/2026-001/plan")
    before, most, answers = portal.memory(), 0, []
    with Others(client) as others:
        for path in ("/login", "/incidents/2026-001/log", "/incidents/new", "/first-hour", "/no-such-page"):
            for chunked in (False, True):
                began = time.monotonic()
                sent, line = pour(portal, path, cookie, chunked=chunked)
                answers.append((path, chunked, sent, line, time.monotonic() - began))
                most = max(most, portal.memory())
    assert others.statuses == {200}
    assert [answer for answer in answers if answer[3] != "closed" and answer[3].split()[1] not in REFUSED] == []
    assert [answer for answer in answers if answer[2] > GIGABYTE // 8 or answer[4] > 5] == []
    sent, slowest = max(answer[2] for answer in answers), max(answer[4] for answer in answers)
    tell(
        f"{len(answers)} bodies, at most {sent // 1024**2} MB of 1024 sent before the end, "
        f"the slowest after {slowest:.2f} s; memory of both workers {before} MiB, "
        f"at most {most} MiB; p99 of somebody else {others.p99 * 1000:.0f} ms"
    )
    assert most - before < FEW_MB
    assert portal.troubles() == []


REFUSED = {"400", "404", "405", "413"}


def crowd(portal: Installation, opening: bytes) -> list[socket.socket]:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < CROWD + 500:
        pytest.skip("LEFT OUT: this account may not have so many open files (ulimit -n)")
    made = []
    for _number in range(CROWD):
        line = socket.create_connection(("127.0.0.1", portal.port), timeout=10)
        line.sendall(opening)
        line.setblocking(False)
        made.append(line)
    return made


def still_there(lines: list[socket.socket], more: bytes) -> int:
    """Send each a little more; gives how many the server has not dropped."""
    kept = 0
    for line in lines:
        try:
            line.send(more)
            kept += 1
        except OSError:
            continue
    return kept


def test_two_thousand_who_send_their_headers_slowly_are_harmless(
    portal: Installation, tell: Callable[[str], None]
) -> None:
    client, before = portal.client("coordinator"), portal.memory()
    with Others(client) as alone:
        time.sleep(4)
    lines = crowd(portal, b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: a")
    try:
        with Others(client) as others:
            fresh = []
            for _second in range(14):
                time.sleep(1)
                began = time.monotonic()
                fresh.append(portal.status("/login"))
                others.waits.append(time.monotonic() - began)
                kept = still_there(lines, b"a")
        most = portal.memory()
    finally:
        for line in lines:
            line.close()
    assert set(fresh) == others.statuses == {200}
    tell(
        f"p99 {others.p99 * 1000:.0f} ms, alone {alone.p99 * 1000:.0f} ms; memory of both workers {before} MiB, "
        f"at most {most} MiB; {kept} of {CROWD} still connected after 14 s"
    )
    assert kept == 0
    assert most - before < 2 * FEW_MB
    assert portal.troubles() == []


def test_two_thousand_who_send_their_forms_slowly_stop_it_for_seconds_only(
    portal: Installation, tell: Callable[[str], None]
) -> None:
    """Behind the proxy of docs/operations.md they do not get here at all: it waits for the whole form."""
    client, before = portal.client("coordinator"), portal.memory()
    lines = crowd(portal, b"POST /login HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 9999\r\n\r\na")
    began = time.monotonic()
    try:
        while portal.status("/login") != 200 or len(portal.workers) < 2:
            still_there(lines, b"a")
            assert time.monotonic() - began < 60, "they hold it"
            time.sleep(0.2)
        seconds = time.monotonic() - began
        while kept := still_there(lines, b"a"):
            assert time.monotonic() - began < 90, f"{kept} are still there"
            time.sleep(0.5)
    finally:
        for line in lines:
            line.close()
    client.close()
    assert client.get("/incidents/2026-001/plan").status == 200
    tell(f"serving again after {seconds:.0f} s, all dropped; memory {before} MiB, then {portal.memory()} MiB")
    portal.check()
