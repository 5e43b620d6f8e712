"""Somebody who reports, page by page, without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.incidents.models import Incident, Report
from portal.incidents.rules import flags
from tests.conftest import Browser
from tests.reading import Page

STORY = "Two pupils told me in the break that a photo goes round."


def answers(**given: str) -> dict[str, str]:
    """All eight questions at no, but for those given (`under_12` is `under-12`)."""
    return dict.fromkeys(flags(), "no") | {key.replace("_", "-"): value for key, value in given.items()}


class Writer:
    """One report in the hands of one person; `go` is the button that is pressed."""

    def __init__(self, browser: Browser, slug: str = "") -> None:
        self.browser = browser
        start = Page(browser.get(f"/incidents/new/{slug}" if slug else "/incidents/new"))
        self.slug = slug or next(f for f in start.forms if f.action.startswith("/incidents/new/")).action.split("/")[3]

    @property
    def at(self) -> str:
        return f"/incidents/new/{self.slug}"

    @property
    def report(self) -> Report:
        found: Report = Report.get(Report.slug == self.slug)
        return found

    @property
    def incident(self) -> Incident:
        found: Incident = Incident.get_by_id(self.report.incident_id)
        return found

    def flags(self, given: dict[str, str], *, go: str = "next", htmx: bool = False) -> TestResponse:
        return self.browser.post(self.at, {**given, "go": go}, htmx=htmx)

    def keep_out(self, *people: Any, join: tuple[Any, ...] = (), go: str = "next") -> TestResponse:
        data = {"keep_out": [p.id for p in people], "join": [p.id for p in join], "go": go}
        return self.browser.post(f"{self.at}/keep-out", data)

    def what(self, **fields: Any) -> TestResponse:
        """Send step three as its page stands, with these fields changed (`people-0-name`)."""
        form = Page(self.browser.get(f"{self.at}/what")).form("/what")
        return self.browser.post(f"{self.at}/what", {**form.data, "story": STORY, "go": "send", **fields})


@pytest.fixture
def writer(client: Callable[..., Browser]) -> Callable[..., Writer]:
    """`writer("teacher")` begins a report, `writer("care", slug)` goes on with one."""
    return lambda function="teacher", slug="": Writer(client(function), slug)
