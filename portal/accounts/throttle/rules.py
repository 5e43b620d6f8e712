"""How often somebody may be wrong, and how long it is refused then. Pure."""

import ipaddress
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from portal.errors import N_, TooOften

WINDOW = timedelta(minutes=15)
REFUSED_FROM = 6  # failures within the window; the sixth itself is told so
REFUSED_FROM_IN_A_DAY = 20  # for who stays below that all day long
DAY = timedelta(hours=24)  # how long a failure counts for the length of the wait
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)

BUSY_FROM = 20  # failures from one address within the window, from where its tries are delayed
LONGEST_DELAY = 30  # seconds
TURN_KEPT = timedelta(minutes=15)  # how long somebody who was told to wait may come back

WAY_ON = N_("On a device on which you signed in before, it goes on working.")


def wait_of(failures: Sequence[datetime]) -> timedelta | None:
    """How long an account is refused after the last of its failures of a day (oldest first); None: it is not.

    Doubles with each failure: 1 minute, 2, 4, up to 30.
    """
    pairs = zip(failures, failures[REFUSED_FROM - 1 :], strict=False)
    if len(failures) < REFUSED_FROM_IN_A_DAY and not any(last - first < WINDOW for first, last in pairs):
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** min(len(failures) - REFUSED_FROM, 10)
    return min(doubled, LONGEST_WAIT)


# Until when a try is refused, after these failures of the last day (oldest first); None: it is not.
ClosedUntil = Callable[[Sequence[datetime]], datetime | None]


def closed_until(failures: Sequence[datetime]) -> datetime | None:
    """The rule of accounts: the wait counts from the last failure."""
    wait = wait_of(failures)
    return failures[-1] + wait if wait else None


def left(failures: Sequence[datetime], now: datetime, until_of: ClosedUntil = closed_until) -> timedelta | None:
    """How long a try is still refused at this moment; None: it is not."""
    until = until_of(failures)
    return until - now if until and until > now else None


def delay_of(failures: int) -> timedelta | None:
    """How long a try from an unknown device has to wait at an address that failed so often in the window."""
    if failures < BUSY_FROM:
        return None
    return timedelta(seconds=min(2 + (failures - BUSY_FROM), LONGEST_DELAY))


def network(address: str) -> str:
    """What counts as one address: with IPv6 the network (/64), which a provider gives to one customer as a whole."""
    text = address.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # some proxies write the port too
        text = text.partition(":")[0]
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def too_often(wait: timedelta, way_on: str = "") -> TooOften:
    """The refusal, with how long it lasts in words."""
    seconds = max(2, -int(-wait.total_seconds() // 1))
    minutes = -(-seconds // 60)
    if seconds <= LONGEST_DELAY:
        message = N_("There were too many wrong tries. Try again in %(seconds)s seconds.")
        return TooOften(message, way_on, wait=seconds, seconds=seconds)
    if minutes == 1:
        return TooOften(N_("There were too many wrong tries. Try again in one minute."), way_on, wait=seconds)
    message = N_("There were too many wrong tries. Try again in %(minutes)s minutes.")
    return TooOften(message, way_on, wait=seconds, minutes=minutes)
