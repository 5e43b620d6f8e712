"""Guessing is slowed down, whoever guesses and from where, and nobody who works here is locked out by it."""

import re
from datetime import timedelta
from typing import Any

import pytest

from portal import create_app, demo
from portal import db as database
from portal.accounts import operations as accounts
from portal.accounts.devices.operations import MOST
from portal.accounts.entry import operations as entry
from portal.accounts.entry.rules import MOST_OF_NOBODY, Visitor
from portal.accounts.models import Failure, Person, SignIn, Turn
from portal.accounts.throttle import operations as throttle
from portal.audit.models import AuditEvent
from portal.notices.models import Mail
from portal.notices.operations import compose
from tests.conftest import Browser, at_once, given_up, settings_in
from tests.reading import Page
from tests.statements import counted

SCHOOL, HOME = "192.0.2.10", "198.51.100.20"

NEW = "drie fietsen in de regen"


def try_(
    browser: Any,
    name: str = "mentor",
    password: str = "wrong",
    address: str = SCHOOL,
    path: str = "/login",
    **more: Any,
) -> Any:
    form = {"email": f"{name}@baken.example", "password": password, **more}
    return browser.post(path, form, environ_overrides={"REMOTE_ADDR": address})


def right(browser: Any, name: str = "mentor", address: str = SCHOOL) -> Any:
    return try_(browser, name, demo.PASSWORD, address)


def guess(client: Any, number: int, name: str = "mentor", address: str = SCHOOL) -> list[int]:
    return [try_(client(), name, address=address).status_code for _time in range(number)]


def trail(action: str) -> int:
    count: int = AuditEvent.select().where(AuditEvent.action == f"account:sign-in:{action}").count()
    return count


def test_the_sixth_wrong_try_is_refused_and_so_is_the_right_password_then(client: Any, clock: Any) -> None:
    assert guess(client, 6) == [422] * 5 + [429]
    assert Failure.select().count() == 12  # of the account and of the address
    browser = client()
    answer = right(browser)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert 'value="mentor@baken.example"' in answer.text
    assert demo.PASSWORD not in answer.text
    assert "data-error-summary" in answer.text
    assert (Failure.select().count(), SignIn.select().count()) == (12, 0)  # nothing more is counted
    clock.advance(seconds=59)
    assert right(browser).status_code == 429
    clock.advance(seconds=1)
    assert right(browser).status_code == 303


def test_the_wait_grows_with_each_failure_up_to_half_an_hour(client: Any, clock: Any) -> None:
    guess(client, 6)
    waits = []
    for _time in range(7):
        wait = int(right(client()).headers["Retry-After"])
        waits.append(wait // 60)
        clock.advance(seconds=wait)
        assert try_(client()).status_code == 429  # tried, wrong, and refused at once again
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    # The trail has a line per failure, and none per refused try.
    assert (trail("fail"), trail("throttle")) == (5, 8)
    guess(client, 50)
    assert (trail("fail"), trail("throttle")) == (5, 8)


def test_it_holds_in_another_worker_and_after_a_restart(app: Any, worker: Any, client: Any, clock: Any) -> None:
    guess(client, 6)
    with given_up():
        database.forget_connections()
    other = create_app(app.extensions["settings"])
    other.extensions["clock"] = clock
    assert right(Browser(other)).status_code == 429


@pytest.mark.parametrize("how", ["/session", "/login/again"])
def test_every_way_to_sign_in_counts_and_refuses(incident: Any, client: Any, cast: Any, how: str) -> None:
    case, browser = incident(), client("mentor")
    browser.csrf_token()
    more = {"person": cast["mentor"].id}
    SignIn.delete().execute()
    if how == "/login/again":
        refused = browser.post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "Said by the father."})
        more = {"carried": Page(refused).form(how).first("carried")}
    for _time in range(5):
        assert try_(browser, path=how, **more).status_code == 422
    answers = [try_(browser, path=how, **more), try_(browser, "mentor", demo.PASSWORD, path=how, **more)]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert [answer.headers["Retry-After"] for answer in answers] == ["60", "60"]
    if how == "/login/again":
        assert "Said by the father." in answers[1].text
    assert guess(client, 1) == [429]


