"""One link: how it stands, who read what, its code, and changing, renewing and revoking it."""

from typing import Any

from flask import Blueprint, current_app, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit.operations import record_read
from portal.incidents.people.operations import read_of
from portal.links import rules as links
from portal.links.asks import rules as asks
from portal.links.following.forms import RevokeForm
from portal.links.following.queries import Followed
from portal.links.kinds.rules import PERSON_FIELDS
from portal.links.making import operations, queries, rules
from portal.links.making.forms import DaysForm, PlainForm, ShareForm, shown_content
from portal.links.making.views import at, draft_values, found_in, lengths, link_here, may_make, sent_here
from portal.links.models import SharedLink
from portal.school.queries import school_name
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, there
from portal.web.language import code as language

bp = Blueprint("partners_follow", __name__, url_prefix="/incidents/<ref>/links/<int:link_id>")


def _sees() -> bool:
    """Whether this reader may read names, and what may hold them."""
    return bool(g.standing.may("people", "read"))


@bp.get("")
@requires("links", "read")
def one(link_id: int) -> Any:
    now = g.clock.now()
    row = queries.row_of(g.incident, link_id, now)
    if row is None:
        return onward(at(link_here(link_id).head_id))
    link = row.link
    if not link.sent_at:
        return answer("links/draft.html", **draft_values(link))
    followed = Followed(link, row.holders)
    if _sees():
        read_of({one["id"] for version in followed.versions for one in version.content["people"]}, "links", **by())
    return answer(
        "links/one.html",
        link=link,
        row=row,
        followed=followed,
        shared=followed.versions[0].content,
        sees=_sees(),
        may_make=may_make(),
        is_over=row.state in links.OVER,
        states=links.STATES,
        fields=PERSON_FIELDS,
        asks=asks.in_order(row.asked, now),
        ask_states=asks.STATES,
        closed=asks.CLOSED,
        rules=rules,
    )


def _spoken(link: SharedLink) -> str:
    """The code as it is read out, written down as seen; '' while it opens nothing."""
    now = g.clock.now()
    if not (links.answers_at(link.root, now) and links.answers_at(link, now)):
        return ""
    record_read("links:code:read", link.subject, reader_id=current_user.id, now=now)
    return links.spoken(links.code_of(link.nonce, link.code_number, str(current_app.secret_key)))


@bp.route("/code", methods=["GET", "POST"])
@requires("links", "make")
def code(link_id: int) -> Any:
    link, form = link_here(link_id), PlainForm()
    there(link.sent_at)
    if form.accepts(lambda: operations.new_code(link, **by())):
        flash(_("This is the new code. The old one opens nothing any more."))
        return onward(at(f"{link_id}/code"))
    said = _spoken(link)
    us = f"{current_user.name}, {school_name()}"
    return answer(
        "links/code.html",
        form=form,
        link=link,
        code=said,
        script=rules.script(language(), us=us, name=link.name, code=said.replace(" ", "\N{NO-BREAK SPACE}")),
        status=form.status,
    )


@bp.route("/change", methods=["GET", "POST"])
@requires("links", "make")
def change(link_id: int) -> Any:
    link = sent_here(link_id)
    content, people = queries.content_of(link), queries.people_of(g.incident)
    form = ShareForm(data={**shown_content(content, {}), "version": link.version})
    form.offer(link.kind, people)
    form.keep_draft(at(f"{link_id}/change"))
    read_of((person.id for person in people), "links", **by())
    said: dict[str, Any] = {}
    changed: list[bool] = []

    def act() -> None:
        said.update(form.content(link.kind))
        changed.append(operations.change(link, said, version=whole_number(form.version.data), **as_member()))

    if form.accepts(act):
        flash(_("Changed. From now on they read this.") if changed != [False] else _("Nothing changed."))
        return onward(at(link_id))
    form.compare({"summary": content["summary"], "version": link_here(link_id).version})
    found = found_in(link, said) if said and form.refused else {}
    return answer("links/change.html", form=form, link=link, rules=rules, found=found, status=form.status)


@bp.route("/renew", methods=["GET", "POST"])
@requires("links", "make")
def renew(link_id: int) -> Any:
    link = sent_here(link_id)
    form = DaysForm(data={"days": str(link.days)})
    form.offer(lengths())
    if form.accepts(lambda: operations.renew(link, **form.values, **by())):
        flash(_("Renewed. The address and the code stay the same."))
        return onward(at(link_id))
    return answer("links/renew.html", form=form, link=link, status=form.status)


@bp.route("/revoke", methods=["GET", "POST"])
@requires("links", "revoke")
def revoke(link_id: int) -> Any:
    link = sent_here(link_id)
    form = RevokeForm()
    form.keep_draft(at(f"{link_id}/revoke"))
    if form.accepts(lambda: operations.revoke(link, form.words.data or "", **by())):
        flash(_("Revoked. They can read nothing any more."))
        return onward(at(link_id))
    return answer("links/revoke.html", form=form, link=link, followed=Followed(link), status=form.status)
