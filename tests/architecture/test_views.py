"""Views fetch, parse, act and answer; each says who may use it; fields check what was typed."""

import ast
import statistics
from collections.abc import Callable

import pytest

from tests.architecture.source import Source, decorator_name, is_route, sources, view_functions

LONGEST_VIEW, USUAL_VIEW = 40, 15

# Rows are found by queries and changed by operations.
DATABASE_CALLS = {
    "save",
    "where",
    "create",
    "select",
    "execute",
    "execute_sql",
    "atomic",
    "get_by_id",
    "get_or_none",
    "get_or_create",
    "bulk_create",
    "insert_many",
    "delete_instance",
    "delete_by_id",
}
# What a view may set a field of: the request's own store, its session, its form and its answer.
OWN_NAMES = {"g", "session", "form", "response", "answer", "self"}

BARE_FIELDS = {
    "StringField",
    "TextAreaField",
    "EmailField",
    "TelField",
    "SearchField",
    "URLField",
    "FileField",
    "MultipleFileField",
    "MultipleFileInput",
    "FileInput",
}


def all_views() -> list[tuple[Source, ast.FunctionDef]]:
    return [(source, view) for source in sources() for view in view_functions(source)]


def length(view: ast.FunctionDef) -> int:
    """Lines from `def` to the end, without the decorators."""
    return (view.end_lineno or view.lineno) - view.lineno + 1


def test_views_are_short() -> None:
    lengths = {f"{source.module}.{view.name}": length(view) for source, view in all_views()}
    too_long = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_VIEW]
    assert not too_long, "\n".join(too_long)
    assert statistics.median(lengths.values() or [0]) <= USUAL_VIEW


def test_length_counts_the_function_only() -> None:
    source = Source("portal.x.views", '@bp.get("/x")\n@public\ndef x():\n    a()\n    return b(\n        1,\n    )\n')
    assert [length(view) for view in view_functions(source)] == [5]


def unguarded(source: Source) -> list[str]:
    """Views without `@requires(...)`, `@shared(...)` or `@public` from portal.web.access below their route."""
    guards = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "portal.web.access"
        for alias in node.names
    }
    if source.module.startswith("portal.web."):
        guards |= {"requires": "requires", "public": "public"}
    found = []
    for view in view_functions(source):
        last_route = max(i for i, item in enumerate(view.decorator_list) if is_route(item))
        below = view.decorator_list[last_route + 1 :]
        good = [
            item
            for item in below
            if (isinstance(item, ast.Call) and guards.get(decorator_name(item)) in ("requires", "shared"))
            or (isinstance(item, ast.Name) and guards.get(item.id) == "public")
        ]
        if len(good) != 1:
            found.append(f"{source.module}:{view.lineno}: {view.name}: one @requires(...) or @public under its route")
    return found


def astray(source: Source) -> list[str]:
    """Addresses that are made elsewhere than in views, or in a way that the other checks cannot see."""
    found = []
    # `portal.health` asks every feature, so it stands above them all.
    if source.role != "views" and source.module != "portal.health" and source.package != "web":
        found += [f"{source.module}:{view.lineno}: {view.name} is no view here" for view in view_functions(source)]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_url_rule":
            found.append(f"{source.module}:{node.lineno}: use a route decorator, not add_url_rule")
    return found


def reaches_for_rows(source: Source) -> list[str]:
    """Where a view file queries or changes rows itself."""
    if source.role != "views":
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DATABASE_CALLS:
            found.append(f"{source.module}:{node.lineno}: calls .{node.func.attr}(): for queries and operations")
        for target in assigned(node):
            if isinstance(target, ast.Attribute) and not _is_own(target):
                found.append(f"{source.module}:{target.lineno}: assigns {ast.unparse(target)}: for operations only")
    return found


