"""Conversations of one incident: the card before, the invitation, and what came of it."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.actions.queries import title_of, to_tick
from portal.care.conversations import operations, queries, rules
from portal.care.conversations.forms import TICK, AdditionForm, CancelForm, CardForm, HeldForm, PlanForm, choose
from portal.care.conversations.models import Conversation
from portal.errors import GateClosed
from portal.incidents.models import OPEN
from portal.incidents.people.operations import names_somebody, read_of, without_named
from portal.incidents.queries import people_visible
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import code, say_or_tell

bp = Blueprint("conversations", __name__, url_prefix="/incidents/<ref>/conversations")
PLANNING = ("planned_at", "place", "others", "interpreter", "version")


def _page(part: Any = "") -> str:
    return page_of(f"/conversations{f'/{part}' if part else ''}")


def _nameless(form: Any) -> Any:
    form.names_somebody = partial(names_somebody, g.incident, **by())
    return form


def _found(number: int) -> Conversation:
    found = there(queries.find(g.incident, g.standing, number))
    read_of([found.about_id], "conversations", **by())
    return found


def _to_change(number: int) -> Conversation:
    """For whoever may change this one, reading it is not enough; no page is opened on what was held or called off."""
    found = _found(number)
    if not rules.may_change(g.standing, found.leader_id):
        abort(403)
    if request.method == "GET":
        rules.check_planned(found.state)
    return found


def _shown(card: rules.Card, own: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    """The card in the reader's language: section, its title, its lines."""
    return [(key, _(title), card.lines(key, own, code())) for key, title in rules.SECTIONS.items()]


def _submit(form: Form, act: Any) -> bool:
    version = whole_number(form.version.data) if "version" in form else -1
    return form.accepts(lambda: act(version=version, **as_member()))


@bp.get("")
@requires("conversations", "read", "read-own")
def conversations() -> Any:
    found, now = list(queries.visible(g.incident, g.standing)), g.clock.now()
    read_of([one.about_id for one in found], "conversations", **by())
    return answer(
        "care/conversations.html",
        coming=[one for one in found if one.state == rules.PLANNED],
        past=[one for one in reversed(found) if one.state != rules.PLANNED],
        kinds=rules.KINDS,
        asked=queries.asked_by_plan(g.incident),
        with_whom=queries.with_whom,
        status_of=lambda one: rules.status_of(one.state, one.planned_at, now),
        may_plan=g.incident.state == OPEN and g.standing.may("conversations", "change", "change-own"),
    )


@bp.get("/cards/<kind>")
@requires("conversations", "read", "read-own")
def card(kind: str) -> Any:
    prepared = there(rules.cards().get(kind))
    title, sections = rules.KINDS[kind], _shown(prepared, {})
    return answer("care/card.html", sections=sections, title=title, kind=kind, conversation=None)


def _plan_form(**shown: Any) -> PlanForm:
    form = _nameless(PlanForm(data=shown))
    able = {one.id: one.name for one in queries.leaders(g.incident, g.standing)}
    if shown.get("leader"):
        able.setdefault(shown["leader"], shown["leader_name"])
    form.leader.choices = choose(able)
    return form  # type: ignore[no-any-return]


@bp.route("/new/<kind>", methods=["GET", "POST"])
@requires("conversations", "change", "change-own")
def new(kind: str) -> Any:
    prepared, made = there(rules.cards().get(kind)), []
    people = {key: say_or_tell(said) for key, said in queries.possible(g.incident, prepared, g.standing).items()}
    form = _plan_form()
    together = rules.TOGETHER.get(kind)
    form.about.choices = choose(people, say_or_tell(_(together)) if together else "")
    leads = [value for value, *_rest in form.leader.choices]
    if not form.was_sent:
        form.leader.data = current_user.id if current_user.id in leads else 0
        form.about.data = next(iter(people)) if len(people) == 1 and not together else 0

    def act(version: int, **acts: Any) -> None:
        values = {**form.planning, "about_id": form.about.data or None}
        made.append(operations.plan(g.incident, kind, values, **acts))

    if _submit(form, act):
        # Of one that was held already, what came of it is next.
        was = made and made[0].planned_at and made[0].planned_at <= g.clock.now()
        return onward(_page(f"{made[0].id}{'/held' if was else ''}" if made else ""))
    return answer(
        "care/plan_conversation.html",
        form=form,
        title=rules.KINDS[kind],
        conversation=None,
        nobody=bool(prepared.whom) and not people and not together,
        status=form.status,
    )


