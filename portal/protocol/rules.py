"""Phases and steps as values, and reading them from the default file. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

Text = dict[str, str]  # {"nl": …, "en": …}

CONDITIONS = ("always", "victim-here", "suspect-here", "other-school", "beyond-device", "beyond-class", "suspect-12-17")
CONTACTS = ("victim", "suspect", "parents", "classes", "teachers", "school")
GATES = ("parents", "rest", "buddies", "class", "police")


@dataclass(frozen=True)
class Phase:
    key: str
    number: int
    name: Text
    aim: Text


@dataclass(frozen=True)
class Step:
    """A step of the protocol. `due` counts from the report: hours when `in_hours`, else calendar days.

    `contact` is the group of `CONTACTS` that doing it makes contact with, or ''.
    """

    key: str
    phase: str
    position: int
    title: Text
    who: str
    due: int
    in_hours: bool
    when: str
    do: Text
    why: Text
    watch: dict[str, list[str]]
    script: dict[str, list[str]]
    gate: str
    opens: str
    after: str
    daily: bool
    contact: str

    @property
    def due_in(self) -> timedelta:
        return timedelta(hours=self.due) if self.in_hours else timedelta(days=self.due)


@dataclass(frozen=True)
class Protocol:
    """One version, ready to use."""

    phases: tuple[Phase, ...]
    steps: dict[str, Step]

    def phase(self, key: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.key == key), None)


@cache
def default_document() -> dict[str, Any]:
    """What a new school starts with (`default.toml`)."""
    return tomllib.loads((Path(__file__).parent / "default.toml").read_text("utf-8"))


@cache
def default_phases() -> tuple[Phase, ...]:
    """The phases of the default protocol, in order; every version has them."""
    return parse(default_document()).phases


@cache
def _default_contacts() -> dict[str, str]:
    return {row["key"]: row.get("contact", "") for row in default_document()["step"]}


def parse(document: dict[str, Any]) -> Protocol:
    """Raises `KeyError` or `ValueError` when the document is not whole."""
    phases = tuple(
        Phase(row["key"], number, row["name"], row["aim"]) for number, row in enumerate(document["phase"], 1)
    )
    steps = [_step(row, position) for position, row in enumerate(document["step"], 1)]
    protocol = Protocol(phases, {step.key: step for step in steps})
    for step in steps:
        if protocol.phase(step.phase) is None or (step.after and step.after not in protocol.steps):
            raise ValueError(f"step {step.key} names a phase or step that is not there")
    return protocol


def _step(row: dict[str, Any], position: int) -> Step:
    groups_known = row.get("gate", "") in ("", *GATES) and row.get("contact", "") in ("", *CONTACTS)
    if row["when"] not in CONDITIONS or not groups_known or row["due"][-1] not in "hd":
        raise ValueError(f"step {row['key']}: unknown condition, gate, contact or due time")
    return Step(
        key=row["key"],
        phase=row["phase"],
        position=position,
        title=row["title"],
        who=row["who"],
        due=int(row["due"][:-1]),
        in_hours=row["due"].endswith("h"),
        when=row["when"],
        do=row["do"],
        why=row["why"],
        watch=row.get("watch", {}),
        script=row.get("script", {}),
        gate=row.get("gate", ""),
        opens=row.get("opens", ""),
        after=row.get("after", ""),
        daily=row.get("daily", False),
        # A version that was stored before steps named their contact has those of the default.
        contact=row.get("contact", _default_contacts().get(row["key"], "")),
    )
