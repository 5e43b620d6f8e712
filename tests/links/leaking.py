"""What stands in an incident, what of it a shared link may show, and every answer that a visitor of it gets."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.actions.queries import title_of
from portal.db import JsonField, ListField
from portal.incidents.models import Incident
from portal.links import queries, rules
from portal.links.models import Ask, LinkDraft, LinkFeedback, LinkMessage, SharedLink, Wording
from portal.models import MODELS
from portal.school.queries import school_name
from portal.web.access import SHARED
from tests.conftest import Browser
from tests.test_names_stay import plain
from tests.web.scene import routes

# Rows that a number in an address behind a link is of.
OWN: dict[str, Any] = {"ask_id": Ask, "message_id": LinkMessage, "wording_id": Wording, "colleague_id": SharedLink}
# No words about anybody: sentences of the portal itself, and what opens a page that everybody can read.
NOT_SAID = {"event", "slug"}
LEAVING = "/leave"  # ends the session, so it comes last
SHORTEST = 12  # letters of a part of a sentence that tells something
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ].*")
# What was typed on either side of the links of one school.
SAID = (
    (LinkMessage, ("text",)),
    (Wording, ("texts", "words", "proposed")),
    (LinkFeedback, ("answers",)),
    (Ask, ("how", "words", "proposed_words")),
)


def tables_of_incidents() -> list[Any]:
    """All whose rows hang on an incident, on whatever way: a table that is to come is one of them by itself."""
    found: set[Any] = {Incident}
    while more := {model for model in MODELS if model not in found and found & set(model._meta.refs.values())}:
        found |= more
    return [model for model in MODELS if model in found]


def strings(value: Any) -> Iterator[str]:
    """Every text in a value; of what the portal says itself none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values() if "message" not in value else ():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


def parts_of(text: str) -> set[str]:
    """A text and its sentences, as far as they tell anything; no codes, moments and numbers."""
    whole = " ".join(plain(text).split())
    found = {part.strip() for part in re.split(r"[.!?:;]\s", whole)}
    told = {part for part in found if len(part) >= SHORTEST} | {whole}
    return {one for one in told if len(one) > 5 and not re.fullmatch(r"[a-z-]+|[\d:. +-]+", one)}


def typed() -> set[str]:
    """Whatever stands in any column of any incident and its links, and what its actions are called."""
    found: set[str] = set()
    for model in tables_of_incidents():
        fields = [
            field.name
            for field in model._meta.sorted_fields
            if isinstance(field, pw.CharField | pw.TextField | JsonField | ListField) and field.name not in NOT_SAID
        ]
        for row in model.select():
            found.update(text for name in fields for text in strings(getattr(row, name)) if not MOMENT.fullmatch(text))
    found.update(text for action in Action.select() for text in strings(title_of(action, one_victim=True)))
    public = {plain(one) for one in (school_name(), *(person.name for person in Person.select()))}
    return {part for text in found for part in parts_of(text)} - public


def allowed(link: SharedLink) -> str:
    """All that who holds this link may read: what was chosen, what was asked, and what the two schools said."""
    root = link.root
    shared = queries.content(link)
    said: list[Any] = [shared.content["summary"], [one["fields"] for one in shared.content["people"]]] if shared else []
    for table, names in SAID:
        said += [getattr(row, name, "") for row in table.select().where(table.link == root) for name in names]
    said += [ask.action.title for ask in queries.asks(link)]
    said += [draft.text for draft in LinkDraft.select().where(LinkDraft.link == link)]
    for one in SharedLink.select().where((SharedLink.id == root.id) | (SharedLink.head == root)):
        said += [one.school, one.function, f"{one.name} ({one.school})", one.email, one.phone, one.declined_words]
        said += [visit.network for visit in one.visits]
    return " ".join(plain(" ".join(strings(said))).split())


def addresses(app: Any, link: SharedLink, secret: str, method: str) -> list[tuple[str, str]]:
    """Every page and form behind a link with the numbers of its own rows: rule and path."""
    found, at = [], rules.path_of(link.nonce, secret)
    for rule, access, verb in routes(app):
        if access.part != SHARED or verb != method:
            continue
        numbers = rule.arguments - {"token"}
        assert numbers <= set(OWN), f"{rule.rule}: say in OWN what {numbers} is"
        rows: list[Any] = [None]
        if numbers:
            model = OWN[next(iter(numbers))]
            mine = model.head == link.root if model is SharedLink else model.link == link.root
            rows = list(model.select().where(mine))
        for row in rows:
            path = re.sub(r"<int:\w+>", str(row and row.id), rule.rule).replace("/p/<token>", at)
            found.append((rule.rule, path))
    return sorted(found, key=lambda pair: pair[0].endswith(LEAVING))


def opened(app: Any, link: SharedLink, secret: str) -> Browser:
    """A browser that typed the code."""
    fresh = SharedLink.get_by_id(link.id)
    browser = Browser(app)
    code = rules.code_of(fresh.nonce, fresh.code_number, secret)
    assert browser.post(f"{rules.path_of(fresh.nonce, secret)}/code", {"code": code}).status_code == 303
    return browser


SENT: tuple[dict[str, str], ...] = (
    {},  # what is missing is said
    {"version": "0", "words": "Gezegd.", "text": "Gezegd.", "title": "Gezegd."},  # somebody else was first
)


WAYS = [(form, htmx) for form in SENT for htmx in (False, True)]


def pages(app: Any, link: SharedLink, secret: str) -> Iterator[tuple[str, str, Any]]:
    """Every page that a visitor can open, parts of them, and what is downloaded."""
    browser = opened(app, link, secret)
    for rule, path in addresses(app, link, secret, "GET"):
        for htmx in (False, True):
            yield rule, path, browser.get(path, htmx=htmx)


def answers(app: Any, link: SharedLink, secret: str) -> Iterator[tuple[str, str, Any]]:
    """Every answer that a visitor gets: these pages, and refusals. Each form is sent in all ways for its first row, and
    for each further row in the next of them."""
    yield from pages(app, link, secret)
    browser, sent = opened(app, link, secret), Counter[str]()
    for rule, path in addresses(app, link, secret, "POST"):
        ways = [WAYS[sent[rule] % len(WAYS)]] if sent[rule] else WAYS
        sent[rule] += 1
        for form, htmx in ways:
            yield rule, path, browser.post(path, dict(form), htmx=htmx)
            if rule.endswith(LEAVING):
                browser = opened(app, link, secret)


def whole(answer: Any) -> str:
    """All that arrives, as plain text: body with its marks, and heads; without secrets of this one request."""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    body = answer.get_data(as_text=True)
    return " ".join(plain(without_tokens(f"{heads}\n{body}")).split())


def without_tokens(text: str) -> str:
    """Without tokens, which are random letters."""
    return unescape(re.sub(r"/p/[\w-]{43}|value=\"[\w.-]{40,}\"", "", text))
