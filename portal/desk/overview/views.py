"""How one incident stands, and joining two of them."""

from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.desk.overview import rules
from portal.desk.overview.forms import JoinForm
from portal.desk.overview.queries import picture
from portal.incidents import queries
from portal.incidents.joining.operations import join as join_incidents
from portal.incidents.operations import log_was_read, note_unrest
from portal.incidents.rules import UNREST, flags
from portal.incidents.team.operations import keep_look, mark_seen
from portal.web.access import requires
from portal.web.fragments import answer, fragment_due, live, onward

bp = Blueprint("desk", __name__, url_prefix="/incidents/<ref>")


@bp.get("")
@requires("overview", "read")
def overview() -> Any:
    if request.path != f"/incidents/{g.incident.ref}":
        return onward(f"/incidents/{g.incident.ref}")
    now = g.clock.now()
    if not g.standing.has_seen:
        mark_seen(g.incident, current_user, now=now)
    since, keep = rules.visit(g.standing.looked_at, g.standing.look_from, now)
    # A link on somebody else's page must not put away what is new.
    if "seen" in request.args and request.headers.get("Sec-Fetch-Site") != "cross-site":
        since, keep = now, True
    if keep:
        keep_look(g.incident, current_user, since, now=now)
    # Not left in the address: loaded again, it would put away what came meanwhile.
    return onward(request.path) if "seen" in request.args and not fragment_due() else _overview(since)


def _overview(since: Any) -> Any:
    now = g.clock.now()
    shown = picture(g.incident, g.standing, since, now)
    if any(row.action.outcome and row.may_read_text for row in shown["board"].calls):
        log_was_read(g.incident, actor=current_user, now=now)
    return live(
        "desk/overview.html",
        "desk/_overview.html",
        **shown,
        answers=shown["board"].answers,
        flags=flags(),
        rules=rules,
        coordinators=queries.coordinators(g.incident),
        running=g.incident.state == "open",
        may_change=g.standing.may("overview", "change"),
    )


@bp.post("/unrest")
@requires("overview", "add", "change")
def unrest() -> Any:
    value = request.form.get("value", "")
    if value not in UNREST:
        abort(404)
    note_unrest(g.incident, int(value), actor=current_user, now=g.clock.now())
    return _overview(g.standing.look_from) if fragment_due() else onward(f"/incidents/{g.incident.ref}#unrest")


@bp.route("/join", methods=["GET", "POST"])
@requires("overview", "change")
def join() -> Any:
    form = JoinForm()
    others = {other.id: other for other in queries.others_to_join(current_user, g.incident)}
    form.other.choices = [(0, _("choose")), *((o.id, f"{o.code_name} ({o.ref})") for o in others.values())]
    if form.accepts(
        lambda: join_incidents(
            g.incident, others[form.other.data], checked=form.checked.data, actor=current_user, now=g.clock.now()
        )
    ):
        flash(_("Joined. Everything goes on here."))
        # Joined before by this very form: the address led to where it goes on.
        return onward(f"/incidents/{g.incident.ref if form.repeated else others[form.other.data].ref}")
    return answer("desk/join.html", form=form, others=others, status=form.status)
