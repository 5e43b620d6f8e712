"""Signing in and out through the real form; other tests begin with a session that is there already."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal import demo
from portal.accounts.models import SignIn
from portal.audit.models import AuditEvent
from portal.policy import TEAM_FUNCTIONS
from tests.conftest import given_up

RIGHT = {"email": "coordinator@baken.example", "password": demo.PASSWORD}


def test_the_right_password_begins_a_session_that_the_server_keeps(
    client: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    browser = client()
    answer = browser.post("/login?next=/incidents", RIGHT)
    assert (answer.status_code, answer.location) == (303, "/incidents")
    session = SignIn.get()
    assert session.person_id == cast["coordinator"].id
    assert session.ends_at == clock.now() + timedelta(hours=12)
    assert AuditEvent.select().where(AuditEvent.action == "account:sign-in:start").count() == 1


def test_signing_out_ends_the_session_on_the_server(client: Callable[..., Any]) -> None:
    browser = client()
    browser.post("/login", RIGHT)
    copy = client()
    with given_up(), browser.plain.session_transaction() as there, copy.plain.session_transaction() as here:
        here.update(there)
    assert browser.post("/logout").status_code == 303
    assert SignIn.select().count() == 0
    # A copied cookie opens nothing either.
    assert copy.get("/incidents").location.startswith("/login")


def test_a_session_ends_after_twelve_hours(client: Callable[..., Any], clock: Any) -> None:
    browser = client("coordinator")
    clock.advance(hours=12)
    assert browser.get("/incidents").location == "/login?next=%2Fincidents"


@pytest.mark.parametrize("wrong", [{"password": "rustpunt-demO"}, {"email": "nobody@baken.example"}])
def test_a_wrong_password_or_address_is_refused_and_recorded(client: Callable[..., Any], wrong: Any) -> None:
    answer = client().post("/login", RIGHT | wrong)
    assert answer.status_code == 422
    assert SignIn.select().count() == 0
    assert AuditEvent.select().where(AuditEvent.action == "account:sign-in:fail").count() == 1


def test_a_forged_form_is_refused(client: Callable[..., Any]) -> None:
    answer = client().post("/login", RIGHT, token=False)
    assert answer.status_code == 400
    assert SignIn.select().count() == 0


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_after_signing_in_nobody_is_sent_elsewhere(client: Callable[..., Any], elsewhere: str) -> None:
    answer = client().post("/login", RIGHT, query_string={"next": elsewhere})
    assert answer.location == "/"


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
def test_the_cast_signs_in_and_a_new_incident_tells_who_joins_by_default(
    incident: Callable[..., Any], team: Callable[..., Any], client: Callable[..., Any], function: str
) -> None:
    """The fixtures themselves: three join by the settings, others by hand, strangers find nothing."""
    case = incident()
    on_it = {row.function for row in case.team}
    assert on_it == {"coordinator", "leadership", "counselor"}
    if function not in on_it:
        assert client(function).get(f"/incidents/{case.ref}").status_code == 404
        team(case, function)
    assert function in {row.function for row in case.team}
