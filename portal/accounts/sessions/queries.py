"""Finding where somebody is signed in."""

from datetime import datetime
from typing import Any

from peewee import fn

from portal.accounts.models import Person, SignIn
from portal.accounts.sessions.rules import IDLE
from portal.db import stored

# Sessions of before the last use was kept count from their beginning.
last_use = fn.COALESCE(SignIn.seen_at, SignIn.created_at)


def alive(now: Any, idle_since: Any) -> Any:
    """What holds of a session that lasts; `idle_since` is `now` less `IDLE`, as it is kept."""
    return (SignIn.ends_at > now) & (last_use > idle_since)


def own(person: Person, now: datetime) -> list[SignIn]:
    """Sessions of somebody that last, the one used last first."""
    found = SignIn.select().where(SignIn.person == person, alive(now, stored(now - IDLE)))
    return list(found.order_by(last_use.desc(), SignIn.id.desc()))


def over(now: datetime) -> Any:
    """Sessions that open nothing any more."""
    return ~alive(now, stored(now - IDLE))
