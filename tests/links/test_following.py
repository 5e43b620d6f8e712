"""A link that was sent: its state and next step, changing what is shared, renewing, revoking, and the code."""

from datetime import timedelta
from typing import Any

import pytest

from portal.audit.operations import record
from portal.db import db
from portal.incidents.models import Entry, Incident, Involved
from portal.links import rules as links
from portal.links.making import rules
from portal.links.models import Ask, LinkVisit, SharedLink, ShareVersion
from portal.notices.models import Mail
from portal.policy import TEAM_FUNCTIONS, incident_verbs
from tests.conftest import MONDAY, Browser
from tests.links.conftest import PEOPLE
from tests.links.test_answers import send
from tests.links.test_making import at, fill, newest, sends
from tests.reading import Page, said
from tests.web.scene import shared_with
from tests.web.test_statements import asked

NOW = MONDAY
SENT = {"sent_at": NOW - timedelta(days=1), "ends_at": NOW + timedelta(days=41)}
READ = {**SENT, "opened_at": NOW}
# columns of a link, states of what was asked -> whether it is ours to do, and where the button leads
NEXT = [
    ({}, [], True, "/1"),
    (SENT, [], True, "/1/code"),
    ({**SENT, "sent_at": NOW - timedelta(days=2)}, [], True, "/1/code"),
    (READ, ["todo"], False, ""),
    ({**READ, "accepted_at": NOW}, ["todo"], False, ""),
    ({**READ, "accepted_at": NOW, "ends_at": NOW + timedelta(days=7)}, ["todo"], True, "/1/renew"),
    ({**READ, "accepted_at": NOW, "ends_at": NOW + timedelta(days=7)}, ["done"], False, ""),
    ({**READ, "accepted_at": NOW}, ["todo", "done"], False, ""),
    ({**READ, "declined_at": NOW}, ["todo"], True, "/new?like=1"),
    ({**READ, "ends_at": NOW}, ["todo"], True, "/1/renew"),
    ({**SENT, "dead_at": NOW}, ["todo"], True, "/new?like=1"),
    ({**READ, "revoked_at": NOW}, ["todo"], False, ""),
]


@pytest.mark.parametrize(("columns", "asked", "is_ours", "path"), NEXT)
def test_each_state_says_who_must_act_and_how(columns: Any, asked: list[str], is_ours: bool, path: str) -> None:
    link = SharedLink(id=1, **columns)
    found = rules.next_of(link, links.state_of(link, NOW, asked), NOW)
    assert (found.is_ours, found.path, bool(found.button)) == (is_ours, path, bool(path))


def test_every_state_has_a_next_step() -> None:
    assert rules._NEXT.keys() == links.STATES.keys()


def person(**values: Any) -> Involved:
    known = {"part": "suspect", "school": "other", "name": "Daan Anders", "age": 16, **values}
    return Involved(id=7, number=1, **known)


@pytest.mark.parametrize(
    ("known", "school", "ticked"),
    [
        ({"school_name": "Het Lyceum"}, "Lyceum", ["7-name", "7-age"]),
        ({"school_name": "het lyceum", "class_name": "4H"}, "Het Lyceum", ["7-name", "7-class_name", "7-age"]),
        ({"part": "victim", "school_name": "Het Lyceum"}, "Het Lyceum", ["7-name", "7-age"]),
        ({"school_name": "De Linde"}, "Het Lyceum", []),
        ({"school_name": ""}, "Het Lyceum", []),
        ({"school": "own", "school_name": "Het Lyceum"}, "Het Lyceum", []),
        ({"part": "parent", "school_name": "Het Lyceum"}, "Het Lyceum", []),
    ],
)
def test_what_is_ticked_beforehand(known: dict[str, str], school: str, ticked: list[str]) -> None:
    """Product rule 6: default none but the partner's own pupil."""
    assert rules.by_default("partner-school", school, [person(**known)]) == ticked


def read(lent: Any, version: int, now: Any) -> None:
    """Somebody at the other school read a version."""
    with db.atomic():
        record("links:page:read", lent.link.subject, actor_id=None, now=now, version=version)


