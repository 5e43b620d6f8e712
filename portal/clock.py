"""The only place that reads the time, so that a test or a demo can shift it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SCHOOL_ZONE = ZoneInfo("Europe/Amsterdam")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Now, in UTC, moved by `shift`."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self.shift = shift

    @classmethod
    def starting_at(cls, moment: datetime) -> "Clock":
        """A clock that shows `moment` now and runs on from there."""
        return cls(moment - datetime.now(UTC))

    def now(self) -> datetime:
        """Aware UTC time, whole seconds: what is stored and what is shown are the same."""
        return (datetime.now(UTC) + self.shift).replace(microsecond=0)


def local(moment: datetime) -> datetime:
    """The same moment on the school's wall clock."""
    return moment.astimezone(SCHOOL_ZONE)


def day_begins(day: date) -> datetime:
    """Midnight on the school's wall clock, in UTC."""
    return datetime.combine(day, time(), SCHOOL_ZONE).astimezone(UTC)


def stamp(moment: datetime) -> int:
    """The moment as a number that can stand in an address: microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_stamp(text: str) -> datetime:
    """Raises `ValueError` for what `stamp` cannot have given."""
    if not (text.isascii() and text.isdigit() and len(text) <= 17):
        raise ValueError(text)
    return _EPOCH + timedelta(microseconds=int(text))
