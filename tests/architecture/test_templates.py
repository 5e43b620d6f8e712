"""Templates: every text translatable, nothing that the content policy forbids, none unused."""

import ast
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import jinja2
import pytest
from jinja2 import nodes

from tests.architecture.source import ROOT, TEMPLATES, sources

ENVIRONMENT = jinja2.Environment(
    extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True
)
# What stands for something that Jinja fills in; no letter, so it is no text, and in no real template.
HOLE = "\ue000"

# Names are not translated; languages are named in themselves.
# An address of ours is shown as it is, and a macro may write attributes for the tag that calls it.
ADDRESS = re.compile(rf"(?<![\w/])/[\w/.{HOLE}-]+")
ATTRIBUTE = re.compile(r'\b[a-z][a-z-]*="[^"]*"|\bnovalidate\b')
UNTRANSLATED = {"Rustpunt", "Nederlands", "English"}
SPOKEN_ATTRIBUTES = {"placeholder", "title", "alt", "aria-label", "aria-description", "aria-roledescription", "label"}
SPOKEN_ARGUMENTS = {
    "text", "title", "label", "hint", "legend", "heading", "caption", "summary", "message", "description",
    "aria_label", "placeholder", "alt",
}  # fmt: skip
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


class Page(HTMLParser):
    """The HTML of a template with holes where Jinja fills in: its texts, tags and attributes by line."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[int, str]] = []
        self.tags: list[tuple[int, str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        clean = {name.replace(HOLE, "").lstrip("\"'"): value or "" for name, value in attrs}
        self.tags.append((self.getpos()[0], tag, clean))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.getpos()[0], data))


def html_of(template: str, *, codes: bool = True) -> str:
    """The template with a hole for each piece of Jinja; texts of {% trans %} are taken for translated.

    With `codes` false, macros named `..._of` are left out: they give a code word, not a text.
    """
    out: list[str] = []
    first, tag, skip_until = False, False, ""
    for _line, kind, value in ENVIRONMENT.lex(template):
        if kind == "data":
            out.append("\n" * value.count("\n") if skip_until else value)
            continue
        if kind == "block_begin":
            first = True
        elif kind == "name" and first:
            first, tag = False, value == "macro"
            if value == skip_until:
                skip_until = ""
            elif value == "trans":
                skip_until = "endtrans"
        elif kind == "name" and tag:
            tag = False
            if value.endswith("_of") and not codes:
                skip_until = "endmacro"
        out.append("\n" * value.count("\n"))
        if kind in ("block_end", "variable_end", "comment_end", "raw_begin", "raw_end"):
            out.append(HOLE)
    return "".join(out)


def has_words(text: str) -> bool:
    left = ATTRIBUTE.sub(" ", ADDRESS.sub(" ", text)).replace(HOLE, " ")
    for name in UNTRANSLATED:
        left = re.sub(rf"\b{name}\b", " ", left)
    return any(char.isalpha() for char in left)


def bare_strings(template: str) -> Iterator[str]:
    """Texts that nobody can translate: in the HTML, in attributes that are read aloud, in Jinja itself."""
    page = Page(html_of(template, codes=False))
    for line, text in page.texts:
        if has_words(text):
            yield f"{line}: bare text {' '.join(text.split())!r}"
    for line, tag, attributes in page.tags:
        spoken = SPOKEN_ATTRIBUTES
        if tag == "input" and attributes.get("type") in ("submit", "button", "reset"):
            spoken = spoken | {"value"}
        for name in sorted(spoken & attributes.keys()):
            if has_words(attributes[name]):
                yield f"{line}: bare {name} {attributes[name]!r}"
    yield from _bare_constants(ENVIRONMENT.parse(template), spoken=False)


def _bare_constants(node: nodes.Node, *, spoken: bool) -> Iterator[str]:
    """Strings within {{ }} and {% %} that look like a sentence, or are passed as one to a macro."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATORS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        sentence = re.match(r"[A-Z][a-z]+(\s|$)", node.value) or re.search(r"[a-z] .*[.?!]$", node.value)
        if (sentence or spoken) and has_words(node.value):
            yield f"{node.lineno}: bare string {node.value!r}"
        return
    for child in node.iter_child_nodes():
        named = isinstance(child, nodes.Keyword) and child.key in SPOKEN_ARGUMENTS
        # A comparison or an index holds codes, whatever it is passed as.
        codes = isinstance(child, nodes.Compare | nodes.Getitem | nodes.Test)
        yield from _bare_constants(child, spoken=(spoken or named) and not codes)


