"""The classes of one incident, and the conversations with them."""

from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit.operations import record_read
from portal.classes.talks import operations, queries, rules
from portal.classes.talks.forms import AddForm, CancelForm, DecideForm, HoldForm, PrepareForm, WorryForm
from portal.classes.talks.models import ClassTalk
from portal.clock import local
from portal.incidents.models import Involved
from portal.incidents.people.operations import read_of
from portal.incidents.queries import who_may_change
from portal.policy import as_class
from portal.school.queries import closed_days
from portal.web import keeping
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of
from portal.web.language import tell

bp = Blueprint("classes", __name__, url_prefix="/incidents/<ref>/classes")


def _page(part: str = "") -> str:
    return page_of(f"/classes{part}")


def _board(form: DecideForm) -> Any:
    """Every class with a form of its own; one that was refused comes back with the class it was about."""
    rows = queries.board(g.incident, g.standing, g.clock.now())
    read_of([victim.id for row in rows for victim in row.victims], "classes", **by())
    sent = as_class(form.class_name.data or "") if form.was_sent else None
    forms: list[Form] = []
    for number, row in enumerate(rows):
        forms.append(form if sent == as_class(row.name) else DecideForm(formdata=None))
        forms[-1].stand_beside(str(number))
    return answer(
        "classes/classes.html",
        rows=list(zip(rows, forms, strict=True)),
        form=form,
        other=DecideForm(formdata=None) if form in forms else form,
        may_decide=rules.may_decide(g.standing, ""),
        classless=queries.without_class(g.incident, g.standing),
        guide=rules.guide(),
        today=local(g.clock.now()).date(),
        status=form.status,
    )


@bp.get("")
@requires("classes", "read")
def classes() -> Any:
    return _board(DecideForm(formdata=None))


@bp.post("")
@requires("classes", "change", "change-own")
def decide() -> Any:
    form = DecideForm()
    values = {"against": bool(form.against.data), "reason": form.reason.data or ""}
    if form.accepts(lambda: operations.decide(g.incident, form.class_name.data, **values, **as_member())):
        planned = queries.running(g.incident, form.class_name.data)
        return onward(_page(f"/{planned[0].id}" if planned else ""))
    return _board(form)


@bp.post("/unrest")
@requires("classes", "change", "change-own")
def unrest() -> Any:
    value, name = request.form.get("value", ""), request.form.get("class_name", "")
    if value not in rules.UNREST:
        abort(404)
    operations.note_unrest(g.incident, name, int(value), **as_member())
    names = [row.name for row in queries.board(g.incident, g.standing, g.clock.now())]
    return onward(_page(f"#class-{names.index(name) + 1}"))


def _talk(talk_id: int, *, change: str = "") -> tuple[ClassTalk, list[Involved], str]:
    """A conversation with the victims in its class and how their wish stands; `change` is the state that it needs."""
    talk = operations.find(g.incident, talk_id)
    # Sent again because its answer was lost, it is answered as the first time.
    if change and not keeping.sent_before():
        rules.check_may_change(g.standing, talk.class_name, talk.leader_id)
        rules.check_state(talk.state, change)
    victims, gate = queries.known_of(talk, g.standing)
    read_of([victim.id for victim in victims], "classes", **by())
    return talk, victims, gate


def _worries(talk: ClassTalk) -> list[Any]:
    """Those that this reader may read, written down as read."""
    found = [
        worry
        for worry in queries.worries_of(talk)
        if rules.reads_worry(g.standing, talk.class_name, worry.written_by_id)
    ]
    if found:
        subject = f"incident:{g.incident.id}"
        record_read("classes:worry:read", subject, reader_id=current_user.id, now=g.clock.now())
    return found


@bp.get("/<int:talk_id>")
@requires("classes", "read")
def talk(talk_id: int) -> Any:
    found, victims, gate = _talk(talk_id)
    reads_all = rules.reads_all(g.standing, found.class_name, found.leader_id)
    return answer(
        "classes/talk.html",
        talk=found,
        victims=victims,
        gate=gate,
        reads_all=reads_all,
        reads_feelings=rules.reads_feelings(g.standing, found.leader_id),
        may_change=rules.may_change(g.standing, found.class_name, found.leader_id),
        worries=_worries(found) if found.state == rules.HELD else [],
        known=reads_all or queries.is_touched(found),
        guide=rules.guide(),
    )


def _prepare_form(talk: ClassTalk, victims: list[Involved]) -> PrepareForm:
    helps = rules.guide()["conversation"]
    names = ("second", "planned_at", "place", "victim_there", "feelings", "message", "version")
    now = {name: getattr(talk, name) for name in names}
    # Suggested until somebody wrote words of their own.
    now |= {name: getattr(talk, name) or tell(helps[name]) for name in ("opening", "closing", "materials")}
    form = PrepareForm(data=None if request.form else {**now, "leader": talk.leader_id or 0})
    messages = {key: tell(rules.guide()["message"][key]["name"]) for key in rules.MESSAGES}
    form.offer(
        who_may_change(g.incident, "classes"),
        messages,
        victim=bool(victims),
        feelings=rules.reads_feelings(g.standing, talk.leader_id),
    )
    form.keep_draft(_page(f"/{talk.id}/prepare"))
    return form


