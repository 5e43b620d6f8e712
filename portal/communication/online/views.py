"""The page that everybody can read, given out as it was written."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, request
from markupsafe import Markup

from portal.clock import local
from portal.communication.online import queries, rules
from portal.web.access import public
from portal.web.language import hour, when_in

bp = Blueprint("online", __name__)


@bp.get("/statements/<slug>")
@public
def statement(slug: str) -> Any:
    found = queries.answer_at(slug)
    if found is None:
        abort(404)
    answer = Response(found.body, found.status, found.headers)
    return answer.make_conditional(request) if found.status == rules.SHOWN else answer


def written_page(app: Flask, page: rules.Page) -> tuple[str, str]:
    """The whole page in the languages it has, and the style within it. Needs no request, and no context of one."""
    style = app.extensions["asset_text"]("published.css")
    bodies = {
        language: _made(
            app,
            "communication/_published.html",
            language,
            page=page,
            of=language,
            times=_times(page, language),
            paragraphs=rules.paragraphs,
        )
        for language in page.languages
    }
    sheet = Markup("<style>%s</style>") % Markup(style)  # noqa: S704  (built by us)
    return _made(app, "communication/published.html", "nl", page=page, bodies=bodies, style=sheet), style


def _made(app: Flask, name: str, language: str, **values: Any) -> Markup:
    template = app.jinja_env.get_template(f"{language}:{name}")
    return Markup(template.render(**values))  # noqa: S704  (a template escapes)


def _times(page: rules.Page, language: str) -> list[str]:
    """When it was published, and each time it changed: of the same day the hour is enough."""
    said: list[str] = []
    for before, at in zip([None, *page.moments], page.moments, strict=False):
        same = before is not None and local(before).date() == local(at).date()
        said.append(hour(at) if same else when_in(at, language))
    return said
