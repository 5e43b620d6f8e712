"""`make bench`: fill a school, serve it as in production, and measure what people wait for."""

import argparse
import hashlib
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

from bench.checking import leak_check
from bench.door import addresses, door
from bench.inside import Inside, cost_of_encryption
from bench.load import Browser, Measured, Sent, get, hidden, send
from bench.partners import EVERY, PARTNERS, STAFF, two_schools
from bench.serving import Server, serving

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "instance" / "bench"
# A school day; the same for filling and serving, so that a filled file can be used again.
NOW = "2026-11-23T10:00"
MADE_FROM = ("portal/demo", "migrations", "portal/protocol/default.toml", "portal/incidents/flags.toml")
ADDRESS, PASSWORD = "coordinator@baken.example", "rustpunt-demo"
WIDTH = "{:<24}{:>8}{:>8}{:>7}{:>8}{:>8}{:>8}{:>8}{:>8}{:>6}{:>7}"


def say(*words: Any) -> None:
    print(*words, flush=True)


def environ_of(folder: Path) -> dict[str, str]:
    return {
        "PORTAL_DEMO": "1",
        "PORTAL_DATA": str(folder / "data"),
        "PORTAL_KEYS": str(folder / "keys"),
        "PORTAL_BASE_URL": "http://localhost:8000",
        "PORTAL_NOW": NOW,
    }


def filled(number: int, seed: int) -> Path:
    """A folder with a school of so many incidents, made once as long as what it is made from stays the same."""
    digest = hashlib.sha256(f"{number} {seed} {NOW}".encode())
    for part in MADE_FROM:
        for path in sorted(p for p in [ROOT / part, *(ROOT / part).rglob("*")] if p.suffix in (".py", ".toml")):
            digest.update(path.read_bytes())
    folder = KEPT / f"{number}-{digest.hexdigest()[:12]}"
    if not folder.exists():
        say(f"Filling a school with {number} incidents (kept in {folder.relative_to(ROOT)}) ...")
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        command = [sys.executable, "-W", "ignore", "-m", "flask", "--app", "wsgi", "demo", "fill"]
        command += ["--incidents", str(number), "--seed", str(seed)]
        environ = {"PATH": "/usr/bin:/bin", **environ_of(part)}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: filling failed: {done.stderr}")
        part.rename(folder)
    return folder


