"""Keeping what is typed while it is typed, and showing somebody their own drafts."""

from typing import Any

from flask import Blueprint, abort, flash, g
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from portal.drafts import operations, queries, rules
from portal.drafts.forms import DraftForm
from portal.errors import Missing
from portal.incidents.models import Incident
from portal.web import keeping
from portal.web.access import allowed_at, requires
from portal.web.fragments import answer, onward
from portal.web.language import hour
from portal.web.limits import only_session

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


def _find(place: str) -> tuple[str, Incident]:
    """A place with the incident it is of, if this person may write there; else 404 or 403.

    The place of an incident that was joined is that of the one in which it goes on.
    """
    if not rules.is_place(place):
        abort(404)
    args = allowed_at(place.partition("#")[0])
    if "incident" in g:
        return rules.moved(place, g.incident.ref), g.incident
    if "slug" not in args:
        abort(404)
    return place, queries.of_report(current_user, args["slug"], own_receipt=place.startswith("/receipts/"))


def _in_reach(place: str) -> bool:
    try:
        return bool(_find(place))
    except (HTTPException, Missing):
        return False


@bp.get("")
@requires("drafts", "read")
def drafts() -> Any:
    found = [(draft, rules.page_of(draft.place)) for draft in queries.own(current_user.id) if _in_reach(draft.place)]
    return answer("drafts/drafts.html", drafts=found)


@bp.post("")
@requires("drafts", "write")
def keep() -> Any:
    form, now = DraftForm(), g.clock.now()
    # Before the text is looked through; and again in the transaction, for who is removed from the team meanwhile.
    found = form.place.validate(form) and _find(form.place.data)
    if not found or not form.accepts(
        lambda: operations.keep(
            current_user, *_find(form.place.data), form.text.data or "", only=only_session(), now=now
        )
    ):
        return form.message, 422, PLAIN
    place, incident = found
    said = [_("Draft kept %(time)s", time=hour(now)) if form.text.data else ""]
    if "incident" in g:
        names = queries.also_writing(incident, current_user, g.standing, place, now)
        said += [_("%(who)s is writing here too.", who=name) for name in names]
    return " · ".join(filter(None, said)), 200, PLAIN


PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("/<int:draft_id>/throw-away")
@requires("drafts", "remove")
def throw_away(draft_id: int) -> Any:
    if not keeping.sent_before():
        keeping.once(lambda: operations.throw_away(current_user, draft_id))
        flash(_("Thrown away."))
    return onward("/drafts")
