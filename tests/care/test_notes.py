"""Confidential notes: read by who wrote them and who was given them, and by nobody else anywhere."""

from datetime import timedelta
from typing import Any

import peewee
import pytest

from portal import db as database
from portal.audit.models import AuditEvent
from portal.care.notes.models import Note
from portal.clock import local
from portal.drafts.models import Draft
from portal.incidents.models import Involved, KeptOut, Membership
from portal.incidents.team.operations import keep_out, remove_member
from portal.notices.models import Mail
from portal.policy import TEAM_FUNCTIONS
from tests.care.conftest import Two
from tests.reading import Page, said
from tests.web.scene import routes, written

WORDS = "She does not want to go home tonight."


def write(two: Two, person: Any, text: str = WORDS, **other: Any) -> Note:
    answer = two.browser(person).post(two.at, {"text": text, "about": "0", **other})
    assert (answer.status_code, answer.location) == (303, two.at)
    note: Note = Note.select().order_by(Note.id.desc()).get()
    return note


def give(two: Two, part: str = "", **other: Any) -> Any:
    browser, path = two.browser(two.first), f"{two.at}{part}/hand-over"
    form = next(form for form in Page(browser.get(path)).forms if "receiver" in form.names)
    return browser.post(path, {**form.data, "receiver": str(two.second.id), **other})


def trail(action: str) -> list[AuditEvent]:
    return list(AuditEvent.select().where(AuditEvent.action == action).order_by(AuditEvent.id))


def mails(kind: str) -> list[int]:
    return [mail.person_id for mail in Mail.select().where(Mail.kind == kind).order_by(Mail.id)]


def test_a_counselor_writes_and_reads_own_notes_newest_first(two: Two, app: Any, clock: Any) -> None:
    victim = Involved.get(Involved.incident == two.case, Involved.part == "victim")
    first = write(two, two.first, about=str(victim.id))
    earlier = clock.now() - timedelta(days=2)
    second = write(two, two.first, "Before that.", at=local(earlier).strftime("%Y-%m-%dT%H:%M"))
    assert (first.at, first.written_at, first.about_id) == (clock.now(), clock.now(), victim.id)
    assert (second.at, second.about_id) == (earlier, None)
    page = Page(two.browser(two.first).get(two.at))
    assert [name for name in page.ids if name.startswith("note-")] == [f"note-{first.id}", f"note-{second.id}"]
    assert said(app, "About %(whom)s", whom=said(app, "victim %(n)s", n=1)) in page.text
    assert "Noor" not in page.text
    assert "zaterdag" in page.text  # two days before Monday
    assert said(app, "Only you read what you write here.") in page.text


