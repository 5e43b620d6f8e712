"""What happens at the online watch."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.actions.operations import add_action, tick
from portal.actions.queries import plan_rows, to_tick
from portal.actions.rules import FINISHED
from portal.audit.operations import record
from portal.clock import local
from portal.communication.watch import queries, rules
from portal.communication.watch.models import Post, Watch, WatchTurn
from portal.communication.watch.rules import EVENTS
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs, log, note_unrest
from portal.incidents.rules import union
from portal.policy import COORDINATOR, Standing
from portal.prepared import claim


def _record(what: str, incident_id: int, actor: Person, now: datetime, **detail: Any) -> None:
    record(f"communication:{what}", f"incident:{incident_id}", actor_id=actor.id, now=now, **detail)


def _claim_watch(incident: Incident, version: int, change: dict[str, Any], actor: Person, now: datetime) -> Watch:
    """The row at this version, made when nobody had said anything yet. Raises `ChangedMeanwhile` and `Refused`."""
    check_runs(incident)
    watch, change = queries.of(incident), {**change, "changed_by": actor, "changed_at": now}
    if watch.version:
        claim(watch, version, change)
        return watch
    if version:
        raise ChangedMeanwhile(N_("Somebody else changed this meanwhile."), N_("Load the page again."))
    values = {"platforms": watch.platforms, "terms": watch.terms, **change}
    made: Watch = Watch.create(incident=incident, **values)
    return made


def change_places(
    incident: Incident, platforms: list[str], terms: list[str], *, version: int, actor: Person, now: datetime
) -> None:
    """Where is looked, and for which words. Raises `ChangedMeanwhile` and `Refused`."""
    with db.atomic():
        _claim_watch(incident, version, {"platforms": platforms, "terms": terms}, actor, now)
        _record("watch:change", incident.id, actor, now)
        log(incident, "decision", EVENTS["watch.places"], author=actor, now=now, text=", ".join(terms))


def agree_turns(
    incident: Incident, chosen: Mapping[tuple[date, str], int], *, version: int, actor: Person, now: datetime
) -> None:
    """Who looks when, from today on; 0 is nobody. Who looked already stays. Raises as `change_places`, `Invalid`."""
    today = local(now).date()
    able = {person.id for person in queries.watchers(incident)}
    if any(person and person not in able for person in chosen.values()):
        raise Invalid("", N_("Somebody in the list is not on the team any more. Choose again."))
    with db.atomic():
        _claim_watch(incident, version, {}, actor, now)
        there = queries.turns(incident, today)
        for (day, part), person in chosen.items():
            turn = there.get((day, part))
            if turn is None and person:
                WatchTurn.create(incident=incident, day=day, part_of_day=part, person=person)
            elif turn is not None and turn.person_id != (person or None):
                claim(turn, turn.version, {"person": person or None})
        _record("watch:turns", incident.id, actor, now)
        log(incident, "plan", EVENTS["watch.turns"], author=actor, now=now)


def looked(incident: Incident, said: str, *, standing: Standing, actor: Person, now: datetime) -> None:
    """Somebody looked and saw nothing; `said` are the words with which today's step is finished. Raises `Refused`."""
    with db.atomic():
        check_runs(incident)
        _keep_look(incident, said, standing, actor, now)
        _record("watch:look", incident.id, actor, now)
        log(incident, "observation", EVENTS["watch.looked"], author=actor, now=now)


def _keep_look(incident: Incident, said: str, standing: Standing, actor: Person, now: datetime) -> None:
    """The turn of this part of the day is done, whose ever it was, and with it the step of the plan for today."""
    today, part = local(now).date(), rules.part_of_day(now)
    turn, _made = WatchTurn.get_or_create(incident=incident, day=today, part_of_day=part)
    claim(turn, turn.version, {"looked_at": now, "looked_by": actor})
    action = next(iter(to_tick(incident, rules.STEP, [], standing)), None)
    if action is not None and (action.due_at is None or local(action.due_at).date() <= today):
        tick(incident, rules.STEP, None, said, standing=standing, actor=actor, now=now)


def _said(post: Post, *names: str) -> dict[str, Any]:
    """Values for a line of the logbook."""
    words = {"platform": rules.PLATFORMS, "truth": rules.TRUTHS, "tone": rules.TONES}
    return {name: {"message": words[name][getattr(post, name)]} for name in ("platform", *names)}


