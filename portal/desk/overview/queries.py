"""How one incident stands for one reader."""

from datetime import datetime, timedelta
from typing import Any

from portal.actions.plan.queries import board
from portal.clock import local
from portal.desk.overview import rules
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Incident
from portal.incidents.people.rules import masked
from portal.incidents.rules import CONTACTS
from portal.incidents.unrest.rules import chart
from portal.policy import Standing

TO_DO, CHANGES = 8, 6  # how many are shown; the rest stands in the plan and the logbook


def picture(incident: Incident, standing: Standing, since: datetime | None, now: datetime) -> dict[str, Any]:
    """Everything the overview shows; `since` is when the reader's last visit ended."""
    whole = board(incident, standing, now)
    # Once it has ended nothing is to be done any more, and nobody is waited for.
    running = whole.rows if incident.state == OPEN else []
    to_do = rules.now_to_do(running, now)
    victim, nobody, others = rules.waits_for(running)
    noted, unrest = incidents.pulse(incident)
    reported: datetime = incident.reported_at
    until = incident.ended_at or now
    after = since or reported - timedelta(days=1)  # everything
    news = incidents.changes(incident, standing, after, CHANGES + 1) if standing.sees("log") else []
    return {
        "board": whole,
        "to_do": to_do[:TO_DO],
        "more_to_do": max(len(to_do) - TO_DO, 0),
        "late": sum(row.status == "late" for row in to_do),
        "waits": victim,
        "nobody": nobody,
        "others": others,
        "contacts": rules.contacts(CONTACTS, whole.rows, noted, over=not running),
        "masked": [] if standing.sees("people") else masked(whole.people),
        "bars": chart(unrest, reported, until),
        "news": news[:CHANGES],
        "more_news": len(news) > CHANGES,
        "since": since,
        "day": (local(until).date() - local(reported).date()).days + 1,
    }
