"""Counting what goes wrong, in the database: it holds for all workers and over a restart.

A try is reserved before its slow check, so that tries at the same moment count too, and taken back when it was right.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta

from portal.accounts.models import Failure, Turn
from portal.accounts.throttle import queries, rules
from portal.clearing import remove_over
from portal.db import db
from portal.security import keyed

MOST_FAILURES, MOST_TURNS = 100_000, 50_000  # rows; more than can be made within the time that they count
# Whether this installation counts nothing (PORTAL_RATELIMIT=0); set where a request begins.
switched_off: ContextVar[bool] = ContextVar("switched_off", default=False)


def reserve(
    parts: Sequence[object], now: datetime, closed_until: rules.ClosedUntil = rules.closed_until
) -> timedelta | None:
    """Count one try of whom these parts name, like ("account", address); gives how long it is refused instead.

    `closed_until` is the rule that says for how long. A refused try is not counted. The try must be
    checked outside of this transaction.
    """
    if switched_off.get():
        return None
    key = _key(parts)
    with db.atomic():
        refused = rules.left(queries.failures_of(key, now), now, closed_until)
        if refused is None:
            _count(key, now)
    return refused


def reserve_at(parts: Sequence[object], address: str, now: datetime) -> timedelta | None:
    """As `reserve`, from an unknown device: where much fails, each account gets its turn after a short wait."""
    if switched_off.get():
        return None
    key, place = _keys(parts, address)
    with db.atomic():
        refused = rules.left(queries.failures_of(key, now), now)
        if refused is None:
            refused = _wait_for_turn(keyed("turn", place, key), queries.number_lately(place, now), now)
        if refused is None:
            _count(key, now)
            _count(place, now)
    return refused


def _key(parts: Sequence[object]) -> str:
    return keyed("failures", *parts)


def _keys(parts: Sequence[object], address: str | None) -> list[str]:
    return [_key(parts), *([] if address is None else [_key(("address", rules.network(address)))])]


def _count(key: str, now: datetime) -> None:
    made = Failure.create(key=key, at=now)
    Failure.delete().where(Failure.id <= made.id - MOST_FAILURES).execute()


def _wait_for_turn(key: str, failures: int, now: datetime) -> timedelta | None:
    """A turn that has come is used up by this try, whatever others do meanwhile."""
    delay, turn = rules.delay_of(failures), queries.turn_of(key)
    if delay is None:
        return None
    if turn is None:
        made = Turn.create(key=key, at=now + delay)
        Turn.delete().where(Turn.id <= made.id - MOST_TURNS).execute()
        return delay
    if turn.at > now:
        wait: timedelta = turn.at - now
        return wait
    turn.delete_instance()
    return None


def take_back(parts: Sequence[object], address: str | None = None) -> None:
    """The try was right: it does not count; joins the transaction. With an address, as `reserve_at` counted it."""
    for key in _keys(parts, address):
        newest = Failure.select(Failure.id).where(Failure.key == key).order_by(Failure.id.desc()).limit(1)
        Failure.delete().where(Failure.id.in_(newest)).execute()


def keep(parts: Sequence[object], address: str | None, now: datetime) -> None:
    """The try was wrong: it counts from now; joins the transaction."""
    for key in _keys(parts, address):
        Failure.update(at=now).where(Failure.key == key, Failure.at == now).execute()


def forget(parts: Sequence[object]) -> None:
    """Nothing of these counts any more, as after a new password or factor; joins the transaction."""
    Failure.delete().where(Failure.key == _key(parts)).execute()


def now_refused(
    parts: Sequence[object], now: datetime, closed_until: rules.ClosedUntil = rules.closed_until
) -> timedelta | None:
    """How long it is refused from now on: asked after a try that was wrong, to tell it at once."""
    return None if switched_off.get() else rules.left(queries.failures_of(_key(parts), now), now, closed_until)


def clear_old(now: datetime) -> None:
    """Remove what counts no longer."""
    remove_over({Failure: Failure.at <= now - rules.DAY, Turn: Turn.at <= now - rules.TURN_KEPT})
