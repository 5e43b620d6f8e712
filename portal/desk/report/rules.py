"""The report: what is asked, and who is told. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.incidents.rules import staff_may_be_suspected
from portal.policy import TEAM_FUNCTIONS

SLUG = re.compile(r"[A-Za-z0-9_-]{20,43}")


def joiners(
    people: Iterable[tuple[int, Sequence[str]]],
    *,
    joins: Sequence[str],
    kept_out: Iterable[int],
    chosen: Iterable[int],
    answers: dict[str, str],
    stand_ins: Mapping[int, int],
    deputies: Mapping[str, int],
) -> list[tuple[int, str]]:
    """Who joins the team at the report, as (person, function); with who is away also who stands in.

    That is the deputy of the function only, as `deputies` says: nobody brings in whom he or she likes.

    Where a member of staff may be suspected nobody joins by function: only those the reporter chose.
    """
    out, picked = set(kept_out), set(chosen)
    wanted = [] if staff_may_be_suspected(answers) else list(joins)
    rows: list[tuple[int, str]] = []
    for person_id, functions in people:
        if person_id in out:
            continue
        fit = [f for f in TEAM_FUNCTIONS if f in functions and f in wanted]
        if not fit and person_id in picked:
            fit = [f for f in TEAM_FUNCTIONS if f in functions][:1]
        rows += [(person_id, function) for function in fit]
    if not staff_may_be_suspected(answers):
        away = [(stand_ins[one], function) for one, function in rows if one in stand_ins]
        rows += [(one, function) for one, function in away if one not in out and deputies.get(function) == one]
    return list(dict.fromkeys(rows))


def told_something(row: dict[str, Any], preset: str) -> bool:
    """Whether a row of the report's people says more than what the page filled in itself."""
    filled = any(row[name] not in (None, "") for name in ("name", "class_name", "age", "birth_year", "school_name"))
    return filled or row["school"] != "unknown" or row["part"] not in ("", preset)
