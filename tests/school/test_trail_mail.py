"""The head of the trail goes out once a day to who keeps it outside the portal."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal import create_app
from portal import db as database
from portal.audit.models import AuditEvent
from portal.audit.queries import head_at, links
from portal.audit.rules import verify
from portal.boot import create_school
from portal.notices.models import Mail
from portal.school.models import School
from portal.school.operations import change_settings, mail_head
from tests.conftest import MONDAY, FixedClock, at_once, settings_in
from tests.notices.test_outbox import MailServer, port, server
from tests.reading import Page

__all__ = ["port", "server"]  # fixtures of the outbox: a real mail server
BOARD, OTHER = "bestuur@elders.example", "notaris@elders.example"


def heads() -> list[str]:
    return [mail.address for mail in Mail.select().where(Mail.kind == "head").order_by(Mail.id)]


@pytest.fixture
def set_to(client: Callable[..., Any], clock: Any) -> Callable[[str], Any]:
    """The administrator types an address into the settings."""

    def change(address: str) -> Any:
        admin = client("admin")
        form = next(f for f in Page(admin.get("/settings")).forms if f.action == "/settings")
        return admin.post("/settings", form.with_(trail_mail=address))

    return change


def test_it_is_queued_once_a_day_on_the_calendar_of_the_school(set_to: Any, clock: FixedClock) -> None:
    assert set_to(BOARD).status_code == 303
    for hours, number in ((0, 1), (0, 1), (12, 1), (1, 1), (1, 2), (0, 2), (23, 2), (1, 3)):
        clock.advance(hours=hours)  # from ten in the morning; midnight comes after fourteen
        mail_head(clock.now())
        assert len(heads()) == number, clock.now()
    assert set(heads()) == {BOARD}


def test_nothing_goes_out_without_an_address(school: Any, clock: Any) -> None:
    mail_head(clock.now())
    assert heads() == []
    assert School.get().trail_mailed_on is None


def test_two_workers_at_once_queue_one(set_to: Any, app: Flask, school: Any, clock: Any) -> None:
    set_to(BOARD)
    assert at_once(app, school, lambda: mail_head(clock.now())) == []
    assert heads() == [BOARD]


@pytest.mark.parametrize("typed", ["bestuur", "a@b", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(set_to: Any, typed: str) -> None:
    assert set_to(typed).status_code == 422
    assert School.get().trail_mail == ""


def test_a_change_is_in_the_trail_and_told_to_the_address_of_before(
    set_to: Any, cast: dict[str, Any], clock: Any
) -> None:
    set_to(BOARD)
    mail_head(clock.now())
    assert Mail.select().where(Mail.kind == "head-stop").count() == 0
    set_to(BOARD)  # the same again is no change
    set_to(OTHER)
    mail_head(clock.now())
    assert heads() == [BOARD, OTHER]
    set_to("")
    mail_head(clock.now())
    assert heads() == [BOARD, OTHER]
    stopped = Mail.select().where(Mail.kind == "head-stop").order_by(Mail.id)
    assert [mail.address for mail in stopped] == [BOARD, OTHER]
    changes = list(AuditEvent.select().where(AuditEvent.action == "settings:trail-mail:change"))
    assert [event.actor_id for event in changes] == [cast["admin"].id] * 3
    assert not [event for event in AuditEvent.select() if "elders" in str(event.detail)]


@pytest.fixture
def installed(tmp_path: Path, port: int) -> Iterator[tuple[Flask, database.Location]]:
    """An installation with a mail server, a school and an address for the head."""
    settings = settings_in(tmp_path, smtp=urlsplit(f"smtp://127.0.0.1:{port}"))
    with database.boot_lock(settings):
        create_school(settings, "lyceum", "Het Lyceum", MONDAY)
    place = database.location(settings, "lyceum")
    with database.school(place):
        School.update(trail_mail=BOARD).execute()
    yield create_app(settings), place
    database.forget_connections()


def test_the_mail_that_arrives_compares_with_the_trail(
    installed: tuple[Flask, database.Location], server: MailServer
) -> None:
    app, place = installed
    for _round in range(2):
        assert app.test_cli_runner().invoke(args=["jobs", "run", "--once"]).exit_code == 0
    assert server.addresses == [BOARD]
    ((_addresses, message),) = server.taken
    text = message.get_content()
    with database.school(place):
        head = head_at()
        assert head
        kept = re.search(r"\b[0-9a-f]{64}\b", text)
        assert kept
        assert (kept[0], str(head.rows) in text, "Het Lyceum" in text) == (head.digest, True, True)
        assert verify(links, kept[0]).findings == []
    assert f"audit verify --head {head.digest}" in text
    assert "%(" not in text + message["Subject"]
    assert not [word for word in ("Hello ,", "Hallo ,", "incident", "zaak") if word in text]
    done = app.test_cli_runner().invoke(args=["audit", "verify", "--head", kept[0]])
    assert done.output == f"lyceum: {head.rows} rows hold, head {head.digest}\n"


def test_who_no_longer_gets_it_is_told_so(installed: tuple[Flask, database.Location], server: MailServer) -> None:
    app, place = installed
    with database.school(place):
        change_settings({"trail_mail": OTHER}, version=School.get().version, actor_id=None, now=MONDAY)
    app.extensions["clock"] = FixedClock(MONDAY)
    app.test_cli_runner().invoke(args=["jobs", "run", "--once"])
    assert server.addresses == sorted([BOARD, OTHER])
    assert [
        message for addresses, message in server.taken if addresses == [BOARD] and "Het Lyceum" in message.get_content()
    ]


def test_without_a_mail_server_none_is_queued_to_grow_stale(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with database.boot_lock(settings):
        create_school(settings, "lyceum", "Het Lyceum", MONDAY)
    with database.school(database.location(settings, "lyceum")):
        School.update(trail_mail=BOARD).execute()
    assert create_app(settings).test_cli_runner().invoke(args=["jobs", "run", "--once"]).exit_code == 0
    with database.school(database.location(settings, "lyceum")):
        assert Mail.select().count() == 0
        assert School.get().trail_mailed_on is None
    database.forget_connections()
