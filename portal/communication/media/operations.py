"""Agreeing on the media plan, and noting what the press asks and what it was answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import tick
from portal.audit.operations import record
from portal.communication.media import queries, rules
from portal.communication.media.models import MediaPlan, PressCall
from portal.db import db
from portal.incidents.models import Incident
from portal.incidents.operations import check_on_team, check_runs, log
from portal.incidents.people.operations import without_named
from portal.policy import Standing
from portal.prepared import claim


def own_of(plan: MediaPlan | None) -> dict[str, str]:
    """What was adapted, less the texts that name somebody or a class that was added since (product rule 6)."""
    if plan is None or not plan.answers:
        return {}
    fit = without_named(plan.incident, plan.answers.values())
    return {key: text for key, text in plan.answers.items() if text in fit}


def keep(
    incident: Incident,
    typed: Mapping[str, str],
    *,
    ready: Iterable[Mapping[str, str]],
    version: int,
    ticked: str = "",
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Agree on what was typed (texts by part or question); with the words `ticked` the step is finished too.

    `ready` are the texts that stand ready in each language. Raises `Invalid`, `Refused` and `ChangedMeanwhile`.
    """
    rules.check_fits(typed)
    with db.atomic():
        check_runs(incident)
        plan = queries.plan_of(incident)
        before: dict[str, str] = plan.answers if plan else {}
        own = {key: text for key, text in before.items() if key not in typed} | rules.adapted(typed, ready)
        changed = sorted(key for key in before.keys() | own.keys() if before.get(key) != own.get(key))
        if plan is None or changed:
            _store(incident, plan, own, version, actor, now)
            _say("plan", "keep", incident, actor, now)
            _log_plan(incident, own, changed, actor, now)
        if ticked:
            tick(incident, rules.STEP, None, ticked, standing=standing, actor=actor, now=now)


def _store(
    incident: Incident, plan: MediaPlan | None, own: dict[str, str], version: int, actor: Person, now: datetime
) -> None:
    if plan is None and version == 0:
        MediaPlan.create(incident=incident, answers=own, changed_by=actor, changed_at=now)
        return
    # A version of a plan that is not there, no row has either.
    claim(plan or MediaPlan(), version, {"answers": own, "changed_by": actor, "changed_at": now})


def _log_plan(incident: Incident, own: dict[str, str], changed: list[str], actor: Person, now: datetime) -> None:
    titles = [rules.parts()[key].title if key in rules.parts() else rules.questions()[key] for key in changed]
    event, text = "changed" if changed else "agreed", "\n\n".join(own[key] for key in changed if key in own)
    values = {"what": titles} if changed else {}
    log(incident, "decision", rules.EVENTS[f"plan.{event}"], author=actor, now=now, text=text, **values)


def _say(what: str, verb: str, incident: Incident, actor: Person, now: datetime, **detail: Any) -> None:
    record(f"communication:{what}:{verb}", f"incident:{incident.id}", actor_id=actor.id, now=now, **detail)


def note_call(
    incident: Incident,
    values: Mapping[str, Any],
    *,
    at: datetime,
    within: str,
    moment: datetime | None,
    actor: Person,
    now: datetime,
) -> PressCall:
    """A journalist called at `at`; an answer is needed `within` so long (`rules.WITHIN`).

    Raises `Invalid` and `Refused`.
    """
    deadline_at = rules.deadline(within, moment, at)
    with db.atomic():
        check_runs(incident)
        call: PressCall = PressCall.create(
            incident=incident, at=at, deadline_at=deadline_at, made_by=actor, made_at=now, **values
        )
        _of_call("note", "noted", call, actor, now, _told(call.question, call.promised))
    return call


def _told(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _of_call(verb: str, event: str, call: PressCall, actor: Person, now: datetime, text: str) -> None:
    _say("press", verb, call.incident, actor, now, call=call.id)
    log(call.incident, "call", rules.EVENTS[f"call.{event}"], author=actor, now=now, text=text, medium=call.medium)


def _claim(call: PressCall, version: int, **change: Any) -> None:
    check_runs(call.incident)
    rules.check_waits(PressCall.get_by_id(call.id).answered_at)
    claim(call, version, change)


def agree_later(
    call: PressCall, promised: str, *, within: str, moment: datetime | None, version: int, actor: Person, now: datetime
) -> None:
    """Another moment was agreed on; what is promised now comes below what was. Raises as `note_call`."""
    deadline_at = rules.deadline(within, moment, now)
    with db.atomic():
        _claim(call, version, deadline_at=deadline_at, promised=rules.both(call.promised, promised))
        _of_call("change", "later", call, actor, now, promised)


def answer(call: PressCall, text: str, answered_by: int | None, *, version: int, actor: Person, now: datetime) -> None:
    """The question was answered so, by somebody of the team. Raises `Invalid`, `Refused` and `ChangedMeanwhile`."""
    check_on_team(call.incident, "by", answered_by, "media")
    with db.atomic():
        _claim(call, version, answer=text, answered_at=now, answered_by=answered_by)
        _of_call("answer", "answered", call, actor, now, text)


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Two incidents were joined: one plan goes on; where both were adapted the texts of `target` stay.

    Those of `source` stand in the logbook.
    """
    moving, there = queries.plan_of(source), queries.plan_of(target)
    if moving is None:
        return
    if there is None:
        MediaPlan.update(incident=target).where(MediaPlan.id == moving.id).execute()
        return
    again = {"answers": moving.answers | there.answers, "version": MediaPlan.version + 1}
    MediaPlan.update(again).where(MediaPlan.id == there.id).execute()
    MediaPlan.delete().where(MediaPlan.id == moving.id).execute()
