"""The demo school: 'Het Baken College' with one running incident, made by the portal's own operations.

Every person is made up. The accounts share one known password, so this runs in demo mode only.
"""

from datetime import datetime, timedelta

from portal.accounts.absence.operations import choose_deputies
from portal.accounts.operations import create_person, hasher
from portal.accounts.queries import people
from portal.accounts.rules import new_token
from portal.actions import operations as plan
from portal.actions.models import Action
from portal.actions.queries import plan_of
from portal.care.notes.operations import write as write_note
from portal.clock import local
from portal.db import db
from portal.demo import (
    buddies,
    classes,
    conversations,
    involved,
    letters,
    links,
    press,
    rest,
    sheets,
    statement,
    watch,
    wishes,
)
from portal.demo.cast import by, person
from portal.desk.report import operations as reporting
from portal.incidents import queries as incidents
from portal.incidents.models import Incident
from portal.incidents.operations import note_unrest
from portal.incidents.rules import flags
from portal.incidents.team.operations import add_member, mark_seen
from portal.school.operations import add_closed_period, change_settings
from portal.school.queries import school

DEMO_SLUG = "baken"
PASSWORD = "rustpunt-demo"  # noqa: S105  (known to all, on purpose)

ACCOUNTS: tuple[tuple[str, str, list[str], str, list[str]], ...] = (
    ("coordinator", "M. de Wit", ["coordinator"], "06-55501001", []),
    ("leadership", "S. Yilmaz", ["leadership"], "06-55501002", []),
    ("counselor", "A. Bakker", ["counselor"], "06-55501003", []),
    ("care", "R. van Dijk", ["care"], "06-55501004", []),
    ("mentor", "J. Smit", ["mentor"], "06-55501005", ["3B"]),
    ("communication", "L. Mulder", ["communication"], "06-55501006", []),
    ("teacher", "T. Visser", [], "06-55501007", []),
    ("admin", "B. Jansen", ["administrator"], "06-55501008", []),
    ("stranger", "K. de Boer", [], "06-55501009", []),
)
DEPUTIES = {
    "coordinator": "care",
    "leadership": "coordinator",
    "counselor": "care",
    "care": "counselor",
    "mentor": "leadership",
    "communication": "leadership",
}
SETTINGS = {
    "address": "Havenstraat 1",
    "place": "Waterdam",
    "coordinator_phone": "06-55501001",
    "counselor_phone": "06-55501003",
    "board_name": "Stichting Waterdam Onderwijs",
    "board_phone": "010-5550100",
    "police_contact": "jeugdagent",
    "police_phone": "010-5550112",
    "contact_name": "S. Yilmaz, schoolleiding",
    "contact_phone": "010-5550101",
    "contact_mail": "contact@baken.example",
}


def load(now: datetime) -> bool:
    """Fill an empty demo school; gives False when it was filled before."""
    if people().exists():
        return False
    with db.atomic():
        _accounts(now - timedelta(days=30))
        _settings(now - timedelta(days=30))
        stand_in(now - timedelta(days=30))
        _incident(now)
    return True


def _accounts(now: datetime) -> None:
    # Hashed once: nine slow hashes of one known password protect nothing.
    secret = hasher.hash(PASSWORD)
    for local_part, name, functions, phone, mentored in ACCOUNTS:
        values = {
            "email": f"{local_part}@baken.example",
            "name": name,
            "functions": functions,
            "phone": phone,
            "classes": mentored,
        }
        create_person(values, actor_id=None, now=now, ready_hash=secret)


def _settings(now: datetime) -> None:
    change_settings(SETTINGS, version=school().version, actor_id=None, now=now)
    christmas = now.replace(month=12, day=21).date()
    add_closed_period("Kerstvakantie", christmas, christmas + timedelta(days=14), actor_id=None, now=now)


def stand_in(now: datetime) -> None:
    """Every function has a deputy."""
    chosen = {function: person(deputy).id for function, deputy in DEPUTIES.items()}
    choose_deputies(chosen, edition="", actor=person("admin"), now=now)


