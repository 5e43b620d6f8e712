"""What happens to an incident: facts and logbook."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.audit.operations import record, record_read
from portal.clock import local
from portal.db import db
from portal.errors import N_, Invalid, Refused
from portal.incidents import queries, rules
from portal.incidents.models import DRAFT, ENDED, OPEN, Entry, Flag, Incident, Report, Unrest
from portal.incidents.people.queries import involved_in as involved_in
from portal.prepared import claim

# Higher packages that must act in the same transaction when the facts change; filled in `portal.wiring`.
after_facts: list[Callable[[Incident, Person, datetime], None]] = []
after_raised: list[Callable[[Incident, str, datetime], None]] = []


def log(incident: Incident, kind: str, event: str, *, author: Person | None, now: datetime, **values: Any) -> Entry:
    """Write what the portal itself says; joins the caller's transaction.

    `text`, `action_id`, `contact` (with whom there was contact) and `at` (when it happened) go to their own columns,
    all other values are kept to fill the sentence with.
    """
    own = {name: values.pop(name) for name in ("text", "action_id", "contact", "at") if name in values}
    entry: Entry = Entry.create(
        incident=incident, written_at=now, author=author, kind=kind, event=event, params=values, **({"at": now} | own)
    )
    return entry


def log_was_read(incident: Incident, *, actor: Person, now: datetime) -> None:
    """Somebody was shown words of the logbook, here or elsewhere: written once an hour (product rule 11)."""
    record_read("incident:log:read", _subject(incident), reader_id=actor.id, now=now)


def write_entry(
    incident: Incident,
    values: dict[str, Any],
    *,
    actor: Person,
    now: datetime,
    action_id: int | None = None,
    corrects: Entry | None = None,
) -> Entry:
    """A free entry, or a new one that corrects an older one; the older stays as it is (product rule 10)."""
    with db.atomic():
        entry: Entry = Entry.create(
            incident=incident,
            at=values.get("at") or now,
            written_at=now,
            author=actor,
            kind=values["kind"],
            text=values["text"],
            present=values.get("present", ""),
            contact=values.get("contact", ""),
            action_id=corrects.action_id if corrects else action_id,
            corrects=corrects,
        )
        verb = "correct" if corrects else "write"
        record(f"incident:log:{verb}", _subject(incident), actor_id=actor.id, now=now, entry=entry.id)
    return entry


def _subject(incident: Incident) -> str:
    return f"incident:{incident.id}"


def facts_changed(incident: Incident, actor: Person, now: datetime) -> None:
    """Let higher packages follow what is known now; joins the caller's transaction."""
    if incident.state == OPEN:
        for react in after_facts:
            react(incident, actor, now)


def check_runs(incident: Incident) -> None:
    """Refuse to change what has ended or was joined, as it is now and not as it was loaded. Raises `Refused`."""
    if queries.fresh(incident).state not in (OPEN, DRAFT):
        raise Refused(N_("This incident has ended."), N_("Open it again to change it."))


def check_on_team(incident: Incident, field: str, person_id: int | None, part: str = "") -> None:
    """Refuse work for somebody who is not on the team, or for whom a `part` of the incident is not there.

    Raises `Invalid` for the field in which they were chosen.
    """
    if person_id and person_id not in {person.id for person in queries.team_people(incident, part)}:
        raise Invalid(field, N_("This person is not on the team. Add them to the team first."))


def raise_from_ages(incident: Incident, actor: Person, now: datetime) -> None:
    """An age can show a red flag that was answered otherwise; the more careful answer counts."""
    answers = queries.flag_answers(incident)
    for key in rules.flags_of_ages(queries.facts(incident, local(now).date()).people):
        if answers.get(key) != "yes":
            _set_flag(incident, key, "yes", actor, now)
            event = rules.EVENTS["flag.from_ages"]
            log(incident, "scope", event, author=None, now=now, flag=rules.flags()[key]["name"])


def answer_flag(incident: Incident, key: str, answer: str, *, actor: Person, now: datetime) -> None:
    """Answer one red-flag question; while the report is still being written nothing is logged yet."""
    with db.atomic():
        check_runs(incident)
        if queries.flag_answers(incident).get(key) == answer:
            return
        _set_flag(incident, key, answer, actor, now)
        if incident.state == OPEN:
            name, said = rules.flags()[key]["name"], {"message": rules.ANSWERS[answer]}
            log(incident, "scope", rules.EVENTS["flag.answered"], author=actor, now=now, flag=name, answer=said)
        facts_changed(incident, actor, now)


