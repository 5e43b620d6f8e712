"""Things that break: `make faults` runs them, `make test` leaves them out."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.mail import Mailbox
from tests.faults.portal import Installation


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """They take minutes and kill processes, so they run only when asked for."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        item.add_marker("faults")
    if "faults" not in config.option.markexpr:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)


@pytest.fixture(autouse=True)
def many_files() -> None:
    """Thousands of connections: as many open files as this account may have; servers take the limit over."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """`install(PORTAL_SMTP_URL=…)` makes an installation of its own; its processes end with the test."""
    made: list[Installation] = []

    def make(**settings: str) -> Installation:
        made.append(Installation(tmp_path / f"portal{len(made)}", settings))
        return made[-1]

    yield make
    for portal in made:
        portal.stop()


@pytest.fixture
def portal(install: Callable[..., Installation]) -> Installation:
    """One that runs."""
    made = install()
    made.start()
    return made


@pytest.fixture
def tell(capsys: Any, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print one line of figures, past pytest's capture."""

    def show(line: str) -> None:
        with capsys.disabled():
            print(f"\n  {request.node.name.removeprefix('test_').replace('_', ' ')}: {line}")

    return show


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server on this machine."""
    box = Mailbox()
    box.controller.start()
    yield box
    box.controller.stop()
