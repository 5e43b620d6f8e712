"""Imports run downward only, and each kind of file imports what its role allows."""

import sys
from collections.abc import Callable

import pytest

from tests.architecture.source import Source, imports, modules, sources

# From the top down; features in one row stand side by side and do not know each other.
ORDER = (
    ("desk",),
    ("learning", "archive"),
    ("links",),
    ("authorities", "communication"),
    ("care", "classes"),
    ("actions",),
    ("drafts",),
    ("incidents",),
    ("protocol",),
    ("accounts",),
    ("school",),
    ("notices",),
    ("audit",),
)
RANK = {feature: rank for rank, row in enumerate(ORDER) for feature in row}

# What the modules at the top of portal/ may import of ours. Those not named here put the parts together.
BASE = {
    "portal.errors": (),
    "portal.policy": ("portal.errors",),
    "portal.clock": (),
    "portal.config": ("portal.clock", "portal.errors"),
    "portal.db": ("portal.clock", "portal.config", "portal.errors", "portal.writers"),
    "portal.writers": (),
    "portal.prepared": ("portal.db", "portal.errors"),
    "portal.clearing": ("portal.db",),
    "portal.fulltext": (),
    "portal.logs": ("portal.db",),
    "portal.security": ("portal.clock", "portal.config", "portal.db", "portal.errors", "portal.logs"),
}
WIRING = ("portal", "portal.wiring", "portal.boot", "portal.cli", "portal.health", "portal.models")
WEB_MAY_IMPORT = ("portal.errors", "portal.policy", "portal.clock", "portal.config", "portal.db", "portal.logs")

# What a feature may import of another feature.
OPEN_TO_OTHERS = ("operations", "queries", "models", "rules")

DATABASE = ("peewee", "playhouse", "sqlcipher3", "psycopg")
# Translating is no reading of a request; a mail is put into words by an operation.
REQUEST = ("flask", "flask_login", "flask_wtf", "htmx_flask", "wtforms", "werkzeug")
FLASK = (*REQUEST, "flask_babel")


def feature_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def direction(source: Source, known: frozenset[str]) -> list[str]:
    """Imports that go up, sideways, or into what belongs to another feature alone."""
    found = []
    for item in imports(source, known):
        if item.module.split(".")[0] != "portal":
            continue
        reason = _wrong_direction(source, item.module)
        if reason:
            found.append(f"{source.module}:{item.line}: imports {item.module}: {reason}")
    return found


def _is_wiring(module: str) -> bool:
    """Also the demo school: it tells a story out of all parts."""
    return module in WIRING or feature_of(module) == "demo"


def _wrong_direction(source: Source, target: str) -> str:
    if _is_wiring(source.module):
        return ""
    if not source.package:
        allowed = BASE.get(source.module, ())
        return "" if target in allowed else "a base module imports nothing of this"
    if target in BASE:
        return "" if source.package != "leakcheck" else "leakcheck imports nothing of ours"
    if _is_wiring(target) or feature_of(target) == "":
        return "only the wiring imports the wiring"
    return _between_packages(source.package, target, source.role)


def _between_packages(package: str, target: str, source_role: str) -> str:
    other = feature_of(target)
    if other == package:
        return ""
    if package == "leakcheck":
        return "leakcheck imports nothing of ours"
    if package == "web":
        return "" if target in WEB_MAY_IMPORT else "web imports no feature"
    if other == "web":
        return ""
    if package not in RANK:
        return f"{package} has no place in the order of architecture.md"
    if other != "leakcheck":
        if other not in RANK:
            return f"{other} has no place in the order of architecture.md"
        if RANK[other] <= RANK[package]:
            return "imports run downward only"
    if target.endswith(".forms") and source_role == "forms":
        # A form may be built out of the fields of a lower feature's form.
        return ""
    return "" if target.split(".")[-1] in OPEN_TO_OTHERS else "reach a feature through its operations and queries"


def role(source: Source, known: frozenset[str]) -> list[str]:
    """Imports that the kind of file does not allow."""
    check = ROLE_CHECKS.get(source.role)
    if check is None or source.package in ("", "web"):
        return []
    found = []
    for item in imports(source, known):
        reason = check(source, item.module)
        if reason and not (item.typing_only and source.role != "models"):
            found.append(f"{source.module}:{item.line}: imports {item.module}: {reason}")
    return found


def _models(source: Source, target: str) -> str:
    top, last = target.split(".")[0], target.split(".")[-1]
    if top in sys.stdlib_module_names or top in ("peewee", "playhouse"):
        return ""
    own = target.startswith(f"portal.{source.package}.") and last in ("models", "rules")
    lower = top == "portal" and last == "models" and len(target.split(".")) > 2
    if own or lower or target in ("portal.db", "portal.policy"):
        return ""
    return "models import peewee, portal.db, own rules and models below"


def _rules(source: Source, target: str) -> str:
    top, last = target.split(".")[0], target.split(".")[-1]
    if top in FLASK or top in DATABASE or target == "portal.db":
        return "rules are pure: neither Flask nor the database"
    if top == "portal" and target not in ("portal.errors", "portal.policy", "portal.clock") and last != "rules":
        return "rules import only rules, errors, policy and clock"
    return ""


