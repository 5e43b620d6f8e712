"""What the server writes of itself: lines of JSON without names, tokens, words of a case, or full addresses."""

import json
import logging
import re
from typing import Any

import peewee
import pytest

from portal import create_app, demo
from portal.accounts.models import Person, SignIn
from portal.incidents import operations as incident_operations
from portal.incidents.models import Report
from portal.notices import operations as notices
from portal.notices.models import Mail
from tests.conftest import given_up, settings_in
from tests.web.scene import NAMED, routes

STORY = "Zwetsend vertelde de kantinejuffrouw erover"


def lines(log: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def walk(app: Any, here: Any, browser: Any, role: str) -> None:
    """Every page, and every form with what is not a valid answer to it."""
    out = ("entry.logout", "sessions.emergency")
    for path, method in [
        (here.path(rule, role), method) for rule, _a, method in routes(app) if rule.endpoint not in out
    ]:
        if method == "GET":
            browser.get(path, query_string={"q": STORY})
        else:
            browser.post(path, {"text": STORY, "name": NAMED[0]["name"], "email": "geheim@baken.example"})


def trouble(app: Any, here: Any, client: Any, monkeypatch: Any) -> None:
    """A forged form, wrong passwords, faults of all kinds, and a mail server that says no."""
    browser = client("coordinator")
    browser.post("/logout", token=False)
    for _time in range(8):
        client().post("/login", {"email": "mentor@baken.example", "password": "een-geheim-wachtwoord"})
    at = f"/incidents/{here.case.ref}/log"
    for error in (ValueError(STORY), peewee.IntegrityError(STORY), peewee.OperationalError(STORY), KeyError(STORY)):

        def fail(*_args: Any, error: Exception = error, **_kw: Any) -> None:
            raise error

        monkeypatch.setattr(incident_operations, "write_entry", fail)
        assert browser.post(at, {"kind": "talk", "text": STORY}).status_code in (500, 503)

    def refuse(message: Any) -> None:
        raise OSError(f"550 {message['To']} is unknown")

    assert Mail.select().exists()
    with app.app_context():
        notices.send_due(
            refuse,
            {},
            base_url="https://portal.school.example",
            sender="rustpunt@school.example",
            now=app.extensions["clock"].now(),
        )


def secrets_of(here: Any, browsers: list[Any]) -> set[str]:
    tokens = set()
    for browser in browsers:
        with given_up(), browser.plain.session_transaction() as session:
            tokens |= {str(session.get("_user_id")), str(session.get("csrf_token"))}
    return tokens | {report.slug for report in Report.select()} | {row.token_hash for row in SignIn.select()}


def test_a_run_through_everything_leaves_no_word_of_a_person_or_a_case(
    app: Any, scene: Any, client: Any, cast: Any, clock: Any, server_log: Any, monkeypatch: Any, capfd: Any
) -> None:
    here = scene(story=STORY)
    roles = ["coordinator", "leadership", "reporter", "administrator"]
    browsers = [client(role) for role in roles]
    walk(app, here, client(), "coordinator")
    hidden = secrets_of(here, browsers)
    for role, browser in zip(roles, browsers, strict=True):
        walk(app, here, browser, role)
    trouble(app, here, client, monkeypatch)
    people = list(Person.select())
    hidden |= {person.email for person in people} | {person.name for person in people}
    hidden |= {part for person in people for part in person.name.split() if len(part) > 3}
    hidden |= (
        {str(one["name"]) for one in NAMED}
        | {word for word in STORY.split() if len(word) > 3}
        | {here.case.ref, here.case.code_name}
    )
    hidden |= {"geheim", "een-geheim-wachtwoord", demo.PASSWORD, "portal.school.example", "baken.example", "SELECT"}
    written = server_log.getvalue()
    said = lines(server_log)
    assert len(said) >= 5
    assert {"unexpected", "not ready: OperationalError"} <= {line["message"] for line in said}
    assert any("mail" in line["message"] for line in said)
    assert [word for word in hidden if word in written] == []
    assert [word for word in hidden if word in capfd.readouterr().err] == []


def test_a_line_tells_when_where_and_of_which_school(
    client: Any, incident: Any, server_log: Any, monkeypatch: Any
) -> None:
    case = incident()
    monkeypatch.setattr(incident_operations, "write_entry", lambda *_args, **_kw: {}["Noor"])
    answer = client("coordinator").post(f"/incidents/{case.ref}/log", {"kind": "talk", "text": "x"})
    [line] = lines(server_log)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "rustpunt", "unexpected")
    assert (line["school"], line["route"], line["error"]) == ("baken", "/incidents/<ref>/log", "KeyError")
    assert re.match(r"test_logs\.py:\d+ <lambda> < views\.py:\d+ ", line["at"])
    assert line["reference"] in answer.text
    assert re.fullmatch(r"\d{4}-\d{4}", line["reference"])


@pytest.mark.parametrize(("status", "error"), [(500, ValueError), (503, peewee.OperationalError)])
def test_every_fault_of_ours_has_a_number_to_tell(
    client: Any, incident: Any, server_log: Any, monkeypatch: Any, status: int, error: type[Exception]
) -> None:
    def fail(*_args: Any, **_kw: Any) -> None:
        raise error("x")

    case = incident()
    monkeypatch.setattr(incident_operations, "write_entry", fail)
    for htmx in (False, True):
        form = {"kind": "talk", "text": "x"}
        answer = client("coordinator").post(f"/incidents/{case.ref}/log", form, htmx=htmx)
        assert answer.status_code == status
        assert lines(server_log)[-1]["reference"] in answer.text


@pytest.mark.parametrize(
    ("name", "message", "args", "kept"),
    [
        ("rustpunt", "mail %s not sent", (7,), "mail 7 not sent"),
        ("portal", "jobs of school %s", ("baken",), "jobs of school baken"),
        ("werkzeug", "GET %s", ("/incidents/2026-001",), "GET %s"),
        ("peewee", "('SELECT 1 WHERE name = ?', ['Noor'])", (), "test_logs.py"),
        ("smtplib", f"to {'noor@baken.example'}", (), "test_logs.py"),
    ],
)
def test_of_a_library_no_values_are_written(server_log: Any, name: str, message: str, args: Any, kept: str) -> None:
    logging.getLogger(name).warning(message, *args)
    [line] = lines(server_log)
    assert line["message"].startswith(kept)
    assert "Noor" not in server_log.getvalue()
    assert "noor@" not in server_log.getvalue()


def test_of_an_exception_only_type_and_place_are_written(server_log: Any) -> None:
    try:
        raise ValueError("Noor said so")
    except ValueError:
        logging.getLogger("asyncio").exception("trouble with %s", "Noor", stack_info=True, extra={"name_of": "Noor"})
    [line] = lines(server_log)
    assert (line["error"], line["message"]) == ("ValueError", "trouble with %s")
    assert line["at"].startswith("test_logs.py:")
    assert "Noor" not in server_log.getvalue()
    assert set(line) == {"time", "level", "logger", "message", "error", "at"}


def test_it_is_set_up_once(app: Any, worker: Any) -> None:
    before = len(logging.getLogger().handlers)
    create_app(settings_in(worker.place.data.parent))
    assert len(logging.getLogger().handlers) == before