def test_a_device_that_was_used_before_is_not_refused_by_what_others_do(client: Any, clock: Any) -> None:
    own, stranger = client(), client()
    assert right(own).status_code == 303
    own.post("/logout")  # the device stays known
    guess(client, 8)
    assert right(stranger).status_code == 429
    assert right(own, address=HOME).status_code == 303


def test_a_stolen_mark_of_a_device_gives_no_endless_guessing(client: Any, clock: Any) -> None:
    own = client()
    right(own)
    own.post("/logout")
    assert [try_(own).status_code for _time in range(6)] == [422] * 5 + [429]
    assert right(own).status_code == 429
    # The owner elsewhere is not held up by it, and the address neither.
    assert right(client()).status_code == 303


def mark(browser: Any) -> str:
    with given_up():
        cookie = browser.plain.get_cookie("rustpunt-device")
    return cookie.value if cookie else ""


def with_mark(client: Any, value: str) -> Any:
    browser = client()
    browser.plain.set_cookie("rustpunt-device", value)
    return browser


def test_a_mark_is_worth_nothing_for_another_account_or_when_changed(client: Any) -> None:
    own = client()
    right(own)
    value = mark(own)
    assert re.fullmatch(r"[A-Za-z0-9_-]{12}[0-9a-f]{32}", value)
    guess(client, 6)
    guess(client, 6, "care")
    flipped = value[:-1] + ("0" if value[-1] != "0" else "1")
    bad = (
        "",
        value[:-1],
        flipped,
        value.upper(),
        ("b" if value[0] == "a" else "a") + value[1:],
        "x" * 3000,
        ".".join([flipped] * 8 + [value]),
    )
    assert [right(with_mark(client, one)).status_code for one in bad] == [429] * len(bad)
    assert right(with_mark(client, value), "care").status_code == 429
    assert right(with_mark(client, value)).status_code == 303


def test_a_mark_ends_with_a_reset_and_with_the_account(client: Any, cast: Any, clock: Any) -> None:
    own = client()
    right(own)
    value = mark(own)
    person = Person.get_by_id(cast["mentor"].id)
    entry.begin(person, Visitor(), now=clock.now())
    accounts.change_password(person, demo.PASSWORD, NEW, now=clock.now())
    guess(client, 6)
    assert try_(with_mark(client, value), password=NEW).status_code == 429
    Person.update(left_at=clock.now()).where(Person.id == cast["care"].id).execute()
    answer = right(client(), "care")
    assert (answer.status_code, SignIn.select().where(SignIn.person == cast["care"]).count()) == (422, 0)


def test_several_accounts_are_known_of_one_device_but_no_endless_number(client: Any, cast: Any) -> None:
    shared = client()
    names = [
        "coordinator",
        "leadership",
        "counselor",
        "care",
        "mentor",
        "communication",
        "teacher",
        "admin",
        "stranger",
    ]
    for name in names:
        right(shared, name)
        shared.post("/logout")
    assert len(mark(shared).split(".")) == MOST == 8
    for name in names:
        guess(client, 6, name, HOME)
    statuses = {name: right(with_mark(client, mark(shared)), name).status_code for name in names}
    assert statuses == {name: 429 if name == "coordinator" else 303 for name in names}


def test_a_pupil_on_the_wifi_of_the_school_does_not_lock_out_staff(client: Any, cast: Any, clock: Any) -> None:
    """One address for the whole school: wrong tries from it delay others a little, and lock out nobody."""
    known = client()
    right(known, "care")
    known.post("/logout")
    for number in range(40):
        try_(client(), f"made-up-{number // 2}")
        clock.advance(seconds=1)
    waiting = client()
    answer = right(waiting)
    assert answer.status_code == 429
    wait = int(answer.headers["Retry-After"])
    assert 2 <= wait <= 30
    # The pupil goes on without a pause; the turn of the mentor comes all the same.
    for second in range(wait):
        clock.advance(seconds=1)
        try_(client(), f"again-{second}")
        if second + 1 < wait:
            assert right(waiting).status_code == 429
    assert right(waiting).status_code == 303
    assert right(known, "care").status_code == 303, "a known device does not wait at all"
    assert right(client(), "leadership", HOME).status_code == 303, "nor does another address"


