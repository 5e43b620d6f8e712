"""The links of one incident with other schools: the list, making one in four steps, and following it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.actions.queries import title_of, to_tick
from portal.clock import local
from portal.communication.check import operations as check
from portal.incidents.models import OPEN
from portal.incidents.people.operations import read_of
from portal.incidents.people.queries import involved
from portal.links import rules as links
from portal.links.asks.rules import due_at, fitting
from portal.links.making import operations, queries, rules
from portal.links.making.forms import DaysForm, DraftForm, PlainForm, PurposeForm, SendForm, WithForm, shown_content
from portal.links.models import SharedLink
from portal.links.operations import look_at
from portal.links.page.queries import News, shown
from portal.links.talking.rules import NEWS, said
from portal.links.talking.wording.queries import valid
from portal.school.queries import closed_days
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import day

bp = Blueprint("partners", __name__, url_prefix="/incidents/<ref>/links")
NEXT_STEP = dict(zip(rules.STEPS, [*list(rules.STEPS)[1:], "preview"], strict=True))


def at(part: Any = "") -> str:
    return page_of(f"/links{f'/{part}' if part else ''}")


def may_make() -> bool:
    return bool(g.incident.state == OPEN and g.standing.may("links", "make"))


def link_here(link_id: int) -> SharedLink:
    return there(queries.link_with(g.incident, link_id))


def sent_here(link_id: int) -> SharedLink:
    """A link that was sent, of a school's first."""
    link = link_here(link_id)
    return there(link if link.sent_at and not link.head_id else None)


def _draft(link_id: int) -> SharedLink:
    link = link_here(link_id)
    return there(link if not link.sent_at and not link.head_id else None)


def read_people(content: Any) -> None:
    """Write down of whom this reader is shown data."""
    read_of((one["id"] for one in content.get("people", ())), "links", **by())


def lengths() -> list[tuple[int, str]]:
    now = g.clock.now()
    said = {days: ngettext("%(num)s day", "%(num)s days", days) for days in rules.LENGTHS}
    return [
        (days, _("%(long)s, until %(day)s", long=text, day=day(local(now + timedelta(days=days)).date())))
        for days, text in said.items()
    ]


# ---------------------------------------------------------------------------------------------------------------- list


@bp.get("")
@requires("links", "read")
def all_links() -> Any:
    rows = queries.rows(g.incident, g.clock.now())
    return answer("links/all.html", rows=rows, states=links.STATES, may_make=may_make(), theirs=_their_schools())


def _their_schools() -> list[str]:
    """Names of other schools that people involved are at, for whom there may be a link."""
    rows = involved(g.incident) if may_make() else []
    return list(dict.fromkeys(one.school_name for one in rows if one.school == "other" and one.school_name))


# --------------------------------------------------------------------------------------------------------------- steps


def _earlier(link_id: int) -> SharedLink:
    """A link that was sent, in whose place a new one comes."""
    root = link_here(link_id).root
    return there(root if root.sent_at else None)


@bp.route("/new", methods=["GET", "POST"])
@requires("links", "make")
def new() -> Any:
    number = whole_number(request.args.get("like"))
    like = _earlier(number) if number > 0 else None
    schools = [like.school] if like else _their_schools()
    form = WithForm(data={"school": schools[0] if schools else ""})
    made: list[SharedLink] = []
    secret = str(current_app.secret_key)
    if form.accepts(lambda: made.append(operations.begin(g.incident, form.values, like=like, secret=secret, **by()))):
        return onward(at(f"{made[0].id}/purpose") if made else at())
    return answer(
        "links/with.html",
        form=form,
        link=None,
        like=like,
        schools=schools,
        step=rules.WITH,
        rules=rules,
        status=form.status,
    )


def _step(link: SharedLink, step: str, form: Any, act: Any = None, now_shown: Any = None, **values: Any) -> Any:
    """One step of a draft: kept, it goes on to the next one, or back to where the draft stands.

    `act` keeps it, with the version that was read; without it the columns of the link that the form has are written.
    """
    act = act or (lambda version: operations.write(link, form.values, version=version, **by()))
    now_shown = now_shown or {name: getattr(link, name) for name in form.values}
    form.keep_draft(at(f"{link.id}/{step}"))
    if form.accepts(lambda: act(whole_number(form.version.data))):
        later = request.form.get("go") == "later"
        return onward(at(link.id if later else f"{link.id}/{NEXT_STEP[step]}"))
    form.compare({**now_shown, "version": _draft(link.id).version})
    return answer(f"links/{step}.html", form=form, link=link, step=step, rules=rules, status=form.status, **values)


@bp.route("/<int:link_id>/with", methods=["GET", "POST"])
@requires("links", "make")
def whom(link_id: int) -> Any:
    link = _draft(link_id)
    return _step(link, rules.WITH, WithForm(obj=link), like=None, schools=_their_schools())


@bp.route("/<int:link_id>/purpose", methods=["GET", "POST"])
@requires("links", "make")
def purpose(link_id: int) -> Any:
    link = _draft(link_id)
    form = PurposeForm(obj=link)
    form.offer()
    return _step(link, rules.PURPOSE, form)