def test_without_notes_the_page_says_something_useful(two: Two, app: Any) -> None:
    page = Page(two.browser(two.first).get(two.at))
    assert said(app, "Nothing here yet. What you write is kept here for you, newest first.") in page.text
    assert not [link for link in page.links if "hand-over" in link]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "Look: https://x.example/a.jpg"}, "text"),
        ({"text": "x" * 8001}, "text"),
        ({"at": "2027-01-01T10:00"}, "at"),
        ({"about": "999999"}, "about"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(two: Two, wrong: dict[str, str], field: str) -> None:
    browser = two.browser(two.first)
    before = written()
    answer = browser.post(two.at, {"text": WORDS, "about": "0", **wrong})
    assert (answer.status_code, Note.select().count(), written() - before) == (422, 0, 0)
    page = Page(answer)
    assert f"#{field}" in page.links
    assert next(form for form in page.forms if "text" in form.names).first("text") == wrong.get("text", WORDS)


def test_somebody_of_another_incident_is_no_choice(two: Two, incident: Any) -> None:
    other = Involved.get(Involved.incident == incident())
    answer = two.browser(two.first).post(two.at, {"text": WORDS, "about": str(other.id)})
    assert (answer.status_code, Note.select().count()) == (422, 0)


def test_a_correction_stands_beside_what_was_written(two: Two, clock: Any) -> None:
    note = write(two, two.first)
    clock.advance(hours=1, seconds=20)
    browser, path = two.browser(two.first), f"{two.at}/{note.id}/correct"
    form = next(form for form in Page(browser.get(path)).forms if "text" in form.names)
    assert form.first("text") == WORDS
    assert browser.post(path, {**form.data, "text": "She does want to."}).status_code == 303
    correction = Note.get(Note.corrects == note)
    assert (correction.text, correction.at, correction.written_at) == ("She does want to.", note.at, clock.now())
    page = Page(browser.get(two.at))
    assert WORDS in page.text
    assert f"#note-{note.id}" in page.links
    assert f"#note-{correction.id}" in page.links
    assert path not in page.links
    assert [event.subject for event in trail("care:note:correct")] == [f"note:{correction.id}"]


def test_what_is_typed_is_kept_for_its_writer_only_and_gone_with_the_team(two: Two, cast: Any, clock: Any) -> None:
    browser, place = two.browser(two.first), f"{two.at}#text"
    assert browser.post("/drafts", {"place": place, "text": WORDS}).status_code == 200
    other = two.browser(two.second)
    # The other one, typing at the same time, hears nothing of it.
    said_back = other.post("/drafts", {"place": place, "text": "Mine."})
    assert two.first.name not in said_back.text
    assert WORDS in Page(browser.get("/drafts")).text
    assert "Mine." not in browser.get(two.at).text
    assert two.browser(cast["coordinator"]).post("/drafts", {"place": place, "text": "x"}).status_code == 404
    remove_member(two.case, two.first, actor=cast["coordinator"], now=clock.now())
    assert [draft.person_id for draft in Draft.select()] == [two.second.id]


def test_nobody_else_finds_a_word_or_a_trace(app: Any, scene: Any, client: Any) -> None:
    """Every page of everybody, before and after a note was written: the same, but for the moment."""
    here = scene()
    at = f"/incidents/{here.case.ref}"
    others = [*(one for one in TEAM_FUNCTIONS if one != "counselor"), "administrator", "reporter"]
    browsers = {role: client(role) for role in others}

    def seen(role: str) -> dict[str, str]:
        pages = {"search": "/incidents?q=Xylofoon", "log": f"{at}/log?q=Xylofoon"}
        for rule, _access, method in routes(app):
            # The head of the trail counts whatever anybody does, and each asking for an address stands in it.
            if method == "GET" and rule.endpoint not in ("entry.here", "report.start", "trail.head", "watch.address"):
                pages[rule.rule] = here.path(rule, role)
        return {name: Page(browsers[role].get(path)).text for name, path in pages.items()}

    for browser in browsers.values():
        browser.get(at)  # what is new is marked as seen by looking at it
        for path in (f"{at}/notes", f"{at}/notes/hand-over", f"{at}/notes/{here.note}/correct"):
            assert browser.get(path).status_code == browser.post(path, {"text": "x"}).status_code == 404, path
    for role in others:
        seen(role)  # looking at the trail is in it
    before = {role: seen(role) for role in others}
    note = {"text": "Xylofoon in confidence.", "about": "0"}
    assert client("counselor").post(f"{at}/notes", note).status_code == 303
    for role in others:
        for name, text in seen(role).items():
            assert text == before[role][name], (role, name)
    assert not [role for role in others if f"{at}/notes" in Page(browsers[role].get(at)).links]


def test_the_other_counselor_does_not_see_that_there_are_notes(app: Any, two: Two) -> None:
    browser, pages = two.browser(two.second), ("", "/plan", "/log", "/log?all=1", "/team", "/people", "/notes")
    at = f"/incidents/{two.case.ref}"

    def seen() -> list[str]:
        return [
            Page(browser.get(path)).text for path in ("/", "/drafts", "/incidents?q=home", *(at + p for p in pages))
        ]

    seen()
    before = seen()
    note = write(two, two.first)
    assert seen() == before
    for part in (f"/{note.id}/correct", f"/{note.id}/hand-over"):
        assert browser.get(two.at + part).status_code == 404
        assert browser.post(two.at + part, {"text": "Mine now.", "receiver": str(two.second.id)}).status_code == 404


def test_no_word_of_a_note_stands_anywhere_but_in_its_row(two: Two, caplog: Any) -> None:
    write(two, two.first, "Xylofoon in confidence.")
    two.browser(two.first).get(two.at)
    tables = [table for table in database.db.get_tables() if table not in ("note",)]
    for table in tables:
        for row in database.db.execute_sql(f'SELECT * FROM "{table}"').fetchall():
            assert "xylofoon" not in str(row).lower(), table
    assert "Xylofoon" not in caplog.text
    assert [(one.subject, one.detail) for one in trail("care:note:write")] == [("note:1", {"incident": two.case.id})]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE note SET text = 'other'",
        "UPDATE note SET author_id = 2",
        "UPDATE note SET at = '2026-01-01'",
        "UPDATE note SET corrects_id = 1",
        "UPDATE note SET about_id = 1",
        "DELETE FROM note",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_note(two: Two, change: str) -> None:
    write(two, two.first)
    with pytest.raises(peewee.IntegrityError, match="note keeps what was written"):
        database.db.execute_sql(change)
    assert Note.get().text == WORDS


def gone(two: Two, how: str, cast: Any, now: Any) -> None:
    if how == "removed":
        remove_member(two.case, two.first, actor=cast["coordinator"], now=now)
    elif how == "kept out":
        keep_out(two.case, two.first, actor=cast["coordinator"], now=now)
    elif how == "row of being kept out":
        KeptOut.create(incident=two.case, person=two.first, since=now)
    elif how == "another function":
        here = (Membership.incident == two.case) & (Membership.person == two.first)
        Membership.update(function="care").where(here).execute()


@pytest.mark.parametrize("how", ["removed", "kept out", "row of being kept out", "another function"])
def test_who_is_no_counselor_there_any_more_reads_nothing(two: Two, cast: Any, clock: Any, how: str) -> None:
    note, browser = write(two, two.first), two.browser(two.first)
    form = next(form for form in Page(browser.get(two.at)).forms if "text" in form.names)
    gone(two, how, cast, clock.now())
    for path in (two.at, f"{two.at}/hand-over", f"{two.at}/{note.id}/correct", f"{two.at}/{note.id}/hand-over"):
        for htmx in (False, True):
            assert browser.get(path, htmx=htmx).status_code == 404
            # Also the form that was open before.
            assert browser.post(path, {**form.data, "text": "Written before."}, htmx=htmx).status_code == 404
    assert Note.select().count() == 1
    assert browser.post("/drafts", {"place": f"{two.at}#text", "text": "x"}).status_code == 404


def test_a_note_is_handed_over_read_on_and_told(two: Two, app: Any, client: Any, clock: Any, cast: Any) -> None:
    note, other = write(two, two.first), write(two, two.first, "Not this one.")
    answer = give(two, f"/{note.id}")
    assert (answer.status_code, answer.location) == (303, two.at)
    assert (Note.get_by_id(note.id).holder_id, Note.get_by_id(other.id).holder_id) == (two.second.id, two.first.id)
    assert mails("note") == [two.second.id]
    author, receiver = two.browser(two.first), two.browser(two.second)
    assert said(app, "Not read yet.") in Page(author.get(two.at)).text
    # Who got it finds it from the first page.
    assert two.at in Page(receiver.get("/")).links
    assert two.at not in Page(author.get("/")).links
    text = Page(receiver.get(two.at)).text
    assert WORDS in text
    assert "Not this one." not in text
    assert two.at not in Page(receiver.get("/")).links
    assert two.at in Page(author.get("/")).links
    page = Page(author.get(two.at))
    assert said(app, "Not read yet.") not in page.text
    assert f"{two.second.name}, " in page.text
    assert mails("note-read") == [two.first.id]
    # Once per hour: not at the second look, but in the next hour.
    receiver.get(two.at)
    assert len(trail("care:note:read")) == 3  # two by the author, one by the receiver
    receiver.come_back(clock.advance(hours=1))
    receiver.get(two.at)
    assert mails("note-read") == [two.first.id] * 2
    read = [event for event in trail("care:note:read") if event.actor_id == two.second.id]
    assert [(event.subject, event.detail) for event in read] == [(f"note:{note.id}", {"incident": two.case.id})] * 2
    # Going on with it is writing own notes; what was given is neither changed nor handed on.
    for part in (f"/{note.id}/correct", f"/{note.id}/hand-over"):
        assert receiver.get(two.at + part).status_code == 404
    assert receiver.post(two.at, {"text": "I went on."}).status_code == 303
    assert "I went on." not in author.get(two.at).text


def test_a_correction_goes_where_its_note_went(two: Two, app: Any) -> None:
    note = write(two, two.first)
    give(two, f"/{note.id}")
    author = two.browser(two.first)
    path = f"{two.at}/{note.id}/correct"
    assert two.second.name in Page(author.get(path)).text
    assert author.post(path, {"text": "Otherwise.", "about": "0"}).status_code == 303
    assert "Otherwise." in two.browser(two.second).get(two.at).text
    assert {row.holder_id for row in Note.select()} == {two.second.id}


def test_all_are_handed_over_at_once_with_their_corrections(two: Two) -> None:
    note = write(two, two.first)
    two.browser(two.first).post(f"{two.at}/{note.id}/correct", {"text": "Otherwise.", "about": "0"})
    write(two, two.first, "One more.")
    write(two, two.second, "Of the other.")
    assert give(two).status_code == 303
    assert {row.holder_id for row in Note.select()} == {two.second.id}
    assert mails("note") == [two.second.id]
    page = Page(two.browser(two.first).get(f"{two.at}/hand-over"))
    assert not [form for form in page.forms if "receiver" in form.names]
    assert "Of the other." not in two.browser(two.first).get(two.at).text


def test_an_author_gives_it_to_somebody_else_after_all(two: Two, cast: Any, clock: Any, team: Any) -> None:
    note = write(two, two.first)
    give(two, f"/{note.id}")
    Membership.create(incident=two.case, person=cast["care"], function="counselor", joined_at=clock.now())
    assert give(two, f"/{note.id}", receiver=str(cast["care"].id)).status_code == 303
    assert WORDS not in two.browser(two.second).get(two.at).text
    assert WORDS in two.browser(cast["care"]).get(two.at).text
    assert WORDS in two.browser(two.first).get(two.at).text


def test_sent_twice_it_is_handed_over_once(two: Two) -> None:
    note, browser = write(two, two.first), two.browser(two.first)
    path = f"{two.at}/{note.id}/hand-over"
    form = next(form for form in Page(browser.get(path)).forms if "receiver" in form.names)
    for _time in range(2):
        assert browser.post(path, {**form.data, "receiver": str(two.second.id)}).status_code == 303
    assert len(trail("care:note:hand-over")) == len(mails("note")) == 1


def meanwhile_handed_over(two: Two, cast: Any, now: Any) -> None:
    Note.update(holder=cast["care"]).execute()


def meanwhile_off_the_team(two: Two, cast: Any, now: Any) -> None:
    remove_member(two.case, two.second, actor=cast["coordinator"], now=now)


def meanwhile_kept_out(two: Two, cast: Any, now: Any) -> None:
    keep_out(two.case, two.second, actor=cast["coordinator"], now=now)


def meanwhile_left_the_school(two: Two, cast: Any, now: Any) -> None:
    type(two.second).update(left_at=now).where(type(two.second).id == two.second.id).execute()


def meanwhile_another_note(two: Two, cast: Any, now: Any) -> None:
    write(two, two.first, "In another tab.")


@pytest.mark.parametrize(
    "meanwhile",
    [
        meanwhile_handed_over,
        meanwhile_off_the_team,
        meanwhile_kept_out,
        meanwhile_left_the_school,
        meanwhile_another_note,
    ],
)
@pytest.mark.parametrize("part", ["", "/1"])
def test_what_changed_meanwhile_is_a_conflict(two: Two, cast: Any, clock: Any, meanwhile: Any, part: str) -> None:
    write(two, two.first)
    browser, path = two.browser(two.first), f"{two.at}{part}/hand-over"
    form = next(form for form in Page(browser.get(path)).forms if "receiver" in form.names)
    meanwhile(two, cast, clock.now())
    holders = [note.holder_id for note in Note.select()]
    answer = browser.post(path, {**form.data, "receiver": str(two.second.id)})
    one_note = meanwhile is meanwhile_another_note and part  # of which nothing changed
    assert answer.status_code == (303 if one_note else 409)
    assert one_note or [note.holder_id for note in Note.select()] == holders
    assert one_note or not mails("note")


def test_a_note_of_another_incident_is_not_there(two: Two, incident: Any, cast: Any) -> None:
    note, other = write(two, two.first), incident()
    for part in ("correct", "hand-over"):
        path = f"/incidents/{other.ref}/notes/{note.id}/{part}"
        assert two.browser(two.first).get(path).status_code == 404
        assert two.browser(two.first).post(path, {"text": "x"}).status_code == 404
    assert WORDS not in two.browser(two.first).get(f"/incidents/{other.ref}/notes").text


def test_joined_incidents_take_their_notes_along(two: Two, incident: Any, client: Any, clock: Any) -> None:
    victim = Involved.get(Involved.incident == two.case, Involved.part == "victim")
    write(two, two.first, about=str(victim.id))
    write(two, two.second, "Of the second.")
    draft = {"place": f"{two.at}#text", "text": "Not sent yet."}
    assert two.browser(two.first).post("/drafts", draft).status_code == 200
    target = incident(people=[], reporter="stranger")
    joined = client("coordinator").post(f"/incidents/{two.case.ref}/join", {"other": target.id, "checked": "y"})
    assert joined.status_code == 303
    there = f"/incidents/{target.ref}/notes"
    page = two.browser(two.first).get(there)
    assert WORDS in page.text
    assert "Not sent yet." in page.text
    assert "Of the second." not in page.text
    assert "Of the second." in two.browser(two.second).get(there).text
    assert {note.incident_id for note in Note.select()} == {target.id}
    # About whom it is stays somebody of their own, also where the other report told of nobody.
    assert Involved.get_by_id(victim.id).incident_id == target.id
    # The old address leads there.
    assert WORDS in two.browser(two.first).get(two.at).text


def test_who_is_not_on_the_team_of_the_joined_one_reads_no_notes(
    two: Two, incident: Any, client: Any, cast: Any
) -> None:
    write(two, two.first)
    target = incident(keep_out=("counselor",))
    assert client("coordinator").post(f"/incidents/{two.case.ref}/join", {"other": target.id}).status_code == 303
    for ref in (two.case.ref, target.ref):
        assert two.browser(two.first).get(f"/incidents/{ref}/notes").status_code == 404
