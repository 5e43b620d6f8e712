"""How unrest moves from day to day. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.clock import local

CHART_DAYS = 14
STEP, UNIT = 18, 16  # width of a day and height of one degree of unrest, in units of the drawing


@dataclass
class Bar:
    """One day of the chart: the highest unrest that was noted, None when nobody did. `x` and `height` are drawn."""

    day: date
    value: int | None
    x: int
    height: int


def chart(noted: Iterable[tuple[datetime, int]], began: datetime, now: datetime) -> list[Bar]:
    """Unrest per day from the report until today, of the newest `CHART_DAYS` days."""
    worst: dict[date, int] = {}
    for moment, value in noted:
        day = local(moment).date()
        worst[day] = max(value, worst.get(day, 0))
    today = local(now).date()
    first = max(local(began).date(), today - timedelta(days=CHART_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [Bar(day, worst.get(day), n * STEP, worst.get(day, 0) * UNIT + 3) for n, day in enumerate(days)]
