"""The other school in the demo: a link with 'Het Lyceum' that was sent, opened and taken part in on the first day."""

from datetime import datetime, timedelta
from typing import Any

from portal.clock import local
from portal.demo.cast import by, person
from portal.incidents.models import Incident, Involved
from portal.links import queries, rules
from portal.links.asks import operations as asks
from portal.links.asks.rules import ready
from portal.links.door import operations as door
from portal.links.kinds.rules import PARTNER_SCHOOL, told_of
from portal.links.making import operations as making
from portal.links.models import Ask, LinkVisit, SharedLink
from portal.links.page.operations import note_read
from portal.links.talking.colleagues import operations as colleagues
from portal.links.talking.messages import operations as messages
from portal.links.talking.wording import operations as wording
from portal.security import secret_here

SCHOOL = "Het Lyceum"
PARTNER = {
    "school": SCHOOL,
    "function": "teamleider",
    "name": "S. de Groot",
    "email": "s.degroot@lyceum.example",
    "phone": "010-5550200",
}
COLLEAGUE = {
    "language": "nl",
    "function": "mentor",
    "name": "H. Aydin",
    "email": "h.aydin@lyceum.example",
    "phone": "010-5550201",
}
AGREED = {"purpose": "stop", "basis": "welfare", "parents": "told"}
SUMMARY = (
    "Op onze school gaat een privébeeld van een leerling van ons rond. Die leerling wilde dat niet. Er is gezegd dat "
    "er meer wordt gestuurd als de leerling niet luistert. Daarom hebben wij de politie om advies gevraagd.\n\n"
    "Een leerling van u wordt hierbij genoemd. Wij weten nog niet wat er precies is gebeurd. Wij vragen u om met de "
    "leerling en de ouders te praten, en om met ons af te spreken wat wij allebei zeggen. Kijk niet naar het beeld en "
    "laat het u niet tonen."
)
MESSAGES = (
    ("theirs", 40, "Ik ben vanmiddag tot 17 uur op school. Is er iets dat wij vooral niet moeten doen?"),
    (
        "ours",
        62,
        "Dank u wel. Vraag niet naar het beeld en laat nog niets wissen: de politie adviseert om eerst vast te leggen "
        "wie het zag. Bel ons gerust.",
    ),
    ("theirs", 95, "Begrepen. De leerling is tot morgenmiddag op stage; daarom een andere datum voor het gesprek."),
)


def tell(incident: Incident, reported: datetime) -> None:
    """Made when the other school was called, opened by telephone, and answered in the hours that followed."""
    made = reported + timedelta(hours=5, minutes=20)
    secret = secret_here()
    link = _offer(incident, made, secret, reported)
    asked = {ask.key: ask for ask in queries.asks(link)}
    opened = made + timedelta(minutes=12)
    code = rules.code_of(link.nonce, link.code_number, secret)
    door.enter(link, code, "198.51.100.7", before="", secret=secret, now=opened)
    seen = {"link": link, "visit": LinkVisit.get(LinkVisit.link == link)}
    note_read(link, seen["visit"], 1, now=opened)
    _answer(asked, opened, reported, seen)
    colleagues.propose(link, COLLEAGUE, secret=secret, visit=seen["visit"], now=opened + timedelta(minutes=30))
    wording.offer_valid(link, **by(incident, "coordinator", opened + timedelta(minutes=35)))
    _talk(seen, opened)


def way_in(now: datetime) -> tuple[str, str] | None:
    """Path and code of this link, which a school tells by mail and by telephone; None once it does not answer."""
    secret = secret_here()
    link = SharedLink.get_or_none(SharedLink.email == PARTNER["email"])
    if link is None or not queries.can_answer(link, now):
        return None
    return rules.path_of(link.nonce, secret), rules.spoken(rules.code_of(link.nonce, link.code_number, secret))


def _offer(incident: Incident, now: datetime, secret: str, reported: datetime) -> SharedLink:
    """What is shared: of the pupil of the other school name, age and part, and nobody else."""
    coordinator, sent = person("coordinator"), now + timedelta(minutes=8)
    link = making.begin(incident, PARTNER, secret=secret, actor=coordinator, now=now)
    making.write(link, AGREED, version=link.version, actor=coordinator, now=now + timedelta(minutes=2))
    theirs = Involved.get(Involved.incident == incident, Involved.school == "other")
    fields = told_of(PARTNER_SCHOOL, theirs.__data__, ("name", "age", "part"))
    shown = {"id": theirs.id, "part": theirs.part, "number": theirs.number, "fields": fields}
    content = {"summary": SUMMARY, "people": [shown], "asks": _asks(reported), "statement": True, "feedback": True}
    making.write_share(link, content, version=link.version, actor=coordinator, now=now + timedelta(minutes=6))
    making.send(link, version=link.version, **by(incident, "coordinator", sent))
    made: SharedLink = SharedLink.get_by_id(link.id)
    return made


def _asks(reported: datetime) -> list[dict[str, str]]:
    """Four things: two by the end of that day, one by the end of the next, and one by the day after."""
    day = local(reported).replace(minute=0, second=0, microsecond=0)
    due = {
        "contact": day.replace(hour=17),
        "who-knows": day.replace(hour=18),
        "talk-pupil": day.replace(hour=16) + timedelta(days=1),
        "delete": day.replace(hour=16) + timedelta(days=2),
    }
    return [
        {
            "key": key,
            "title": ready()[key].title["nl"],
            "how": ready()[key].how["nl"],
            "due_at": moment.astimezone(reported.tzinfo).isoformat(),
        }
        for key, moment in due.items()
    ]


def _answer(asked: dict[str, Ask], opened: datetime, reported: datetime, seen: dict[str, Any]) -> None:
    """One is done, of one another date is proposed; one is late by now, and one is open until tomorrow."""
    now = opened + timedelta(minutes=4)
    words = "Ik ben het aanspreekpunt: 010-5550200, tot 17 uur. Daarna mobiel, via onze conciërge."
    asks.tick(asked["contact"], words, version=asked["contact"].read_version, now=now, **seen)
    other = (local(reported).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=2)).astimezone(
        opened.tzinfo
    )
    words = "De leerling is op stage tot morgenmiddag."
    talk = asked["talk-pupil"]
    asks.propose(talk, other, words, version=talk.read_version, now=now + timedelta(minutes=2), **seen)


def _talk(seen: dict[str, Any], opened: datetime) -> None:
    link: SharedLink = seen["link"]
    for whose, minutes, text in MESSAGES:
        at = opened + timedelta(minutes=minutes)
        if whose == "ours":
            messages.read(link, actor=person("coordinator"), now=at)
            messages.write(link, text, **by(link.incident, "coordinator", at))
        else:
            messages.read(link, visit=seen["visit"], now=at)
            messages.receive(link, text, visit=seen["visit"], now=at)
