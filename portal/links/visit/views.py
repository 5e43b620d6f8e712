"""What every page behind a shared link can ask for: keeping what is typed, closing it, and who did what."""

import re
from typing import Any

from flask import Blueprint, abort, g
from flask_babel import gettext as _

from portal.links.door import operations
from portal.links.door.views import cookie_of
from portal.links.kinds.rules import may
from portal.links.trail.queries import lines
from portal.links.trail.views import by_day
from portal.links.visit.forms import DraftForm
from portal.school.queries import school_name
from portal.web import cookies
from portal.web.access import act_at, shared
from portal.web.fragments import answer, onward
from portal.web.language import hour

bp = Blueprint("shared_visit", __name__, url_prefix="/p/<token>")
PLACE = re.compile(r"(/[a-z0-9/-]{1,100})#[\w-]{1,60}", re.ASCII)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("/drafts")
@shared("read")
def drafts() -> Any:
    """What is typed behind this link, while it is typed. A place is one of its forms, `/messages#text`."""
    form, now = DraftForm(), g.clock.now()
    found = form.place.validate(form) and PLACE.fullmatch(form.place.data)
    if found and not may(g.link.kind, act_at(g.at + found[1])):
        abort(404)
    if not found or not form.accepts(
        lambda: operations.keep_draft(g.link, form.place.data, form.text.data or "", now=now)
    ):
        return form.message, 422, PLAIN
    return _("Draft kept %(time)s", time=hour(now)) if form.text.data else "", 200, PLAIN


@bp.post("/leave")
@shared("read")
def leave() -> Any:
    operations.leave(g.visit, now=g.clock.now())
    gone = cookies.drop(onward(g.at), cookie_of(g.link))
    gone.headers["Clear-Site-Data"] = '"cache", "storage"'
    return gone


@bp.get("/trail")
@shared("read")
def trail() -> Any:
    """Of us it says which school we are, and not who of us it was."""
    found, more = lines(g.link, theirs=True)
    us = school_name()
    return answer("links/partner/trail.html", lines=by_day(found, lambda _number: us), more=more)
