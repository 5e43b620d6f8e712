"""Finding confidential notes: only those that somebody wrote or was given, never how many others there are."""

from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from portal.accounts.models import Person
from portal.audit.models import AuditEvent
from portal.care.notes.models import Note
from portal.incidents.logbook.queries import Versions
from portal.incidents.logbook.rules import chains
from portal.incidents.models import Incident, Involved, KeptOut, Membership
from portal.incidents.queries import may_see
from portal.policy import TEAM_FUNCTIONS, incident_verbs

READ = "care:note:read"  # in the trail
Holder = Person.alias()
READERS = [function for function in TEAM_FUNCTIONS if incident_verbs("notes", [function])]


def of(incident: Incident, person: Person) -> list[Note]:
    """What this person wrote or was given in an incident, newest first."""
    rows = (
        Note.select(Note, Person, Holder, Involved)
        .join_from(Note, Person, on=(Note.author == Person.id))
        .join_from(Note, Holder, on=(Note.holder == Holder.id))
        .join_from(Note, Involved, JOIN.LEFT_OUTER)
        .where(Note.incident == incident, (Note.author == person) | (Note.holder == person))
        .order_by(Note.at.desc(), Note.id.desc())
    )
    return list(rows)


def versions(notes: list[Note]) -> dict[int, Versions]:
    """Every note that was corrected or corrects another, with what it said before and says now."""
    known = {note.id: note for note in notes}
    found = {}
    for number, chain in chains((note.id, note.corrects_id) for note in notes).items():
        *before, newest = [known[one] for one in chain if one in known]
        if before:
            found[number] = Versions(
                [one for one in before if one.id < number], newest if newest.id != number else None
            )
    return found


def to_hand_over(incident: Incident, author: Person, note_id: int | None) -> list[Note]:
    """What an author can give to somebody else: one note with its corrections, or all that are not given yet."""
    own = [note for note in of(incident, author) if note.author_id == author.id]
    if note_id is None:
        return [note for note in own if note.holder_id == author.id]
    together = chains((note.id, note.corrects_id) for note in own).get(note_id, ())
    return [note for note in own if note.id in together]


def counselors(incident: Incident | int) -> list[Person]:
    """Who reads own notes in an incident now: counselor on its team, at school still, and not kept out of it."""
    barred = KeptOut.select().where(KeptOut.incident == Membership.incident, KeptOut.person == Person.id)
    rows = (
        Person.select()
        .join(Membership)
        .where(Membership.incident == incident, Membership.function.in_(READERS), Person.left_at.is_null())
        .where(~fn.EXISTS(barred))
        .distinct()
        .order_by(Person.name)
    )
    return [person for person in rows if not person.is_administrator]


def readings(notes: list[Note], author: Person) -> dict[int, list[tuple[str, datetime]]]:
    """Who else read what this author wrote, and when, newest first; by note."""
    own = {f"note:{note.id}": note.id for note in notes if note.author_id == author.id}
    rows = (
        AuditEvent.select(AuditEvent.subject, Person.name, AuditEvent.at)
        .join(Person, on=(Person.id == AuditEvent.actor_id))
        .where(AuditEvent.action == READ, AuditEvent.subject.in_(list(own)), AuditEvent.actor_id != author.id)
        .order_by(AuditEvent.id.desc())
    )
    found: dict[int, list[tuple[str, datetime]]] = {}
    for subject, name, at in rows.tuples():
        found.setdefault(own[subject], []).append((name, at))
    return found


def news_for(person: Person, since: datetime) -> list[Incident]:
    """Incidents with notes that this person was given and did not open yet (`.given`), or that somebody read since."""
    reading = AuditEvent.select().where(AuditEvent.action == READ, AuditEvent.subject == fn.PRINTF("note:%d", Note.id))
    given = (
        (Note.holder == person) & (Note.author != person) & ~fn.EXISTS(reading.where(AuditEvent.actor_id == person.id))
    )
    was_read = (Note.author == person) & fn.EXISTS(
        reading.where(AuditEvent.actor_id != person.id, AuditEvent.at >= since)
    )
    reader = Membership.select().where(
        Membership.incident == Incident.id, Membership.person == person, Membership.function.in_(READERS)
    )
    rows = (
        Incident.select(Incident, fn.MAX(given).alias("given"))
        .join(Note)
        .where(may_see(person), fn.EXISTS(reader), given | was_read)
        .group_by(Incident.id)
        .order_by(Incident.reported_at.desc())
    )
    return list(rows)


def held_by(person: Person) -> list[Note]:
    return list(Note.select().where(Note.holder == person).order_by(Note.id))


def is_about(person: Involved) -> bool:
    """Whether a note is about this person involved, who then stays somebody of their own."""
    return bool(Note.select().where(Note.about == person).exists())


def find(incident: Incident, person: Person, note_id: int) -> Any:
    """A note of this incident that the person wrote; of all others there is none."""
    return Note.get_or_none(Note.id == note_id, Note.incident == incident, Note.author == person)
