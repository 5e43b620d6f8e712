"""What everybody can read at the address of a statement."""

import os
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from portal import boot, health
from portal import db as database
from portal.communication.documents.models import Document, DocumentVersion
from portal.communication.online import operations, queries
from portal.incidents.models import Incident
from tests.communication.publishing import TEXTS, act, approved, published, texts
from tests.conftest import at_once, given_up
from tests.reading import Page
from tests.web.schools import Visitor, second_school


@pytest.fixture
def case(incident: Any, team: Any) -> Incident:
    made: Incident = incident()
    team(made, "communication")
    return made


@pytest.fixture(autouse=True)
def folder(school: database.Location) -> Iterator[Any]:
    """Empty again after each test: files are not renewed with the database."""
    yield school.published
    for path in school.published.glob("*"):
        path.unlink()


def at(document: Document) -> str:
    return f"/statements/{document.slug}"


def test_it_shows_the_whole_statement_in_both_languages_and_when(case: Any, cast: Any, client: Any, clock: Any) -> None:
    document = published(case, TEXTS, cast, clock.now())
    answer = client().get(at(document))
    page, html = Page(answer), answer.text
    bare = unescape(re.sub(r"<[^>]+>", "", html))
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    for said in TEXTS.values():
        for text in said.values():
            assert all(line in bare for line in text.split("\n"))
    assert "rond mag gaan.<br>Wij weten" in html
    assert "ernstig.</p>" in html
    assert "raakt &amp; praten" in html
    assert html.index('<article id="nl" lang="nl">') < html.index('<article id="en" lang="en">')
    assert "maandag 23 november 2026 10:00" in page.text
    assert "Monday 23 November 2026 10:00" in page.text
    assert "Updated" not in page.text
    assert set(page.links) == {"#en", "tel:0105550101"}


def test_a_newer_version_says_when_and_the_older_one_is_not_there_any_more(
    case: Any, cast: Any, client: Any, clock: Any, school: Any
) -> None:
    """Rule 10 keeps every version, inside."""
    published(case, texts("zilver"), cast, clock.now())
    clock.advance(hours=4, minutes=10)
    published(case, texts("goud"), cast, clock.now())
    document = published(case, texts("koper"), cast, clock.advance(days=1))
    answer = client().get(at(document))
    assert "Published Monday 23 November 2026 10:00 Updated 14:10 Updated Tuesday 24 November 2026 14:10" in (
        Page(answer).text
    )
    assert "koper" in answer.text
    files = list(school.published.iterdir())
    assert [file.name for file in files] == [document.slug]
    assert not {b"zilver", b"goud"} & set(re.findall(rb"zilver|goud", files[0].read_bytes()))
    assert [client().get(f"{at(document)}{more}").status_code for more in ("/1", "/versions", ".html")] == [404] * 3
    assert "zilver" not in client().get(f"{at(document)}?version=1").text
    assert DocumentVersion.select().count() == 3


def test_what_is_written_meanwhile_does_not_show(case: Any, cast: Any, client: Any, clock: Any) -> None:
    document = published(case, texts("zilver"), cast, clock.now())
    approved(case, texts("goud"), cast, clock.now())
    assert operations.bring_online(document)
    assert "goud" not in client().get(at(document)).text


def test_nothing_of_the_incident_stands_in_page_address_or_file(case: Any, cast: Any, client: Any, clock: Any) -> None:
    """Rule 6: no name leaves the school, also not in a title, an address or the name of a file."""
    document = published(case, TEXTS, cast, clock.now())
    answer = client().get(at(document))
    # What is drawn at random, and digests, can have any letters.
    random = rf"{document.slug}|sha256-[^']+|\"[0-9a-f]{{32}}\""
    everything = re.sub(random, "", f"{at(document)} {answer.headers} {answer.text}")
    for word in (case.ref, case.code_name, "Noor", "Daan", "3B", cast["communication"].name, cast["coordinator"].name):
        assert word not in everything, word
    title = re.search(r"<title>(.*)</title>", answer.text)
    assert title
    assert title[1].endswith("Het Baken College")


def test_it_needs_no_cookie_no_script_and_no_second_request(case: Any, cast: Any, client: Any, clock: Any) -> None:
    document = published(case, TEXTS, cast, clock.now())
    for browser in (client(), client("leadership")):
        answer = browser.get(at(document))
        assert "Set-Cookie" not in answer.headers
        assert answer.headers.get("Vary", "") == ""
        assert "<script" not in answer.text
        assert not re.findall(r"\b(?:src|href)=\"(?!#|tel:|data:,)", answer.text)
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        policy = answer.headers.getlist("Content-Security-Policy")
        assert len(policy) == 1
        assert re.fullmatch(
            r"default-src 'none'; style-src 'sha256-[\w+/=]+'; img-src data:; base-uri 'none'; form-action 'none'; "
            r"frame-ancestors 'none'",
            policy[0],
        )
    assert len(answer.data) < 10_000


