"""What happens to a period of rest."""

from datetime import date, datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import check_gate_of, tick
from portal.audit.operations import record
from portal.care.rest import queries, rules
from portal.care.rest.models import CANCELLED, ENDED, PLANNED, RUNNING, UNENDED, Rest, RestContact
from portal.care.rest.rules import EVENTS
from portal.clock import local
from portal.db import db
from portal.incidents.models import Incident, Involved
from portal.incidents.operations import check_on_team, check_runs, log
from portal.incidents.rules import label
from portal.policy import Standing
from portal.prepared import claim


def plan(pupil: Involved, values: dict[str, Any], *, actor: Person, now: datetime) -> Rest:
    """Plan a period of rest; no wish is needed for that (product rule 4). Raises `Invalid` and `Refused`."""
    with db.atomic():
        check_runs(pupil.incident)
        _check(pupil.incident, values)
        rules.check_none_there(queries.states_of(pupil))
        rest: Rest = Rest.create(incident=pupil.incident_id, pupil=pupil, made_by=actor, made_at=now, **values)
        _say("plan", "planned", rest, actor, now, **_days(rest))
    return rest


def _check(incident: Incident, values: dict[str, Any]) -> None:
    rules.check_days(values["first"], values["last"], values["return_at"])
    for field in ("keeper", "teller"):
        check_on_team(incident, field, values[field], "rest")


def _days(rest: Rest) -> dict[str, Any]:
    return rules.said_days(rest.first, rest.last, rest.form)


def _say(verb: str, event: str, rest: Rest, actor: Person, now: datetime, **values: Any) -> None:
    """The event in the trail and the line in the logbook, which has no name."""
    record(f"care:rest:{verb}", f"involved:{rest.pupil_id}", actor_id=actor.id, now=now, rest=rest.id)
    kind, who = values.pop("kind", "decision"), label("victim", rest.pupil.number)
    log(rest.incident, kind, EVENTS[f"rest.{event}"], author=actor, now=now, who=who, **values)


def _claim(rest: Rest, version: int, *states: str, **change: Any) -> None:
    """Store a change of what is still as it was read. Raises `ChangedMeanwhile` and `Refused`."""
    check_runs(rest.incident)
    rules.check_state(Rest.get_by_id(rest.id).state, *states)
    claim(rest, version, change)


def change(rest: Rest, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Store other days, another form, or who keeps contact. Raises as `plan`, and `ChangedMeanwhile`."""
    with db.atomic():
        _check(rest.incident, values)
        again = rest.state == RUNNING and (values["every"] != rest.every or rest.next_at is None)
        coming = {"next_at": rules.next_contact(values["every"], now)} if again else {}
        _claim(rest, version, PLANNED, RUNNING, **values, **coming)
        _say("change", "changed", rest, actor, now, **_days(rest))


def begin(rest: Rest, *, version: int, ticked: bool, standing: Standing, actor: Person, now: datetime) -> None:
    """The rest begins, which only the victim's wish opens. Raises `GateClosed`, `ChangedMeanwhile`, `Refused`."""
    today = local(now).date()
    with db.atomic():
        check_gate_of(rest.pupil, rules.GATE)
        first: date = min(rest.first, today)
        _claim(rest, version, PLANNED, state=RUNNING, first=first, next_at=rules.next_contact(rest.every, now))
        _say("begin", "begun", rest, actor, now)
        if ticked:
            words = local(now).strftime("%d-%m-%Y")
            tick(rest.incident, rules.STEP, rest.pupil_id, words, standing=standing, actor=actor, now=now)


def note_contact(rest: Rest, words: str, *, version: int, actor: Person, now: datetime) -> None:
    """There was contact: the next time is so many days from now. Raises `ChangedMeanwhile`, `Refused`."""
    with db.atomic():
        _claim(rest, version, RUNNING, next_at=rules.next_contact(rest.every, now))
        RestContact.create(rest=rest, at=now, by=actor, words=words)
        _say("contact", "contact", rest, actor, now, kind="talk", contact="victim", text=words)


def lengthen(
    rest: Rest, last: date, return_at: datetime | None, words: str, *, version: int, actor: Person, now: datetime
) -> None:
    """The rest lasts longer, with another moment for the talk at coming back. Raises `Invalid` and as `change`."""
    before: date = rest.last
    rules.check_longer(before, last)
    rules.check_days(rest.first, last, return_at)
    return_at = return_at or rules.talk_stays(rest.return_at, last)
    with db.atomic():
        _claim(rest, version, PLANNED, RUNNING, last=last, return_at=return_at)
        days = {"before": rules.said_day(before), "last": rules.said_day(last)}
        _say("lengthen", "longer", rest, actor, now, **days, text=words)


def tell_teachers(rest: Rest, *, version: int, actor: Person, now: datetime) -> None:
    """The teachers heard that this pupil is absent with permission. Raises `ChangedMeanwhile`, `Refused`.

    Before the rest began that is told only once the victim wants it. Raises `GateClosed` too.
    """
    with db.atomic():
        if rest.state == PLANNED:
            check_gate_of(rest.pupil, rules.GATE)
        _claim(rest, version, PLANNED, RUNNING, told_at=now)
        _say("tell", "told", rest, actor, now, kind="talk", contact="teachers", text=rest.told)


def end(rest: Rest, words: str, *, version: int, actor: Person, now: datetime) -> None:
    """The rest is over, before or at its last day, or does not go on. Raises `ChangedMeanwhile`, `Refused`."""
    begun = rest.state == RUNNING
    done = {"state": ENDED if begun else CANCELLED, "ended_on": local(now).date(), "next_at": None}
    with db.atomic():
        _claim(rest, version, PLANNED, RUNNING, **done, end_reason=words)
        _say("end", "ended" if begun else "cancelled", rest, actor, now, text=words)


def note_return(rest: Rest, words: str, *, version: int, actor: Person, now: datetime) -> None:
    """The talk at coming back was held, which also ends a rest that was not ended. Raises as `end`."""
    done: dict[str, Any] = {"returned_at": now}
    if rest.state == RUNNING:
        done |= {"state": ENDED, "ended_on": local(now).date(), "next_at": None}
    with db.atomic():
        rules.check_not_returned(Rest.get_by_id(rest.id).returned_at)
        _claim(rest, version, RUNNING, ENDED, **done)
        RestContact.create(rest=rest, at=now, by=actor, words=words)
        _say("return", "returned", rest, actor, now, kind="talk", contact="victim", text=words)


def left(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody is off the team: who keeps contact and who tells the teachers is nobody's; joins the transaction."""
    here = (Rest.incident == incident) & Rest.state.in_(UNENDED)
    coming = (Rest.incident == incident) & (Rest.state != CANCELLED) & Rest.returned_at.is_null()
    again = {"version": Rest.version + 1}
    Rest.update(keeper=None, **again).where(coming, Rest.keeper == person).execute()
    Rest.update(teller=None, **again).where(here, Rest.told_at.is_null(), Rest.teller == person).execute()
