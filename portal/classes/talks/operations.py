"""What happens to the conversations with classes."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import add_action, check_gate_of, tick
from portal.audit.operations import record
from portal.classes.talks import queries, rules
from portal.classes.talks.models import CANCELLED, DECLINED, HELD, PLANNED, ClassTalk, Worry
from portal.clock import local
from portal.db import db
from portal.errors import N_, Invalid, Missing, Refused
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Involved, Unrest
from portal.incidents.operations import check_runs, log
from portal.incidents.people.operations import names_somebody, without_named
from portal.incidents.people.rules import Named, holds_name
from portal.policy import Standing, as_class
from portal.prepared import claim

EVENTS = {
    "decided": N_("Decided: a conversation with class %(class_name)s."),
    "declined": N_("Decided: no conversation with class %(class_name)s."),
    "prepared": N_("Conversation with class %(class_name)s prepared."),
    "held": N_("Conversation held with class %(class_name)s."),
    "parents": N_("The parents of class %(class_name)s were informed."),
    "added": N_("Added to the conversation with class %(class_name)s."),
    "followed-up": N_("Came back to the agreements with class %(class_name)s."),
    "worry": N_("A worry came up in class %(class_name)s; it is an action in the plan now."),
    "cancelled": N_("Conversation with class %(class_name)s called off."),
    "unrest": N_("Unrest in class %(class_name)s: %(value)s."),
}


def find(incident: Incident, talk_id: int) -> ClassTalk:
    """Raises `Missing` for a conversation of another incident."""
    talk = queries.talk_in(incident, talk_id)
    if talk is None:
        raise Missing
    return talk


def _record(verb: str, talk: ClassTalk, actor: Person, now: datetime, **detail: Any) -> None:
    subject = f"incident:{talk.incident_id}"
    record(f"classes:talk:{verb}", subject, actor_id=actor.id, now=now, talk=talk.id, **detail)


def _say(talk: ClassTalk, event: str, kind: str, *, author: Person, now: datetime, **values: Any) -> None:
    log(talk.incident, kind, EVENTS[event], author=author, now=now, class_name=talk.class_name, **values)


def _check(talk: ClassTalk, standing: Standing, state: str) -> None:
    check_runs(talk.incident)
    rules.check_may_change(standing, talk.class_name, talk.leader_id)
    rules.check_state(talk.state, state)


def _victims(incident: Incident, class_name: str) -> list[Involved]:
    return queries.victims_in(list(incidents.involved(incident)), class_name)


def names_anybody(talk: ClassTalk, text: str, *, actor: Person, now: datetime) -> bool:
    """Whether a text for on the wall names somebody involved, or this or another class (product rule 6)."""
    own = [Named("", talk.class_name)]
    return holds_name(text, own) or names_somebody(talk.incident, text, actor=actor, now=now)


def for_the_wall(talk: ClassTalk) -> list[str]:
    """The agreements, less those that name somebody who was added since (product rule 6)."""
    own = [Named("", talk.class_name)]
    return [line for line in without_named(talk.incident, talk.agreements) if not holds_name(line, own)]


def decide(
    incident: Incident, class_name: str, *, against: bool, reason: str, standing: Standing, actor: Person, now: datetime
) -> ClassTalk:
    """Decide on a conversation with a class, or against it. Raises `NotAllowed`, `Invalid`, `Refused`."""
    with db.atomic():
        check_runs(incident)
        victims = _victims(incident, class_name)
        rules.check_decision(standing, class_name, reason, against=against, victim=bool(victims))
        if queries.running(incident, class_name):
            raise Refused(
                N_("There is a conversation with this class already."), N_("Open it, or call it off with a reason.")
            )
        able = incidents.who_may_change(incident, "classes")
        mentors = [one for one in able if as_class(class_name) in map(as_class, one.classes)]
        talk: ClassTalk = ClassTalk.create(
            incident=incident,
            class_name=class_name,
            victim=victims[0] if victims else None,
            leader=mentors[0] if mentors else None,
            state=DECLINED if against else PLANNED,
            reason=reason,
            made_by=actor,
            made_at=now,
        )
        _record("decide", talk, actor, now, state=talk.state)
        _say(talk, "declined" if against else "decided", "decision", author=actor, now=now, text=reason)
    return talk


def prepare(
    talk: ClassTalk, values: dict[str, Any], *, version: int, standing: Standing, actor: Person, now: datetime
) -> None:
    """Who, when, where, which message and which words. Never refused by a gate (product rule 4)."""
    with db.atomic():
        _check(talk, standing, PLANNED)
        leader = values["leader_id"]
        if leader and leader not in {one.id for one in incidents.who_may_change(talk.incident, "classes")}:
            raise Invalid("leader", N_("Choose one of the answers given."))
        victims = _victims(talk.incident, talk.class_name)
        values = {**values, "victim_id": victims[0].id if victims else None}
        if talk.leader_id not in (None, leader) and values.get("feelings", talk.feelings) == talk.feelings:
            # They are those of who led it before, and not for who leads it now.
            values["feelings"] = ""
        change = {name: value for name, value in values.items() if getattr(talk, name) != value}
        if not change and version == talk.version:
            return
        claim(talk, version, change)
        _record("prepare", talk, actor, now, fields=sorted(change))
        _say(talk, "prepared", "plan", author=actor, now=now)


def hold(
    talk: ClassTalk,
    values: dict[str, Any],
    *,
    ticked: bool,
    version: int,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Note that it was held and what came of it; `ticked` also finishes its step in the plan.

    Raises `GateClosed` while a victim in this class did not say yes (product rule 4), `Refused`, `ChangedMeanwhile`.
    """
    with db.atomic():
        _check(talk, standing, PLANNED)
        victims = _victims(talk.incident, talk.class_name)
        for victim in victims:
            check_gate_of(victim, "class")
        to_tick = {action.victim_id for action in queries.to_tick(talk, victims, standing)} if ticked else ()
        informed = values["parents_informed"]
        noted = {name: value for name, value in values.items() if name != "parents_informed"}
        claim(talk, version, {**noted, "parents_informed_at": now if informed else None, "state": HELD})
        _record("hold", talk, actor, now)
        said = "\n".join(text for text in (values["mood"], values["insight"]) if text)
        _say(talk, "held", "talk", author=actor, now=now, at=values["held_at"], contact="classes", text=said)
        _keep_unrest(talk, values["unrest"], values["held_at"], actor)
        if informed:
            _say(talk, "parents", "talk", author=actor, now=now, contact="parents")
        for one in to_tick:
            step = queries.step_of(victims)
            tick(talk.incident, step, one, values["mood"], standing=standing, actor=actor, now=now)


