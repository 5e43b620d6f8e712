"""Rustpunt: `create_app` wires the packages together and does nothing else."""

import os
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, g, request, session
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from portal import db as database
from portal.accounts import queries as accounts
from portal.accounts.entry.forms import CodeForm, SignInForm
from portal.accounts.factors.queries import has_factor
from portal.accounts.sessions import operations as sessions
from portal.accounts.throttle.operations import switched_off
from portal.actions import rules as action_rules
from portal.audit.operations import acting_in
from portal.classes.talks import rules as talk_rules
from portal.clock import Clock
from portal.communication.media.views import followed
from portal.communication.online import operations as online
from portal.config import ROOT, Settings
from portal.incidents import queries as incidents
from portal.incidents import rules as incident_rules
from portal.links.door.views import enter as enter_link
from portal.links.kinds.rules import may as kind_may
from portal.logs import init_logs
from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS
from portal.school.queries import school_or_none
from portal.school.rules import helplines
from portal.security import init_security
from portal.web import keeping
from portal.web.access import check_views, init_access
from portal.web.assets import init_assets
from portal.web.bodies import init_bodies
from portal.web.cookies import init_cookies
from portal.web.errors import init_errors
from portal.web.forms import kind_of
from portal.web.fragments import by_itself
from portal.web.language import code, init_language
from portal.web.limits import limited
from portal.web.templates import Environment
from portal.wiring import wire_packages

BARE = {"static", "health.healthz", "health.readyz", "school.agenda"}  # answered without a school
FILES = {"online.statement"}  # answered out of files of the school, without its database


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (default: those of the environment). Raises `ConfigError`."""
    settings = settings or Settings.from_environ(os.environ)
    app = Portal(__name__, static_folder=None, template_folder=str(ROOT / "templates"))
    app.url_map.converters["int"] = RowNumber
    app.extensions["settings"] = settings
    app.extensions["clock"] = Clock.starting_at(settings.now) if settings.now else Clock()
    init_logs()
    init_security(app, settings)
    init_cookies(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _wire_database(app, settings)
    wire_packages()
    Htmx(app)
    init_language(app)
    _wire_sign_in(app)
    init_bodies(app)
    CSRFProtect(app)
    init_access(app, incidents.find_for, has_factor, enter_link)
    init_errors(app)
    _register_views(app)
    _wire_templates(app, settings)
    check_views(app)
    return app


class Portal(Flask):
    jinja_environment = Environment

    def ensure_sync(self, func: Any) -> Any:
        """No view is a coroutine; Flask looks at each function of each request."""
        return func


class RowNumber(IntegerConverter):
    """A row's number in an address; one that no database can have is an address that is not there."""

    regex = r"[1-9]\d{0,9}"  # also where the same address takes another method: there it would not be 404 but 405

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=2**31 - 1)


def _wire_database(app: Flask, settings: Settings) -> None:
    """Every request works in one school's database; which one, the host name says."""

    @app.before_request
    def open_database() -> None:
        g.clock, g.settings = app.extensions["clock"], settings
        acting_in.set(None)
        switched_off.set(not settings.ratelimit)
        if request.endpoint in BARE:
            return
        place = school_of(settings, request.host)
        g.school_token = database.choose(place)
        g.address = settings.address_of(place.slug, database.schools(settings))
        if request.endpoint in FILES:
            return
        database.db.connect()
        database.check_migrated()
        g.database_ready = True

    @app.teardown_request
    def close_database(error: BaseException | None) -> None:
        if not database.db.is_closed():
            while database.db.in_transaction():
                database.db.rollback()
            database.db.close()
        token = g.pop("school_token", None)
        if token is not None:
            database.unchoose(token)


