"""What both schools say, on the pages behind a shared link."""

from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, g, request
from flask_babel import gettext as _

from portal.errors import N_
from portal.links.models import Wording
from portal.links.page.operations import note_read
from portal.links.queries import shares
from portal.links.rules import DEAD, EXPIRED, OVER, PROPOSED, REVOKED, state_of
from portal.links.talking.colleagues import operations as colleagues
from portal.links.talking.colleagues import queries as colleague_queries
from portal.links.talking.colleagues import rules as colleague_rules
from portal.links.talking.colleagues.forms import ColleagueForm, DecideForm
from portal.links.talking.feedback import operations as feedbacks
from portal.links.talking.feedback import queries as feedback_queries
from portal.links.talking.feedback.forms import FeedbackForm
from portal.links.talking.feedback.rules import questions
from portal.links.talking.messages import operations as messages
from portal.links.talking.messages import queries as message_queries
from portal.links.talking.messages import rules as message_rules
from portal.links.talking.messages.forms import MessageForm, WorryForm
from portal.links.talking.wording import operations as wording
from portal.links.talking.wording import queries as wording_queries
from portal.links.talking.wording import rules as wording_rules
from portal.links.talking.wording.forms import LayForm, OursForm
from portal.school.queries import school
from portal.web.access import shared
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, by_itself, fragment_due, live, onward
from portal.web.here import there
from portal.web.language import code, tell

bp = Blueprint("shared_talk", __name__, url_prefix="/p/<token>")


# How the link of a colleague stands, as the school that has it says it.
_HOW = {
    PROPOSED: N_("waits for the school"),
    REVOKED: N_("no link"),
    EXPIRED: N_("ended"),
    DEAD: N_("closed after wrong codes"),
}


def _visitor() -> dict[str, Any]:
    return {"visit": g.visit, "now": g.clock.now()}


def _note_read() -> None:
    note_read(g.link, g.visit, g.link.root.number, now=g.clock.now())


def _phone() -> str:
    """Where our coordinator is called: the number of the school, else of who sent the link."""
    return school().coordinator_phone or (g.link.root.sent_by.phone if g.link.root.sent_by_id else "")


# --- Messages, and a worry.


@bp.get("/messages")
@shared("write")
def message_page() -> Any:
    return _messages(_message_form(formdata=None))


def _message_form(**kw: Any) -> MessageForm:
    form = MessageForm(**kw)
    form.keep_draft(f"{g.at}/messages")
    return form


def _messages(form: MessageForm) -> Any:
    rows = message_queries.of(g.link, message_rules.MOST_SHOWN)
    values = {
        "form": form,
        "messages": rows,
        "most": message_rules.MOST_SHOWN,
        "kinds": message_rules.KINDS,
        "us": False,
        "link": g.link,
    }
    if form.was_sent:
        shown = answer("links/partner/messages.html", status=form.status, **values)
    else:
        shown = live("links/partner/messages.html", "links/_messages.html", **values)
    # What was new to this reader still says so; a page that is not used fetches only a part.
    _note_read()
    if not (by_itself() and fragment_due()):
        messages.read(g.link, **_visitor())
    return shown


@bp.post("/messages")
@shared("write")
def message() -> Any:
    form = _message_form()
    if form.accepts(lambda: messages.receive(g.link, form.text.data or "", **_visitor())):
        flash(_("Sent. The school gets a mail that there is news."))
        return onward(f"{g.at}/messages")
    return _messages(form)


@bp.route("/worry", methods=["GET", "POST"])
@shared("write")
def worry() -> Any:
    form = WorryForm()
    form.keep_draft(f"{g.at}/worry")
    kind = message_rules.kind_of(form.danger.data or "")
    if form.accepts(lambda: messages.receive(g.link, form.text.data or "", kind=kind, **_visitor())):
        flash(_("Sent. The school is told at once."))
        return onward(f"{g.at}/worry?sent={kind}")
    sent = request.args.get("sent", "")
    return answer(
        "links/partner/worry.html", form=form, phone=_phone(), sent=sent if sent in message_rules.KINDS else "",
        status=form.status,
    )  # fmt: skip


# --- What both say.


@bp.get("/statement")
@shared("align")
def statement() -> Any:
    return _statement()


def _statement(sent: Form | None = None) -> Any:
    _note_read()
    shown = wording_queries.as_shown(g.link)
    if not shown["is_shared"]:
        shown |= {"ours": None, "changed": []}
    ours = shown["ours"]
    return answer(
        "links/partner/statement.html",
        form=sent if isinstance(sent, OursForm) else _ours_form(ours, formdata=None) if ours else None,
        lay=sent if isinstance(sent, LayForm) else _lay_form(formdata=None),
        refused=sent,
        status=sent.status if sent else 200,
        **shown,
    )


