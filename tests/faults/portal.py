"""A portal as it runs in production, that can be killed, and the clients that use it meanwhile."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from portal import db as database
from portal.audit.queries import links
from portal.audit.rules import verify
from portal.config import ROOT
from portal.demo import DEMO_SLUG, PASSWORD
from tests.browser.conftest import environment, flask, free_port

# What production runs, as the page on operations says: what is tried here is what schools have.
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
SERVER = re.findall(r"^ExecStart=\S+/granian (.*) --host", OPERATIONS, re.MULTILINE)[0].split()
START_SECONDS, STOP_SECONDS = 30.0, 10.0


@dataclass
class Installation:
    """Folders, a port and the processes of one portal with the demo school."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    first_start: float = 0.0  # seconds
    clients: "list[Client]" = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = environment(self.folder, self.port) | self.settings
        flask(["demo", "load"], self.env)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def place(self) -> database.Location:
        return database.Location(DEMO_SLUG, Path(self.env["PORTAL_DATA"]), Path(self.env["PORTAL_KEYS"]))

    @contextlib.contextmanager
    def opened(self) -> Iterator[Any]:
        """The school's database, opened by the test itself."""
        with database.school(self.place) as db:
            yield db
        database.forget_connections()

    def start(self) -> float:
        """Start the server; gives the seconds until it answers a page that needs the database."""
        began = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "granian",
            *SERVER,
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "wsgi:app",
        ]
        with open(self.log, "ab") as output:
            self.server = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=output, stderr=output, start_new_session=True
            )
        self.wait()
        self.first_start = self.first_start or time.monotonic() - began
        return time.monotonic() - began

    def wait(self) -> float:
        """Seconds until a page that needs the database is there."""
        began = time.monotonic()
        while self.status("/login") != 200:
            assert self.server is not None
            assert self.server.poll() is None, f"the server has stopped:\n{self.log.read_text()}"
            assert time.monotonic() - began < START_SECONDS, f"the server does not answer:\n{self.log.read_text()}"
            time.sleep(0.01)
        return time.monotonic() - began

    def status(self, path: str) -> int:
        """What a fresh connection is answered; 0 for none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests: children of the server that hold the whole application."""
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        return [pid for pid in map(int, children) if b"resource_tracker" not in command_of(pid)]

    def kill(self) -> None:
        """kill -9 of the server with all its workers, as when the power goes."""
        assert self.server is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def client(self, name: str) -> "Client":
        """Somebody of the demo school, signed in."""
        self.clients.append(Client(self.port, name))
        return self.clients[-1].sign_in()

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        if self.server is None:
            return
        self.server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.wait(STOP_SECONDS)
        self.kill()

    def memory(self) -> int:
        """Resident memory of the workers together, in MiB."""
        return sum(int(re.findall(r"VmRSS:\s+(\d+)", status_of(pid))[0]) for pid in self.workers) // 1024

    def troubles(self) -> list[str]:
        """What the log says of requests that failed unexpectedly."""
        return re.findall(r'.*(?:Traceback|"message": "unexpected"|panicked).*', self.log.read_text(errors="replace"))

    def check(self) -> None:
        """Nothing in the file is broken: pages, references, trail."""
        with self.opened() as db:
            assert db.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []
            assert verify(links).findings == []
        flask(["db", "check"], self.env)


def command_of(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def status_of(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


class NoAnswer(Exception):
    """The connection broke: what was sent may have been kept or not."""


@dataclass
class Answer:
    status: int
    text: str
    headers: Any


class Client:
    """A browser of one person: keeps its connection, its cookies and the token against forged forms."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name, self.cookies, self.token = port, name, dict[str, str](), ""
        self.connection: http.client.HTTPConnection | None = None

    def sign_in(self) -> "Client":
        self.token = self.token_on(self.get("/login"))
        address = f"{self.name}@baken.example"
        answer = self.post("/login", email=address, password=PASSWORD)
        assert answer.status == 303, answer
        self.token = self.token_on(self.get("/first-hour"))
        return self

    @staticmethod
    def token_on(page: Answer) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert found, (page.status, page.text[:400])
        return found[1]

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, headers)

    def post(self, path: str, *, htmx: bool = False, **data: Any) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **({"HX-Request": "true"} if htmx else {})}
        return self.send("POST", path, urlencode({"csrf_token": self.token, **data}), headers)

    def send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        """One request. Raises `NoAnswer` when the connection breaks before the answer is there."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.connection.request(method, path, body, {**headers, "Cookie": cookie})
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(repr(error)) from None
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _is, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.headers.get("Connection", "").lower() == "close":
            self.close()
        return Answer(answer.status, text, answer.headers)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
