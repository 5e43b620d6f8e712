"""Finding drafts: each only for who typed it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.drafts.models import Draft, SentForm
from portal.drafts.rules import TOGETHER
from portal.errors import Missing
from portal.incidents import queries as incidents
from portal.incidents.models import Incident
from portal.policy import Standing
from portal.prepared import Prepared, given

# Whether a text is one that several people write and this one may change; filled in `portal.wiring`.
shared: list[Callable[[Incident, Standing, str], bool]] = []


def own(person_id: int) -> list[Draft]:
    """Everything this person typed and did not send, newest first."""
    return list(Draft.select().where(Draft.person == person_id).order_by(Draft.saved_at.desc(), Draft.id.desc()))


def by_place(person_id: int, only: int | None = None) -> dict[str, Draft]:
    """By where it was typed; `only` leaves out what was typed in other sessions."""
    return {draft.place: draft for draft in own(person_id) if only in (None, draft.session_id)}


def of_report(person: Person, slug: str, *, own_receipt: bool) -> Incident:
    """The incident of a report, or of the receipt of one's own. Raises `Missing`."""
    report = incidents.receipt_for(person, slug) if own_receipt else incidents.report_by_slug(slug)
    if report is None or incidents.is_kept_out(report.incident, person.id):
        raise Missing
    incident: Incident = report.incident
    return incident


def also_writing(incident: Incident, person: Person, standing: Standing, place: str, now: datetime) -> list[str]:
    """Names of colleagues who are typing the same text now, where both may change it."""
    if not _may_change(incident, standing, place):
        return []
    others = (
        Person.select(Person)
        .join(Draft)
        .where(Draft.place == place, Draft.person != person, Draft.saved_at > now - TOGETHER)
        .order_by(Person.name)
    )
    return [
        other.name
        for other in others
        if (found := incidents.find_for(other, incident.ref)) and _may_change(incident, found[1], place)
    ]


def _may_change(incident: Incident, standing: Standing, place: str) -> bool:
    return any(may(incident, standing, place) for may in shared)


def was_sent(key: str) -> bool:
    return bool(_sent(key))


@Prepared
def _sent() -> Any:
    return SentForm.select(SentForm.id).where(SentForm.key == given())
