"""Guessing addresses and codes: every try counts, whoever tries from wherever, in however many workers."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal import create_app
from portal import db as database
from portal.audit.models import AuditEvent
from portal.incidents.models import Entry
from portal.links import rules
from portal.links.models import LinkVisit, SharedLink
from portal.notices.models import Mail
from tests.conftest import Browser, Worker, given_up
from tests.links.conftest import Lent


def wrong(lent: Lent, by: int = 1) -> str:
    return f"{(int(lent.code) + by) % 10**8:08}"


def try_code(lent: Lent, code: str, address: str = "192.0.2.7") -> Any:
    return lent.door().post(f"{lent.path}/code", {"code": code}, environ_base={"REMOTE_ADDR": address})


def guess(lent: Lent, times: int) -> list[int]:
    return [try_code(lent, wrong(lent, 1 + n), f"192.0.2.{n + 1}").status_code for n in range(times)]


def at_the_same_time(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each answered; all of them wait until everybody is there."""
    answers, ready = [], threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            ready.wait()
            answers.append(act())
        finally:
            database.forget_connections()

    with given_up():
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return answers


def ready_to_try(app: Any, path: str, code: str, number: int) -> Callable[[], int]:
    """A browser of its own, at an address of its own, about to send this code."""
    browser = Browser(app)
    data = {"csrf_token": browser.csrf_token(), "code": code}
    asked = {"data": data, "environ_base": {"REMOTE_ADDR": f"203.0.113.{number}"}}
    return lambda: browser.plain.post(f"{path}/code", **asked).status_code


def test_the_fifth_wrong_code_locks_it_for_a_quarter_of_an_hour_from_everywhere(lent: Lent, clock: Any) -> None:
    assert guess(lent, 5) == [422] * 4 + [429]
    refused = try_code(lent, lent.code, "198.51.100.9")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert lent.now_is.wrong == 5, "while it is locked nothing is counted, and nothing made longer"
    clock.advance(minutes=15)
    assert try_code(lent, lent.code).status_code == 303
    assert lent.now_is.wrong == 0


def test_the_fifteenth_ends_it_and_both_schools_are_told(lent: Lent, clock: Any) -> None:
    for _round in range(2):
        guess(lent, 5)
        clock.advance(minutes=16)
    Mail.delete().execute()
    assert guess(lent, 5) == [422] * 4 + [404]
    assert lent.now_is.dead_at == clock.now()
    assert try_code(lent, lent.code).status_code == 404
    assert lent.door().get(lent.path).status_code == 404
    told = {(mail.kind, mail.address) for mail in Mail.select()}
    assert told == {
        ("shared-dead", lent.link.email),
        ("links", "coordinator@baken.example"),
        ("links", "leadership@baken.example"),
    }
    assert "too many wrong codes" in Entry.select().order_by(Entry.id.desc()).get().event


def test_a_session_that_is_open_ends_with_the_link(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    SharedLink.update(wrong=14).execute()
    guess(lent, 1)
    assert browser.get(lent.path).status_code == 404


def test_who_comes_in_while_others_guess_is_not_hindered_by_the_lock(lent: Lent) -> None:
    browser = lent.visitor()
    guess(lent, 5)
    assert browser.get(lent.path).status_code == 200


@pytest.mark.parametrize("count", [0, 5, 10])
def test_codes_guessed_at_once_in_two_workers_all_count(lent: Lent, worker: Worker, clock: Any, count: int) -> None:
    """Thirty tries from thirty addresses: four are looked at, the fifth locks, and no other is looked at at all."""
    second = create_app(worker.app.extensions["settings"])
    second.extensions["clock"] = clock
    SharedLink.update(wrong=count).execute()
    tries = [ready_to_try((lent.app, second)[n % 2], lent.path, wrong(lent, n + 1), n) for n in range(30)]
    answers = at_the_same_time(tries)
    assert answers.count(422) == 4
    assert set(answers) == ({422, 404} if count == 10 else {422, 429})
    assert lent.now_is.wrong == count + 5
    assert bool(lent.now_is.dead_at) is (count == 10)
    assert AuditEvent.select().where(AuditEvent.action == "links:visit:refuse").count() == 5


def test_the_right_code_opens_nothing_while_it_is_locked_also_many_at_once(lent: Lent) -> None:
    guess(lent, 5)
    answers = at_the_same_time([ready_to_try(lent.app, lent.path, lent.code, n) for n in range(8)])
    assert answers == [429] * 8
    assert LinkVisit.select().count() == 0


def test_a_new_code_ends_the_old_one_and_its_sessions(lent: Lent) -> None:
    browser, old = lent.visitor(), lent.code
    SharedLink.update(code_number=2).where(SharedLink.id == lent.link.id).execute()
    assert 'name="code"' in browser.get(lent.path).text
    assert try_code(lent, old).status_code == 422
    assert try_code(lent, lent.code).status_code == 303


def test_the_code_of_one_link_opens_no_other(lent: Lent, other: Lent) -> None:
    assert try_code(other, lent.code).status_code == 422


@pytest.mark.parametrize("how", ["{}", "{:.2} {}", "-{}-", "{}\u00a0"])
def test_a_code_may_be_typed_as_it_was_heard(lent: Lent, how: str) -> None:
    code = rules.spoken(lent.code) if how == "{}" else lent.code
    typed = f"{code[:2]} {code[2:]}" if "{:.2}" in how else how.format(code)
    assert try_code(lent, typed).status_code == 303


@pytest.mark.parametrize("typed", ["", "1", "1" * 7, "1" * 9, "١٢٣٤٥٦٧٨", "x" * 10_000, "' OR 1=1 --"])
def test_what_is_no_code_opens_nothing(lent: Lent, typed: str) -> None:
    assert try_code(lent, typed).status_code == 422
    assert LinkVisit.select().count() == 0


def test_no_address_near_one_that_exists_is_one(lent: Lent) -> None:
    """256 bits of an HMAC: what can be tried is another text, part of it, or another case of its letters."""
    token = lent.path.removeprefix("/p/")
    near = {token[:-1], token + "A", token.swapcase(), token[1:], token[::-1], rules.hash_of(token), lent.link.nonce}
    near |= {token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))}
    browser = lent.door()
    assert {browser.get(f"/p/{one}").status_code for one in near} == {404}
    assert len(token) == 43


