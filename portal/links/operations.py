"""What every change of a shared link has in common: the trail, the logbook and telling the other side."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.accounts.throttle.operations import switched_off
from portal.audit.models import AuditEvent
from portal.audit.operations import record
from portal.communication.check import operations as check
from portal.errors import N_, Missing, TooOften
from portal.incidents import queries as incidents
from portal.incidents.models import Incident
from portal.incidents.operations import log
from portal.incidents.team.operations import subject, tell, tell_once
from portal.links import queries
from portal.links.models import LinkVisit, SharedLink
from portal.links.rules import MOST_ACTS, MOST_WORRIES, WORK_ON_IT
from portal.notices import queries as mails
from portal.notices.operations import notify
from portal.policy import Standing

HOUR = timedelta(hours=1)
UNCOUNTED = ("page:read", "message:read", "visit:end")  # each bounded by what was done before it
QUIET = timedelta(minutes=15)  # between two mails to a member


def _check_turn(link: SharedLink, action: str, now: datetime) -> None:
    """Who holds a link cannot fill the disk with it. What only happens when it is read goes on. Raises `TooOften`."""
    if switched_off.get() or action in UNCOUNTED:
        return
    hour_ago = (AuditEvent.subject == link.subject) & (AuditEvent.at > now - HOUR)
    most = MOST_ACTS + (MOST_WORRIES if action == "worry:report" else 0)
    if AuditEvent.select().where(hour_ago, AuditEvent.actor_id.is_null()).count() >= most:
        raise TooOften(
            N_("Very much was done on this page within an hour."),
            N_("Wait a while, then try again. Is it urgent? Call the school."),
            wait=int(HOUR.total_seconds()),
        )


def note(
    link: SharedLink,
    action: str,
    *,
    actor: Person | None = None,
    visit: LinkVisit | None = None,
    now: datetime,
    **detail: Any,
) -> None:
    """One event of the trail about a link, of a member of staff or of who visits it; joins the transaction.

    Raises `TooOften` for a visitor who does very much."""
    if visit:
        _check_turn(link, action, now)
    seen = {"visit": visit.id, "network": visit.network} if visit else {}
    record(f"links:{action}", link.subject, actor_id=actor and actor.id, now=now, **seen, **detail)


def say(
    link: SharedLink, event: str, *, author: Person | None = None, now: datetime, kind: str = "plan", **values: Any
) -> None:
    """A line of the incident's logbook about a link; `who` is the school, and who there wrote it."""
    who = link.school if author else f"{link.name} ({link.school})"
    log(link.incident, kind, event, author=author, now=now, who=who, **values)


def check_answers(link: SharedLink, now: datetime) -> None:
    """Refuse what comes after the link or its incident ended; inside the transaction, since the guard looked before.

    Raises `Missing`.
    """
    if queries.fresh(link, now) is None:
        raise Missing


def take_part(link: SharedLink, *, now: datetime) -> None:
    """The other school does something that was asked: so it takes part, also when it had said no before."""
    root = SharedLink.get_by_id(link.root.id)
    if root.accepted_at is None or root.declined_at:
        change = {"accepted_at": root.accepted_at or now, "declined_at": None, "declined_words": ""}
        SharedLink.update(**change, version=SharedLink.version + 1).where(SharedLink.id == root.id).execute()


def tell_us(
    incident: Incident, *, now: datetime, kind: str = "links", actor: Person | None = None, at_once: bool = False
) -> None:
    """Mail without content to the members who work with the other school.

    At most one a quarter of an hour: what comes within it is told by one mail at its end, unless it is `at_once`.
    """
    told: set[int] = set()
    for row in incidents.team(incident):
        if row.function in WORK_ON_IT and row.person_id not in told:
            told.add(row.person_id)
            last = mails.newest(kind, person_id=row.person_id, about=subject(incident))
            if at_once or last is None or last <= now - QUIET:
                tell_once(incident, row.person, kind, actor=actor, now=now)
            elif last < now:
                tell(incident, row.person, kind, actor=actor, now=last + QUIET)


def tell_them(link: SharedLink, kind: str, *, now: datetime) -> None:
    """Mail without content to who holds this link: 'shared-offer' with its address, 'shared-news' without."""
    notify(kind, person_id=0, address=link.email, language=link.language, about=link.subject, now=now)


def look_at(link: SharedLink, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """How the leak check looks at a text for this link: who is shared, by the columns that are, is no finding.

    `content` is what is going to be shared; else what is shared now counts.
    """
    if content is None:
        shared = queries.content(link)
        content = shared.content if shared else {}
    return {"reader": check.Reader(queries.told_in(content), (link.school, link.name, link.root.name))}


def check_names(
    link: SharedLink,
    texts: Mapping[str, str],
    *,
    content: dict[str, Any] | None = None,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Texts of ours, by their part, that are going to the other school. Raises `check.Leaks` when one names
    somebody who is not shared; what the check only asks about may go (product rule 6)."""
    said = {link.language: {part: text for part, text in texts.items() if text}}
    check.gate(link.incident, said, None, **look_at(link, content), standing=standing, actor=actor, now=now)
