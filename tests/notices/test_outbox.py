"""The outbox against a real mail server: sent once, tried again, taken back, and saying nothing."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import peewee
import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from portal import create_app
from portal import db as database
from portal.audit.operations import record
from portal.config import ROOT
from portal.incidents.team import operations as team_operations
from portal.notices import queries
from portal.notices.models import CANCELLED, FAILED, QUEUED, SENDING, SENT, Mail
from portal.notices.operations import compose, notify, send_due, smtp_sender
from tests.conftest import Worker, given_up

BASE = "https://portal.school.example"


class MailServer:
    """Takes mail, or refuses it with `answer`."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.unknown = ""
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address == self.unknown:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("2"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.taken.append((envelope.rcpt_tos, message))  # type: ignore[arg-type]
        return self.answer

    @property
    def addresses(self) -> list[str]:
        return sorted(address for addresses, _message in self.taken for address in addresses)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator[MailServer]:
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def send(app: Flask, port: int, clock: Any) -> Callable[..., int]:
    """`send()` is one round of the worker at this moment."""

    def work(sender: Any = None) -> int:
        deliver = sender or smtp_sender(urlsplit(f"smtp://127.0.0.1:{port}"))
        with app.app_context():
            return send_due(deliver, {1: "M. de Wit"}, base_url=BASE, sender="rustpunt@school.example", now=clock.now())

    return work


def queue(clock: Any, number: int = 1, language: str = "nl") -> Mail:
    address = f"person{number}@baken.example"
    notify("joined", person_id=number, address=address, language=language, about="incident:1", now=clock.now())
    mail: Mail = Mail.select().order_by(Mail.id.desc()).get()
    return mail


def states() -> list[str]:
    return [mail.state for mail in Mail.select().order_by(Mail.id)]


def test_a_mail_is_queued_with_the_change_it_tells_about_or_not_at_all(
    incident: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case = incident()
    before = Mail.select().count()
    with database.db.atomic() as change:
        team_operations.add_member(case, cast["care"], "care", actor=cast["coordinator"], now=clock.now())
        assert Mail.select().count() == before + 1
        change.rollback()
    assert Mail.select().count() == before


def test_who_joins_gets_one_mail(incident: Callable[..., Any], server: MailServer, send: Callable[..., int]) -> None:
    incident()
    assert send() == 3
    assert send() == 0
    assert server.addresses == [f"{who}@baken.example" for who in ("coordinator", "counselor", "leadership")]
    assert states() == [SENT] * 3


def test_two_workers_at_the_same_time_send_each_mail_once(
    school: database.Location, app: Flask, server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    for number in range(12):
        queue(clock, number)
    ready, sent, troubles = threading.Barrier(2), [], []

    def work() -> None:
        try:
            with database.school(school):
                ready.wait()
                sent.append(send())
        except peewee.OperationalError as trouble:
            troubles.append(str(trouble))
        finally:
            database.forget_connections()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    assert sum(sent) == 12
    assert server.addresses == sorted(f"person{number}@baken.example" for number in range(12))
    assert states() == [SENT] * 12


def test_the_portal_goes_on_writing_while_mail_is_sent(
    school: database.Location, send: Callable[..., int], clock: Any
) -> None:
    for number in range(3):
        queue(clock, number)

    def write() -> None:
        with database.school(school), database.db.atomic():
            record("plan:action:change", "action:1", actor_id=1, now=clock.now())
        database.forget_connections()

    def slow(_message: EmailMessage) -> None:
        colleague = threading.Thread(target=write)
        colleague.start()
        colleague.join()

    # What was sent must be known as sent, or it is sent again ten minutes later.
    assert send(slow) == 3
    assert states() == [SENT] * 3


WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]


@pytest.mark.parametrize("trouble", ["451 try again later", "554 no", "421 closing", "down"])
def test_a_mail_that_fails_waits_longer_each_time_and_is_given_up(
    school: object, request: pytest.FixtureRequest, send: Callable[..., int], clock: Any, trouble: str
) -> None:
    if trouble != "down":
        request.getfixturevalue("server").answer = trouble
    queue(clock)
    for wait in WAITS:
        assert send() == 0
        mail = Mail.get()
        assert (mail.state, mail.due_at - clock.now()) == (QUEUED, wait)
        clock.moment = mail.due_at - timedelta(seconds=1)
        assert send() == 0
        assert Mail.get().attempts == mail.attempts, "not before it is due"
        clock.advance(seconds=1)
    send()
    assert (Mail.get().state, Mail.get().attempts) == (FAILED, 6)
    assert Mail.select().where(Mail.state == FAILED).count() == 1
    clock.advance(days=30)
    assert send() == 0
    assert Mail.get().attempts == 6


def test_a_refused_mail_is_sent_when_the_server_takes_it_again(
    school: object, server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    server.answer = "451 try again later"
    queue(clock, 1)
    send()
    server.answer = "250 OK"
    clock.advance(minutes=1)
    assert send() == 1
    assert Mail.get().sent_at == clock.now()
    assert server.addresses == ["person1@baken.example"]


def test_one_bad_address_does_not_hold_up_the_others(
    school: object, server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    queue(clock, 1)
    queue(clock, 2)
    server.unknown = "person1@baken.example"
    assert send() == 1
    assert states() == [QUEUED, SENT]


class Killed(BaseException):
    """What the worker's process does not survive."""


def die(_message: EmailMessage) -> None:
    raise Killed


def test_mail_of_a_worker_that_died_is_taken_over_after_ten_minutes(
    school: object, server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    queue(clock)
    with pytest.raises(Killed):
        send(die)
    assert states() == [SENDING]
    clock.advance(minutes=9, seconds=59)
    assert send() == 0
    clock.advance(seconds=1)
    assert send() == 1
    assert states() == [SENT]


def test_who_is_kept_out_gets_no_mail_that_still_waits(
    incident: Callable[..., Any], cast: dict[str, Any], server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    case = incident(keep_out=("leadership",))
    team_operations.keep_out(case, cast["counselor"], actor=cast["coordinator"], now=clock.now())
    send()
    assert server.addresses == ["coordinator@baken.example"]
    assert CANCELLED in states()


def test_who_is_kept_out_gets_no_mail_that_was_just_being_sent(
    incident: Callable[..., Any], cast: dict[str, Any], server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    case = incident()
    Mail.delete().where(Mail.person_id != cast["counselor"].id).execute()
    with pytest.raises(Killed):
        send(die)
    team_operations.keep_out(case, cast["counselor"], actor=cast["coordinator"], now=clock.now())
    clock.advance(minutes=11)
    send()
    assert server.addresses == []


def test_a_mail_taken_back_while_the_server_refuses_it_stays_taken_back(
    incident: Callable[..., Any], cast: dict[str, Any], server: MailServer, send: Callable[..., int], clock: Any
) -> None:
    case = incident()
    Mail.delete().where(Mail.person_id != cast["counselor"].id).execute()

    def refuse(_message: EmailMessage) -> None:
        team_operations.keep_out(case, cast["counselor"], actor=cast["coordinator"], now=clock.now())
        raise ConnectionResetError

    send(refuse)
    clock.advance(hours=1)
    send()
    assert server.addresses == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_rule_6_a_mail_says_nothing_of_what_it_is_about(
    incident: Callable[..., Any], app: Flask, server: MailServer, send: Callable[..., int], language: str
) -> None:
    case = incident(story="Rumoerig in de pauze.")
    Mail.update(language=language).execute()
    send()
    assert len(server.taken) == 3
    for addresses, message in server.taken:
        text = message.get_content()
        assert BASE in text
        said = f"{message.as_string()}\n{text}\n{message['Subject']}".casefold()
        secret = [case.ref, case.code_name, "Noor", "Daan", "3B", "Rumoerig", "whatsapp", "incident", "/receipts"]
        assert [word for word in secret if word.casefold() in said] == []
        assert addresses == [message["To"]]
        assert message["From"] == "rustpunt@school.example"
        assert message["Message-ID"].endswith("@school.example>")
        assert message["Date"]


@pytest.mark.skipif(
    not (ROOT / "translations/nl/LC_MESSAGES/messages.mo").exists(), reason="the translations are not compiled"
)
def test_a_mail_is_in_the_language_of_its_reader(school: object, app: Flask, clock: Any) -> None:
    said = {}
    for language in ("nl", "en"):
        with app.app_context():
            message = compose(queue(clock, language=language), "M. de Wit", BASE, "rustpunt@school.example")
        said[language] = (message["Subject"], message.get_content())
        assert "M. de Wit" in said[language][1]
    assert said["en"][0] == "There is something new for you in Rustpunt"
    assert said["nl"][0] != said["en"][0]
    assert said["nl"][1] != said["en"][1]


@pytest.mark.parametrize(("minutes", "late"), [(9, False), (11, True)])
def test_mail_that_nobody_sends_is_noticed(school: object, clock: Any, minutes: int, late: bool) -> None:
    queue(clock)
    clock.advance(minutes=minutes)
    assert queries.stuck(clock.now() - timedelta(minutes=10)) is late


def test_the_worker_command_sends_for_the_school(
    incident: Callable[..., Any], worker: Worker, server: MailServer, port: int, clock: Any
) -> None:
    incident()
    settings = worker.app.extensions["settings"]
    values = {**vars(settings), "smtp": urlsplit(f"smtp://127.0.0.1:{port}"), "base_url": BASE}
    app = create_app(type(settings)(**values))
    app.extensions["clock"] = clock
    with given_up():
        done = app.test_cli_runner().invoke(args=["jobs", "run", "--once"])
    assert (done.exit_code, done.output) == (0, "")
    assert len(server.taken) == 3
    assert any("M. de Wit" in message.get_content() for _to, message in server.taken)
    assert states() == [SENT] * 3
