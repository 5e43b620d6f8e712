"""The code that opens a link, and the session that follows."""

import secrets
from datetime import datetime, timedelta

from portal.accounts.throttle.rules import network, too_often
from portal.db import db
from portal.errors import N_, Invalid, Missing
from portal.links import rules
from portal.links.models import LinkDraft, LinkVisit, SharedLink
from portal.links.operations import note, tell_us
from portal.security import keyed

STILL = timedelta(minutes=1)  # how old `seen_at` may be before a request writes it


def key_of(secret: str) -> str:
    """What stands in the database for the secret of a session's cookie."""
    return keyed("link-visit", secret)


def enter(link: SharedLink, code: str, address: str, *, secret: str, now: datetime) -> str:
    """Open the link with its code; gives the secret for the cookie of this browser.

    Every try is counted in the transaction that looks at it, so the count holds over workers. Raises `Missing` when
    the link is or goes dead, `TooOften` while it is locked, `Invalid` for a wrong code.
    """
    refused: Exception | None = None
    made = secrets.token_urlsafe(24)
    with db.atomic():
        fresh: SharedLink = SharedLink.get_by_id(link.id)
        if not rules.answers_at(fresh, now):
            raise Missing
        if fresh.locked_until and fresh.locked_until > now:
            raise too_often(fresh.locked_until - now)
        if rules.is_code(code, fresh.nonce, fresh.code_number, secret):
            _begin(fresh, made, address, now)
        else:
            refused = _wrong(fresh, address, now)
    if refused:
        raise refused
    return made


def _begin(link: SharedLink, made: str, address: str, now: datetime) -> None:
    visit = LinkVisit.create(
        link=link, key=key_of(made), code_number=link.code_number, network=network(address), began_at=now, seen_at=now
    )
    opened = {} if link.opened_at else {"opened_at": now}
    SharedLink.update(wrong=0, locked_until=None, **opened).where(SharedLink.id == link.id).execute()
    note(link, "visit:begin", visit=visit, now=now)
    if opened:
        tell_us(link.incident, now=now)


def _wrong(link: SharedLink, address: str, now: datetime) -> Exception:
    lock = rules.after_wrong(link.wrong, now)
    dead = {"dead_at": now} if lock.is_dead else {}
    change = {"wrong": lock.wrong, "locked_until": lock.locked_until, **dead}
    SharedLink.update(**change).where(SharedLink.id == link.id).execute()
    note(link, "visit:refuse", now=now, network=network(address), wrong=lock.wrong)
    if lock.is_dead:
        note(link, "link:die", now=now)
        tell_us(link.incident, now=now)
        return Missing()
    if lock.locked_until:
        return too_often(rules.LOCKED_FOR)
    return Invalid("code", N_("This code is not right. Look at it again, or call the school that gave it to you."))


def note_use(visit: LinkVisit, *, now: datetime) -> None:
    """Somebody used the page: the session lasts on."""
    if now - visit.seen_at >= STILL:
        LinkVisit.update(seen_at=now).where(LinkVisit.id == visit.id).execute()


def keep_draft(link: SharedLink, place: str, text: str, *, now: datetime) -> None:
    """Store what somebody is typing there, in place of what was there; nothing typed, nothing kept.

    Raises `Invalid` for one more than a link can have.
    """
    with db.atomic():
        if not text:
            return forget_drafts(link, {place: ""})
        if LinkDraft.select().where(LinkDraft.link == link, LinkDraft.place != place).count() >= rules.MOST_DRAFTS:
            raise Invalid("text", N_("Not kept: too many texts are waiting. Send one of them first."))
        change = {LinkDraft.text: text, LinkDraft.saved_at: now}
        LinkDraft.insert({LinkDraft.link: link, LinkDraft.place: place, **change}).on_conflict(
            conflict_target=[LinkDraft.link, LinkDraft.place], update=change
        ).execute()


def forget_drafts(link: SharedLink, texts: dict[str, str]) -> None:
    """These texts have been sent, by place; joins the caller's transaction."""
    LinkDraft.delete().where(LinkDraft.link == link, LinkDraft.place.in_(list(texts))).execute()


def leave(visit: LinkVisit, *, now: datetime) -> None:
    """The visitor closes it."""
    with db.atomic():
        LinkVisit.update(ended_at=now).where(LinkVisit.id == visit.id).execute()
        note(visit.link, "visit:end", visit=visit, now=now)