def test_a_turn_is_used_up_by_one_try_and_does_not_wait_for_ever(client: Any, clock: Any) -> None:
    guess(client, 20, "nobody-a")
    for number in range(16):
        guess(client, 1, f"nobody-{number}")
    assert try_(client()).status_code == 429
    clock.advance(seconds=30)
    assert [try_(client()).status_code for _time in range(2)] == [422, 429]
    clock.advance(seconds=1)
    assert Turn.select().count() > 0
    clock.advance(minutes=16)
    assert right(client()).status_code == 303, "after a quarter of an hour the address is as any other"
    throttle.clear_old(clock.now())
    assert Turn.select().count() == 0


def test_tries_at_the_same_moment_are_counted_before_they_are_checked(
    app: Any, school: Any, cast: Any, clock: Any, monkeypatch: Any
) -> None:
    checked: list[str] = []

    def wrong(person: Any, password: str) -> bool:
        checked.append(password)
        return False

    monkeypatch.setattr(accounts, "matches", wrong)
    at_once(
        app, school, lambda: entry.sign_in("mentor@baken.example", "x", now=clock.now(), visitor=Visitor(SCHOOL)), 12
    )
    assert len(checked) == 6


def test_other_things_can_be_counted_too(school: Any, clock: Any) -> None:
    """As a second factor does: by its own parts, apart from all others."""
    mine, now = ("factor", 5), clock.now()
    assert [throttle.reserve(mine, now) for _time in range(6)] == [None] * 6
    assert throttle.reserve(mine, now) == throttle.now_refused(mine, now) == timedelta(minutes=1)
    assert throttle.reserve(("factor", 6), now) is None
    throttle.forget(mine)
    assert throttle.reserve(mine, now) is None


def test_at_an_open_laptop_nobody_guesses_the_password_either(client: Any, clock: Any) -> None:
    browser, new = client("mentor"), "drie fietsen in de regen"

    def change(old: str, wanted: str = new) -> int:
        status: int = browser.post("/account/password", {"old": old, "new": wanted}).status_code
        return status

    assert [change(demo.PASSWORD, "short") for _time in range(8)] == [422] * 8, "that was no guess"
    assert [change("wrong") for _time in range(8)] == [422] * 6 + [429] * 2
    assert change(demo.PASSWORD) == 429
    clock.advance(minutes=1)
    assert change(demo.PASSWORD) == 303


def test_success_takes_its_own_try_back(client: Any) -> None:
    for _time in range(30):
        assert right(client()).status_code == 303
    assert Failure.select().count() == 0
    guess(client, 5)
    assert right(client()).status_code == 303
    assert Failure.select().count() == 10


def test_who_does_not_exist_is_refused_alike(client: Any) -> None:
    """Same status, same text, same number of statements, whatever comes of it."""

    def told(name: str) -> list[Any]:
        said = []
        for number in range(7):
            with counted() as statements:
                answer = try_(client(), name, address=f"192.0.2.{number}")
            text = re.sub(r'value="[^"]{50,}"', "", answer.text).replace(name, "…")
            said.append((answer.status_code, answer.headers.get("Retry-After"), text, len(statements)))
        return said

    client().get("/login")  # the first request of all looks at the migrations
    assert told("mentor") == told("nobody")
    # Also once the trail holds enough of what nobody has an account for.
    for name in ("nobody-else", "nobody-at-all"):
        guess(client, 6, name, HOME)
    with counted() as real:
        try_(client(), "care", address=HOME)
    with counted() as made_up:
        try_(client(), "nobody-more", address=HOME)
    assert len(real) == len(made_up)


def test_the_trail_of_who_has_no_account_is_bounded(client: Any, clock: Any) -> None:
    for number in range(30):
        guess(client, 1, f"made-up-{number}", f"192.0.2.{number}")
    assert trail("fail") == MOST_OF_NOBODY
    guess(client, 1)
    assert trail("fail") == MOST_OF_NOBODY + 1, "what happens to an account is always there"
    clock.advance(hours=1)
    guess(client, 1, "made-up-again")
    assert trail("fail") == MOST_OF_NOBODY + 2