def test_who_has_it_already_does_not_get_it_again(case: Any, cast: Any, client: Any, clock: Any) -> None:
    document = published(case, TEXTS, cast, clock.now())
    browser = client()
    first = browser.get(at(document))
    again = browser.get(at(document), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = browser._send("HEAD", at(document), False, {})
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(first.data)))
    assert browser.post(at(document)).status_code == 405
    published(case, texts("goud"), cast, clock.now())
    assert browser.get(at(document), headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(("indexed", "robots"), [(False, ["noindex"]), (True, ["all"])])
def test_search_engines_list_it_only_when_that_was_chosen(
    case: Any, cast: Any, client: Any, clock: Any, indexed: bool, robots: list[str]
) -> None:
    document = published(case, TEXTS, cast, clock.now(), indexed=indexed)
    answer = client().get(at(document))
    assert answer.headers.getlist("X-Robots-Tag") == robots
    assert ('content="noindex"' in answer.text) is not indexed


def test_what_was_withdrawn_is_gone_and_says_so(case: Any, cast: Any, client: Any, clock: Any, school: Any) -> None:
    document = published(case, texts("zilver"), cast, clock.now(), indexed=True)
    tag = client().get(at(document)).headers["ETag"]
    assert operations.bring_online(act(document, "withdraw", cast["leadership"], clock.now(), remark="Old."))
    answer = client().get(at(document), headers={"If-None-Match": tag})
    assert answer.status_code == 410
    assert "This statement was withdrawn" in answer.text
    assert [part for part in ("nl", "en") if f'lang="{part}"' in answer.text] == ["nl", "en"]
    assert "010-5550101" in answer.text
    assert answer.headers.getlist("X-Robots-Tag") == ["noindex"]
    assert b"zilver" not in (school.published / document.slug).read_bytes()
    again = act(document, "publish", cast["leadership"], clock.now())
    assert operations.bring_online(again)
    assert client().get(at(document)).status_code == 200


def test_what_was_never_published_is_as_any_page_that_is_not_there(
    case: Any, cast: Any, client: Any, clock: Any, school: Any
) -> None:
    document = approved(case, TEXTS, cast, clock.now())
    assert operations.bring_online(document)
    missing = client().get(f"/statements/{'x' * 43}")
    there = client().get(at(document))
    assert (there.status_code, there.text) == (missing.status_code, missing.text)
    assert there.status_code == 404
    assert "Set-Cookie" not in there.headers
    for odd in ("..", "%2e%2e", ".lock", f"..%2f{school.slug}.db", "a", "x" * 300, "%00" * 20):
        assert client().get(f"/statements/{odd}").status_code == 404, odd


def test_it_is_there_while_the_database_is_locked_not_migrated_or_gone(
    case: Any, cast: Any, client: Any, clock: Any, school: Any, monkeypatch: Any
) -> None:
    document, browser = published(case, TEXTS, cast, clock.now()), client("leadership")
    whole = browser.get(at(document)).data

    def refuse(*_args: Any) -> None:
        raise database.Unready("migration 9999 is missing")

    with monkeypatch.context() as patch:
        patch.setattr(database, "check_migrated", refuse)
        assert browser.get("/").status_code == 503
        assert browser.get(at(document)).data == whole
    with given_up():
        database.forget_connections()
        other = database.db._open(school)
        other.execute("BEGIN EXCLUSIVE")
        assert browser.plain.get(at(document)).data == whole
        other.execute("ROLLBACK")
        other.close()
        away = school.file.with_suffix(".away")
        school.file.rename(away)
        try:
            assert browser.plain.get("/").status_code == 503
            assert browser.plain.get(at(document)).data == whole
            assert browser.plain.get(f"/statements/{'x' * 43}").status_code == 404
        finally:
            away.rename(school.file)


def test_of_two_schools_each_shows_its_own(
    case: Any, cast: Any, clock: Any, school: Any, worker: Any, app: Any
) -> None:
    document = published(case, TEXTS, cast, clock.now())
    with second_school(worker) as other:
        assert Visitor(app, school).get(at(document)).status_code == 200
        assert Visitor(app, other).get(at(document)).status_code == 404


def test_the_file_is_for_the_portal_alone(case: Any, cast: Any, clock: Any, school: Any) -> None:
    document = published(case, TEXTS, cast, clock.now())
    modes = [
        stat.S_IMODE(os.stat(path).st_mode)
        for path in (school.published.parent, school.published, queries.path_at(document.slug))
    ]
    assert modes == [0o700, 0o700, 0o600]


def test_the_contact_person_of_the_school_stands_on_it_and_follows_the_settings(
    case: Any, cast: Any, client: Any, clock: Any
) -> None:
    document, browser = published(case, TEXTS, cast, clock.now()), client("admin")
    form = Page(browser.get("/settings")).form("/settings")
    changed = {"contact_name": "De <receptie>", "contact_phone": "010-5550199", "contact_mail": "hulp@baken.example"}
    assert browser.post("/settings", form.data | changed).status_code == 303
    operations.catch_up()
    html = client().get(at(document)).text
    assert "De &lt;receptie&gt;" in html
    assert '<a href="tel:0105550199">010-5550199</a>' in html
    assert "hulp@baken.example" in html
    assert "mailto:" not in html


# What goes wrong between the commit and the file.


def test_a_page_that_could_not_be_written_comes_later(
    case: Any, cast: Any, client: Any, clock: Any, monkeypatch: Any, app: Any, server_log: Any
) -> None:
    document = published(case, texts("zilver"), cast, clock.now())
    newer = act(approved(case, texts("goud"), cast, clock.now()), "publish", cast["leadership"], clock.now())

    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(operations, "write_whole", full)
        assert operations.bring_online(newer) is False
    assert "published page not written" in server_log.getvalue()
    assert "zilver" in client().get(at(document)).text
    assert Document.get_by_id(document.id).written == ""
    with given_up():
        boot.catch_up(app)
    assert "goud" in client().get(at(document)).text
    assert Document.get_by_id(document.id).written


def test_a_process_that_ends_before_the_file_leaves_the_page_of_before_and_the_next_start_mends_it(
    case: Any, cast: Any, client: Any, clock: Any, app: Any
) -> None:
    document = published(case, texts("zilver"), cast, clock.now())
    act(approved(case, texts("goud"), cast, clock.now()), "publish", cast["leadership"], clock.now())
    assert "zilver" in client().get(at(document)).text
    with given_up():
        boot.catch_up(app)
    assert "goud" in client().get(at(document)).text


def test_half_a_file_of_a_process_that_ended_is_no_page(
    case: Any, cast: Any, client: Any, clock: Any, school: Any, monkeypatch: Any
) -> None:
    document = published(case, texts("zilver"), cast, clock.now())
    (school.published / f"{document.slug}.part").write_bytes(b'{"status": 200, "hea')
    assert "zilver" in client().get(at(document)).text
    operations.catch_up(everything=True)
    assert [path.name for path in school.published.iterdir()] == [document.slug]


def test_the_first_round_of_the_worker_mends_what_was_lost_and_removes_what_nobody_published(
    case: Any, cast: Any, client: Any, clock: Any, school: Any
) -> None:
    document = published(case, TEXTS, cast, clock.now())
    path = queries.path_at(document.slug)
    whole = path.read_bytes()
    stray = school.published / ("s" * 43)
    for lost in (lambda: path.unlink(), lambda: path.write_bytes(b'{"status": 200, "headers": {}}\nx')):
        lost()
        stray.write_bytes(whole)
        operations.catch_up(everything=True)
        assert path.read_bytes() == whole
        assert not stray.exists()


def test_the_last_to_write_writes_the_newest(
    case: Any, cast: Any, client: Any, clock: Any, app: Any, school: Any
) -> None:
    """However many are told at once, and whatever they still think it says."""
    stale = published(case, texts("zilver"), cast, clock.now())
    act(approved(case, texts("goud"), cast, clock.now()), "publish", cast["leadership"], clock.now())
    assert not at_once(app, school, lambda: [operations.bring_online(stale) for _time in range(5)] and None, 8)
    assert "goud" in client().get(at(stale)).text


def test_it_is_not_written_before_the_commit(case: Any, cast: Any, clock: Any) -> None:
    document = published(case, TEXTS, cast, clock.now())
    with database.db.atomic(), pytest.raises(AssertionError):
        operations.bring_online(document)


def test_ready_says_that_a_page_waits_for_the_worker(case: Any, cast: Any, client: Any, clock: Any) -> None:
    act(approved(case, TEXTS, cast, clock.now()), "publish", cast["leadership"], clock.now())
    assert client().get("/readyz").status_code == 200
    clock.advance(minutes=11)
    answer = client().get("/readyz")
    assert answer.status_code == 503
    assert "a published page waits" in answer.text
    assert timedelta(minutes=10) == health.WORKER_LATE


def test_the_address_of_a_joined_incident_shows_the_statement_that_goes_on(
    case: Any, cast: Any, client: Any, clock: Any, incident: Any, team: Any
) -> None:
    other = incident()
    team(other, "communication")
    old = published(case, texts("zilver"), cast, clock.now())
    new = approved(other, texts("goud"), cast, clock.now())
    Incident.update(state="joined", joined_into=other).where(Incident.id == case.id).execute()
    operations.bring_online(old)
    assert "zilver" in client().get(at(old)).text
    new = act(new, "publish", cast["leadership"], clock.now())
    operations.bring_online(new)
    for document in (old, new):
        assert "goud" in client().get(at(document)).text
    operations.bring_online(act(new, "withdraw", cast["leadership"], clock.now()))
    assert [client().get(at(one)).status_code for one in (old, new)] == [410, 410]
