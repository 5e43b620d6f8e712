"""What our page of one link shows of what was shared and read."""

from collections import defaultdict
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from portal.accounts.models import Person
from portal.audit.models import AuditEvent
from portal.links import queries
from portal.links.making import rules
from portal.links.models import SharedLink, ShareVersion

READ = "links:page:read"  # the event of a reading by who holds a link


class Reading(NamedTuple):
    """Who read which version first and last, and how often."""

    link: SharedLink
    number: int
    first: datetime
    last: datetime
    times: int


class Followed:
    """All that our page of one link says besides its row: each thing is asked once, when it is needed."""

    def __init__(self, link: SharedLink, holders: list[SharedLink] | None = None) -> None:
        """`holders`: this link and those of colleagues, where they are known already."""
        self.link = link
        self._known = holders

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
    def readings(self) -> list[Reading]:
        """By whom what was read, last read first."""
        by_subject = {link.subject: link for link in self._known or queries.holders(self.link)}
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
