"""Templates are compiled once per language; what is filled in is escaped all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g
from flask_babel import lazy_gettext
from jinja2 import DictLoader, TemplateNotFound
from markupsafe import Markup

from portal.web.templates import Environment, Loader


class Texts(DictLoader):
    def get_source(self, environment: Any, template: str) -> Any:
        return super().get_source(environment, template.partition(":")[2])


PAGES = {
    "page": "{% for who in people %}{% include 'line' %}{% endfor %}{{ _('Plan') }} {{ _('100%%') }}",
    "line": "{% set name = who %}{{ _('Hello %(name)s', name=name) }};",
}
DUTCH = {"Plan": "Het plan", "Hello %(name)s": "Dag <i>%(name)s</i>"}


@pytest.fixture
def environment(app: Flask) -> Environment:
    made = Environment(app, loader=Texts(PAGES), autoescape=True)
    made.language = lambda: "nl"
    made.translate = lambda language, text: DUTCH.get(text, text) if language == "nl" else text
    return made


def test_texts_and_includes_are_put_in_place(environment: Environment) -> None:
    page = environment.get_or_select_template("page").render(people=["Noor", "<b>"])
    assert page == "Dag <i>Noor</i>;Dag <i>&lt;b&gt;</i>;Het plan 100%"
    english = environment.get_template("en:page").render(people=["Noor"])
    assert english == "Hello Noor;Plan 100%"


def test_a_missing_template_is_missed(environment: Environment) -> None:
    with pytest.raises(TemplateNotFound):
        environment.get_or_select_template("nothing")


def test_what_flask_renders_is_in_the_language_of_the_reader(app: Flask, client: Callable[..., Any]) -> None:
    assert isinstance(app.jinja_env.loader, Loader)
    for code, word in (("nl", "Inloggen"), ("en", "Sign in")):
        page = client().get("/login", headers={"Accept-Language": code}).get_data(as_text=True)
        assert f'<h1 class="govuk-heading-l">{word}</h1>' in page


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        (Markup("<b>"), "<b>"),
        (lazy_gettext("<i>"), "<i>"),  # a text of ours
        (type("Name", (str,), {})("<b>"), "&lt;b&gt;"),
        (["<b>"], "[&#39;&lt;b&gt;&#39;]"),
        (7, "7"),
        (None, "None"),
    ],
)
def test_what_is_written_is_escaped(app: Flask, environment: Environment, value: Any, said: str) -> None:
    macro, kept = "{% macro line(x) %}{{ x }}{% endmacro %}", "{% set x %}{{ value }}{% endset %}"
    source = macro + kept + "{{ value }}|{{ line(value) }}|{{ x }}"
    with app.test_request_context():
        g.clock = app.extensions["clock"]
        assert environment.from_string(source).render(value=value) == f"{said}|{said}|{said}"
