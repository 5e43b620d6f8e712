"""Writing confidential notes, reading them, and giving them to another counselor."""

from datetime import datetime
from typing import Any

from portal.accounts.confirmations import operations as confirmations
from portal.accounts.models import Confirmation, Person
from portal.accounts.queries import by_id
from portal.audit.operations import record
from portal.audit.queries import have_been_read
from portal.care.notes import queries
from portal.care.notes.models import Note
from portal.care.notes.rules import CONFIRMATION, edition
from portal.db import db, unless_full
from portal.errors import N_, ChangedMeanwhile, Invalid, Missing, Refused
from portal.incidents import queries as incidents
from portal.incidents.models import JOINED, Incident
from portal.incidents.people.queries import involved_in
from portal.incidents.team.operations import tell
from portal.notices import operations as notices
from portal.policy import COUNSELOR


def write(
    incident: Incident, values: dict[str, Any], *, actor: Person, now: datetime, corrects: Note | None = None
) -> Note:
    """A note, or a new one that corrects an older one and is held by who holds that. Raises `Missing`, `Refused`."""
    with db.atomic():
        _check_reads(incident, actor)
        about = values["about"] and involved_in(incident, values["about"])
        # As it is now: the older one may have been handed over since it was read.
        holder = Note.get_by_id(corrects.id).holder_id if corrects else actor.id
        note: Note = Note.create(
            incident=incident,
            author=actor,
            holder=holder,
            about=about,
            at=values["at"] or now,
            written_at=now,
            text=values["text"],
            corrects=corrects,
        )
        _record("correct" if corrects else "write", note, actor, now, incident=incident.id)
    return note


def _check_reads(incident: Incident, person: Person) -> None:
    """Somebody may have been taken off, or the incident joined, since the guard looked."""
    if incidents.fresh(incident).state == JOINED:
        raise Refused(
            N_("This incident was joined with another one meanwhile. Nothing was changed."),
            N_("Open the notes again: they go on in the other incident."),
        )
    if person.id not in {one.id for one in queries.counselors(incident)}:
        raise Missing


def _record(verb: str, note: Note, actor: Person, now: datetime, **detail: Any) -> None:
    record(f"care:note:{verb}", f"note:{note.id}", actor_id=actor.id, now=now, **detail)


def read(incident: Incident, notes: list[Note], *, reader: Person, now: datetime) -> None:
    """Write down who reads which note, once per hour; its author gets a mail when that is somebody else."""
    by_subject = {f"note:{note.id}": note for note in notes}
    hour = now.replace(minute=0, second=0, microsecond=0)
    if not set(by_subject) - have_been_read(reader.id, queries.READ, list(by_subject), hour):
        return
    with unless_full(f"{queries.READ} of {', '.join(by_subject)} by person:{reader.id}"), db.atomic():
        before = have_been_read(reader.id, queries.READ, list(by_subject), hour)
        for subject, note in by_subject.items():
            if subject not in before:
                _record("read", note, reader, now, incident=incident.id)
        # Once per hour also for who opens more of the same author in it.
        heard = {by_subject[subject].author_id for subject in before}
        authors = {note.author_id for note in notes} - heard - {reader.id}
        for author in queries.counselors(incident):
            if author.id in authors:
                tell(incident, author, "note-read", actor=reader, now=now)


def hand_over(
    incident: Incident, note_id: int | None, receiver: Person, *, seen: str, actor: Person, now: datetime
) -> None:
    """Give one note with its corrections, or all that are not given yet, to another counselor on the team.

    `seen` is the edition that the author saw. Raises `Missing`, and `ChangedMeanwhile` when it changed or the
    receiver is no counselor on the team any more.
    """
    with db.atomic():
        _check_reads(incident, actor)
        notes = queries.to_hand_over(incident, actor, note_id)
        if not notes or edition((note.id, note.holder_id) for note in notes) != seen:
            raise ChangedMeanwhile(
                N_("Your notes changed meanwhile. Nothing was handed over."),
                N_("Look at what stands here now, and decide again."),
            )
        if receiver.id == actor.id or receiver.id not in {one.id for one in queries.counselors(incident)}:
            raise ChangedMeanwhile(
                N_("This colleague is not a counselor on this team any more. Nothing was handed over."),
                N_("Choose somebody else, or ask the coordinator to add a counselor."),
            )
        _give(notes, receiver, actor, now, incident=incident.id)
        tell(incident, receiver, "note", actor=actor, now=now)


def _give(notes: list[Note], receiver: Person, actor: Person, now: datetime, **detail: Any) -> None:
    Note.update(holder=receiver).where(Note.id.in_([note.id for note in notes])).execute()
    for note in notes:
        _record("hand-over", note, actor, now, to=receiver.id, **detail)


def ask(person: Person, receiver: Person, *, actor: Person, now: datetime) -> Confirmation:
    """Ask leadership to let another counselor go on where this one is gone. Raises `Invalid` and `Refused`."""
    if receiver.id == person.id or receiver.left_at or COUNSELOR not in receiver.functions:
        raise Invalid("receiver", N_("Choose one of the answers given."))
    return confirmations.ask(CONFIRMATION, person, receiver=receiver, actor=actor, now=now)


def carry_out(asked: Confirmation, *, actor: Person, now: datetime) -> None:
    """Two people decided: what somebody who is gone holds goes to another counselor, unless kept out there.

    Nobody learns whether there was any: both mails go out, and the trail names no incident. Raises `Refused`.
    """
    receiver = by_id(asked.receiver_id)
    if receiver is None or receiver.left_at or COUNSELOR not in receiver.functions:
        raise Refused(
            N_("Who should take over the notes is not a counselor of this school any more."),
            N_("Refuse this. The administrator can then ask it for another counselor."),
        )
    notes = [note for note in queries.held_by(asked.person) if _may_go(note, receiver)]
    _give(notes, receiver, actor, now, confirmation=asked.id)
    notices.tell(receiver, "notes-given", confirmations.subject(asked), now=now)
    if asked.person.left_at is None:
        notices.tell(asked.person, "notes-taken", confirmations.subject(asked), now=now)


def _may_go(note: Note, receiver: Person) -> bool:
    """Whether neither holder nor author reads this note any more, and the receiver is not kept out of its incident."""
    there = {one.id for one in queries.counselors(note.incident_id)}
    return there.isdisjoint((note.holder_id, note.author_id)) and not incidents.is_kept_out(note.incident, receiver.id)
