"""Finding teacher sheets: those of one's incident, and those that are given out to everybody."""

from typing import Any

from peewee import fn

from portal.accounts.models import Person
from portal.classes.sheets.models import Sheet
from portal.incidents import queries as incidents
from portal.incidents.models import OPEN, Incident, KeptOut

MOST = 5  # on the first page; a school has one or two at a time
GIVEN = Sheet.given_at.is_null(False) & Sheet.ended_at.is_null() & (Incident.state == OPEN)


def of(incident: Incident) -> Sheet | None:
    """The sheet of an incident; None until it was adapted or given out."""
    return Sheet.get_or_none(Sheet.incident == incident)  # type: ignore[no-any-return]


def readable(slug: str, person: Person) -> Sheet | None:
    """A sheet that is given out, or that of an incident on whose team this person is; None for all others.

    The address of the sheet of an incident that was joined leads to that of the one in which it goes on.
    """
    sheet = Sheet.select(Sheet, Incident).join(Incident).where(Sheet.slug == slug).first()
    if sheet is not None and sheet.incident.joined_into_id:
        sheet = (
            Sheet.select(Sheet, Incident).join(Incident).where(Sheet.incident == sheet.incident.joined_into_id).first()
        )
    if sheet is None or incidents.is_kept_out(sheet.incident, person.id):
        return None
    is_given = sheet.given_at and not sheet.ended_at and sheet.incident.state == OPEN
    on_team = is_given or incidents.visible_to(person).where(Incident.id == sheet.incident_id).exists()
    return sheet if on_team else None


def given_out(person: Person) -> list[Sheet]:
    """What every member of staff can open now, newest first, but for incidents that this one is kept out of."""
    barred = KeptOut.select().where(KeptOut.incident == Incident.id, KeptOut.person == person)
    rows: Any = Sheet.select(Sheet.slug, Sheet.given_at).join(Incident).where(GIVEN, ~fn.EXISTS(barred))
    return list(rows.order_by(Sheet.given_at.desc()).limit(MOST))