def _queries(source: Source, target: str) -> str:
    if target.split(".")[0] in FLASK or feature_of(target) == "web":
        return "what a request needs is passed in"
    if target.startswith("portal.") and target.split(".")[-1] in ("operations", "forms", "views"):
        return "queries only read"
    return ""


def _operations(source: Source, target: str) -> str:
    if target.split(".")[0] in REQUEST or feature_of(target) == "web":
        return "domain code is told the actor and the time, it reads no request"
    if target.startswith("portal.") and target.split(".")[-1] in ("forms", "views"):
        return "operations know no forms and no views"
    return ""


def _forms(source: Source, target: str) -> str:
    if target.split(".")[0] in DATABASE or target.split(".")[-1] in ("operations", "views"):
        return "a form only says what a browser sent"
    return ""


def _views(source: Source, target: str) -> str:
    if target.split(".")[0] in DATABASE or target == "portal.db":
        return "a view leaves the database to queries and operations"
    return ""


ROLE_CHECKS: dict[str, Callable[[Source, str], str]] = {
    "models": _models,
    "rules": _rules,
    "queries": _queries,
    "operations": _operations,
    "forms": _forms,
    "views": _views,
}


@pytest.mark.parametrize("check", [direction, role])
def test_every_import_is_allowed(check: Callable[[Source, frozenset[str]], list[str]]) -> None:
    known = modules()
    findings = [line for source in sources() for line in check(source, known)]
    assert not findings, "\n".join(findings)


KNOWN = frozenset({"portal.care.rules", "portal.care.views", "portal.desk.views", "portal.incidents.models"})


@pytest.mark.parametrize(
    ("module", "text", "wrong"),
    [
        ("portal.desk.views", "from portal.care.operations import ask_buddy", False),
        ("portal.desk.views", "from portal.care import rules", False),
        ("portal.desk.views", "from portal.care import views", True),
        ("portal.desk.views", "from portal.care.forms import AskForm", True),
        ("portal.desk.report.views", "from portal.desk.forms import ReportForm", False),
        ("portal.desk.report.views", "from ..views import home", False),
        ("portal.care.views", "from portal.desk.queries import home", True),
        ("portal.care.operations", "def f():\n    from portal.desk.operations import report", True),
        ("portal.care.queries", "from portal.classes.queries import all_classes", True),
        ("portal.incidents.models", "from portal.accounts.models import Person", False),
        ("portal.accounts.models", "from portal.incidents.models import Incident", True),
        ("portal.accounts.views", "from portal.web.access import requires", False),
        ("portal.accounts.views", "from portal import create_app", True),
        ("portal.accounts.views", "import portal.models", True),
        ("portal.web.access", "from portal import policy", False),
        ("portal.web.access", "from portal.accounts.models import Person", True),
        ("portal.web.access", "from ..accounts import models", True),
        ("portal.errors", "from portal.db import db", True),
        ("portal.db", "from portal.config import Settings", False),
        ("portal.leakcheck.rules", "from portal.errors import Refused", True),
        ("portal.cli", "from portal.desk.views import bp", False),
        ("portal.novelty.rules", "from portal.audit.rules import digest", True),
    ],
)
def test_direction_is_noticed(module: str, text: str, wrong: bool) -> None:
    assert bool(direction(Source(module, text), KNOWN)) is wrong


@pytest.mark.parametrize(
    ("module", "text", "wrong"),
    [
        ("portal.care.models", "import peewee as pw\nfrom portal.db import Model", False),
        ("portal.care.models", "from portal.incidents.models import Incident", False),
        ("portal.care.models", "from portal.care.rules import MOST", False),
        ("portal.care.models", "from flask import g", True),
        ("portal.care.models", "from portal.care.queries import x", True),
        ("portal.care.rules", "from portal.errors import Refused", False),
        ("portal.care.rules", "from portal.care.models import Buddy", True),
        ("portal.care.rules", "if TYPE_CHECKING:\n    from portal.care.models import Buddy", False),
        ("portal.care.rules", "import peewee", True),
        ("portal.care.rules", "from flask_babel import gettext", True),
        ("portal.care.queries", "from portal.care.models import Buddy", False),
        ("portal.care.queries", "from flask_login import current_user", True),
        ("portal.care.operations", "from flask_babel import gettext", False),
        ("portal.care.operations", "from flask import request", True),
        ("portal.care.operations", "from portal.web.forms import TextField", True),
        ("portal.care.forms", "from portal.web.forms import TextField", False),
        ("portal.care.forms", "import peewee", True),
        ("portal.care.views", "from portal.care.operations import ask_buddy", False),
        ("portal.care.views", "from portal.db import db", True),
        ("portal.web.errors", "import peewee", False),
    ],
)
def test_a_role_is_noticed(module: str, text: str, wrong: bool) -> None:
    assert bool(role(Source(module, text), KNOWN)) is wrong
