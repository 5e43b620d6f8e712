"""The teacher sheet: adapting it and giving it out by the team, and reading it by everybody at school."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.actions.queries import to_tick
from portal.classes.sheets import operations, queries, rules
from portal.classes.sheets.forms import GiveForm, SheetForm
from portal.classes.sheets.models import Sheet
from portal.incidents.people.operations import names_somebody
from portal.web import keeping
from portal.web.access import requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.here import as_member, by, page_of, there
from portal.web.language import code, tell

bp = Blueprint("sheets", __name__)
AT = "/incidents/<ref>/sheet"


def _page(part: str = "") -> str:
    return page_of(f"/sheet{part}")


def _stands(sheet: Sheet | None) -> str:
    return rules.stands(sheet.given_at, sheet.ended_at) if sheet else rules.NOT_YET


@bp.route(AT, methods=["GET", "POST"])
@requires("sheet", "read", "change")
def sheet() -> Any:
    form = GiveForm()
    if form.accepts(
        lambda: operations.give_out(
            g.incident,
            version=whole_number(form.version.data),
            ticked=_("The teacher sheet was given out.") if form.ticked.data else "",
            **as_member(),
        )
    ):
        flash(_("Given out. Every colleague finds it on the first page after signing in."))
        return onward(_page())
    found = queries.of(g.incident)
    own = operations.own_of(found)
    form.version.data = str(found.version if found else 0)
    return answer(
        "classes/sheet.html",
        form=form,
        sheet=found,
        stands=_stands(found),
        address=f"{g.address}/sheets/{found.slug}" if found else "",
        left_out=[rules.sections()[key].title for key in (found.own if found else {}) if key not in own],
        contents=rules.contents(own, code()),
        step=next(iter(to_tick(g.incident, operations.STEP, [], g.standing)), None),
        status=form.status,
    )


def _shown() -> dict[str, Any]:
    found = queries.of(g.incident)
    return {**rules.texts(found.own if found else {}, code()), "version": str(found.version if found else 0)}


@bp.route(f"{AT}/adapt", methods=["GET", "POST"])
@requires("sheet", "change")
def adapt() -> Any:
    found, form = queries.of(g.incident), SheetForm(data=_shown())
    form.names_somebody = partial(names_somebody, g.incident, **by())
    for key, section in rules.sections().items():
        form[key].label.text = tell(section.title)
    form.keep_draft(_page("/adapt"), changed_at=found.changed_at if found else None)
    if form.accepts(lambda: operations.change(g.incident, form.texts, version=whole_number(form.version.data), **by())):
        flash(_("Saved."))
        return onward(_page())
    form.compare(_shown())
    return answer(
        "classes/adapt_sheet.html",
        form=form,
        sections=rules.sections(),
        is_given=_stands(found) == rules.GIVEN,
        status=form.status,
    )


@bp.post(f"{AT}/end")
@requires("sheet", "change")
def end() -> Any:
    keeping.once(lambda: operations.end(g.incident, **by()))
    flash(_("Taken back. Colleagues cannot open it any more."))
    return onward(_page())


@bp.get("/sheets/<slug>")
@requires("sheets", "read")
def read(slug: str) -> Any:
    found = there(queries.readable(slug, current_user))
    return answer(
        "classes/read_sheet.html",
        sheet=found,
        stands=_stands(found),
        contents=rules.contents(operations.own_of(found), code()),
    )
