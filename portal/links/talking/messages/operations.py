"""Writing to the other school, and reading what it wrote."""

from datetime import datetime

from portal.accounts.models import Person
from portal.db import db, unless_full
from portal.links.models import LinkMessage, LinkVisit, SharedLink
from portal.links.operations import check_names, note, say, tell_us
from portal.links.talking.messages import rules
from portal.links.talking.operations import check_lives, tell_school
from portal.policy import Standing


def write(link: SharedLink, text: str, *, standing: Standing, actor: Person, now: datetime) -> LinkMessage:
    """A message of ours. Raises `Refused`, and `Leaks` when it names somebody who is not shared."""
    root = link.root
    with db.atomic():
        check_lives(root, now=now)
        check_names(root, {"text": text}, standing=standing, actor=actor, now=now)
        made: LinkMessage = LinkMessage.create(link=root, text=text, by_person=actor, at=now)
        note(root, "message:send", actor=actor, now=now, message=made.id)
        say(root, rules.EVENTS["sent"], author=actor, now=now, kind="talk", contact="school", text=text)
        tell_school(root, now=now)
    return made


def receive(
    link: SharedLink, text: str, *, kind: str = rules.MESSAGE, visit: LinkVisit | None, now: datetime
) -> LinkMessage:
    """A message of theirs, or a worry (`kind` of `rules.KINDS`). Raises `Missing` when the link ended meanwhile."""
    with db.atomic():
        check_lives(link, visit=visit, now=now)
        made: LinkMessage = LinkMessage.create(link=link.root, kind=kind, text=text, by_link=link, at=now)
        if kind == rules.MESSAGE:
            note(link, "message:send", visit=visit, now=now, message=made.id)
        else:
            note(link, "worry:report", visit=visit, now=now, message=made.id, danger=kind == rules.DANGER)
        say(link, rules.EVENTS[kind], now=now, kind="talk", contact="school", text=text)
        tell_us(link.incident, now=now)
    return made


def read(link: SharedLink, *, actor: Person | None = None, visit: LinkVisit | None = None, now: datetime) -> None:
    """Somebody who works with the other school opens what it wrote; both sides see since when it was read."""
    column = LinkMessage.by_link if actor else LinkMessage.by_person
    new = (LinkMessage.link == link.root) & column.is_null(False) & LinkMessage.read_at.is_null()
    if not LinkMessage.select().where(new).exists():
        return
    with unless_full(f"{link.subject} messages read"), db.atomic():
        if LinkMessage.update(read_at=now).where(new).execute():
            note(link, "message:read", actor=actor, visit=visit, now=now)
