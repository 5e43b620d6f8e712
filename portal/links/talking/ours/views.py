"""What both schools say, on our pages of a link: messages, the statement, colleagues, and how it went."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from portal.actions.operations import tick as act
from portal.actions.queries import to_tick
from portal.communication.check.operations import naming
from portal.communication.documents.rules import APPROVED, PUBLISHED, STATES, WAITING
from portal.errors import N_, Refused
from portal.incidents.operations import log_was_read
from portal.links import queries
from portal.links.making.views import at, may_make, sent_here
from portal.links.models import SharedLink, Wording
from portal.links.rules import OVER, state_of
from portal.links.rules import STATES as LINK_STATES
from portal.links.talking.colleagues import operations as colleagues
from portal.links.talking.colleagues import queries as colleague_queries
from portal.links.talking.colleagues import rules as colleague_rules
from portal.links.talking.colleagues.forms import DecideForm
from portal.links.talking.feedback import operations as feedbacks
from portal.links.talking.feedback import queries as feedback_queries
from portal.links.talking.feedback import rules as feedback_rules
from portal.links.talking.messages import operations as messages
from portal.links.talking.messages import queries as message_queries
from portal.links.talking.messages import rules as message_rules
from portal.links.talking.messages.forms import MessageForm
from portal.links.talking.wording import operations as wording
from portal.links.talking.wording import queries as wording_queries
from portal.links.talking.wording import rules as wording_rules
from portal.links.talking.wording.forms import OfferForm, TheirsForm
from portal.web import keeping
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, by_itself, live, onward
from portal.web.here import as_member, by, there

bp = Blueprint("partners_talk", __name__, url_prefix="/incidents/<ref>/links/<int:link_id>")


def _lives(link: SharedLink) -> bool:
    return queries.can_answer(link, g.clock.now())


def _shared(link: SharedLink) -> dict[str, Any]:
    """What each of these pages is shown with. Free text may hold names: only who sees these reads it."""
    return {
        "link": link,
        "may_make": may_make() and _lives(link),
        "reads": g.standing.may("people", "read"),
        "lives": _lives(link),
    }


def _note_read(rows: list[Any]) -> None:
    """What they wrote may hold names: who reads it is written down, as of the logbook."""
    if rows and g.standing.may("people", "read"):
        log_was_read(g.incident, **by())


def _tick(link: SharedLink, step: str, words: str, part: str) -> Any:
    if keeping.once(partial(act, g.incident, step, None, words, **as_member())):
        flash(_("Ticked off in the plan."))
    return onward(at(f"{link.id}{part}"))


def _step(step: str) -> Any:
    """The action of a step that this member may tick off here."""
    return next(iter(to_tick(g.incident, step, [], g.standing)), None)


# --- Messages.


@bp.route("/messages", methods=["GET"])
@requires("links", "read")
def message_page(link_id: int) -> Any:
    link = sent_here(link_id)
    # What is new to this reader still says so, until the list asks for itself again.
    shown = _messages(link, _message_form(link, formdata=None))
    if g.standing.may("links", "make") and not by_itself():
        messages.read(link, **by())
    return shown


def _message_form(link: SharedLink, **kw: Any) -> MessageForm:
    form = MessageForm(**kw)
    form.keep_draft(at(f"{link.id}/messages"))
    return form


def _messages(link: SharedLink, form: MessageForm) -> Any:
    rows = message_queries.of(link, message_rules.MOST_SHOWN) if g.standing.may("people", "read") else []
    _note_read(rows)
    values = {
        "form": form,
        "messages": rows,
        "most": message_rules.MOST_SHOWN,
        "kinds": message_rules.KINDS,
        "us": True,
        **_shared(link),
    }
    if not form.was_sent:
        return live("links/talk/messages.html", "links/_messages.html", **values)
    return answer("links/talk/messages.html", status=form.status, **values)


@bp.post("/messages")
@requires("links", "make")
def message(link_id: int) -> Any:
    link = sent_here(link_id)
    form = _message_form(link)
    if form.accepts(lambda: messages.write(link, form.text.data or "", **as_member())):
        flash(_("Sent. They get a mail that there is news."))
        return onward(at(f"{link.id}/messages"))
    return _messages(link, form)


# --- The statement.


@bp.get("/statement")
@requires("links", "read")
def statement(link_id: int) -> Any:
    return _statement(sent_here(link_id))


def _statement(link: SharedLink, sent: Form | None = None) -> Any:
    shown = wording_queries.as_shown(link, _readable(wording_queries.of(link)))
    told, theirs = shown["told"], shown["theirs"]
    offer = sent if isinstance(sent, OfferForm) else _offer_form(link, told, formdata=None)
    return answer(
        "links/talk/statement.html",
        offer=offer,
        form=sent if isinstance(sent, TheirsForm) else _theirs_form(link, theirs, formdata=None) if theirs else None,
        refused=sent,
        approved=offer is not None and offer.has_approved,
        step=_step(wording_rules.STEP) if told.agreed else None,
        status=sent.status if sent else 200,
        **shown,
        **_shared(link),
    )


def _readable(told: wording_queries.Alignment) -> wording_queries.Alignment:
    """For who reads no names without the parts that hold one, whichever school wrote them."""
    if not g.standing.may("people", "read"):
        instead = _("What is written here can hold names. The coordinator and school leadership read it.")
        told.hide(naming(g.incident), instead)
    return told


def _offer_form(link: SharedLink, told: wording_queries.Alignment, **kw: Any) -> OfferForm | None:
    """The versions of ours that they do not have yet; None when there is none, or the statement is not shared."""
    there_are = wording_queries.offered(g.incident) if queries.shares(link, "statement") else []
    new = [one for one in there_are if told.numbered(wording_rules.OURS, one.number) is None]
    form = OfferForm(**kw)
    form.number.choices = [(str(one.number), _state(one)) for one in new]
    form.has_approved = any(one.number in (one.document.online, one.document.approved) for one in new)
    if not form.arrived:
        form.number.data = str(new[0].number) if new else ""
    return form if new or form.arrived else None


def _state(version: Any) -> str:
    document = version.document
    state = {document.online: PUBLISHED}.get(version.number) or {document.approved: APPROVED}.get(version.number)
    return str(_("version %(n)s, %(state)s", n=version.number, state=_(STATES[state or WAITING])))


def _theirs_form(link: SharedLink, theirs: Wording, **kw: Any) -> TheirsForm:
    form = TheirsForm(**kw)
    if not form.arrived:
        form.text.data = next(iter(theirs.texts.values()))[wording_rules.TEXT]
        form.version.data = str(theirs.version)
    form.keep_draft(at(f"{link.id}/statement/answer"), changed_at=theirs.at)
    return form


@bp.post("/statement/offer")
@requires("links", "make")
def offer(link_id: int) -> Any:
    link = sent_here(link_id)
    form = _offer_form(link, wording_queries.of(link))
    assert form
    if form.accepts(lambda: wording.offer(link, whole_number(form.number.data), **as_member())):
        flash(_("Laid before the other school. They get a mail that there is news."))
        return onward(at(f"{link.id}/statement"))
    return _statement(link, form)


@bp.post("/statement/answer")
@requires("links", "make")
def answer_theirs(link_id: int) -> Any:
    link = sent_here(link_id)
    theirs = there(wording_queries.of(link).newest(wording_rules.THEIRS))
    form = _theirs_form(link, theirs)
    said = wording_rules.AGREED if request.form.get("go") == wording_rules.AGREED else wording_rules.PROPOSED

    def do() -> None:
        texts, version = (form.text.data or "", form.words.data or ""), whole_number(form.version.data)
        wording.answer_theirs(theirs, said, *texts, version=version, **as_member())

    if form.accepts(do):
        flash(_("Sent. They get a mail that there is news."))
        return onward(at(f"{link.id}/statement"))
    form.compare({"version": theirs.version})
    return _statement(link, form)


@bp.post("/statement/tick")
@requires("links", "make")
def tick(link_id: int) -> Any:
    link = sent_here(link_id)
    if not wording_queries.of(link).agreed:
        raise Refused(N_("The schools do not agree on a statement yet."), N_("Look at what the other school proposes."))
    return _tick(link, wording_rules.STEP, _("Agreed with %(school)s.", school=link.school), "/statement")


# --- Colleagues.


@bp.get("/colleagues")
@requires("links", "read")
def colleague_page(link_id: int) -> Any:
    return _colleagues(sent_here(link_id))


def _decide_form(colleague: SharedLink, **kw: Any) -> DecideForm:
    form = DecideForm(**kw)
    form.stand_beside(str(colleague.id))
    if not form.arrived:
        form.version.data = str(colleague.version)
    return form


def _colleagues(link: SharedLink, sent: tuple[int, DecideForm] | None = None) -> Any:
    rows = colleague_queries.of(link)
    forms = {one.id: _decide_form(one, formdata=None) for one in rows} if may_make() and _lives(link) else {}
    form = sent[1] if sent else None
    return answer(
        "links/talk/colleagues.html",
        rows=[(one, state_of(one, g.clock.now())) for one in rows],
        names={one.id: one.name for one in (link, *rows)},
        states=LINK_STATES,
        over=OVER,
        forms=forms | dict([sent] if sent else []),
        refused=form,
        domain=colleague_rules.domain,
        status=form.status if form else 200,
        **_shared(link),
    )


@bp.post("/colleagues/<int:colleague_id>")
@requires("links", "make")
def colleague(link_id: int, colleague_id: int) -> Any:
    link = sent_here(link_id)
    row = there(colleague_queries.colleague_in(link, colleague_id))
    form, go = _decide_form(row), request.form.get("go", "")
    version = whole_number(form.version.data)
    said: dict[str, Any] = {"version": version, **as_member()}
    acts = {
        "approve": lambda: colleagues.approve(row, version=version, **by()),
        "refuse": lambda: colleagues.refuse(row, form.words.data or "", **said),
        "end": lambda: colleagues.end(row, form.words.data or "", **said),
    }
    if go in acts and form.accepts(acts[go]):
        if go == "approve":
            return onward(at(f"{row.id}/code"))
        flash(_("Noted. The other school is told.") if go == "refuse" else _("This link works no more."))
        return onward(at(f"{link.id}/colleagues"))
    if go not in acts:
        form.form_errors.append(_("Choose one of the answers given."))
    form.compare({"version": there(colleague_queries.colleague_in(link, colleague_id)).version})
    return _colleagues(link, (row.id, form))


# --- How it went.


@bp.get("/feedback")
@requires("links", "read")
def feedback(link_id: int) -> Any:
    link = sent_here(link_id)
    rows = feedback_queries.of(link)
    _note_read(rows)
    return answer(
        "links/talk/feedback.html",
        rows=rows,
        questions=feedback_rules.questions(),
        is_shared=queries.shares(link, "feedback"),
        step=_step(feedback_rules.STEP),
        **_shared(link),
    )


@bp.post("/feedback")
@requires("links", "make")
def ask_feedback(link_id: int) -> Any:
    link = sent_here(link_id)
    if request.form.get("go") == "tick":
        there(next(iter(feedback_queries.of(link)), None))
        return _tick(link, feedback_rules.STEP, _("%(school)s told how it went.", school=link.school), "/feedback")
    if keeping.once(partial(feedbacks.ask, link, **by())):
        flash(_("Asked. They get a mail that there is news."))
    return onward(at(f"{link.id}/feedback"))
