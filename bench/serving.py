"""A server as in production, its address, and the memory it takes."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OPTIONS = ("--workers", "2", "--blocking-threads", "1", "--http", "1", "--no-ws", "--log-level", "warning")
START_SECONDS = 60


@dataclass
class Server:
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _processes(self) -> list[int]:
        main = self.process.pid
        return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]

    def worked(self) -> float:
        """Seconds of processor time so far. What else the machine does touches it least of all figures."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._processes()]
        return sum(int(row[11]) + int(row[12]) for row in fields) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> dict[str, float]:
        """Proportional MiB: of the workers, and of all processes of the server."""
        main, *workers = [_proportional(pid) for pid in self._processes()]
        return {"workers": round(sum(workers), 1), "all": round(main + sum(workers), 1)}


def _proportional(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def serving(app: str, path: str, environ: dict[str, str] | None = None) -> Iterator[Server]:
    """Start granian with two workers, wait until `path` answers, and end it afterwards."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", *OPTIONS, "--port", str(port), app]
    process = subprocess.Popen(command, env={**os.environ, **(environ or {})})
    server = Server(port, process)
    try:
        _wait(server, path)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, path: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        if server.process.poll() is not None:
            raise SystemExit(f"bench: the server ended with {server.process.returncode}")
        try:
            with urllib.request.urlopen(server.address + path, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise SystemExit(f"bench: {server.address}{path} does not answer") from None
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
