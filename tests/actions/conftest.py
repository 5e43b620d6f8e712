"""Working on one action through its page."""

from typing import Any

from werkzeug.test import TestResponse

from portal.actions.models import Action, Wish
from portal.actions.rules import SAFETY_QUESTIONS
from portal.incidents.models import Incident, Involved
from tests.conftest import Browser


def the(case: Incident, step: str = "", *, flag: str = "", victim: int = 0) -> Action:
    """The action of a step (or of a flag's call), of the victim with this number where there are several."""
    rows = Action.select().where(Action.incident == case, Action.step == step, Action.flag == flag)
    found: Action = (rows.join(Involved).where(Involved.number == victim) if victim else rows).get()
    return found


def fresh(action: Action) -> Action:
    found: Action = Action.get_by_id(action.id)
    return found


def place(action: Action) -> str:
    return f"/incidents/{action.incident.ref}/plan/{action.id}"


def say(browser: Browser, action: Action, state: str, words: str = "", **other: Any) -> TestResponse:
    """Press a button of the opened action, at the version that is there now."""
    htmx = other.pop("htmx", False)
    data = {"state": state, "words": words, "version": fresh(action).version, **other}
    return browser.post(f"{place(action)}/state", data, htmx=htmx)


def plan(browser: Browser, action: Action, *, htmx: bool = False, **changes: Any) -> TestResponse:
    """Change fields of the planning; the others are sent as they are, as the page does."""
    now = fresh(action)
    data = {
        "assignee": now.assignee_id or 0,
        "function": now.function,
        "outsider": now.outsider,
        "due_at": "",
        "place": now.place,
        "how": now.how,
        "after": now.after_id or 0,
        "version": now.version,
    }
    return browser.post(f"{place(action)}/planning", {**data, **changes}, htmx=htmx)


def wish(browser: Browser, action: Action, answer: str, *, subject: str = "", **other: Any) -> TestResponse:
    """Note what the victim said on the subject of the action's gate, or answer every question on `safety` so."""
    said: dict[str, Any] = {"answer": answer}
    if subject == "safety":
        fear = {"yes": "no", "no": "yes", "not-yet": "unknown"}[answer]
        said = dict.fromkeys(SAFETY_QUESTIONS, fear)
    data = {"subject": subject or action.gate, **said, **other}
    return browser.post(f"{place(action)}/wish", data)


def wishes(action: Action) -> list[tuple[str, str]]:
    return [(w.subject, w.answer) for w in Wish.select().where(Wish.victim == action.victim_id).order_by(Wish.id)]
