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
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer, HelpOption
from portal.care.notes.operations import write
from portal.care.rest.models import Rest
from portal.care.rest.operations import plan as plan_rest
from portal.classes.sheets.models import Sheet
from portal.classes.talks.models import ClassTalk
from portal.communication.documents import operations as documents
from portal.communication.documents.models import Document, DocumentVersion
from portal.communication.documents.rules import PARTS
from portal.communication.letters.queries import Desk
from portal.communication.letters.rules import ready
from portal.communication.media.models import PressCall
from portal.communication.online.operations import bring_online
from portal.communication.watch.models import Post
from portal.desk.report import operations as reporting
from portal.drafts.models import Draft
from portal.drafts.operations import keep
from portal.incidents import queries as incidents
from portal.incidents.models import Entry, Incident, Involved, Report
from portal.incidents.operations import change_scope, write_entry
from portal.incidents.team.operations import add_member, bar
from portal.links.kinds.rules import PARTNER_SCHOOL
from portal.links.making.operations import begin
from portal.links.models import Ask, SharedLink, ShareVersion
from portal.links.rules import hash_of, new_nonce, path_of
from portal.links.rules import token_of as token_of_link
from portal.policy import TEAM_FUNCTIONS, Standing
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


# Of a link that was not sent yet.
OF_DRAFT = {f"partners.{name}" for name in ("whom", "purpose", "share", "term", "preview", "send", "throw_away")}
OF_HELD = ("classes.later", "classes.worry", "classes.poster")  # conversations with a class that were held


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
    sheet: str = ""
    published: str = ""
    rest: int = 0
    buddies: dict[str, int] = field(default_factory=dict)
    passkeys: dict[str, int] = field(default_factory=dict)
    confirmation: int = 0
    talk: int = 0
    held: int = 0
    conversations: dict[str, int] = field(default_factory=dict)
    held_with: dict[str, int] = field(default_factory=dict)
    offer: int = 0
    call: int = 0
    letters: dict[str, int] = field(default_factory=dict)
    post: int = 0
    address: str = ""  # token of the link that the other school has
    shared: int = 0
    draft_link: int = 0
    ask: int = 0
    people: dict[str, int] = field(default_factory=dict)
    known: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def own(self, table: dict[str, int], role: str) -> int:
        return table.get(role) or next(iter(table.values()))

    def args(self, endpoint: str, role: str = "coordinator") -> dict[str, Any]:
        """Values for the arguments of an endpoint; rows of one's own where there are."""
        actions = self.droppable if endpoint == "actions.drop" else self.actions
        talks = self.held_with if endpoint == "conversations.add" else self.conversations
        person = self.barred if endpoint == "team.let_in" else self.extra
        slugs = {"report": self.draft.slug, "sheets": self.sheet, "online": self.published}
        return {
            "ref": self.case.ref,
            "slug": slugs.get(endpoint.partition(".")[0], self.receipt.slug),
            "action_id": self.own(actions, role),
            "victim_id": self.involved("victim"),
            "involved_id": self.involved(self.part(endpoint)),
            "rest_id": self.rest,
            "entry_id": self.own(self.entries, role),
            "person_id": person.id,
            "period_id": ClosedPeriod.get().id,
            "key": "coercion",
            "absence_id": self.own(self.absences, "extra" if endpoint == "absence.end_of" else role),
            "draft_id": self.typed,
            "note_id": self.note,
            "buddy_id": self.buddies[BUDDY_OF.get(endpoint, "buddy")],
            "passkey_id": self.own(self.passkeys, role),
            "confirmation_id": self.confirmation,
            "token": self.address if endpoint.startswith(("door.", "shared_")) else self.token,
            "link_id": self.draft_link if endpoint in OF_DRAFT else self.shared,
            "ask_id": self.ask,
            "talk_id": self.held if endpoint in OF_HELD else self.talk,
            "conversation_id": self.own(talks, role),
            "kind": "victim",
            "offer_id": self.offer,
            "post_id": self.post,
            "option_id": HelpOption.get().id,
            "call_id": self.call,
            "letter_id": self.letters["waiting" if endpoint == "letters.decide" else "approved"],
            "waiting_id": self.letters["waiting"],
            "language": "nl",
        }

    def involved(self, part: str) -> int:
        if part not in self.people:
            self.people[part] = Involved.get(Involved.incident == self.case, Involved.part == part).id
        return self.people[part]

    def part(self, endpoint: str) -> str:
        """Of whom the address is."""
        return "victim" if endpoint.startswith(("wishes.", "rest.")) else "suspect"

    def path(self, rule: Any, role: str = "coordinator", **other: Any) -> str:
        address, at = str(rule.rule), (rule.endpoint, role)
        # Asked thousands of times, and of no other rows the second time.
        self.known[at] = self.known.get(at) or self.args(*at)
        for name, value in (self.known[at] | other).items():
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
            "classes.unrest": {"value": "3", "class_name": "3B"},
            "accounts.language": {"language": "en"},
            "confirmations.decide": {"answer": "no"},
            "watch.unrest": {"value": "3", "version": "1"},
            "buddies.respond": {"answer": "no", "version": "1"},
            "actions.state": {"state": "doing", "version": "1"},
            "actions.wish": {**wish, "told_before": "y"},
            "wishes.note": {**wish, "told_before": "y"},
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
    given = {"slug": secrets.token_urlsafe(32), "given_at": now, "changed_by": cast["coordinator"], "changed_at": now}
    scene.sheet = Sheet.create(incident=case, **given).slug
    _spread_and_back(case, cast["coordinator"], now)
    model = Action.get(Action.incident == case, Action.gate == "parents")
    unneeded = Action.get(Action.incident == case, Action.step == "other-classes")
    for function in TEAM_FUNCTIONS:
        scene.actions[function] = _copy(model, cast[function])
        scene.droppable[function] = _copy(unneeded, cast[function])
        said = {"kind": "talk", "text": f"Written by {function}."}
        scene.entries[function] = write_entry(case, said, actor=cast[function], now=now).id
    victim = Involved.get(Involved.incident == case, Involved.part == "victim")
    for function in TEAM_FUNCTIONS:
        scene.conversations[function] = _conversation(case, cast[function], victim, now)
        scene.held_with[function] = _conversation(case, cast[function], victim, now, state="held", held_at=now)
    offered = {"option": HelpOption.get(), "offered_at": now, "offered_by": extra}
    scene.offer = HelpOffer.create(incident=case, about=victim, **offered).id
    asked = {"medium": "Radio Waterdam", "question": "Is it true?", "at": now, "made_by": extra, "made_at": now}
    scene.call = PressCall.create(incident=case, **asked).id
    _buddies(scene, cast["counselor"], now)
    seen = {
        "seen_at": now,
        "platform": "x",
        "said": "It was a teacher.",
        "truth": "wrong",
        "tone": "calm",
        "address": "www.voorbeeld.example/42",
    }
    made = {"made_by": cast["communication"], "made_at": now}
    scene.post = Post.create(incident=case, **seen, **made).id
    # By who is on the team whoever else is not.
    counselor = next(one for one in (cast["counselor"], extra) if one in incidents.team_people(case))
    scene.note = write(case, {"text": NOTED, "about": None, "at": None}, actor=counselor, now=now).id
    scene.talk, scene.held = (_talk(case, cast["care"], now, state) for state in ("planned", "held"))
    scene.published = _statement(case, cast, now)
    scene.rest = _rest(case, cast["counselor"], now)
    for state, kind in (("approved", "staff"), ("waiting", "board")):
        scene.letters[state] = _letter(case, extra, now, kind, state)
    link, asked = shared_with(case, cast["coordinator"], now)
    scene.shared, scene.ask, scene.draft_link = link.id, asked.id, _draft_link(case, cast["coordinator"], now)
    scene.address = path_of(link.nonce, app_secret(_settings())).removeprefix("/p/")
    return scene


