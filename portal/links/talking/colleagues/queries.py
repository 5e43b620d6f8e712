"""Who works on it at the other school."""

from portal.links.models import SharedLink
from portal.links.queries import holders


def of(link: SharedLink) -> list[SharedLink]:
    """Colleagues of the head of a link, in the order in which they were proposed."""
    return [one for one in holders(link) if one.head_id]


def colleague_in(link: SharedLink, colleague_id: int) -> SharedLink | None:
    """One of these; None for one of another link."""
    return SharedLink.get_or_none(  # type: ignore[no-any-return]
        (SharedLink.head == link.root) & (SharedLink.id == colleague_id)
    )
