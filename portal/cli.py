"""Commands: `flask --app wsgi …`. Each ends non-zero with one clear line when it cannot do its work."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any

import click
import peewee
from flask import Flask, current_app, g
from flask.cli import AppGroup

from portal import db as database
from portal.accounts.absence import operations as absence
from portal.accounts.factors.operations import reset
from portal.accounts.links.operations import clear_old as clear_links
from portal.accounts.links.queries import open_link
from portal.accounts.links.rules import LASTS, path_of
from portal.accounts.models import Person
from portal.accounts.queries import by_email
from portal.accounts.queries import people as staff_and_administrators
from portal.accounts.sessions import operations as sessions
from portal.accounts.staff.operations import add
from portal.accounts.throttle import operations as throttle
from portal.actions.deputies import operations as deputies
from portal.audit.queries import head_at, links
from portal.audit.rules import START, verify
from portal.boot import load_demo, real_schools, set_up
from portal.communication.online import operations as online
from portal.config import Settings
from portal.demo import DEMO_SLUG
from portal.demo.links import way_in
from portal.drafts.operations import clear_old
from portal.errors import DomainError, Invalid
from portal.links.asks import operations as asks
from portal.links.door import operations as door
from portal.notices.operations import send_due, smtp_sender
from portal.policy import FUNCTIONS
from portal.school.operations import mail_head
from portal.school.queries import school_or_none

PAUSE = 2.0  # seconds between two looks into the outboxes


def said_in_one_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what can go wrong into one line on standard error and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kw: Any) -> Any:
        try:
            return command(*args, **kw)
        except Invalid as error:
            raise click.ClickException(error.message % error.values if error.values else error.message) from None
        except (database.Unready, ValueError, OSError, peewee.PeeweeException) as error:
            raise click.ClickException(str(error)) from None

    return run


def _settings() -> Settings:
    return current_app.extensions["settings"]  # type: ignore[no-any-return]


def _address(slug: str) -> str:
    """Where browsers reach this school."""
    return _settings().address_of(slug, database.schools(_settings()))


def _now() -> Any:
    return current_app.extensions["clock"].now()


def _slugs(chosen: str | None) -> list[str]:
    slugs = database.schools(_settings())
    if chosen and chosen not in slugs:
        raise click.ClickException(f"there is no school {chosen}")
    return [chosen] if chosen else slugs


def _one_slug(chosen: str | None) -> str:
    slugs = _slugs(chosen)
    if len(slugs) != 1:
        raise click.ClickException("say which school with --school SLUG: " + (", ".join(slugs) or "there is none"))
    return slugs[0]


@contextmanager
def _one_school(chosen: str | None) -> Iterator[str]:
    slug = _one_slug(chosen)
    with database.school(database.location(_settings(), slug)):
        database.check_migrated()
        yield slug


def _school_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--school", "slug", help="short name of the school")(command)


db_group = AppGroup("db", help="The databases of the schools.")
demo_group = AppGroup("demo", help="The demo school.")
school_group = AppGroup("school", help="Schools of this installation.")
audit_group = AppGroup("audit", help="The trail of who did and read what.")
user_group = AppGroup("user", help="Accounts.")
sessions_group = AppGroup("sessions", help="Where people are signed in.")
jobs_group = AppGroup("jobs", help="Work in the background.")


@db_group.command("upgrade")
@_school_option
@said_in_one_line
def db_upgrade(slug: str | None) -> None:
    """Apply missing migrations; several at once wait for each other."""
    with database.boot_lock(_settings()):
        for name in _slugs(slug):
            with database.school(database.location(_settings(), name)):
                applied = database.upgrade()
            click.echo(f"{name}: {', '.join(applied) or 'up to date'}")


@db_group.command("status")
@_school_option
@said_in_one_line
def db_status(slug: str | None) -> None:
    """Which migrations each school has."""
    for name in _slugs(slug):
        with database.school(database.location(_settings(), name)):
            for migration in database.runner().status():
                click.echo(f"{name}: {migration.name} {'applied' if migration.applied else 'MISSING'}")


@db_group.command("check")
@_school_option
@said_in_one_line
def db_check(slug: str | None) -> None:
    """Whether every file opens, is whole, has every migration, and its trail holds."""
    for name in _slugs(slug) if slug else database.all_traces(_settings()):
        with database.school(database.location(_settings(), name)) as db:
            database.check_migrated()
            (whole,) = db.execute_sql("PRAGMA quick_check").fetchone()
            if whole != "ok":
                raise database.Unready(f"database of school {name}: {whole}")
            wrong = verify(links).findings
            if wrong:
                raise database.Unready(f"trail of school {name}: {wrong[0]}")
        click.echo(f"{name}: ok")


@demo_group.command("load")
@said_in_one_line
def demo_load() -> None:
    """Make the demo school 'Het Baken College', unless it is there; prints the way in for the other school."""
    if _demo_loaded():
        click.echo("demo school loaded")
    with database.school(database.location(_settings(), DEMO_SLUG)):
        shared = way_in(_now())
    if shared:
        click.echo(f"as the other school: {_address(DEMO_SLUG)}{shared[0]}, code {shared[1]}")


@demo_group.command("fill")
@click.option("--incidents", "number", type=click.IntRange(1, 100_000), required=True)
@click.option("--seed", default=1, show_default=True, help="the same seed makes up the same incidents")
@said_in_one_line
def demo_fill(number: int, seed: int) -> None:
    """Add made-up incidents of two years to the demo school."""
    # Here, so that its texts stay out of the memory of the web server.
    from portal.demo.fill import fill

    _demo_loaded()
    with database.school(database.location(_settings(), DEMO_SLUG)):
        database.check_migrated()
        for done in fill(number, seed, _now()):
            click.echo(f"{done} of {number}")


def _demo_loaded() -> bool:
    """Whether the demo school was made just now; refused where real data could be."""
    if not _settings().demo:
        raise click.ClickException("only with PORTAL_DEMO=1: every demo account has a known password")
    if real := real_schools(_settings()):
        raise click.ClickException(f"school {real[0]} lives in these folders; give the demo folders of its own")
    with database.boot_lock(_settings()):
        return load_demo(_settings(), _now())


@school_group.command("create")
@click.argument("slug")
@click.argument("name")
@said_in_one_line
def school_create(slug: str, name: str) -> None:
    """Make a school with its own key and encrypted database; prints a link for the first account."""
    with database.boot_lock(_settings()):
        path = set_up(_settings(), slug, name, _now())
    click.echo(f"school {slug} made; keep a copy of its key apart from its data")
    _echo_link("the administrator sets it up at", path, slug)


@user_group.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--function", "functions", multiple=True, type=click.Choice(FUNCTIONS))
@click.option("--phone", default="")
@_school_option
@said_in_one_line
def user_create(email: str, name: str, functions: tuple[str, ...], phone: str, slug: str | None) -> None:
    """Make an account; prints the invitation to hand over."""
    with _one_school(slug):
        values = {"email": email, "name": name, "functions": list(functions), "phone": phone}
        person = add(values, actor=None, now=_now())
        link = open_link(person, _now())
        path = path_of(link.nonce, str(current_app.secret_key)) if link else ""
    _echo_link(f"{email} chooses a password at", path, _one_slug(slug))


def _echo_link(said: str, path: str, slug: str) -> None:
    click.echo(f"{said} {_address(slug)}{path} (once, within {LASTS // timedelta(hours=1)} hours)")


def _person(email: str) -> Person:
    person = by_email(email)
    if person is None:
        raise click.ClickException(f"there is no account {email}")
    return person


@sessions_group.command("end")
@click.option("--person", "email", help="only those of the account with this address")
@_school_option
@said_in_one_line
def sessions_end(email: str | None, slug: str | None) -> None:
    """End every session of the school, or of one person; leadership gets a mail of the first."""
    with _one_school(slug) as name:
        if email is None:
            number = sessions.end_everything(actor=None, now=_now())
            click.echo(f"{name}: everybody has to sign in again ({number} were signed in)")
            return
        sessions.end_all_of(_person(email), actor_id=None, now=_now())
        click.echo(f"{email} has to sign in again")


@user_group.command("reset-second-factor")
@click.argument("email")
@_school_option
@said_in_one_line
def user_reset_second_factor(email: str, slug: str | None) -> None:
    """Remove the second factor of somebody who lost it, and end their sessions; they get a mail."""
    with _one_school(slug):
        reset(_person(email), actor_id=None, now=_now())
    click.echo(f"{email}: second factor removed; a new one is set up at the next sign-in")


@audit_group.command("verify")
@click.option("--head", "kept", default="", help="a digest that was kept outside the portal, of the mail or the print")
@_school_option
@said_in_one_line
def audit_verify(kept: str, slug: str | None) -> None:
    """Whether no row of the trail was changed, removed, inserted or moved; names each that was."""
    kept = "".join(kept.split()).lower()
    if kept and not (len(kept) == len(START) and set(kept) <= set("0123456789abcdef")):
        raise ValueError("the head is 64 digits and small letters from a to f")
    broken = []
    for name in [_one_slug(slug)] if kept else _slugs(slug):
        with _one_school(name):
            verdict = verify(links, kept)
        for finding in verdict.findings:
            click.echo(f"{name}: {finding}")
        if verdict.findings:
            broken.append(name)
        else:
            click.echo(f"{name}: {verdict.rows} rows hold, head {verdict.head}")
    if broken:
        raise click.ClickException(f"the trail does not hold: {', '.join(broken)}")


@audit_group.command("head")
@_school_option
@said_in_one_line
def audit_head(slug: str | None) -> None:
    """Number of rows, digest and moment of the last one: to keep outside the portal."""
    for name in _slugs(slug):
        with _one_school(name):
            head = head_at()
        click.echo(f"{name}: {head.rows} rows, head {head.digest}, {head.at.isoformat()}" if head else f"{name}: empty")


@jobs_group.command("run")
@click.option("--once", is_flag=True, help="look once and end")
@said_in_one_line
def jobs_run(once: bool) -> None:
    """Do what the calendar asks for and send the mail that waits, for every school, until told to end."""
    end = threading.Event()
    if not once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: end.set())
    first = True
    while True:
        _work_all(first)
        first = False
        if once or end.wait(PAUSE):
            return


def _work_all(first: bool) -> None:
    """One round over the schools; a school that cannot be reached does not hold up the others.

    The first looks at all published pages, for what an upgrade, a restore or a hand has changed.
    """
    for slug in database.schools(_settings()):
        try:
            with database.school(database.location(_settings(), slug)):
                database.check_migrated()
                if school_or_none() is not None:
                    absence.work(_now())
                    deputies.tell_late(_now())
                    asks.remind_due(_now())
                    if _settings().smtp is not None:
                        mail_head(_now())
                    online.catch_up(everything=first)
                    _send_mail()
                    for clear in (clear_old, clear_links, door.clear_old, sessions.clear_old, throttle.clear_old):
                        clear(_now())
        except (database.Unready, peewee.DatabaseError, DomainError) as error:
            current_app.logger.error("jobs of school %s: %s", slug, type(error).__name__)


def _send_mail() -> None:
    settings = _settings()
    if settings.smtp is None:
        return
    g.clock = current_app.extensions["clock"]
    people = {person.id: person.name for person in staff_and_administrators()}
    host, address = settings.base_url.split("://")[1].split(":")[0], _address(database.current().slug)
    send_due(smtp_sender(settings.smtp), people, base_url=address, sender=f"rustpunt@{host}", now=_now())


def register(app: Flask) -> None:
    for group in (db_group, demo_group, school_group, user_group, sessions_group, audit_group, jobs_group):
        app.cli.add_command(group)