def shared_with(case: Incident, maker: Person, now: datetime, **other: Any) -> tuple[SharedLink, Ask]:
    """A link that was sent, with one pupil, a summary and one action that is asked."""
    nonce, secret = new_nonce(), app_secret(_settings())
    who = {"school": "Het Lyceum", "function": "Directeur", "name": "P. Partner", "email": "partner@lyceum.example"}
    made = {"made_by": maker, "made_at": now, "sent_by": maker, "sent_at": now, "ends_at": now + timedelta(days=42)}
    reached = {"phone": "010-5550200", "purpose": "stop", "basis": "welfare", "parents": "told", "number": 1}
    values = {**who, **made, **reached, "nonce": nonce, "token_hash": hash_of(token_of_link(nonce, secret)), **other}
    link: SharedLink = SharedLink.create(incident=case, kind=PARTNER_SCHOOL, **values)
    suspect = Involved.get(Involved.incident == case, Involved.part == "suspect")
    people = [{"id": suspect.id, "part": "suspect", "number": 1, "fields": {"name": suspect.name}}]
    content = {"summary": "Een leerling van u.", "people": people, "statement": True, "feedback": True}
    ShareVersion.create(link=link, number=1, content=content, made_by=maker, made_at=now)
    action = Action.create(
        incident=case,
        title="Praat met de leerling",
        outsider=link.school,
        due_at=now + timedelta(days=1),
        changed_at=now,
    )
    return link, Ask.create(link=link, action=action)


