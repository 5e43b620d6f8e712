"""The leak check on a text that goes out: what stands in it that could lead somebody to a child."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from portal.accounts.models import Person
from portal.audit.operations import record_reads
from portal.audit.queries import number_lately
from portal.communication.check import rules
from portal.errors import N_, Refused, TooOften
from portal.incidents.models import Incident
from portal.incidents.people.operations import known_people
from portal.incidents.rules import PART_LABELS
from portal.leakcheck.rules import Finding, Named, check
from portal.policy import Standing
from portal.school.queries import school_or_none

Texts = Mapping[str, Mapping[str, str]]
SHOWN = "communication:names:find"
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Found:
    """A finding with its place: in which language and part of the text, and about whom (None: nobody)."""

    language: str
    part: str
    finding: Finding
    about: Any = None


@dataclass(frozen=True)
class Reader:
    """Somebody outside who is told of people: by id with the columns that they are told. `names` are what the reader
    and their school are called."""

    told: Mapping[int, Collection[str]]
    names: tuple[str, ...] = ()


class Leaks(Refused):
    """A text cannot go out as it is: `found` has what stands in the way; a page shows it through `shown`."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__(
            N_("The text could lead somebody to a person involved. Nothing was sent out."),
            N_("Look at what is marked, change it or say why it may stay, and try again."),
        )
        self.found = found


def findings(incident: Incident, texts: Texts, *, class_name: str = "", reader: Reader | None = None) -> list[Found]:
    """All findings in all parts, in the order of the text; what the school itself is called is none.

    What a `reader` is told of people is none either, and nothing else of them is left out; first names are hard then,
    since nobody is asked for a reason.
    """
    known, told = known_people(incident), reader.told if reader else {}
    here = {who.id: named for who, named in known if who and who.id in told}
    classes = [class_name, *(named.class_name for one, named in here.items() if "class_name" in told[one])]
    names = [named.name for one, named in here.items() if "name" in told[one]]
    people = [_without(named, told.get(who.id, ()) if who else ()) for who, named in known]
    exempt = [*_exempt(), *names, *(_of_nobody(reader.names, people) if reader else ())]
    return [
        Found(language, part, _strict(one) if reader else one, None if one.about is None else known[one.about][0])
        for language, parts in texts.items()
        for part, text in parts.items()
        for one in check(text, people, exempt=exempt, classes=[*filter(None, classes)])
    ]


def naming(incident: Incident) -> Callable[[str], bool]:
    """Whether a text surely names somebody of an incident: a word that is a name as well is none."""
    people = [named for _who, named in known_people(incident)]
    sure = rules.PERSONAL - {"common", "initials", "classword"}
    return lambda text: any(one.kind in sure for one in check(text, people))


def _of_nobody(names: Iterable[str], people: list[Named]) -> list[str]:
    """Of what the reader and the school are called, what is not what a pupil is called as well."""
    return [
        name
        for name in names
        if not any(one.kind == "name" or one.words == name.strip() for one in check(name, people))
    ]


def _strict(finding: Finding) -> Finding:
    return replace(finding, hard=finding.hard or finding.kind == "first")


def _without(named: Named, told: Collection[str]) -> Named:
    """By what somebody is still found of whom these columns are told."""
    return replace(named, name="" if "name" in told else named.name)


def _exempt() -> list[str]:
    """The school's name, with and without its article, its address, and whom parents and press can reach."""
    school = school_or_none()
    if school is None:
        return []
    said = [school.name, school.name.removeprefix("Het ").removeprefix("De "), school.address, school.place]
    said += [school.contact_name, school.contact_phone, school.contact_mail, school.board_name, school.board_phone]
    said += [school.police_contact, school.police_phone, school.coordinator_phone, school.counselor_phone]
    return [phrase for phrase in said if phrase]


def look(
    incident: Incident,
    texts: Texts,
    *,
    class_name: str = "",
    reader: Reader | None = None,
    reasons: Mapping[str, str] | None = None,
    place: str = "statement",
    standing: Standing,
    actor: Person,
    now: datetime,
) -> list[dict[str, Any]]:
    """What the check finds, for somebody to read: number, place, kind, why, what to write instead, and the reason.

    Who may not see names is told the kind and the place, not whose name it is, and which people a check showed is
    written down: once per reader, person and hour (product rule 11). Raises `TooOften`.
    """
    sees_names = standing.may("people", "read")
    _check_turn(standing, actor, now)
    found = findings(incident, texts, class_name=class_name, reader=reader)
    if not sees_names:
        record_reads(
            "communication:names:find", sorted(_subjects(incident, found)), reader_id=actor.id, now=now, place=place
        )
    return [
        _told(number, one, dict(reasons or {}), whose=_whose(one) if sees_names else "")
        for number, one in enumerate(found, 1)
    ]


def shown(incident: Incident, texts: Texts, **how: Any) -> dict[str, Any]:
    """As `look`, for `communication/_findings.html`: with the marks, or why the check has stopped for this reader."""
    try:
        found = look(incident, texts, **how)
    except TooOften as error:
        return {"findings": [], "marks": [], "stopped": error}
    return {"findings": found, "marks": rules.marked(found, texts), "stopped": None}


def _check_turn(standing: Standing, actor: Person, now: datetime) -> None:
    if not standing.may("people", "read"):
        rules.check_shown(number_lately(actor.id, SHOWN, now - DAY))


def _subjects(incident: Incident, found: Iterable[Found]) -> set[str]:
    of_people = [one for one in found if one.finding.kind in rules.PERSONAL]
    return {f"involved:{one.about.id}" if one.about else f"incident:{incident.id}" for one in of_people}


def _whose(one: Found) -> str:
    return str(_(PART_LABELS[one.about.part], n=one.about.number)) if one.about else ""


def _told(number: int, one: Found, reasons: Mapping[str, str], *, whose: str) -> dict[str, Any]:
    words, finding = rules.KINDS[one.finding.kind], one.finding
    return {
        "n": number,
        "language": one.language,
        "part": one.part,
        "start": finding.start,
        "end": finding.end,
        "hard": finding.hard,
        "kind": finding.kind,
        "title": _(words.title),
        "why": _(words.why),
        "instead": _(words.instead),
        "whose": whose,
        "words": finding.words,
        "key": finding.key,
        "reason": reasons.get(finding.key, ""),
    }


def gate(
    incident: Incident,
    texts: Texts,
    reasons: Mapping[str, str] | None,
    *,
    class_name: str = "",
    reader: Reader | None = None,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Raises `Leaks` with the hard findings, and with the soft ones for which `reasons` has no reason (by key).

    With None for `reasons` the soft ones are advice only.

    Raises `TooOften` for who was shown very many names: a refusal tells that there is one.
    """
    _check_turn(standing, actor, now)
    found = findings(incident, texts, class_name=class_name, reader=reader)
    open_ = [
        one for one in found if one.finding.hard or not (reasons is None or reasons.get(one.finding.key, "").strip())
    ]
    if open_:
        raise Leaks(open_)
