"""A link is made in steps, sent, changed, renewed and revoked; and its code."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.actions.operations import tick
from portal.clock import local
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Missing, Refused
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs
from portal.links import queries
from portal.links import rules as links
from portal.links.asks import operations as asks
from portal.links.kinds.rules import PARTNER_SCHOOL
from portal.links.making import queries as making
from portal.links.making import rules
from portal.links.models import Ask, LinkVisit, SharedLink, ShareVersion
from portal.links.operations import check_names, note, say, tell_them
from portal.links.talking.wording import operations as wording
from portal.policy import Standing
from portal.prepared import claim

REPLACED = N_("A new link took its place.")


def begin(
    incident: Incident,
    values: Mapping[str, Any],
    *,
    like: SharedLink | None = None,
    secret: str,
    actor: Person,
    now: datetime,
) -> SharedLink:
    """Begin a link, as a draft that nobody outside sees. What an earlier one was for and shared comes along from
    `like`, in whose place this one comes once it is sent. Raises `Refused` when the incident has ended."""
    nonce = links.new_nonce()
    again = {name: getattr(like, name) for name in ("purpose", "basis", "parents", "days")} if like else {}
    with db.atomic():
        check_runs(incident)
        made: SharedLink = SharedLink.create(
            incident=incident,
            kind=PARTNER_SCHOOL,
            nonce=nonce,
            token_hash=links.hash_of(links.token_of(nonce, secret)),
            made_by=actor,
            made_at=now,
            **values,
            **again,
        )
        content = making.first_content(made, like)
        ShareVersion.create(link=made, number=0, content=content, made_by=actor, made_at=now)
        note(made, "draft:begin", actor=actor, now=now)
    return made


def _check_draft(link: SharedLink) -> None:
    """Refuse to write on in what was sent; inside the transaction. Raises `Refused`, and `Missing` when it is gone."""
    check_runs(link.incident)
    if _fresh(link).sent_at:
        raise Refused(N_("This link was sent meanwhile."), N_("Change what is shared on its own page."))


def _fresh(link: SharedLink) -> SharedLink:
    found: SharedLink | None = SharedLink.get_or_none(SharedLink.id == link.id)
    if found is None:
        raise Missing
    return found


def write(link: SharedLink, values: Mapping[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Keep a step of a draft: with whom, what for, how long. Raises `Invalid`, `Refused` and `ChangedMeanwhile`."""
    with db.atomic():
        _check_draft(link)
        if "purpose" in values:
            rules.check_purpose(values)
        if "days" in values:
            rules.check_days(values["days"])
        claim(link, version, dict(values))
        note(link, "draft:write", actor=actor, now=now, fields=sorted(values))


