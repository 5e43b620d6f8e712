"""Passkeys over HTTP, with a device made in Python that can lie; the real browser is in `tests/browser`."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from portal.accounts.entry.rules import Visitor
from portal.accounts.factors.operations import reset
from portal.accounts.models import Challenge, Passkey, Person, SignIn
from portal.accounts.passkeys import operations, rules
from portal.accounts.passkeys.rules import Site
from portal.audit.models import AuditEvent
from portal.errors import Invalid
from portal.notices.models import Mail
from tests.accounts.factors import PRESENT, VERIFIED, Authenticator, b64, give_app, unb64
from tests.conftest import Browser, at_once
from tests.reading import Page, said

AT = "/account/second-factor"


def options(browser: Browser, adding: bool = False) -> dict[str, Any]:
    answer = browser.post(f"{AT}/passkeys/options" if adding else "/login/passkey/options")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return dict(answer.json)


def add(browser: Browser, device: Authenticator, **lies: Any) -> Any:
    made = device.make(options(browser, adding=True), **lies)
    return browser.post(f"{AT}/passkeys", {"name": "My phone", "credential": made})


def show(browser: Browser, device: Authenticator, path: str = "/login/passkey", **lies: Any) -> Any:
    return browser.post(path, {"credential": device.sign(options(browser), **lies)})


@pytest.fixture
def device(client: Any, cast: Any, password_only: Any) -> Authenticator:
    """A device with a passkey of the care coordinator."""
    device = Authenticator()
    assert add(password_only("care", app_set_up=False), device).status_code == 200
    return device


def test_a_passkey_is_added_and_codes_are_shown(password_only: Any, cast: Any) -> None:
    browser, device = password_only("care", app_set_up=False), Authenticator()
    asked = options(browser, adding=True)
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert unb64(asked["user"]["id"]) == f"baken:{cast['care'].id}".encode()
    answer = add(browser, device)
    assert Page(answer).text.count("-") >= 30
    assert browser.get("/incidents").status_code == 200
    key = Passkey.get()
    assert (key.name, key.person_id) == ("My phone", cast["care"].id)
    assert Mail.select().where(Mail.kind == "factor").count() == 1
    assert AuditEvent.select().where(AuditEvent.action == "account:factor:passkey").count() == 1
    assert [one["id"] for one in options(browser, adding=True)["excludeCredentials"]] == [key.credential_id]


def test_a_passkey_is_the_second_step(device: Authenticator, password_only: Any) -> None:
    browser = password_only("care")
    assert len(options(browser)["allowCredentials"]) == 1
    answer = show(browser, device, "/login/passkey?next=/incidents")
    assert (answer.status_code, answer.location) == (303, "/incidents")
    assert browser.get("/incidents").status_code == 200


def test_a_passkey_alone_signs_in(device: Authenticator, client: Any, cast: Any, clock: Any) -> None:
    browser = client()
    SignIn.delete().execute()
    assert options(browser)["allowCredentials"] == []
    assert show(browser, device, "/login/passkey?next=/incidents").location == "/incidents"
    session = SignIn.get()
    assert (session.person_id, session.stepped_up_at) == (cast["care"].id, clock.now())
    assert browser.get("/incidents").status_code == 200
    assert Passkey.get().used_at == clock.now()


LIES: dict[str, dict[str, Any]] = {
    "origin": {"origin": "https://evil.example"},
    "origin-port": {"origin": "http://localhost:8001"},
    "challenge": {"challenge": b64(b"x" * 64)},
    "no-challenge": {"challenge": None},
    "odd-challenge": {"challenge": ["\ud800"]},
    "kind": {"type": "webauthn.create"},
    "unverified": {"flags": PRESENT},
    "absent": {"flags": VERIFIED},
    "handle": {"handle": b"baken:1"},
    "other-school": {"handle": b"other:4"},
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_is_not_right_is_a_message(
    device: Authenticator, client: Any, password_only: Any, lie: str, signed_in: bool
) -> None:
    browser = password_only("care") if signed_in else client()
    answer = show(browser, device, **LIES[lie])
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert not re.search(r'data-failed="[^"]+"></p>', answer.text), "nothing near the button"
    assert browser.get("/incidents").status_code == 303


@pytest.mark.parametrize("lie", [name for name in LIES if "handle" not in name and "school" not in name])
def test_what_is_not_right_is_not_added(password_only: Any, lie: str) -> None:
    browser, lies = password_only("care", app_set_up=False), dict(LIES[lie])
    if lie == "kind":
        lies["type"] = "webauthn.get"
    answer = add(browser, Authenticator(), **lies)
    assert answer.status_code == 422
    assert "My phone" in answer.text
    assert Passkey.select().count() == 0


def test_a_device_of_another_address_is_refused(device: Authenticator, client: Any) -> None:
    device.host = "evil.example"
    assert show(client(), device).status_code == 422


def test_an_answer_counts_once(device: Authenticator, client: Any, clock: Any) -> None:
    browser = client()
    sent = device.sign(options(browser))
    assert client().post("/login/passkey", {"credential": sent}).status_code == 303
    again = client().post("/login/passkey", {"credential": sent})
    assert again.status_code == 422
    assert said(browser.app, operations.TOO_LATE) in Page(again).text
    late = device.sign(options(browser))
    clock.advance(minutes=5)
    assert browser.post("/login/passkey", {"credential": late}).status_code == 422


def test_of_two_answers_at_once_one_counts(
    app: Any, school: Any, device: Authenticator, client: Any, clock: Any
) -> None:
    sent = device.sign(options(client()))
    site, won = Site.of("http://localhost:8000", "localhost", "baken"), []

    def answer() -> None:
        with suppress(Invalid):
            won.append(operations.sign_in(sent, site, Visitor(), now=clock.now()))

    assert at_once(app, school, answer) == []
    assert len(won) == 1


def test_a_challenge_is_for_one_person_and_purpose(device: Authenticator, client: Any, password_only: Any) -> None:
    of_nobody = device.sign(options(client()))
    of_mentor = device.sign(options(password_only("mentor")))
    browser = password_only("care")
    for sent in (of_nobody, of_mentor):
        assert browser.post("/login/passkey", {"credential": sent}).status_code == 422
    of_care = device.sign(options(browser))
    assert client().post("/login/passkey", {"credential": of_care}).status_code == 422
    adding = client("mentor")
    made = Authenticator().make(options(adding, adding=True) | {"challenge": options(adding)["challenge"]})
    assert adding.post(f"{AT}/passkeys", {"name": "x", "credential": made}).status_code == 422


def test_a_passkey_of_a_colleague_steps_nobody_up(device: Authenticator, password_only: Any) -> None:
    browser = password_only("mentor")
    answer = show(browser, device)
    assert answer.status_code == 422
    assert said(browser.app, operations.OF_OTHERS) in Page(answer).text
    assert browser.get("/incidents").status_code == 303


def test_a_key_that_is_removed_while_it_is_checked_opens_nothing(
    device: Authenticator, client: Any, cast: Any, clock: Any, monkeypatch: Any
) -> None:
    prove = operations._prove

    def meanwhile(*args: Any) -> Passkey:
        key = prove(*args)
        reset(cast["care"], actor_id=None, now=clock.now())
        return key

    monkeypatch.setattr(operations, "_prove", meanwhile)
    assert show(client(), device).status_code == 422
    assert not SignIn.select().where(SignIn.person == cast["care"]).exists()


def test_a_removed_or_unknown_key_opens_nothing(device: Authenticator, client: Any) -> None:
    Passkey.delete().execute()
    browser = client()
    answer = show(browser, device)
    assert answer.status_code == 422
    assert said(browser.app, operations.UNKNOWN) in Page(answer).text


def test_who_left_does_not_come_in(device: Authenticator, client: Any, cast: Any, clock: Any) -> None:
    Person.update(left_at=clock.now()).where(Person.id == cast["care"].id).execute()
    assert show(client(), device).status_code == 422
    assert not SignIn.select().where(SignIn.stepped_up_at.is_null(False), SignIn.created_at > clock.now()).exists()


def test_a_counter_that_goes_back_is_refused(device: Authenticator, client: Any) -> None:
    for _number in range(3):
        assert show(client(), device).status_code == 303
    device.count -= 1  # the same once more, as a copy has it
    assert show(client(), device).status_code == 422
    device.count = 1
    browser = client()
    answer = show(browser, device)
    assert answer.status_code == 422
    assert said(browser.app, operations.WENT_BACK) in Page(answer).text
    device.count = 10
    assert show(client(), device).status_code == 303


def test_a_passkey_that_never_counts_is_fine(password_only: Any, client: Any) -> None:
    device = Authenticator(counts=False)
    add(password_only("care", app_set_up=False), device)
    for _number in range(3):
        assert show(client(), device).status_code == 303
    assert Passkey.get().sign_count == 0


def test_a_signature_of_another_key_is_refused(device: Authenticator, client: Any) -> None:
    other = Authenticator()
    other.id, other.handle = device.id, device.handle
    assert show(client(), other).status_code == 422


def test_the_same_key_is_not_added_twice(device: Authenticator, password_only: Any) -> None:
    assert add(password_only("mentor", app_set_up=False), device).status_code == 422
    assert Passkey.select().count() == 1


@pytest.mark.parametrize(
    "path", ["/login/passkey", "/login/passkey/options", f"{AT}/passkeys", f"{AT}/passkeys/options"]
)
def test_a_forged_request_is_refused(client: Any, path: str) -> None:
    browser = client("care")
    assert browser.post(path, {"credential": "{}"}, token=False).status_code == 400
    assert Challenge.select().count() == 0


TEXT = st.text(max_size=40) | st.sampled_from(["eyJ9", "\x00", "e30", b64(b'{"challenge": 1}'), "=", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
SENT = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "rawId": JSON,
        "type": st.sampled_from(["public-key", "x"]),
        "authenticatorAttachment": JSON,
        "response": JSON
        | st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"), JSON
            ),
        ),
    },
)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sent=SENT.map(json.dumps) | TEXT | st.sampled_from(["[" * 5000, "9" * 6000, "x" * 30_000, '"\\ud800"']))
def test_whatever_is_sent_is_a_message(client: Any, password_only: Any, sent: str) -> None:
    for browser in (client(), password_only("care")):
        assert browser.post("/login/passkey", {"credential": sent}).status_code == 422
    adding = client("mentor")
    assert adding.post(f"{AT}/passkeys", {"name": "x", "credential": sent}).status_code == 422


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    part=st.sampled_from(["authenticatorData", "signature", "attestationObject"]),
    noise=st.binary(max_size=200),
    cut=st.integers(0, 200),
)
def test_broken_words_of_a_real_device_are_a_message(
    device: Authenticator, client: Any, part: str, noise: bytes, cut: int
) -> None:
    """A good challenge, so that the library looks at all of it."""
    adding = part == "attestationObject"
    browser = client("mentor") if adding else client()
    asked = options(browser, adding=adding)
    sent = json.loads(Authenticator().make(asked) if adding else device.sign(asked))
    whole = unb64(sent["response"][part])
    assume(whole[:cut] + noise != whole)
    sent["response"][part] = b64(whole[:cut] + noise)
    path = f"{AT}/passkeys" if adding else "/login/passkey"
    answer = browser.post(path, {"name": "x", "credential": json.dumps(sent)})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("base", "asked", "host", "origin"),
    [
        ("https://portal.example", "portal.example", "portal.example", "https://portal.example"),
        ("https://portal.example", "baken.portal.example", "portal.example", "https://baken.portal.example"),
        ("https://portal.example", "evil.example", "portal.example", "https://portal.example"),
        ("https://portal.example", "evilportal.example", "portal.example", "https://portal.example"),
        ("https://portal.example:443", "portal.example", "portal.example", "https://portal.example"),
        ("http://localhost:8000", "localhost:8000", "localhost", "http://localhost:8000"),
        ("https://portal.example:8443", "a.portal.example:1", "portal.example", "https://a.portal.example:8443"),
    ],
)
def test_where_a_passkey_counts(base: str, asked: str, host: str, origin: str) -> None:
    assert Site.of(base, asked, "baken") == Site(host, origin, "baken")


def beside(browser: Browser, owner: Person, sent: str) -> Any:
    return browser.post("/session", {"person": owner.id, "at": "/incidents/2026-001/log", "credential": sent})


def test_the_box_beside_a_form_takes_a_passkey_of_its_owner_only(
    device: Authenticator, client: Any, cast: Any, password_only: Any
) -> None:
    browser = client()
    other = beside(browser, cast["mentor"], device.sign(options(browser)))
    assert (other.status_code, browser.get("/incidents").status_code) == (409, 303)
    assert beside(browser, cast["care"], device.sign(options(browser))).status_code == 204
    assert browser.get("/incidents").status_code == 200
    stepping = password_only("care")
    assert beside(stepping, cast["care"], "{}").status_code == 422
    assert beside(stepping, cast["care"], device.sign(options(stepping))).status_code == 204


def test_many_passkeys_are_refused(client: Any, cast: Any, clock: Any) -> None:
    give_app(cast["care"])
    for number in range(20):
        values = {"credential_id": f"k{number}", "public_key": "none", "name": "x", "made_at": clock.now()}
        Passkey.create(person=cast["care"], **values)
    assert add(client("care"), Authenticator()).status_code == 409


def test_who_asks_again_and_again_fills_nothing(client: Any, cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "MOST_OPEN", 3)
    asked = [options(client("care"))["challenge"] for _number in range(5)]
    assert [kept.value for kept in Challenge.select().order_by(Challenge.id)] == asked[2:]
