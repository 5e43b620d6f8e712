"""What a fresh installation needs before its first request."""

import contextlib
from datetime import datetime
from pathlib import Path

import peewee
from flask import Flask

from portal import db as database
from portal.accounts.links.operations import make
from portal.accounts.links.rules import path_of
from portal.accounts.models import SETUP, Person
from portal.accounts.queries import people
from portal.communication.online import operations as online
from portal.config import ConfigError, Settings
from portal.demo import DEMO_SLUG, load
from portal.protocol.operations import load_default
from portal.school.operations import found
from portal.school.queries import school_or_none
from portal.security import app_secret


def create_school(settings: Settings, slug: str, name: str, now: datetime) -> None:
    """Key, encrypted file, tables, settings and protocol of a new school.

    Raises `ValueError` for a slug that is no plain name and `FileExistsError` when it is there already.
    """
    place = database.location(settings, slug)
    database.create(place)
    _prepare(place, name, now)


def set_up(settings: Settings, slug: str, name: str, now: datetime) -> str:
    """Make a school, or take one that nobody has an account in yet; gives the path of its set-up link.

    What is made in the demo belongs to it: a second school beside the first. Raises as `create_school`.
    """
    place = database.location(settings, slug)
    try:
        create_school(settings, slug, name, now)
    except FileExistsError:
        if not _is_unused(place):
            raise
        _prepare(place, name, now)
    if settings.demo:
        _demo_mark(place).touch()
    with database.school(place):
        return path_of(make(None, SETUP, actor_id=None, now=now).nonce, app_secret(settings))


def _is_unused(place: database.Location) -> bool:
    try:
        with database.school(place):
            return not (database.db.table_exists(Person._meta.table_name) and people().exists())
    except database.Unready:
        return False


def _prepare(place: database.Location, name: str, now: datetime) -> None:
    """Everything a new file needs; done again after an interruption, it goes on where it stopped."""
    with database.school(place):
        database.upgrade()
        if school_or_none() is None:
            with database.db.atomic():
                found(name, now=now)
                load_default(now=now)


def load_demo(settings: Settings, now: datetime) -> bool:
    """The demo school, unless it is there; gives whether it was filled now."""
    place = database.location(settings, DEMO_SLUG)
    if not place.key_file.exists():
        database.create(place)
    _prepare(place, "Het Baken College", now)
    with database.school(place):
        return load(now)


def _demo_mark(place: database.Location) -> Path:
    """Is there when a school was made in the demo: nobody real works in it."""
    return place.keys / f"{place.slug}.demo"


def real_schools(settings: Settings) -> list[str]:
    """Short names of what lives in these folders and was not made for the demo."""
    slugs = sorted(set(database.all_traces(settings)) - {DEMO_SLUG})
    return [slug for slug in slugs if not _demo_mark(database.location(settings, slug)).exists()]


def first_boot(app: Flask) -> None:
    """In the demo every worker looks whether the school is there; starting together they make one.

    Raises `ConfigError` where a real school lives: the demo asks nobody for a second factor.
    """
    settings: Settings = app.extensions["settings"]
    if not settings.demo:
        return
    if real := real_schools(settings):
        raise ConfigError(f"PORTAL_DEMO: school {real[0]} lives in these folders; give the demo folders of its own")
    with database.boot_lock(settings):
        try:
            load_demo(settings, app.extensions["clock"].now())
        except database.Unready as trouble:
            # Pages answer 503 and /readyz says why; a lost file is never replaced by an empty one.
            app.logger.error("not ready: %s", trouble)
    database.forget_connections()


def catch_up(app: Flask) -> None:
    """Before the first request: what was published when the last process ended is online, whole and the newest.

    What cannot be reached now waits for the worker; the pages that are there go on.
    """
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        for slug in database.schools(settings):
            # Why it cannot be reached, its pages and /readyz say.
            with (
                contextlib.suppress(database.Unready, peewee.DatabaseError),
                database.school(database.location(settings, slug)),
            ):
                database.check_migrated()
                online.catch_up()
    database.forget_connections()
