"""What every answer has in common: headers, titles, language, and what is said when the data is out of reach."""

import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from portal import db as database
from portal.incidents import operations as incident_operations
from portal.incidents.models import Incident
from portal.policy import TEAM_FUNCTIONS
from tests.conftest import given_up
from tests.web.scene import NAMED, Frozen, routes

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATIC = Path(__file__).parents[2] / "static" / "build"


def test_it_says_that_it_is_alive_and_ready(client: Any) -> None:
    browser = client()
    assert browser.get("/healthz").json == {"alive": True}
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"ready": True, "wrong": []})


def lose_file(place: Any) -> str:
    place.file.unlink()
    return "file is missing"


def wrong_key(place: Any) -> str:
    place.key_file.write_text("ab" * 32, "ascii")
    return "does not open its database"


def no_hex_key(place: Any) -> str:
    place.key_file.write_text("no key", "ascii")
    return "hexadecimal"


def damage(place: Any) -> str:
    place.file.write_bytes(b"\x00" * 8192)
    return "does not open its database"


def forget_migration(place: Any) -> str:
    """An older backup was put back."""
    with database.school(place):
        table = next(t for t in database.db.get_tables() if "migrat" in t)
        database.db.execute_sql(f'DELETE FROM "{table}"')
    database.forget_connections()
    copy = place.file.with_suffix(".older")
    shutil.copyfile(place.file, copy)
    copy.replace(place.file)
    return "migration 0001_initial is missing"


@pytest.fixture
def broken(school: Any) -> Any:
    """Break the school's database or key in one way, and put both back afterwards."""
    key, kept = school.key_file.read_text("ascii"), Frozen(school)
    with given_up():
        database.forget_connections()
        yield lambda how: how(school)
        school.key_file.write_text(key, "ascii")
        kept.thaw()


@pytest.mark.parametrize("how", [lose_file, wrong_key, no_hex_key, damage, forget_migration])
def test_without_its_data_it_says_so_calmly(app: Any, broken: Any, caplog: Any, how: Any) -> None:
    why, browser = broken(how), app.test_client()
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.json["ready"]) == (503, False)
    assert why in ready.json["wrong"][0]
    for path in ("/", "/first-hour", "/login", "/incidents/2026-001", "/incidents/2026-001/plan"):
        caplog.clear()
        answer = browser.get(path)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 503, path
        assert all(f'href="tel:{number}"' in text for number in ("112", "09008844", "+31202615275"))
        assert answer.headers["Content-Security-Policy"] == CSP
        assert [why in record.getMessage() for record in caplog.records] == [True]
        assert caplog.records[0].levelno == logging.ERROR
        assert caplog.records[0].exc_info is None
        assert "\n" not in caplog.records[0].getMessage()
    fragment = browser.get("/incidents/2026-001/plan", headers={"HX-Request": "true"})
    assert (fragment.status_code, b"<!doctype" in fragment.data) == (503, False)
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/agenda").status_code == 200


def test_an_unexpected_error_is_one_line_with_a_number_and_no_words_of_the_case(
    scene: Any, client: Any, server_log: Any, monkeypatch: Any
) -> None:
    here, browser = scene(), client("coordinator")

    def fail(*_args: Any, **_kw: Any) -> None:
        raise RuntimeError("Xanthippe Quast said something")

    monkeypatch.setattr(incident_operations, "write_entry", fail)
    answer = browser.post(f"/incidents/{here.case.ref}/log", {"kind": "talk", "text": "A secret."})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    lines = server_log.getvalue().splitlines()
    assert len(lines) == 1
    said = json.loads(lines[0])
    assert (said["error"], said["route"]) == ("RuntimeError", "/incidents/<ref>/log")
    assert re.fullmatch(r"[0-9]{4}-[0-9]{4}", said["reference"])
    assert said["reference"] in text
    assert not [word for word in ("Xanthippe", "secret") if word in text + lines[0]]


@pytest.mark.parametrize(("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip"), ("", None)])
@pytest.mark.skipif(not (STATIC / "manifest.json").exists(), reason="the front end was not built")
def test_built_files_come_compressed_and_stay_in_the_browser(client: Any, accepted: str, sent: str | None) -> None:
    browser = client()
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/first-hour").get_data(as_text=True))
    assert len(names) == 4
    for name in names:
        answer = browser.get(name, headers={"Accept-Encoding": accepted})
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, sent)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert re.search(r"-[0-9a-f]{8,}\.", name), name
        kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}[name.rpartition(".")[2]]
        assert answer.headers["Content-Type"].startswith(kind)
        answer.close()


@pytest.mark.parametrize("name", ["missing-000000000000.css", "../manifest.json", "..%2f..%2fsetup.cfg", "/etc/passwd"])
def test_a_file_that_is_not_there_is_not_kept_by_the_browser(client: Any, name: str) -> None:
    """A page of the next version can ask an old worker for its style: that answer must not stay for a year."""
    answer = client().get(f"/static/{name}")
    assert answer.status_code in (404, 308)
    assert "immutable" not in answer.headers["Cache-Control"]