def _incident(now: datetime) -> None:
    """Day 2 of an incident with blackmail and a suspect at another school."""
    morning = local(now).replace(hour=10, minute=12, second=0) - timedelta(days=1)
    reported = morning.astimezone(now.tzinfo)
    teacher, coordinator = person("teacher"), person("coordinator")
    report = reporting.begin(new_token(), actor=teacher, now=reported - timedelta(minutes=3))
    answers = dict.fromkeys(flags(), "no") | {"coercion": "yes", "honour": "unknown"}
    reporting.answer_flags(report, answers, actor=teacher, now=reported - timedelta(minutes=2))
    reporting.send(
        report,
        scope={
            "kind": "image",
            "origin": "pressure",
            "channels": ["whatsapp", "snapchat"],
            "spread": "class",
            "classes": ["3B"],
            "unrest": 2,
        },
        people=[
            {"part": "victim", "name": "Noor V.", "class_name": "3B", "age": 14, "school": "own"},
            {"part": "suspect", "name": "D.", "age": 16, "school": "other", "school_name": "Het Lyceum"},
        ],
        story="Twee leerlingen vertelden mij in de pauze dat er een foto van een klasgenoot rondgaat in de "
        "klassenapp. Iemand van een andere school zou dreigen om er meer te sturen.",
        chosen=[],
        actor=teacher,
        now=reported,
    )
    incident = Incident.get_by_id(report.incident_id)
    for function in ("care", "mentor", "communication"):
        add_member(incident, person(function), function, actor=coordinator, now=reported + timedelta(minutes=12))
    for function in ("coordinator", "leadership", "counselor"):
        mark_seen(incident, person(function), now=reported + timedelta(minutes=9))
    _work(incident, reported)


def _work(incident: Incident, reported: datetime) -> None:
    """What was done on the first day."""
    involved.tell(incident, reported)
    at = reported + timedelta(minutes=30)
    _do(incident, "", "leadership", "De jeugdagent belt terug vóór 16:00. Nog niets laten verwijderen.", at, "coercion")
    done = (
        ("victim-support", "counselor", "Rustig gesproken in kamer 12. Wil dat haar ouders het weten."),
        ("scope-impact", "coordinator", "In de klassenapp van 3B. Niet gezien in andere klassen."),
        ("check-protocol", "coordinator", "Gelezen. We volgen het."),
        ("involve-counselor", "coordinator", "A. Bakker is erbij sinds de melding."),
        ("line-up-actions", "coordinator", "Verdeeld in het overleg van 12:30."),
        ("police-advice", "leadership", "Advies: eerst vastleggen wie het zag, daarna laten verwijderen."),
    )
    for number, (step, function, words) in enumerate(done, 2):
        _do(incident, step, function, words, reported + timedelta(minutes=30 * number))
    counselor = person("counselor")
    victim = incidents.victims(incident).get()
    for part in (wishes, conversations, rest, buddies):
        part.tell(incident, reported)
    called = "De schoolleiding van Het Lyceum teruggebeld. Zij doen mee."
    _do(incident, "contact-partner-school", "leadership", called, reported + timedelta(hours=5))
    note = "Ze schaamt zich en slaapt slecht. Wil snel weer praten, liefst buiten de school."
    write_note(
        incident, {"text": note, "about": victim.id, "at": None}, actor=counselor, now=reported + timedelta(hours=2)
    )
    for value, who, after in ((3, "mentor", timedelta(hours=4)), (2, "coordinator", timedelta(hours=22))):
        note_unrest(Incident.get_by_id(incident.id), value, actor=person(who), now=reported + after)
    for last in (sheets, classes, statement, letters, press, watch, links):
        last.tell(Incident.get_by_id(incident.id), reported)


def _do(incident: Incident, step: str, function: str, words: str, at: datetime, flag: str = "") -> None:
    found: Action = plan_of(incident).where(Action.step == step, Action.flag == flag).get()
    plan.set_state(found, "done", words, version=found.version, **by(incident, function, at))
