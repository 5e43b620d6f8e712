"""What happens to the people involved."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.audit.operations import record, record_reads
from portal.clock import local
from portal.db import db
from portal.errors import N_, Invalid, Refused
from portal.incidents.models import OPEN, Incident, Involved, Report
from portal.incidents.operations import check_runs, facts_changed, log, raise_from_ages
from portal.incidents.people import queries, rules
from portal.incidents.people.queries import involved_in as involved_in
from portal.incidents.people.rules import Named, holds_name
from portal.incidents.rules import EVENTS, label
from portal.prepared import claim

# What higher packages do besides when two rows turn out to be one person, as (gone, kept, actor=, now=); filled in
# `create_app`.
after_merging: list[Callable[..., None]] = []
# Whether something of a victim goes on that nobody would find once that person is no victim; filled there too.
goes_on: list[Callable[[Involved], bool]] = []


def add_involved(
    incident: Incident, values: dict[str, Any], *, actor: Person, now: datetime, report: Report | None = None
) -> Involved:
    """Add a person involved. The log says only which part: a name is in the people page alone. Raises `Invalid`."""
    with db.atomic():
        check_runs(incident)
        values = _in_order(values)
        _check_child(incident, values)
        number = queries.next_number(incident, values["part"])
        person: Involved = Involved.create(incident=incident, report=report, number=number, changed_at=now, **values)
        record("incident:person:add", f"involved:{person.id}", actor_id=actor.id, now=now)
        if incident.state == OPEN:
            log(incident, "scope", EVENTS["people.added"], author=actor, now=now, who=_who(person))
        raise_from_ages(incident, actor, now)
        facts_changed(incident, actor, now)
    return person


def _who(person: Involved) -> dict[str, Any]:
    return label(person.part, person.number)


def _in_order(values: dict[str, Any]) -> dict[str, Any]:
    parts = rules.in_order([values["part"], *values.get("also", ())])
    return {**values, "part": parts[0], "also": parts[1:]}


def _check_child(incident: Incident, values: Mapping[str, Any], person_id: int | None = None) -> None:
    """A parent is linked to somebody of this incident who is not their own parent. Raises `Invalid`."""
    child_id = values.get("child_id")
    if child_id is None:
        return
    child = queries.involved(incident).where(Involved.id == child_id).first()
    if child is None or child.id == person_id or (person_id is not None and child.child_id == person_id):
        raise Invalid("child", N_("Choose one of the answers given."))


def change_involved(person: Involved, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Store a person's details. Raises `ChangedMeanwhile`, and `Invalid` for a victim who may not be one."""
    incident: Incident = person.incident
    with db.atomic():
        check_runs(incident)
        values = _in_order(values)
        _check_child(incident, values, person.id)
        if values["part"] != person.part:
            if person.part == "victim" and queries.victims(incident).count() == 1:
                raise Invalid("part", N_("This is the only victim. Add the right victim first."))
            if person.part == "victim" and any(asks(person) for asks in goes_on):
                raise Invalid("part", N_("A rest or buddies of this victim go on. End these first."))
            values = {**values, "number": queries.next_number(incident, values["part"])}
        fields = sorted(name for name, value in values.items() if getattr(person, name) != value)
        if not fields and version == person.version:
            return
        who = _who(person)
        claim(person, version, {**values, "changed_at": now})
        record("incident:person:change", f"involved:{person.id}", actor_id=actor.id, now=now, fields=fields)
        what = rules.fields_said(fields)
        log(incident, "scope", EVENTS["people.details"], author=actor, now=now, who=who, what=what)
        raise_from_ages(incident, actor, now)
        facts_changed(incident, actor, now)


def merge(right: Involved, other: Involved, *, seen: str, actor: Person, now: datetime) -> Involved:
    """Two rows are one person: gives the row that stays, with what both said; where they differ `right` counts.

    The other one is only kept for the trail. Wishes, actions and what else is about it go along. `seen` is the
    edition that somebody looked at. Raises `Refused` and `ChangedMeanwhile`.
    """
    incident: Incident = right.incident
    with db.atomic():
        check_runs(incident)
        if right.id == other.child_id or other.id == right.child_id:
            raise Refused(
                N_("A parent and their child are two people."), N_("Change first whose parent this is, if it is wrong.")
            )
        edition = rules.edition((row.id, row.version) for row in (right, other))
        at = rules.first_of((right.part, right.number), (other.part, other.number))
        kept, gone = (right, other) if at == 0 else (other, right)
        known = rules.combined(_details(right), _details(other), stays=kept.id)
        report = kept.report_id or gone.report_id
        for row in (right, other):
            claim(row, row.version if seen == edition else -1, {"changed_at": now})
        Involved.update(**known, report=report).where(Involved.id == kept.id).execute()
        Involved.update(merged_into=kept).where((Involved.id == gone.id) | (Involved.merged_into == gone)).execute()
        Involved.update(child=kept).where(Involved.child == gone, Involved.id != kept.id).execute()
        take_along(gone, kept, actor=actor, now=now)
        # Who opened the data before is found by this.
        record("incident:person:merge", f"involved:{kept.id}", actor_id=actor.id, now=now, of=gone.id)
        log(incident, "scope", EVENTS["people.merged"], author=actor, now=now, who=_who(gone), into=_who(kept))
        raise_from_ages(incident, actor, now)
        facts_changed(incident, actor, now)
    return kept


def read_of(people: Iterable[int | None], place: str, *, actor: Person, now: datetime) -> None:
    """Write down whose data somebody reads on which page; of nobody in particular (None) there is nothing to say."""
    subjects = [f"involved:{number}" for number in people if number]
    record_reads("incident:person:read", subjects, reader_id=actor.id, now=now, place=place)


def take_along(gone: Involved, kept: Involved, *, actor: Person, now: datetime) -> None:
    """What higher packages keep about the one is about the other now; joins the caller's transaction."""
    for column in queries.about:
        column.model.update({column: kept}).where(column == gone).execute()
    for react in after_merging:
        react(gone, kept, actor=actor, now=now)


def _details(person: Involved) -> dict[str, Any]:
    return {name: getattr(person, name) for name in rules.DETAILS}


def names_somebody(incident: Incident, text: str, *, classes: Iterable[str] = (), actor: Person, now: datetime) -> bool:
    """Whether a text that goes round names somebody of this incident, or a class it touches (product rule 6).

    `classes` may be named: those that the text is for. A yes is written down, in a transaction of its own: who tries
    names one by one is found.
    """
    if not holds_name(text, known_names(incident), classes):
        return False
    with db.atomic():
        record("incident:names:refuse", f"incident:{incident.id}", actor_id=actor.id, now=now)
    return True


def known_names(incident: Incident) -> list[Named]:
    """By what everybody involved is known now, and the classes that it touches."""
    return [named for _person, named in known_people(incident)]


def known_people(incident: Incident) -> list[tuple[Involved | None, Named]]:
    """The same with whom it is about; a class that the incident touches is nobody's."""
    year = local(incident.reported_at).year
    people = [(one, rules.named(one, year)) for one in queries.involved(incident)]
    return [*people, *((None, Named("", class_name)) for class_name in incident.classes)]


def without_named(incident: Incident, lines: Iterable[str]) -> list[str]:
    """Of what was typed to go round, the lines that name nobody: neither who was added since (product rule 6)."""
    known = known_names(incident)
    return [line for line in lines if not holds_name(line, known)]