class Bench:
    """One run: a portal and a bare server side by side, and what was measured so far."""

    def __init__(self, portal: Server, bare: Server, inside: Inside, seconds: int) -> None:
        self.portal, self.bare, self.inside, self.seconds = portal, bare, inside, seconds
        self.cookie = ""
        self.rows: dict[str, dict[str, Any]] = {}
        self.errors = 0

    def sign_in(self) -> None:
        """Once, through the real form."""
        browser = Browser(self.portal.port)
        form = hidden(browser.ask("/login")[1], "/login")
        status, _body, _headers = browser.ask("/login", {**form, "email": ADDRESS, "password": PASSWORD})
        if status != 303:
            raise SystemExit(f"bench: signing in answered {status}")
        # The first page puts the token of its forms into the cookie; without it every page would do so anew.
        browser.ask("/account/password")
        self.cookie = browser.cookie

    def page(self, name: str, path: str, *, cookie: str | None = None) -> None:
        """A page by turns with the bare page, so that what else the machine does hits both."""
        cookie = self.cookie if cookie is None else cookie
        status, length, statements = self.inside.page(path, cookie)
        if status != 200:
            raise SystemExit(f"bench: {path} answered {status}")
        ratios, eight, worked = [], [], self.portal.worked()
        for _turn in range(3):
            plain = get(self.bare.port, "/", "", connections=8, seconds=self.seconds)
            eight.append(get(self.portal.port, path, cookie, connections=8, seconds=self.seconds))
            ratios.append(eight[-1].per_second / plain.per_second)
        worked = (self.portal.worked() - worked) / sum(one.number for one in eight)
        plain = get(self.bare.port, "/", "", connections=1, seconds=self.seconds)
        alone = get(self.portal.port, path, cookie, connections=1, seconds=self.seconds)
        middle = sorted(eight, key=lambda one: one.per_second)[1]
        self.keep(
            name, middle, cpu=worked * 1000, p99_alone=alone.p99, bare_p99_alone=plain.p99,
            of_bare=statistics.median(ratios), bytes=length, statements=statements,
            errors=sum(one.errors for one in [*eight, alone]),
        )  # fmt: skip

    def same_bytes(self, length: int) -> None:
        """A page of as many bytes as the overview, by the bare server."""
        before = self.bare.worked()
        plain = get(self.bare.port, "/", "", connections=8, seconds=self.seconds)
        cpu = (self.bare.worked() - before) / plain.number * 1000
        alone = get(self.bare.port, "/", "", connections=1, seconds=self.seconds)
        same = get(self.bare.port, f"/bytes/{length}", "", connections=8, seconds=self.seconds)
        self.keep("bare page", plain, of_bare=1.0, cpu=cpu, p99_alone=alone.p99)
        self.keep("same bytes, bare", same, of_bare=same.per_second / plain.per_second, bytes=length)

    def keep(self, name: str, measured: Measured, **more: Any) -> None:
        row = {**measured.as_dict(), **{key: round(value, 4) for key, value in more.items()}}
        self.rows[name] = row
        self.errors += row["errors"]
        share = f"{row['of_bare']:.1%}" if "of_bare" in row else ""
        shown = [f"{row[key]:.2f}" if key in row else "" for key in ("cpu", "p50", "p95", "p99", "p99_alone")]
        counts = (row.get("bytes", ""), row.get("statements", ""), row["errors"])
        say(WIDTH.format(name, f"{row['per_second']:.0f}", share, *shown, *counts))

    def writes(self, name: str, make: Callable[[int], list[Sent]], number: int, *connections: int) -> None:
        """Forms that are sent once each."""
        for many in connections:
            requests = make(max(number, many * 4))
            if requests:
                self.keep(f"{name}, {many} at once", send(self.portal.port, self.cookie, requests, connections=many))

    def reports(self, number: int) -> list[Sent]:
        """Reports that only have to be sent: the red flags are answered, the last page is filled in."""
        browser, ready = Browser(self.portal.port, self.cookie), []
        for _ in range(number):
            page = browser.ask("/incidents/new")[1]
            path = re.search(r'action="(/incidents/new/[\w-]{20,43})"', page)
            assert path, "the page of a new report has no form"
            answers = dict.fromkeys(re.findall(r'type="radio"[^>]*name="([\w-]+)"', page), "no")
            status = browser.ask(path[1], {**hidden(page, path[1]), **answers, "go": "next"})[0]
            assert status == 303, f"the red flags answered {status}"
            last = browser.ask(path[1] + "/what")[1]
            ready.append(Sent(path[1] + "/what", {**hidden(last, "/what"), **TOLD}, 303))
        return ready

    def ticks(self, number: int) -> list[Sent]:
        """Actions to finish, each with the form of its own page."""
        browser, ready = Browser(self.portal.port, self.cookie), []
        skip = sum(row.get("sent", 0) for row in self.rows.values())
        for ref, action in self.inside.actions_to_tick(number + skip):
            page = browser.ask(f"/incidents/{ref}/plan/{action}")[1]
            if f"/plan/{action}/state" in page:
                form = hidden(page, "/state")
                words = {"state": "done", "words": "Besproken met de mentor; rustig verlopen."}
                ready.append(Sent(f"/incidents/{ref}/plan/{action}/state", {**form, **words}, 303))
        return ready


TOLD = {
    "story": "In de pauze vertelden twee leerlingen dat er een foto van een klasgenoot rondgaat in de groepsapp. " * 3,
    "kind": "image",
    "origin": "unknown",
    "channels": "whatsapp",
    "spread": "class",
    "classes": "3B",
    "unrest": "1",
    "people-0-part": "victim",
    "people-0-name": "N.",
    "people-0-class_name": "3B",
    "people-0-age_or_year": "14",
    "people-0-school": "own",
    "people-1-part": "suspect",
    "people-1-class_name": "3B",
    "people-1-age_or_year": "15",
    "people-1-school": "own",
    "go": "send",
}


def far_page(inside: Inside, cookie: str, path: str, steps: int = 99) -> tuple[str, int]:
    """The address that one comes to by 'next', and the number of that page."""
    at, number = path, 1
    while number <= steps:
        link = re.search(r'<a\b[^>]*rel="next"[^>]*>', inside.body(at, cookie))
        address = link and re.search(r'href="([^"]+)"', link[0])
        if not address:
            break
        at, number = unescape(address[1]), number + 1
    return at, number


