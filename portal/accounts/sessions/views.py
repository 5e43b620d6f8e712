"""The own account, where one is signed in, and ending every session of the school."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.devices.operations import shown
from portal.accounts.sessions import operations, queries
from portal.policy import school_verbs
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward, signed_out
from portal.web.language import LANGUAGES

bp = Blueprint("sessions", __name__)


@bp.get("/account")
@requires("account", "read")
def account() -> Any:
    in_charge = "change" in school_verbs("emergency", current_user.functions)
    number = len(queries.own(current_user, g.clock.now()))
    return answer("accounts/own.html", in_charge=in_charge, languages=LANGUAGES, number=number)


@bp.get("/account/sessions")
@requires("account", "read")
def sessions() -> Any:
    found = queries.own(current_user, g.clock.now())
    here = [one for one in found if one.id == current_user.session_id]
    others = [one for one in found if one.id != current_user.session_id]
    return answer("accounts/sessions.html", sessions=here + others, others=others, device=shown)


@bp.post("/account/sessions/end")
@requires("account", "change")
def end() -> Any:
    which, now = request.form.get("which", ""), g.clock.now()
    if which in ("others", "all"):
        operations.end_all_own(current_user, here_too=which == "all", now=now)
    else:
        operations.end_own(current_user, whole_number(which), now=now)
    if which == "all" or whole_number(which) == current_user.session_id:
        return signed_out()
    flash(_("Ended. Nothing opens there any more without signing in."))
    return onward("/account/sessions")


@bp.route("/emergency", methods=["GET", "POST"])
@requires("emergency", "change")
def emergency() -> Any:
    if request.method != "POST":
        return answer("accounts/emergency.html")
    operations.end_everything(actor=current_user, now=g.clock.now())
    gone = signed_out()
    flash(_("All sessions of the school were ended. Everybody has to sign in again."))
    return gone
