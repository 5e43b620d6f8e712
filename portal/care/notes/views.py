"""Confidential notes of one incident, and asking that a colleague takes them over."""

from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.queries import by_id, existing, with_function
from portal.care.notes import operations, queries, rules
from portal.care.notes.forms import NoteForm, ReceiverForm
from portal.care.notes.models import Note
from portal.incidents import queries as incidents
from portal.incidents.logbook.rules import is_long
from portal.incidents.rules import label
from portal.policy import COUNSELOR
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.here import by, page_of
from portal.web.language import say_or_tell

bp = Blueprint("notes", __name__)
AT = "/incidents/<ref>/notes"


def _page(part: str = "") -> str:
    return page_of(f"/notes{part}")


def _form(place: str, **shown: Any) -> NoteForm:
    form = NoteForm(data=None if request.form else shown)
    people = [(one.id, say_or_tell(label(one.part, one.number))) for one in incidents.involved(g.incident)]
    form.about.choices = [(0, _("nobody in particular")), *people]
    form.keep_draft(place)
    return form


@bp.route(AT, methods=["GET", "POST"])
@requires("notes", "read-own", "write-own")
def notes() -> Any:
    form, now = _form(_page()), g.clock.now()
    if form.accepts(lambda: operations.write(g.incident, form.values, actor=current_user, now=now)):
        flash(_("Written down. Only you read it."))
        return onward(_page())
    found = queries.of(g.incident, current_user)
    operations.read(g.incident, found, reader=current_user, now=now)
    return answer(
        "care/notes.html",
        form=form,
        notes=found,
        versions=queries.versions(found),
        readings=queries.readings(found, current_user),
        to_give=any(note.author_id == note.holder_id == current_user.id for note in found),
        is_long=is_long,
        label=label,
        now=now,
        status=form.status,
    )


def _own(note_id: int) -> Note:
    """A note that the reader wrote: of all others there is none."""
    note = queries.find(g.incident, current_user, note_id)
    if note is None:
        abort(404)
    return note  # type: ignore[no-any-return]


def _about(note: Note) -> int:
    """Whom it is about now: what a note says stays, also when that row was merged into another."""
    return int((note.about and note.about.merged_into_id) or note.about_id or 0)


@bp.route(f"{AT}/<int:note_id>/correct", methods=["GET", "POST"])
@requires("notes", "write-own")
def correct(note_id: int) -> Any:
    note, now = _own(note_id), g.clock.now()
    operations.read(g.incident, [note], reader=current_user, now=now)
    form = _form(_page(f"/{note_id}/correct"), text=note.text, about=_about(note), at=note.at)

    def write() -> None:
        # The page shows whole minutes; a time nobody changed stays what it was, so that the order does too.
        same = form.at.data == note.at.replace(second=0, microsecond=0)
        values = {**form.values, "at": note.at} if same else form.values
        operations.write(g.incident, values, actor=current_user, now=now, corrects=note)

    if form.accepts(write):
        flash(_("Your correction is written down, and points at the first note."))
        return onward(_page())
    return answer("care/correct_note.html", form=form, note=note, status=form.status)


@bp.route(f"{AT}/hand-over", methods=["GET", "POST"])
@bp.route(f"{AT}/<int:note_id>/hand-over", methods=["GET", "POST"])
@requires("notes", "write-own")
def hand_over(note_id: int | None = None) -> Any:
    first = note_id and _own(note_id)
    found = queries.to_hand_over(g.incident, current_user, note_id)
    edition, form = rules.edition((note.id, note.holder_id) for note in found), ReceiverForm()
    able = [one for one in queries.counselors(g.incident) if one.id not in (current_user.id, first and first.holder_id)]
    # Who was chosen may have left the team since: that is no mistake in what was typed.
    chosen = by_id(whole_number(request.form.get("receiver")))
    form.offer([*able, *([chosen] if chosen else [])])
    if form.accepts(lambda: operations.hand_over(g.incident, note_id, chosen, seen=form.version.data or "", **by())):
        flash(_("Handed over. Your colleague gets a mail without content."))
        return onward(_page())
    form.offer(able)
    if not form.was_sent:
        form.version.data = edition
    form.compare({"version": edition})
    return answer("care/hand_over_notes.html", form=form, notes=found, first=first, able=able, status=form.status)


@bp.route("/accounts/<int:person_id>/notes", methods=["GET", "POST"])
@requires("accounts", "change")
def ask(person_id: int) -> Any:
    """The same for every account: the page never tells whether somebody has notes."""
    person, form = existing(person_id), ReceiverForm()
    able = [one for one in with_function([COUNSELOR]) if one.id != person.id]
    form.offer(able)
    if form.accepts(lambda: operations.ask(person, existing(form.receiver.data), **by())):
        flash(_("Asked. A member of school leadership has to confirm it."))
        return onward(f"/accounts/{person_id}")
    return answer("accounts/notes.html", form=form, person=person, able=able, status=form.status)