def run(number: int, options: argparse.Namespace) -> dict[str, Any]:
    """Everything for a school of so many incidents."""
    source = filled(number, options.seed)
    with tempfile.TemporaryDirectory(prefix="rustpunt-bench-") as scratch:
        folder = Path(scratch) / "school"
        shutil.copytree(source, folder)
        environ = environ_of(folder)
        inside = Inside(environ)
        say(f"\n{number} incidents; 8 connections, times in milliseconds; 'cpu' is what the server works on one page,")
        say("'alone' the p99 at one connection, 'asked' the number of statements")
        head = ("what", "per sec", "of bare", "cpu", "p50", "p95", "p99", "alone", "bytes", "asked", "errors")
        say(WIDTH.format(*head))
        with serving("wsgi:app", "/healthz", environ) as portal, serving("bench.bare:app", "/") as bare:
            bench = Bench(portal, bare, inside, options.seconds)
            bench.sign_in()
            measure_pages(bench)
            bench.writes("report", bench.reports, options.writes, 1, 8, 64)
            bench.writes("tick", bench.ticks, options.writes, 1, 8)
            both = two_schools(inside, portal.port, bench.cookie, options.together)
            show(both)
            memory = portal.memory()
            at_the_door = door(portal.port, addresses(environ))
        say(f"memory: two workers {memory['workers']} MiB proportional, with the main process {memory['all']} MiB")
        say(f"door of a shared link, milliseconds: {at_the_door}; may be 0.25 apart")
        at = f"/incidents/{inside.ordinary_incident()}"
        cost = cost_of_encryption(environ, folder, bench.cookie, {"overview": at, "list": "/incidents"})
        say("encrypted, where plain is 1: " + ", ".join(f"{name} {ratio}" for name, ratio in cost.items()))
    errors = bench.errors + both["errors"] + both["lost"]
    return {
        "incidents": number, "rows": bench.rows, "two_schools": both, "memory": memory, "encryption": cost,
        "door": at_the_door, "errors": errors,
    }  # fmt: skip


def show(both: dict[str, Any]) -> None:
    """What visitors of shared links and staff waited for, working at the same time."""
    say(f"two schools: {PARTNERS} visitors poll every {EVERY:.0f} s while {STAFF} members of staff work; milliseconds")
    for what, row in both["rows"].items():
        times = ", ".join(f"{share} {row[share]:.1f}" for share in ("p50", "p95", "p99"))
        say(f"  {what:<22}{row['number']:>6.0f} times, {times}")
    say(f"  {both['written']} writes acknowledged, {both['lost']} lost, {both['errors']} errors; "
        f"{both['statements_per_poll']} statements per poll")  # fmt: skip


def measure_pages(bench: Bench) -> None:
    at = f"/incidents/{bench.inside.ordinary_incident()}"
    bench.same_bytes(bench.inside.page(at, bench.cookie)[1])
    bench.page("sign-in page", "/login", cookie="")
    bench.page("overview", at)
    bench.page("plan", f"{at}/plan")
    bench.page("list", "/incidents")
    far, number = far_page(bench.inside, bench.cookie, "/incidents")
    if number > 1:
        bench.page(f"list, page {number}", far)
    bench.page("list, late only", "/incidents?late=1")
    bench.page("search, frequent word", "/incidents?q=foto")
    bench.page("search, rare word", "/incidents?q=aquarium")
    path = bench.inside.published()
    bench.page("statement", path, cookie="")
    with bench.inside.without_database():
        bench.page("statement, no database", path, cookie="")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--incidents", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=1, help="of each single load")
    parser.add_argument("--together", type=int, default=45, help="seconds that two schools work at the same time")
    parser.add_argument("--writes", type=int, default=200, help="forms that are sent per measurement")
    options = parser.parse_args()
    results = [run(number, options) for number in options.incidents]
    checked = leak_check()
    say(f"leak check, 1,000 words and 60 people: {checked['after']} ms, the first time {checked['first']} ms")
    say(json.dumps({"results": results, "leak_check": checked}))
    if any(result["errors"] for result in results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
