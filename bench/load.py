"""Requests and how long they took: `wrk` for pages where it is there, processes of our own for forms."""

import http.client
import json
import multiprocessing
import re
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

REPORT = """
done = function(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format(
    'RESULT {"number": %d, "seconds": %f, "bytes": %d, "p50": %f, "p95": %f, "p99": %f, "errors": %d}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


@dataclass
class Measured:
    """What one load did; times in milliseconds."""

    number: int
    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 2) for name, value in asdict(self).items()}


@dataclass
class Sent:
    """One request that is ready to be sent, and the status that it should bring."""

    path: str
    form: dict[str, str] | None = None
    status: int = 200


def get(port: int, path: str, cookie: str, *, connections: int, seconds: int) -> Measured:
    """Ask for one page again and again."""
    if shutil.which("wrk"):
        return _wrk(port, path, cookie, connections, seconds)
    times, errors, took = _all(port, cookie, [[Sent(path)] for _ in range(connections)], seconds)
    return measured(times, errors, took)


def _wrk(port: int, path: str, cookie: str, connections: int, seconds: int) -> Measured:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(REPORT)
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", script.name]
        command += ["-H", f"Cookie: {cookie}", f"http://127.0.0.1:{port}{path}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (.*)", said)
    assert found, said
    row = json.loads(found[1])
    return Measured(row["number"], row["number"] / row["seconds"], row["p50"], row["p95"], row["p99"], row["errors"])


def send(port: int, cookie: str, requests: list[Sent], *, connections: int) -> Measured:
    """Send each request once, over so many connections at the same time."""
    shares = [requests[number::connections] for number in range(connections)]
    times, errors, took = _all(port, cookie, shares, None)
    return measured(times, errors, took)


def measured(times: list[float], errors: int, took: float) -> Measured:
    ordered = sorted(times) or [0.0]

    def share(part: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000

    return Measured(len(times), len(times) / took, share(0.5), share(0.95), share(0.99), errors)


def _all(port: int, cookie: str, shares: list[list[Sent]], seconds: float | None) -> tuple[list[float], int, float]:
    """Two processes with threads, one connection each, beginning at the same moment."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = min(2, len(shares))
    ready = context.Barrier(processes)
    running = [
        context.Process(target=_process, args=(port, cookie, shares[number::processes], seconds, ready, results))
        for number in range(processes)
    ]
    for process in running:
        process.start()
    parts = [results.get() for _ in running]
    for process in running:
        process.join()
    begun, ended = min(part[2] for part in parts), max(part[3] for part in parts)
    return [one for part in parts for one in part[0]], sum(part[1] for part in parts), ended - begun


def _process(port, cookie, shares, seconds, ready, results):  # type: ignore[no-untyped-def]
    times: list[float] = []
    errors: list[str] = []
    threads = [threading.Thread(target=_thread, args=(port, cookie, share, seconds, times, errors)) for share in shares]
    ready.wait()
    begun = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((times, len(errors), begun, time.time()))


def _thread(
    port: int, cookie: str, share: list[Sent], seconds: float | None, times: list[float], errors: list[str]
) -> None:
    browser = Browser(port, cookie)
    end = time.monotonic() + (seconds or 0)
    while True:
        for one in share:
            begun = time.perf_counter()
            try:
                status = browser.ask(one.path, one.form)[0]
            except OSError as error:
                errors.append(str(error))
                browser = Browser(port, cookie)
                continue
            times.append(time.perf_counter() - begun)
            if status != one.status:
                errors.append(f"{one.path}: {status}")
        if time.monotonic() > end:
            return


class Browser:
    """One connection with one cookie, or `many`."""

    def __init__(self, port: int, cookie: str = "", *, many: bool = False) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie, self.many = cookie, many

    def ask(
        self, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """GET, or POST of a form; gives status, body and headers."""
        headers = {"Cookie": self.cookie, **(headers or {})}
        if form is None:
            self.connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            self.connection.request("POST", path, urlencode(form, doseq=True), headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._keep(line.partition(";")[0])
        return answer.status, body, answer.headers

    def _keep(self, pair: str) -> None:
        kept = dict(one.split("=", 1) for one in self.cookie.split("; ") if one) if self.many else {}
        self.cookie = "; ".join(f"{name}={value}" for name, value in (kept | dict([pair.split("=", 1)])).items())


def hidden(page: str, ending: str) -> dict[str, str]:
    """Hidden fields of the form whose address ends so; of the first form with a token when none does."""
    forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.S)
    for attributes, inside in sorted(forms, key=lambda form: f'{ending}"' not in form[0]):
        rows = re.findall(r"<input\b[^>]*type=\"hidden\"[^>]*>", inside)
        fields = dict(pair for row in rows if (pair := _name_and_value(row)))
        if "csrf_token" in fields and (f'{ending}"' in attributes or "action=" not in attributes):
            return fields
    raise SystemExit(f"bench: no form for {ending}")


def _name_and_value(row: str) -> tuple[str, str] | None:
    name, value = re.search(r'name="([^"]*)"', row), re.search(r'value="([^"]*)"', row)
    return (name[1], value[1]) if name and value else None
