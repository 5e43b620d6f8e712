"""Every way things go wrong becomes one calm page, in one place."""

from collections.abc import Iterable
from typing import Any

import peewee
from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.db import Unready, is_full
from portal.errors import DomainError
from portal.logs import fault
from portal.web.fragments import fragment_due

# Fields that nobody types words into, and passwords, which are never shown back.
NOT_TYPED = {
    "csrf_token", "once", "carried", "version", "state", "subject", "answer", "go", "next", "language",
    "password", "old", "new", "kind", "contact", "function", "phase", "step", "part", "school", "origin", "spread",
    "unrest", "channels", "value",
}  # fmt: skip
MOST_SHOWN = 200  # texts: more than the largest form has; thousands of nothing make a page of megabytes

# status -> (title, what to do)
PAGES: dict[int | str, Any] = {
    400: lambda: (_("That did not go through"), _("Go back, load the page again and try once more.")),
    401: lambda: (_("You are signed out"), _("Your session has ended. Sign in again, then send it once more.")),
    "link": lambda: (_("There is nothing here"), _("Go back to the page, and look there.")),
    "step": lambda: (_("One more step"), _("This was not sent yet: it needs your second step first.")),
    403: lambda: (_("This is not yours to change"), _("Ask the incident coordinator if you need it.")),
    404: lambda: (_("There is nothing here"), _("Check the address, or go to your work.")),
    405: lambda: (_("That cannot be done here"), _("Go back and use the buttons on the page.")),
    413: lambda: (_("This is too much text"), _("Make it shorter and send it again. Files cannot be sent.")),
    429: lambda: (_("This was tried too often"), _("Wait a moment, then try again.")),
    500: lambda: (_("Something went wrong on our side"), _("Try again. If it stays, tell this number:")),
    503: lambda: (
        _("Rustpunt cannot reach its data now"),
        _("Nothing you sent was kept. Does somebody need help now? Call:"),
    ),
}


def error_page(status: int, *, about: str = "", **values: Any) -> Response:
    """A plain page that needs no database; as a fragment, only its heart. `about` names another text than the usual."""
    at = _link()
    title, advice = PAGES.get("link" if at and status == 404 else about or status, PAGES[400])()
    name = "layouts/_error.html" if fragment_due() else "layouts/error.html"
    values.setdefault("typed", typed_texts() if status in (400, 401, 403, 409, 503) else [])
    page = render_template(name, title=title, advice=advice, status=status, at=at, **values)
    return make_response(page, status)


def _link() -> str:
    """The page behind a shared link, for a request that goes there: who has it knows no other page of ours."""
    parts = request.path.split("/")
    return "/".join(parts[:3]) if parts[1:2] == ["p"] and len(parts) > 2 else ""


def typed_texts(fields: Iterable[tuple[str, str]] | None = None) -> list[str]:
    """What was written in a form (of this request), to show it back: without passwords and choices."""
    try:
        fields = list(request.form.items(multi=True)) if fields is None else fields
    except HTTPException:
        return []  # It could not be read: that may be why it is refused.
    return [text for key, text in fields if key not in NOT_TYPED and not _chosen(text)][:MOST_SHOWN]


def _chosen(text: str) -> bool:
    """Whether it is the value of a list or a tick box and no words."""
    return not text or text.isdigit()


def init_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(Unready, _unready)
    app.register_error_handler(peewee.IntegrityError, _unexpected)
    app.register_error_handler(peewee.DatabaseError, _unready)
    app.register_error_handler(Exception, _unexpected)

    @app.after_request
    def say_how_long(response: Response) -> Response:
        if response.status_code == 429:
            response.headers["Retry-After"] = str(g.get("retry_after") or 60)
        return response


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return error_page(error.code, reference=fault(f"answered {error.code}", error))
    return error_page(error.code)


def _csrf(error: CSRFError) -> Response:
    return error_page(400)


def _domain(error: DomainError) -> Response:
    """A refusal that no view turned into its own page: the reason, and the way on."""
    if error.status == 404 or error.status == 403:
        return error_page(error.status)
    g.retry_after = getattr(error, "wait", 0)
    values = {name: value for name, value in error.values.items() if isinstance(value, str | int)}
    name = "layouts/_refused.html" if fragment_due() else "layouts/refused.html"
    page = render_template(
        name,
        reason=_(error.message, **values),
        way_on=_(error.way_on, **values) if error.way_on else "",
        typed=typed_texts(),
    )
    answer = make_response(page, error.status)
    if fragment_due():
        # On top of the page, for the part that asked has to stay as it is.
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#refused", "outerMorph"
    return answer


def _unready(error: Exception) -> Response:
    g.database_ready = False
    why = str(error) if isinstance(error, Unready) or is_full(error) else type(error).__name__
    return error_page(503, reference=fault(f"not ready: {why}", error))


def _unexpected(error: Exception) -> Response:
    """One line in the log: of which type and where, never what the error says, which may be case text."""
    return error_page(500, reference=fault("unexpected", error))
