"""How long the door of a shared link takes to answer, for an address that exists and for others.

Who guesses addresses must not hear from the time it takes which of them exist: `make bench` says the ratio.
Measured by turns over HTTP on one connection, so that what else the machine does hits all of them alike.
"""

import http.client
import statistics
import time
from datetime import UTC, datetime

from portal import db as database
from portal.accounts.models import Person
from portal.config import Settings
from portal.incidents.models import Incident, Involved
from portal.links.rules import path_of
from portal.security import app_secret
from tests.web.scene import shared_with

ROUNDS = 400


def addresses(environ: dict[str, str], slug: str = "baken") -> dict[str, str]:
    """An address that asks for the code, one that was revoked, and one that never was."""
    settings = Settings.from_environ(environ)
    secret, found = app_secret(settings), {"missing": "/p/" + "x" * 43}
    with database.school(database.location(settings, slug)), database.db.atomic():
        case = Incident.select().join(Involved).where(Incident.state == "open", Involved.part == "suspect").first()
        maker = Person.select().first()
        now = settings.now or datetime.now(UTC)
        for name, other in (("exists", {}), ("revoked", {"revoked_at": now})):
            link, _ask = shared_with(case, maker, now, **other)
            found[name] = path_of(link.nonce, secret)
    return found


def door(port: int, known: dict[str, str]) -> dict[str, float]:
    """Median milliseconds of each, and how far the slowest is from the one that is missing (1.0: the same)."""
    connection = http.client.HTTPConnection("localhost", port)
    times: dict[str, list[float]] = {name: [] for name in known}
    for turn in range(ROUNDS):
        for name in sorted(known, key=lambda one: hash((turn, one))):
            begun = time.perf_counter()
            connection.request("GET", known[name])
            connection.getresponse().read()
            times[name].append((time.perf_counter() - begun) * 1000)
    middle = {name: statistics.median(each) for name, each in times.items()}
    apart = max(abs(one / middle["missing"] - 1) for one in middle.values())
    return {name: round(one, 3) for name, one in middle.items()} | {"apart": round(apart, 3)}
