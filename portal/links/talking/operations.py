"""What everything that is said between the schools has in common."""

from datetime import datetime

from portal.errors import N_, Missing, Refused
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN
from portal.links import rules
from portal.links.models import LinkVisit, SharedLink
from portal.links.operations import tell_them
from portal.links.talking import queries


def check_lives(link: SharedLink, *, visit: LinkVisit | None = None, now: datetime) -> None:
    """Looked at in the transaction of what is said: the page may be older than the end of the link.

    Raises `Missing` for who visits it, and `Refused` for us.
    """
    here = queries.fresh(link)
    lives = all(rules.answers_at(one, now) for one in here) and incidents.fresh(link.incident).state == OPEN
    if not lives and visit:
        raise Missing
    if not lives:
        raise Refused(
            N_("This link has ended: nothing can be said through it any more."),
            N_("Make a new link, or lengthen this one, and say it there."),
        )


def tell_school(link: SharedLink, *, now: datetime) -> None:
    """Mail without content to everybody at the other school whose link works."""
    for holder in queries.holders(link):
        if rules.answers_at(holder, now):
            tell_them(holder, "shared-news", now=now)
