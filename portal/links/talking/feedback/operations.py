"""Asking the other school how it went, and its answer."""

from collections.abc import Mapping
from datetime import datetime

from portal.accounts.models import Person
from portal.db import db
from portal.errors import N_, Refused
from portal.links.models import LinkFeedback, LinkVisit, SharedLink
from portal.links.operations import note, say, tell_us
from portal.links.queries import shares
from portal.links.talking.feedback import queries, rules
from portal.links.talking.operations import check_lives, tell_school


def ask(link: SharedLink, *, actor: Person, now: datetime) -> None:
    """Ask now, without waiting for the day. Asked already, nothing happens. Raises `Refused`."""
    root = link.root
    with db.atomic():
        check_lives(root, now=now)
        if not shares(root, "feedback"):
            raise Refused(N_("Feedback is not asked through this link."), N_("Change what is shared first."))
        _ask(root, actor, now)


def _ask(link: SharedLink, actor: Person | None, now: datetime) -> None:
    unasked = (SharedLink.id == link.id) & SharedLink.feedback_at.is_null()
    if not SharedLink.update(feedback_at=now).where(unasked).execute():
        return  # somebody else did, or another worker
    note(link, "feedback:ask", actor=actor, now=now)
    say(link, rules.EVENTS["asked"], author=actor, now=now)
    tell_school(link, now=now)


def ask_due(now: datetime) -> int:
    """Ask where the time has come, by day; for the worker. Gives how many were asked."""
    asked = list(queries.to_ask(now)) if rules.is_day(now) else []
    for link in asked:
        with db.atomic():
            _ask(link, None, now)
    return len(asked)


def give(link: SharedLink, answers: Mapping[str, str], *, visit: LinkVisit | None, now: datetime) -> LinkFeedback:
    """What somebody at the other school says of how it went. Raises `Invalid`, `Refused` and `Missing`."""
    rules.check_said(answers)
    root = link.root
    with db.atomic():
        check_lives(link, visit=visit, now=now)
        fresh = SharedLink.get_by_id(root.id)
        rules.check_can_give(bool(fresh.feedback_at), queries.given_by(link) is not None)
        made: LinkFeedback = LinkFeedback.create(link=root, by_link=link, answers=dict(answers), at=now)
        note(link, "feedback:give", visit=visit, now=now, feedback=made.id)
        text = "\n\n".join(text for key, text in answers.items() if text and not rules.questions()[key].answers)
        say(link, rules.EVENTS["given"], now=now, kind="talk", contact="school", text=text)
        tell_us(root.incident, now=now)
    return made
