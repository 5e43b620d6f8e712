"""What a fresh installation needs before its first request."""

from datetime import datetime

from flask import Flask

from portal import db as database
from portal.config import Settings
from portal.demo import DEMO_SLUG, load
from portal.protocol.operations import load_default
from portal.school.operations import found
from portal.school.queries import school_or_none


def create_school(settings: Settings, slug: str, name: str, now: datetime) -> None:
    """Key, encrypted file, tables, settings and protocol of a new school.

    Raises `ValueError` for a slug that is no plain name and `FileExistsError` when it is there already.
    """
    place = database.location(settings, slug)
    database.create(place)
    _prepare(place, name, now)


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


def first_boot(app: Flask) -> None:
    """In the demo every worker looks whether the school is there; starting together they make one."""
    settings: Settings = app.extensions["settings"]
    if not settings.demo or database.schools(settings) not in ([], [DEMO_SLUG]):
        return
    with database.boot_lock(settings):
        try:
            load_demo(settings, app.extensions["clock"].now())
        except database.Unready as trouble:
            # Pages answer 503 and /readyz says why; a lost file is never replaced by an empty one.
            app.logger.error("not ready: %s", trouble)
    database.forget_connections()
