"""Answers: a whole page, or the part of it that htmx asked for."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, session
from flask_login import logout_user
from flask_wtf.csrf import generate_csrf

from portal.db import current_file
from portal.web.language import code


def fragment_due() -> bool:
    """Whether the browser wants a part only: not when htmx loads or restores a whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def answer(page: str, fragment: str | None = None, *, status: int = 200, **values: Any) -> Response:
    """Render the fragment when one is due, else the page that includes it."""
    template = fragment if fragment and fragment_due() else page
    return make_response(render_template(template, **values), status)


_alike: dict[tuple[str, ...], str] = {}
PLACE = "\0"  # of the token; no page has this sign


def answer_alike(page: str, *known: str, form: Callable[[], Any], **values: Any) -> Response:
    """A page with a form that says the same to everybody: made once for a language and what else is `known`.

    Only the token of its forms differs. Never for a page of somebody who is signed in; with a message that is
    shown once, or with anything in its address (of which the `values` are), it is made anew.
    """
    if request.query_string or "_flashes" in session:
        return answer(page, form=form(), **values)
    key = (page, current_file(), code(), *known)
    token = generate_csrf()
    if key not in _alike:
        _alike[key] = render_template(page, form=form(), **values).replace(token, PLACE)
    return make_response(_alike[key].replace(PLACE, token))


def onward(path: str) -> Response:
    """After a change: go on to this page. 303 makes the browser GET it."""
    return make_response(redirect(path, 303))


def signed_out() -> Response:
    """This browser is nobody's any more, and keeps nothing of what was shown in it."""
    logout_user()
    session.clear()
    gone = onward("/login")
    gone.headers["Clear-Site-Data"] = '"cache", "storage"'
    return gone


def behind(read: Callable[[str], Any]) -> Any:
    """The place in a long list behind which the page begins (`?after=`); 404 for one that cannot be."""
    try:
        return read(request.args["after"]) if request.args.get("after") else None
    except ValueError:
        abort(404)


def by_itself() -> bool:
    """Whether the page asks this without anybody using it: a poll, or whether the session lasts.

    Such an element says so: data-hx-headers='{"By-Itself": "1"}'.
    """
    return "By-Itself" in request.headers or (request.endpoint, request.method) == ("entry.here", "GET")


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
