"""Product rule 6: what is handed out, and every title, address and file name, names nobody of the incident.

Over the demo school and made-up incidents, and over every route there is: a new one that is handed out joins by what
its address ends in. What is looked for is taken from the rows, in a way of its own: not as the portal itself looks.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal import demo
from portal.actions.models import Action
from portal.care.buddies.models import Buddy
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer, HelpOption
from portal.care.rest.models import Rest
from portal.classes.sheets.models import Sheet
from portal.classes.talks.models import ClassTalk
from portal.communication.documents.models import Document, DocumentAct, DocumentVersion
from portal.communication.media.models import PressCall
from portal.communication.online.operations import catch_up
from portal.communication.watch.models import Post, Watch
from portal.demo.fill import fill
from portal.incidents.models import Entry, Incident, Involved, Membership
from portal.links.models import Ask, SharedLink
from portal.policy import TEAM_FUNCTIONS
from portal.web.access import SHARED
from tests.reading import Page
from tests.web.scene import routes

NUMBER = 4
HANDED_OUT = re.compile(r"^/(?:sheets|statements)/|/(?:sheet|card|poster|print)$|/cards/|\.ics$")
# The rows that a number in an address is of.
ROWS: dict[str, Any] = {
    "action_id": Action,
    "ask_id": Ask,
    "buddy_id": Buddy,
    "call_id": PressCall,
    "conversation_id": Conversation,
    "entry_id": Entry,
    "involved_id": Involved,
    "letter_id": Document,
    "link_id": SharedLink,
    "offer_id": HelpOffer,
    "post_id": Post,
    "rest_id": Rest,
    "talk_id": ClassTalk,
    "victim_id": Involved,
}
WORDS = {"kind": "victim", "key": "coercion", "language": "nl"}
NOT_OF_THE_CARE = {"note_id", "person_id", "slug"}  # rows that name nobody involved, or are somebody's own
PARTICLES = {"van", "de", "der", "den", "el", "mevr", "dhr"}
READERS = ("counselor", "coordinator")


ODD = re.compile(r"[^\x00-\x7f]+")


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return ODD.sub(lambda found: "".join(one for one in found[0] if not unicodedata.combining(one)), letters)


def words_of(person: Involved) -> set[str]:
    """Whole name, names, initials, nicknames, accounts and class."""
    name = plain(person.name)
    parts = re.findall(r"[^\W\d_]+", name)
    long = {part for part in parts if len(part) > 2 and part not in PARTICLES}
    initials = {" ".join(f"{part[0]}." for part in parts), "".join(f"{part[0]}." for part in parts)}
    known = {name, *long, *(plain(alias) for alias in person.aliases), plain(person.class_name)}
    return {re.escape(word) for word in known | (initials if len(parts) > 1 else set()) if word}


def sought(incident: Incident) -> re.Pattern[str]:
    people = Involved.select().where(Involved.incident == incident)
    words = {word for person in people for word in words_of(person)} | {plain(name) for name in incident.classes}
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![^\W_])")


@pytest.fixture
def incidents(school: Any, cast: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> list[Incident]:
    """The incident of the demo school, and a few of the last weeks."""
    clock.advance(days=1, hours=4)
    demo._incident(clock.now())
    if not HelpOption.select().exists():
        HelpOption.create(kind="gp", name="Huisarts")
    monkeypatch.setattr("portal.demo.fill.PERIOD", timedelta(days=21))
    list(fill(NUMBER, 5, clock.now()))
    catch_up(everything=True)
    return list(Incident.select().where(Incident.state == "open"))


def rows_of(name: str, incident: Incident, every: bool) -> list[int]:
    model = ROWS[name]
    rows = model.select(model.id).where(model.incident == incident).order_by(model.id)
    if name == "victim_id":
        rows = rows.where(Involved.part == "victim")
    return [row.id for row in (rows if every else rows.limit(1))]


def addresses(app: Any, incident: Incident) -> Iterator[tuple[str, str]]:
    """Every page of an incident with the numbers of its own rows: all of what is handed out, of others the first."""
    for rule, _access, method in routes(app):
        if method != "GET" or not (rule.rule.startswith(("/sheets/", "/statements/")) or "<ref>" in rule.rule):
            continue
        numbers = [name for name in rule.arguments if name in ROWS]
        unknown = rule.arguments - set(ROWS) - set(WORDS) - NOT_OF_THE_CARE - {"ref"}
        assert not unknown, f"{rule.rule}: say in ROWS what {unknown} is; a name or a class stands in no address"
        path = rule.rule.replace("<ref>", incident.ref)
        for name, word in WORDS.items():
            path = path.replace(f"<{name}>", word)
        if "<slug>" in path:
            slug = slug_of(incident, Document if rule.rule.startswith("/statements/") else Sheet)
            path = path.replace("<slug>", slug) if slug else ""
        if not path or NOT_OF_THE_CARE & (rule.arguments - {"slug"}):
            continue
        every = bool(HANDED_OUT.search(re.sub(r"<[^>]+>", "1", rule.rule)))
        for number in rows_of(numbers[0], incident, every) if numbers else [0]:
            yield rule.rule, re.sub(r"<int:[^>]+>", str(number), path)


def slug_of(incident: Incident, model: Any) -> str:
    """Of the sheet, or of the statement that is online; empty when there is none."""
    rows = model.select().where(model.incident == incident)
    found = (rows.where(Document.online.is_null(False)) if model is Document else rows).first()
    return found.slug if found else ""


def outside(answer: Any, path: str) -> str:
    """What of an answer leaves the page: its address, title and file name, and where it leads."""
    text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    page = Page(text)
    title = "".join(re.findall(r"<title>(.*?)</title>", text, re.S))
    heads = [answer.headers.get(name, "") for name in ("Content-Disposition", "Location")]
    return "\n".join([path, title, *heads, *page.links, *(form.action for form in page.forms)])


def body(answer: Any) -> str:
    """What is read and printed of it: all but the bar with the name of who is signed in."""
    text: str = answer.get_data(as_text=True)
    if answer.mimetype != "text/html":
        return text.replace("\r\n ", "")  # lines of a calendar file are folded
    return Page(text.partition("<main")[2].partition("</main>")[0]).text


def test_no_name_leaves_with_what_is_handed_out(app: Any, client: Any, incidents: list[Incident]) -> None:
    browsers = [client(function) for function in READERS]
    hits, handed, asked = [], set(), 0
    for incident in incidents:
        names = sought(incident)
        for rule, path in addresses(app, incident):
            answers = (browser.get(path) for browser in browsers)
            answer = next((one for one in answers if one.status_code not in (403, 404)), None)
            if answer is None:
                continue
            assert answer.status_code < 500, path
            asked += 1
            given = bool(HANDED_OUT.search(path)) or "Content-Disposition" in answer.headers
            said = outside(answer, path) + (f"\n{body(answer)}" if given else "")
            hits += [f"{path}: {found}" for found in names.findall(plain(said))]
            handed |= {rule} if given else set()
    assert hits == []
    assert asked > 10 * len(incidents)
    ours = [rule.rule for rule, access, _method in routes(app) if access.part != SHARED]
    everything = {rule for rule in ours if HANDED_OUT.search(rule)}
    assert handed == everything, "each of these was looked at, for somebody"


def said_outside(incident: Incident) -> Iterator[tuple[str, str]]:
    """What the school said of it outside: by where, each version that was approved, answer and word to search for."""
    approved = (DocumentAct.document == DocumentVersion.document) & (DocumentAct.number == DocumentVersion.number)
    rows = DocumentVersion.select(DocumentVersion, Document).join(Document).where(Document.incident == incident)
    for row in rows.join(DocumentAct, on=approved & (DocumentAct.act == "approve")):
        # Parents of a class read which class it is.
        own = re.compile(re.escape(plain(row.document.class_name)) or "$^")
        for part in (part for texts in row.texts.values() for part in texts.values()):
            yield f"{row.document.kind} {row.number}", own.sub("", plain(part))
    for post in Post.select().where(Post.incident == incident):
        yield "post", plain(f"{post.said}\n{post.reply}")
    for call in PressCall.select().where(PressCall.incident == incident):
        yield "press", plain(f"{call.answer}\n{call.promised}")
    for watch in Watch.select().where(Watch.incident == incident):
        yield "watch", plain("\n".join(watch.terms))


def test_no_name_stands_in_what_was_said_outside(incidents: list[Incident]) -> None:
    """Whoever shows it, on which page, as a file or to copy."""
    hits, met = [], set()
    for incident in incidents:
        names = sought(incident)
        for where, text in said_outside(incident):
            hits += [f"{incident.ref} {where}: {found}" for found in names.findall(text)]
            met.add(where.partition(" ")[0])
    assert hits == []
    assert {"statement", "post", "watch"} <= met


def test_it_would_find_them(incidents: list[Incident], app: Any, client: Any) -> None:
    """The page of the people, which may name them, is full of what is looked for."""
    for incident in incidents:
        names, text = sought(incident), plain(body(client("counselor").get(f"/incidents/{incident.ref}/people")))
        for person in Involved.select().where(Involved.incident == incident, Involved.part == "victim"):
            assert plain(person.name) in text
        assert len(names.findall(text)) >= 2
    made = Involved(name="Noor van der Berg", class_name="3B", aliases=["noor_07"])
    found = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(words_of(made), key=len, reverse=True))})(?![^\W_])")
    for text in ("noor", "van der berg", "noor_07", "3b", "n.v.d.b.", "berg"):
        assert found.search(text), text
    assert not found.search("noorden, van de school, klas 2")


def test_who_is_on_the_teams_reads_them(incidents: list[Incident]) -> None:
    """Else the test above would look at nothing."""
    for incident in incidents:
        members = {row.function for row in Membership.select().where(Membership.incident == incident)}
        assert {"coordinator", "counselor"} <= members <= set(TEAM_FUNCTIONS)
