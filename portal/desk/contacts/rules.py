"""What is planned with somebody: in words, where it is done, and whether it is late. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.clock import day_begins, local
from portal.errors import N_
from portal.incidents.rules import CONTACTS, label

ACTS = {
    "conversation": N_("Conversation with %(who)s"),
    "rest": N_("Keep contact with %(who)s"),
    "return": N_("Talk with %(who)s on coming back"),
    "check-in": N_("Ask %(who)s how it goes"),
    "class": N_("Conversation in class"),
    "follow-up": N_("Come back to the conversation in class"),
    "press": N_("Answer the press"),
    "approve": N_("Read and approve the statement"),
    "publish": N_("Publish the approved statement"),
    "letter": N_("Read and approve a letter"),
    "ask-date": N_("Answer the date that the other school proposes"),
    "ask-declined": N_("Decide what now: the other school does not do something"),
    "watch-morning": N_("Look online, before school"),
    "watch-afternoon": N_("Look online, after school"),
    "watch-evening": N_("Look online, in the evening"),
    "worry": N_("Answer a worry of the other school"),
    "message": N_("Read what the other school writes"),
    "colleague": N_("Decide on a colleague at the other school"),
    "wording": N_("Answer the other school on the statement"),
}
# Parents of whom nothing is known yet, and the one conversation of that group that is about nobody in particular.
PARENTS_OF, SPREADERS = N_("the parents of %(who)s"), N_("pupils who passed it on")
# The part of the incident in which it is done, which is also its address; of these kinds each has a page of its own.
PARTS = {
    "conversation": "conversations",
    "rest": "rest",
    "return": "rest",
    "check-in": "buddies",
    "class": "classes",
    "follow-up": "classes",
    "press": "media",
    "approve": "statement",
    "publish": "statement",
    "letter": "letters",
    "ask-date": "links",
    "ask-declined": "links",
    "watch-morning": "watch",
    "watch-afternoon": "watch",
    "watch-evening": "watch",
    **dict.fromkeys(("worry", "message", "colleague", "wording"), "links"),
}
# What stands behind the row in the address of that page.
OWN_PAGE = {
    **dict.fromkeys(("conversation", "check-in", "class", "follow-up", "letter"), ""),
    **dict.fromkeys(("worry", "message"), "/messages"),
    "colleague": "/colleagues",
    "wording": "/statement",
    **dict.fromkeys(("ask-date", "ask-declined"), "/ask"),
}


@dataclass(frozen=True)
class Moment:
    """A contact that is planned: with which group, when (a day, or a moment of it), and who of the school does it.

    `code` is empty for what is no contact. `part` and `number` are those of whom it is about; `person_id`, `name` and
    `phone` are of nobody yet when empty.
    """

    code: str
    at: datetime | date
    kind: str
    part: str | None
    number: int | None
    person_id: int | None = None
    name: str = ""
    phone: str = ""

    @property
    def title(self) -> dict[str, Any]:
        """A message without a name, and for a buddy who is also suspected without that."""
        return {"message": ACTS[self.kind], "values": {"who": self._who} if self.code else {}}

    @property
    def _who(self) -> dict[str, Any]:
        if self.part and self.number and (self.part == "buddy" or self.code != "buddies"):
            pupil = label(self.part, self.number)
            of_pupil = self.code == "parents" and self.part != "parent"
            return {"message": PARENTS_OF, "values": {"who": pupil}} if of_pupil else pupil
        return {"message": SPREADERS if (self.code, self.kind) == ("suspect", "conversation") else CONTACTS[self.code]}


def starts(at: datetime | date) -> datetime:
    """From when it can be done; what has a day and no hour comes first on it."""
    return at if isinstance(at, datetime) else day_begins(at)


def is_late(at: datetime | date, now: datetime) -> bool:
    """Whether it should have been done: what has a day and no hour has that whole day."""
    return at < now if isinstance(at, datetime) else at < local(now).date()
