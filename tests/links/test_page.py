"""What who holds a link sees: exactly what was chosen, now, and each reading of it written down."""

from typing import Any

import pytest

from portal.actions.models import Action
from portal.audit.models import AuditEvent
from portal.db import db
from portal.errors import Missing
from portal.incidents.models import Entry, Involved
from portal.links.asks import operations as asks
from portal.links.kinds.rules import KINDS, PARTNER_SCHOOL, PERSON_FIELDS, Kind
from portal.links.making.rules import bases, purposes
from portal.links.models import LinkMessage, SharedLink, ShareVersion, Wording
from portal.links.page import operations, queries
from portal.links.page.queries import News, shown
from portal.school.models import School
from tests.conftest import MONDAY
from tests.links.conftest import Lent
from tests.reading import said
from tests.statements import counted
from tests.web.scene import shared_with

FIELDS = {"name": "Daan Anders", "class_name": "4H2", "age": "16", "part": "suspect", "school_name": "Het Lyceum"}
SAID = {
    "name": "Daan Anders", "class_name": "4H2", "age": "<dd>16</dd>", "part": "(vermoedelijke) maker of verspreider",
    "school_name": "<dd>Het Lyceum</dd>",
}  # fmt: skip
PAGES = ("", "/print", "/download")
ALL = (*PAGES, "/about", "/join", "/asks/new")


def share(lent: Lent, **content: Any) -> None:
    """Another version of what is shared, from now on."""
    number = lent.now_is.number + 1
    base = {"summary": "Een leerling van u.", "people": [], "statement": True, "feedback": True}
    made = {"made_by": lent.link.made_by_id, "made_at": MONDAY}
    ShareVersion.create(link=lent.link, number=number, content=base | content, **made)
    SharedLink.update(number=number).where(SharedLink.id == lent.link.id).execute()


def events(lent: Lent, action: str) -> list[dict[str, Any]]:
    rows = AuditEvent.select().where(AuditEvent.subject == lent.link.subject, AuditEvent.action == f"links:{action}")
    return [row.detail for row in rows.order_by(AuditEvent.id)]


@pytest.mark.parametrize("chosen", [(), *((name,) for name in PERSON_FIELDS), tuple(PERSON_FIELDS)])
def test_exactly_the_fields_that_were_chosen_are_shown(lent: Lent, chosen: tuple[str, ...]) -> None:
    fields = {name: FIELDS[name] for name in chosen}
    share(lent, people=[{"id": 1, "part": "suspect", "number": 1, "fields": fields}])
    browser = lent.visitor()
    for page in PAGES:
        text = browser.get(lent.path + page).text
        assert {name for name, words in SAID.items() if words in text} == set(chosen), page


def test_a_field_that_this_kind_may_not_have_is_not_shown_whatever_was_kept(lent: Lent) -> None:
    share(lent, people=[{"id": 1, "part": "suspect", "number": 1, "fields": {"account": "daan_x", "name": "Daan A."}}])
    text = lent.visitor().get(lent.path).text
    assert "Daan A." in text
    assert "daan_x" not in text


