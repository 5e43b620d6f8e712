"""How it went, as the other school says it at the evaluation."""

from datetime import timedelta
from typing import Any

from portal.actions.models import Action
from portal.links.models import LinkFeedback, SharedLink
from portal.links.talking.feedback.operations import ask_due
from tests.links.conftest import Lent
from tests.links.talking.conftest import mailed
from tests.reading import Page, said

SAID = {"together": "4", "well": "Snel gebeld.", "better": "", "needed": ""}


def opened(lent: Lent) -> Lent:
    lent.visitor()
    return lent


def test_it_is_asked_when_the_step_is_due(lent: Lent, clock: Any) -> None:
    opened(lent)
    assert ask_due(clock.now()) == 0
    clock.advance(days=21, hours=2)
    assert ask_due(clock.now().replace(hour=2)) == 0, "not at night"
    assert ask_due(clock.now()) == 1
    assert ask_due(clock.now()) == 0, "once"
    assert lent.now_is.feedback_at == clock.now()
    assert mailed("shared-news") == [lent.link.email]


def test_or_when_all_that_was_asked_is_done(lent: Lent, clock: Any) -> None:
    opened(lent)
    Action.update(state="done").where(Action.id == lent.ask.action_id).execute()
    assert ask_due(clock.now()) == 1


def test_not_of_who_declined_or_is_gone(lent: Lent, clock: Any) -> None:
    Action.update(state="done").where(Action.id == lent.ask.action_id).execute()
    assert ask_due(clock.now()) == 0, "never opened"
    opened(lent)
    for change in ({"declined_at": clock.now()}, {"revoked_at": clock.now()}, {"ends_at": clock.now()}):
        before = {name: getattr(lent.now_is, name) for name in change}
        SharedLink.update(change).where(SharedLink.id == lent.link.id).execute()
        assert ask_due(clock.now()) == 0, change
        SharedLink.update(before).where(SharedLink.id == lent.link.id).execute()
    assert ask_due(clock.now()) == 1


def test_they_answer_once_and_we_tick_it_off(lent: Lent, ours: str, client: Any, app: Any) -> None:
    visitor, coordinator = lent.visitor(), client("coordinator")
    assert visitor.post(f"{lent.path}/feedback", SAID).status_code == 409, "not asked yet"
    form = Page(coordinator.get(f"{ours}/feedback")).form("/feedback")
    assert coordinator.post(f"{ours}/feedback", form.with_(go="ask")).status_code == 303
    assert visitor.post(f"{lent.path}/feedback", {"together": ""}).status_code == 422
    assert visitor.post(f"{lent.path}/feedback", SAID).status_code == 303
    assert LinkFeedback.get().answers == SAID
    assert mailed("links")
    assert visitor.post(f"{lent.path}/feedback", SAID | {"well": "Niets."}).status_code == 409
    assert "Snel gebeld." in visitor.get(f"{lent.path}/feedback").text
    page = coordinator.get(f"{ours}/feedback")
    assert "Snel gebeld." in page.text
    assert "Snel gebeld." not in client("communication").get(f"{ours}/feedback").text, "free text may hold names"
    sent = Page(page).form("/feedback")
    assert coordinator.post(f"{ours}/feedback", sent.with_(go="tick")).status_code == 303
    step = Action.get(Action.incident == lent.link.incident, Action.step == "partner-feedback")
    assert (step.state, lent.link.school in step.outcome) == ("done", True)


def test_before_that_the_page_says_when(lent: Lent, app: Any) -> None:
    words = said(app, "At the end the school asks how it went. You get a mail then.")
    assert words in Page(lent.visitor().get(f"{lent.path}/feedback")).text


def test_what_is_new_stands_on_their_first_page(lent: Lent, ours: str, client: Any, clock: Any) -> None:
    client("coordinator").post(f"{ours}/messages", {"text": "Hallo."})
    client("coordinator").post(f"{ours}/feedback", {"go": "ask"})
    visitor = lent.visitor()
    assert {f"{lent.path}/messages", f"{lent.path}/feedback"} <= set(Page(visitor.get(lent.path)).links)
    visitor.get(f"{lent.path}/messages")
    clock.advance(minutes=1)
    shown = visitor.get(lent.path).get_data(as_text=True)
    assert shown.count(f'href="{lent.path}/messages"') == 1, "only in the navigation"
    assert lent.now_is.feedback_at
    assert clock.now() - lent.now_is.feedback_at == timedelta(minutes=1)