def assigned(node: ast.AST) -> list[ast.expr]:
    """What an assignment writes to, tuples taken apart."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    else:
        return []
    flat: list[ast.expr] = []
    for target in targets:
        flat += target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return flat


def _is_own(target: ast.Attribute) -> bool:
    root: ast.expr = target
    while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
        root = root.func if isinstance(root, ast.Call) else root.value
    return isinstance(root, ast.Name) and (root.id in OWN_NAMES or root.id.endswith("_form"))


def bare_fields(source: Source) -> list[str]:
    """Text fields that are not those of portal.web.forms, which check what was typed."""
    if source.role == "forms" and source.package == "web":
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("wtforms", "flask_wtf"):
            names = {alias.name for alias in node.names} & BARE_FIELDS
        elif isinstance(node, ast.Attribute) and ast.unparse(node).split(".")[0] in ("wtforms", "wtf", "fields"):
            names = {node.attr} & BARE_FIELDS
        else:
            continue
        found += [f"{source.module}:{node.lineno}: {name}: use a field of portal.web.forms" for name in sorted(names)]
    return found


def takes_files(source: Source) -> list[str]:
    """Anything that could take a file in (rule 1 of the product: there is no way to send imagery)."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in RAW_BODIES:
            found.append(f"{source.module}:{node.lineno}: reads {ast.unparse(node)}")
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in ("FileField", "MultipleFileField", "FileStorage", "FileInput"):
                found.append(f"{source.module}:{node.lineno}: {name}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "multipart/" in node.value:
            found.append(f"{source.module}:{node.lineno}: {node.value!r}")
    return found


RAW_BODIES = {f"request.{name}" for name in ("files", "data", "stream", "json", "get_data", "get_json")}


@pytest.mark.parametrize("check", [unguarded, astray, reaches_for_rows, bare_fields, takes_files])
def test_every_file_keeps_the_convention(check: Callable[[Source], list[str]]) -> None:
    findings = [line for source in sources() for line in check(source)]
    assert not findings, "\n".join(findings)


GUARDS = "from portal.web.access import public, requires, shared\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (GUARDS + '@bp.get("/x")\n@requires("log", "read")\ndef x(): ...', False),
        (GUARDS + '@bp.get("/x")\n@public\ndef x(): ...', False),
        (GUARDS + '@bp.get("/x")\n@shared("read")\ndef x(): ...', False),
        (GUARDS + '@bp.get("/x")\n@shared\ndef x(): ...', True),
        (GUARDS + '@bp.get("/x")\n@bp.post("/x")\n@public\ndef x(): ...', False),
        (GUARDS + "def x(): ...", False),
        (GUARDS + '@bp.get("/x")\ndef x(): ...', True),
        (GUARDS + '@public\n@bp.get("/x")\ndef x(): ...', True),
        (GUARDS + '@bp.get("/x")\n@requires\ndef x(): ...', True),
        (GUARDS + '@bp.get("/x")\n@public\n@requires("log", "read")\ndef x(): ...', True),
        ('from elsewhere import public\n@bp.route("/x")\n@public\ndef x(): ...', True),
    ],
)
def test_an_unguarded_view_is_noticed(text: str, wrong: bool) -> None:
    assert bool(unguarded(Source("portal.care.views", text))) is wrong


@pytest.mark.parametrize(
    ("module", "text", "wrong"),
    [
        ("portal.care.views", '@bp.get("/x")\ndef x(): ...', False),
        ("portal.care.operations", '@bp.get("/x")\ndef x(): ...', True),
        ("portal.care.views", 'bp.add_url_rule("/x", view_func=x)', True),
    ],
)
def test_a_view_astray_is_noticed(module: str, text: str, wrong: bool) -> None:
    assert bool(astray(Source(module, text))) is wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("g.incident = found", False),
        ("form.name.choices = names", False),
        ("ask_form.name.data = ''", False),
        ("response.headers['X'] = '1'", False),
        ("buddies = queries.buddies_of(incident)", False),
        ("incident.state = 'closed'", True),
        ("g.incident, buddy.answer = found, 1", True),
        ("buddy.count += 1", True),
        ("Buddy.select()", True),
        ("queries.buddies_of(incident).where(Buddy.answer == 1)", True),
        ("incident.save()", True),
        ("Buddy.create(name='x')", True),
    ],
)
def test_reaching_for_rows_is_noticed(text: str, wrong: bool) -> None:
    assert bool(reaches_for_rows(Source("portal.care.views", text))) is wrong
    assert not reaches_for_rows(Source("portal.care.operations", text))


@pytest.mark.parametrize(
    ("module", "text", "wrong"),
    [
        ("portal.care.forms", "from wtforms import SelectField, PasswordField", False),
        ("portal.care.forms", "from portal.web.forms import EmailField, TextField", False),
        ("portal.web.forms", "import wtforms\nclass T(wtforms.StringField): ...", False),
        ("portal.care.forms", "from wtforms import StringField as Line", True),
        ("portal.care.forms", "from wtforms.fields import TextAreaField", True),
        ("portal.care.forms", "import wtforms\nx = wtforms.StringField()", True),
        ("portal.care.views", "import wtforms\nx = wtforms.fields.TextAreaField()", True),
        ("portal.care.forms", "from flask_wtf.file import FileField", True),
    ],
)
def test_a_bare_field_is_noticed(module: str, text: str, wrong: bool) -> None:
    assert bool(bare_fields(Source(module, text))) is wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("request.form.get('x')", False),
        ("request.files['x']", True),
        ("request.get_data()", True),
        ("FileField('x')", True),
        ("wtforms.FileField('x')", True),
        ("enctype = 'multipart/form-data'", True),
    ],
)
def test_taking_files_is_noticed(text: str, wrong: bool) -> None:
    assert bool(takes_files(Source("portal.care.views", text))) is wrong
