"""What the page of a link shows: exactly what was chosen, and nothing that the plan or the people say since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from portal.accounts.models import Person
from portal.audit.models import AuditEvent
from portal.errors import N_
from portal.incidents.rules import PARTS
from portal.links import queries
from portal.links.asks import rules
from portal.links.kinds.rules import KINDS, PERSON_FIELDS, fields_of
from portal.links.making.rules import moment
from portal.links.models import Ask, SharedLink

WAITING = (rules.TODO, rules.LATE, rules.DATE)


class News(NamedTuple):
    """Something that waits for who holds the link: a message, and where below the page's address it leads."""

    message: dict[str, Any]
    path: str
    section: str = ""  # what has to be shared for it


# What other parts of the page have that is new; filled in `portal.wiring`. Asked at each poll: one statement each.
news: list[Callable[[SharedLink, datetime], Iterable[News]]] = []


class Told(NamedTuple):
    """One person as shared: who it is, and pairs of a field's words and what it says."""

    title: Any
    facts: list[tuple[str, Any]]


@dataclass(frozen=True)
class Asked:
    """One action as the other school sees it; `status` is a key of `asks.rules.STATES`. Without an id in a preview."""

    id: int
    title: str
    how: str
    due_at: datetime | None
    status: str
    own: bool = False
    words: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    proposed_at: datetime | None = None
    proposed_words: str = ""
    kept: bool = False  # another date was proposed, and the other school kept its own
    by_us: bool = False  # our own team noted it as done
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether an answer is still waited for."""
        return self.status in WAITING


@dataclass(frozen=True)
class Shown:
    """All that the page of a link says. `by` is the member of staff who asks."""

    link: SharedLink
    by: Person | None
    number: int
    given_at: datetime | None
    summary: str
    people: list[Told]
    asks: list[Asked]
    statement: bool
    feedback: bool
    news: list[News]

    @property
    def open(self) -> list[Asked]:
        return [ask for ask in self.asks if ask.is_open]

    @property
    def phone(self) -> str:
        """Of who asks; empty when only the school has one."""
        return self.by.phone if self.by else ""

    @property
    def declined(self) -> bool:
        """Whether that school said that it does not take part."""
        return bool(self.link.root.declined_at)

    @property
    def undecided(self) -> bool:
        """Whether that school said neither yes nor no, and did nothing yet."""
        return not (self.link.root.accepted_at or self.declined)

    @property
    def is_told(self) -> bool:
        """Whether anything is told of the incident or of people."""
        return bool(self.summary or self.people)

    @property
    def next(self) -> datetime | None:
        """When the first of it has to be done."""
        return min((ask.due_at for ask in self.open if ask.due_at), default=None)


def shown(link: SharedLink, now: datetime, *, content: dict[str, Any] | None = None) -> Shown:
    """The page of a link as it is now; with `content` as it would be with this, for a preview of a draft."""
    version, by = (None, None) if content is not None else queries.content_by(link)
    said: dict[str, Any] = content if content is not None else version.content if version else {}
    rows = [] if content is not None else queries.asks(link)
    asks = [asked(row, now) for row in rows] or [_draft(one) for one in said.get("asks") or []]
    sections = KINDS[link.kind].sections
    return Shown(
        link=link,
        by=by if version else link.root.sent_by or link.root.made_by,
        number=version.number if version else 0,
        given_at=version.made_at if version else None,
        summary=said.get("summary", "") if "summary" in sections else "",
        people=_people(link, said) if "people" in sections else [],
        asks=sorted(asks, key=_first) if "actions" in sections else [],
        statement="statement" in sections and bool(said.get("statement")),
        feedback="feedback" in sections and bool(said.get("feedback")),
        news=[] if content is not None else _news(link, said, now),
    )


def _news(link: SharedLink, said: dict[str, Any], now: datetime) -> list[News]:
    """What is new, as far as it is still shared."""
    return [one for found in news for one in found(link, now) if not one.section or said.get(one.section)]


def _first(ask: Asked) -> tuple[bool, bool, float]:
    """What waits for an answer stands first, in the order of its dates."""
    return not ask.is_open, ask.due_at is None, ask.due_at.timestamp() if ask.due_at and ask.is_open else 0.0


def asked(row: Ask, now: datetime) -> Asked:
    """Of an action only what was asked, by when and what they themselves said: our words on it may name others."""
    action = row.action
    return Asked(
        id=row.id,
        title=row.title,
        how="" if row.own else row.how,
        due_at=action.due_at,
        status=rules.standing_of(row, now),
        own=row.own,
        words=row.words,
        answered_at=row.answered_at,
        answered_by=row.answered_by.name if row.answered_by_id else "",
        proposed_at=row.proposed_at,
        proposed_words=row.proposed_words,
        kept=row.answer == rules.KEPT,
        by_us=action.state == rules.DONE and (row.answered_at is None or row.answered_at < action.changed_at),
        version=row.read_version,
    )


def _draft(one: dict[str, Any]) -> Asked:
    return Asked(0, one["title"], one.get("how", ""), moment(one.get("due_at")), rules.TODO)


def _people(link: SharedLink, said: dict[str, Any]) -> list[Told]:
    """Only fields that this kind of outsider may be shown, whatever was kept."""
    found = []
    for person in said.get("people") or []:
        fields = person["fields"]
        names = fields_of(link.kind, fields)
        title = fields["name"] if "name" in names else {"message": N_("A pupil")}
        facts = [(PERSON_FIELDS[name], _value(name, fields[name])) for name in names if name != "name"]
        found.append(Told(title, facts))
    return found


def _value(name: str, value: str) -> Any:
    return {"message": PARTS[value]} if name == "part" and value in PARTS else value


def was_read(link: SharedLink, visit_id: int, number: int, since: datetime) -> bool:
    """Whether this version was read in this session since then, as the trail says."""
    rows = AuditEvent.select(AuditEvent.detail).where(
        AuditEvent.subject == link.subject, AuditEvent.at >= since, AuditEvent.action == "links:page:read"
    )
    return any((row.detail.get("visit"), row.detail.get("version")) == (visit_id, number) for row in rows)
