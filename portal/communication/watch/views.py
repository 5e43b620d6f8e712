"""Watching what is said online about the school: who looks when, what was seen, and what was done with it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _

from portal.accounts.absence.queries import away_until
from portal.clock import local
from portal.communication.media.forms import OWN, Answered
from portal.communication.media.views import followed
from portal.communication.watch import operations, queries, rules
from portal.communication.watch.forms import (
    AssessForm,
    LookedForm,
    PlacesForm,
    PostForm,
    TakeDownForm,
    UnrestForm,
    chosen,
    field_of,
    listed,
    over,
)
from portal.communication.watch.models import Post
from portal.incidents.models import OPEN
from portal.incidents.people.operations import names_somebody
from portal.incidents.rules import UNREST
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import named

bp = Blueprint("watch", __name__, url_prefix="/incidents/<ref>/watch")


def _at(part: str = "") -> str:
    return page_of(f"/watch{part}")


def _may_change() -> bool:
    return bool(g.incident.state == OPEN and g.standing.may("watch", "change"))


def _looked() -> str:
    """The words with which today's step of the plan is finished."""
    return str(_("Looked online."))


def _page(form: Form) -> Any:
    now = g.clock.now()
    today = local(now).date()
    return answer(
        "communication/watch.html",
        form=form,
        watch=queries.of(g.incident),
        posts=queries.posts(g.incident),
        most=queries.MOST,
        bars=queries.bars(g.incident, now),
        turns=queries.turns(g.incident, today),
        days=rules.week(today),
        part_now=rules.part_of_day(now),
        last=queries.last_look(g.incident),
        may_change=_may_change(),
        rules=rules,
        status=form.status,
    )


@bp.get("")
@requires("watch", "read")
def watch() -> Any:
    return _page(LookedForm(formdata=None))


@bp.post("/looked")
@requires("watch", "change")
def looked() -> Any:
    form = LookedForm()
    if form.accepts(lambda: operations.looked(g.incident, _looked(), **as_member())):
        flash(_("Noted: looked, nothing seen."))
        return onward(_at())
    return _page(form)


@bp.route("/places", methods=["GET", "POST"])
@requires("watch", "change")
def places() -> Any:
    now = queries.of(g.incident)
    shown = {"platforms": now.platforms, "terms": "\n".join(now.terms), "version": now.version}
    form = PlacesForm(data=shown)
    form.names_somebody = partial(names_somebody, g.incident, **by())
    form.keep_draft(_at("/places"))
    version = whole_number(form.version.data)
    if form.accepts(
        lambda: operations.change_places(
            g.incident, form.platforms.data, listed(form.terms.data), version=version, **by()
        )
    ):
        flash(_("Saved."))
        return onward(_at())
    form.compare(shown)
    return answer("communication/watch_places.html", form=form, running=_may_change(), status=form.status)