def test_what_is_shared_is_changed_and_what_was_read_stays_listed(
    lent: Any, case: Incident, client: Any, clock: Any
) -> None:
    """Product rule 10: every version is kept, and the difference is in the logbook without a name."""
    read(lent, 1, clock.now())
    browser, visitor = client("coordinator"), lent.visitor()
    answer = fill(browser, at(case, f"{lent.link.id}/change"), summary="Het is rustig.", people=[])
    assert answer.status_code == 303
    assert [one.number for one in ShareVersion.select()] == [1, 2]
    assert ShareVersion.get(number=1).content["people"]
    page = browser.get(at(case, lent.link.id)).text
    assert "Een leerling van u." in page
    assert "Het is rustig." in page
    assert Entry.select().where(Entry.event == rules.EVENTS["changed"]).count() == 1
    said = str([entry.params for entry in Entry.select().where(Entry.event == rules.EVENTS["changed"])])
    assert "suspect" in said
    assert "Daan" not in said
    assert "Het is rustig." in visitor.get(lent.path).text
    assert Mail.select().where(Mail.kind == "shared-news").count() == 1


def test_the_same_again_is_no_change(lent: Any, case: Incident, client: Any) -> None:
    same = fill(client("coordinator"), at(case, f"{lent.link.id}/change"), summary="Een leerling van u.")
    assert same.status_code == 303
    assert ShareVersion.select().count() == 1


def test_a_change_that_names_somebody_else_is_refused_and_kept_in_the_form(
    lent: Any, case: Incident, client: Any
) -> None:
    answer = fill(client("leadership"), at(case, f"{lent.link.id}/change"), summary="Het was Noor Voorbeeld.")
    assert answer.status_code == 409
    assert "rp-finding--hard" in answer.text
    assert "Het was Noor Voorbeeld." in answer.text
    assert ShareVersion.select().count() == 1


def test_two_changes_at_once_lose_nothing(lent: Any, case: Incident, client: Any) -> None:
    browser, other = client("coordinator"), client("leadership")
    page = at(case, f"{lent.link.id}/change")
    form = next(one for one in Page(browser.get(page)).forms if "summary" in one.names)
    assert fill(other, page, summary="Van de een.").status_code == 303
    answer = browser.post(page, form.with_(summary="Van de ander."))
    assert answer.status_code == 409
    assert "Van de een." in answer.text
    assert "Van de ander." in answer.text


def test_a_new_code_ends_every_session_and_lifts_the_lock(lent: Any, case: Incident, client: Any) -> None:
    before, visitor = lent.code, lent.visitor()
    for _time in range(5):
        lent.door().post(f"{lent.path}/code", {"code": "0"})
    assert client("coordinator").post(at(case, f"{lent.link.id}/code"), {}).status_code == 303
    assert lent.code != before
    assert visitor.post(f"{lent.path}/code", {"code": before}).status_code == 422
    assert "<form" in visitor.get(lent.path).text  # the door
    assert lent.now_is.locked_until is None
    assert all(visit.ended_at for visit in LinkVisit.select())
    assert lent.visitor()


def test_it_is_renewed_also_when_it_had_ended(lent: Any, case: Incident, client: Any, clock: Any) -> None:
    clock.advance(days=43)
    assert lent.door().get(lent.path).status_code == 404
    browser = client("coordinator")
    assert fill(browser, at(case, f"{lent.link.id}/renew"), days="28").status_code == 303
    assert (lent.now_is.ends_at - clock.now()).days == 28
    assert lent.door().get(lent.path).status_code == 200
    assert browser.post(at(case, f"{lent.link.id}/renew"), {"days": "91"}).status_code == 422


def test_it_is_revoked_with_its_colleagues_and_stays_so(
    app: Any, lent: Any, case: Incident, cast: Any, client: Any, clock: Any
) -> None:
    under, _asked = shared_with(case, cast["coordinator"], clock.now(), head=lent.link, name="C. Collega")
    visitor, browser = lent.visitor(), client("leadership")
    read(lent, 1, clock.now())
    page = at(case, f"{lent.link.id}/revoke")
    assert "P. Partner" in browser.get(page).text  # who read what
    assert browser.post(page, {"words": ""}).status_code == 422
    assert fill(browser, page, words="Verkeerde school.").status_code == 303
    assert visitor.get(lent.path).status_code == 404
    assert SharedLink.get_by_id(under.id).revoked_at
    assert all(visit.ended_at for visit in LinkVisit.select())
    assert Browser(app).get(links.path_of(under.nonce, app.secret_key)).status_code == 404
    assert browser.post(page, {"words": "Nog eens."}).status_code == 409
    assert browser.post(at(case, f"{lent.link.id}/renew"), {"days": "28"}).status_code == 409
    assert browser.post(at(case, f"{lent.link.id}/code"), {}).status_code == 409


