"""Whether the portal is alive, and whether everything it needs is in order."""

import shutil
from datetime import timedelta
from typing import Any

import peewee
from flask import Blueprint, current_app, g

from portal import db as database
from portal.communication.online.queries import waits_since
from portal.notices.queries import stuck
from portal.web.access import public

bp = Blueprint("health", __name__)
WORKER_LATE = timedelta(minutes=10)
LEAST_ROOM = 64 * 1024 * 1024  # bytes free on the disk of the data; with none, nothing more can be written down


@bp.get("/healthz")
@public
def healthz() -> Any:
    return {"alive": True}


@bp.get("/readyz")
@public
def readyz() -> Any:
    """503 with what is wrong, per school, in words that name a part and no data."""
    settings = current_app.extensions["settings"]
    slugs = database.all_traces(settings)
    wrong = [trouble for slug in slugs for trouble in [_trouble(database.location(settings, slug))] if trouble]
    if not slugs:
        wrong = ["no school"]
    if settings.data.exists() and shutil.disk_usage(settings.data).free < LEAST_ROOM:
        wrong.append("data folder: hardly any room left on its disk")
    return ({"ready": False, "wrong": wrong}, 503) if wrong else {"ready": True, "wrong": []}


def _trouble(place: database.Location) -> str:
    try:
        with database.school(place):
            database.check_migrated()
            late = g.settings.smtp is not None and stuck(g.clock.now() - WORKER_LATE)
            if late:
                return f"jobs of school {place.slug}: mail waits, does the worker run?"
            waits = waits_since(g.clock.now() - WORKER_LATE)
            return f"jobs of school {place.slug}: a published page waits, does the worker run?" if waits else ""
    except database.Unready as trouble:
        return str(trouble)
    except peewee.DatabaseError:
        return f"database of school {place.slug}: cannot be read"
