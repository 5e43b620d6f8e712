"""The leak check on a text that goes out: what stands in it that could lead somebody to a child."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.errors import N_, Refused
from portal.incidents.models import Incident
from portal.incidents.people.operations import known_names
from portal.leakcheck.rules import Finding, check
from portal.policy import Standing


@dataclass(frozen=True)
class Found:
    """A finding with its place: in which language and part of the text."""

    language: str
    part: str
    finding: Finding


class Leaks(Refused):
    """A text cannot go out as it is: `found` has what stands in the way."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__(
            N_("The text could lead somebody to a person involved. Nothing was sent out."),
            N_("Look at what is marked, change it or say why it may stay, and try again."),
        )
        self.found = found


def findings(incident: Incident, texts: Mapping[str, Mapping[str, str]], *, class_name: str = "") -> list[Found]:
    """All findings in all parts, in the order of the text; what the school itself is called is none."""
    people = known_names(incident)
    return [
        Found(language, part, one)
        for language, parts in texts.items()
        for part, text in parts.items()
        for one in check(text, people, exempt=_exempt(), classes=[class_name] if class_name else [])
    ]


def _exempt() -> Iterable[str]:
    return ()


def gate(
    incident: Incident,
    texts: Mapping[str, Mapping[str, str]],
    reasons: Mapping[str, str],
    *,
    class_name: str = "",
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Raises `Leaks` with the hard findings, and with the soft ones for which `reasons` has no reason (by key)."""
    found = findings(incident, texts, class_name=class_name)
    open_ = [one for one in found if one.finding.hard or not reasons.get(one.finding.key, "").strip()]
    if open_:
        raise Leaks(open_)


def look(
    incident: Incident,
    texts: Mapping[str, Mapping[str, str]],
    *,
    class_name: str = "",
    reasons: Mapping[str, str] | None = None,
    place: str = "",
    standing: Standing,
    actor: Person,
    now: datetime,
) -> list[dict[str, Any]]:
    """The findings as a page shows them."""
    return [
        {"n": n, "language": one.language, "part": one.part, "hard": one.finding.hard, "words": one.finding.words,
         "key": one.finding.key, "reason": (reasons or {}).get(one.finding.key, ""), "title": one.finding.words}
        for n, one in enumerate(findings(incident, texts, class_name=class_name), 1)
    ]  # fmt: skip


def marked(told: list[dict[str, Any]], texts: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    return []
