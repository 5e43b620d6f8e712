"""One incident with one of everything in it, so that every address of the portal can be filled in."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from portal import db as database
from portal.accounts.links.operations import make
from portal.accounts.links.rules import token_of
from portal.accounts.models import Absence, Confirmation, Passkey, Person, Totp
from portal.accounts.operations import create_person
from portal.actions.models import Action, Wish
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.notes.operations import write
from portal.desk.report import operations as reporting
from portal.drafts.models import Draft
from portal.drafts.operations import keep
from portal.incidents import queries as incidents
from portal.incidents.models import Entry, Incident, Involved, Report
from portal.incidents.operations import change_scope, write_entry
from portal.incidents.team.operations import add_member, bar
from portal.policy import TEAM_FUNCTIONS
from portal.school.models import ClosedPeriod
from portal.security import app_secret
from portal.web.access import Rule, rules_of
from tests.conftest import SCOPE, given_up

# Names that stand nowhere else, so that finding one on a page proves a leak.
PUPIL, OTHER_PUPIL = "Xanthippe Quast", "Balthazar Quint"
BUDDY = "Ignatius Quell"
NOTED = "Kept in confidence."  # what the note of a counselor says
NAMED = [
    {"part": "victim", "name": PUPIL, "class_name": "9Q", "age": 14, "school": "own"},
    {"part": "suspect", "name": OTHER_PUPIL, "class_name": "8Q", "age": 15, "school": "own"},
]


# The state in which a buddy's page has the form that is sent there.
BUDDY_OF = {"buddies.buddy": "named", "buddies.ask": "named", "buddies.respond": "asked"}


def routes(app: Flask) -> Iterator[tuple[Any, Rule, str]]:
    """Every route with its permission, once per method."""
    for rule, access in rules_of(app):
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule, access, method


def written() -> int:
    """How many rows this connection ever added, changed or removed: equal before and after is 'nothing changed'."""
    count: int = database.db.connection().total_changes
    return count


class Frozen:
    """The school's file as it is now, to be put back after a request that changed something."""

    def __init__(self, place: database.Location) -> None:
        self.place, self.copy = place, place.file.with_suffix(".frozen")
        with given_up():
            database.forget_connections()
            shutil.copyfile(place.file, self.copy)

    def thaw(self) -> None:
        with given_up():
            database.forget_connections()
            for ending in ("-wal", "-shm"):
                self.place.file.with_name(self.place.file.name + ending).unlink(missing_ok=True)
            fresh = self.place.file.with_suffix(".fresh")
            shutil.copyfile(self.copy, fresh)
            fresh.replace(self.place.file)


@dataclass
class Scene:
    """An incident, a draft and a receipt, with ids for every argument of an address."""

    case: Incident
    receipt: Report
    draft: Report
    extra: Person
    barred: Person
    typed: int = 0
    token: str = ""
    entries: dict[str, int] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    droppable: dict[str, int] = field(default_factory=dict)
    absences: dict[str, int] = field(default_factory=dict)
    note: int = 0
    buddies: dict[str, int] = field(default_factory=dict)
    passkeys: dict[str, int] = field(default_factory=dict)
    confirmation: int = 0

    def own(self, table: dict[str, int], role: str) -> int:
        return table.get(role) or next(iter(table.values()))

    def args(self, endpoint: str, role: str = "coordinator") -> dict[str, Any]:
        """Values for the arguments of an endpoint; rows of one's own where there are."""
        actions = self.droppable if endpoint == "actions.drop" else self.actions
        person = self.barred if endpoint == "team.let_in" else self.extra
        return {
            "ref": self.case.ref,
            "slug": (self.draft if endpoint.startswith("report.") else self.receipt).slug,
            "action_id": self.own(actions, role),
            "involved_id": Involved.get(Involved.incident == self.case, Involved.part == "suspect").id,
            "entry_id": self.own(self.entries, role),
            "person_id": person.id,
            "period_id": ClosedPeriod.get().id,
            "key": "coercion",
            "absence_id": self.own(self.absences, "extra" if endpoint == "absence.end_of" else role),
            "draft_id": self.typed,
            "note_id": self.note,
            "buddy_id": self.buddies[BUDDY_OF.get(endpoint, "buddy")],
            "victim_id": Involved.get(Involved.incident == self.case, Involved.part == "victim").id,
            "passkey_id": self.own(self.passkeys, role),
            "confirmation_id": self.confirmation,
            "token": self.token,
        }

    def path(self, rule: Any, role: str = "coordinator", **other: Any) -> str:
        address: str = rule.rule
        for name, value in (self.args(rule.endpoint, role) | other).items():
            address = address.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
        assert "<" not in address, address
        return address

    def payload(self, endpoint: str, role: str = "coordinator") -> dict[str, Any]:
        """What such a form needs to be taken seriously; for most, an empty one is judged and sent back."""
        wish = {"subject": "parents", "answer": "override" if role == "leadership" else "yes", "words": "said"}
        own_action = self.own(self.actions, role)
        return {
            "incidents.answer_flag": {"answer": "unknown"},
            "desk.unrest": {"value": "3"},
            "accounts.language": {"language": "en"},
            "confirmations.decide": {"answer": "no"},
            "buddies.respond": {"answer": "no", "version": "1"},
            "actions.state": {"state": "doing", "version": "1"},
            "actions.wish": {**wish, "told_before": "y"},
            "plan.hand_over": {"actions": str(own_action), "person": str(self.extra.id)},
        }.get(endpoint, {})


