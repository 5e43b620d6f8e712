"""Where drafts are kept, and for how long. Pure."""

import re
from datetime import timedelta

MOST = 20_000  # characters of one draft: more than any field accepts, so that what is too long is kept too
KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(days=2)
TOGETHER = timedelta(minutes=10)  # who saved a draft so long ago is still writing

PLACE = re.compile(r"(?P<path>/[\w/-]{1,150})#(?P<field>[a-z_-]{1,40})", re.ASCII)
_POSTED_TO = re.compile(r"/(note|planning|wish|add)$")


def page_of(place: str) -> str:
    """The page on which the text of a place is typed: some forms are sent to an address of their own."""
    return _POSTED_TO.sub("", place.partition("#")[0])


def moved(place: str, ref: str) -> str:
    """The same place in another incident."""
    return re.sub(r"^/incidents/[^/]+", f"/incidents/{ref}", place)


def both(first: str, second: str) -> str:
    """Two drafts that came to one place."""
    return "\n\n".join(dict.fromkeys(text for text in (first, second) if text))