def write_share(link: SharedLink, content: Mapping[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Keep what a draft is going to share. Raises as `write`."""
    with db.atomic():
        _check_draft(link)
        claim(link, version, {})
        after = making.content_of(link).get("after")
        kept = {**content, **({"after": after} if after else {})}
        ShareVersion.update(content=kept).where(ShareVersion.link == link, ShareVersion.number == 0).execute()
        note(link, "draft:write", actor=actor, now=now, fields=["content"])


def throw_away(link: SharedLink, *, version: int, actor: Person, now: datetime) -> None:
    """A draft that nobody outside saw is gone. Raises `Refused` and `ChangedMeanwhile`."""
    with db.atomic():
        _check_draft(link)
        claim(link, version, {})
        ShareVersion.delete().where(ShareVersion.link == link).execute()
        SharedLink.delete().where(SharedLink.id == link.id).execute()
        note(link, "draft:remove", actor=actor, now=now)


def check_texts(link: SharedLink, content: Mapping[str, Any], **who: Any) -> None:
    """What is typed for the other school names nobody who is not shared; what is asked of it, which stands in the
    plan too, names nobody. Raises `check.Leaks` (product rule 6)."""
    check_names(link, {"summary": content.get("summary", "")}, content={**content}, **who)
    check_names(link, making.asked_texts(content), content={}, **who)


def send(
    link: SharedLink,
    *,
    version: int,
    seen: str = "",
    ticked: str = "",
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """The other school gets the address by mail, and what is asked of it stands in the plan; with the words `ticked`
    the plan's step is done too. `seen` is `making.seen` of what was looked at: people can be corrected meanwhile.

    Raises `Refused` for a link that is not ready, `check.Leaks`, and `ChangedMeanwhile`.
    """
    with db.atomic():
        _check_draft(link)
        content = making.content_of(link)
        rules.check_whole(link, content, now)
        if seen and seen != making.seen(content):
            raise ChangedMeanwhile(
                N_("What you share was changed meanwhile."), N_("Look at the page once more, then send it.")
            )
        check_texts(link, content, standing=standing, actor=actor, now=now)
        check_names(link, making.called(link), content={}, standing=standing, actor=actor, now=now)
        ends = now + timedelta(days=link.days)
        claim(link, version, {"sent_at": now, "sent_by": actor, "ends_at": ends, "number": 1})
        asked, after = content.pop("asks", []), content.pop("after", None)
        kept = {"number": 1, "content": content, "made_by": actor, "made_at": now}
        ShareVersion.update(**kept).where(ShareVersion.link == link, ShareVersion.number == 0).execute()
        told = {str(number): fields for number, fields in queries.told_in(content).items()}
        note(link, "link:send", actor=actor, now=now, number=1, people=told)
        say(link, rules.EVENTS["sent"], author=actor, now=now, kind="decision", day=_day(ends))
        if after:
            _take_the_place(link, after, actor, now)
        for one in asked:
            asks.ask(link, {**one, "due_at": rules.moment(one["due_at"])}, actor=actor, now=now)
        if content.get("statement"):
            wording.offer_valid(link, standing=standing, actor=actor, now=now)
        tell_them(link, "shared-offer", now=now)
        if ticked:
            tick(link.incident, rules.STEP, None, ticked, standing=standing, actor=actor, now=now)


def _take_the_place(link: SharedLink, before: int, actor: Person, now: datetime) -> None:
    """What the other school did not do yet of an earlier link is asked on this one, and that one ends.

    Another school than before reads nothing of what that one said.
    """
    old = queries.link_in(link.incident, before)
    if old is None:
        return
    left = [one.id for one in making.moving(link, before)]
    if left:
        anew = {} if rules.same_school(old.school, link.school) else asks.NOTHING_SAID
        Ask.update(link=link, version=Ask.version + 1, **anew).where(Ask.id.in_(left)).execute()
        theirs = Action.id.in_(Ask.select(Ask.action).where(Ask.id.in_(left))) & (Action.outsider != "")
        Action.update(outsider=link.school).where(theirs).execute()
        note(link, "ask:move", actor=actor, now=now, asks=left, before=old.id)
    if not old.revoked_at:
        _revoke(old, REPLACED, actor, now)


def _day(moment: datetime) -> dict[str, str]:
    return {"day": local(moment).date().isoformat()}


def new_code(link: SharedLink, *, actor: Person, now: datetime) -> None:
    """Another code: the old one opens nothing any more, and who came in with it has to begin again.

    Raises `Refused` for a link that does not answer.
    """
    with db.atomic():
        check_runs(link.incident)
        fresh = _fresh(link)
        rules.check_sent(fresh, now)
        change = {"code_number": SharedLink.code_number + 1, "wrong": 0, "locked_until": None}
        SharedLink.update(**change, version=SharedLink.version + 1).where(SharedLink.id == link.id).execute()
        LinkVisit.update(ended_at=now).where(LinkVisit.link == link, LinkVisit.ended_at.is_null()).execute()
        note(link, "code:change", actor=actor, now=now)
        say(link, rules.EVENTS["code"], author=actor, now=now)


def change(
    link: SharedLink, content: Mapping[str, Any], *, version: int, standing: Standing, actor: Person, now: datetime
) -> bool:
    """From now on this is shared instead; what was shared before is kept (product rule 10). False when it is the same.

    Raises `Refused` for a link that does not answer, `check.Leaks`, and `ChangedMeanwhile`.
    """
    with db.atomic():
        check_runs(link.incident)
        rules.check_sent(_fresh(link), now)
        before, content = making.content_of(link), dict(content)
        what = rules.difference(before, content)
        if not what:
            return False
        check_texts(link, content, standing=standing, actor=actor, now=now)
        claim(link, version, {"number": link.number + 1})
        kept = {"content": content, "made_by": actor, "made_at": now}
        ShareVersion.create(link=link, number=link.number, **kept)
        told = {str(number): fields for number, fields in queries.told_in(content).items()}
        note(link, "share:change", actor=actor, now=now, number=link.number, people=told)
        say(link, rules.EVENTS["changed"], author=actor, now=now, kind="decision", what=what)
        if content.get("statement") and not before.get("statement"):
            wording.offer_valid(link, standing=standing, actor=actor, now=now)
        for one in queries.holders(link):
            if links.answers_at(one, now):
                tell_them(one, "shared-news", now=now)
    return True


def renew(link: SharedLink, days: int, *, actor: Person, now: datetime) -> None:
    """From now on it lasts so many days, those of colleagues too, also when it had ended by itself.

    Raises `Invalid`, and `Refused` for one that was revoked or died.
    """
    with db.atomic():
        check_runs(link.incident)
        rules.check_days(days)
        rules.check_renewable(_fresh(link))
        ends = now + timedelta(days=days)
        for one in queries.holders(link):
            if one.sent_at and not one.revoked_at and not one.dead_at:
                had_ended = not links.answers_at(one, now)
                _set(one, ends_at=ends)
                note(one, "link:renew", actor=actor, now=now, days=days)
                if had_ended:
                    tell_them(one, "shared-news", now=now)
        say(link, rules.EVENTS["renewed"], author=actor, now=now, kind="decision", day=_day(ends))


def revoke(link: SharedLink, words: str, *, actor: Person, now: datetime) -> None:
    """From the next request on it opens nothing, nor do those of colleagues. Raises `Refused` when it did already."""
    with db.atomic():
        check_runs(link.incident)
        fresh = _fresh(link)
        if fresh.revoked_at or not fresh.sent_at:
            raise Refused(N_("This link was revoked already, or never sent."), N_("Look how it stands now."))
        _revoke(fresh, words, actor, now)


def _revoke(link: SharedLink, words: str, actor: Person, now: datetime) -> None:
    for one in queries.holders(link):
        if not one.revoked_at:
            _set(one, revoked_at=now, revoked_by=actor, revoked_words=words)
            LinkVisit.update(ended_at=now).where(LinkVisit.link == one, LinkVisit.ended_at.is_null()).execute()
            note(one, "link:revoke", actor=actor, now=now)
    say(link, rules.EVENTS["revoked"], author=actor, now=now, kind="decision", text=words)


def _set(link: SharedLink, **change: Any) -> None:
    SharedLink.update(**change, version=SharedLink.version + 1).where(SharedLink.id == link.id).execute()
