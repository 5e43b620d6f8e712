"""What happens with buddies: named by the victim, asked, supported, asked how it goes, stopped."""

from datetime import date, datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import check_gate_of, tick
from portal.audit.operations import record
from portal.care.buddies import queries, rules
from portal.care.buddies.models import Buddy, CheckIn
from portal.clock import local
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Missing, Refused
from portal.incidents.models import Incident, Involved
from portal.incidents.operations import check_on_team, check_runs, log
from portal.incidents.people.operations import add_involved
from portal.incidents.queries import team_people
from portal.incidents.rules import label
from portal.incidents.team.operations import tell
from portal.policy import Standing
from portal.prepared import claim
from portal.school.queries import closed_days


def name(
    victim: Involved, names: list[dict[str, str]], *, standing: Standing, actor: Person, now: datetime
) -> list[Buddy]:
    """Keep whom the victim named, each with `name` and `class_name`, in that order, behind those named before.

    Allowed before the wish is known: it is no asking (product rule 4). Raises `Missing` and `Refused`.
    """
    incident: Incident = victim.incident
    with db.atomic():
        check_runs(incident)
        if victim.id not in {one.id for one in queries.victims(incident, standing)}:
            raise Missing
        last = max((one.place for one in queries.of_victim(victim.id)), default=0)
        made = []
        for place, values in enumerate(names, last + 1):
            person = add_involved(incident, {"part": "buddy", "school": "own", **values}, actor=actor, now=now)
            row = Buddy.create(incident=incident, victim=victim, person=person, place=place, chosen_at=now)
            record("care:buddy:name", f"involved:{person.id}", actor_id=actor.id, now=now, victim=victim.id)
            made.append(row)
        who = [rules.called(row.person.part, row.person.number) for row in made]
        said = {"victim": label("victim", victim.number), "who": who, "contact": "victim"}
        log(incident, "talk", rules.EVENTS["named"], author=actor, now=now, **said)
    return made


def ask(buddy: Buddy, values: dict[str, Any], *, standing: Standing, actor: Person, now: datetime) -> None:
    """Write down that a classmate was asked: by whom, when, what was told, and the answer if there is one.

    `reason` is why there is a fourth, or why somebody of whom the portal warns; `tick` what came of the plan's action,
    which a yes then finishes. Raises `GateClosed` while the victim's wish is not yes (product rule 4), `Refused`,
    `Invalid` and `ChangedMeanwhile`.
    """
    with db.atomic():
        check_gate_of(buddy.victim, "buddies")
        places = queries.places(queries.of_victim(buddy.victim_id))
        rules.check_can_ask(buddy.id, places, warned(buddy), values["reason"])
        asker, asked_at = values["asker"] or actor.id, values["asked_at"] or now
        check_on_team(buddy.incident, "asker", asker, "buddies")
        change = {"asker": asker, "asked_at": asked_at, "told": values["told"], "reason": values["reason"]}
        _claim(buddy, values["version"], change)
        _record("ask", buddy, actor, now)
        _say(buddy, "asked", actor, now, contact="buddies", at=asked_at)
        if values["reason"]:
            _say(buddy, "reason", actor, now, kind="decision", text=values["reason"])
        if values["answer"]:
            _answer(buddy, values, standing, actor, now)


def answer(buddy: Buddy, values: dict[str, Any], *, standing: Standing, actor: Person, now: datetime) -> None:
    """What the classmate said, or a correction of it. Raises `Refused`, `GateClosed` and `ChangedMeanwhile`."""
    with db.atomic():
        state = queries.state(buddy)
        if state not in ("asked", "buddy", "declined"):
            raise Refused(N_("This pupil was not asked, or has stopped."), N_("Look at how it stands now."))
        if values["answer"] == "yes":
            check_gate_of(buddy.victim, "buddies")
            rules.check_room(buddy.id, queries.places(queries.of_victim(buddy.victim_id)), buddy.reason)
        _claim(buddy, values["version"], {})
        _answer(buddy, values, standing, actor, now)


def _answer(buddy: Buddy, values: dict[str, Any], standing: Standing, actor: Person, now: datetime) -> None:
    before, said = buddy.answer, values["answer"]
    if before == said:
        return
    # Whoever asked looks after the buddy, until somebody else does.
    supports = {"supporter_id": buddy.asker_id} if said == "yes" and not buddy.supporter_id else {}
    _set(buddy, {"answer": said, "answered_at": now, **supports})
    _record("answer", buddy, actor, now, answer=said)
    if before:
        both: dict[str, Any] = {"said": {"message": rules.ANSWERS[said]}, "before": {"message": rules.ANSWERS[before]}}
        _say(buddy, "corrected", actor, now, **both)
    else:
        _say(buddy, said, actor, now, contact="buddies")
    if said == "yes" and not queries.check_ins([buddy])[buddy.id]:
        for day in rules.check_in_days(local(now).date(), closed_days()):
            CheckIn.create(buddy=buddy, due_on=day)
    if said == "yes" and values["tick"]:
        of, words = buddy.victim_id, values["tick"]
        tick(buddy.incident, queries.STEP, of, words, standing=standing, actor=actor, now=now)


