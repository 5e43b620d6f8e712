"""Product rules 6 and 11: a shared link shows exactly what was chosen, on whatever page and in whatever answer."""

import random
import re
from datetime import timedelta
from typing import Any

import pytest

from portal.incidents.models import Incident, Involved
from portal.links import rules
from portal.links.kinds.rules import PARTNER_SCHOOL, PERSON_FIELDS, told_of
from portal.links.models import Ask, SharedLink, ShareVersion
from portal.notices.models import Mail
from portal.notices.operations import compose
from tests.links import leaking
from tests.links.leaking import allowed, answers, parts_of, typed, whole
from tests.reading import Page
from tests.test_names_stay import incidents, outside, plain, sought
from tests.web.scene import shared_with

__all__ = ["incidents"]  # fixture: the incident of the demo school, and a few that were made up
BASE = "https://portal.example"


@pytest.fixture
def links(incidents: list[Incident], cast: Any, clock: Any) -> list[SharedLink]:
    """Every link that answers, and one more for each incident with a suspect."""
    for number, case in enumerate(incidents):
        if Involved.select().where(Involved.incident == case, Involved.part == "suspect").exists():
            shared_with(case, cast["coordinator"], clock.now(), school="De Linde", name=f"Q. Ander{number}")
    rows = SharedLink.select().where(SharedLink.incident.in_(incidents))
    return [link for link in rows if rules.answers_at(link, clock.now()) and rules.answers_at(link.root, clock.now())]


def test_no_string_of_the_incident_stands_in_any_answer(app: Any, links: list[SharedLink]) -> None:
    everything, hits, met = typed(), [], set()
    assert len(everything) > 500
    assert len(links) >= 4
    for link in links:
        shared, names, told = allowed(link), sought(link.incident), re.compile(rf"\b{link.incident.code_name}\b", re.I)
        secrets = [one for one in everything if one not in shared]
        known, checked = set(names.findall(shared)), set[str]()
        for rule, path, answer in answers(app, link, app.secret_key):
            assert answer.status_code < 500, path
            met.add((rule, answer.status_code))
            # Who looks along sees titles and file names: there nobody is named, not even who is shared.
            seen = outside(answer, path).replace(rules.path_of(link.nonce, app.secret_key), "")
            hits += [f"{rule} outside the page: {one}" for one in names.findall(plain(seen))]
            if answer.status_code != 303 and "<title" in answer.get_data(as_text=True):
                assert "<title>Rustpunt</title>" in answer.text, path
            text = whole(answer)
            if text in checked:
                continue
            checked.add(text)
            hits += [f"{rule} {answer.status_code}: {one}" for one in secrets if one in text]
            read = plain(Page(leaking.without_tokens(answer.text)).text) if answer.mimetype == "text/html" else text
            hits += [f"{rule} {answer.status_code}: {one}" for one in set(names.findall(read)) - known]
            hits += [f"{rule}: {one}" for one in told.findall(read) if link.incident.code_name.casefold() not in shared]
    assert sorted(set(hits)) == []
    # Every page was there for somebody, and refusals too.
    pages = {rule for rule, status in met if status == 200}
    assert {rule for rule, _path in leaking.addresses(app, links[0], app.secret_key, "GET")} <= pages
    assert {status for _rule, status in met} >= {200, 409, 422}


def test_it_would_find_them(incidents: list[Incident], client: Any) -> None:
    """Our own pages are full of what is looked for."""
    everything = typed()
    for case in incidents:
        text = " ".join(whole(client("coordinator").get(f"/incidents/{case.ref}{part}")) for part in ("/log", "/plan"))
        assert sum(one in text for one in everything) > 40
    assert "nog niet goed" in parts_of("Zij slaapt. Nog niet goed.") or parts_of("Zij slaapt nog niet goed.")


