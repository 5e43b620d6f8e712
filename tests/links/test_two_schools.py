"""Two schools on one server: what one sends out leads to itself, and nothing of it opens at the other."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal import create_app
from portal import db as database
from portal.accounts.links.operations import ask
from portal.accounts.models import Person
from portal.boot import create_school
from portal.classes.sheets.models import Sheet
from portal.communication.documents.models import Document
from portal.config import ROOT
from tests.conftest import MONDAY, settings_in
from tests.links.conftest import Lent
from tests.notices.test_outbox import MailServer, port, server
from tests.web.scene import furnish
from tests.web.schools import Visitor, second_school

__all__ = ["port", "server"]  # fixtures of the outbox: a real mail server
# Where the address that was set is itself meant: it is read, mail comes from it, and passkeys count below it.
OF_ALL = {"config.py", "cli.py", "accounts/entry/views.py"}


@pytest.fixture
def lyceum(worker: Any) -> Iterator[database.Location]:
    with second_school(worker) as place:
        yield place


def test_a_shared_link_opens_at_its_own_school_only(app: Any, school: Any, lyceum: Any, lent: Lent) -> None:
    at_home, there = Visitor(app, school), Visitor(app, lyceum)
    assert at_home.post(f"{lent.path}/code", {"code": lent.code}).status_code == 303
    assert "Een leerling van u." in at_home.get(lent.path).text
    for cookie in at_home.plain._cookies.values():
        there.plain.set_cookie(cookie.key, cookie.value, domain=there.host)
    missing = "/p/" + "x" * len(lent.path.removeprefix("/p/"))
    for path, data in (("", None), ("/code", {"code": lent.code})):
        answers = [there.get(at + path) if data is None else there.post(at + path, data) for at in (lent.path, missing)]
        assert [answer.status_code for answer in answers] == [404, 404], path
        # As for an address that nobody ever had.
        assert len(answers[0].data) == len(answers[1].data)
    assert lent.now_is.wrong == 0


def test_addresses_on_screen_lead_to_the_host_of_this_school(
    app: Any, school: Any, lyceum: Any, case: Any, cast: Any, clock: Any
) -> None:
    scene = furnish(case, cast, clock.now(), 1)
    coordinator = Visitor(app, school).enter("coordinator@baken.example", clock.now())
    slug = Document.get(Document.kind == "statement").slug
    own = "http://baken.localhost:8000"
    assert f"{own}/statements/{slug}" in coordinator.get(f"/incidents/{case.ref}/statement").text
    assert f"{own}/sheets/{Sheet.get().slug}" in coordinator.get(f"/incidents/{case.ref}/sheet").text
    admin = Visitor(app, school).enter("admin@baken.example", clock.now())
    assert f"{own}/welcome/{scene.token}" in admin.get("/accounts/invitations").text
    assert admin.get(f"/statements/{slug}").status_code == 200


def test_mail_leads_to_the_host_of_the_school_that_sends_it(tmp_path: Any, server: MailServer, port: int) -> None:
    settings = settings_in(tmp_path, base_url="https://portal.example", smtp=urlsplit(f"smtp://127.0.0.1:{port}"))
    app = create_app(settings)
    for slug in ("baken", "lyceum"):
        with database.boot_lock(settings):
            create_school(settings, slug, f"School {slug}", MONDAY)
        with database.school(database.location(settings, slug)):
            Person.create(email=f"chief@{slug}.example", name="C. Hief", password="x", created_at=MONDAY)
            ask(f"chief@{slug}.example", "nl", now=app.extensions["clock"].now())
    assert app.test_cli_runner().invoke(args=["jobs", "run", "--once"]).exit_code == 0
    assert server.addresses == ["chief@baken.example", "chief@lyceum.example"]
    for (address,), message in server.taken:
        slug = address.partition("@")[2].partition(".")[0]
        said = re.findall(r"https?://[^/\s]+", message.get_content())
        assert said
        assert set(said) == {f"https://{slug}.portal.example"}
        assert message["From"] == "rustpunt@portal.example"
    database.forget_connections()


def test_nothing_makes_an_address_of_the_host_that_was_asked_or_of_the_portal_as_a_whole() -> None:
    """What a browser says of the host is not to be believed, and the portal's own address is no school's."""
    made = re.compile(r"settings\.base_url|_settings\(\)\.base_url|url_root|host_url|request\.base_url|_external")
    files = {str(path.relative_to(ROOT / "portal")): path for path in (ROOT / "portal").rglob("*.py")}
    found = {name for name, path in files.items() if made.search(path.read_text("utf-8"))}
    assert found <= OF_ALL
