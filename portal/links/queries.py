"""Finding shared links: those of an incident for its team, and the one of an address for who holds it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.incidents.models import OPEN, Incident, Involved
from portal.links import rules
from portal.links.models import Ask, LinkDraft, LinkVisit, SharedLink, ShareVersion
from portal.prepared import Prepared, columns_of, given, rows_of

Head = SharedLink.alias()
STAFF = {name: Person.alias() for name in ("made_by", "sent_by", "revoked_by")}


def of(incident: Incident) -> list[SharedLink]:
    """All links of an incident, newest first, each with its head and who made, sent and revoked it."""
    found: dict[int, SharedLink] = {}
    for row in _of(incident.id):
        link, *people = rows_of(row, SharedLink, *STAFF.values())
        for name, person in zip(STAFF, people, strict=True):
            if person is not None:
                setattr(link, name, person)
        link.incident = incident
        found[link.id] = link
    for link in found.values():
        if link.head_id in found:
            link.head = found[link.head_id]
    return list(found.values())


@Prepared
def _of() -> Any:
    rows = SharedLink.select(*columns_of(SharedLink, *STAFF.values()))
    for name, person in STAFF.items():
        rows = rows.join_from(SharedLink, person, JOIN.LEFT_OUTER, on=(getattr(SharedLink, name) == person.id))
    return rows.where(SharedLink.incident == given()).order_by(SharedLink.id.desc())


def link_in(incident: Incident, link_id: int) -> SharedLink | None:
    """A link of this incident; None for one of another."""
    return SharedLink.get_or_none((SharedLink.incident == incident) & (SharedLink.id == link_id))  # type: ignore[no-any-return]


def by_token(token: str, now: datetime) -> SharedLink | None:
    """The link of an address that answers now, with its incident and head; None for any other.

    A colleague's link ends with its head, and all of them with the incident.
    """
    return entered(token, "", now)[0]


def entered(token: str, key: str, now: datetime) -> tuple[SharedLink | None, LinkVisit | None]:
    """The same, with the session that this key opens on it, while that lasts: not idle, not ended, its code not
    changed."""
    link, visit = _found(_by_hash(key, rules.hash_of(token)), now)
    return link, visit if visit is not None and _lasts(visit, now) else None


def fresh(link: SharedLink, now: datetime) -> SharedLink | None:
    """The same link as it is in the database now, while it answers."""
    return _found(_by_id("", link.id), now)[0]


def _links(here: Any) -> Any:
    """Links with their incident and head, and the session with a key."""
    visit = (LinkVisit.link == SharedLink.id) & (LinkVisit.key == given())
    return (
        SharedLink.select(*columns_of(SharedLink, Incident, Head, LinkVisit))
        .join_from(SharedLink, Incident)
        .join_from(SharedLink, Head, JOIN.LEFT_OUTER, on=(SharedLink.head == Head.id))
        .join_from(SharedLink, LinkVisit, JOIN.LEFT_OUTER, on=visit)
        .where(here)
    )


@Prepared
def _by_hash() -> Any:
    return _links(SharedLink.token_hash == given())


@Prepared
def _by_id() -> Any:
    return _links(SharedLink.id == given())


def _found(rows: list[tuple[Any, ...]], now: datetime) -> tuple[SharedLink | None, LinkVisit | None]:
    for row in rows:
        link, incident, head, visit = rows_of(row, SharedLink, Incident, SharedLink, LinkVisit)
        link.incident = incident
        if head is not None:
            link.head, head.incident = head, incident
        if visit is not None:
            visit.link = link
        return (link, visit) if can_answer(link, now) else (None, None)
    return None, None


def _lasts(visit: LinkVisit, now: datetime) -> bool:
    if visit.ended_at or visit.code_number != visit.link.code_number:
        return False
    return bool(visit.seen_at > now - rules.IDLE and visit.began_at > now - rules.LONGEST)


def can_answer(link: SharedLink, now: datetime) -> bool:
    """Whether a link can be read now: it, its head and the incident are open."""
    is_open = link.incident.state == OPEN
    return is_open and rules.answers_at(link, now) and rules.answers_at(link.root, now)


def content(link: SharedLink, number: int | None = None) -> ShareVersion | None:
    """What is shared through the head of a link: the newest, also when `link` was read before it; or another."""
    return content_by(link, number)[0]


def shares(link: SharedLink, section: str) -> bool:
    """Whether the 'statement' or 'feedback' is part of what is shared through a link."""
    shared = content(link)
    return bool(shared and shared.content.get(section))


def holders(link: SharedLink) -> list[SharedLink]:
    """Everybody at the other school who has, had or is to get a link of this head, the head first."""
    root = link.root
    rows = SharedLink.select().where((SharedLink.id == root) | (SharedLink.head == root))
    return list(rows.order_by(SharedLink.id))


def content_by(link: SharedLink, number: int | None = None) -> tuple[ShareVersion | None, Person | None]:
    """The same, and who of our staff sent the link, or made it."""
    root = link.root
    for row in _content(root.sent_by_id or root.made_by_id, root.id, number is None, number):
        version, person = rows_of(row, ShareVersion, Person)
        version.link = root
        return version, person
    return None, None


@Prepared
def _content() -> Any:
    rows = ShareVersion.select(*columns_of(ShareVersion, Person)).join(
        Person, JOIN.LEFT_OUTER, on=(Person.id == given())
    )
    here = (ShareVersion.link == given()) & (given() | (ShareVersion.number == given()))
    return rows.where(here).order_by(ShareVersion.number.desc()).limit(1)


def told_in(content: dict[str, Any]) -> dict[int, list[str]]:
    """Of whom a content tells, by id, with the columns. Who was merged into another since is that one."""
    told = {one["id"]: list(one["fields"]) for one in content.get("people", ())}
    merged = Involved.select(Involved.id, Involved.merged_into).where(Involved.id.in_([*told]))
    kept = dict(merged.where(Involved.merged_into.is_null(False)).tuples()) if told else {}
    found: dict[int, list[str]] = {}
    for number, fields in told.items():
        found.setdefault(kept.get(number, number), []).extend(fields)
    return found


def asks(link: SharedLink) -> list[Ask]:
    """What the other school was asked and what it added, in that order, each with its action."""
    return [_ask(row) for row in _of_link(link.root.id)]


def ask_in(link: SharedLink, ask_id: int) -> Ask | None:
    """One of these, which knows its link; None for one of another link."""
    for row in _one_of_link(link.root.id, ask_id):
        found = _ask(row)
        found.link = link.root
        return found
    return None


def all_asks(incident: Incident) -> dict[int, list[Ask]]:
    """The same of all links of an incident, by the id of the link."""
    found: dict[int, list[Ask]] = defaultdict(list)
    for row in _of_incident(incident.id):
        ask = _ask(row)
        found[ask.link_id].append(ask)
    return found


def _asks(*here: Any) -> Any:
    """With their actions, and with who answered."""
    rows = Ask.select(*columns_of(Ask, Action, SharedLink)).join_from(Ask, Action)
    rows = rows.join_from(Ask, SharedLink, JOIN.LEFT_OUTER, on=(Ask.answered_by == SharedLink.id))
    return rows.where(*here).order_by(Ask.id)


@Prepared
def _of_link() -> Any:
    return _asks(Ask.link == given())


@Prepared
def _one_of_link() -> Any:
    return _asks(Ask.link == given(), Ask.id == given())


@Prepared
def _of_incident() -> Any:
    return _asks(Action.incident == given())


def _ask(row: tuple[Any, ...]) -> Ask:
    ask: Ask
    ask, ask.action, by = rows_of(row, Ask, Action, SharedLink)
    if by is not None:
        ask.answered_by = by
    return ask


def state(link: SharedLink, now: datetime) -> str:
    """How it stands, with what was asked."""
    return rules.state_of(link, now, [ask.action.state for ask in asks(link)])


def drafts(link: SharedLink) -> dict[str, LinkDraft]:
    """What was typed on the pages of a link and not sent, by place."""
    return {draft.place: draft for draft in LinkDraft.select().where(LinkDraft.link == link)}