def _closed(conversation: Conversation) -> GateClosed | None:
    """Why it may not be held yet, if so."""
    try:
        operations.check_gate(conversation)
    except GateClosed as refused:
        return refused
    return None


@bp.get("/<int:conversation_id>")
@requires("conversations", "read", "read-own")
def conversation(conversation_id: int) -> Any:
    found = _found(conversation_id)
    return _whole(found, _addition_form(found, formdata=None))


def _addition_form(conversation: Conversation, **sent: Any) -> AdditionForm:
    form = AdditionForm(**sent)
    form.keep_draft(_page(f"{conversation.id}/add"))
    return form


def _whole(found: Conversation, form: AdditionForm) -> Any:
    may = rules.may_change(g.standing, found.leader_id) and g.incident.state == OPEN
    seen = {person.id for person in people_visible(g.incident, g.standing)}
    pupil, feelings = queries.pupil_of(found.about), rules.may_read_feelings(g.standing, found.leader_id)
    mind = [one for one in dict.fromkeys((found.about, pupil)) if one is not None and one.id in seen]
    read_of([one.id for one in mind], "conversations", **by())
    return answer(
        "care/conversation.html",
        form=form,
        conversation=found,
        who=queries.with_whom(found),
        sections=_shown(rules.cards()[found.kind], found.card),
        state=rules.status_of(found.state, found.planned_at, g.clock.now()),
        closed=_closed(found) if found.state == rules.PLANNED else None,
        may_change=may,
        reads_feelings=feelings,
        additions=_additions(found, feelings=feelings),
        mind=mind,
        named=queries.named_without,
        next_title=title_of(found.next_action) if found.next_action else "",
        status=form.status,
    )


def _additions(conversation: Conversation, *, feelings: bool) -> list[dict[str, Any]]:
    """What was added and this reader may read, with its moment."""
    lines = [line for line in conversation.additions if feelings or line["part"] == rules.AGREED]
    return [{**line, "moment": datetime.fromisoformat(line["at"])} for line in lines]


@bp.route("/<int:conversation_id>/planning", methods=["GET", "POST"])
@requires("conversations", "change", "change-own")
def planning(conversation_id: int) -> Any:
    found = _to_change(conversation_id)
    form = _plan_form(**_planned(found), leader_name=found.leader.name)
    del form.about
    if _submit(form, lambda **acts: operations.change(found, form.planning, **acts)):
        return onward(_page(conversation_id))
    form.compare(_planned(_found(conversation_id)))
    title = rules.KINDS[found.kind]
    return answer(
        "care/plan_conversation.html", form=form, title=title, conversation=found, nobody=False, status=form.status
    )


def _planned(conversation: Conversation) -> dict[str, Any]:
    return {"leader": conversation.leader_id, **{name: getattr(conversation, name) for name in PLANNING}}


@bp.route("/<int:conversation_id>/prepare", methods=["GET", "POST"])
@requires("conversations", "change", "change-own")
def prepare(conversation_id: int) -> Any:
    found = _to_change(conversation_id)
    form = _nameless(CardForm(data=_prepared(found)))
    form.keep_draft(_page(f"{conversation_id}/prepare"))
    if _submit(form, lambda **acts: operations.prepare(found, form.sections, **acts)):
        return onward(_page(f"{conversation_id}/card"))
    form.compare(_prepared(_found(conversation_id)))
    return answer(
        "care/prepare.html",
        form=form,
        sections=rules.SECTIONS,
        conversation=found,
        who=queries.with_whom(found),
        status=form.status,
    )


