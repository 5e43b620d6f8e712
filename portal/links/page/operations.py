"""Taking part or not, and that the page was read."""

from datetime import datetime

from portal.audit.operations import remember
from portal.db import db, unless_full
from portal.errors import N_, Invalid
from portal.links.models import LinkVisit, SharedLink
from portal.links.operations import check_answers, note, say, take_part, tell_us
from portal.links.page.queries import was_read

EVENTS = {"accepted": N_("%(who)s takes part."), "declined": N_("%(who)s does not take part.")}


def join(link: SharedLink, *, visit: LinkVisit, now: datetime) -> None:
    """The other school takes part, also when it had said no before. Raises `Missing`."""
    with db.atomic():
        check_answers(link, now)
        if _stands(link)[0]:
            return
        take_part(link, now=now)
        note(link, "link:accept", visit=visit, now=now)
        say(link, EVENTS["accepted"], now=now)
        tell_us(link.incident, now=now)


def turn_down(link: SharedLink, words: str, *, visit: LinkVisit, now: datetime) -> None:
    """The other school does not take part, with a reason; the page stays readable. Raises `Missing`, `Invalid`."""
    if not words:
        raise Invalid("words", N_("Write in one line why not. Then the other school can look for another way."))
    with db.atomic():
        check_answers(link, now)
        if _stands(link)[1]:
            return
        change = {"declined_at": now, "declined_words": words, "version": SharedLink.version + 1}
        SharedLink.update(**change).where(SharedLink.id == link.root.id).execute()
        note(link, "link:decline", visit=visit, now=now)
        say(link, EVENTS["declined"], now=now, text=words)
        tell_us(link.incident, now=now)


def _stands(link: SharedLink) -> tuple[bool, bool]:
    """Whether that school takes part, and whether it said that it does not, as it is now."""
    root: SharedLink = SharedLink.get_by_id(link.root.id)
    return bool(root.accepted_at and not root.declined_at), bool(root.declined_at)


def note_read(link: SharedLink, visit: LinkVisit, number: int, *, now: datetime) -> None:
    """What is shared was read: once per session, hour and version of it (product rule 11)."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    reading, known = (hour, f"visit:{visit.id}", link.subject, number), db.connection().readings
    if reading in known:
        return
    if not was_read(link, visit.id, number, hour):
        with unless_full(f"links:page:read of {link.subject} in visit:{visit.id}"), db.atomic():
            note(link, "page:read", visit=visit, now=now, version=number)
    remember(known, {reading})


def note_taken(link: SharedLink, visit: LinkVisit, what: str, number: int, *, now: datetime) -> None:
    """It was opened to be printed (`what` is 'print'), or a copy was taken ('download')."""
    with unless_full(f"links:page:{what} of {link.subject} in visit:{visit.id}"):
        note(link, f"page:{what}", visit=visit, now=now, version=number)
