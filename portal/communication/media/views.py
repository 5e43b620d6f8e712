"""The press: who called and by when they need an answer, the plan, and what everybody refers to."""

from collections.abc import Callable, Collection
from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Person
from portal.actions.queries import to_tick
from portal.communication.media import operations, queries, rules
from portal.communication.media.forms import OWN, AnswerForm, CallForm, LaterForm, PlanForm, QuestionsForm
from portal.communication.media.models import MediaPlan, PressCall
from portal.incidents.models import OPEN
from portal.incidents.people.operations import names_somebody
from portal.incidents.queries import team_people
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import code, tell

bp = Blueprint("media", __name__, url_prefix="/incidents/<ref>/media")
ACTS: dict[str, type[Any]] = {"answer": AnswerForm, "later": LaterForm}


def followed() -> queries.Followed | None:
    """The valid statement of the incident at hand, looked up once; None for who does not see the statement."""
    if not g.standing.sees("statement"):
        return None
    if "followed" not in g:
        g.followed = queries.followed(g.incident, g.address, code())
    return g.followed  # type: ignore[no-any-return]


def _at(part: str = "") -> str:
    return page_of(f"/media{part}")


def _nameless(form: Any, but: Collection[str] = ()) -> Any:
    """The form asks of each text whether it names somebody, `but` of what the school says already."""
    form.names_somebody = lambda text: text not in but and names_somebody(g.incident, text, **by())
    return form


def _may_change() -> bool:
    return bool(g.standing.may("media", "change") and g.incident.state == OPEN)


def _form_of(call: PressCall, act: str, now: queries.Followed, people: list[Person], **kw: Any) -> Any:
    """The form of one act with one call; it stands beside those of the others."""
    form: Any = _nameless(ACTS[act](**kw))
    if act == "answer":
        form.offer(now.replies)
        form.offer_people(people)
    form.keep_draft(_at(f"/calls/{call.id}/{act}"))
    form.stand_beside(f"{call.id}-{act}")
    return form


def _forms(waiting: list[PressCall], now: queries.Followed) -> dict[tuple[int, str], Form]:
    if not waiting or not _may_change():
        return {}
    people = team_people(g.incident, "media")
    ready = {"by": current_user.id, "reply": "press" if now.valid else OWN, "within": "hour"}
    return {
        (call.id, act): _form_of(call, act, now, people, formdata=None, data={**ready, "version": call.version})
        for call in waiting
        for act in ACTS
    }


def _page(refused: dict[tuple[int, str], Form] | None = None) -> Any:
    now = there(followed())
    plan = queries.plan_of(g.incident)
    own = operations.own_of(plan)
    waiting, done = rules.sorted_calls(queries.calls(g.incident), g.clock.now())
    form = next(iter(refused.values())) if refused else None
    return answer(
        "communication/media.html",
        plan=plan,
        texts=rules.plan_texts(own, code()),
        answers=rules.answers(own, now.said, code()),
        left_out=_left_out(plan, own),
        is_older=bool(plan and now.valid and now.valid.since > plan.changed_at),
        waiting=waiting,
        done=done,
        forms=_forms(waiting, now) | (refused or {}),
        refused=form,
        rules=rules,
        may_change=_may_change(),
        status=form.status if form else 200,
    )


def _left_out(plan: MediaPlan | None, own: dict[str, str]) -> list[Any]:
    """Titles of what was adapted and names somebody who was added since."""
    gone = [key for key in (plan.answers if plan else {}) if key not in own]
    return [rules.parts()[key].title if key in rules.parts() else rules.questions()[key] for key in gone]


@bp.get("")
@requires("media", "read")
def media() -> Any:
    return _page()


@bp.route("/calls/new", methods=["GET", "POST"])
@requires("media", "change")
def new() -> Any:
    form = _nameless(CallForm(data={"at": g.clock.now(), "within": "hour"}))
    form.keep_draft(_at("/calls/new"))
    if form.accepts(lambda: operations.note_call(g.incident, form.values, at=form.at.data, **form.moment, **by())):
        flash(_("Noted. It stands at the top until it is answered."))
        return onward(_at())
    texts = rules.plan_texts(operations.own_of(queries.plan_of(g.incident)), code())
    return answer("communication/press_call.html", form=form, holding=texts["holding"], status=form.status)


