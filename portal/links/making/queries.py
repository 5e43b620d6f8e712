"""What the pages on which we make and follow a link show."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from peewee import JOIN

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.incidents.models import Incident
from portal.incidents.people.queries import involved
from portal.links import queries
from portal.links import rules as links
from portal.links.making import rules
from portal.links.models import Ask, SharedLink, ShareVersion
from portal.policy import Standing

READ = "links:page:read"  # the event of a reading by who holds a link


class Beside(NamedTuple):
    """A line that a sibling package puts with a link on our side: a message with its values, and where it leads."""

    message: dict[str, Any]
    path: str


# What needs us of what goes on through a link, as (link, standing, now); filled in `create_app`. Messages hold no
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


def rows(incident: Incident, standing: Standing, now: datetime) -> list[Row]:
    """The links of an incident, newest first, each with those of colleagues under it."""
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
        if not link.head_id
    ]


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


def asked_texts(content: Mapping[str, Any]) -> dict[str, str]:
    """What is asked of the other school, by its part, for the leak check."""
    found = {}
    for number, one in enumerate(content.get("asks", ()), 1):
        found |= {f"title-{number}": one["title"], f"how-{number}": one.get("how", "")}
    return found


class Reading(NamedTuple):
    """Who read which version first and last, and how often."""

    link: SharedLink
    number: int
    first: datetime
    last: datetime
    times: int


class Followed:
    """All that our page of one link says besides its row: each thing is asked once, when it is needed."""

    def __init__(self, link: SharedLink) -> None:
        self.link = link

    @cached_property
    def versions(self) -> list[ShareVersion]:
        """Newest first, with who made them."""
        rows = ShareVersion.select(ShareVersion, Person).join(Person).where(ShareVersion.link == self.link)
        return list(rows.order_by(ShareVersion.number.desc()))

    @cached_property
    def changes(self) -> list[tuple[ShareVersion, list[dict[str, Any]], ShareVersion | None]]:
        """Each version with what it changed, and the one before."""
        pairs = zip(self.versions, [*self.versions[1:], None], strict=True)
        return [(now, rules.difference(was.content, now.content) if was else [], was) for now, was in pairs]

    @cached_property
    def holders(self) -> list[SharedLink]:
        """This link and those of colleagues."""
        rows = SharedLink.select().where((SharedLink.id == self.link.id) | (SharedLink.head == self.link.id))
        return list(rows.order_by(SharedLink.id))

    @cached_property
    def readings(self) -> list[Reading]:
        """By whom what was read, last read first."""
        by_subject = {link.subject: link for link in self.holders}
        events = AuditEvent.select(AuditEvent.subject, AuditEvent.at, AuditEvent.detail)
        seen: dict[tuple[str, int], list[datetime]] = defaultdict(list)
        for event in events.where(AuditEvent.action == READ, AuditEvent.subject.in_([*by_subject])):
            seen[event.subject, int(event.detail.get("version", 1))].append(event.at)
        found = [
            Reading(by_subject[subject], number, min(at), max(at), len(at)) for (subject, number), at in seen.items()
        ]
        return sorted(found, key=lambda one: one.last, reverse=True)

    @cached_property
    def read_before(self) -> list[tuple[dict[str, Any], list[str], datetime]]:
        """Of whom what is shared no more and was read: the person as then, the columns, and when last."""
        read = {one.number: one.last for one in reversed(self.readings)}
        now = {one["id"]: set(one["fields"]) for one in (self.versions[0].content["people"] if self.versions else ())}
        found: dict[int, tuple[dict[str, Any], dict[str, None], datetime]] = {}
        for version in self.versions[1:]:
            for one in version.content["people"] if version.number in read else ():
                gone = dict.fromkeys(name for name in one["fields"] if name not in now.get(one["id"], ()))
                if gone:
                    _who, names, at = found.get(one["id"], (one, {}, read[version.number]))
                    found[one["id"]] = (one, names | gone, max(at, read[version.number]))
        return [(one, list(names), at) for one, names, at in found.values()]

    @cached_property
    def asks(self) -> list[Ask]:
        return queries.asks(self.link)


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
