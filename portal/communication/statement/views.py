"""The statement: written, checked, approved, put online, withdrawn."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.actions.queries import title_of, to_tick
from portal.communication.check import operations as check
from portal.communication.check.forms import fitting, shown_reasons, typed_reasons
from portal.communication.documents import operations as documents
from portal.communication.documents.queries import Story
from portal.communication.documents.rules import (
    ACT_WORDS,
    HEADINGS,
    LANGUAGES,
    PARTS,
    STATES,
    Texts,
    path_of,
    reasons_in,
    running,
)
from portal.communication.online.operations import bring_online
from portal.communication.statement import operations, queries, rules
from portal.communication.statement.forms import (
    PART_WORDS,
    DecideForm,
    SituationForm,
    StepsForm,
    WordsForm,
    WriteForm,
    decided,
)
from portal.errors import N_, ChangedMeanwhile, TooOften
from portal.incidents.models import OPEN
from portal.incidents.people.operations import names_somebody
from portal.incidents.queries import flag_answers
from portal.school.queries import school
from portal.web.access import requires
from portal.web.forms import Form, whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import say, tell

bp = Blueprint("statement", __name__, url_prefix="/incidents/<ref>/statement")
ASKED = {
    "send-back": (N_("What has to change"), N_("The authors get a mail, and read this here. Name nobody.")),
    "withdraw": (N_("Why it is withdrawn"), N_("Parents do not read this. The page then says that it was withdrawn.")),
}


def _at(part: str = "") -> str:
    return page_of(f"/statement{part}")


def _may(*acts: str) -> bool:
    return bool(g.incident.state == OPEN and g.standing.may("statement", *acts))


def _look(texts: Texts, story: Story | None) -> dict[str, Any]:
    """What the leak check finds, as the fragment shows it."""
    reasons = (story.reasons(g.standing) if story else {}) | shown_reasons(request.form)
    return check.shown(g.incident, texts, reasons=reasons, place="statement", **as_member())


def _words_form(act: str, story: Story, **kw: Any) -> WordsForm:
    form = WordsForm(**kw)
    form.names_somebody = partial(names_somebody, g.incident, **by())
    form.ask(*ASKED[act])
    form.keep_draft(_at(f"/{act}"))
    form.stand_beside(act)
    if not form.arrived:
        number = story.document.online if act == "withdraw" else story.newest.number
        form.number.data, form.version.data = str(number), str(story.document.version)
    return form


def _decide_form(story: Story, act: str, **kw: Any) -> DecideForm:
    form = DecideForm(**kw)
    along = documents.along(story.document, story.newest.number, current_user) if act == "approve" else ()
    form.offer((one.document.id, say(one.name, one.values), one.is_ready) for one in along)
    if not form.arrived:
        number = story.newest.number if act == "approve" else story.document.approved
        form.number.data, form.version.data = str(number), str(story.document.version)
        form.indexed.data, form.ticked.data = story.document.indexed, True
    return form


def _steps_form(**kw: Any) -> StepsForm:
    form = StepsForm(**kw)
    open_ = [one for step in (rules.STEP, rules.FOLLOW) for one in to_tick(g.incident, step, [], g.standing)]
    form.steps.choices = [(one.step, tell(title_of(one))) for one in open_]
    return form


def _forms(story: Story, sent: dict[str, Form]) -> dict[str, Form]:
    """What this reader can do now, by act; a form that was sent and refused stays as it was typed."""
    state, forms = story.document.state, {}
    if _may("approve") and state == "waiting" and current_user.id not in story.authors:
        forms["approve"] = _decide_form(story, "approve", formdata=None)
    if _may("approve") and state in ("waiting", "approved"):
        forms["send-back"] = _words_form("send-back", story, formdata=None)
    again = state == "withdrawn" and _may("withdraw")
    if _may("publish") and (again or state == "approved") and story.document.approved:
        forms["publish"] = _decide_form(story, "publish", formdata=None)
    if _may("withdraw") and story.document.online:
        forms["withdraw"] = _words_form("withdraw", story, formdata=None)
    if (_may("draft") or _may("publish")) and story.document.online:
        forms["steps"] = _steps_form(formdata=None)
    for act, form in sent.items():
        if isinstance(form.refused, ChangedMeanwhile) and act in forms:
            # The page shows what it says now, so that is what the next try is about.
            for name in {"number", "version"} & form._fields.keys():
                form[name].data, form[name].raw_data = forms[act][name].data, None
        if act in forms or isinstance(form, WordsForm):
            forms[act] = form
    return forms


def _page(sent: dict[str, Form] | None = None) -> Any:
    story, refused = queries.story(g.incident), next(iter((sent or {}).values()), None)
    if story is None:
        return _empty()
    forms = _forms(story, sent or {})
    checked = "approve" in forms or "publish" in forms
    online = story.online
    return answer(
        "communication/statement.html",
        story=story,
        forms=forms,
        refused=refused,
        changed=rules.difference(online.texts, story.newest.texts) if online else [],
        address=g.address + path_of(story.document.slug),
        act_words=ACT_WORDS,
        step=next(iter(to_tick(g.incident, rules.STEP, [], g.standing)), None),
        earlier=queries.earlier(g.incident),
        leaks=online is not None and _may("draft", "approve", "publish") and _leaks(story, online),
        call=documents.approvers(story.document, story.newest.number) if story.document.state == "waiting" else (),
        may_write=_may("draft"),
        status=refused.status if refused else 200,
        **_shared(),
        **(_look(story.newest.texts, story) if checked else {}),
    )


def _leaks(story: Story, online: Any) -> bool:
    """Whether what is online could lead to somebody who was added, or got a nickname, since."""
    try:
        check.gate(g.incident, online.texts, reasons_in(reversed(story.acts), online.number), **as_member())
    except TooOften:
        return False
    except check.Leaks:
        return True
    return False


def _shared() -> dict[str, Any]:
    """What every page with the text of a statement shows it by."""
    return {
        "headings": HEADINGS,
        "languages": LANGUAGES,
        "parts": PARTS,
        "part_words": PART_WORDS,
        "states": STATES,
        "rules": rules,
    }


def _empty() -> Any:
    form = SituationForm(formdata=None, data={"situation": _proposed()})
    form.offer()
    return answer("communication/statement_begin.html", form=form, may_write=_may("draft"))


def _proposed() -> str:
    staff = flag_answers(g.incident).get("staff") == "yes"
    return rules.proposed(g.incident.kind, g.incident.origin, g.incident.spread, staff=staff)


@bp.get("")
@requires("statement", "read")
def statement() -> Any:
    return _page()


def _example_values() -> dict[str, dict[str, str]]:
    here = school()
    named = (here.contact_name, here.contact_phone, here.contact_mail)
    boards = {"nl": "Het bestuur van de school", "en": "The board of the school"}
    return {
        one: {"contact": rules.contact_line(*named, one), "board": here.board_name or boards[one]} for one in LANGUAGES
    }


def _fill(form: WriteForm, languages: tuple[str, ...]) -> None:
    """Put examples into what is empty, and nowhere else."""
    if form.situation.data in rules.situations():
        form.show(rules.filled(form.texts, form.situation.data, languages, _example_values()))


def _write_form(story: Story | None) -> WriteForm:
    form = WriteForm()
    form.offer()
    if not form.arrived:
        form.show(queries.texts_of(story.newest if story else None))
        form.situation.data = request.args.get("situation") or (story.document.situation if story else "")
        form.version.data = str(story.document.version if story else 0)
    form.keep_draft(_at("/write"), changed_at=story.newest.made_at if story else None)
    if not form.arrived and not story:
        _fill(form, ("nl",))
    return form


def _written(form: WriteForm) -> dict[str, Any]:
    return {"texts": form.texts, "situation": form.situation.data or "", "version": whole_number(form.version.data)}


@bp.route("/write", methods=["GET", "POST"])
@requires("statement", "draft")
def write() -> Any:
    story, go = queries.story(g.incident), request.form.get("go", "")
    form = _write_form(story)
    if go in ("fill-nl", "fill-en"):
        _fill(form, (go[-2:],))
        return _editor(form, story, 200)
    if go == "check":
        return _editor(form, story, 200)
    if go == "ask":
        asked = partial(operations.write_and_ask, g.incident, **as_member())
        if form.accepts(lambda: asked(**_written(form), reasons=typed_reasons(request.form))):
            flash(_("School leadership was asked to approve it."))
            return onward(_at())
    elif form.accepts(lambda: operations.write(g.incident, **_written(form), **by())):
        flash(_("Saved."))
        return onward(_at())
    return _editor(form, story, form.status)


def _editor(form: WriteForm, story: Story | None, status: int) -> Any:
    form.compare({**_fields(story), "version": str(story.document.version if story else 0)})
    return answer(
        "communication/statement_write.html",
        form=form,
        story=story,
        open_en=any(form.texts["en"].values()),
        hints=rules.hints(),
        status=status,
        **_checked(form, story),
    )


def _fields(story: Story | None) -> dict[str, str]:
    texts = queries.texts_of(story.newest if story else None)
    return {f"{language}-{part}": text for language, parts in texts.items() for part, text in parts.items()}


def _checked(form: WriteForm, story: Story | None) -> dict[str, Any]:
    texts = fitting(form, form.texts)
    readings = {one: rules.reading(running(texts[one]), one) for one in LANGUAGES}
    return {"texts": texts, "readings": readings, **_shared(), **_look(texts, story)}


@bp.post("/check")
@requires("statement", "draft")
def check_text() -> Any:
    form = WriteForm()
    form.offer()
    return answer("communication/_statement_check.html", **_checked(form, queries.story(g.incident)))


def _decide(act: str, form: Form, do: Any, said: str) -> Any:
    """Do it with the version that was looked at, then write what parents read."""
    document = there(queries.story(g.incident)).document
    if not form.accepts(lambda: do(document)):
        return _page({act: form})
    flash(said)
    # What is not approved yet changes nothing of what is online.
    if act != "send-back" and not bring_online(document):
        flash(_("It is saved, and will be online in a moment."))
    return onward(_at())


@bp.post("/approve")
@requires("statement", "approve")
def approve() -> Any:
    story, waiting = there(queries.story(g.incident)), []
    form = _decide_form(story, "approve")
    goes_online = request.form.get("go") == "publish"

    def do(document: Any) -> None:
        given = {"reasons": typed_reasons(request.form), **decided(form), **as_member()}
        letters = form.letters.data or ()
        if goes_online:
            more = {"indexed": bool(form.indexed.data), "ticked": _outcome(form)}
            waiting.extend(operations.approve_and_publish(document, letters, **more, **given))
        else:
            waiting.extend(documents.approve(document, letters, **given))

    answered = _decide("approve", form, do, _("Approved and online.") if goes_online else _("Approved."))
    if waiting:
        n = len(waiting)
        flash(ngettext("One letter still waits: look at it.", "%(num)s letters still wait: look at them.", n))
    return answered


def _outcome(form: DecideForm) -> str:
    return _("The statement is online.") if form.ticked.data else ""


@bp.post("/publish")
@requires("statement", "publish")
def publish() -> Any:
    form = _decide_form(there(queries.story(g.incident)), "publish")

    def do(document: Any) -> None:
        given = {"reasons": typed_reasons(request.form), **decided(form), **as_member()}
        operations.publish(document, indexed=bool(form.indexed.data), ticked=_outcome(form), **given)

    return _decide("publish", form, do, _("Online. Everybody can be referred to it now."))


def _with_words(act: str, said: str) -> Any:
    form = _words_form(act, there(queries.story(g.incident)))

    def do(document: Any) -> None:
        documents.act(document, act, remark=form.words.data or "", **decided(form), **as_member())

    return _decide(act, form, do, said)


@bp.post("/send-back")
@requires("statement", "approve")
def send_back() -> Any:
    return _with_words("send-back", _("Sent back. The authors were told."))


@bp.post("/withdraw")
@requires("statement", "withdraw")
def withdraw() -> Any:
    return _with_words("withdraw", _("Withdrawn. The page now says so."))


@bp.post("/steps")
@requires("statement", "draft", "publish")
def steps() -> Any:
    there(there(queries.story(g.incident)).online)
    form = _steps_form()
    said = {rules.STEP: _("The statement is online."), rules.FOLLOW: _("Everybody refers to the statement.")}

    def do() -> None:
        operations.tick_off(g.incident, {step: said[step] for step in form.steps.data or ()}, **as_member())

    if form.accepts(do):
        flash(_("Ticked off in the plan."))
        return onward(_at())
    return _page({"steps": form})


@bp.get("/versions")
@requires("statement", "read")
def versions() -> Any:
    story = there(queries.story(g.incident))
    new = there(story.version(_number("new", story.newest.number)))
    old = there(story.version(_number("old", max(new.number - 1, 1))))
    return answer(
        "communication/statement_versions.html",
        story=story,
        old=old,
        new=new,
        changed=rules.difference(old.texts, new.texts),
        **_shared(),
    )


def _number(name: str, otherwise: int) -> int:
    return whole_number(request.args[name]) if request.args.get(name) else otherwise