def _ours_form(ours: Wording, **kw: Any) -> OursForm:
    """With the parts that our statement has, as it says them."""
    form = OursForm(**kw)
    said = {f"{one}-{part}": text for one, parts in ours.texts.items() for part, text in parts.items()}
    for name in [field.short_name for field in form if "-" in field.short_name and field.short_name not in said]:
        del form[name]
    if not form.arrived:
        for name, text in said.items():
            form[name].data = text
        form.version.data = str(ours.version)
    form.keep_draft(f"{g.at}/statement/answer", changed_at=ours.at)
    return form


def _lay_form(**kw: Any) -> LayForm:
    form = LayForm(**kw)
    form.keep_draft(f"{g.at}/statement/lay")
    form.stand_beside("lay")
    return form


@bp.post("/statement/answer")
@shared("align")
def answer_ours() -> Any:
    there(shares(g.link, "statement") or None)
    ours = there(wording_queries.of(g.link).newest(wording_rules.OURS))
    form = _ours_form(ours)
    said = wording_rules.AGREED if request.form.get("go") == wording_rules.AGREED else wording_rules.PROPOSED

    def do() -> None:
        given = {"version": whole_number(form.version.data), "link": g.link, **_visitor()}
        wording.answer_ours(ours, said, form.typed, form.words.data or "", **given)

    if form.accepts(do):
        flash(
            _("Thank you. The school reads that you agree.")
            if said == wording_rules.AGREED
            else _("Sent. The school reads it.")
        )
        return onward(f"{g.at}/statement")
    form.compare({"version": ours.version})
    return _statement(form)


@bp.post("/statement/lay")
@shared("align")
def lay() -> Any:
    form = _lay_form()
    if form.accepts(lambda: wording.lay_theirs(g.link, form.text.data or "", code(), **_visitor())):
        flash(_("Sent. The school reads it."))
        return onward(f"{g.at}/statement")
    return _statement(form)


# --- Colleagues.


@bp.get("/colleagues")
@shared("invite")
def colleague_page() -> Any:
    return _colleagues(ColleagueForm(formdata=None, data={"language": g.link.language}))


def _colleagues(form: Form) -> Any:
    now = g.clock.now()
    is_new = isinstance(form, ColleagueForm)
    return answer(
        "links/partner/colleagues.html",
        form=form if is_new else ColleagueForm(formdata=None, data={"language": g.link.language}),
        refused=form,
        head=g.link.root,
        rows=[(one, state_of(one, now)) for one in colleague_queries.of(g.link)],
        states=_HOW,
        over=OVER,
        can_end=lambda one: colleague_rules.can_end(g.link.id, head_id=one.head_id, proposed_by_id=one.proposed_by_id),
        status=form.status if form.was_sent else 200,
    )


@bp.post("/colleagues")
@shared("invite")
def propose() -> Any:
    form = ColleagueForm()
    secret = str(current_app.secret_key)
    if form.accepts(lambda: colleagues.propose(g.link, form.values, secret=secret, **_visitor())):
        flash(_("Sent. The school looks at it, and calls your colleague to tell the code."))
        return onward(f"{g.at}/colleagues")
    return _colleagues(form)


@bp.post("/colleagues/<int:colleague_id>/end")
@shared("invite")
def end_colleague(colleague_id: int) -> Any:
    row = there(colleague_queries.colleague_in(g.link, colleague_id))
    mine = colleague_rules.can_end(g.link.id, head_id=row.head_id, proposed_by_id=row.proposed_by_id)
    row = there(row if mine else None)
    form = DecideForm()
    version = whole_number(form.version.data)
    if form.accepts(partial(colleagues.end, row, form.words.data or "", version=version, link=g.link, **_visitor())):
        flash(_("This link works no more."))
        return onward(f"{g.at}/colleagues")
    return _colleagues(form)


# --- How it went.


@bp.route("/feedback", methods=["GET", "POST"])
@shared("feedback")
def feedback() -> Any:
    given = feedback_queries.given_by(g.link)
    form = FeedbackForm()
    form.ask(tell)
    form.keep_draft(f"{g.at}/feedback")
    if form.accepts(lambda: feedbacks.give(g.link, form.answers, **_visitor())):
        flash(_("Thank you. It helps both schools."))
        return onward(f"{g.at}/feedback")
    return answer(
        "links/partner/feedback.html",
        form=form,
        given=given,
        questions=questions(),
        is_asked=bool(g.link.root.feedback_at),
        status=form.status,
    )