def test_what_is_kept_of_it_tells_nobody_who_tried_what(client: Any, app: Any) -> None:
    guess(client, 7)
    guess(client, 21, "nobody")
    kept = str(list(Failure.select().dicts())) + str(list(Turn.select().dicts()))
    assert not [word for word in ("mentor", "nobody", "baken", SCHOOL) if word in kept]
    assert all(len(failure.key) == 64 for failure in Failure.select())


def test_what_is_old_is_cleared_and_there_is_never_more_than_so_much(client: Any, clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(throttle, "MOST_FAILURES", 50)
    monkeypatch.setattr(throttle, "MOST_TURNS", 5)
    for number in range(60):
        guess(client, 1, f"made-up-{number}")
    assert 40 <= Failure.select().count() <= 50
    assert Turn.select().count() == 5
    throttle.clear_old(clock.now())
    assert Failure.select().exists()
    throttle.clear_old(clock.advance(hours=24))
    assert not Failure.select().exists()
    assert not Turn.select().exists()


def test_a_new_device_is_told_to_its_owner_but_not_the_first_one(client: Any, cast: Any, clock: Any, app: Any) -> None:
    phone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"}
    first = client()
    right(first)
    assert Mail.select().where(Mail.kind == "device").count() == 0
    first.post("/logout")
    right(first)
    assert Mail.select().where(Mail.kind == "device").count() == 0
    clock.advance(minutes=5)
    form = {"email": "mentor@baken.example", "password": demo.PASSWORD}
    assert client().post("/login", form, headers=phone).status_code == 303
    mail = Mail.get(Mail.kind == "device")
    assert (mail.person_id, mail.address) == (cast["mentor"].id, "mentor@baken.example")
    with app.app_context():
        message = compose(mail, "J. Smit", "https://portal.school.example", "rustpunt@school.example")
    said = message.get_content() if message else ""
    assert "iPhone" in said
    assert "10:05" in said
    assert "https://portal.school.example/account/password" in said
    added = AuditEvent.select().where(AuditEvent.action == "account:device:add")
    assert [event.detail["device"] for event in added] == ["", "Safari on iPhone"]


def test_a_mark_of_another_school_is_worth_nothing(tmp_path: Any, client: Any, cast: Any) -> None:
    """Two schools of one installation share the secret, and number their people alike."""
    own = client()
    right(own)
    place = database.current()
    other = database.Location("other", place.data, place.keys)
    token = database.choose(other)
    try:
        assert not entry.devices.known(mark_value := mark_of(own), cast["mentor"]), mark_value
    finally:
        database.unchoose(token)
    assert entry.devices.known(mark_of(own), Person.get_by_id(cast["mentor"].id))


def mark_of(browser: Any) -> str:
    cookie = browser.plain.get_cookie("rustpunt-device")
    assert cookie
    return str(cookie.value)


@pytest.mark.parametrize(
    ("hops", "forwarded", "counted_as"),
    [
        (0, "203.0.113.1", "127.0.0.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "6.6.6.6, 203.0.113.1", "203.0.113.1"),
        (2, "203.0.113.1, 10.0.0.9", "203.0.113.1"),
        (2, "6.6.6.6, 203.0.113.1, 10.0.0.9", "203.0.113.1"),
        (2, "203.0.113.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_that_counts_is_the_one_the_proxies_saw(
    app: Any, worker: Any, clock: Any, monkeypatch: Any, hops: int, forwarded: str, counted_as: str
) -> None:
    seen: list[str] = []

    def look(email: str, password: str, *, visitor: Visitor, **_kw: Any) -> None:
        seen.append(visitor.address)

    monkeypatch.setattr(entry, "sign_in", look)
    other = create_app(settings_in(worker.place.data.parent, trusted_proxies=hops))
    other.extensions["clock"] = clock
    Browser(other).post("/login", {"email": "a@b.nl", "password": "x"}, headers={"X-Forwarded-For": forwarded})
    assert seen == [counted_as]


def test_switched_off_it_counts_nothing(app: Any, worker: Any, clock: Any, cast: Any) -> None:
    other = create_app(settings_in(worker.place.data.parent, demo=True, ratelimit=False))
    other.extensions["clock"] = clock
    assert [try_(Browser(other)).status_code for _time in range(8)] == [422] * 8
    assert Failure.select().count() == 0