def _proposed(asks: Any) -> dict[str, datetime]:
    """When each ready action has to be done, if it is asked now."""
    now, closed = g.clock.now(), closed_days()
    return {one.key: due_at(one, now, closed) for one in asks}


@bp.route("/<int:link_id>/share", methods=["GET", "POST"])
@requires("links", "make")
def share(link_id: int) -> Any:
    link = _draft(link_id)
    content, people = queries.content_of(link), queries.people_of(g.incident)
    asks = fitting(queries.parts_of(link))
    form = DraftForm(data={**shown_content(content, _proposed(asks)), "version": link.version})
    form.offer(link.kind, people)
    form.offer_asks(asks)
    read_of((one.id for one in people), "links", **by())

    def keep(version: int) -> None:
        form.check_lines()
        said = {**form.content(link.kind), "asks": form.asks(link.language)}
        operations.write_share(link, said, version=version, **by())

    return _step(link, rules.SHARE, form, keep, {"summary": content["summary"]})


@bp.route("/<int:link_id>/term", methods=["GET", "POST"])
@requires("links", "make")
def term(link_id: int) -> Any:
    link = _draft(link_id)
    form = DaysForm(data={"days": str(link.days), "version": link.version})
    form.offer(lengths())
    return _step(link, rules.TERM, form, now_shown={"days": str(link.days)})


# ---------------------------------------------------------------------------------------------------- preview and send


def found_in(link: SharedLink, content: dict[str, Any], also: dict[str, str] | None = None) -> dict[str, Any]:
    """What the leak check says: hard about names that are not shared, for the rest advice. `also` names nobody."""
    how = {"place": "links", **as_member()}
    asked = queries.asked_texts(content) | (also or {})
    first = check.shown(
        g.incident, {link.language: {"summary": content.get("summary", "")}}, **look_at(link, content), **how
    )
    seen = [first, *([check.shown(g.incident, {link.language: asked}, **look_at(link, {}), **how)] if asked else [])]
    findings = [one for part in seen for one in part["findings"]]
    numbered = [{**one, "n": number} for number, one in enumerate(findings, 1)]
    words = {"summary": _("Summary")} | dict.fromkeys(asked, _("What you ask"))
    words |= dict.fromkeys(also or (), _("With whom"))
    return {"findings": numbered, "marks": [], "stopped": first["stopped"], "part_words": words}


def _preview(link_id: int, refused: SendForm | None = None) -> Any:
    link = _draft(link_id)
    content = queries.content_of(link)
    read_people(content)
    step = next(iter(to_tick(g.incident, rules.STEP, [], g.standing)), None)
    form = refused or SendForm(formdata=None, data={"ticked": True, "version": link.version})
    form.seen.data, now = queries.seen(content), g.clock.now()
    statement = valid(g.incident) if content.get("statement") else None
    news = [News(*said(NEWS, "wording", 1))] if statement else []
    return answer(
        "links/preview.html",
        form=form,
        link=link,
        content=content,
        missing=rules.missing(link, content),
        gone_by=rules.gone_by(content, now),
        statement=statement,
        rules=rules,
        step=title_of(step, one_victim=True) if step else None,
        shown=replace(shown(queries.as_sent(link, now), now, content=queries.with_moving(link, content)), news=news),
        preview=True,
        status=form.status if refused else 200,
        **found_in(link, content, queries.called(link)),
    )


@bp.get("/<int:link_id>/preview")
@requires("links", "make")
def preview(link_id: int) -> Any:
    return _preview(link_id)


@bp.post("/<int:link_id>/send")
@requires("links", "make")
def send(link_id: int) -> Any:
    link, form = link_here(link_id), SendForm()
    ticked = _("The other school was asked with a shared link.") if form.ticked.data else ""
    said = {"ticked": ticked, "seen": form.seen.data or ""}
    version = whole_number(form.version.data)
    if form.accepts(lambda: operations.send(link, version=version, **said, **as_member())):
        flash(_("The mail with the link is on its way. Now call with the code."))
        return onward(at(f"{link_id}/code"))
    fresh = link_here(link_id)
    if fresh.sent_at:
        return onward(at(link_id))
    form.compare({"version": fresh.version})
    return _preview(link_id, form)


@bp.post("/<int:link_id>/throw-away")
@requires("links", "make")
def throw_away(link_id: int) -> Any:
    link, form = _draft(link_id), PlainForm()
    if form.accepts(lambda: operations.throw_away(link, version=whole_number(form.version.data), **by())):
        flash(_("Thrown away. Nobody outside saw it."))
        return onward(at())
    form.compare({"version": _draft(link_id).version})
    return answer("links/draft.html", **draft_values(_draft(link_id)), refused=form, status=form.status)


def draft_values(link: SharedLink) -> dict[str, Any]:
    """What the page of a draft shows: its steps, and which are still to do."""
    content = queries.content_of(link)
    return {"link": link, "rules": rules, "missing": rules.missing(link, content), "may_make": may_make()}
