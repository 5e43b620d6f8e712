"""What the other school does with what it was asked."""

from datetime import timedelta
from typing import Any

import pytest

from portal.actions.models import Action
from portal.errors import ChangedMeanwhile, Invalid, Missing, Refused
from portal.incidents.models import Entry
from portal.links import queries
from portal.links.asks import operations, rules
from portal.links.models import Ask, LinkVisit, SharedLink
from tests.links.conftest import Lent


def fresh(lent: Lent) -> Ask:
    ask = queries.ask_in(lent.link, lent.ask.id)
    assert ask
    return ask


def test_a_tick_finishes_the_action_of_the_plan_and_accepts_the_link(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask, now = fresh(lent), clock.now()
    operations.tick(ask, "Gesproken", version=ask.read_version, link=lent.link, visit=visit, now=now)
    action = Action.get_by_id(ask.action_id)
    assert (action.state, action.outcome, action.changed_by_id) == ("done", "Gesproken", None)
    assert fresh(lent).words == "Gesproken"
    assert lent.now_is.accepted_at == now
    said = Entry.select().where(Entry.action_id == action.id).order_by(Entry.id.desc()).first()
    assert said.params["who"] == "P. Partner (Het Lyceum)"
    assert said.text == "Gesproken"


def test_what_was_ticked_can_be_taken_up_again(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask = fresh(lent)
    who = {"link": lent.link, "visit": visit, "now": clock.now()}
    operations.tick(ask, "Gesproken", version=ask.read_version, **who)
    operations.take_up(ask, version=ask.read_version, **who)
    assert rules.standing_of(fresh(lent), clock.now()) == "todo"


def test_another_date_waits_for_us(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask, later = fresh(lent), clock.now() + timedelta(days=3)
    before = ask.action.due_at
    operations.propose(ask, later, "", version=ask.read_version, link=lent.link, visit=visit, now=clock.now())
    assert (fresh(lent).proposed_at, fresh(lent).action.due_at) == (later, before)
    assert rules.standing_of(fresh(lent), clock.now()) == "date"


def test_declining_needs_a_reason(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask = fresh(lent)
    who = {"version": ask.read_version, "link": lent.link, "visit": visit, "now": clock.now()}
    with pytest.raises(Invalid):
        operations.decline(ask, "", **who)
    operations.decline(ask, "Zit hier niet op school", **who)
    assert rules.standing_of(fresh(lent), clock.now()) == "declined"


def test_an_own_action_stands_in_the_plan(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    made = operations.add_own(lent.link, "Mentor praat met de klas", None, visit=visit, now=clock.now())
    assert made.own
    assert made.action.outsider == "Het Lyceum"
    assert [ask.id for ask in queries.asks(lent.link)] == [lent.ask.id, made.id]


def test_an_answer_to_what_changed_meanwhile_changes_nothing(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask = fresh(lent)
    Action.update(version=Action.version + 1).where(Action.id == ask.action_id).execute()
    with pytest.raises(ChangedMeanwhile):
        operations.tick(ask, "", version=ask.read_version, link=lent.link, visit=visit, now=clock.now())
    assert fresh(lent).action.state == "todo"


def test_nothing_changes_once_the_link_is_revoked(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask = fresh(lent)
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    with pytest.raises(Missing):
        operations.tick(ask, "", version=ask.read_version, link=lent.link, visit=visit, now=clock.now())


def test_the_asks_of_another_link_are_not_there(lent: Lent, other: Lent, visit: LinkVisit, clock: Any) -> None:
    with pytest.raises(Missing):
        operations.tick(other.ask, "", version=fresh(other).read_version, link=lent.link, visit=visit, now=clock.now())


def test_what_we_took_over_is_theirs_no_longer(lent: Lent, visit: LinkVisit, clock: Any) -> None:
    ask = fresh(lent)
    Action.update(outsider="").where(Action.id == ask.action_id).execute()
    with pytest.raises(Refused):
        operations.tick(ask, "", version=ask.read_version, link=lent.link, visit=visit, now=clock.now())
