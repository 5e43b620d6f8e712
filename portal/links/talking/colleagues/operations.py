"""A colleague at the other school gets a link of their own, or not, or not any more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.db import db
from portal.links import rules as links
from portal.links.models import LinkVisit, SharedLink
from portal.links.operations import check_names, note, say, tell_them, tell_us
from portal.links.queries import holders
from portal.links.talking.colleagues import rules
from portal.links.talking.operations import check_lives
from portal.policy import Standing
from portal.prepared import claim


def propose(
    link: SharedLink, values: Mapping[str, str], *, secret: str, visit: LinkVisit | None, now: datetime
) -> SharedLink:
    """Who is to work on it too: `name`, `function`, `email`, `phone`, `language`. It opens nothing until we say yes.

    Raises `Invalid`, `Refused` and `Missing`.
    """
    root, nonce = link.root, links.new_nonce()
    with db.atomic():
        check_lives(link, visit=visit, now=now)
        rules.check_new(values["email"], [one.email for one in holders(root) if _is_of_use(one)])
        made: SharedLink = SharedLink.create(
            incident=root.incident_id,
            kind=root.kind,
            head=root,
            school=root.school,
            nonce=nonce,
            token_hash=links.hash_of(links.token_of(nonce, secret)),
            proposed_by=link,
            made_at=now,
            **values,
        )
        note(link, "colleague:propose", visit=visit, now=now, colleague=made.id)
        say(link, rules.EVENTS["proposed"], now=now, contact="school", name=_called(made))
        tell_us(root.incident, now=now)
    return made


def _is_of_use(link: SharedLink) -> bool:
    """Whether it works, or waits to be approved."""
    return not (link.revoked_at or link.dead_at)


def _called(link: SharedLink) -> str:
    return ", ".join(filter(None, (link.name, link.function)))


def approve(colleague: SharedLink, *, version: int, actor: Person, now: datetime) -> None:
    """From now on the colleague's own address works, with a code that we tell by telephone.

    Raises `Refused` and `ChangedMeanwhile`.
    """
    root = colleague.root
    with db.atomic():
        check_lives(root, now=now)
        rules.check_waits(bool(colleague.sent_at), bool(colleague.revoked_at))
        claim(colleague, version, {"sent_at": now, "sent_by_id": actor.id, "ends_at": root.ends_at, "days": root.days})
        note(colleague, "colleague:approve", actor=actor, now=now)
        say(colleague, rules.EVENTS["approved"], author=actor, now=now, name=_called(colleague))
        tell_them(colleague, "shared-offer", now=now)
        _tell_proposer(colleague, now)


def refuse(
    colleague: SharedLink, words: str, *, version: int, standing: Standing, actor: Person, now: datetime
) -> None:
    """This colleague gets no link; who proposed them reads why. Raises as `approve`, and `Leaks`."""
    with db.atomic():
        check_lives(colleague.root, now=now)
        check_names(colleague.root, {"words": words}, standing=standing, actor=actor, now=now)
        rules.check_waits(bool(colleague.sent_at), bool(colleague.revoked_at))
        claim(colleague, version, {"revoked_at": now, "revoked_by_id": actor.id, "revoked_words": words})
        note(colleague, "colleague:refuse", actor=actor, now=now)
        say(colleague, rules.EVENTS["refused"], author=actor, now=now, name=_called(colleague), text=words)
        _tell_proposer(colleague, now)


def _tell_proposer(colleague: SharedLink, now: datetime) -> None:
    if links.answers_at(colleague.proposed_by, now):
        tell_them(colleague.proposed_by, "shared-news", now=now)


def end(
    colleague: SharedLink,
    words: str,
    *,
    version: int,
    link: SharedLink | None = None,
    visit: LinkVisit | None = None,
    standing: Standing | None = None,
    actor: Person | None = None,
    now: datetime,
) -> None:
    """The link of one colleague ends, for us (`actor`, `standing`) or for who proposed it at the other school (`link`).

    Its sessions end with it, for the guard looks at the link at each request. Raises as `approve`, and `Leaks` for us.
    """
    with db.atomic():
        check_lives(link or colleague.root, visit=visit, now=now)
        if actor and standing:
            check_names(colleague.root, {"words": words}, standing=standing, actor=actor, now=now)
        over = links.state_of(colleague, now) in links.OVER
        rules.check_can_end(bool(colleague.sent_at), over)
        change: dict[str, Any] = {"revoked_at": now, "revoked_words": words}
        claim(colleague, version, {**change, **({"revoked_by_id": actor.id} if actor else {})})
        note(colleague, "colleague:end", actor=actor, visit=visit, now=now)
        event = rules.EVENTS["ended" if actor else "left"]
        say(link or colleague, event, author=actor, now=now, name=_called(colleague), text=words)
        if link:
            tell_us(colleague.incident, now=now)
