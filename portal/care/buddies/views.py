"""The buddies of a victim: who was named, who asks, and how it goes."""

from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.actions.queries import title_of, to_tick
from portal.care.buddies import operations, queries, rules
from portal.care.buddies.forms import LATER, AnswerForm, ArrangeForm, AskForm, CheckInForm, NameForm, PlanForm, StopForm
from portal.care.buddies.models import Buddy, CheckIn
from portal.clock import local
from portal.incidents.models import Involved
from portal.incidents.people.operations import names_somebody, read_of, without_named
from portal.incidents.queries import team_people
from portal.incidents.rules import label
from portal.web.access import requires
from portal.web.forms import Form
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import code, day, say_or_tell

bp = Blueprint("buddies", __name__, url_prefix="/incidents/<ref>/buddies")
NOBODY = 0
WITH_TEXT: dict[type[Form], str] = {AskForm: "ask", ArrangeForm: "arrange", CheckInForm: "check-in"}


def _at(part: str = "") -> str:
    return page_of(f"/buddies{part}")


def _read(*people: int) -> None:
    read_of(people, "buddies", **by())


@bp.get("")
@requires("buddies", "read", "read-own")
def buddies() -> Any:
    rows, mine = queries.of(g.incident, g.standing), queries.victims(g.incident, g.standing)
    victims = {one.id: one for one in [*mine, *(row.victim for row in rows)]}
    named = {number: [row for row in rows if row.victim_id == number] for number in victims}
    _read(*(row.person_id for row in rows), *victims)
    return answer(
        "care/buddies.html",
        victims=list(victims.values()),
        named=named,
        to_ask={number: rules.next_to_ask(queries.places(found)) for number, found in named.items()},
        names_for={one.id for one in mine},
        wishes=queries.wishes(g.incident),
        check_ins=queries.check_ins(rows),
        **_words(),
    )


def _words() -> dict[str, Any]:
    """What every page here says with."""
    may = g.incident.state == "open" and g.standing.may("buddies", "change", "change-own")
    return {"state": queries.state, "rules": rules, "label": label, "today": _today(), "may_change": may}


def _today() -> date:
    return local(g.clock.now()).date()


@bp.route("/of/<int:victim_id>", methods=["GET", "POST"])
@requires("buddies", "change", "change-own")
def name(victim_id: int) -> Any:
    victim = _victim(victim_id)
    _read(victim.id)
    rows = ("first", "second", "third")
    form = NameForm(data={row: {"class_name": victim.class_name} for row in rows})
    if form.accepts(lambda: operations.name(victim, form.names, **as_member())):
        flash(_("Written down, in the order of the victim."))
        return onward(_at())
    named = len(queries.of_victim(victim.id))
    return answer("care/name_buddies.html", form=form, victim=victim, named=named, status=form.status, **_words())


def _victim(victim_id: int) -> Involved:
    return there(next((one for one in queries.victims(g.incident, g.standing) if one.id == victim_id), None))


def _buddy(buddy_id: int) -> Buddy:
    return there(queries.find(g.incident, g.standing, buddy_id))


@bp.get("/<int:buddy_id>")
@requires("buddies", "read", "read-own")
def buddy(buddy_id: int) -> Any:
    return _page(_buddy(buddy_id))


def _page(one: Buddy, form: Form | None = None) -> Any:
    """One buddy with the forms of what can be done now; one that was refused comes back as it was sent."""
    places = queries.places(queries.of_victim(one.victim_id))
    number = rules.next_to_ask(places)
    # Who supports one buddy need not see the others.
    following = number and queries.find(g.incident, g.standing, number)
    _read(one.person_id, one.victim_id, *([following.person_id] if following else []))
    shown = _forms(one, form)
    return answer(
        "care/buddy.html",
        one=one,
        forms=shown,
        refused=form,
        warnings=operations.warned(one),
        fourth=queries.state(one) == "named" and len(rules.ahead(one.id, places)) >= rules.MOST,
        following=following,
        wish=queries.wishes(g.incident).get(one.victim_id),
        sure=g.standing.may("people", "read"),
        check_ins=queries.check_ins([one])[one.id],
        texts=rules.texts(),
        status=form.status if form else 200,
        **_words(),
    )


def _forms(one: Buddy, sent: Form | None) -> dict[str, Form]:
    """All forms of the page by name, each with ids of its own."""
    kinds: tuple[type[Form], ...] = (AskForm, AnswerForm, ArrangeForm, CheckInForm, PlanForm, StopForm)
    made = {kind.__name__: sent if type(sent) is kind else _form(kind, one) for kind in kinds}
    for name, form in made.items():
        form.stand_beside(name.removesuffix("Form").lower())
    if sent:
        now = queries.fresh(one)
        there = {"task": now.task, "parents_informed_at": now.parents_informed_at, "supporter": now.supporter_id or 0}
        sent.compare({**there, "version": now.version})
    return {name.removesuffix("Form").lower(): form for name, form in made.items()}