def _prepared(conversation: Conversation) -> dict[str, Any]:
    shown = _shown(rules.cards()[conversation.kind], conversation.card)
    return {"version": conversation.version, **{key: "\n".join(lines) for key, _title, lines in shown}}


@bp.get("/<int:conversation_id>/card")
@requires("conversations", "read", "read-own")
def own_card(conversation_id: int) -> Any:
    found = _found(conversation_id)
    # What names somebody who was added since is not taken along on paper.
    fit = without_named(g.incident, found.card.values())
    sections = _shown(rules.cards()[found.kind], {key: text for key, text in found.card.items() if text in fit})
    return answer(
        "care/card.html", sections=sections, title=rules.KINDS[found.kind], kind=found.kind, conversation=found
    )


@bp.get("/<int:conversation_id>/invitation.ics")
@requires("conversations", "change", "change-own")
def invitation(conversation_id: int) -> Any:
    found = _to_change(conversation_id)
    rules.check_can_invite(found.state, found.planned_at)
    operations.check_gate(found)
    place = "".join(without_named(g.incident, [found.place]))
    file = rules.invitation(found.id, found.planned_at, place, found.made_at, found.version, title=_("Appointment"))
    return Response(
        file, mimetype="text/calendar", headers={"Content-Disposition": 'attachment; filename="afspraak.ics"'}
    )


@bp.route("/<int:conversation_id>/held", methods=["GET", "POST"])
@requires("conversations", "change", "change-own")
def held(conversation_id: int) -> Any:
    found = _to_change(conversation_id)
    form = _held_form(found)
    if _submit(form, lambda **acts: operations.hold(found, form.values, **acts)):
        flash(_("Written down. The logbook says that there was contact."))
        return onward(_page(conversation_id))
    form.compare({"version": _found(conversation_id).version})
    return answer(
        "care/held.html",
        form=form,
        conversation=found,
        who=queries.with_whom(found),
        closed=_closed(found),
        status=form.status,
    )


def _held_form(conversation: Conversation) -> HeldForm:
    now, pupil = g.clock.now(), queries.pupil_of(conversation.about)
    at = min(conversation.planned_at or now, now)
    form = _nameless(HeldForm(data={"held_at": at, "version": conversation.version}))
    step = rules.cards()[conversation.kind].step
    ticked = to_tick(g.incident, step, [pupil.id if pupil else None], g.standing) if step else []
    if not ticked:
        del form.tick
    else:
        title = say_or_tell(title_of(ticked[0]))
        form.tick.choices = [(TICK, _("Also tick off ‘%(what)s’ in the plan", what=title))]
    if not g.standing.may("notes", "write-own"):
        del form.confidential
    form.keep_draft(_page(f"{conversation.id}/held"))
    return form  # type: ignore[no-any-return]


@bp.post("/<int:conversation_id>/add")
@requires("conversations", "change", "change-own")
def add(conversation_id: int) -> Any:
    found = _to_change(conversation_id)
    form = _addition_form(found)
    if _submit(form, lambda version, **acts: operations.add(found, form.part.data, form.text.data, **acts)):
        return onward(_page(conversation_id))
    return _whole(found, form)


@bp.route("/<int:conversation_id>/cancel", methods=["GET", "POST"])
@requires("conversations", "change", "change-own")
def cancel(conversation_id: int) -> Any:
    found = _to_change(conversation_id)
    form = CancelForm(data={"version": found.version})
    form.keep_draft(_page(f"{conversation_id}/cancel"))
    if _submit(form, lambda **acts: operations.cancel(found, form.reason.data, **acts)):
        return onward(_page())
    form.compare({"version": _found(conversation_id).version})
    return answer("care/cancel_conversation.html", form=form, who=queries.with_whom(found), status=form.status)