def _draft_link(case: Incident, maker: Person, now: datetime) -> int:
    who = {"school": "De Linde", "name": "Q. Ander", "email": "q@linde.example", "phone": "010-5550204"}
    made = begin(case, who, secret=app_secret(_settings()), actor=maker, now=now)
    return int(made.id)


def _settings() -> Any:
    return database._current.get()


def _statement(case: Incident, cast: dict[str, Person], now: datetime) -> str:
    """One version online, the next one waiting for approval."""
    said = dict.fromkeys(PARTS, "Wij zeggen wat er is.")
    author, leader = ({"actor": cast[one], "now": now} for one in ("communication", "leadership"))
    leads = {"standing": Standing(cast["leadership"].id, frozenset({"leadership"})), **leader}
    asks = {"standing": Standing(cast["communication"].id, frozenset({"communication"})), **author}
    made = documents.begin(case, "statement", **author)
    for number, text in enumerate((said["why"], "Two."), 1):
        documents.save(made, {"nl": {**said, "why": text}}, version=made.version, **author)
        documents.act(made, "ask", number=number, version=made.version, **asks)
        for act in ("approve", "publish") if number == 1 else ():
            documents.act(made, act, number=number, version=made.version, **leads)
    assert bring_online(made)
    return str(made.slug)


def _talk(case: Incident, person: Person, now: datetime, state: str) -> int:
    values = {"mood": "Calm.", "agreements": ["We pass nothing on."], "held_at": now} if state == "held" else {}
    made: ClassTalk = ClassTalk.create(
        incident=case, class_name="3B", state=state, made_by=person, made_at=now, **values
    )
    return int(made.id)


def _conversation(case: Incident, leader: Person, about: Involved, now: datetime, **values: Any) -> int:
    """Led by whoever asks, so that it is there to be asked for."""
    made = {"made_by": leader, "made_at": now, "planned_at": now + timedelta(days=1), **values}
    return int(Conversation.create(incident=case, kind="victim", about=about, leader=leader, **made).id)


def _rest(case: Incident, actor: Person, now: datetime) -> int:
    victim = Involved.get(Involved.incident == case, Involved.part == "victim")
    days = {"first": now.date(), "last": now.date(), "return_at": now, "every": 1}
    texts = {"form": "home", "schoolwork": "", "told": "Absent."}
    made = plan_rest(victim, {**days, **texts, "keeper": None, "teller": None}, actor=actor, now=now)
    Rest.update(state="running", next_at=now).where(Rest.id == made.id).execute()
    return int(made.id)


def _letter(case: Incident, person: Person, now: datetime, kind: str, state: str) -> int:
    """A letter that says what the approved statement says."""
    source = Desk(case).source
    assert source
    made = {"made_by": person, "made_at": now}
    approved = 1 if state == "approved" else None
    row = Document.create(
        incident=case, kind=kind, state=state, approved=approved, slug=secrets.token_urlsafe(32), **made
    )
    DocumentVersion.create(document=row, number=1, texts=ready(kind, source.texts, "School"), **made)
    return int(row.id)


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
    return token_of(make(person, "reset", actor_id=None, now=now).nonce, app_secret(_settings()))


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
