"""What the other school said at the evaluation, and whom to ask."""

from collections.abc import Iterator
from datetime import datetime

from portal.actions.models import Action
from portal.incidents.models import OPEN, Incident
from portal.links import queries
from portal.links.models import LinkFeedback, SharedLink
from portal.links.rules import DECLINED, state_of
from portal.links.rules import OVER as GONE
from portal.links.talking.feedback import rules


def of(link: SharedLink) -> list[LinkFeedback]:
    """What was said, with who said it, the newest first."""
    rows = LinkFeedback.select(LinkFeedback, SharedLink).join(SharedLink, on=LinkFeedback.by_link)
    return list(rows.where(LinkFeedback.link == link.root).order_by(LinkFeedback.id.desc()))


def given_by(link: SharedLink) -> LinkFeedback | None:
    return LinkFeedback.get_or_none(LinkFeedback.by_link == link)  # type: ignore[no-any-return]


def to_ask(now: datetime) -> Iterator[SharedLink]:
    """Links of which the time has come to ask how it went, and was not yet."""
    rows = (
        SharedLink.select(SharedLink, Incident)
        .join(Incident)
        .where(
            SharedLink.head.is_null(),
            SharedLink.feedback_at.is_null(),
            SharedLink.opened_at.is_null(False),
            SharedLink.revoked_at.is_null(),
            SharedLink.ends_at > now,
            Incident.state == OPEN,
        )
    )
    for link in rows:
        if state_of(link, now) in (DECLINED, *GONE) or not queries.shares(link, "feedback"):
            continue
        step = Action.get_or_none((Action.incident == link.incident) & (Action.step == rules.STEP))
        if rules.is_time(step and step.due_at, [one.action.state for one in queries.asks(link)], now):
            yield link
