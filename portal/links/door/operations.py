"""The code that opens a link, and the session that follows."""

import secrets
from datetime import datetime, timedelta

from portal.accounts.throttle.rules import too_often
from portal.clearing import remove_over
from portal.db import db
from portal.drafts.rules import KEPT
from portal.errors import N_, Invalid, Missing
from portal.links import queries, rules
from portal.links.models import LinkDraft, LinkVisit, SharedLink
from portal.links.operations import note, say, tell_them, tell_us
from portal.security import keyed

STILL = timedelta(minutes=1)  # how old `seen_at` may be before a request writes it


def key_of(secret: str) -> str:
    """What stands in the database for the secret of a session's cookie."""
    return keyed("link-visit", secret)


def enter(link: SharedLink, code: str, address: str, *, before: str, secret: str, now: datetime) -> str:
    """Open the link with its code; gives the secret for the cookie of this browser, which had the one of `before`.

    Every try is counted in the transaction that looks at it, so the count holds over workers. Raises `Missing` when
    the link is or goes dead, `TooOften` while it is locked, `Invalid` for a wrong code.
    """
    refused: Exception | None = None
    made = secrets.token_urlsafe(24)
    with db.atomic():
        fresh = queries.fresh(link, now)
        if fresh is None:
            raise Missing
        if fresh.locked_until and fresh.locked_until > now:
            raise too_often(fresh.locked_until - now)
        if rules.is_code(code, fresh.nonce, fresh.code_number, secret):
            _end(fresh, before, now)
            _begin(fresh, made, address, now)
        else:
            refused = _wrong(fresh, address, now)
    if refused:
        raise refused
    return made


def _end(link: SharedLink, secret: str, now: datetime) -> None:
    """A browser that comes in anew has one session, not the one of before as well."""
    here = (LinkVisit.link == link) & (LinkVisit.key == key_of(secret)) & LinkVisit.ended_at.is_null()
    LinkVisit.update(ended_at=now).where(here).execute()


def _begin(link: SharedLink, made: str, address: str, now: datetime) -> None:
    visit = LinkVisit.create(
        link=link,
        key=key_of(made),
        code_number=link.code_number,
        network=rules.coarse(address),
        began_at=now,
        seen_at=now,
    )
    opened = {} if link.opened_at else {"opened_at": now}
    SharedLink.update(wrong=0, locked_until=None, **opened).where(SharedLink.id == link.id).execute()
    note(link, "visit:begin", visit=visit, now=now)
    if opened:
        say(link, N_("%(who)s opened the link."), now=now)
        tell_us(link.incident, now=now)


def _wrong(link: SharedLink, address: str, now: datetime) -> Exception:
    lock = rules.after_wrong(link.wrong, now)
    dead = {"dead_at": now} if lock.is_dead else {}
    change = {"wrong": lock.wrong, "locked_until": lock.locked_until, **dead}
    SharedLink.update(**change).where(SharedLink.id == link.id).execute()
    note(link, "visit:refuse", now=now, network=rules.coarse(address), wrong=lock.wrong)
    if not lock.locked_until:
        return Invalid("code", N_("This code is not right. Look at it again, or call the school that gave it to you."))
    tell_us(link.incident, now=now)
    if lock.is_dead:
        note(link, "link:die", now=now)
        say(
            link,
            N_("The link of %(who)s was closed after too many wrong codes. Call them, and make a new one."),
            now=now,
        )
        tell_them(link, "shared-dead", now=now)
        return Missing()
    say(link, N_("Five wrong codes were typed at the link of %(who)s. It is locked for a quarter of an hour."), now=now)
    return too_often(rules.LOCKED_FOR)


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


def clear_old(now: datetime) -> None:
    """What was typed and never sent."""
    remove_over({LinkDraft: LinkDraft.saved_at < now - KEPT})
