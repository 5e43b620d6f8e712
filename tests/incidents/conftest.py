"""Short ways to what these tests ask again and again."""

from typing import Any

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry, Incident
from tests.conftest import Browser
from tests.reading import Page, SentForm


def at(case: Incident, part: str = "") -> str:
    return f"/incidents/{case.ref}{part}"


def form(browser: Browser, path: str, field: str) -> SentForm:
    """The form of a page that holds this field."""
    return next(form for form in Page(browser.get(path)).forms if field in form.names)


def send(browser: Browser, path: str, field: str, **changes: Any) -> Any:
    """That form as it stands, sent back with some fields changed."""
    return browser.post(path, {**form(browser, path, field).data, **changes})


def steps(case: Incident) -> set[str]:
    return {action.step for action in Action.select().where(Action.incident == case) if action.step}


def entries(case: Incident) -> list[Entry]:
    """The logbook in the order in which it was written."""
    return list(Entry.select().where(Entry.incident == case).order_by(Entry.id))


def trail(action: str) -> int:
    return int(AuditEvent.select().where(AuditEvent.action == action).count())


def fresh(case: Incident) -> Incident:
    found: Incident = Incident.get_by_id(case.id)
    return found