def test_a_section_that_this_kind_may_not_have_is_not_shown(
    lent: Lent, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    kind = KINDS[PARTNER_SCHOOL]
    monkeypatch.setitem(KINDS, PARTNER_SCHOOL, Kind(kind.name, kind.fields, frozenset(), kind.acts))  # type: ignore[arg-type]
    seen = shown(lent.link, clock.now())
    assert (seen.summary, seen.people, seen.asks, seen.statement, seen.feedback) == ("", [], [], False, False)


def test_what_our_staff_plan_and_note_on_an_asked_action_stays_with_us(lent: Lent) -> None:
    """How, where and what came of it are typed without a look at who reads them."""
    ours = {"how": "Bel eerst Noor Voorbeeld", "place": "kamer van Noor", "outcome": "Noor weet het", "state": "done"}
    Action.update(**ours).where(Action.id == lent.ask.action_id).execute()
    browser = lent.visitor()
    for page in (*ALL, f"/asks/{lent.ask.id}"):
        assert "Noor" not in browser.get(lent.path + page).text, page
    school = School.get().name
    assert said(lent.app, "Noted by %(school)s.", school=school) in browser.get(lent.path).text


def test_a_person_is_shown_as_shared_and_not_as_known_now(lent: Lent) -> None:
    Involved.update(name="Daan Later", class_name="5V1").where(Involved.name == "Daan Anders").execute()
    text = lent.visitor().get(lent.path).text
    assert "Daan Anders" in text
    assert "Daan Later" not in text


def test_each_reading_is_written_once_a_session_an_hour_and_a_version(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    for page in ("", "", f"/asks/{lent.ask.id}", "/about"):
        browser.get(lent.path + page)
    browser.get(lent.path + "/now", htmx=True)
    first = events(lent, "page:read")
    assert [one["version"] for one in first] == [1]
    assert {"visit", "network"} <= set(first[0])
    share(lent, summary="Anders.")
    browser.get(lent.path)
    assert [one["version"] for one in events(lent, "page:read")] == [1, 2]
    lent.visitor().get(lent.path)
    assert [one["version"] for one in events(lent, "page:read")] == [1, 2, 2]
    clock.advance(minutes=20)
    browser.get(lent.path)
    clock.advance(minutes=20)
    browser.get(lent.path)
    clock.advance(minutes=25)
    browser.get(lent.path)
    assert len(events(lent, "page:read")) == 4


def test_another_worker_does_not_write_the_reading_again(lent: Lent, clock: Any) -> None:
    lent.visitor().get(lent.path)
    visit = lent.link.visits[0]
    for _worker in range(2):
        db.connection().readings.clear()
        operations.note_read(lent.link, visit, 1, now=clock.now())
    assert len(events(lent, "page:read")) == 1


def test_printing_and_downloading_are_written_each_time(lent: Lent) -> None:
    browser = lent.visitor()
    for _time in range(2):
        browser.get(lent.path + "/print")
        browser.get(lent.path + "/download")
    assert [len(events(lent, f"page:{what}")) for what in ("print", "download")] == [2, 2]


def test_the_copy_stands_by_itself_and_its_name_says_nothing(lent: Lent, cast: Any, clock: Any) -> None:
    LinkMessage.create(link=lent.link, text="Bel ons even.", by_person=cast["coordinator"], at=clock.now())
    LinkMessage.create(link=lent.link, text="Wij bellen.", by_link=lent.link, at=clock.now())
    answer = lent.visitor().get(lent.path + "/download")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rustpunt.html"'
    for part in ("href=", "src=", "/p/", "<script", "<form"):
        assert part not in answer.text, part
    for part in ("Een leerling van u.", "Praat met de leerling", "Bel ons even.", "Wij bellen."):
        assert part in answer.text
    assert "<title>Rustpunt</title>" in answer.text


def test_paragraphs_stay_paragraphs_in_the_copy_which_has_no_style(lent: Lent) -> None:
    share(lent, summary="Eerst dit.\n\nDan dat.")
    text = lent.visitor().get(lent.path + "/download").text
    assert "<p>Eerst dit.</p><p>Dan dat.</p>" in text


def test_the_copy_has_our_statement_only_while_it_is_shared(lent: Lent, clock: Any) -> None:
    texts = {"nl": {"going": "Er gaat iets rond.", "why": "Wij zeggen wat er is."}}
    Wording.create(link=lent.link, whose="ours", number=1, texts=texts, at=clock.now())
    own = {"nl": {"text": "Wij zeggen hetzelfde."}}
    Wording.create(link=lent.link, whose="theirs", number=1, texts=own, by_link=lent.link, at=clock.now())
    browser = lent.visitor()
    for page in ("/print", "/download"):
        text = browser.get(lent.path + page).text
        assert "Er gaat iets rond." in text
        assert "Wij zeggen hetzelfde." in text
    share(lent, statement=False)
    for page in ("/print", "/download"):
        text = browser.get(lent.path + page).text
        assert "Er gaat iets rond." not in text
        assert "Wij zeggen hetzelfde." in text


def test_the_page_about_data_says_why_it_is_shared(lent: Lent) -> None:
    text = lent.visitor().get(lent.path + "/about").text
    for rows, key in ((purposes(), lent.link.purpose), (bases(), lent.link.basis)):
        assert rows[key]["title"]["nl"] in text


def test_an_open_page_shows_what_changed_and_is_silent_when_nothing_did(lent: Lent, clock: Any, cast: Any) -> None:
    browser = lent.visitor()
    first = browser.get(f"{lent.path}/now", htmx=True)
    assert 'id="page"' in first.text
    kept = {"HX-PTag": first.headers["HX-PTag"]}
    assert browser.get(f"{lent.path}/now", htmx=True, headers=kept).status_code == 304
    share(lent, summary="Er is nieuws.")
    changed = browser.get(f"{lent.path}/now", htmx=True, headers=kept)
    assert "Er is nieuws." in changed.text
    still = browser.get(f"{lent.path}/now?only=still", htmx=True)
    assert "Er is nieuws." not in still.text
    assert browser.get(f"{lent.path}/now").status_code == 303
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    for address in ("/now", "/now?only=still"):
        gone = browser.get(lent.path + address, htmx=True, headers=kept)
        assert gone.status_code == 404
        assert "Er is nieuws." not in gone.text


def test_what_is_new_elsewhere_stands_on_top(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"message": "%(who)s wrote", "values": {"who": "De school"}}
    monkeypatch.setattr(queries, "news", [lambda link, now: [News(message, "/messages")]])
    text = lent.visitor().get(lent.path).text
    assert "De school wrote" in text
    assert f'href="{lent.path}/messages"' in text


def test_who_takes_part_sees_first_what_is_left_to_do(lent: Lent) -> None:
    browser, what, asked = lent.visitor(), 'id="what"', 'id="asked"'
    new = browser.get(lent.path).text
    assert new.index(what) < new.index(asked)
    assert 'href="#asked"' in new
    browser.post(f"{lent.path}/join", {"answer": "yes"})
    known = browser.get(lent.path).text
    assert known.index(asked) < known.index(what)
    browser.post(f"{lent.path}/join", {"words": "Niet van ons."})
    declined = browser.get(lent.path).text
    assert declined.index(what) < declined.index(asked)
    assert 'href="#asked"' not in declined


def test_a_preview_says_the_same_as_the_page_and_leads_nowhere(lent: Lent, app: Any, clock: Any) -> None:
    draft = {
        "summary": "Een leerling van u.",
        "people": [{"id": 1, "part": "suspect", "number": 1, "fields": {"name": "Daan Anders"}}],
        "asks": [{"key": "", "title": "Praat", "how": "Rustig.", "due_at": MONDAY.isoformat()}],
        "statement": True,
        "feedback": False,
    }
    seen = shown(lent.link, clock.now(), content=draft)
    assert [(ask.title, ask.how, ask.due_at) for ask in seen.asks] == [("Praat", "Rustig.", MONDAY)]
    with app.test_request_context("/"):
        from flask import g, render_template

        g.clock, g.language = clock, "nl"
        school = {"name": "School", "coordinator_phone": ""}
        text = render_template("links/partner/_page.html", shown=seen, preview=True, school=school)
    for part in ("Daan Anders", "Praat", "Rustig."):
        assert part in text
    for part in ("<form", "data-live", "/p/"):
        assert part not in text
    assert "href" not in text.replace('href="#asked"', "").replace('href="tel:', "")


@pytest.mark.parametrize(
    ("act", "hidden"), [("align", "/statement"), ("write", "/messages"), ("invite", "/colleagues")]
)
def test_the_navigation_holds_only_what_this_kind_may(
    lent: Lent, monkeypatch: pytest.MonkeyPatch, act: str, hidden: str
) -> None:
    browser = lent.visitor()
    assert f'href="{lent.path}{hidden}"' in browser.get(lent.path).text
    kind = KINDS[PARTNER_SCHOOL]
    less = Kind(kind.name, kind.fields, kind.sections, kind.acts - {act})
    monkeypatch.setitem(KINDS, PARTNER_SCHOOL, less)  # type: ignore[arg-type]
    assert f'href="{lent.path}{hidden}"' not in browser.get(lent.path).text


def test_the_page_says_where_one_is(lent: Lent) -> None:
    browser = lent.visitor()
    assert f'<a href="{lent.path}" aria-current="page">' in browser.get(lent.path).text
    assert f'<a href="{lent.path}/about" aria-current="page">' in browser.get(lent.path + "/about").text


def test_a_poll_asks_the_same_however_much_was_asked(lent: Lent, cast: Any, clock: Any) -> None:
    browser = lent.visitor()
    browser.get(lent.path)

    def asked() -> int:
        with counted() as statements:
            assert browser.get(f"{lent.path}/now", htmx=True).status_code == 200
        return len(statements)

    before = asked()
    for number in range(5):
        values = {"key": "", "title": f"Nog iets {number}", "how": "", "due_at": None}
        made = asks.ask(lent.link, values, actor=cast["coordinator"], now=clock.now())
        asks.tick(made, "Klaar.", version=made.read_version, link=lent.link, visit=lent.link.visits[0], now=clock.now())
    assert asked() == before <= 5


# --- Taking part


def test_taking_part_is_one_button(lent: Lent) -> None:
    browser = lent.visitor()
    assert browser.post(f"{lent.path}/join", {"answer": "yes"}).status_code == 303
    assert lent.now_is.accepted_at
    assert len(events(lent, "link:accept")) == 1
    browser.post(f"{lent.path}/join", {"answer": "yes"})
    assert len(events(lent, "link:accept")) == 1
    assert 'value="yes"' not in browser.get(lent.path).text


def test_not_taking_part_asks_why_and_can_be_taken_back(lent: Lent) -> None:
    browser = lent.visitor()
    assert browser.post(f"{lent.path}/join", {"words": ""}).status_code == 422
    assert lent.now_is.declined_at is None
    words = "Wij kennen deze leerling niet."
    browser.post(f"{lent.path}/join", {"words": words})
    assert lent.now_is.declined_at
    page = browser.get(lent.path)
    assert page.status_code == 200
    assert words in page.text
    browser.post(f"{lent.path}/join", {"answer": "yes"})
    assert lent.now_is.declined_at is None
    lines = Entry.select().where(
        Entry.incident == lent.link.incident_id, Entry.text == "Wij kennen deze leerling niet."
    )
    assert lines.count() == 1


def test_a_colleague_takes_part_for_the_school(lent: Lent, app: Any, cast: Any, clock: Any) -> None:
    link, _ask = shared_with(lent.link.incident, cast["coordinator"], clock.now(), name="K. Collega")
    SharedLink.update(head=lent.link, number=0).where(SharedLink.id == link.id).execute()
    colleague = Lent(app, link, lent.ask)
    browser = colleague.visitor()
    assert "Een leerling van u." in browser.get(colleague.path).text
    browser.post(f"{colleague.path}/join", {"answer": "yes"})
    assert lent.now_is.accepted_at
    assert colleague.now_is.accepted_at is None


def test_what_ended_after_the_guard_looked_is_refused_in_the_transaction(lent: Lent, clock: Any) -> None:
    lent.visitor()
    by = {"visit": lent.link.visits[0], "now": clock.now()}
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    with pytest.raises(Missing):
        operations.join(lent.link, **by)
    with pytest.raises(Missing):
        operations.turn_down(lent.link, "Nee.", **by)


@pytest.mark.parametrize("sent", [{"answer": "yes"}, {"words": "Nee."}])
def test_after_the_end_nothing_is_accepted(lent: Lent, clock: Any, sent: dict[str, str]) -> None:
    browser = lent.visitor()
    SharedLink.update(ends_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    assert browser.post(f"{lent.path}/join", sent).status_code == 404
    assert lent.now_is.accepted_at is lent.now_is.declined_at is None