def repeated_ids(template: str) -> Iterator[str]:
    seen: set[str] = set()
    for line, _tag, attributes in Page(html_of(template)).tags:
        name = attributes.get("id", HOLE)
        if HOLE in name:
            continue
        if name in seen:
            yield f"{line}: id {name!r} stands here twice"
        seen.add(name)


def forbidden(template: str) -> Iterator[str]:
    """What the content policy refuses, what escapes from escaping, and what takes a file."""
    page = Page(html_of(template))
    for line, text in page.texts:
        for match in re.finditer(r'\b(style|on[a-z]+|type)="([^"]*)"', text):
            if match[1] != "type" or match[2] == "file":
                yield f"{line}: writes {match[0]}"
    for line, tag, attributes in page.tags:
        for name in attributes:
            if name == "style" or re.fullmatch(r"on[a-z]+|(data-)?hx-on.*", name):
                yield f"{line}: attribute {name}"
        if tag == "style" or (tag == "script" and "src" not in attributes):
            yield f"{line}: <{tag}> within the page"
        if attributes.get("type", "").lower() == "file" or "multipart" in attributes.get("enctype", ""):
            yield f"{line}: takes a file"
        for name in ("src", "href", "action", "formaction"):
            if attributes.get(name, "").lower().startswith("javascript:"):
                yield f"{line}: script in {name}"
            if name == "src" and re.match(r"https?:|//", attributes.get(name, "")):
                yield f"{line}: loads from another host"
    tree = ENVIRONMENT.parse(template)
    for node in tree.find_all(nodes.Filter):
        if node.name in ("safe", "forceescape"):
            yield f"{node.lineno}: |{node.name}"
    for escape in tree.find_all(nodes.ScopedEvalContextModifier):
        yield f"{escape.lineno}: autoescape is switched"


def templates() -> dict[str, str]:
    return {
        str(path.relative_to(TEMPLATES)): path.read_text("utf-8")
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
    }


def html_templates() -> dict[str, str]:
    return {name: text for name, text in templates().items() if name.endswith(".html")}


@pytest.mark.parametrize("check", [bare_strings, repeated_ids, forbidden])
def test_every_template_keeps_the_convention(check: Callable[[str], Iterator[str]]) -> None:
    findings = [f"templates/{name}:{line}" for name, text in html_templates().items() for line in check(text)]
    assert not findings, "\n".join(findings)


