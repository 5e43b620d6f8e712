"""What the pages on which we make and follow a link show."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal.actions.rules import FINISHED
from portal.incidents.models import Incident
from portal.incidents.people.queries import involved
from portal.links import queries
from portal.links import rules as links
from portal.links.making import rules
from portal.links.models import Ask, SharedLink


class Beside(NamedTuple):
    """A line that a sibling package puts with a link on our side: a message with its values, and where it leads
    below the address of the link."""

    message: dict[str, Any]
    path: str
    lasting: bool = False  # also through a link that ended, with which nothing can be answered


# What needs us of what goes on through the links of an incident, by the id of the link, of (incident, what was asked by
# the id of its link, now); filled in `portal.wiring`. Messages hold no names: everybody who may read links sees them.
beside: list[Callable[[Incident, Mapping[int, list[Ask]], datetime], Mapping[int, list[Beside]]]] = []


@dataclass(frozen=True)
class Row:
    """A link with how it stands, what comes next, what needs us, and how much was done of what was asked."""

    link: SharedLink
    state: str
    next: rules.Next
    beside: list[Beside]
    asked: list[Ask]  # each with its action
    colleagues: list["Row"]

    @property
    def done(self) -> int:
        return sum(ask.action.state in FINISHED for ask in self.asked)

    @property
    def holders(self) -> list[SharedLink]:
        """Who at that school has this link or one under it."""
        return [self.link, *(one.link for one in self.colleagues)]


def rows(incident: Incident, now: datetime) -> list[Row]:
    """The links of an incident, newest first, each with those of colleagues under it; three statements for any
    number."""
    asked, found = queries.all_asks(incident), queries.of(incident)
    lines = [look(incident, asked, now) for look in beside] if found else []
    under: dict[int, list[Row]] = defaultdict(list)
    for link in reversed(found):
        if link.head_id:
            under[link.head_id].append(_row(link, asked.get(link.head_id, []), [], [], now))
    return [
        _row(
            link, asked.get(link.id, []), [one for said in lines for one in said.get(link.id, ())], under[link.id], now
        )
        for link in found
        if not link.head_id
    ]


def row_of(incident: Incident, link_id: int, now: datetime) -> Row | None:
    """The same for one link; None for that of a colleague, or of another incident."""
    return next((row for row in rows(incident, now) if row.link.id == link_id), None)


def _row(link: SharedLink, asked: list[Ask], lines: list[Beside], colleagues: list[Row], now: datetime) -> Row:
    state = links.state_of(link, now, [ask.action.state for ask in asked])
    lines = [one for one in lines if one.lasting or state not in links.OVER]
    return Row(link, state, rules.next_of(link, state, now), lines, asked, colleagues)


def people_of(incident: Incident) -> list[Any]:
    """Who can be shared at all."""
    return rules.to_share(involved(incident))


def parts_of(link: SharedLink) -> set[str]:
    """What the pupils of this school are in the incident, as far as is known."""
    return {one.part for one in people_of(link.incident) if rules.is_of(one, link.school)}


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


def called(link: SharedLink) -> dict[str, str]:
    """With whom a link is, for the leak check: the whole team reads it."""
    return {name: getattr(link, name) for name in ("school", "name", "function")}


def moving(link: SharedLink, before: int) -> list[Ask]:
    """What is still to be done of an earlier link, in whose place this one comes; what another school added itself
    stays behind."""
    old = queries.link_in(link.incident, before)
    same = old is not None and rules.same_school(old.school, link.school)
    left = [one for one in queries.asks(old) if one.action.state not in FINISHED] if old else []
    return [one for one in left if same or not one.own]


def with_moving(link: SharedLink, content: Mapping[str, Any]) -> dict[str, Any]:
    """A content with what is asked anew because this link comes in the place of another."""
    moved = moving(link, content.get("after", 0))
    said = [{"title": one.title, "how": "" if one.own else one.how, **rules.kept(one.action.due_at)} for one in moved]
    return {**content, "asks": [*content.get("asks", ()), *said]}


def seen(content: Mapping[str, Any]) -> str:
    """What stands for a content that somebody looked at."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def link_with(incident: Incident, link_id: int) -> SharedLink | None:
    """A link of this incident with who made, sent and revoked it, and its head."""
    return next((link for link in queries.of(incident) if link.id == link_id), None)
