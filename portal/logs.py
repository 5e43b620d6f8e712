"""What the server writes of itself: one line of JSON each, on standard error, without anything of a person or case.

Our own messages hold ids and names of types. What a library says may hold an address or a query: of it stands
here which library it was, and its text without the values in it.
"""

import logging
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import has_request_context, request
from pythonjsonlogger.json import JsonFormatter

from portal.db import slug_or_none

log = logging.getLogger("rustpunt")
OURS = ("rustpunt", "portal")
FRAMES = 6  # of the call stack; names of functions, never values


def frames_of(trace: TracebackType | None) -> str:
    """Where an error came up, innermost first: file:line function."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))


def fault(message: str, error: BaseException | None = None) -> str:
    """Put a fault of ours in the log; gives its reference, short enough to be told by telephone."""
    digits = f"{secrets.randbelow(10**8):08}"
    reference = f"{digits[:4]}-{digits[4:]}"
    # Not as `exc_info`: another handler would write down what the error says.
    where = {"error": type(error).__name__, "at": frames_of(error.__traceback__)} if error else {}
    log.error(message, extra={"reference": reference, **where})
    return reference


class Lines(JsonFormatter):
    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """These and no others: what an exception says, and what else hangs on a record, stays out."""
        kind, _error, trace = record.exc_info or (None, None, None)
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.message if record.name.split(".")[0] in OURS else _without_values(record),
            "school": slug_or_none(),
            # The pattern, never the address: that names an incident, or is a secret.
            "route": request.url_rule.rule if has_request_context() and request.url_rule else None,
            "reference": getattr(record, "reference", None),
            "error": kind.__name__ if kind else getattr(record, "error", None),
            "at": frames_of(trace) if kind else getattr(record, "at", None),
        }
        log_data.update({name: value for name, value in said.items() if value is not None})


def _without_values(record: logging.LogRecord) -> str:
    """A library's message before its values are filled in; one that was put together before is left out."""
    return str(record.msg) if record.args else f"{Path(record.pathname).name}:{record.lineno} {record.funcName}"


_handler = logging.StreamHandler(sys.stderr)
_handler.setFormatter(Lines())


def init_logs() -> None:
    """Done again for another application in the same process, it changes nothing."""
    root = logging.getLogger()
    if _handler not in root.handlers:
        root.addHandler(_handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
