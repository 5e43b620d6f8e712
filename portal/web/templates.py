"""Templates, compiled once per language.

A text of `_('…')` is translated, and an included template is put in place, when a template is compiled: a page
then neither looks up texts nor calls templates for each of its rows. A compiled template is named by language and
path, as in `nl:actions/plan.html`; what it extends, imports and includes is of the same language.
"""

from collections.abc import Callable
from typing import Any

import flask.templating
import jinja2
from flask import Flask
from jinja2 import FileSystemLoader, nodes
from jinja2.visitor import NodeTransformer

from portal.config import ROOT

Translate = Callable[[str, str], str]  # (language, text)


class Loader(FileSystemLoader):
    def get_source(self, environment: Any, template: str) -> Any:
        return super().get_source(environment, template.partition(":")[2])


class Template(jinja2.Template):
    def _get_default_module(self, ctx: Any = None) -> Any:
        """Macros know no values of a page, so there is no need to compare these at each import."""
        return super()._get_default_module()


class Environment(flask.templating.Environment):
    language: Callable[[], str]  # of the reader
    translate: Translate
    template_class = Template

    def get_or_select_template(self, template_name_or_list: Any, parent: Any = None, globals: Any = None) -> Any:
        """What Flask renders: a path, in the reader's language."""
        return self.get_template(f"{self.language()}:{template_name_or_list}", parent, globals)

    def join_path(self, template: str, parent: str) -> str:
        return f"{parent.partition(':')[0]}:{template}"

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        put_in_place: nodes.Template = _PutInPlace(self, name or ":").visit(tree)
        return put_in_place


class _PutInPlace(NodeTransformer):
    def __init__(self, environment: Environment, name: str) -> None:
        self.environment, self.name = environment, name
        self.language = name.partition(":")[0]

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  (Jinja's name)
        self.generic_visit(node)
        text = node.args[0] if len(node.args) == 1 else None
        plain = not (node.dyn_args or node.dyn_kwargs)
        if not (
            isinstance(node.node, nodes.Name) and node.node.name == "_" and isinstance(text, nodes.Const) and plain
        ):
            return node
        said = nodes.Const(self.environment.translate(self.language, text.value))
        values = nodes.Dict([nodes.Pair(nodes.Const(pair.key), pair.value) for pair in node.kwargs])
        # As Jinja itself does it: the text is trusted, what is filled in is escaped.
        filled = nodes.Mod(nodes.MarkSafe(said), values)
        return filled.set_lineno(node.lineno, override=True).set_environment(self.environment)

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        if not isinstance(node.template, nodes.Const) or node.ignore_missing or not node.with_context:
            return node
        name = self.environment.join_path(node.template.value, self.name)
        assert self.environment.loader
        source, filename, _uptodate = self.environment.loader.get_source(self.environment, name)
        body = self.environment._parse(source, name, filename).body
        return nodes.Scope(body).set_lineno(node.lineno).set_environment(self.environment)


def init_templates(app: Flask, language: Callable[[], str], translate: Translate) -> None:
    environment = app.jinja_env
    assert isinstance(environment, Environment)
    environment.language, environment.translate = language, translate
    environment.loader = Loader(ROOT / "templates")