def _keep_unrest(talk: ClassTalk, value: int | None, at: datetime, actor: Person) -> None:
    if value is not None:
        Unrest.create(incident=talk.incident, at=at, value=value, noted_by=actor, class_name=talk.class_name)


def add(
    talk: ClassTalk, values: dict[str, Any], *, version: int, standing: Standing, actor: Person, now: datetime
) -> None:
    """Add to what was noted: how it goes now, what was agreed since. The earlier stays readable (product rule 10).

    `values` has text, agreements, unrest, parents_informed, followed_up and follow_up_on.
    """
    with db.atomic():
        _check(talk, standing, HELD)
        came_back, informed = values["followed_up"], values["parents_informed"] and not talk.parents_informed_at
        entry: dict[str, Any] = {"at": now.isoformat(), "by": actor.name, "text": values["text"]}
        change: dict[str, Any] = {"follow_up_on": values["follow_up_on"]}
        if values["agreements"] != talk.agreements:
            entry["agreements"] = talk.agreements
            change["agreements"] = values["agreements"]
        if came_back:
            # A date that is still to come is for the next time.
            again = values["follow_up_on"] and values["follow_up_on"] > local(now).date()
            change["followed_up_at"] = None if again else now
        if informed:
            change["parents_informed_at"] = now
        claim(talk, version, {**change, "later": [*talk.later, entry]})
        _record("add", talk, actor, now, fields=sorted(change))
        contact = {"contact": "classes"} if came_back else {}
        event = "followed-up" if came_back else "added"
        _say(talk, event, "talk" if came_back else "observation", author=actor, now=now, text=values["text"], **contact)
        _keep_unrest(talk, values["unrest"], now, actor)
        if informed:
            _say(talk, "parents", "talk", author=actor, now=now, contact="parents")


def add_worry(
    talk: ClassTalk, values: dict[str, Any], *, title: str, how: str, standing: Standing, actor: Person, now: datetime
) -> Worry:
    """A worry about one pupil, which an action of the plan takes on; its words stand nowhere else."""
    with db.atomic():
        _check(talk, standing, HELD)
        planning = {"title": title, "how": how, "assignee_id": values["assignee_id"], "due_at": values["due_at"]}
        action = add_action(talk.incident, planning, standing=standing, actor=actor, now=now)
        worry: Worry = Worry.create(talk=talk, text=values["text"], action=action, written_by=actor, written_at=now)
        record("classes:worry:add", f"incident:{talk.incident_id}", actor_id=actor.id, now=now, worry=worry.id)
        _say(talk, "worry", "plan", author=actor, now=now)
    return worry


def cancel(talk: ClassTalk, reason: str, *, standing: Standing, actor: Person, now: datetime) -> None:
    """Call off a conversation that was planned. Raises `Refused`."""
    with db.atomic():
        _check(talk, standing, PLANNED)
        claim(talk, talk.version, {"state": CANCELLED, "reason": reason})
        _record("cancel", talk, actor, now)
        _say(talk, "cancelled", "decision", author=actor, now=now, text=reason)


def note_unrest(
    incident: Incident, class_name: str, value: int, *, standing: Standing, actor: Person, now: datetime
) -> None:
    """How restless a class is now, from 0 to 4. Noted twice the same on one day is noted once."""
    with db.atomic():
        check_runs(incident)
        row = next((row for row in queries.board(incident, standing, now) if row.name == class_name), None)
        if row is None or not row.shown:
            raise Missing
        rules.check_may_change(standing, class_name, row.talk.leader_id if row.talk else None)
        if row.unrest == value and row.bars[-1].value == value:
            return
        Unrest.create(incident=incident, at=now, value=value, noted_by=actor, class_name=class_name)
        record("classes:unrest:note", f"incident:{incident.id}", actor_id=actor.id, now=now, value=value)
        said = {"message": rules.UNREST[str(value)]}
        event = EVENTS["unrest"]
        log(incident, "observation", event, author=actor, now=now, class_name=class_name, value=said)


def left(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody is off the team: nobody leads what he or she would lead; joins the transaction."""
    theirs = (ClassTalk.incident == incident) & (ClassTalk.leader == person) & (ClassTalk.state == PLANNED)
    ClassTalk.update(leader=None, feelings="", version=ClassTalk.version + 1).where(theirs).execute()