def arrange(buddy: Buddy, values: dict[str, Any], *, actor: Person, now: datetime) -> None:
    """Who asks (before it was done), who supports, what a buddy does, and when the parents were told.

    All but the last is planning and never refused by the wish. Raises as `ask`.
    """
    with db.atomic():
        if queries.state(buddy) not in rules.LIVE:
            raise Refused(N_("This pupil is no buddy any more."), N_("Look at how it stands now."))
        change = {name: value for name, value in values.items() if name != "version" and getattr(buddy, name) != value}
        if "parents_informed_at" in change:
            check_gate_of(buddy.victim, "buddies")
        for whom in ("asker_id", "supporter_id"):
            check_on_team(buddy.incident, whom.removesuffix("_id"), change.get(whom), "buddies")
        _claim(buddy, values["version"], change)
        if not change:
            return
        _record("change", buddy, actor, now, fields=sorted(change))
        people = {one.id: one for one in team_people(buddy.incident)}
        for whom, event in (("asker_id", "asks"), ("supporter_id", "supports")):
            if change.get(whom):
                _say(buddy, event, actor, now, kind="plan", adult=people[change[whom]].name)
                tell(buddy.incident, people[change[whom]], "action", actor=actor, now=now)
        if change.get("task"):
            _say(buddy, "agreed", actor, now, text=change["task"])
        if change.get("parents_informed_at"):
            _say(buddy, "parents", actor, now, kind="call", at=change["parents_informed_at"])


def check_in(buddy: Buddy, values: dict[str, Any], *, actor: Person, now: datetime) -> None:
    """Write down how it goes with a buddy: at a planned moment, or in between (no `check_in`).

    What was said stays with the buddy; the logbook says only that there was contact and how it goes. Raises `Refused`
    for one who is no buddy now, and `Missing`.
    """
    with db.atomic():
        _check_is_buddy(buddy)
        change = {"done_at": now, "done_by": actor, "going": values["going"], "words": values["words"]}
        if not values["check_in"]:
            CheckIn.create(buddy=buddy, due_on=local(now).date(), **change)
        else:
            done = CheckIn.update(**change).where(
                CheckIn.id == values["check_in"], CheckIn.buddy == buddy, CheckIn.done_at.is_null()
            )
            if not done.execute():
                raise ChangedMeanwhile(
                    N_("Somebody noted this check-in meanwhile."), N_("Look at what stands there, then add yours.")
                )
        _record("check-in", buddy, actor, now, going=values["going"])
        going = {"message": rules.GOING[values["going"]]}
        _say(buddy, "check-in", actor, now, contact="buddies", going=going)


def plan_check_in(buddy: Buddy, values: dict[str, Any], *, actor: Person, now: datetime) -> None:
    """Put a check-in on `due_on`: one more, or `check_in` instead of its own day. Raises `Invalid`, `Refused`."""
    with db.atomic():
        _check_is_buddy(buddy)
        day: date = values["due_on"]
        rules.check_day(day, local(now).date(), closed_days())
        if not values["check_in"]:
            CheckIn.create(buddy=buddy, due_on=day)
        else:
            moved = CheckIn.update(due_on=day).where(
                CheckIn.id == values["check_in"], CheckIn.buddy == buddy, CheckIn.done_at.is_null()
            )
            if not moved.execute():
                raise ChangedMeanwhile(N_("Somebody noted this check-in meanwhile."), N_("Look at what stands there."))
        _record("plan", buddy, actor, now, day=day.isoformat())


def stop(buddy: Buddy, values: dict[str, Any], *, actor: Person, now: datetime) -> None:
    """No buddy any more, or taken off the list before being asked, with the reason. Raises `Refused`."""
    with db.atomic():
        if queries.state(buddy) not in rules.LIVE:
            raise Refused(N_("This pupil is no buddy any more."), N_("Look at how it stands now."))
        _claim(buddy, values["version"], {"ended_at": now, "end_reason": values["reason"]})
        _record("stop", buddy, actor, now)
        _say(buddy, "stopped", actor, now, kind="decision", text=values["reason"])


def _check_is_buddy(buddy: Buddy) -> None:
    check_runs(buddy.incident)
    if queries.state(queries.fresh(buddy)) != "buddy":
        raise Refused(N_("This pupil is no buddy now."), N_("Look at how it stands now."))


def warned(buddy: Buddy) -> list[str]:
    """Why the portal warns of this pupil (keys of `rules.WARNINGS`)."""
    known = {one.id: one for one in queries.known(buddy.incident)}
    return rules.warnings(known[buddy.person_id], known.values()) if buddy.person_id in known else []


def _claim(buddy: Buddy, version: int, change: dict[str, Any]) -> None:
    """Store a change if the row is still as it was read. Raises `ChangedMeanwhile`."""
    check_runs(buddy.incident)
    claim(buddy, version, change)


def _set(buddy: Buddy, change: dict[str, Any]) -> None:
    Buddy.update(**change).where(Buddy.id == buddy.id).execute()
    for name, value in change.items():
        setattr(buddy, name, value)


def _record(verb: str, buddy: Buddy, actor: Person, now: datetime, **detail: Any) -> None:
    record(f"care:buddy:{verb}", f"involved:{buddy.person_id}", actor_id=actor.id, now=now, **detail)


def _say(buddy: Buddy, event: str, author: Person, now: datetime, *, kind: str = "talk", **values: Any) -> None:
    who = rules.called(buddy.person.part, buddy.person.number)
    log(buddy.incident, kind, rules.EVENTS[event], author=author, now=now, who=who, **values)


def left(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody is off the team: what he or she would do is nobody's now; joins the caller's transaction."""
    here = Buddy.incident == incident
    Buddy.update(supporter=None).where(here, Buddy.supporter == person).execute()
    Buddy.update(asker=None).where(here, Buddy.asker == person, Buddy.asked_at.is_null()).execute()