@pytest.mark.parametrize("seed", range(6))
def test_exactly_the_chosen_fields_are_shown(app: Any, cast: Any, clock: Any, incident: Any, seed: int) -> None:
    """Whatever was chosen of whom: each value is there or is not."""
    chance = random.Random(seed)
    people = [
        {"part": part, "name": f"Naam{at} Zonder{at}", "class_name": f"{at}Q", "age": 90 + at, "school": "other",
         "school_name": f"Academie {at}{at}"}
        for at, part in enumerate(("victim", "suspect", "suspect", "spreader"), 1)
    ]  # fmt: skip
    case = incident(people=people)
    link, _ask = shared_with(case, cast["coordinator"], clock.now())
    chosen = {}
    for row in Involved.select().where(Involved.incident == case).order_by(Involved.id):
        if ticked := [name for name in PERSON_FIELDS if chance.random() < 0.4]:
            chosen[row.id] = (row, ticked)
    told = [
        {"id": row.id, "part": row.part, "number": row.number, "fields": told_of(PARTNER_SCHOOL, row.__data__, ticked)}
        for row, ticked in chosen.values()
    ]
    content = {"summary": "", "people": told, "statement": False, "feedback": False}
    ShareVersion.update(content=content).where(ShareVersion.link == link).execute()
    pages = {
        path: Page(leaking.without_tokens(answer.text)).text
        for _rule, path, answer in leaking.pages(app, link, app.secret_key)
        if answer.status_code == 200 and answer.mimetype == "text/html"
    }
    first = pages[rules.path_of(link.nonce, app.secret_key)]
    for row in Involved.select().where(Involved.incident == case):
        ticked = chosen.get(row.id, (row, []))[1]
        for name in set(PERSON_FIELDS) - {"part"}:
            value = re.compile(rf"\b{re.escape(str(getattr(row, name)))}\b")
            if name in ticked:
                assert value.search(first), f"{name} of {row.name} was chosen"
            else:
                assert not [path for path, text in pages.items() if value.search(text)], f"{name} of {row.name}"


def test_what_a_kind_may_not_be_shown_stays_inside_whatever_was_kept(
    app: Any, cast: Any, clock: Any, incident: Any
) -> None:
    """The list of fields is asked when the page is made, not only when it was chosen."""
    case = incident()
    link, _ask = shared_with(case, cast["coordinator"], clock.now())
    more = {"name": "Daan K.", "aliases": "@daan.k", "reach": "06-55509999", "delicate": "Ouders zijn gescheiden"}
    content = {"summary": "", "people": [{"id": 1, "part": "suspect", "number": 1, "fields": more}]}
    ShareVersion.update(content=content).where(ShareVersion.link == link).execute()
    text = " ".join(whole(answer) for _rule, _path, answer in answers(app, link, app.secret_key))
    assert plain("Daan K.") in text
    assert not [one for name, one in more.items() if name != "name" and plain(one) in text]


def test_no_mail_to_the_other_school_says_anything(app: Any, links: list[SharedLink], clock: Any) -> None:
    """Its kinds are all tried: neither a name nor a word of the incident, and no code."""
    everything, kinds = typed(), set()
    for link in links:
        names, code = sought(link.incident), rules.code_of(link.nonce, link.code_number, app.secret_key)
        own = plain(f"{link.school} {link.name} {link.email}")
        for kind in ("shared-offer", "shared-news", "shared-dead"):
            mail = Mail(kind=kind, person_id=0, address=link.email, language=link.language, about=link.subject,
                        created_at=clock.now(), due_at=clock.now(), id=1)  # fmt: skip
            with app.app_context():
                message = compose(mail, "", BASE, "rustpunt@portal.example")
            if message is None:
                continue
            kinds.add(kind)
            path = rules.path_of(link.nonce, app.secret_key)
            text = plain(f"{message['Subject']}\n{message.get_content()}")
            assert (path in message.get_content()) <= (kind == "shared-offer" or message["To"] == link.email)
            text = text.replace(plain(path), "")
            assert not names.findall(text)
            assert not [one for one in everything if one in " ".join(text.split()) and one not in own]
            assert code not in re.sub(r"\D", "", text)
    assert "shared-offer" in kinds


def test_what_is_late_or_over_is_shown_to_nobody(app: Any, links: list[SharedLink], clock: Any) -> None:
    """After its end the address gives nothing, whatever was open."""
    link = links[0]
    browser = leaking.opened(app, link, app.secret_key)
    clock.advance(days=100)
    assert timedelta(days=rules.MOST_DAYS) < timedelta(days=100)
    for _rule, path in leaking.addresses(app, link, app.secret_key, "GET"):
        assert browser.get(path).status_code == 404, path
    assert Ask.select().where(Ask.link == link.root).exists()
