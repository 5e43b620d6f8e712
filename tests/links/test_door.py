"""The address asks for the code, and the code opens this link and no other."""

from typing import Any

from portal.links.models import LinkVisit
from tests.links.conftest import Lent


def test_the_address_alone_shows_nothing_but_the_door(lent: Lent) -> None:
    page = lent.door().get(lent.path)
    assert page.status_code == 200
    assert 'name="code"' in page.text
    assert "Een leerling van u." not in page.text
    assert lent.now_is.opened_at is None


def test_the_code_opens_it(lent: Lent) -> None:
    page = lent.visitor().get(lent.path)
    assert "Een leerling van u." in page.text
    assert lent.now_is.opened_at


def test_a_wrong_code_opens_nothing(lent: Lent) -> None:
    browser = lent.door()
    wrong = f"{(int(lent.code) + 1) % 10**8:08}"
    answer = browser.post(f"{lent.path}/code", {"code": wrong})
    assert answer.status_code == 422
    assert lent.now_is.wrong == 1
    assert "Een leerling van u." not in browser.get(lent.path).text


def test_the_session_of_one_link_does_not_open_another(lent: Lent, other: Lent) -> None:
    browser = lent.visitor()
    assert 'name="code"' in browser.get(other.path).text


def test_a_session_lasts_half_an_hour_after_its_last_use(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    clock.advance(minutes=29)
    assert "Een leerling van u." in browser.get(lent.path).text
    clock.advance(minutes=31)
    assert 'name="code"' in browser.get(lent.path).text


def test_each_opening_is_its_own_session(lent: Lent) -> None:
    lent.visitor()
    lent.visitor()
    assert LinkVisit.select().where(LinkVisit.link == lent.link).count() == 2
