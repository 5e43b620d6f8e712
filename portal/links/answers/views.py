"""What the other school does with what it was asked."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _

from portal.links import queries
from portal.links.answers.forms import AgainForm, Answer, DateForm, DeclineForm, DoneForm, OwnForm
from portal.links.asks import operations
from portal.links.models import Ask
from portal.links.page.operations import note_read
from portal.links.page.queries import asked
from portal.school.queries import school_name
from portal.web.access import shared
from portal.web.errors import typed_texts
from portal.web.fragments import answer, onward
from portal.web.here import there

bp = Blueprint("shared_answers", __name__, url_prefix="/p/<token>/asks")
FORMS: dict[str, type[Answer]] = {"done": DoneForm, "date": DateForm, "decline": DeclineForm, "again": AgainForm}


def _ask(ask_id: int) -> Ask:
    return there(queries.ask_in(g.link, ask_id))


def _form(name: str, ask: Ask, **sent: Any) -> Any:
    form = FORMS[name](data={"version": ask.read_version}, **sent)
    form.keep_draft(f"{g.at}/asks/{ask.id}/{name}")
    form.stand_beside(name)
    return form


def _page(ask: Ask, tried: str = "", form: Any = None) -> Any:
    """One asked action with its forms; the one that was refused comes back as it was sent."""
    fresh, now = _ask(ask.id), g.clock.now()
    note_read(g.link, g.visit, g.link.root.number, now=now)
    forms = {name: _form(name, fresh, formdata=None) for name in FORMS}
    if form is not None:
        form.compare({"version": fresh.read_version})
        forms[tried] = form
    shown = asked(fresh, now)
    # A form that is not there any more leaves its words on the page.
    typed = typed_texts() if form is not None and not shown.is_open else []
    status = form.status if form is not None else 200
    return answer("links/partner/ask.html", ask=shown, forms=forms, tried=tried, typed=typed, status=status)


def _answered(ask_id: int, name: str, act: Callable[[Ask, Any, dict[str, Any]], Any], said: str) -> Any:
    ask = _ask(ask_id)
    form = _form(name, ask)
    by = {"version": form.read_version, "link": g.link, "visit": g.visit, "now": g.clock.now()}
    if not form.accepts(lambda: act(ask, form, by)):
        return _page(ask, name, form)
    flash(said)
    return onward(g.at)


@bp.get("/<int:ask_id>")
@shared("read")
def ask(ask_id: int) -> Any:
    return _page(_ask(ask_id))


@bp.post("/<int:ask_id>/done")
@shared("answer")
def done(ask_id: int) -> Any:
    said = _("Done. %(school)s sees it now.", school=school_name())
    return _answered(ask_id, "done", lambda ask, form, by: operations.tick(ask, form.words.data or "", **by), said)


@bp.post("/<int:ask_id>/date")
@shared("answer")
def date(ask_id: int) -> Any:
    said = _("Your date was sent. %(school)s answers on this page.", school=school_name())

    def act(ask: Ask, form: Any, by: dict[str, Any]) -> None:
        operations.propose(ask, form.due_at.data, form.words.data or "", **by)

    return _answered(ask_id, "date", act, said)


@bp.post("/<int:ask_id>/decline")
@shared("answer")
def decline(ask_id: int) -> Any:
    said = _("%(school)s knows that you do not do this.", school=school_name())
    return _answered(
        ask_id, "decline", lambda ask, form, by: operations.decline(ask, form.words.data or "", **by), said
    )


@bp.post("/<int:ask_id>/again")
@shared("answer")
def again(ask_id: int) -> Any:
    said = _("It is to do again.")
    return _answered(ask_id, "again", lambda ask, form, by: operations.take_up(ask, **by), said)


@bp.route("/new", methods=["GET", "POST"])
@shared("answer")
def new() -> Any:
    form = OwnForm()
    by = {"visit": g.visit, "now": g.clock.now()}
    if form.accepts(lambda: operations.add_own(g.link, form.title.data or "", form.due_at.data, **by)):
        flash(_("Added. %(school)s sees it now.", school=school_name()))
        return onward(g.at)
    return answer("links/partner/new_ask.html", form=form, status=form.status)
