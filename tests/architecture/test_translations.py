"""The check that `make lint` runs over the translations can fail, in each way it should."""

import importlib.util
import io
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from tests.architecture.source import ROOT

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_translations", ROOT / "scripts" / "check_translations.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ('msgid "Plan"\nmsgstr "Plan"\n', []),
        ("", ["missing"]),
        ('msgid "Plan"\nmsgstr ""\n', ["not translated"]),
        ('#, fuzzy\nmsgid "Plan"\nmsgstr "Plan"\n', ["fuzzy"]),
        ('msgid "Plan"\nmsgstr "Plan"\n\nmsgid "Old"\nmsgstr "Oud"\n', ["no longer"]),
        ('msgid "Plan"\nmsgstr "Plan"\n\n#~ msgid "Old"\n#~ msgstr "Oud"\n', ["obsolete"]),
    ],
)
def test_an_incomplete_catalogue_is_noticed(script: ModuleType, entries: str, expected: list[str]) -> None:
    catalog = read_po(io.BytesIO((HEADER + entries).encode()), locale="nl")
    problems = script.compare({"Plan": "x.py:1"}, catalog)
    assert [problem.startswith(start) for problem, start in zip(problems, expected, strict=True)] == [True] * len(
        expected
    )


@pytest.mark.parametrize(("dutch", "wrong"), [("%(name)s belt", False), ("%(naam)s belt", True), ("Belt", True)])
def test_other_placeholders_are_noticed(script: ModuleType, dutch: str, wrong: bool) -> None:
    text = f'#, python-format\nmsgid "%(name)s calls"\nmsgstr "{dutch}"\n'
    catalog = read_po(io.BytesIO((HEADER + text).encode()), locale="nl")
    assert bool(script.compare({"%(name)s calls": "x.py:1"}, catalog)) is wrong


def test_texts_are_found_in_python_and_templates(script: ModuleType) -> None:
    places = script.extract(ROOT).values()
    assert any(place.startswith("portal/") for place in places)
    assert any(place.startswith("templates/") for place in places)
    assert not any(place.startswith((".venv/", "tests/")) for place in places)
