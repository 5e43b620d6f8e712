"""Reading the source for the tests that hold the conventions. A finding is one line: where, and what."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PORTAL = ROOT / "portal"
TEMPLATES = ROOT / "templates"

ROLES = ("models", "rules", "queries", "operations", "forms", "views")


@dataclass(frozen=True)
class Source:
    """One Python file: its dotted name (`portal.care.views`), its text and its tree."""

    module: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def package(self) -> str:
        """The feature: `care` of `portal.care.views`, empty for a module at the top."""
        parts = self.module.split(".")
        return parts[1] if len(parts) > 2 or self.module.endswith(".__init__") else ""

    @property
    def role(self) -> str:
        """The last part of the name: `views`, `rules`, ..."""
        return self.module.rpartition(".")[2]


@dataclass(frozen=True)
class Import:
    line: int
    module: str
    typing_only: bool


def sources() -> list[Source]:
    """Every file under portal/. The top `__init__` is `portal`, that of a feature ends in `.__init__`."""
    found = []
    for path in sorted(PORTAL.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found.append(Source("portal" if name == "portal.__init__" else name, path.read_text("utf-8")))
    return found


def modules() -> frozenset[str]:
    return frozenset(source.module for source in sources())


def imports(source: Source, known: frozenset[str] = frozenset()) -> Iterator[Import]:
    """Every module that a file imports, wherever it stands in it.

    `from portal.care import rules` names `portal.care.rules` when that is among the `known` modules.
    """
    tree = source.tree
    typing_lines = {
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for child in node.body
        for inner in ast.walk(child)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, node.lineno in typing_lines)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(source, node)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                is_module = full in known or f"{full}.__init__" in known or base == "portal"
                yield Import(node.lineno, full if is_module else base, node.lineno in typing_lines)


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = source.module.split(".")[: -node.level]
    return ".".join([*parts, node.module] if node.module else parts)


def decorator_name(node: ast.expr) -> str:
    """`requires` of `@requires("log", "read")`, `bp.get` of `@bp.get("/x")`."""
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def is_route(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("route", "get", "post", "put", "patch", "delete")
    )


def view_functions(source: Source) -> list[ast.FunctionDef]:
    """Functions that answer at an address."""
    return [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) and any(is_route(item) for item in node.decorator_list)
    ]