def school_of(settings: Settings, host: str) -> database.Location:
    """The school whose short name is the first label of the host; a single school is the default."""
    slugs = database.schools(settings)
    if len(slugs) == 1:
        return database.location(settings, slugs[0])
    label = host.partition(":")[0].partition(".")[0].lower()
    if label in slugs:
        return database.location(settings, label)
    if not slugs:
        raise database.Unready("no school: run 'flask --app wsgi school create'")
    abort(404)


def _wire_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    # The session ends on the server; a changed network must not sign anybody out in a corridor.
    manager.session_protection = None
    manager._session_identifier_generator = lambda: ""

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Any:
        person = accounts.signed_in(token, g.clock.now()) if g.get("database_ready") else None
        acting_in.set(person.session_id if person else None)
        return person

    @app.before_request
    def forget_dead_session() -> None:
        if not g.get("database_ready") or "_user_id" not in session or current_user.is_authenticated:
            return
        # Whose page it is stays, the token of its forms and the reports that were begun: what is sent from it now can
        # be sent after signing in again. The guard, which comes after the check of the token, refuses it until then.
        for name in set(session) - {"person", "csrf_token", "begun"}:
            del session[name]

    @app.before_request
    def note_use() -> None:
        if g.get("database_ready") and not by_itself() and current_user.is_authenticated:
            sessions.note_use(current_user, now=g.clock.now())


VIEWS = [
    "health",
    "school.views",
    "accounts.entry.views",
    "accounts.factors.views",
    "accounts.confirmations.views",
    "accounts.links.views",
    "accounts.views",
    "accounts.importing.views",
    "accounts.absence.views",
    "accounts.sessions.views",
    "incidents.views",
    "incidents.people.views",
    "incidents.team.views",
    "actions.plan.views",
    "actions.views",
    "care.notes.views",
    "classes.sheets.views",
    "classes.talks.views",
    "communication.statement.views",
    "care.conversations.views",
    "care.help.views",
    "care.wishes.views",
    "care.rest.views",
    "care.buddies.views",
    "communication.media.views",
    "communication.letters.views",
    "communication.online.views",
    "communication.watch.views",
    "links.making.views",
    "links.following.views",
    "links.door.views",
    "links.asks.views",
    "links.page.views",
    "links.answers.views",
    "links.visit.views",
    "links.trail.views",
    "links.talking.ours.views",
    "links.talking.theirs.views",
    "desk.report.views",
    "desk.receipts.views",
    "drafts.views",
    "desk.overview.views",
    "desk.work.views",
    "desk.finding.views",
    "desk.trail.views",
]


def _register_views(app: Flask) -> None:
    for name in VIEWS:
        app.register_blueprint(import_module(f"portal.{name}").bp)


def _path_of(address: str) -> str:
    """The path of an address; empty for what is none, as anybody may send."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _wire_templates(app: Flask, settings: Settings) -> None:
    from portal.cli import register as register_commands
    from portal.communication.online.views import written_page

    init_assets(app, ROOT / "static" / "build")
    app.jinja_env.globals.update(
        demo=settings.demo,
        function_names=FUNCTION_NAMES,
        team_functions=TEAM_FUNCTIONS,
        words=incident_rules,
        action_words=action_rules,
        talk_words=talk_rules,
        helplines=helplines(),
        kind_of=kind_of,
        followed=followed,
        once=keeping.new_once,
        sign_in_form=SignInForm,
        code_form=CodeForm,
        limited=limited,
        may_here=lambda act: kind_may(g.link.kind, act),
    )
    online.renders[:] = [partial(written_page, app)]
    app.jinja_env.filters["tel"] = lambda number: "".join(c for c in number or "" if c.isdigit() or c == "+")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def common() -> dict[str, Any]:
        ready = g.get("database_ready", False)
        # A page that answers a form may have an address that cannot be opened by itself.
        here = request.full_path if request.method == "GET" else g.get("at") or _path_of(request.referrer or "") or "/"
        return {"school": school_or_none() if ready else None, "locale": code(), "here": here}

    register_commands(app)
