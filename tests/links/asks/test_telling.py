"""Mail about what was asked: reminders to the other school, and no flood to us."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.errors import Refused
from portal.incidents.models import Incident
from portal.links.asks import operations
from portal.links.models import Ask, LinkVisit, SharedLink
from portal.links.operations import tell_us
from portal.notices.models import Mail
from tests.conftest import at_once
from tests.links.conftest import Lent


def reminders(lent: Lent) -> int:
    found: int = Mail.select().where(Mail.kind == "shared-news", Mail.about == lent.link.subject).count()
    return found


def test_the_day_before_and_when_it_is_late_they_get_one_mail(lent: Lent, clock: Any) -> None:
    operations.remind_due(clock.now())
    assert reminders(lent) == 0  # asked today
    Action.update(due_at=clock.now() + timedelta(days=2)).where(Action.id == lent.ask.action_id).execute()
    counts = []
    for _day in range(6):
        clock.advance(days=1)
        for _round in range(3):
            operations.remind_due(clock.now())
        counts.append(reminders(lent))
    assert counts == [1, 1, 2, 2, 2, 2]


def test_several_at_once_are_one_mail_a_day(lent: Lent, case: Incident, cast: Any, clock: Any) -> None:
    for number in range(3):
        values = {"key": "", "title": f"Nog iets {number}", "how": "", "due_at": clock.now() + timedelta(days=1)}
        operations.ask(lent.link, values, actor=cast["coordinator"], now=clock.now())
    clock.advance(days=1, hours=1)
    operations.remind_due(clock.now())
    assert reminders(lent) == 1
    assert Ask.select().where(Ask.reminded_at.is_null()).count() == 0


def test_nobody_is_reminded_at_night(lent: Lent, clock: Any) -> None:
    clock.advance(days=1, hours=13)
    operations.remind_due(clock.now())
    assert reminders(lent) == 0
    clock.advance(hours=10)
    operations.remind_due(clock.now())
    assert reminders(lent) == 1


@pytest.mark.parametrize("gone", ["revoked_at", "dead_at"])
def test_who_can_open_nothing_is_not_reminded(lent: Lent, clock: Any, gone: str) -> None:
    SharedLink.update(**{gone: clock.now()}).where(SharedLink.id == lent.link.id).execute()
    clock.advance(days=2)
    operations.remind_due(clock.now())
    assert reminders(lent) == 0


def test_workers_at_once_remind_once(app: Any, school: Any, lent: Lent, clock: Any) -> None:
    clock.advance(days=2)
    assert at_once(app, school, lambda: operations.remind_due(clock.now())) == []
    assert reminders(lent) == 1


def test_we_remind_by_hand_once_a_day(lent: Lent, cast: Any, clock: Any) -> None:
    clock.advance(days=2)
    operations.remind(lent.ask, actor=cast["coordinator"], now=clock.now())
    with pytest.raises(Refused):
        operations.remind(lent.ask, actor=cast["coordinator"], now=clock.now())
    operations.remind_due(clock.now())
    assert reminders(lent) == 1


def test_what_comes_within_a_quarter_is_told_by_one_mail_at_its_end(
    lent: Lent, visit: LinkVisit, case: Incident, cast: Any, clock: Any
) -> None:
    boss = cast["coordinator"]

    def told() -> list[Any]:
        rows = Mail.select().where(Mail.person_id == boss.id, Mail.kind == "links").order_by(Mail.due_at)
        return [mail.due_at for mail in rows]

    Mail.delete().execute()
    first = clock.now()
    tell_us(case, now=first)
    for _minute in range(10):
        tell_us(case, now=clock.advance(minutes=1))
    assert told() == [first, first + timedelta(minutes=15)]
    tell_us(case, now=clock.advance(minutes=1), at_once=True)
    assert clock.now() in told()
