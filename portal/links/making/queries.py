"""What the pages on which we make and follow a link show."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from peewee import JOIN

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.incidents.models import Incident
from portal.incidents.people.queries import involved
from portal.links import queries
from portal.links import rules as links
from portal.links.making import rules
from portal.links.models import Ask, SharedLink
from portal.policy import Standing


class Beside(NamedTuple):
    """A line that a sibling package puts with a link on our side: a message with its values, and the page of this
    link to which it leads, as in '/messages'.
    """

    message: dict[str, Any]
    path: str


# What needs us of what goes on through a link, as (link, standing, now); filled in `portal.wiring`. Messages hold no
# names: everybody who may read links sees them.
beside: list[Callable[[SharedLink, Standing, datetime], Iterable[Beside]]] = []


@dataclass(frozen=True)
class Row:
    """A link with how it stands, what comes next, what needs us, and how much was done of what was asked."""

    link: SharedLink
    state: str
    next: rules.Next
    beside: list[Beside]
    asked: list[str]  # states of the actions
    colleagues: list["Row"]

    @property
    def done(self) -> int:
        return sum(state in ("done", "not-needed") for state in self.asked)


def rows(incident: Incident, standing: Standing, now: datetime, only: int | None = None) -> list[Row]:
    """The links of an incident, newest first, each with those of colleagues under it; `only` the one with this id."""
    asked: dict[int, list[str]] = defaultdict(list)
    states = Ask.select(Ask.link, Action.state).join(Action).where(Action.incident == incident)
    for number, state in states.tuples():
        asked[number].append(state)
    found = queries.of(incident)
    under: dict[int, list[Row]] = defaultdict(list)
    for link in reversed(found):
        if link.head_id:
            under[link.head_id].append(_row(link, asked[link.head_id], [], [], now))
    return [
        _row(link, asked[link.id], [one for look in beside for one in look(link, standing, now)], under[link.id], now)
        for link in found
        if not link.head_id and only in (None, link.id)
    ]


def row_of(link: SharedLink, standing: Standing, now: datetime) -> Row | None:
    """The same for one link; None for that of a colleague."""
    return next(iter(rows(link.incident, standing, now, only=link.id)), None)


def _row(link: SharedLink, asked: list[str], lines: list[Beside], colleagues: list[Row], now: datetime) -> Row:
    state = links.state_of(link, now, asked)
    return Row(link, state, rules.next_of(link, state, now), lines, asked, colleagues)


def moment(text: str | None) -> datetime | None:
    """A moment as a content keeps it."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def people_of(incident: Incident) -> list[Any]:
    """Who can be shared at all."""
    return rules.to_share(involved(incident))


def first_content(link: SharedLink, like: SharedLink | None) -> dict[str, Any]:
    """What a draft begins with: by default, or what an earlier link shared."""
    people, kind = people_of(link.incident), link.kind
    if like is None:
        said = rules.chosen(kind, people, rules.by_default(kind, link.school, people))
        return {"summary": "", "people": said, "asks": [], "statement": True, "feedback": True}
    before = content_of(like)
    ticks = rules.ticks_of(before)
    return {**before, "people": rules.chosen(kind, people, ticks), "asks": [], "after": like.id}


def content_of(link: SharedLink, number: int | None = None) -> dict[str, Any]:
    """What is shared, or going to be: of a draft, what was ticked of people is as they are now."""
    found = queries.content(link, number)
    content: dict[str, Any] = dict(found.content) if found else {}
    if not link.root.sent_at:
        content["people"] = rules.chosen(link.kind, people_of(link.incident), rules.ticks_of(content))
    return content


def as_sent(link: SharedLink, now: datetime) -> SharedLink:
    """A draft as it would be when it is sent now, to look at."""
    ends_at: Any = now + timedelta(days=link.days)
    link.ends_at = ends_at
    return link


def asked_texts(content: Mapping[str, Any]) -> dict[str, str]:
    """What is asked of the other school, by its part, for the leak check."""
    found: dict[str, str] = {}
    for number, one in enumerate(content.get("asks", ()), 1):
        found |= {f"title-{number}": one["title"], f"how-{number}": one.get("how", "")}
    return found


def link_with(incident: Incident, link_id: int) -> SharedLink | None:
    """A link of this incident with who made, sent and revoked it, and its head."""
    head, sent, revoked = SharedLink.alias(), Person.alias(), Person.alias()
    rows = (
        SharedLink.select(SharedLink, Person, head, sent, revoked)
        .join_from(SharedLink, Person, JOIN.LEFT_OUTER, on=SharedLink.made_by)
        .join_from(SharedLink, head, JOIN.LEFT_OUTER, on=(SharedLink.head == head.id), attr="head")
        .join_from(SharedLink, sent, JOIN.LEFT_OUTER, on=(SharedLink.sent_by == sent.id), attr="sent_by")
        .join_from(SharedLink, revoked, JOIN.LEFT_OUTER, on=(SharedLink.revoked_by == revoked.id), attr="revoked_by")
    )
    found: SharedLink | None = rows.where(SharedLink.incident == incident, SharedLink.id == link_id).first()
    if found is not None:
        found.incident = incident
    return found
