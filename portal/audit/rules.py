"""How the rows of the trail are chained. Pure."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

START = "0" * 64


def digest(previous: str, row: dict[str, Any]) -> str:
    """SHA-256 over the row before and what this row says, in one fixed form."""
    said = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{said}".encode()).hexdigest()


def broken(rows: Iterable[tuple[int, str, str, dict[str, Any]]]) -> list[int]:
    """Numbers of the rows whose link does not hold, from (id, previous, digest, row) in order.

    A removed row shows at the one after it; rows cut off at the end need the head kept elsewhere.
    """
    wrong, last = [], START
    for number, previous, kept, row in rows:
        if previous != last or kept != digest(previous, row):
            wrong.append(number)
        last = kept
    return wrong