def _act(call_id: int, act: str, said: str, do: Callable[[PressCall, Any, dict[str, Any]], None]) -> Any:
    """One thing that happens with a call; refused, it comes back in its place on the page."""
    call = there(queries.call_in(g.incident, call_id))
    now = there(followed())
    form = _form_of(call, act, now, team_people(g.incident, "media"))
    acts = {"version": whole_number(form.version.data), **by()}
    if form.accepts(lambda: do(call, form, acts)):
        flash(said)
        return onward(_at())
    form.compare({"version": there(queries.call_in(g.incident, call_id)).version})
    return _page({(call_id, act): form})


@bp.post("/calls/<int:call_id>/answer")
@requires("media", "change")
def answered(call_id: int) -> Any:
    def do(call: PressCall, form: Any, acts: dict[str, Any]) -> None:
        operations.answer(call, form.text, form.by.data, **acts)

    return _act(call_id, "answer", _("Noted, also in the logbook."), do)


@bp.post("/calls/<int:call_id>/later")
@requires("media", "change")
def later(call_id: int) -> Any:
    def do(call: PressCall, form: Any, acts: dict[str, Any]) -> None:
        operations.agree_later(call, form.promised.data or "", **form.moment, **acts)

    return _act(call_id, "later", _("Noted, also in the logbook."), do)


def _kept(form: Any, place: str, shown: dict[str, str], ready: list[dict[str, str]]) -> bool:
    """Whether the form with texts of the plan was kept."""
    plan = queries.plan_of(g.incident)
    form.keep_draft(place, changed_at=plan.changed_at if plan else None)
    ticked = "ticked" in form and form.ticked.data
    if form.accepts(
        lambda: operations.keep(
            g.incident,
            form.typed,
            ready=ready,
            version=whole_number(form.version.data),
            ticked=_("The media plan was agreed on.") if ticked else "",
            **as_member(),
        )
    ):
        flash(_("Kept."))
        return True
    form.compare({**shown, "version": str(plan.version if plan else 0)})
    return False


@bp.route("/plan", methods=["GET", "POST"])
@requires("media", "change")
def plan() -> Any:
    found = queries.plan_of(g.incident)
    shown = rules.plan_texts(operations.own_of(found), code())
    form = _nameless(PlanForm(data={**shown, "ticked": True, "version": str(found.version if found else 0)}))
    for key, part in rules.parts().items():
        form[key].label.text = tell(part.title)
    step = next(iter(to_tick(g.incident, rules.STEP, [], g.standing)), None)
    if _kept(form, _at("/plan"), shown, [rules.plan_texts({}, language) for language in ("nl", "en")]):
        return onward(_at())
    return answer("communication/media_plan.html", form=form, parts=rules.parts(), step=step, status=form.status)


@bp.route("/questions", methods=["GET", "POST"])
@requires("media", "change")
def questions() -> Any:
    found, now = queries.plan_of(g.incident), there(followed())
    shown = {one.key: one.text for one in rules.answers(operations.own_of(found), now.said, code())}
    form = QuestionsForm(data={**shown, "version": str(found.version if found else 0)})
    _nameless(form, but=shown.values())
    for key, ask in rules.questions().items():
        form[key].label.text = tell(ask)
    said = {language: now.valid.said(language) if now.valid else {} for language in ("nl", "en")}
    ready = [{one.key: one.text for one in rules.answers({}, said[language], language)} for language in said]
    if _kept(form, _at("/questions"), shown, ready):
        return onward(_at("#questions"))
    return answer("communication/media_questions.html", form=form, questions=rules.questions(), status=form.status)


@bp.get("/print")
@requires("media", "read")
def desk() -> Any:
    now = there(followed())
    return answer(
        "communication/media_desk.html",
        texts=rules.plan_texts(operations.own_of(queries.plan_of(g.incident)), code()),
        parts=[part for part in rules.parts().values() if part.reception and part.key != "holding"],
        speakers=queries.speakers(g.incident),
        address=now.address,
    )