def test_every_answer_carries_the_headers_that_protect_it(app: Any, scene: Any, client: Any) -> None:
    here, seen = scene(), set()
    for function in ("coordinator", "administrator", "reporter", None):
        browser = client(function)
        for rule, _access, method in routes(app):
            path = here.path(rule)
            answer = browser.get(path) if method == "GET" else browser.post(path, token=False)
            seen.add(answer.status_code)
            heads = answer.headers
            if rule.endpoint == "online.statement":
                continue  # What everybody may keep: tests/communication/test_online.py.
            assert heads["Content-Security-Policy"] == CSP, path
            assert heads["Cache-Control"] == "no-store", path
            assert "HX-Request" in heads["Vary"], path
            assert heads["X-Content-Type-Options"] == "nosniff"
            # The address of a shared link is a secret: of it only the host is told, to ourselves.
            behind_link = path.startswith("/p/")
            assert heads["Referrer-Policy"] == ("strict-origin" if behind_link else "same-origin")
            assert heads["Cross-Origin-Opener-Policy"] == "same-origin"
            assert heads["X-Robots-Tag"] == "noindex"
            text = answer.get_data(as_text=True)
            assert not re.search(r"<[^>]+\s(style|on\w+)=|<style|<script(?![^>]+src=)", text), path
    assert {200, 303, 400, 404} <= seen


def test_titles_addresses_and_file_names_tell_nothing(app: Any, scene: Any, client: Any) -> None:
    """They stay in the browser's history: a code name at most, never a pupil, a class or what it is about."""
    here = scene()
    secret = [person[key] for person in NAMED for key in ("name", "class_name")] + ["3B", "foto", "photo", "naakt"]
    titles = set()
    for function in (*TEAM_FUNCTIONS, "reporter", "administrator", None):
        browser = client(function)
        for rule, _access, method in routes(app):
            answer = browser.get(here.path(rule, function or "")) if method == "GET" else None
            if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
                title = re.search(r"<title>\s*(.*?)\s*</title>", answer.get_data(as_text=True), re.DOTALL)
                assert title, rule.rule
                titles.add(title[1])
                assert "Content-Disposition" not in answer.headers
    assert f"{here.case.code_name} – Rustpunt" in titles
    assert len(titles) <= 6
    assert not [word for word in secret for title in titles if word.casefold() in title.casefold()]


def test_dutch_is_the_default_and_the_browser_may_ask_for_english(client: Any) -> None:
    def language(browser: Any, **headers: str) -> str:
        found = re.search(r'<html lang="(\w+)"', browser.get("/first-hour", headers=headers).get_data(as_text=True))
        return found[1] if found else ""

    assert language(client()) == "nl"
    assert language(client(), **{"Accept-Language": "fr"}) == "nl"
    assert language(client(), **{"Accept-Language": "en-GB, en;q=0.9, nl;q=0.8"}) == "en"
    visitor = client()
    answer = visitor.post("/language", {"language": "en", "next": "/first-hour"})
    assert (answer.status_code, answer.location) == (303, "/first-hour")
    assert language(visitor) == "en"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    member = client("coordinator")
    assert member.post("/language", {"language": "en", "next": "/incidents?"}).status_code == 303
    assert language(member) == "en"
    # It is the person's own choice, so another browser has it too.
    assert language(client("coordinator"), **{"Accept-Language": "nl"}) == "en"
    assert language(client("mentor")) == "nl"
    assert member.post("/language", {"language": "fr"}).status_code == 404


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "//school@evil.example",
    "http://localhost@evil.example/",
    "evil.example",
    "",
]


@pytest.mark.parametrize("function", [None, "coordinator"])
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_changing_the_language_leads_nowhere_else(client: Any, function: str | None, elsewhere: str) -> None:
    answer = client(function).post("/language", {"language": "en", "next": elsewhere})
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("own", ["/%09/evil.example", "/%2f%2fevil.example", "/@evil.example"])
def test_an_odd_address_of_our_own_stays_our_own(client: Any, own: str) -> None:
    answer = client().post("/language", {"language": "en", "next": own})
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\", "/\t"))
    assert answer.location in (own, "/")


def statements(monkeypatch: Any, ask: Any) -> int:
    """How many SQL statements an answer takes."""
    asked: list[str] = []
    plain = type(database.db).execute_sql

    def counted(self: Any, sql: str, *args: Any, **kw: Any) -> Any:
        asked.append(sql)
        return plain(self, sql, *args, **kw)

    with monkeypatch.context() as patch:
        patch.setattr(type(database.db), "execute_sql", counted)
        assert ask().status_code == 200
    return len(asked)


MOST = {"": 12, "/plan": 12, "/team": 12, "/log": 8}


def test_the_number_of_statements_does_not_grow_with_the_incident(
    incident: Any, team: Any, client: Any, monkeypatch: Any
) -> None:
    """Numbers of 23 November 2026; a page that asks once per action or person fails here."""
    small = incident()
    people = [{"part": "victim", "name": f"V{n}", "school": "own"} for n in range(6)]
    others = [{"part": "suspect", "school": "other"} for _ in range(6)]
    flags = dict.fromkeys(("coercion", "adult", "honour", "danger"), "yes")
    large = incident(people=people + others, flags=flags, scope={"spread": "classes"}, story="More.")
    team(large, "care", "mentor", "communication")
    browser, counted = client("coordinator"), {}
    for ending in MOST:
        numbers = []
        for case in (small, large):
            path = f"/incidents/{Incident.get_by_id(case.id).ref}{ending}"
            browser.get(path)  # the first reading is written down
            numbers.append(statements(monkeypatch, lambda path=path: browser.get(path)))
        counted[ending] = numbers
    assert large.team.count() > small.team.count()
    assert large.actions.count() > small.actions.count() + 20
    grown = {ending: both for ending, both in counted.items() if both[1] > both[0]}
    assert not grown
    assert all(both[0] <= MOST[ending] for ending, both in counted.items()), counted
