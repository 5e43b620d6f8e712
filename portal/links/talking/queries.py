"""What waits for us and for the other school, over all that is said through a link: one statement each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

from peewee import SQL, Case, fn

from portal.incidents.models import Incident, Membership
from portal.links.making.queries import Beside
from portal.links.models import LinkFeedback, LinkMessage, SharedLink, Wording
from portal.links.page.queries import News
from portal.links.rules import WORK_ON_IT
from portal.links.talking import rules
from portal.prepared import Prepared, given

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
        .where(Membership.function.in_(WORK_ON_IT), others, root.revoked_at.is_null())
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


@Prepared
def _counted() -> Any:
    """How much waits on each link of an incident, by code of `rules.WAITS`."""
    waits = _waits()
    of = SharedLink.select(waits.c.of, waits.c.code, fn.COUNT(SQL("*"))).join(waits, on=(waits.c.of == SharedLink.id))
    return of.where(SharedLink.incident == given()).group_by(waits.c.of, waits.c.code)


def beside(incident: Incident, _asked: Mapping[int, Any], _now: datetime) -> dict[int, list[Beside]]:
    """What waits for us on each link of an incident, most pressing first."""
    found: dict[int, list[Beside]] = defaultdict(list)
    number = {(link, code): count for link, code, count in _counted(incident.id)}
    for link, code in sorted(number, key=lambda one: list(rules.WAITS).index(one[1])):
        found[link].append(Beside(*rules.said(rules.WAITS, code, number[link, code]), code in rules.TO_READ))
    return found


# --- What waits for the other school.


@Prepared
def _news() -> Any:
    """How much is new on the page of a link, by code of `rules.NEWS`; asks for its head five times, then for itself."""
    head = given()
    unread = LinkMessage.by_person.is_null(False) & LinkMessage.read_at.is_null()
    said = LinkFeedback.select(SQL("1")).where(LinkFeedback.link == head, LinkFeedback.by_link == given())
    asked = SharedLink.feedback_at.is_null(False) & ~fn.EXISTS(said)
    answered = newest("theirs") & (Wording.answer == "proposed")
    rows = [
        _row(LinkMessage.link, "message", LinkMessage.at).where(LinkMessage.link == head, unread),
        _row(Wording.link, "wording", Wording.at).where(Wording.link == head, newest("ours"), Wording.answer == ""),
        _row(Wording.link, "answered", Wording.at).where(Wording.link == head, answered),
        _row(SharedLink.id, "feedback", SharedLink.feedback_at).where(SharedLink.id == head, asked),
    ]
    union = reduce(add, rows).alias("news")
    return union.select_from(union.c.code, fn.COUNT(SQL("*"))).group_by(union.c.code)


def news(link: SharedLink, _now: datetime) -> Iterable[News]:
    """What is new on the page of a link."""
    head = link.root.id
    found = dict(_news(head, head, head, head, head, link.id))
    ours = {"wording": "statement"}
    return [
        News(*rules.said(rules.NEWS, code, found[code]), ours.get(code, "")) for code in rules.NEWS if code in found
    ]
