"""The letters of one incident: the list, writing one, approving, taking out as PDF or text, and who was informed."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.actions.queries import title_of
from portal.communication.check import operations as check
from portal.communication.check.forms import fitting, shown_reasons, typed_reasons
from portal.communication.documents.rules import ACT_WORDS, LANGUAGES
from portal.communication.letters import operations, queries, rules
from portal.communication.letters.forms import ApproveForm, BeginForm, DecideForm, InformForm, LetterForm, RenewForm
from portal.communication.letters.queries import Desk, Row
from portal.errors import Refused
from portal.incidents.models import OPEN
from portal.incidents.people.operations import names_somebody
from portal.school.queries import school
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import day_in, say
from portal.web.paper import pdf

bp = Blueprint("letters", __name__, url_prefix="/incidents/<ref>/letters")


def _at(part: str = "") -> str:
    return page_of(f"/letters{part}")


def _row(letter_id: int) -> tuple[Desk, Row]:
    desk = Desk(g.incident)
    return desk, there(desk.row(letter_id))


def _may(*verbs: str) -> bool:
    return bool(g.incident.state == OPEN and g.standing.may("letters", *verbs))


def _named(key: str, class_name: str = "") -> str:
    said = rules.name_of(key, class_name)
    words = say(said["message"], said["values"])
    return words[:1].upper() + words[1:]


# ---------------------------------------------------------------------------------------------------------------- list


def _list(desk: Desk, begin: BeginForm | None = None, approve: ApproveForm | None = None) -> Any:
    refused = begin or approve
    together = desk.to_approve(current_user.id) if _may("approve") else []
    return answer(
        "communication/letters.html",
        desk=desk,
        begin=begin or _begin_form(desk, formdata=None),
        approve=approve or _approve_form(desk, formdata=None),
        refused=refused,
        together=together,
        gate=queries.gate_of(g.incident),
        unnamed=queries.unnamed_classes(g.incident, g.standing),
        rules=rules,
        named=_named,
        may_write=_may("draft"),
        status=refused.status if refused else 200,
    )


def _begin_form(desk: Desk, **kw: Any) -> BeginForm:
    offered = desk.not_begun()
    likely = [f"{key} {name}" for key, name in offered if key in (rules.CLASS_PARENTS, rules.STAFF)]
    form = BeginForm(data=None if kw.get("formdata", request.form) else {"letters": likely}, **kw)
    form.letters.choices = [(f"{key} {name}", _named(key, name)) for key, name in offered]
    return form


def _approve_form(desk: Desk, **kw: Any) -> ApproveForm:
    offered = desk.to_approve(current_user.id)
    ids = [one.document.id for one in offered if one.is_ready]
    form = ApproveForm(data=None if kw.get("formdata", request.form) else {"letters": ids}, **kw)
    form.letters.choices = [(one.document.id, _named(one.document.kind, one.document.class_name)) for one in offered]
    return form


@bp.get("")
@requires("letters", "read")
def letters() -> Any:
    return _list(Desk(g.incident))


@bp.post("/begin")
@requires("letters", "draft")
def begin() -> Any:
    desk = Desk(g.incident)
    form = _begin_form(desk)
    wanted = [(key, name) for key, _space, name in (one.partition(" ") for one in form.letters.data or [])]
    if form.accepts(lambda: operations.begin(g.incident, wanted, **by())):
        flash(_("Begun. Read each one, adapt what is different here, and ask for approval."))
        return onward(_at())
    return _list(desk, begin=form)


@bp.post("/approve")
@requires("letters", "approve")
def approve() -> Any:
    desk = Desk(g.incident)
    form, left = _approve_form(desk), []
    if form.accepts(lambda: left.extend(operations.approve(g.incident, form.letters.data, **as_member()))):
        flash(_("Approved."))
        if left:
            flash(
                ngettext(
                    "%(num)s letter still waits: look at it.", "%(num)s letters still wait: look at them.", len(left)
                ),
                "error",
            )
        return onward(_at())
    return _list(desk, approve=form)


# ------------------------------------------------------------------------------------------------------------- writing


def _shown(row: Row) -> dict[str, Any]:
    texts = row.newest.texts
    said = {
        f"{language}-{part}": texts.get(language, {}).get(part, "") for language in LANGUAGES for part in rules.PARTS
    }
    return {**said, "version": row.document.version}


def _found(row: Row, texts: Any) -> dict[str, Any]:
    """What the leak check says of these texts and whether they fit on paper, as the pages show it."""
    pages = rules.letters()[row.key].pages
    how = {"class_name": row.class_name, "reasons": row.reasons(g.standing) | shown_reasons(request.form)}
    return {
        **check.shown(g.incident, texts, place="letters", **how, **as_member()),
        "part_words": {part: _(text) for part, text in rules.PART_WORDS.items()},
        "lines": {language: rules.printed_lines(texts.get(language, {})) for language in texts},
        "room": rules.LINES[pages],
        "pages": pages,
    }


@bp.route("/<int:letter_id>/edit", methods=["GET", "POST"])
@requires("letters", "draft")
def edit(letter_id: int) -> Any:
    desk, row = _row(letter_id)
    form = LetterForm(data=_shown(row))
    form.keep_draft(_at(f"/{letter_id}/edit"), changed_at=row.newest.made_at)
    go = request.form.get("go", "save")
    if go != "check" and form.accepts(lambda: _write(row, form, ask=go == "ask")):
        flash(_("Asked for approval. School leadership is told.") if go == "ask" else _("Saved."))
        return onward(_at(f"/{letter_id}"))
    form.compare(_shown(_row(letter_id)[1]))
    return answer(
        "communication/edit_letter.html",
        form=form,
        row=row,
        desk=desk,
        named=_named,
        rules=rules,
        languages=LANGUAGES,
        parts=rules.PARTS,
        status=form.status if go != "check" else 200,
        **_found(row, fitting(form, form.texts)),
    )


def _write(row: Row, form: Any, *, ask: bool) -> None:
    version = whole_number(form.version.data)
    operations.write(
        row.document, form.texts, version=version, ask=ask, reasons=typed_reasons(request.form), **as_member()
    )


@bp.post("/<int:letter_id>/check")
@requires("letters", "draft")
def look(letter_id: int) -> Any:
    """The quiet marks while somebody types; nothing is kept."""
    _desk, row = _row(letter_id)
    form = LetterForm()
    return answer("communication/_letter_check.html", **_found(row, fitting(form, form.texts)))


@bp.post("/<int:letter_id>/renew")
@requires("letters", "draft")
def renew(letter_id: int) -> Any:
    _desk, row = _row(letter_id)
    form = _form_of(RenewForm, row)
    version = whole_number(form.version.data)
    if form.accepts(lambda: operations.renew(row.document, version=version, **by())):
        flash(_("The letter says what the statement says now. Read it, and ask for approval."))
        return onward(_at(f"/{letter_id}/edit"))
    return _letter(letter_id, form)


# ---------------------------------------------------------------------------------------------------------- one letter


FORMS: dict[type[Form], str] = {DecideForm: "decide", InformForm: "informed", RenewForm: "renew"}


def _form_of(kind: type[Form], row: Row, **kw: Any) -> Any:
    """One of the forms that stand on the page of a letter."""
    form: Any = kind(**kw)
    classes = [row.class_name] if row.class_name else []
    form.names_somebody = partial(names_somebody, g.incident, classes=classes, **by())
    form.keep_draft(_at(f"/{row.document.id}/{FORMS[kind]}"))
    form.stand_beside(FORMS[kind])
    return form


def _letter(letter_id: int, refused: Any = None) -> Any:
    desk, row = _row(letter_id)
    steps = operations.to_tick(row.document, g.standing) if row.approved and _may("draft", "publish") else []
    version = {"version": row.document.version}
    likely: dict[type[Form], dict[str, Any]] = {
        DecideForm: version | {"number": row.newest.number},
        InformForm: {"at": g.clock.now(), "ticked": desk.all_classes_told(row), "version": row.document.approved},
        RenewForm: version,
    }
    forms = {
        FORMS[kind]: refused if type(refused) is kind else _form_of(kind, row, formdata=None, data=data)
        for kind, data in likely.items()
    }
    may_approve = _may("approve") and row.waits and current_user.id not in row.authors
    return answer(
        "communication/letter.html",
        desk=desk,
        row=row,
        forms=forms,
        refused=refused,
        step=title_of(steps[0], one_victim=True) if steps else None,
        shown=row.newest,
        act_words=ACT_WORDS,
        held=_held(row),
        gate=queries.gate_of(g.incident) if row.key == rules.CLASS_PARENTS else "open",
        named=_named,
        rules=rules,
        may_write=_may("draft"),
        may_approve=may_approve,
        wrote=current_user.id in row.authors,
        may_inform=_may("draft", "publish"),
        status=refused.status if refused else 200,
        # Looking is written down for who sees no names, so only where it is shown.
        **(_found(row, row.newest.texts) if may_approve else {}),
    )


def _held(row: Row) -> Refused | None:
    """Why an approved letter cannot go out now."""
    if row.approved is None:
        return None
    try:
        operations.check_goes_out(row.document, **as_member())
    except Refused as error:
        return error
    return None


@bp.get("/<int:letter_id>")
@requires("letters", "read")
def letter(letter_id: int) -> Any:
    return _letter(letter_id)


@bp.post("/<int:letter_id>/decide")
@requires("letters", "approve")
def decide(letter_id: int) -> Any:
    _desk, row = _row(letter_id)
    form = _form_of(DecideForm, row)
    back = request.form.get("go") == "back"
    if form.accepts(lambda: _decide(row, form, "send-back" if back else "approve")):
        flash(_("Sent back with your remark.") if back else _("Approved."))
        return onward(_at())
    form.compare({"number": row.newest.number, "version": _row(letter_id)[1].document.version})
    return _letter(letter_id, form)


def _decide(row: Row, form: DecideForm, what: str) -> None:
    number, version = whole_number(form.number.data), whole_number(form.version.data)
    remark = form.remark.data or ""
    operations.decide(
        row.document,
        what,
        number=number,
        version=version,
        remark=remark,
        reasons=typed_reasons(request.form),
        **as_member(),
    )


@bp.get("/<int:letter_id>/pdf/<language>")
@requires("letters", "read")
def paper(letter_id: int, language: str) -> Any:
    _desk, row = _row(letter_id)
    there(language if row.approved and language in row.approved.texts else None)
    said = operations.check_goes_out(row.document, **as_member()).texts[language]
    made = pdf(paper_page(said, language))
    name = {"nl": "brief", "en": "letter"}[language]
    return Response(
        made, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    )


def paper_page(said: dict[str, str], language: str) -> str:
    """The letter as HTML that stands by itself."""
    of = school()
    title = {"nl": "Brief van {}", "en": "Letter from {}"}[language].format(of.name)
    head = [
        part for part in (", ".join(filter(None, (of.address, of.place))), of.contact_phone, of.contact_mail) if part
    ]
    return render_template(
        "communication/paper.html",
        said=said,
        blocks=rules.laid_out(said),
        language=language,
        title=title,
        head=head,
        school=of,
        date=day_in(g.clock.now(), language),
    )


@bp.post("/<int:letter_id>/informed")
@requires("letters", "draft", "publish")
def informed(letter_id: int) -> Any:
    _desk, row = _row(letter_id)
    form = _form_of(InformForm, row)
    if form.accepts(lambda: _inform(row, form)):
        flash(_("Noted, also in the logbook."))
        return onward(_at())
    form.compare({"version": _row(letter_id)[1].document.approved})
    return _letter(letter_id, form)


def _inform(row: Row, form: InformForm) -> None:
    operations.inform(
        row.document,
        number=whole_number(form.version.data),
        channel=form.channel.data,
        at=form.at.data,
        whom=form.whom.data or "",
        words=form.words.data or "",
        ticked=_("The letter went out.") if form.ticked.data else "",
        **as_member(),
    )
