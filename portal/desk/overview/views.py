"""The start page, the list of incidents, and how one incident stands."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.actions.plan.queries import Row, board
from portal.actions.queries import title_of, unfinished_of
from portal.audit.operations import record_read
from portal.clock import local
from portal.desk.overview.forms import JoinForm
from portal.incidents import queries
from portal.incidents.joining.operations import join as join_incidents
from portal.incidents.rules import flags
from portal.incidents.team.operations import mark_seen
from portal.web.access import requires
from portal.web.fragments import answer, onward

bp = Blueprint("desk", __name__)
WEEK = timedelta(days=7)


@bp.get("/")
@requires("desk", "read")
def home() -> Any:
    if current_user.is_administrator:
        return onward("/accounts")
    actions = [(action, title_of(action)) for action in unfinished_of(current_user)]
    return answer(
        "desk/home.html",
        actions=actions,
        incidents=list(queries.open_for(current_user)),
        receipts=list(queries.receipts_of(current_user).limit(5)),
        now=g.clock.now(),
    )


@bp.get("/incidents")
@requires("desk", "read")
def incidents() -> Any:
    return answer("desk/incidents.html", incidents=list(queries.all_for(current_user)))


@bp.get("/incidents/<ref>")
@requires("overview", "read")
def overview() -> Any:
    now = g.clock.now()
    if request.path != f"/incidents/{g.incident.ref}":
        return onward(f"/incidents/{g.incident.ref}")
    if not g.standing.has_seen:
        mark_seen(g.incident, current_user, now=now)
    whole = board(g.incident, g.standing, now)
    if any(row.action.outcome and row.may_read_text for row in whole.calls):
        record_read("incident:log:read", f"incident:{g.incident.id}", reader_id=current_user.id, now=now)
    open_rows = [row for row in whole.with_status("late", "doing", "todo") if not row.no_longer_applies]
    return answer(
        "desk/overview.html",
        board=whole,
        answers=whole.answers,
        flags=flags(),
        to_do=now_to_do(open_rows, now)[:8],
        waiting=whole.with_status("waiting", "closed"),
        day=(local(now).date() - local(g.incident.reported_at).date()).days + 1,
        coordinators=[row.person for row in queries.team(g.incident) if row.function == "coordinator"],
        may_change=g.standing.may("overview", "change"),
    )


def now_to_do(rows: list[Row], now: datetime) -> list[Row]:
    """What asks for attention this week: calls, then what is late, then the reader's own, by time."""
    soon = [row for row in rows if row.status != "todo" or not row.action.due_at or row.action.due_at < now + WEEK]
    return sorted(
        soon, key=lambda row: (not row.action.flag, row.status != "late", not row.mine, row.action.due_at or now)
    )


@bp.route("/incidents/<ref>/join", methods=["GET", "POST"])
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