@bp.route("/<int:talk_id>/prepare", methods=["GET", "POST"])
@requires("classes", "change", "change-own")
def prepare(talk_id: int) -> Any:
    found, victims, _gate = _talk(talk_id, change=rules.PLANNED)
    form = _prepare_form(found, victims)
    if form.accepts(
        lambda: operations.prepare(found, form.values, version=whole_number(form.version.data), **as_member())
    ):
        flash(_("The preparation is kept."))
        return onward(_page(f"/{talk_id}"))
    fresh = operations.find(g.incident, talk_id)
    names = [name for name in form.data if hasattr(fresh, name) and name != "leader"]
    form.compare({**{name: getattr(fresh, name) for name in names}, "leader": fresh.leader_id or 0})
    return answer("classes/prepare.html", form=form, talk=found, guide=rules.guide(), status=form.status)


def _came_of_it(form: Any, talk: ClassTalk) -> None:
    """What the two forms about the outcome share."""
    form.names_somebody = partial(operations.names_anybody, talk, **by())
    if talk.parents_informed_at:
        del form.parents_informed


@bp.route("/<int:talk_id>/held", methods=["GET", "POST"])
@requires("classes", "change", "change-own")
def held(talk_id: int) -> Any:
    found, victims, gate = _talk(talk_id, change=rules.PLANNED)
    now, to_tick = g.clock.now(), queries.to_tick(found, victims, g.standing)
    likely = {
        "held_at": found.planned_at if found.planned_at and found.planned_at < now else now,
        "victim_there": found.victim_there,
        "follow_up_on": rules.follow_up_day(local(now).date(), closed_days()),
        # Other classes are one step together: it is not done with the first of them.
        "ticked": bool(victims),
        "version": found.version,
    }
    form = HoldForm(data=None if request.form else likely)
    form.keep_draft(_page(f"/{talk_id}/held"))
    _came_of_it(form, found)
    if not victims:
        del form.victim_there
    if not to_tick:
        del form.ticked
    version, ticked = whole_number(form.version.data), "ticked" in form and form.ticked.data
    if form.accepts(lambda: operations.hold(found, form.values, ticked=ticked, version=version, **as_member())):
        flash(_("Noted. Is there a worry about one pupil? Add it below."))
        return onward(_page(f"/{talk_id}"))
    form.compare({"version": operations.find(g.incident, talk_id).version})
    title = tell(queries.title_of_step(g.incident, victims))
    return answer("classes/held.html", form=form, talk=found, gate=gate, title=title, status=form.status)


@bp.route("/<int:talk_id>/later", methods=["GET", "POST"])
@requires("classes", "change", "change-own")
def later(talk_id: int) -> Any:
    found, _victims, _gate = _talk(talk_id, change=rules.HELD)
    waits = bool(found.follow_up_on and not found.followed_up_at)
    shown = {
        "agreements": "\n".join(found.agreements),
        "followed_up": waits and found.follow_up_on <= local(g.clock.now()).date(),
        "follow_up_on": found.follow_up_on,
        "version": found.version,
    }
    form = AddForm(data=None if request.form else shown)
    form.keep_draft(_page(f"/{talk_id}/later"), changed_at=None)
    _came_of_it(form, found)
    if form.accepts(lambda: operations.add(found, form.values, version=whole_number(form.version.data), **as_member())):
        flash(_("Added. What was noted before stays readable."))
        return onward(_page(f"/{talk_id}"))
    fresh = operations.find(g.incident, talk_id)
    form.compare({"agreements": "\n".join(fresh.agreements), "version": fresh.version})
    return answer("classes/later.html", form=form, talk=found, status=form.status)


@bp.route("/<int:talk_id>/worry", methods=["GET", "POST"])
@requires("classes", "change", "change-own")
def worry(talk_id: int) -> Any:
    found, _victims, _gate = _talk(talk_id, change=rules.HELD)
    able = queries.readers_of_worries(g.incident, found.class_name)
    if not g.standing.may("plan", "change"):
        able = [one for one in able if one.id == current_user.id]
    likely = {"due_at": rules.worry_due(g.clock.now(), closed_days()), "assignee": able[0].id if len(able) == 1 else 0}
    form = WorryForm(data=None if request.form else likely)
    form.assignee.choices = [(0, _("nobody yet")), *((one.id, one.name) for one in able)]
    form.keep_draft(_page(f"/{talk_id}/worry"))
    title = _("A worry about a pupil, after a class conversation")
    how = _("What the worry is stands with the conversation, under 'Classes'.")
    if form.accepts(lambda: operations.add_worry(found, form.values, title=title, how=how, **as_member())):
        flash(_("The worry is an action in the plan now."))
        return onward(_page(f"/{talk_id}#worries"))
    return answer("classes/worry.html", form=form, talk=found, status=form.status)


@bp.route("/<int:talk_id>/cancel", methods=["GET", "POST"])
@requires("classes", "change", "change-own")
def cancel(talk_id: int) -> Any:
    found, _victims, _gate = _talk(talk_id, change=rules.PLANNED)
    form = CancelForm()
    form.keep_draft(_page(f"/{talk_id}/cancel"))
    if form.accepts(lambda: operations.cancel(found, form.reason.data, **as_member())):
        return onward(_page())
    return answer("classes/cancel.html", form=form, talk=found, status=form.status)


@bp.get("/<int:talk_id>/poster")
@requires("classes", "read")
def poster(talk_id: int) -> Any:
    """What hangs on the wall: no name, no class, and not which incident it comes from."""
    found = operations.find(g.incident, talk_id)
    if not found.agreements:
        abort(404)
    agreements, line = operations.for_the_wall(found), rules.guide()["poster"]["line"]
    return answer(
        "classes/poster.html",
        agreements=agreements,
        left_out=len(found.agreements) - len(agreements),
        letters=rules.letters(agreements),
        line=line,
    )
