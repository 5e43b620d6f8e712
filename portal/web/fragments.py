"""Answers: a whole page, or the part of it that htmx asked for."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request


def fragment_due() -> bool:
    """Whether the browser wants a part only: not when htmx loads or restores a whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def answer(page: str, fragment: str | None = None, *, status: int = 200, **values: Any) -> Response:
    """Render the fragment when one is due, else the page that includes it."""
    template = fragment if fragment and fragment_due() else page
    return make_response(render_template(template, **values), status)


def onward(path: str) -> Response:
    """After a change: go on to this page. 303 makes the browser GET it."""
    return make_response(redirect(path, 303))