def test_the_database_alone_opens_no_link(lent: Lent) -> None:
    """Neither the address nor the code can be made of a row without the secret that lies with the keys."""
    row = lent.now_is
    kept = " ".join(str(value) for value in row.__data__.values())
    assert lent.path.removeprefix("/p/") not in kept
    assert lent.code not in kept
    other_secret = "0" * 64
    assert rules.token_of(row.nonce, other_secret) not in lent.path
    assert rules.code_of(row.nonce, 1, other_secret) != lent.code


def test_a_session_begins_with_a_secret_that_nobody_knew_before(lent: Lent) -> None:
    """Whoever put a cookie into the browser beforehand has nothing."""
    browser, name = lent.door(), f"link-{lent.link.token_hash[:12]}"
    browser.plain.set_cookie(name, "fixed-by-somebody")
    browser.post(f"{lent.path}/code", {"code": lent.code})
    assert browser.plain.get_cookie(name, "localhost").value != "fixed-by-somebody"
    thief = Browser(lent.app)
    thief.plain.set_cookie(name, "fixed-by-somebody")
    assert 'name="code"' in thief.get(lent.path).text


def test_the_cookie_is_for_this_host_alone_and_not_for_scripts(lent: Lent, worker: Worker, clock: Any) -> None:
    safe = create_app(replace(worker.app.extensions["settings"], base_url="https://localhost"))
    safe.extensions["clock"] = clock
    browser = Browser(safe)
    browser.get(lent.path, base_url="https://localhost")
    page = browser.get(lent.path, base_url="https://localhost")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = {"data": {"code": lent.code, "csrf_token": token}, "base_url": "https://localhost"}
    for referrer, status in (("https://localhost/", 303), ("https://evil.example/", 400)):
        with given_up():
            answer = browser.plain.post(f"{lent.path}/code", **sent, headers={"Referer": referrer})
        assert answer.status_code == status, "an origin is all that strict-origin tells, and enough"
        if status == 303:
            (cookie,) = (one for one in answer.headers.getlist("Set-Cookie") if "link-" in one)
            assert cookie.startswith("__Host-link-")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
            assert "Max-Age" not in cookie
            assert "Expires" not in cookie


def test_no_line_of_the_log_holds_the_address_or_the_code(lent: Lent, caplog: Any, server_log: Any) -> None:
    caplog.set_level("DEBUG")
    browser = lent.visitor()
    browser.get(f"{lent.path}/nothing")
    guess(lent, 2)
    for text in (caplog.text, server_log.getvalue()):
        assert lent.path.removeprefix("/p/") not in text
        assert lent.code not in text


def test_a_network_is_shown_as_a_neighbourhood(lent: Lent) -> None:
    """Neither school learns on which device or line of the other somebody works."""
    for address, told in (("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("x", "unknown")):
        assert rules.coarse(address) == told
    try_code(lent, lent.code, "192.0.2.77")
    assert LinkVisit.get().network == "192.0.2.0/24"
