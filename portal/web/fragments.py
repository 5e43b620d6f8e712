"""Answers: a whole page, or the part of it that htmx asked for."""

import hashlib
from typing import Any

from flask import Response, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf


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


def live(page: str, fragment: str, **values: Any) -> Response:
    """As `answer`, for a fragment that asks for itself again and again: 304 while it says the same.

    The tag is made of what would be shown, so it is never wrong; the token of its forms is new each time.
    """
    if not fragment_due():
        return answer(page, **values)
    text = render_template(fragment, **values)
    tag = hashlib.sha256(text.replace(generate_csrf(), "").encode()).hexdigest()[:32]
    response = Response(status=304) if request.headers.get("HX-PTag") == tag else make_response(text)
    response.headers["HX-PTag"] = tag
    return response
