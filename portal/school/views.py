"""The card of the first hour, the school's settings, and the neutral page of quick hide."""

import calendar
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.clock import local
from portal.school import operations, queries, rules
from portal.school.forms import ClosedForm, SettingsForm
from portal.school.models import School
from portal.web import keeping
from portal.web.access import public, requires
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.language import code, day, month_names, tell

bp = Blueprint("school", __name__)
SHOWN = (
    "name",
    "address",
    "place",
    "coordinator_phone",
    "counselor_phone",
    "board_name",
    "board_phone",
    "police_contact",
    "police_phone",
    "contact_name",
    "contact_phone",
    "contact_mail",
    "joins",
    "trail_mail",
    "version",
)


def card_lines() -> list[dict[str, Any]]:
    """The national numbers in the reader's language."""
    return [
        {
            **line,
            "for_": tell(line["for"]),
            "hours": tell(line["hours"]),
            "source": urlsplit(line["source"]).hostname,
            "checked": day(date.fromisoformat(line["checked"])),
        }
        for line in rules.helplines().values()
    ]


@bp.get("/first-hour")
@public
def first_hour() -> Any:
    return answer("school/first_hour.html", lines=card_lines())


@bp.get("/agenda")
@public
def agenda() -> Any:
    today = local(g.clock.now()).date()
    months, days = month_names(code())
    return answer(
        "school/agenda.html",
        weeks=calendar.Calendar().monthdayscalendar(today.year, today.month),
        weekdays=days,
        today=today.day,
        month=f"{months[today.month]} {today.year}",
        date=today,
    )


def _shown(school: School) -> dict[str, Any]:
    return {name: getattr(school, name) for name in SHOWN}


def _page(form: SettingsForm, closed: ClosedForm, status: int) -> Any:
    closed.stand_beside("closed")
    return answer(
        "school/settings.html", form=form, closed=closed, periods=list(queries.closed_periods()), status=status
    )


@bp.route("/settings", methods=["GET", "POST"])
@requires("settings", "change")
def settings() -> Any:
    school = queries.school()
    form = SettingsForm(data=None if request.form else _shown(school))
    if form.accepts(
        lambda: operations.change_settings(
            form.values, version=whole_number(form.version.data), actor_id=current_user.id, now=g.clock.now()
        )
    ):
        flash(_("Saved."))
        return onward("/settings")
    form.compare(_shown(queries.school()))
    return _page(form, ClosedForm(formdata=None), form.status)


@bp.post("/settings/closed")
@requires("settings", "change")
def add_closed() -> Any:
    closed = ClosedForm()
    if closed.accepts(
        lambda: operations.add_closed_period(
            closed.name.data, closed.first.data, closed.last.data, actor_id=current_user.id, now=g.clock.now()
        )
    ):
        flash(_("Saved."))
        return onward("/settings")
    return _page(SettingsForm(formdata=None, data=_shown(queries.school())), closed, closed.status)


@bp.post("/settings/closed/<int:period_id>/remove")
@requires("settings", "change")
def remove_closed(period_id: int) -> Any:
    keeping.once(lambda: operations.remove_closed_period(period_id, actor_id=current_user.id, now=g.clock.now()))
    return onward("/settings")
