"""The receipt of a report: for its reporter, whoever is on the team."""

from typing import Any

from flask import Blueprint, abort, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit.operations import record_reads
from portal.desk.receipts import queries
from portal.desk.receipts.forms import AddedForm
from portal.desk.report import operations as reporting
from portal.desk.report.forms import KeepOutForm
from portal.desk.report.views import joinable
from portal.incidents import queries as incidents
from portal.incidents.models import Report
from portal.incidents.operations import add_to_report
from portal.incidents.people.queries import people_of_report
from portal.incidents.rules import staff_may_be_suspected
from portal.web.access import requires, to_second_factor
from portal.web.fragments import answer, onward
from portal.web.limits import begun_here, limited

bp = Blueprint("receipts", __name__, url_prefix="/receipts")
MOST = 100  # receipts on the page of all: more than anybody has


def _own(slug: str) -> Report:
    report = incidents.receipt_for(current_user, slug)
    if report is None:
        abort(404)
    return report


def _added_form(slug: str, **sent: Any) -> AddedForm:
    form = AddedForm(**sent)
    form.keep_draft(f"/receipts/{slug}/add")
    return form


def _join_form(report: Report) -> KeepOutForm:
    form = KeepOutForm()
    out = {row.person_id for row in incidents.kept_out(report.incident)}
    form.keep_out.choices = []
    form.join.choices = [choice for choice in joinable() if choice[0] not in out]
    return form


def _page(report: Report, form: AddedForm, join: KeepOutForm, status: int = 200) -> Any:
    if not limited():
        subjects = [f"involved:{person.id}" for person in people_of_report(report)]
        record_reads("incident:person:read", subjects, reader_id=current_user.id, now=g.clock.now(), place="receipt")
    return answer(
        "desk/receipt.html",
        "desk/_told.html",
        report=report,
        incident=report.incident,
        told=queries.told(report.incident),
        calls=queries.calls(report),
        careful=staff_may_be_suspected(report.told["answers"]),
        avoid=queries.numbers_to_avoid(report.incident),
        can_lead=incidents.can_lead(report.incident),
        form=form,
        join=join,
        on_team=incidents.find_for(current_user, report.incident.ref) is not None,
        mail_works=g.settings.smtp is not None,
        status=status,
    )


@bp.get("")
@requires("receipt", "read")
def receipts() -> Any:
    return answer("desk/receipts.html", receipts=list(incidents.receipts_of(current_user).limit(MOST)))


@bp.get("/<slug>")
@requires("receipt", "read")
def receipt(slug: str) -> Any:
    report = _own(slug)
    return _page(report, _added_form(slug, formdata=None), _join_form(report))


@bp.post("/<slug>/add")
@requires("receipt", "write")
def add(slug: str) -> Any:
    report, form = _own(slug), _added_form(slug)
    if form.accepts(lambda: add_to_report(report, form.text.data, actor=current_user, now=g.clock.now())):
        flash(_("Added. The team sees it in the logbook."))
        return onward(f"/receipts/{slug}")
    return _page(report, form, _join_form(report), form.status)


@bp.post("/<slug>/join")
@requires("receipt", "write")
def join(slug: str) -> Any:
    report = _own(slug)
    # Who reports here and now may choose; a password alone must not bring anybody onto what was reported before.
    if limited() and slug not in begun_here():
        return to_second_factor()
    form = _join_form(report)
    if form.accepts(
        lambda: reporting.invite_later(report, form.join.data or [], actor=current_user, now=g.clock.now())
    ):
        return onward(f"/receipts/{slug}")
    return _page(report, _added_form(slug, formdata=None), form, form.status)