def _form(kind: type[Form], one: Buddy, *, arrived: bool = False) -> Any:
    """A form about this buddy: as it was sent, or filled in as likely."""
    to_come = [row for row in queries.check_ins([one])[one.id] if row.done_at is None]
    form: Any = kind() if arrived else kind(formdata=None, data=_likely(kind, one, to_come))
    if kind is ArrangeForm and one.asked_at:
        del form.asker
    team = [(NOBODY, _("nobody yet")), *((person.id, person.name) for person in team_people(g.incident, "buddies"))]
    none = _("in between") if kind is CheckInForm else _("one more")
    offered = {
        "asker": team,
        "supporter": team,
        "check_in": [*((row.id, day(row.due_on)) for row in to_come), (NOBODY, none)],
    }
    if kind in (AskForm, AnswerForm):
        offered["tick"] = _steps(one)
    for name, choices in offered.items():
        if name in form:
            form[name].choices = choices
    form.names_somebody = partial(names_somebody, g.incident, **by())
    if kind in WITH_TEXT:
        form.keep_draft(_at(f"/{one.id}/{WITH_TEXT[kind]}"))
    return form


def _likely(kind: type[Form], one: Buddy, to_come: list[CheckIn]) -> dict[str, Any]:
    others = [queries.state(row) for row in queries.of_victim(one.victim_id) if row.id != one.id]
    third = others.count("buddy") >= rules.MOST - 1
    return {
        "asker": one.asker_id or (current_user.id if kind is AskForm else NOBODY),
        "supporter": one.supporter_id or NOBODY,
        "task": one.task or "\n".join(_lines("task")),
        "parents_informed_at": one.parents_informed_at,
        "version": one.version,
        "check_in": to_come[0].id if kind is CheckInForm and rules.is_near(to_come, _today()) else NOBODY,
        # With the third the step of the plan is done.
        "tick": ["y"] if third else [],
    }


def _steps(one: Buddy) -> list[Any]:
    """The plan's step, to tick off along with a yes."""
    return [
        ("y", _("If yes: also tick off “%(step)s”", step=say_or_tell(title_of(step, one_victim=True))))
        for step in to_tick(g.incident, queries.STEP, [one.victim_id], g.standing)[:1]
    ]


def _lines(part: str) -> list[str]:
    """A ready text in the reader's language."""
    lines: list[str] = rules.texts()[part][code()]
    return lines


def _done(one: Buddy, form: Form, act: Any, said: str) -> Any:
    """Do what was sent, and go on; or show the page with what was typed."""
    if form.accepts(lambda: act(one, form.values, **by())):
        flash(said)
        return onward(_at(f"/{one.id}"))
    return _page(one, form)


def _tick_words(form: Any) -> dict[str, Any]:
    return {**form.values, "tick": _("Buddies were asked.") if form.tick.data else ""}


@bp.post("/<int:buddy_id>/ask")
@requires("buddies", "change", "change-own")
def ask(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    form = _form(AskForm, one, arrived=True)

    def act(row: Buddy, values: dict[str, Any], **by: Any) -> None:
        told = {"told": values["told"] or "\n".join(_lines("ask")), "reason": values["reason"] or ""}
        told["answer"] = values["answer"].removeprefix(LATER)
        operations.ask(row, {**_tick_words(form), **told}, standing=g.standing, **by)

    return _done(one, form, act, _("Written down."))


@bp.post("/<int:buddy_id>/answer")
@requires("buddies", "change", "change-own")
def respond(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    form = _form(AnswerForm, one, arrived=True)
    if form.answer.data not in rules.ANSWERS:
        abort(404)

    def act(row: Buddy, values: dict[str, Any], **by: Any) -> None:
        operations.answer(row, _tick_words(form), standing=g.standing, **by)

    return _done(one, form, act, _("Written down."))


@bp.post("/<int:buddy_id>/arrange")
@requires("buddies", "change", "change-own")
def arrange(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    return _done(one, _form(ArrangeForm, one, arrived=True), operations.arrange, _("Saved."))


@bp.post("/<int:buddy_id>/check-in")
@requires("buddies", "change", "change-own")
def check_in(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    form = _form(CheckInForm, one, arrived=True)
    heavy = _("Written down. Is it too heavy? Talk with the counselor today. A buddy may always stop.")
    said = heavy if form.going.data == "hard" else _("Written down.")
    return _done(one, form, operations.check_in, said)


@bp.post("/<int:buddy_id>/plan")
@requires("buddies", "change", "change-own")
def plan(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    return _done(one, _form(PlanForm, one, arrived=True), operations.plan_check_in, _("Planned."))


@bp.post("/<int:buddy_id>/stop")
@requires("buddies", "change", "change-own")
def stop(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    said = _("Written down. Thank this pupil, and tell the victim yourself.")
    return _done(one, _form(StopForm, one, arrived=True), operations.stop, said)


@bp.get("/<int:buddy_id>/card")
@requires("buddies", "read", "read-own")
def card(buddy_id: int) -> Any:
    one = _buddy(buddy_id)
    _read(one.person_id)
    lines = without_named(g.incident, one.task.splitlines()) or _lines("task")
    said = {name: text[code()] for name, text in rules.texts()["card"].items()}
    return answer("care/buddy_card.html", one=one, lines=lines, said=said)
