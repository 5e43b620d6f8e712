"""Adapting the teacher sheet, giving it out to everybody at school, and ending that."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.accounts.rules import new_token
from portal.actions.operations import tick
from portal.audit.operations import record
from portal.classes.sheets import queries
from portal.classes.sheets.models import Sheet
from portal.classes.sheets.rules import ENDED, GIVEN, NOT_YET, adapted, check_text, sections, stands
from portal.db import db
from portal.errors import N_, Refused
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs, log
from portal.incidents.people.operations import without_named
from portal.policy import Standing
from portal.prepared import claim

STEP = "equip-teachers"  # of the protocol
EVENTS = {
    "sheet.changed": N_("Teacher sheet adapted: %(what)s."),
    "sheet.given": N_("Teacher sheet given out to everybody at school."),
    "sheet.ended": N_("Teacher sheet taken back."),
}


def own_of(sheet: Sheet | None) -> dict[str, str]:
    """What was adapted, less the sections that name somebody or a class that was added since (product rule 6)."""
    if sheet is None or not sheet.own:
        return {}
    fit = without_named(sheet.incident, sheet.own.values())
    return {key: text for key, text in sheet.own.items() if text in fit}


def change(incident: Incident, typed: dict[str, str], *, version: int, actor: Person, now: datetime) -> None:
    """Store what the sections say; the logbook keeps each text. Raises `Invalid`, `Refused`, `ChangedMeanwhile`."""
    check_text(typed)
    with db.atomic():
        check_runs(incident)
        sheet = _claim(incident, version, actor, now)
        own = adapted(typed)
        changed = [key for key in sections() if own.get(key) != sheet.own.get(key)]
        if not changed:
            return
        Sheet.update(own=own).where(Sheet.id == sheet.id).execute()
        _record("change", incident, actor, now, sections=changed)
        titles = [sections()[key].title for key in changed]
        text = "\n\n".join(own[key] for key in changed if key in own)
        log(incident, "decision", EVENTS["sheet.changed"], author=actor, now=now, what=titles, text=text)


def _claim(incident: Incident, version: int, actor: Person, now: datetime) -> Sheet:
    """The row, taken for a change; made when it was not there yet (`version` 0). Raises `ChangedMeanwhile`."""
    sheet = queries.of(incident)
    if sheet is None and version == 0:
        return Sheet.create(incident=incident, slug=new_token(), changed_by=actor, changed_at=now)  # type: ignore[no-any-return]
    # A version of a sheet that is not there, no row has either.
    sheet = sheet or Sheet()
    claim(sheet, version, {"changed_by": actor, "changed_at": now})
    return sheet


def _record(verb: str, incident: Incident, actor: Person, now: datetime, **detail: Any) -> None:
    record(f"classes:sheet:{verb}", f"incident:{incident.id}", actor_id=actor.id, now=now, **detail)


def give_out(
    incident: Incident, *, version: int, standing: Standing, actor: Person, now: datetime, ticked: str = ""
) -> None:
    """From now on everybody at school can open it; with the words `ticked` the step in the plan is finished too.

    Raises `Refused` when it names somebody, and `ChangedMeanwhile`.
    """
    with db.atomic():
        check_runs(incident)
        sheet = _claim(incident, version, actor, now)
        if len(own_of(sheet)) < len(sheet.own):
            raise Refused(
                N_("What was adapted names somebody of this incident, or a class or account."),
                N_("Leave it out first: everybody at school reads this sheet."),
            )
        if stands(sheet.given_at, sheet.ended_at) != GIVEN:
            Sheet.update(given_at=now, ended_at=None).where(Sheet.id == sheet.id).execute()
            _record("give-out", incident, actor, now)
            log(incident, "decision", EVENTS["sheet.given"], author=actor, now=now, contact="teachers")
        if ticked:
            tick(incident, STEP, None, ticked, standing=standing, actor=actor, now=now)


def end(incident: Incident, *, actor: Person, now: datetime) -> None:
    """Colleagues cannot open it any more; the team can give it out again. Raises `Refused`."""
    with db.atomic():
        check_runs(incident)
        sheet = queries.of(incident)
        if sheet is None or stands(sheet.given_at, sheet.ended_at) in (NOT_YET, ENDED):
            return
        ended = {"ended_at": now, "changed_by": actor, "changed_at": now, "version": Sheet.version + 1}
        Sheet.update(ended).where(Sheet.id == sheet.id).execute()
        _record("end", incident, actor, now)
        log(incident, "decision", EVENTS["sheet.ended"], author=actor, now=now)


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Two incidents were joined: one sheet goes on, given out when one of them was; both addresses lead to it.

    Where both were adapted the texts of `target` stay; those of `source` stand in the logbook.
    """
    moving, there = queries.of(source), queries.of(target)
    if moving is None:
        return
    if there is None:
        Sheet.update(incident=target).where(Sheet.id == moving.id).execute()
        return
    out = [one for one in (there, moving) if stands(one.given_at, one.ended_at) == GIVEN]
    given = {"given_at": out[0].given_at, "ended_at": None} if out else {}
    Sheet.update(own=moving.own | there.own, version=Sheet.version + 1, **given).where(Sheet.id == there.id).execute()
