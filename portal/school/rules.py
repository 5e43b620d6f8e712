"""Open days, and the telephone numbers everybody needs. Pure."""

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any


@cache
def helplines() -> dict[str, dict[str, Any]]:
    """The national numbers by key, in the order of the card (`helplines.toml`, with source and check date)."""
    lines = tomllib.loads((Path(__file__).parent / "helplines.toml").read_text("utf-8"))["line"]
    return {line["key"]: line for line in lines}


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Dutch public holidays of a year. Source: the `holidays` library, Netherlands."""
    # Here, because only those who plan need it and it takes megabytes.
    import holidays

    return frozenset(holidays.country_holidays("NL", years=year))


def is_public_free(day: date) -> bool:
    """A weekend or a public holiday: nobody is asked to act by then."""
    return day.weekday() >= 5 or day in public_holidays(day.year)


def is_closed(day: date, closed: Iterable[tuple[date, date]]) -> bool:
    """A free day, or one on which this school is closed."""
    return is_public_free(day) or any(first <= day <= last for first, last in closed)


def next_open(day: date, closed: Iterable[tuple[date, date]], *, holidays_count: bool) -> date:
    """The day itself or the first after it that is open.

    `holidays_count`: whether the school's own closed days are skipped too, not only weekends and public
    holidays. Looks at most a year ahead, since a school closed for longer is a mistake in the settings.
    """
    periods = tuple(closed) if holidays_count else ()
    for ahead in range(366):
        if not is_closed(day + timedelta(days=ahead), periods):
            return day + timedelta(days=ahead)
    return day


def closing_soon(day: date, closed: Iterable[tuple[date, date]]) -> tuple[date, date] | None:
    """The school's holiday that is now, or begins within three days, and lasts at least three."""
    for first, last in closed:
        if first - timedelta(days=3) <= day <= last and (last - first).days >= 2:
            return first, last
    return None