def _set_flag(incident: Incident, key: str, answer: str, actor: Person, now: datetime) -> None:
    Flag.insert(incident=incident, key=key, answer=answer, answered_by=actor, answered_at=now).on_conflict(
        conflict_target=[Flag.incident, Flag.key],
        update={Flag.answer: answer, Flag.answered_by: actor, Flag.answered_at: now},
    ).execute()
    record(f"incident:flag:{key}", _subject(incident), actor_id=actor.id, now=now, answer=answer)
    if answer == "yes" and incident.state == OPEN:
        for react in after_raised:
            react(incident, key, now)


def change_scope(incident: Incident, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Store what is known of the situation. Raises `ChangedMeanwhile`."""
    with db.atomic():
        check_runs(incident)
        claim(incident, version, {})
        changed = [name for name, value in values.items() if getattr(incident, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(incident, name, values[name])
        incident.save(only=[getattr(Incident, name) for name in changed])
        record("incident:scope:change", _subject(incident), actor_id=actor.id, now=now, fields=changed)
        if "unrest" in changed:
            keep_unrest(incident, actor, now)
        said = [rules.scope_said(name, values[name]) for name in changed]
        log(incident, "scope", rules.EVENTS["scope.changed"], author=actor, now=now, what=said)
        facts_changed(incident, actor, now)


def keep_unrest(incident: Incident, actor: Person, now: datetime) -> None:
    """Remember how restless it is now, for the chart; joins the caller's transaction."""
    if incident.unrest is not None:
        Unrest.create(incident=incident, at=now, value=incident.unrest, noted_by=actor)


def note_unrest(incident: Incident, value: int, *, actor: Person, now: datetime) -> None:
    """How restless it is now, from 0 to 4. Noted twice the same on one day is noted once. Raises `Refused`."""
    with db.atomic():
        check_runs(incident)
        if value == incident.unrest and queries.unrest_noted_on(incident, value, local(now).date()):
            return
        Incident.update(unrest=value, version=Incident.version + 1).where(Incident.id == incident.id).execute()
        incident.unrest = value
        keep_unrest(incident, actor, now)
        record("incident:unrest:note", _subject(incident), actor_id=actor.id, now=now, value=value)
        said = {"message": rules.UNREST[str(value)]}
        log(incident, "observation", rules.EVENTS["unrest.noted"], author=actor, now=now, value=said)
        facts_changed(incident, actor, now)


def end_as_false_alarm(incident: Incident, reason: str, *, actor: Person, now: datetime) -> None:
    """It turned out not to be so. Raises `Refused` when the incident is not open."""
    with db.atomic():
        _change_state(incident, OPEN, ENDED, now)
        record("incident:state:end", _subject(incident), actor_id=actor.id, now=now)
        log(incident, "decision", rules.EVENTS["incident.ended"], author=actor, now=now, text=reason)


def reopen(incident: Incident, reason: str, *, actor: Person, now: datetime) -> None:
    """It was so after all. Raises `Refused` when the incident was not ended."""
    with db.atomic():
        _change_state(incident, ENDED, OPEN, None)
        record("incident:state:reopen", _subject(incident), actor_id=actor.id, now=now)
        log(incident, "decision", rules.EVENTS["incident.reopened"], author=actor, now=now, text=reason)
        facts_changed(incident, actor, now)


def _change_state(incident: Incident, before: str, after: str, ended_at: datetime | None) -> None:
    changed = (
        Incident.update(state=after, ended_at=ended_at)
        .where(Incident.id == incident.id, Incident.state == before)
        .execute()
    )
    if not changed:
        raise Refused(N_("Somebody else did this meanwhile."), N_("Load the page again to see how it is now."))
    incident.state = after


def add_to_report(report: Report, text: str, *, actor: Person, now: datetime) -> None:
    """What the reporter remembers later goes to the logbook of the incident, wherever the report is now."""
    with db.atomic():
        entry = log(
            report.incident, "report", rules.EVENTS["report.added"], author=actor, now=now, who=actor.name, text=text
        )
        record("incident:report:add", f"report:{report.id}", actor_id=actor.id, now=now, entry=entry.id)
