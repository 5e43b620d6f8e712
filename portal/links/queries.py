"""Finding shared links: those of an incident for its team, and the one of an address for who holds it."""

from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.incidents.models import OPEN, Incident, Involved
from portal.links import rules
from portal.links.models import Ask, LinkDraft, LinkVisit, SharedLink, ShareVersion


def of(incident: Incident) -> list[SharedLink]:
    """All links of an incident, newest first, with who made them."""
    rows = SharedLink.select(SharedLink, Person).join(Person, JOIN.LEFT_OUTER, on=SharedLink.made_by)
    found = list(rows.where(SharedLink.incident == incident).order_by(SharedLink.id.desc()))
    for link in found:
        link.incident = incident
    return found


def link_in(incident: Incident, link_id: int) -> SharedLink | None:
    """A link of this incident; None for one of another."""
    return SharedLink.get_or_none((SharedLink.incident == incident) & (SharedLink.id == link_id))  # type: ignore[no-any-return]


def by_token(token: str, now: datetime) -> SharedLink | None:
    """The link of an address that answers now, with its incident and head; None for any other.

    A colleague's link ends with its head, and all of them with the incident.
    """
    return _answering(SharedLink.token_hash == rules.hash_of(token), now)


def fresh(link: SharedLink, now: datetime) -> SharedLink | None:
    """The same link as it is in the database now, while it answers."""
    return _answering(SharedLink.id == link.id, now)


def _answering(here: Any, now: datetime) -> SharedLink | None:
    head = SharedLink.alias()
    found: SharedLink | None = (
        SharedLink.select(SharedLink, Incident, head)
        .join_from(SharedLink, Incident)
        .join_from(SharedLink, head, JOIN.LEFT_OUTER, on=(SharedLink.head == head.id), attr="head")
        .where(here)
        .first()
    )
    return found if found is not None and can_answer(found, now) else None


def can_answer(link: SharedLink, now: datetime) -> bool:
    """Whether a link can be read now: it, its head and the incident are open."""
    is_open = link.incident.state == OPEN
    return is_open and rules.answers_at(link, now) and rules.answers_at(link.root, now)


def visit(link: SharedLink, key: str, now: datetime) -> LinkVisit | None:
    """The session with this key on this link, while it lasts: not idle, not ended, its code not changed."""
    row: LinkVisit | None = LinkVisit.get_or_none((LinkVisit.key == key) & (LinkVisit.link == link))
    if row is None or row.ended_at or row.code_number != link.code_number:
        return None
    return row if row.seen_at > now - rules.IDLE and row.began_at > now - rules.LONGEST else None


def content(link: SharedLink, number: int | None = None) -> ShareVersion | None:
    """What is shared through the head of a link: the newest version, also one newer than `link`, or another."""
    rows = ShareVersion.select().where(ShareVersion.link == link.root).order_by(ShareVersion.number.desc())
    return (rows if number is None else rows.where(ShareVersion.number == number)).first()  # type: ignore[no-any-return]


def shares(link: SharedLink, section: str) -> bool:
    """Whether the 'statement' or 'feedback' is part of what is shared through a link."""
    shared = content(link)
    return bool(shared and shared.content.get(section))


def holders(link: SharedLink) -> list[SharedLink]:
    """Everybody at the other school who has, had or is to get a link of this head, the head first."""
    root = link.root
    rows = SharedLink.select().where((SharedLink.id == root) | (SharedLink.head == root))
    return list(rows.order_by(SharedLink.id))


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
    return list(_asks().where(Ask.link == link.root).order_by(Ask.id))


def ask_in(link: SharedLink, ask_id: int) -> Ask | None:
    """One of these, which knows its link; None for one of another link."""
    found: Ask | None = _asks().where(Ask.link == link.root, Ask.id == ask_id).first()
    if found is not None:
        found.link = link.root
    return found


def _asks() -> Any:
    """With their actions, and with who answered."""
    rows = Ask.select(Ask, Action, SharedLink).join_from(Ask, Action)
    return rows.join_from(Ask, SharedLink, JOIN.LEFT_OUTER, on=(Ask.answered_by == SharedLink.id))


def state(link: SharedLink, now: datetime) -> str:
    """How it stands, with what was asked."""
    return rules.state_of(link, now, [ask.action.state for ask in asks(link)])


def drafts(link: SharedLink) -> dict[str, LinkDraft]:
    """What was typed on the pages of a link and not sent, by place."""
    return {draft.place: draft for draft in LinkDraft.select().where(LinkDraft.link == link)}
