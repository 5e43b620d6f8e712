"""What each victim wants, and whether home is safe."""

from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.actions.operations import record_wish
from portal.care.wishes import queries, rules
from portal.care.wishes.forms import SafetyForm, WishForm, wish_form
from portal.clock import local
from portal.incidents.models import Involved
from portal.incidents.people.operations import read_of
from portal.incidents.queries import flag_answers
from portal.incidents.rules import raised
from portal.web.access import requires
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of

bp = Blueprint("wishes", __name__, url_prefix="/incidents/<ref>/wishes")
Forms = dict[tuple[int, str], WishForm | SafetyForm]


def _form(victim: Involved, subject: str, **kw: Any) -> WishForm | SafetyForm:
    form = wish_form(subject, g.standing, **kw)
    form.keep_draft(page_of(f"/wishes/{victim.id}"), f"{subject}-")
    form.stand_beside(f"{victim.number}-{subject}")
    return form


def _forms(found: list[queries.Heard]) -> Forms:
    """One per victim and subject, filled in as likely: the reader asked it, just now."""
    if g.incident.state != "open" or not g.standing.may("wishes", "change", "override"):
        return {}
    likely = {"asked_by": current_user.name, "asked_at": g.clock.now()}
    forms = {
        (one.victim.id, subject): _form(one.victim, subject, formdata=None, data={**likely, "subject": subject})
        for one in found
        for subject in one.said
        if one.victim.school != "other"
    }
    return {key: form for key, form in forms.items() if isinstance(form, SafetyForm) or form.answer.choices}


def _page(refused: Forms | None = None) -> Any:
    found = queries.heard(g.incident, g.standing, local(g.clock.now()).date())
    reads = queries.reads_words(g.standing)
    if reads:
        read_of([one.victim.id for one in found], "wishes", **by())
    return answer(
        "care/wishes.html",
        heard=found,
        reads=reads,
        forms=_forms(found) | (refused or {}),
        refused=next(iter(refused.values())) if refused else None,
        rules=rules,
        police=rules.police_advice(raised(flag_answers(g.incident))),
        status=next(iter(refused.values())).status if refused else 200,
    )


@bp.get("")
@requires("wishes", "read", "change", "read-masked")
def wishes() -> Any:
    return _page()


@bp.post("/<int:involved_id>")
@requires("wishes", "change", "override")
def note(involved_id: int) -> Any:
    subject = request.form.get("subject", "")
    victims = {person.id: person for person in queries.victims_for(g.incident, g.standing) if person.school != "other"}
    victim = victims.get(involved_id)
    if victim is None or subject not in (*rules.SUBJECTS, rules.SAFETY):
        abort(404)
    form = _form(victim, subject)
    if form.accepts(lambda: record_wish(victim, subject, form.values, **as_member())):
        flash(_("Noted."))
        # Of safety the whole victim: whom to call first stands on top.
        place = f"victim-{victim.number}" + ("" if subject == rules.SAFETY else f"-{subject}")
        return onward(page_of(f"/wishes#{place}"))
    return _page({(victim.id, subject): form})
