"""The incident of the demo school, on whatever day somebody looks at it."""

from datetime import timedelta
from typing import Any

import pytest

from portal import demo
from portal.actions.models import DONE, Action
from portal.care.conversations.models import PLANNED, Conversation
from portal.care.help.models import HelpOption
from portal.clock import local
from portal.communication.check.operations import findings
from portal.demo.links import MESSAGES, SUMMARY
from portal.links import queries
from portal.links.asks.rules import standing_of
from portal.links.models import SharedLink


@pytest.mark.parametrize("days", [1, 4, 5])  # a Tuesday, a Friday and a Saturday
def test_its_next_conversations_are_on_school_days(school: Any, cast: Any, clock: Any, days: int) -> None:
    clock.advance(days=days, hours=4)
    HelpOption.get_or_create(kind="gp", defaults={"name": "Huisarts"})
    demo._incident(clock.now())
    coming = list(Conversation.select().where(Conversation.state == PLANNED))
    assert len(coming) == 2
    assert not [one for one in coming if local(one.planned_at).weekday() > 4]
    assert not [one for one in coming if one.planned_at < clock.now() + timedelta(hours=1)]
    # What the logbook says was done is not late in the plan.
    assert Action.get(Action.step == "contact-partner-school").state == DONE


def test_the_other_school_takes_part(school: Any, cast: Any, clock: Any) -> None:
    """One thing is done, of one another date is proposed, one is late and one is due tomorrow."""
    clock.advance(days=1, hours=4)
    HelpOption.get_or_create(kind="gp", defaults={"name": "Huisarts"})
    demo._incident(clock.now())
    head = SharedLink.get(SharedLink.head.is_null())
    rows = {ask.key: standing_of(ask, clock.now()) for ask in queries.asks(head)}
    assert rows == {"contact": "done", "who-knows": "late", "talk-pupil": "date", "delete": "todo"}
    due = queries.asks(head)[-1].action.due_at
    assert local(due).date() == local(clock.now()).date() + timedelta(days=1)
    assert queries.state(head, clock.now()) == "in-progress"
    assert [link.proposed_by_id for link in head.colleagues] == [head.id]
    (shared,) = queries.content(head).content["people"]
    assert shared["fields"] == {"name": "D.", "age": "16", "part": "suspect"}
    said = [SUMMARY, *(text for _whose, _minutes, text in MESSAGES)]
    named = findings(head.incident, {"nl": dict(enumerate(said))})
    assert not [one for one in named if one.finding.hard]
