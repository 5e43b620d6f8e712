"""What another school is asked, on our side: how each stands, what waits for us, and asking more."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _

from portal.accounts.absence.queries import away_until
from portal.clock import local
from portal.incidents.operations import log_was_read
from portal.incidents.queries import team_people
from portal.links import queries
from portal.links import rules as links
from portal.links.asks import operations, rules
from portal.links.asks import queries as find
from portal.links.asks.forms import AgainForm, DateForm, MoreForm, RemindForm, TakeOverForm
from portal.links.making.queries import parts_of
from portal.links.making.views import may_make, sent_here
from portal.links.models import Ask, SharedLink
from portal.school.queries import closed_days
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import named

bp = Blueprint("partners_asks", __name__, url_prefix="/incidents/<ref>/links/<int:link_id>")
ACTS: dict[str, type[Any]] = {"date": DateForm, "again": AgainForm, "take-over": TakeOverForm, "remind": RemindForm}
# What can be done by us with an ask that stands so.
CAN = {
    rules.DATE: ("date",),
    rules.DECLINED: ("again", "take-over"),
    rules.LATE: ("remind", "take-over"),
    rules.TODO: ("take-over",),
}


def _more_form(link: SharedLink, asks: list[Ask], **kw: Any) -> MoreForm:
    form = MoreForm(**kw)
    there_are = {ask.key for ask in asks}
    form.offer([one for one in rules.fitting(parts_of(link)) if one.key not in there_are])
    form.keep_draft(page_of(f"/links/{link.id}/ask/more"))
    return form


def _form_of(ask: Ask, act: str, people: list[tuple[int, str]], **kw: Any) -> Any:
    """The form of one act with one ask; it stands beside those of the others."""
    form: Any = ACTS[act](**kw)
    if act == "take-over":
        form.offer(people)
    form.stand_beside(f"{ask.id}-{act}")
    return form


def _people() -> list[tuple[int, str]]:
    away = away_until(local(g.clock.now()).date())
    return [(person.id, named(person.name, away.get(person.id))) for person in team_people(g.incident)]


def _forms(asks: list[Ask], link: SharedLink) -> dict[tuple[int, str], Form]:
    if not may_make():
        return {}
    people, now = _people(), g.clock.now()
    return {
        (ask.id, act): _form_of(ask, act, people, formdata=None, data={"version": ask.read_version})
        for ask in asks
        for act in CAN.get(rules.standing_of(ask, now), ())
    }


def _page(
    link: SharedLink,
    more: MoreForm | None = None,
    refused: dict[tuple[int, str], Form] | None = None,
    status: int = 200,
) -> Any:
    now, asks = g.clock.now(), queries.asks(link)
    reads = g.standing.may("people", "read")
    if reads and any(ask.words or ask.proposed_words or ask.own for ask in asks):
        log_was_read(g.incident, **by())
    form = next(iter(refused.values())) if refused else more
    return answer(
        "links/asks.html",
        link=link,
        asks=rules.in_order(asks, now),
        forms=_forms(asks, link) | (refused or {}),
        more=more or _more_form(link, asks, formdata=None),
        refused=form,
        reads=reads,
        state=links.state_of(link, now, [ask.action.state for ask in asks]),
        answers=queries.can_answer(link, now),
        may_act=may_make(),
        over=find.OVER,
        rules=rules,
        reminded=rules.reminded_today(find.reminded_at(link), now),
        status=status,
    )


@bp.get("/ask")
@requires("links", "read")
def asks(link_id: int) -> Any:
    return _page(sent_here(link_id))


@bp.post("/ask/more")
@requires("links", "make")
def ask(link_id: int) -> Any:
    link = sent_here(link_id)
    form = _more_form(link, queries.asks(link))
    one = rules.ready().get(form.key.data or "")
    usual = rules.due_at(one, g.clock.now(), closed_days()) if one else None
    if form.accepts(lambda: operations.ask_more(link, form.values(rules.ready(), link.language, usual), **as_member())):
        flash(_("Asked. The other school gets a mail, and sees it on its page."))
        return onward(page_of(f"/links/{link.id}/ask"))
    return _page(link, more=form, status=form.status)


def _act(link_id: int, ask_id: int, act: str, said: str, do: Callable[[Ask, Any, dict[str, Any]], None]) -> Any:
    """One thing that we do with an ask; refused, it comes back in its place on the page."""
    link = sent_here(link_id)
    found = there(queries.ask_in(link, ask_id))
    form = _form_of(found, act, _people())
    version = {"version": whole_number(form.version.data)} if act != "remind" else {}
    if form.accepts(lambda: do(found, form, {**version, **by()})):
        flash(said)
        return onward(page_of(f"/links/{link.id}/ask") + f"#ask-{found.id}")
    if version:
        form.compare({"version": there(queries.ask_in(link, ask_id)).read_version})
    return _page(link, refused={(ask_id, act): form}, status=form.status)


@bp.post("/asks/<int:ask_id>/date")
@requires("links", "make")
def date(link_id: int, ask_id: int) -> Any:
    def do(found: Ask, form: Any, acts: dict[str, Any]) -> None:
        operations.answer_date(found, form.accept.data == "yes", **acts)

    return _act(link_id, ask_id, "date", _("The other school gets a mail, and sees your answer."), do)


@bp.post("/asks/<int:ask_id>/again")
@requires("links", "make")
def again(link_id: int, ask_id: int) -> Any:
    def do(found: Ask, form: Any, acts: dict[str, Any]) -> None:
        operations.ask_again(found, form.due_at.data, **acts)

    return _act(link_id, ask_id, "again", _("Asked again. The other school gets a mail."), do)


@bp.post("/asks/<int:ask_id>/take-over")
@requires("links", "make")
def take_over(link_id: int, ask_id: int) -> Any:
    def do(found: Ask, form: Any, acts: dict[str, Any]) -> None:
        operations.take_over(found, form.person.data, standing=g.standing, **acts)

    return _act(link_id, ask_id, "take-over", _("It is ours now. The other school sees that too."), do)


@bp.post("/asks/<int:ask_id>/remind")
@requires("links", "make")
def remind(link_id: int, ask_id: int) -> Any:
    def do(found: Ask, form: Any, acts: dict[str, Any]) -> None:
        operations.remind(found, **acts)

    return _act(link_id, ask_id, "remind", _("The other school gets a mail, without content."), do)
