"""What was done and read through a shared link, for both schools."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from portal.audit.models import AuditEvent
from portal.links.models import SharedLink
from portal.links.queries import holders
from portal.links.trail import rules


class Line(NamedTuple):
    """One event: who did it, where `us` is a member of our staff and `them` a link; of which version and network."""

    at: datetime
    action: str
    us: int | None
    them: SharedLink | None
    version: int | None
    network: str

    @property
    def is_unknown(self) -> bool:
        return self.action in rules.NOBODY


def lines(link: SharedLink, *, theirs: bool) -> tuple[list[Line], bool]:
    """The events about the links of one school, newest first; and whether there are more. `theirs`: as they see it."""
    root = link.root
    links = {one.subject: one for one in holders(root)}
    rows = AuditEvent.select().where(AuditEvent.subject.in_(list(links)))
    if theirs:
        known = [action for action in rules.SAID if action not in rules.OURS]
        rows = rows.where(AuditEvent.action.in_(known), AuditEvent.at >= root.sent_at)
    found = list(rows.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(rules.MOST + 1))
    return list(_read(found[: rules.MOST], links)), len(found) > rules.MOST


def _read(events: Iterable[AuditEvent], links: Mapping[str, SharedLink]) -> Iterable[Line]:
    for event in events:
        told = event.detail
        them = links[event.subject] if told.get("visit") else None
        version = told.get("version") if event.action.startswith("links:page:") else None
        yield Line(event.at, event.action, event.actor_id, them, version, told.get("network", ""))
