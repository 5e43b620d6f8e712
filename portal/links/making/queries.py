"""What the pages on which we make and follow a link show."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from portal.links.models import SharedLink
from portal.policy import Standing


class Beside(NamedTuple):
    """A line that a sibling package puts with a link on our side: a message with its values, and where it leads."""

    message: dict[str, Any]
    path: str


# What needs us of what goes on through a link, as (link, standing, now); filled in `create_app`. Messages hold no
# names: everybody who may read links sees them.
beside: list[Callable[[SharedLink, Standing, datetime], Iterable[Beside]]] = []
