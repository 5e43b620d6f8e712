"""Who may be the second of two people, and for how long the first one's question stands. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.errors import N_, Refused

LASTS = timedelta(days=7)
# kind of confirmation -> what the second person reads, with places for `person` and `receiver`; higher packages add
# theirs in `create_app`.
WORDS: dict[str, str] = {}


def check_second(person_id: int, able: Iterable[int], involved: Iterable[int | None]) -> None:
    """Refuse who is not `able` to be the second, who asked, is concerned or gets something by it. Raises `Refused`."""
    if person_id not in set(able) - set(involved):
        raise Refused(N_("This needs a second person who has no part in it."), N_("Ask another member of leadership."))


def is_over(asked_at: datetime, now: datetime) -> bool:
    """Whether a question was left lying for too long to be answered."""
    return now > asked_at + LASTS
