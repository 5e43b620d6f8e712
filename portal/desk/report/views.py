"""Reporting an incident on a phone: red flags, who must not see it, what happened."""

from typing import Any

from flask import Blueprint, abort, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.absence.queries import stand_ins
from portal.accounts.queries import staff
from portal.accounts.rules import new_token
from portal.clock import local
from portal.desk.report import operations
from portal.desk.report.forms import MOST_PEOPLE, PRESET_PARTS, KeepOutForm, WhatForm, flags_form
from portal.desk.report.rules import SLUG
from portal.incidents import queries
from portal.incidents.models import DRAFT, Report
from portal.incidents.rules import staff_may_be_suspected
from portal.policy import FUNCTION_NAMES
from portal.school.queries import school
from portal.web.access import requires, to_second_factor
from portal.web.forms import whole_number
from portal.web.fragments import answer, fragment_due, onward
from portal.web.limits import begin_here, begun_here, limited

bp = Blueprint("report", __name__, url_prefix="/incidents/new")
NOTHING_KNOWN: dict[str, Any] = {}


@bp.get("")
@requires("report", "read")
def start() -> Any:
    tells = set(current_user.functions) & set(school().joins)
    waiting = list(queries.unfinished(current_user, also_others=bool(tells)))
    if limited():
        waiting = [report for report in waiting if report.slug in begun_here()]
    form = flags_form({}, required=False, sent=False)
    return answer("desk/report/flags.html", form=form, slug=new_token(), unfinished=waiting, answers={})


def _report(slug: str) -> Report:
    """A report that is still being written; gone on to its receipt once it was sent."""
    report = queries.report_by_slug(slug)
    if report is None or queries.is_kept_out(report.incident, current_user.id):
        abort(404)
    if limited() and slug not in begun_here():
        abort(to_second_factor())
    if report.incident.state != DRAFT:
        own = queries.own_receipt(current_user, report.incident)
        if own is None:
            raise operations.sent_already()
        abort(onward(f"/receipts/{own.slug}"))
    return report


@bp.route("/<slug>", methods=["GET", "POST"])
@requires("report", "write")
def red_flags(slug: str) -> Any:
    if not SLUG.fullmatch(slug):
        abort(404)
    if request.method == "POST" and queries.report_by_slug(slug) is None:
        operations.begin(slug, actor=current_user, now=g.clock.now())
        begin_here(slug)
    report = _report(slug)
    form = flags_form(queries.flag_answers(report.incident), required=not fragment_due(), sent=request.method == "POST")
    done = form.accepts(lambda: operations.answer_flags(report, form.answers, actor=current_user, now=g.clock.now()))
    if done and not fragment_due():
        return _send_now(report) if request.form.get("go") == "send" else onward(f"/incidents/new/{slug}/keep-out")
    page = answer(
        "desk/report/flags.html",
        "desk/report/_flags_said.html",
        form=form,
        slug=slug,
        unfinished=[],
        answers=queries.flag_answers(report.incident),
        status=200 if done else form.status,
    )
    page.headers["HX-Replace-Url"] = f"/incidents/new/{slug}"
    return page


def _send_now(report: Report, **known: Any) -> Any:
    values = {"scope": NOTHING_KNOWN, "people": [], "story": "", "chosen": _chosen(), **known}
    receipt = operations.send(report, **values, actor=current_user, now=g.clock.now())
    return onward(f"/receipts/{receipt.slug}")


def _chosen() -> list[int]:
    """Colleagues the reporter let join in step two, carried along by the page."""
    return [whole_number(number) for number in request.form.getlist("join")]


@bp.route("/<slug>/keep-out", methods=["GET", "POST"])
@requires("report", "write")
def keep_out(slug: str) -> Any:
    report = _report(slug)
    answers = queries.flag_answers(report.incident)
    careful = staff_may_be_suspected(answers)
    form = KeepOutForm(data={"keep_out": [row.person_id for row in queries.kept_out(report.incident)]})
    _offer(form)
    if form.accepts(
        lambda: operations.keep_out(report, form.keep_out.data or [], actor=current_user, now=g.clock.now())
    ):
        if request.form.get("go") == "send":
            return _send_now(report)
        joins = "&".join(f"join={number}" for number in _chosen()) if careful else ""
        return onward(f"/incidents/new/{slug}/what?{joins}".rstrip("?"))
    return answer(
        "desk/report/keep_out.html",
        form=form,
        slug=slug,
        careful=careful,
        told=", ".join(_(FUNCTION_NAMES[code]) for code in school().joins),
        status=form.status,
    )


def _offer(form: KeepOutForm) -> None:
    joins = set(school().joins)
    deputies = {person.id for person in stand_ins(local(g.clock.now()).date()).values()}
    people = [person for person in staff() if person.id != current_user.id]
    # Who would be told comes first: those are the ones to think about.
    people.sort(key=lambda person: not (joins.intersection(person.functions) or person.id in deputies))
    form.keep_out.choices = [(person.id, _named(person)) for person in people]
    form.join.choices = joinable()


def joinable() -> list[tuple[int, str]]:
    """Colleagues whom a reporter can let join: those with a function."""
    return [(person.id, _named(person)) for person in staff() if person.functions]


def _named(person: Any) -> str:
    functions = ", ".join(_(FUNCTION_NAMES[code]) for code in person.functions)
    return f"{person.name} ({functions})" if functions else str(person.name)


@bp.route("/<slug>/what", methods=["GET", "POST"])
@requires("report", "write")
def what(slug: str) -> Any:
    report = _report(slug)
    form = WhatForm(data=None if request.form else {"people": [{"part": part} for part in PRESET_PARTS]})
    form.keep_draft(f"/incidents/new/{slug}/what")
    if request.form.get("go") == "add-person":
        if len(form.people) < MOST_PEOPLE:
            form.people.append_entry()
        return _what(form, slug, 200)
    sent: list[Any] = []
    if form.accepts(
        lambda: sent.append(_send_now(report, scope=form.scope, people=form.involved, story=form.story.data))
    ):
        # Sent twice at once, the other one made the receipt; this address leads to it now.
        return sent[0] if sent else onward(request.path)
    return _what(form, slug, form.status)


def _what(form: WhatForm, slug: str, status: int) -> Any:
    chosen = request.form.getlist("join") or request.args.getlist("join")
    return answer(
        "desk/report/what.html", form=form, slug=slug, chosen=[whole_number(number) for number in chosen], status=status
    )
