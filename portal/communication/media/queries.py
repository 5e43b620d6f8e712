"""Finding the media plan and the calls of the press of one incident."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.communication.documents.queries import Valid, valid
from portal.communication.documents.rules import headed
from portal.communication.media import rules
from portal.communication.media.models import MediaPlan, PressCall
from portal.incidents.models import Incident, Membership
from portal.policy import COMMUNICATION, LEADERSHIP

Answerer = Person.alias()


def plan_of(incident: Incident) -> MediaPlan | None:
    """None until somebody kept it."""
    return MediaPlan.get_or_none(MediaPlan.incident == incident)  # type: ignore[no-any-return]


def calls(incident: Incident) -> Any:
    """Who called, with who noted it and who answered."""
    return (
        PressCall.select(PressCall, Person, Answerer)
        .join_from(PressCall, Person, on=(PressCall.made_by == Person.id))
        .join_from(PressCall, Answerer, pw.JOIN.LEFT_OUTER, on=(PressCall.answered_by == Answerer.id))
        .where(PressCall.incident == incident)
    )


def call_in(incident: Incident, call_id: int) -> PressCall | None:
    return calls(incident).where(PressCall.id == call_id).first()  # type: ignore[no-any-return]


def speakers(incident: Incident) -> list[Person]:
    """Whom the reception desk calls: school leadership and communication on the team, in the order of the table."""
    rows = (
        Person.select(Person, Membership.function)
        .join(Membership)
        .where(Membership.incident == incident, Membership.function.in_([COMMUNICATION, LEADERSHIP]))
        .order_by(Membership.function, Person.id)
    )
    return list({person.id: person for person in rows}.values())[:4]


def duties(today: date) -> Any:
    """Questions of the press with a deadline: for who does communication on the team. Columns as `moments`."""
    on_team = (Membership.incident == PressCall.incident) & (Membership.function == pw.SQL(f"'{COMMUNICATION}'"))
    columns = (pw.SQL("''"), pw.SQL("NULL"), Membership.person, PressCall.deadline_at, pw.SQL("'press'"), PressCall.id)
    return (
        PressCall.select(PressCall.incident, *columns)
        .join(Membership, on=on_team)
        .where(PressCall.answered_at.is_null(), PressCall.deadline_at.is_null(False))
    )


@dataclass(frozen=True)
class Followed:
    """What everybody refers to: the statement that is online (None when none is), and replies that say where.

    `spoken` is the language of what is said; `others` are the replies in the other language.
    """

    valid: Valid | None
    address: str
    spoken: str
    said: Mapping[str, str]
    replies: list[rules.Reply]
    others: list[rules.Reply]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What it says, under the headings that parents read: in the language of the text."""
        return headed(self.valid.texts, self.spoken) if self.valid else []


def followed(incident: Incident, base_url: str, language: str) -> Followed:
    """The valid statement of an incident in a reader's language."""
    now = valid(incident)
    if now is None:
        return Followed(None, "", language, {}, [], [])
    address = f"{base_url.rstrip('/')}{now.path}"
    other = "nl" if language == "en" else "en"
    replies = [rules.replies(one, address) for one in (language, other)]
    return Followed(now, address, now.spoken(language), now.said(language), *replies)
