"""Finding what was agreed about looking online, and what was seen."""

from datetime import date, datetime, timedelta
from typing import Any

import peewee as pw

from portal.accounts.absence.queries import away_between
from portal.accounts.models import Person
from portal.actions.models import Action
from portal.clock import day_begins, local
from portal.communication.watch import rules
from portal.communication.watch.models import Post, Watch, WatchTurn
from portal.incidents.models import Incident
from portal.incidents.queries import who_may_change
from portal.policy import Standing
from portal.school.queries import closed_days

Looker, Maker, Replier = Person.alias(), Person.alias(), Person.alias()
MOST = 100  # posts on the page, the newest


def of(incident: Incident) -> Watch:
    """Where is looked and for what; one that is not kept yet, at version 0, until somebody said so."""
    found: Watch | None = Watch.get_or_none(Watch.incident == incident)
    return found or Watch(incident=incident, platforms=list(rules.USUAL), terms=[], version=0)


def watchers(incident: Incident) -> list[Person]:
    """Who can have a turn: everybody on the team who may write down what was seen."""
    return who_may_change(incident, "watch")


def turns(incident: Incident, first: date) -> dict[tuple[date, str], WatchTurn]:
    """Turns from a day on, with whose they are and who looked."""
    rows = (
        WatchTurn.select(WatchTurn, Person, Looker)
        .join_from(WatchTurn, Person, pw.JOIN.LEFT_OUTER, on=(WatchTurn.person == Person.id))
        .join_from(WatchTurn, Looker, pw.JOIN.LEFT_OUTER, on=(WatchTurn.looked_by == Looker.id))
        .where(WatchTurn.incident == incident, WatchTurn.day >= first)
        .order_by(WatchTurn.day)
    )
    return {(row.day, row.part_of_day): row for row in rows}


def proposed(incident: Incident, first: date) -> dict[tuple[date, str], int]:
    """Who could look in the week from a day on."""
    days, shut = rules.week(first), closed_days()
    closed = [day for day in days if any(begins <= day <= ends for begins, ends in shut)]
    return rules.propose(days, [person.id for person in watchers(incident)], away_between(first, days[-1]), closed)


def last_look(incident: Incident) -> WatchTurn | None:
    rows = WatchTurn.select(WatchTurn, Looker).join(Looker, on=(WatchTurn.looked_by == Looker.id))
    looked = rows.where(WatchTurn.incident == incident).order_by(WatchTurn.looked_at.desc())
    return looked.first()  # type: ignore[no-any-return]


def _posts(incident: Incident) -> Any:
    return (
        Post.select(Post, Maker, Replier, Action)
        .join_from(Post, Maker, on=(Post.made_by == Maker.id))
        .join_from(Post, Replier, pw.JOIN.LEFT_OUTER, on=(Post.replied_by == Replier.id))
        .join_from(Post, Action, pw.JOIN.LEFT_OUTER)
        .where(Post.incident == incident)
        .order_by(Post.seen_at.desc(), Post.id.desc())
    )


def posts(incident: Incident) -> list[Post]:
    """What was seen, newest first, with who wrote it down and who answered."""
    return list(_posts(incident).limit(MOST))


def post_in(incident: Incident, post_id: int) -> Post | None:
    """A post of this incident; one of another incident is not there."""
    found: Post | None = _posts(incident).where(Post.id == post_id).first()
    if found is not None:
        found.incident = incident
    return found


def bars(incident: Incident, now: datetime) -> list[rules.Bar]:
    """How many posts were seen per day, and how many of them were wrong."""
    since = day_begins(local(now).date() - timedelta(days=rules.CHART_DAYS - 1))
    seen = Post.select(Post.seen_at, Post.truth).where(Post.incident == incident, Post.seen_at >= since)
    return rules.per_day([(row.seen_at, row.truth) for row in seen], incident.reported_at, now)


def duties(today: date) -> Any:
    """Turns of today and later that nobody looked in: incident, no group, nobody, who, when, kind, row."""
    nothing, kind = pw.SQL("''"), pw.SQL("'watch-'").concat(WatchTurn.part_of_day)
    return WatchTurn.select(
        WatchTurn.incident, nothing, pw.SQL("NULL"), WatchTurn.person, WatchTurn.day, kind, WatchTurn.id
    ).where(WatchTurn.day >= today, WatchTurn.looked_at.is_null())


def behind(action: Action, standing: Standing) -> str:
    """Where the post is that this action has to get offline; '' for who sees no online watch."""
    found = Post.select(Post.id).where(Post.action == action).first() if standing.sees("watch") else None
    return f"/watch/{found.id}" if found else ""
