"""Where things stand: files by their names, sizes, and what the repository keeps in step."""

import configparser
import json
import re
from pathlib import Path

import pytest

from tests.architecture.source import PORTAL, ROLES, ROOT

LONGEST_FILE = 400
ALLOWED_NAMES = {f"{role}.py" for role in ROLES} | {"__init__.py"}


def misnamed(paths: list[Path]) -> list[str]:
    """Files of a feature (paths below portal/) that are none of the known kinds."""
    return [
        f"portal/{path}: a package holds only {', '.join(sorted(ALLOWED_NAMES))} and .toml data"
        for path in paths
        if len(path.parts) > 1
        and path.parts[0] not in ("web", "demo")
        and path.name not in ALLOWED_NAMES
        and path.suffix != ".toml"
    ]


def without_init(paths: list[Path]) -> list[str]:
    folders = {path.parent for path in paths if path.suffix == ".py"}
    return [f"portal/{folder} has no __init__.py" for folder in sorted(folders) if folder / "__init__.py" not in paths]


def portal_files() -> list[Path]:
    return [
        path.relative_to(PORTAL)
        for path in sorted(PORTAL.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def test_a_package_holds_only_known_files() -> None:
    findings = misnamed(portal_files()) + without_init(portal_files())
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("care/rules.py", False),
        ("desk/report/views.py", False),
        ("protocol/default.toml", False),
        ("web/access.py", False),
        ("clock.py", False),
        ("care/utils.py", True),
        ("desk/report/helpers.py", True),
        ("care/notes.txt", True),
    ],
)
def test_a_misnamed_file_is_noticed(path: str, wrong: bool) -> None:
    assert bool(misnamed([Path(path)])) is wrong


def test_a_folder_without_init_is_noticed() -> None:
    assert without_init([Path("care/rules.py")])
    assert not without_init([Path("care/rules.py"), Path("care/__init__.py")])


def too_long(name: str, text: str) -> list[str]:
    lines = len(text.splitlines())
    return [f"{name}: {lines} lines, {LONGEST_FILE} is the end"] if lines > LONGEST_FILE else []


def test_no_file_is_too_long() -> None:
    findings = [
        line
        for path in portal_files()
        if path.suffix == ".py"
        for line in too_long(f"portal/{path}", (PORTAL / path).read_text("utf-8"))
    ]
    assert not findings, "\n".join(findings)


def test_a_long_file_is_noticed() -> None:
    assert not too_long("x.py", "x\n" * LONGEST_FILE)
    assert too_long("x.py", "x\n" * (LONGEST_FILE + 1))


def plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(setup: str) -> tuple[list[str], list[str]]:
    """Names of the runtime and the development packages in the text of a setup.cfg."""
    config = configparser.ConfigParser()
    config.read_string(setup)

    def names(block: str) -> list[str]:
        return [re.split(r"[\s<>=!~;\[]", line.strip())[0] for line in block.splitlines() if line.strip()]

    return (names(config["options"]["install_requires"]), names(config["options.extras_require"]["dev"]))


def pinned(lock: str) -> dict[str, bool]:
    """Distribution to whether its pin carries a hash, out of the text of a lock file."""
    found: dict[str, bool] = {}
    for block in re.split(r"\n(?=\S)", lock):
        match = re.match(r"([A-Za-z0-9._-]+)==\S+", block)
        if match:
            found[plain(match[1])] = "--hash=sha256:" in block
    return found


def unpinned(names: list[str], lock: str) -> list[str]:
    pins = pinned(lock)
    return [f"{name} is not pinned with a hash" for name in names if not pins.get(plain(name))]


def unexplained(names: list[str], page: str) -> list[str]:
    """Names without a row of their own in docs/dependencies.md."""
    rows = {
        plain(name) for line in page.splitlines() if line.startswith("|") for name in re.findall(r"`([^`]+)`", line)
    }
    return [f"{name} has no row in docs/dependencies.md" for name in names if plain(name) not in rows]


def node_packages(text: str) -> list[str]:
    """Names under dependencies and devDependencies in the text of a package.json."""
    package = json.loads(text)
    return [*package.get("dependencies", {}), *package.get("devDependencies", {})]


def test_each_requirement_is_pinned_and_explained() -> None:
    runtime, development = requirements((ROOT / "setup.cfg").read_text("utf-8"))
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    findings = unpinned(runtime, (ROOT / "requirements.lock").read_text("utf-8"))
    findings += unpinned(runtime + development, (ROOT / "requirements-dev.lock").read_text("utf-8"))
    findings += unexplained(runtime + development + node_packages((ROOT / "package.json").read_text("utf-8")), page)
    assert not findings, "\n".join(findings)


def test_both_lock_files_agree() -> None:
    runtime = (ROOT / "requirements.lock").read_text("utf-8")
    development = (ROOT / "requirements-dev.lock").read_text("utf-8")
    pins = set(re.findall(r"^\S+==\S+", runtime, re.M))
    assert pins - set(re.findall(r"^\S+==\S+", development, re.M)) == set()


def test_a_missing_pin_or_reason_is_noticed() -> None:
    lock = "flask==3.1.3 \\\n    --hash=sha256:00\nhtmx-flask==0.1.0\n"
    assert unpinned(["Flask"], lock) == []
    assert unpinned(["htmx_flask", "peewee"], lock) == [
        "htmx_flask is not pinned with a hash",
        "peewee is not pinned with a hash",
    ]
    page = "| `Flask` | web |\nA word on `peewee`.\n"
    assert unexplained(["flask", "peewee"], page) == ["peewee has no row in docs/dependencies.md"]
