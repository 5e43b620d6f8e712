"""Every action that the source writes into the trail has plain words, and a reader that the table names."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import pytest

from portal.actions.rules import STATES
from portal.audit.models import AuditEvent
from portal.audit.operations import record
from portal.desk.trail import queries
from portal.desk.trail.rules import OFFICE, PAGE, WORDS, Asked, words_of
from portal.incidents.rules import flags
from tests.architecture.source import Source, sources
from tests.conftest import MONDAY

PARTS = "account|care|classes|incident|links|plan|protocol|settings"
WHOLE = re.compile(rf"(?:{PARTS})(?::[a-z-]+){{2}}")
RECORDING = ("record", "record_read", "record_reads")
HOLE = "*"


def text_of(node: ast.expr) -> str:
    """A text with a hole for what is filled in; '' for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def tree_of(source: Source) -> ast.Module:
    """Read once: the tree is gone through for every name that is looked for."""
    return source.tree


@cache
def functions(source: Source) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree_of(source)) if isinstance(node, ast.FunctionDef)]


def calls(tree: ast.AST, *names: str, attribute: bool = False, place: int = 0) -> Iterator[ast.expr]:
    """What is given as value at this place to functions of these names; both branches of a choice."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > place:
            plain = getattr(node.func, "id", "") or (getattr(node.func, "attr", "") if attribute else "")
            if plain in names:
                first = node.args[place]
                yield from [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]


def wrappers(source: Source) -> dict[str, tuple[str, int]]:
    """Functions that put a word of one of their first two values into an action, as `_record` -> `plan:absence:*`."""
    found = {}
    for function in functions(source):
        given = [one.arg for one in function.args.args[:2]]
        for one in calls(function, *RECORDING):
            holes = (
                [part.value for part in one.values if isinstance(part, ast.FormattedValue)]
                if isinstance(one, ast.JoinedStr)
                else []
            )
            if len(holes) == 1 and ast.unparse(holes[0]) in given:
                found[function.name] = text_of(one), given.index(ast.unparse(holes[0]))
    return found


@cache
def open_wrappers() -> dict[str, tuple[str, int]]:
    """Those that other modules use."""
    found = {name: made for source in sources() for name, made in wrappers(source).items()}
    return {name: made for name, made in found.items() if not name.startswith("_")}


def actions_of(source: Source) -> set[str]:
    """Every action that a module may write; with a star where the source fills in a word."""
    if source.module == "portal.desk.trail.rules":
        return set()
    found = {text_of(node) for node in ast.walk(tree_of(source)) if isinstance(node, ast.Constant | ast.JoinedStr)}
    found = {text for text in found if WHOLE.fullmatch(text.replace(HOLE, "x"))}
    own = wrappers(source)
    for name, (made, place) in (open_wrappers() | own).items():
        given = calls(tree_of(source), name, attribute=not name.startswith("_"), place=place)
        written = {made.replace(HOLE, text_of(one)) for one in given if text_of(one)}
        # Another function can have the same name: what it is given makes no action.
        found = found - ({made} if name in own else set())
        found |= {text for text in written if WHOLE.fullmatch(text.replace(HOLE, "x"))}
    return found


def unreadable(source: Source) -> list[str]:
    """Calls whose action this test cannot read, so that no action goes unseen."""
    found = []
    for function in functions(source):
        known = {
            ast.unparse(target)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and WHOLE.search(ast.unparse(node.value))
            for target in node.targets
        }
        found += [
            f"{source.module}: {ast.unparse(one)}"
            for one in calls(function, *RECORDING)
            if not text_of(one) and ast.unparse(one) not in known and source.module != "portal.audit.operations"
        ]
    return found


ACTIONS = sorted(
    {action for source in sources() for action in actions_of(source)}
    | {f"plan:action:{state}" for state in STATES}
    | {f"incident:flag:{key}" for key in flags()}
)


def has_words(action: str) -> bool:
    """Whether some of the words fit: a hole is as good as a star."""
    wanted = action.split(":")
    return any(
        all(HOLE in (one, other) or one == other for one, other in zip(wanted, known.split(":"), strict=True))
        for known in WORDS
    )


def test_every_action_of_the_source_has_words() -> None:
    assert len(ACTIONS) > 60
    assert [action for action in ACTIONS if not has_words(action)] == []
    assert [line for source in sources() for line in unreadable(source)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('record("plan:x:y", s)', {"plan:x:y"}),
        ('record("plan:x:y" if a else "plan:x:z", s)', {"plan:x:y", "plan:x:z"}),
        ('record(f"plan:x:{state}", s)', {"plan:x:*"}),
        ('record_reads("plan:x:read", s)', {"plan:x:read"}),
        ('def go():\n    how = "plan:x:y" if a else "plan:x:z"\n    record(how, s)', {"plan:x:y", "plan:x:z"}),
        ('def go():\n    for what in ("plan:x:y",):\n        record(what, s)', {"plan:x:y"}),
        (
            'def go():\n    _record("a" if x else "b", s)\ndef _record(verb, s):\n    record(f"plan:x:{verb}", s)',
            {"plan:x:a", "plan:x:b"},
        ),
        ('say("plan:x", "https:x:y")', set()),
    ],
)
def test_an_action_is_found_however_it_is_written(text: str, found: set[str]) -> None:
    assert actions_of(Source("portal.x.operations", text)) == found
    assert bool(unreadable(Source("portal.x.operations", text))) is ("what" in text)


def test_an_action_without_words_is_shown_as_itself() -> None:
    assert words_of("plan:unheard:of") == "plan:unheard:of"
    assert words_of("incident:flag:coercion") == WORDS["incident:flag:*"]
    assert not has_words("plan:unheard:of")


def test_the_administrator_reads_no_action_that_can_be_about_an_incident(school: object) -> None:
    """Whatever is written, now or later: only what the list names is found for the office."""
    codes = [*ACTIONS, "care:unheard:of", "incident:account:read", "accounts:x:y", "plan:settings:x", "x:account:y"]
    begin = AuditEvent.select().count()
    for number, code in enumerate(codes):
        record(code.replace(HOLE, "x"), "incident:1", actor_id=1, now=MONDAY + timedelta(minutes=number))
    found: set[str] = set()
    after = None
    while True:
        events, after = queries.office(Asked(), after, MONDAY, PAGE)
        found |= {event.action for event in events if event.id > begin}
        if after is None:
            break
    assert found == {code.replace(HOLE, "x") for code in codes if code.partition(":")[0] + ":" in OFFICE}
    assert {code.partition(":")[0] for code in found} == {"account", "protocol", "settings"}