@bp.route("/turns", methods=["GET", "POST"])
@requires("watch", "change")
def turns() -> Any:
    today = local(g.clock.now()).date()
    days, now = rules.week(today), queries.of(g.incident)
    there_are = {key: row.person_id or 0 for key, row in queries.turns(g.incident, today).items()}
    likely = there_are if any(there_are.values()) else queries.proposed(g.incident, today)
    shown = {field_of(*key): person for key, person in likely.items()}
    form = over(days)(data={"version": now.version, **shown})
    people, away = queries.watchers(g.incident), away_until(today)
    pairs = [(0, "–"), *((one.id, named(one.name, away.get(one.id))) for one in people)]
    for day in days:
        for part in rules.PARTS:
            form[field_of(day, part)].choices = pairs
    version = whole_number(form.version.data)
    if form.accepts(lambda: operations.agree_turns(g.incident, chosen(form, days), version=version, **by())):
        flash(_("Saved. Each turn stands in the work of who looks."))
        return onward(_at("#turns"))
    form.compare({"version": now.version})
    return answer(
        "communication/watch_turns.html", form=form, days=days, rules=rules, field_of=field_of,
        proposal=likely is not there_are, running=_may_change(), alone=len(people) == 1, status=form.status,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@requires("watch", "change")
def new() -> Any:
    form = PostForm()
    form.names_somebody = partial(names_somebody, g.incident, **by())
    form.keep_draft(_at("/new"))
    if form.accepts(lambda: operations.add_post(g.incident, form.values, _looked(), **as_member())):
        flash(_("Written down."))
        return onward(_at("#posts"))
    return answer("communication/watch_new.html", form=form, running=_may_change(), status=form.status)


STEPS: dict[str, type[Form]] = {
    "assess": AssessForm,
    "reply": Answered,
    "take-down": TakeDownForm,
    "unrest": UnrestForm,
}


def _post(post_id: int) -> Post:
    return there(queries.post_in(g.incident, post_id))


def _form(post: Post, step: str, **shown: Any) -> Any:
    form: Any = STEPS[step](**shown)
    form.names_somebody = partial(names_somebody, g.incident, **by())
    if step == "reply":
        form.offer(there(followed()).replies)
    form.keep_draft(_at(f"/{post.id}/{step}"))
    form.stand_beside(step)
    return form


def _replies(post: Post) -> list[Any]:
    """What can be answered with the address of the statement, the best first."""
    held = followed()
    ready = {one.key: one for one in held.replies} if held else {}
    fitting = rules.fitting(post.truth, post.tone, post.account_kind)
    return [ready[key] for key in fitting if key in ready]


def _post_page(post: Post, refused: dict[str, Form] | None = None) -> Any:
    now = {"truth": post.truth, "tone": post.tone, "reach": post.reach, "version": post.version}
    replies = _replies(post) if _may_change() and not post.replied_at else []
    likely = {"reply": replies[0].key if replies else OWN}
    forms = {step: _form(post, step, formdata=None, data=now | likely) for step in STEPS} if _may_change() else {}
    form = next(iter((refused or {}).values()), None)
    if form:
        form.compare(now)
    return answer(
        "communication/watch_post.html",
        post=post,
        forms=forms | (refused or {}),
        replies=replies,
        refused=form,
        rules=rules,
        status=form.status if form else 200,
    )


@bp.get("/<int:post_id>")
@requires("watch", "read")
def post(post_id: int) -> Any:
    return _post_page(_post(post_id))


@bp.get("/<int:post_id>/address")
@requires("watch", "read")
def address(post_id: int) -> Any:
    post = _post(post_id)
    if not post.address:
        abort(404)
    return answer("communication/watch_address.html", post=post, address=operations.read_address(post, **by()))


def _step(post_id: int, step: str, said: str, act: Callable[[Post, Any, int], Any]) -> Any:
    """One thing that is done with a post; refused, it comes back in its place on the page of the post."""
    found = _post(post_id)
    form = _form(found, step)
    if form.accepts(lambda: act(found, form, whole_number(form.version.data))):
        flash(said)
        return onward(_at(f"/{post_id}"))
    return _post_page(_post(post_id), {step: form})


@bp.post("/<int:post_id>/assess")
@requires("watch", "change")
def assess(post_id: int) -> Any:
    def act(post: Post, form: Any, version: int) -> None:
        operations.assess(post, form.judged, version=version, **by())

    return _step(post_id, "assess", _("Saved."), act)


@bp.post("/<int:post_id>/reply")
@requires("watch", "change")
def reply(post_id: int) -> Any:
    def act(post: Post, form: Any, version: int) -> None:
        operations.reply(post, form.text, version=version, **by())

    return _step(post_id, "reply", _("Noted, also in the logbook."), act)


@bp.post("/<int:post_id>/take-down")
@requires("watch", "change")
def take_down(post_id: int) -> Any:
    def act(post: Post, form: Any, version: int) -> None:
        title = _("Get a post on %(platform)s taken offline", platform=_(rules.PLATFORMS[post.platform]))
        operations.ask_take_down(post, title, form.address.data or "", version=version, **as_member())

    return _step(post_id, "take-down", _("Asked. It stands in the plan."), act)


@bp.post("/<int:post_id>/unrest")
@requires("watch", "change")
def unrest(post_id: int) -> Any:
    if request.form.get("value", "") not in UNREST:
        abort(404)

    def act(post: Post, form: Any, version: int) -> None:
        operations.unrest(post, int(request.form["value"]), version=version, **by())

    return _step(post_id, "unrest", _("Noted. It stands in the chart of the overview."), act)
