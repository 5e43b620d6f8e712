"""What waits for us and for the other school, over all that is said through a link: one statement each."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

from peewee import SQL, Case, fn

from portal.incidents.models import Incident, Membership
from portal.links import rules as links
from portal.links.making.queries import Beside
from portal.links.models import LinkFeedback, LinkMessage, SharedLink, Wording
from portal.links.page.queries import News
from portal.links.talking import rules
from portal.policy import COORDINATOR, LEADERSHIP, Standing


def holders(link: SharedLink) -> list[SharedLink]:
    """Everybody at the other school who has, had or is to get a link of this head, the head first."""
    root = link.root
    rows = SharedLink.select().where((SharedLink.id == root) | (SharedLink.head == root))
    return list(rows.order_by(SharedLink.id))


# --- What waits for us.


def unanswered() -> Any:
    """The condition that a message is a worry to which nothing of ours came after."""
    later = LinkMessage.alias()
    ours = later.select(SQL("1")).where(
        later.link == LinkMessage.link, later.by_person.is_null(False), later.id > LinkMessage.id
    )
    return (LinkMessage.kind != "message") & ~fn.EXISTS(ours)


def newest(whose: str) -> Any:
    """The condition that a wording is the last that one of both laid before the other."""
    later = Wording.alias()
    newer = later.select(SQL("1")).where(
        later.link == Wording.link, later.whose == Wording.whose, later.id > Wording.id
    )
    return (Wording.whose == whose) & ~fn.EXISTS(newer)


def _row(link: Any, code: str, since: Any) -> Any:
    return link.model.select(link.alias("of"), SQL(f"'{code}'").alias("code"), since.alias("since"))


def _waits() -> Any:
    """What waits for us on any link: `of` its head, `code` of `rules.WAITS`, `since` when; a row for each."""
    news = LinkMessage.by_link.is_null(False) & (LinkMessage.kind == "message") & LinkMessage.read_at.is_null()
    asked = SharedLink.proposed_by.is_null(False) & SharedLink.sent_at.is_null() & SharedLink.revoked_at.is_null()
    laid = newest("theirs") & (Wording.answer == "")
    otherwise = newest("ours") & (Wording.answer == "proposed")
    rows = [
        _row(LinkMessage.link, "worry", LinkMessage.at).where(unanswered()),
        _row(LinkMessage.link, "message", LinkMessage.at).where(news),
        _row(SharedLink.head, "colleague", SharedLink.made_at).where(asked),
        _row(Wording.link, "wording", fn.COALESCE(Wording.answered_at, Wording.at)).where(laid | otherwise),
    ]
    return reduce(add, rows).alias("waits")


def duties(_today: date) -> Any:
    """What the other school waits for, for who works with it; a worry for who did not send the link: see `moments`.

    Due on the day after it came, so that what came in the evening is not late at breakfast; a worry is due at once.
    """
    root, waits = SharedLink.alias(), _waits()
    since = fn.MIN(waits.c.since)
    when = Case(None, [(waits.c.code == "worry", since)], fn.DATE(since, "+1 day"))
    others = (waits.c.code != "worry") | root.sent_by.is_null() | (Membership.person != root.sent_by)
    return (
        root.select(root.incident, SQL("''"), SQL("NULL"), Membership.person, when, waits.c.code, root.id)
        .join(waits, on=(waits.c.of == root.id))
        .join(Membership, on=(Membership.incident == root.incident))
        .where(Membership.function.in_([COORDINATOR, LEADERSHIP]), others, root.revoked_at.is_null())
        .group_by(root.incident, Membership.person, waits.c.code, root.id, root.sent_by)
    )


def moments() -> Any:
    """Worries of the other school that nobody answered, for who sent the link: they stand on the overview too."""
    root = SharedLink.alias()
    return (
        LinkMessage.select(
            root.incident, SQL("'school'"), SQL("NULL"), root.sent_by, LinkMessage.at, SQL("'worry'"), root.id
        )
        .join(root, on=(LinkMessage.link == root.id))
        .where(unanswered())
    )


def beside(link: SharedLink, _standing: Standing, now: datetime) -> Iterable[Beside]:
    """What waits for us on this link; asked once for all links of the incident at hand, as the list shows them.

    Through one that ended nothing can be answered; what came by it is still to be read.
    """
    here = link.incident
    if not hasattr(here, "waits_on_links"):
        here.waits_on_links = _counted(here)
    return [
        Beside(*rules.said(rules.WAITS, code, here.waits_on_links[link.root.id, code]))
        for code in (rules.WAITS if links.answers_at(link.root, now) else rules.TO_READ)
        if (link.root.id, code) in here.waits_on_links
    ]


def _counted(incident: Incident) -> dict[tuple[int, str], int]:
    """How much waits on each link, by link and code of `rules.WAITS`."""
    waits = _waits()
    of = SharedLink.select(waits.c.of, waits.c.code, fn.COUNT(SQL("*"))).join(waits, on=(waits.c.of == SharedLink.id))
    rows = of.where(SharedLink.incident == incident).group_by(waits.c.of, waits.c.code)
    return {(link, code): number for link, code, number in rows.tuples()}


# --- What waits for the other school.


def news(link: SharedLink, _now: datetime) -> Iterable[News]:
    """What is new on the page of a link."""
    head = link.root.id
    unread = LinkMessage.by_person.is_null(False) & LinkMessage.read_at.is_null()
    given = LinkFeedback.select(SQL("1")).where(LinkFeedback.link == head, LinkFeedback.by_link == link)
    asked = SharedLink.feedback_at.is_null(False) & ~fn.EXISTS(given)
    answered = newest("theirs") & (Wording.answer == "proposed")
    rows = [
        _row(LinkMessage.link, "message", LinkMessage.at).where(LinkMessage.link == head, unread),
        _row(Wording.link, "wording", Wording.at).where(Wording.link == head, newest("ours"), Wording.answer == ""),
        _row(Wording.link, "answered", Wording.at).where(Wording.link == head, answered),
        _row(SharedLink.id, "feedback", SharedLink.feedback_at).where(SharedLink.id == head, asked),
    ]
    union = reduce(add, rows).alias("news")
    found = dict(union.select_from(union.c.code, fn.COUNT(SQL("*"))).group_by(union.c.code).tuples())
    return [News(*rules.said(rules.NEWS, code, found[code])) for code in rules.NEWS if code in found]
