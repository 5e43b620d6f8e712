"""What both schools wrote to each other."""

from peewee import JOIN

from portal.accounts.models import Person
from portal.links.models import LinkMessage, SharedLink


def of(link: SharedLink, most: int | None = None) -> list[LinkMessage]:
    """Messages of a link, newest first, with who wrote each; at most so many (None: all)."""
    rows = (
        LinkMessage.select(LinkMessage, Person, SharedLink)
        .join_from(LinkMessage, Person, JOIN.LEFT_OUTER, on=LinkMessage.by_person)
        .join_from(LinkMessage, SharedLink, JOIN.LEFT_OUTER, on=LinkMessage.by_link)
    )
    return list(rows.where(LinkMessage.link == link.root).order_by(LinkMessage.id.desc()).limit(most))