def somebody(local: str, now: Any, functions: list[str]) -> Person:
    """One more colleague, outside the cast."""
    values = {"email": f"{local}@baken.example", "name": f"{local.title()} Extra", "functions": functions}
    person = create_person(values, actor_id=None, now=now, ready_hash="none")
    return person


def furnish(case: Incident, cast: dict[str, Person], now: Any, number: int) -> Scene:
    """Put one of everything into an incident, with an action and an entry of every function's own."""
    extra, barred = (somebody(f"{word}{number}", now, ["care"]) for word in ("extra", "barred"))
    for function in ("care", "counselor"):
        add_member(case, extra, function, actor=cast["coordinator"], now=now)
    bar(case, [barred], actor=cast["coordinator"], now=now)
    receipt: Report = Report.get(Report.incident == case)
    draft = reporting.begin(f"draft-of-a-report-number-{number}", actor=cast["teacher"], now=now)
    keep(cast["teacher"], f"/receipts/{receipt.slug}/add#text", case, "Not sent yet.", now=now)
    scene = Scene(case, receipt, draft, extra, barred, Draft.get(Draft.incident == case).id, _link(extra, now))
    away = cast | {"kept-out": cast["care"], "extra": extra}
    scene.absences |= {role: _absence(person, now) for role, person in away.items()}
    holders = cast | {"kept-out": cast["care"]}
    scene.passkeys |= {role: _passkey(person, number, now) for role, person in holders.items()}
    asked = {"kind": "second-factor", "person": barred, "asked_by": cast["admin"], "asked_at": now}
    scene.confirmation = Confirmation.create(**asked).id
    _spread_and_back(case, cast["coordinator"], now)
    model = Action.get(Action.incident == case, Action.gate == "parents")
    unneeded = Action.get(Action.incident == case, Action.step == "other-classes")
    for function in TEAM_FUNCTIONS:
        scene.actions[function] = _copy(model, cast[function])
        scene.droppable[function] = _copy(unneeded, cast[function])
        said = {"kind": "talk", "text": f"Written by {function}."}
        scene.entries[function] = write_entry(case, said, actor=cast[function], now=now).id
    _buddies(scene, cast["counselor"], now)
    # By who is on the team whoever else is not.
    counselor = next(one for one in (cast["counselor"], extra) if one in incidents.team_people(case))
    scene.note = write(case, {"text": NOTED, "about": None, "at": None}, actor=counselor, now=now).id
    return scene


def _buddies(scene: Scene, adult: Person, now: datetime) -> None:
    """Three whom the victim named: not asked yet, asked, and said yes; the wish is known."""
    victim = Involved.get(Involved.incident == scene.case, Involved.part == "victim")
    Wish.create(victim=victim, subject="buddies", answer="yes", recorded_by=adult, recorded_at=now)
    states = {"named": {}, "asked": {"asked_at": now}, "buddy": {"asked_at": now, "answer": "yes", "answered_at": now}}
    for place, (state, values) in enumerate(states.items(), 1):
        person = Involved.create(incident=scene.case, part="buddy", number=place, name=BUDDY, school="own")
        row = Buddy.create(
            incident=scene.case, victim=victim, person=person, place=place, chosen_at=now, asker=adult, **values
        )
        scene.buddies[state] = row.id
    CheckIn.create(buddy=scene.buddies["buddy"], due_on=now.date() + timedelta(days=3))


def _link(person: Person, now: datetime) -> str:
    place: Any = database._current.get()
    return token_of(make(person, "reset", actor_id=None, now=now).nonce, app_secret(place))


def _spread_and_back(case: Incident, actor: Person, now: Any) -> None:
    """Steps for other classes come, and no longer apply."""
    for spread in ("classes", "class"):
        fresh = Incident.get_by_id(case.id)
        change_scope(fresh, {**SCOPE, "spread": spread}, version=fresh.version, actor=actor, now=now)


def _absence(person: Person, now: datetime) -> int:
    """Days far from now, so that nobody is away in a test that is about something else."""
    first = now.date() + timedelta(days=300)
    return int(Absence.create(person=person, first=first, last=first, made_by=person, made_at=now).id)


def _passkey(person: Person, number: int, now: datetime) -> int:
    values = {"credential_id": f"key-{person.id}-{number}-{secrets.token_hex(4)}", "public_key": "none"}
    Totp.get_or_create(person=person, secret="A" * 32, confirmed_at=now, defaults={"made_at": now})
    return int(Passkey.create(person=person, name="Telephone", made_at=now, **values).id)


def _copy(model: Action, person: Person) -> int:
    columns = {name: value for name, value in model.__data__.items() if name not in ("id", "assignee")}
    made: Action = Action.create(**columns, assignee=person)
    return int(made.id)


def last_entry(case: Incident) -> Entry:
    found: Entry = Entry.select().where(Entry.incident == case).order_by(Entry.id.desc()).first()
    return found
