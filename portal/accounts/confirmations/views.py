"""What waits for a second person of leadership, and what this one says."""

from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.confirmations import operations, queries, rules
from portal.web import keeping
from portal.web.access import requires
from portal.web.fragments import answer, onward

bp = Blueprint("confirmations", __name__, url_prefix="/confirmations")


@bp.get("")
@requires("confirmations", "read")
def confirmations() -> Any:
    waiting = queries.waiting_for(current_user, g.clock.now())
    return answer("accounts/confirmations.html", waiting=waiting, words=rules.WORDS, lasts=rules.LASTS)


@bp.post("/<int:confirmation_id>")
@requires("confirmations", "change")
def decide(confirmation_id: int) -> Any:
    asked, said = queries.with_id(confirmation_id), request.form.get("answer")
    if asked is None or said not in ("yes", "no"):
        abort(404)
    keeping.once(lambda: operations.decide(asked, yes=said == "yes", actor=current_user, now=g.clock.now()))
    flash(_("Confirmed.") if said == "yes" else _("Refused. Nothing was changed."))
    return onward("/confirmations")