def add_post(
    incident: Incident, values: dict[str, Any], said: str, *, standing: Standing, actor: Person, now: datetime
) -> Post:
    """Write down what was seen, in words; that is looking too (`said` as in `looked`). Raises `Refused`."""
    with db.atomic():
        check_runs(incident)
        values = {**values, "seen_at": values.get("seen_at") or now}
        post: Post = Post.create(incident=incident, made_by=actor, made_at=now, **values)
        _keep_look(incident, said, standing, actor, now)
        _record("post:add", incident.id, actor, now, post=post.id)
        about = _said(post, "truth", "tone")
        log(
            incident,
            "observation",
            EVENTS["post.seen"],
            author=actor,
            now=now,
            text=post.said,
            at=post.seen_at,
            **about,
        )
    return post


def _change(post: Post, version: int, verb: str, change: dict[str, Any], actor: Person, now: datetime) -> None:
    check_runs(post.incident)
    claim(post, version, change)
    _record(f"post:{verb}", post.incident_id, actor, now, post=post.id)


def assess(post: Post, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Whether it is right, its tone and its reach turn out otherwise. Raises `ChangedMeanwhile` and `Refused`."""
    with db.atomic():
        _change(post, version, "assess", values, actor, now)
        about = _said(post, "truth", "tone")
        log(post.incident, "observation", EVENTS["post.assessed"], author=actor, now=now, **about)


def reply(post: Post, words: str, *, version: int, actor: Person, now: datetime) -> None:
    """What was answered to it, outside. Raises `ChangedMeanwhile` and `Refused`."""
    with db.atomic():
        rules.check_can_answer(Post.get_by_id(post.id).replied_at)
        _change(post, version, "reply", {"reply": words, "replied_at": now, "replied_by": actor}, actor, now)
        log(post.incident, "decision", EVENTS["post.replied"], author=actor, now=now, text=words, **_said(post))


def ask_take_down(
    post: Post, title: str, address: str, *, version: int, standing: Standing, actor: Person, now: datetime
) -> Action:
    """The plan's action to get imagery offline takes it on, else a new one with this title. Raises as `reply`.

    Its `address`, when it was not known before, stays here: whoever does it, asks for it (product rule 1).
    """
    incident = post.incident
    with db.atomic():
        rules.check_not_asked(Post.get_by_id(post.id).action_id)
        running = (row for row in plan_rows(incident) if row.step == rules.TAKE_OFFLINE and row.state not in FINISHED)
        action = next(running, None)
        if action is None:
            planning = {"title": title, "phase": "react", "function": COORDINATOR, "due_at": now}
            action = add_action(incident, planning, standing=standing, actor=actor, now=now)
        _change(post, version, "take-down", {"action": action, "address": post.address or address}, actor, now)
        event = EVENTS["post.take-down"]
        log(incident, "decision", event, author=actor, now=now, action_id=action.id, **_said(post))
    return action


def unrest(post: Post, value: int, *, version: int, actor: Person, now: datetime) -> None:
    """How restless it is because of it, from 0 to 4: a point of the incident's unrest. Raises as `reply`."""
    with db.atomic():
        _change(post, version, "unrest", {"unrest": value}, actor, now)
        note_unrest(post.incident, value, actor=actor, now=now)


def read_address(post: Post, *, actor: Person, now: datetime) -> str:
    """Where it is seen, for who asks for it by itself; that is written down (product rule 11)."""
    with db.atomic():
        _record("address:read", post.incident_id, actor, now, post=post.id)
    return str(post.address)


def left(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody is off the team: turns to come are nobody's; joins the transaction."""
    coming = (WatchTurn.incident == incident) & (WatchTurn.person == person) & WatchTurn.looked_at.is_null()
    WatchTurn.update(person=None, version=WatchTurn.version + 1).where(coming).execute()


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Two incidents were joined: places, words and turns of both go on in one. A turn that both had is the target's."""
    moving, there = queries.of(source), queries.of(target)
    if moving.version and not there.version:
        Watch.update(incident=target).where(Watch.id == moving.id).execute()
    elif moving.version:
        names = ("platforms", "terms")
        both = {name: union(getattr(there, name), getattr(moving, name)) for name in names}
        claim(there, there.version, both)
        moving.delete_instance()
    turns = {(row.day, row.part_of_day): row for row in WatchTurn.select().where(WatchTurn.incident == target)}
    for row in WatchTurn.select().where(WatchTurn.incident == source):
        same = turns.get((row.day, row.part_of_day))
        if same is None:
            WatchTurn.update(incident=target).where(WatchTurn.id == row.id).execute()
            continue
        if row.looked_at and not same.looked_at:
            claim(same, same.version, {"looked_at": row.looked_at, "looked_by": row.looked_by_id})
        row.delete_instance()