def named_in_python(text: str) -> Iterator[re.Pattern[str]]:
    """Names of templates in Python source; an f-string stands for all that fit it."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"[\w/-]+\.(html|txt)", node.value)
        ):
            yield re.compile(re.escape(node.value))
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else "[^/]+" for v in node.values]
            if re.search(r"\\\.(html|txt)$", parts[-1] if parts else ""):
                yield re.compile("".join(parts))


def named_in_template(text: str) -> Iterator[str]:
    """Names that a template extends, includes or imports."""
    for node in ENVIRONMENT.parse(text).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        yield from (const.value for const in node.find_all(nodes.Const) if isinstance(const.value, str))


def unused_and_missing(python: list[str], files: dict[str, str]) -> list[str]:
    """Templates that no view can reach, and names of templates that do not exist."""
    patterns = [pattern for text in python for pattern in named_in_python(text)]
    reached = {name for name in files if any(pattern.fullmatch(name) for pattern in patterns)}
    findings = [
        f"{pattern.pattern} is named in portal/ and does not exist"
        for pattern in patterns
        if not any(pattern.fullmatch(name) for name in files)
    ]
    waiting = list(reached)
    while waiting:
        current = waiting.pop()
        for name in named_in_template(files[current]):
            if name not in files:
                findings.append(f"templates/{current}: names {name}, which does not exist")
            elif name not in reached:
                reached.add(name)
                waiting.append(name)
    return findings + [f"templates/{name} is used by nothing" for name in sorted(files.keys() - reached)]


def test_every_template_is_used_and_exists() -> None:
    findings = unused_and_missing([source.text for source in sources()], templates())
    assert not findings, "\n".join(findings)


def unused_macros(files: dict[str, str]) -> list[str]:
    everything = "\n".join(files.values())
    return [
        f"templates/{name}:{node.lineno}: macro {node.name} is used by nothing"
        for name, text in files.items()
        for node in ENVIRONMENT.parse(text).find_all(nodes.Macro)
        if len(re.findall(rf"\b{re.escape(node.name)}\s*\(", everything)) < 2
    ]


def test_every_macro_is_used() -> None:
    findings = unused_macros(html_templates())
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<h1>{{ _('Plan') }}</h1>", False),
        ("<p>Rustpunt · {{ name }} — 1</p>", False),
        ("{# A remark. #}<p>{% if x %}{{ y }}{% endif %}</p>", False),
        ("{% trans %}All of it{% endtrans %}", False),
        ("<a {% if x %}class='on'{% endif %} title=\"{{ _('Go') }}\">{{ y }}</a>", False),
        ("{{ button(_('Send'), kind='warning') }}", False),
        ("{{ field(label=_('Name'), width=10) }}", False),
        ("{{ tag(text=_('Late') if state == 'late' else _('On time')) }}", False),
        ("{% macro kind_of(f) %}{% if f %}list{% else %}form{% endif %}{% endmacro %}", False),
        ("<input type='submit' value=\"{{ _('Send') }}\">", False),
        ("<p>&nbsp;&copy;</p>", False),
        ("<b>/incidents/new/{{ slug }}</b>", False),
        ('{% macro posts() %}method="post" action="{{ here }}" novalidate{% endmacro %}', False),
        ("<b>and/or {{ slug }}</b>", True),
        ("<h1>Plan</h1>", True),
        ("{% if x %}late{% endif %}", True),
        ("<p>{{ n }} days</p>", True),
        ("<img alt='A school'>", True),
        ('<a aria-label="Go to {{ name }}">{{ name }}</a>', True),
        ("<input type='submit' value='Send'>", True),
        ("{{ button('Send') }}", True),
        ("{{ field(hint='as on the list') }}", True),
        ("{{ _('Plan') ~ 'is empty now.' }}", True),
    ],
)
def test_a_bare_string_is_noticed(text: str, wrong: bool) -> None:
    assert bool(list(bare_strings(text))) is wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<p id='a'></p><p id='b'></p>", False),
        ('{% for x in y %}<p id="row-{{ x }}"></p><p id="row-{{ x }}"></p>{% endfor %}', False),
        ("<p id='a'></p><p id='a'></p>", True),
    ],
)
def test_a_repeated_id_is_noticed(text: str, wrong: bool) -> None:
    assert bool(list(repeated_ids(text))) is wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<script src=\"{{ asset('portal.js') }}\"></script><a href='tel:112'>112</a>", False),
        ("<option value='one' data-only='two'>", False),
        ("<script>go()</script>", True),
        ("<p style='color: red'>", True),
        ("<style>p {}</style>", True),
        ("<button onclick='go()'>", True),
        ("<div {% if x %}onload='go()'{% endif %}>", True),
        ("<div data-hx-on:click='go()'>", True),
        ("<a href='javascript:go()'>", True),
        ("<img src='https://elsewhere.example/x.png'>", True),
        ("<input type='file'>", True),
        ('{% macro look() %}style="color: red"{% endmacro %}', True),
        ("<form enctype='multipart/form-data'>", True),
        ("{{ text|safe }}", True),
        ("{% autoescape false %}{{ text }}{% endautoescape %}", True),
    ],
)
def test_the_forbidden_is_noticed(text: str, wrong: bool) -> None:
    assert bool(list(forbidden(text))) is wrong


def test_an_unused_template_is_noticed() -> None:
    files = {
        "layouts/base.html": "",
        "care/page.html": "{% extends 'layouts/base.html' %}{% include 'care/_list.html' %}",
        "care/_list.html": "",
    }
    python = ["answer('care/page.html')"]
    assert unused_and_missing(python, files) == []
    assert unused_and_missing(["answer(f'care/{name}.html')"], files) == []
    assert unused_and_missing(python, files | {"care/old.html": ""}) == ["templates/care/old.html is used by nothing"]
    assert unused_and_missing(["answer('care/gone.html')", *python], files)
    assert unused_and_missing(python, files | {"care/_list.html": "{% include 'care/gone.html' %}"})


def test_an_unused_macro_is_noticed() -> None:
    assert unused_macros({"a.html": "{% macro one(x) %}{% endmacro %}{{ one(1) }}"}) == []
    assert unused_macros({"a.html": "{% macro one(x) %}{% endmacro %}"})


def file_inputs(text: str) -> list[str]:
    """Ways for a script of ours to take a file in."""
    return re.findall(r"multipart|FileReader|createObjectURL|\.files\b|type\s*=\s*[\"']file", text)


def test_no_script_of_ours_takes_a_file() -> None:
    findings = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in sorted((ROOT / "static" / "js").rglob("*.js"))
        for found in file_inputs(path.read_text("utf-8"))
    ]
    assert not findings, "\n".join(findings)


def test_a_script_that_takes_a_file_is_noticed() -> None:
    assert file_inputs("input.files[0]")
    assert not file_inputs("form.submit()")
