"""The page of who came in by a shared link: what this is, what is asked, to print and to keep."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from portal.links.asks.rules import STATES
from portal.links.making.rules import bases, purposes
from portal.links.page import operations, queries
from portal.links.page.forms import JoinForm, TurnDownForm
from portal.links.talking.messages import queries as messages
from portal.links.talking.wording import queries as wording
from portal.links.talking.wording import rules as wording_rules
from portal.school.queries import school_name
from portal.web.access import shared
from portal.web.fragments import answer, fragment_due, live, onward

bp = Blueprint("shared_page", __name__, url_prefix="/p/<token>")


def _shown() -> queries.Shown:
    """What is shared now; that it was read is written down."""
    now = g.clock.now()
    shown = queries.shown(g.link, now)
    operations.note_read(g.link, g.visit, shown.number, now=now)
    return shown


@bp.get("")
@shared("read")
def page() -> Any:
    return answer("links/partner/page.html", shown=_shown())


@bp.get("/now")
@shared("read")
def now() -> Any:
    """What an open page asks every 15 seconds; pages without what is shared only whether the link still answers."""
    if not fragment_due():
        return onward(g.at)
    if request.args.get("only") == "still":
        return live("links/partner/page.html", "links/partner/_still.html")
    return live("links/partner/page.html", "links/partner/_page.html", shown=_shown())


@bp.route("/join", methods=["GET", "POST"])
@shared("join")
def join() -> Any:
    by = {"visit": g.visit, "now": g.clock.now()}
    if request.form.get("answer") == "yes":
        agreed = JoinForm()
        if agreed.accepts(lambda: operations.join(g.link, **by)):
            flash(_("Thank you. %(school)s knows that you take part.", school=school_name()))
        elif agreed.refused:
            raise agreed.refused
        return onward(g.at)
    form = TurnDownForm()
    form.keep_draft(f"{g.at}/join")
    if form.accepts(lambda: operations.turn_down(g.link, form.words.data or "", **by)):
        flash(_("%(school)s knows that you do not take part.", school=school_name()))
        return onward(g.at)
    return answer("links/partner/join.html", form=form, status=form.status)


def _copied(shown: queries.Shown) -> dict[str, Any]:
    """All that was given and said up to now; our statement while it is part of what is shared."""
    told = wording.of(g.link)
    said = [*(told.ours if shown.statement else []), *told.theirs]
    words = {"parts": wording_rules.PARTS_OF, "titles": wording_rules.TITLES, "ask_states": STATES}
    return {"shown": shown, "messages": messages.of(g.link)[::-1], "said": said, **words}


@bp.get("/print")
@shared("read")
def to_print() -> Any:
    shown = _shown()
    operations.note_taken(g.link, g.visit, "print", shown.number, now=g.clock.now())
    return answer("links/partner/print.html", **_copied(shown))


@bp.get("/download")
@shared("download")
def download() -> Any:
    """A copy to keep: one page that stands by itself. Its file name says nothing."""
    shown = _shown()
    operations.note_taken(g.link, g.visit, "download", shown.number, now=g.clock.now())
    copy = answer("links/partner/copy.html", **_copied(shown))
    copy.headers["Content-Disposition"] = 'attachment; filename="rustpunt.html"'
    return copy


@bp.get("/about")
@shared("read")
def about() -> Any:
    root = g.link.root
    why = [rows[key]["title"] for rows, key in ((purposes(), root.purpose), (bases(), root.basis)) if key in rows]
    return answer("links/partner/about.html", shown=_shown(), why=why)
