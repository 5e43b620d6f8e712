"""A second school on the same installation, and visitors who come in by the host name of either."""

import functools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from portal import db as database
from portal.accounts.models import Person
from tests.conftest import Browser, Worker, given_up


@contextmanager
def second_school(worker: Worker, slug: str = "lyceum") -> Iterator[database.Location]:
    """The same people with the same addresses and passwords in a file and with a key of their own; no incident."""
    place = database.location(worker.app.extensions["settings"], slug)
    shutil.copyfile(worker.template, place.file)
    shutil.copyfile(worker.place.key_file, place.key_file)
    try:
        yield place
    finally:
        database.forget_connections()
        for file in (place.key_file, *place.file.parent.glob(f"{place.file.name}*")):
            file.unlink()


class Visitor(Browser):
    """A browser at the address of one school."""

    def __init__(self, app: Flask, place: database.Location) -> None:
        super().__init__(app)
        self.place, self.host = place, f"{place.slug}.localhost"
        plain: Any = self.plain
        plain.session_transaction = functools.partial(plain.session_transaction, base_url=f"http://{self.host}")

    def enter(self, email: str, now: Any, **how: Any) -> "Visitor":
        """Signed in here as whoever has this address at this school."""
        with given_up():
            # As the fixture does: signing in gives the connection up for a while.
            token = database.choose(self.place)
            database.db.connect()
            try:
                self.sign_in(Person.get(Person.email == email), now, **how)
            finally:
                database.db.close()
                database.unchoose(token)
        return self

    def bring_cookie(self, other: "Visitor") -> "Visitor":
        """What a browser never does by itself: the cookie of another school."""
        name = self.app.config["SESSION_COOKIE_NAME"]
        cookie = other.plain.get_cookie(name, other.host)
        assert cookie
        self.plain.set_cookie(name, cookie.value, domain=self.host)
        return self

    def _send(self, method: str, path: str, htmx: bool, kw: dict[str, Any]) -> Any:
        return super()._send(method, path, htmx, {"base_url": f"http://{self.host}", **kw})
