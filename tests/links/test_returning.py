"""A session that has ended: what was typed is shown at the door, and sent after the code with one button."""

from dataclasses import replace
from typing import Any

import pytest

from portal.links.models import LinkMessage, LinkVisit, SharedLink
from tests.links.conftest import Lent
from tests.links.test_typing import SAID, speaking
from tests.reading import Page

__all__ = ["speaking"]


@pytest.fixture
def lent(lent: Lent, speaking: Any) -> Lent:
    return replace(lent, app=speaking)


@pytest.fixture
def other(other: Lent, speaking: Any) -> Lent:
    return replace(other, app=speaking)


def refused(lent: Lent, clock: Any, *, htmx: bool = False) -> Any:
    """A browser whose session ended while something was typed, and what it was answered."""
    browser = lent.visitor()
    clock.advance(minutes=31)
    answer = browser.post(f"{lent.path}/say", {"words": SAID, "once": "a" * 32}, htmx=htmx)
    assert answer.status_code == 401
    return browser, answer


def door(answer: Any) -> Any:
    return Page(answer).form("/code")


@pytest.mark.parametrize("htmx", [False, True])
def test_what_was_typed_is_shown_and_sent_after_the_code(lent: Lent, clock: Any, htmx: bool) -> None:
    browser, answer = refused(lent, clock, htmx=htmx)
    assert SAID in answer.text
    assert ("<html" in answer.text) is not htmx
    assert (answer.headers.get("HX-Retarget") == "#main") is htmx
    back = browser.post(f"{lent.path}/code", door(answer).with_(code=lent.code))
    assert back.status_code == 200
    assert SAID in back.text
    assert LinkMessage.select().count() == 0, "nothing is sent without asking"
    form = Page(back).form("/say")
    for _time in range(2):
        assert browser.post(form.action, form.data).status_code == 303
    assert LinkMessage.get().text == SAID


def test_a_wrong_code_loses_nothing(lent: Lent, clock: Any) -> None:
    browser, answer = refused(lent, clock)
    again = browser.post(f"{lent.path}/code", door(answer).with_(code="00"))
    assert again.status_code == 422
    assert SAID in again.text
    back = browser.post(f"{lent.path}/code", door(again).with_(code=lent.code))
    assert SAID in back.text


def test_what_was_typed_on_one_link_is_not_sent_on_another(lent: Lent, other: Lent, clock: Any) -> None:
    browser, answer = refused(lent, clock)
    fields = door(answer).with_(code=other.code)
    there = browser.post(f"{other.path}/code", fields)
    assert there.status_code == 303
    assert SAID not in there.text


def test_a_form_that_was_not_signed_by_us_is_left_out(lent: Lent) -> None:
    answer = lent.door().post(f"{lent.path}/code", {"code": lent.code, "carried": "made-up"})
    assert (answer.status_code, answer.location) == (303, lent.path)


def test_what_is_carried_holds_nothing_of_the_address(lent: Lent, clock: Any) -> None:
    _browser, answer = refused(lent, clock)
    assert lent.path.removeprefix("/p/") not in door(answer).first("carried")


def test_a_link_that_ended_meanwhile_shows_the_words_back_and_nothing_else(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    SharedLink.update(revoked_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    answer = browser.post(f"{lent.path}/say", {"words": SAID})
    assert answer.status_code == 404
    assert SAID in answer.text
    assert LinkMessage.select().count() == 0


def test_a_poll_is_told_to_go_to_the_door_and_does_not_make_the_session_last(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    clock.advance(minutes=20)
    browser.get(lent.path, htmx=True, headers={"By-Itself": "1"})
    clock.advance(minutes=11)
    answer = browser.get(f"{lent.path}/say", htmx=True, headers={"By-Itself": "1"})
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (401, lent.path, "")


def test_a_session_does_not_last_longer_than_twelve_hours(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    for _half in range(12 * 3):
        clock.advance(minutes=20)
        last = browser.get(lent.path).text
    assert 'name="code"' in last


def test_leaving_ends_it_and_clears_the_browser(lent: Lent) -> None:
    browser = lent.visitor()
    copied = browser.plain.get_cookie(f"link-{lent.link.token_hash[:12]}", "localhost")
    gone = browser.post(f"{lent.path}/leave")
    assert (gone.status_code, gone.location) == (303, lent.path)
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.plain.get_cookie(f"link-{lent.link.token_hash[:12]}", "localhost") is None
    browser.plain.set_cookie(copied.key, copied.value)
    assert 'name="code"' in browser.get(lent.path).text


def test_who_comes_in_again_has_one_session(lent: Lent) -> None:
    browser = lent.visitor()
    browser.post(f"{lent.path}/code", {"code": lent.code})
    assert LinkVisit.select().where(LinkVisit.ended_at.is_null()).count() == 1
