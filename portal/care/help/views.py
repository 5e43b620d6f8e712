"""Help for parents: what was offered in one incident, and the school's own list."""

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _

from portal.care.help import operations, queries, rules
from portal.care.help.forms import AnswerForm, OfferForm, OptionForm
from portal.care.help.models import HelpOption
from portal.incidents.models import OPEN
from portal.incidents.people.operations import read_of
from portal.web import keeping
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import say_or_tell

bp = Blueprint("help", __name__)
AT = "/incidents/<ref>/conversations/help"


def _offer_form(options: list[HelpOption]) -> OfferForm:
    form, found = OfferForm(), queries.receivers(g.incident, g.standing)
    form.receiver.choices = [("", _("choose")), *((key, say_or_tell(said)) for key, (_one, said) in found.items())]
    form.options.choices = [(one.id, " · ".join(filter(None, (one.name, one.reach)))) for one in options]
    return form


@bp.route(AT, methods=["GET", "POST"])
@requires("conversations", "read", "read-own")
def offered() -> Any:
    may = g.standing.may("conversations", "change", "change-own")
    if request.method == "POST" and not may:
        abort(403)
    options = queries.options()
    form = _offer_form(options)
    if form.accepts(lambda: operations.offer(g.incident, form.values, **as_member())):
        flash(_("Written down. Open it in the list when there is an answer."))
        return onward(page_of("/conversations/help"))
    found = queries.offers(g.incident, g.standing)
    read_of([one.about_id for one in found], "help", **by())
    return answer(
        "care/help.html",
        form=form,
        families=[(say_or_tell(who), list(rows)) for who, rows in groupby(found, queries.to_whom)],
        options=options,
        kinds=rules.KINDS,
        said=rules.SAID,
        may_offer=may and g.incident.state == OPEN,
        status=form.status,
    )


@bp.route(f"{AT}/<int:offer_id>", methods=["GET", "POST"])
@requires("conversations", "change", "change-own")
def answered(offer_id: int) -> Any:
    found = there(queries.find(g.incident, g.standing, offer_id))
    read_of([found.about_id], "help", **by())
    # A new answer begins empty: the one of before stands above it.
    form, at = AnswerForm(data={"version": found.version}), page_of("/conversations/help")
    form.keep_draft(f"{at}/{offer_id}", changed_at=found.answered_at)

    def act() -> None:
        version, said = whole_number(form.version.data), form.answer.data or ""
        operations.answer(found, said, form.words.data or "", version=version, **by())

    if form.accepts(act):
        return onward(at)
    now = queries.find(g.incident, g.standing, offer_id) or found
    form.compare({"version": now.version, "answer": now.answer, "words": now.words})
    who, said = queries.to_whom(found), rules.SAID
    return answer("care/help_answer.html", form=form, offer=now, who=who, said=said, status=form.status)


@bp.route("/settings/help", methods=["GET", "POST"])
@requires("help", "change")
def options() -> Any:
    form = OptionForm()
    if form.accepts(lambda: operations.add_option(form.values, **by())):
        flash(_("Saved."))
        return onward("/settings/help")
    return answer("care/help_list.html", form=form, options=queries.options(), kinds=rules.KINDS, status=form.status)


@bp.route("/settings/help/<int:option_id>", methods=["GET", "POST"])
@requires("help", "change")
def option(option_id: int) -> Any:
    found = there(queries.option(option_id))
    shown = {name: getattr(found, name) for name in ("kind", "name", "reach", "note", "version")}
    form = OptionForm(data=None if request.form else shown)
    version = whole_number(form.version.data)
    if form.accepts(lambda: operations.change_option(found, form.values, version=version, **by())):
        flash(_("Saved."))
        return onward("/settings/help")
    form.compare(shown)
    return answer("care/help_option.html", form=form, option=found, status=form.status)


@bp.post("/settings/help/<int:option_id>/remove")
@requires("help", "change")
def remove_option(option_id: int) -> Any:
    if not keeping.sent_before():
        keeping.once(lambda: operations.remove_option(there(queries.option(option_id)), **by()))
    return onward("/settings/help")
