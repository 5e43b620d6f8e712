"""What everything that is said between the schools has in common."""

from datetime import datetime

from portal.errors import N_, Missing, Refused
from portal.links import queries, rules
from portal.links.models import LinkVisit, SharedLink
from portal.links.operations import check_answers, tell_them


def check_lives(link: SharedLink, *, visit: LinkVisit | None = None, now: datetime) -> None:
    """As `check_answers`, for both sides. Raises `Missing` for who visits it, and `Refused` for us."""
    try:
        check_answers(link, now)
    except Missing:
        if visit:
            raise
        raise Refused(
            N_("This link has ended: nothing can be said through it any more."),
            N_("Make a new link, or lengthen this one, and say it there."),
        ) from None


def tell_school(link: SharedLink, *, now: datetime) -> None:
    """Mail without content to everybody at the other school whose link works."""
    for holder in queries.holders(link):
        if rules.answers_at(holder, now):
            tell_them(holder, "shared-news", now=now)
