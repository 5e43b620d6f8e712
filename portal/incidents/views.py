"""The situation, the red flags and the logbook of one incident."""

from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.fulltext import marked, words
from portal.incidents import operations, queries
from portal.incidents.forms import EntryForm, ReasonForm, ScopeForm
from portal.incidents.logbook import queries as logbook
from portal.incidents.logbook.forms import asked as asked_of_log
from portal.incidents.logbook.rules import PAGE, PORTAL, is_long, place, place_before
from portal.incidents.models import Entry, Incident
from portal.incidents.rules import ANSWERS, ENTRY_KINDS, flags
from portal.protocol.queries import protocol
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, behind, onward
from portal.web.here import by, page_of
from portal.web.language import tell

bp = Blueprint("incidents", __name__, url_prefix="/incidents/<ref>")


def _scope(incident: Incident) -> dict[str, Any]:
    fields = ("kind", "origin", "channels", "spread", "version")
    return {
        **{name: getattr(incident, name) for name in fields},
        "classes": ", ".join(incident.classes),
        "unrest": "" if incident.unrest is None else str(incident.unrest),
    }


@bp.route("/situation", methods=["GET", "POST"])
@requires("overview", "change")
def situation() -> Any:
    form = ScopeForm(data=None if request.form else _scope(g.incident))
    if form.accepts(
        lambda: operations.change_scope(g.incident, form.scope, version=whole_number(form.version.data), **by())
    ):
        flash(_("Saved. The plan follows what is known now."))
        return onward(page_of())
    form.compare(_scope(queries.fresh(g.incident)))
    return answer("incidents/situation.html", form=form, status=form.status)


@bp.post("/flags/<key>")
@requires("overview", "change")
def answer_flag(key: str) -> Any:
    given = request.form.get("answer", "")
    if key not in flags() or given not in ANSWERS:
        abort(404)
    operations.answer_flag(g.incident, key, given, **by())
    return onward(page_of())


@bp.route("/log", methods=["GET", "POST"])
@requires("log", "read", "read-own")
def log() -> Any:
    form = EntryForm(data=None if request.form else {"kind": "observation"})
    form.keep_draft(page_of("/log"))
    may_write = g.standing.may("log", "write")
    if form.was_sent and not may_write:
        abort(403)
    if form.accepts(lambda: operations.write_entry(g.incident, form.values, **by())):
        return onward(page_of("/log"))
    operations.log_was_read(g.incident, **by())
    return answer("incidents/log.html", form=form, may_write=may_write, **_entries(), status=form.status)


def _entries() -> dict[str, Any]:
    """The page of the logbook that the address asks for, or all of it (`?all=1`, for paper)."""
    authors = dict(logbook.authors(g.incident, g.standing))
    phases = {phase.key: tell(phase.name) for phase in protocol(g.incident.protocol_id).phases}
    asked, whole = asked_of_log(request.args, authors, phases), request.args.get("all") == "1"
    after = None if whole else behind(place)
    entries, number, more = logbook.page(g.incident, g.standing, asked, after, None if whole else PAGE)
    return {
        "entries": entries,
        "number": number,
        "more": more,
        "after": after,
        "whole": whole,
        "asked": asked,
        "authors": authors,
        "phases": phases,
        "kinds": {**{key: _(word) for key, word in ENTRY_KINDS.items()}, PORTAL: _("written by the portal")},
        "versions": logbook.versions(g.incident, g.standing),
        "here": {entry.id for entry in entries},
        "pieces": lambda text: marked(text, words(asked.words)),
        "is_long": is_long,
        "place_before": place_before,
        "now": g.clock.now(),
    }


def _keeping_seconds(values: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """The page shows whole minutes; a time nobody changed stays what it was, so that the order does too."""
    unchanged = values["at"] == entry.at.replace(second=0)
    return {**values, "at": entry.at} if unchanged else values


@bp.route("/log/<int:entry_id>/correct", methods=["GET", "POST"])
@requires("log", "write", "write-own")
def correct(entry_id: int) -> Any:
    entry = queries.entry_for(g.incident, g.standing, entry_id)
    if entry is None or not entry.text or entry.author_id != current_user.id:
        abort(404)
    shown = {name: getattr(entry, name) for name in ("kind", "text", "at", "present", "contact")}
    form = EntryForm(data=None if request.form else shown)
    form.keep_draft(page_of(f"/log/{entry_id}/correct"))
    if form.accepts(
        lambda: operations.write_entry(g.incident, _keeping_seconds(form.values, entry), **by(), corrects=entry)
    ):
        flash(_("Your correction stands in the logbook, linked to the first entry."))
        return onward(page_of("/log"))
    return answer("incidents/correct.html", form=form, entry=entry, status=form.status)


@bp.route("/end", methods=["GET", "POST"])
@requires("overview", "change")
def end() -> Any:
    form = ReasonForm()
    form.keep_draft(page_of("/end"))
    if form.accepts(lambda: operations.end_as_false_alarm(g.incident, form.reason.data, **by())):
        return onward(page_of())
    return answer("incidents/end.html", form=form, status=form.status)


@bp.route("/reopen", methods=["GET", "POST"])
@requires("overview", "change")
def reopen() -> Any:
    form = ReasonForm()
    form.keep_draft(page_of("/reopen"))
    if form.accepts(lambda: operations.reopen(g.incident, form.reason.data, **by())):
        return onward(page_of())
    return answer("incidents/reopen.html", form=form, status=form.status)
