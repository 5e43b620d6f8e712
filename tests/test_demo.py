"""The incident of the demo school, on whatever day somebody looks at it."""

from datetime import timedelta
from typing import Any

import pytest

from portal import demo
from portal.actions.models import DONE, Action
from portal.care.conversations.models import PLANNED, Conversation
from portal.care.help.models import HelpOption
from portal.clock import local


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