def test_a_new_link_takes_the_place_of_one_that_was_declined(
    lent: Any, case: Incident, client: Any, clock: Any
) -> None:
    """What was not done yet goes along, and the first one ends."""
    done = Ask.create(link=lent.link, action=_copy_of(lent.ask.action, state="done"))
    SharedLink.update(declined_at=clock.now(), opened_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    browser = client("coordinator")
    assert f"{at(case, 'new')}?like={lent.link.id}" in browser.get(at(case)).text
    new = {"name": "Q. Ander", "email": "q@lyceum.example", "phone": "010-5550203", "function": ""}
    assert fill(browser, f"{at(case, 'new')}?like={lent.link.id}", **new).status_code == 303
    made = newest()
    assert (made.school, made.purpose) == (lent.link.school, lent.link.purpose)
    assert sends(browser, case, made).status_code == 303
    assert {ask.link_id for ask in Ask.select().where(Ask.id == lent.ask.id)} == {made.id}
    assert Ask.get_by_id(done.id).link_id == lent.link.id
    assert lent.now_is.revoked_at
    assert newest().id == made.id


def test_a_new_link_comes_in_the_place_of_one_that_was_sent_only(
    case: Incident, incident: Any, cast: Any, client: Any, clock: Any
) -> None:
    elsewhere, _asked = shared_with(incident(people=PEOPLE), cast["coordinator"], clock.now())
    draft, _asked = shared_with(case, cast["coordinator"], clock.now(), sent_at=None, ends_at=None)
    for number in (elsewhere.id, draft.id, 999):
        assert client("coordinator").get(f"{at(case, 'new')}?like={number}").status_code == 404


def _copy_of(action: Any, **other: Any) -> Any:
    columns = {name: value for name, value in action.__data__.items() if name != "id"}
    return type(action).create(**{**columns, **other})


def test_who_sees_no_names_sees_no_word_of_what_is_shared(lent: Any, case: Incident, client: Any) -> None:
    read_it, pages = ("Een leerling van u.", "Daan"), (at(case), at(case, lent.link.id))
    for page in pages:
        text = client("communication").get(page).text
        assert "Het Lyceum" in text
        assert not [word for word in read_it if word in text], page
    assert "Een leerling van u." in client("counselor").get(pages[1]).text


def test_every_link_of_our_pages_and_of_theirs_leads_somewhere(lent: Any, case: Incident, client: Any) -> None:
    ours, theirs = client("coordinator"), lent.visitor()
    theirs.post(f"{lent.path}/colleagues", {"name": "H. Aydin", "email": "h@lyceum.example", "phone": "010-5550201"})
    assert send(theirs, lent, "decline", words="Niet van ons.").status_code == 303
    for browser, first, below in ((ours, at(case), at(case)), (theirs, lent.path, lent.path)):
        todo, seen = [first], set()
        while todo:
            address = todo.pop()
            seen.add(address)
            answer = browser.get(address)
            assert answer.status_code == 200, address
            page = Page(answer)
            here = [link.split("#")[0].split("?")[0] for link in page.links if link.startswith("/")]
            places = [*here, *(form.action for form in page.forms)]
            wrong = [
                place
                for place in places
                if place.startswith(("/links", "/asks", "/messages", "/statement", "/colleagues"))
            ]
            assert not wrong, (address, wrong)
            todo += [link for link in {*here} if link.startswith(below) and link not in {*seen, *todo}]
        assert len(seen) > 8, seen


def test_what_was_asked_says_how_it_stands_for_both(lent: Any, case: Incident, client: Any, app: Any) -> None:
    """Also what they added themselves, of which the plan has no title."""
    visitor = lent.visitor()
    assert send(visitor, lent, "decline", words="Niet van ons.").status_code == 303
    visitor.post(f"{lent.path}/asks/new", {"title": "Mentoren bijgepraat"})
    page = client("coordinator").get(at(case, lent.link.id)).text
    assert said(app, "cannot be done") in page
    assert "Mentoren bijgepraat" in page
    assert f"{at(case, lent.link.id)}/ask#ask-{lent.ask.id}" in page
    text = client("communication").get(at(case, lent.link.id)).text
    assert "Mentoren bijgepraat" not in text
    assert said(app, "What the other school does itself") in text


def test_who_may_only_read_finds_no_button(lent: Any, case: Incident, client: Any) -> None:
    for function in TEAM_FUNCTIONS:
        verbs = incident_verbs("links", [function])
        page = client(function).get(at(case, lent.link.id))
        assert (page.status_code == 200) == bool(verbs), function
        assert (f"{lent.link.id}/revoke" in page.text) == ("revoke" in verbs), function


def test_nothing_changes_in_an_ended_incident(lent: Any, case: Incident, client: Any) -> None:
    Incident.update(state="ended").execute()
    browser = client("coordinator")
    words = {"words": "Weg.", "days": "28", "summary": "Anders.", "version": "1"}
    for part in ("change", "renew", "revoke", "code"):
        assert browser.post(at(case, f"{lent.link.id}/{part}"), words).status_code == 409, part
    assert browser.post(at(case, "new"), {"school": "x", "name": "y"}).status_code in (409, 422)


@pytest.mark.parametrize("function", ["coordinator", "communication"])
def test_every_link_on_our_pages_leads_somewhere(
    app: Any, lent: Any, case: Incident, client: Any, function: str
) -> None:
    """With all that can wait for us, and an action of theirs, whose words are for who reads names."""
    visitor, path = lent.visitor(), lent.path
    colleague = {"name": "H. Aydin", "email": "h@lyceum.example", "phone": "010-5550201", "language": "nl"}
    for page, typed in (
        ("messages", {"text": "Bent u er?"}),
        ("worry", {"text": "Het gaat niet goed.", "danger": "no"}),
        ("colleagues", colleague),
        ("statement/lay", {"text": "Wij zoeken dit uit."}),
        (f"asks/{lent.ask.id}/decline", {"words": "Dat kan niet.", "version": "2"}),
        ("asks/new", {"title": "Praten met Noor"}),
    ):
        assert visitor.post(f"{path}/{page}", typed).status_code == 303, page
    browser, told = client(function), case.ref
    for page in (at(case), at(case, lent.link.id)):
        everywhere = Page(browser.get(page)).links
        assert not [one for one in everywhere if one.startswith("/links")], "each is below the incident"
        links = {one for one in everywhere if told in one and "#" not in one}
        for part in ("messages", "colleagues", "statement", "ask"):
            assert at(case, f"{lent.link.id}/{part}") in links
        assert {one: browser.get(one).status_code for one in links} == dict.fromkeys(links, 200)
    assert ("Praten met Noor" in browser.get(page).text) is (function == "coordinator")
    assert said(app, "cannot be done") in browser.get(page).text


def test_an_empty_list_says_what_it_is_for_and_where_to_begin(case: Incident, client: Any) -> None:
    assert at(case, "new") in client("coordinator").get(at(case)).text
    assert at(case, "new") not in client("counselor").get(at(case)).text


def test_the_pages_of_links_ask_the_same_at_any_size(
    lent: Any, case: Incident, cast: Any, client: Any, clock: Any
) -> None:
    """However much was asked, read and changed, and however many colleagues and schools came."""
    pages, browser = {at(case): 7, at(case, lent.link.id): 8}, client("coordinator")
    before = {page: len(asked(browser, page)) for page in pages}
    for number in range(2, 6):
        read(lent, number - 1, clock.now())
        ShareVersion.create(
            link=lent.link,
            number=number,
            content=ShareVersion.get(number=1).content,
            made_by=cast["leadership"],
            made_at=clock.now(),
        )
        Ask.create(link=lent.link, action=_copy_of(lent.ask.action))
        shared_with(case, cast["leadership"], clock.now(), head=lent.link, name=f"C. Collega {number}")
    for page, most in pages.items():
        after = asked(browser, page)
        assert len(after) == before[page] <= most, "\n".join(after)
