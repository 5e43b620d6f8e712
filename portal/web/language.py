"""Dutch or English, and dates as people say them: always with the weekday."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from babel.dates import get_day_names, get_month_names
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal.clock import local

LANGUAGES = {"nl": "Nederlands", "en": "English"}
DEFAULT = "nl"


def choose_language() -> str:
    """The person's own choice, else the browser's cookie, else what the browser asks for."""
    if not has_request_context():
        return getattr(g, "language", DEFAULT) if g else DEFAULT
    if "language" in g:
        return str(g.language)
    if getattr(g, "database_ready", False) and current_user.is_authenticated:
        return str(current_user.language)
    cookie = request.cookies.get("language", "")
    return cookie if cookie in LANGUAGES else request.accept_languages.best_match(LANGUAGES, DEFAULT) or DEFAULT


def code() -> str:
    return str(get_locale() or DEFAULT)


def tell(text: Any) -> str:
    """The reader's language of a text kept in both (`{"nl": …, "en": …}`); a plain text stays as it is."""
    if isinstance(text, dict):
        return str(text.get(code()) or text["nl"])
    return str(text)


def say(message: str, values: dict[str, Any]) -> str:
    """A stored message in the reader's language, with values that may themselves be in both languages."""
    return str(_(message, **{name: _value(value) for name, value in values.items()}))


def _value(value: Any) -> str:
    if isinstance(value, dict) and "message" in value:
        return say(value["message"], value.get("values", {}))
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    return tell(value)


def say_or_tell(text: Any) -> str:
    """A text in both languages, a stored message with its values, or plain words."""
    return _value(text)


@cache
def _names(language: str) -> tuple[Any, Any]:
    return get_day_names("wide", locale=language), get_month_names("wide", locale=language)


def month_names(language: str) -> tuple[dict[int, str], list[str]]:
    """Months by number, and the short weekdays from Monday."""
    days = get_day_names("abbreviated", locale=language)
    return dict(_names(language)[1]), [days[number] for number in range(7)]


def day(moment: datetime | date) -> str:
    """'maandag 21 november', with the year when it is not this year."""
    when = local(moment).date() if isinstance(moment, datetime) else moment
    days, months = _names(code())
    year = f" {when.year}" if when.year != local(g.clock.now()).year else ""
    return f"{days[when.weekday()]} {when.day} {months[when.month]}{year}"


def named(name: str, until: date | None) -> str:
    """A colleague in a list to pick from: the name, and until when he or she is away."""
    return str(_("%(name)s (away until the end of %(day)s)", name=name, day=day(until))) if until else name


def all_when(moments: list[datetime]) -> list[str]:
    """`when` of many moments, the language looked up once."""
    (days, months), this_year = _names(code()), local(g.clock.now()).year
    said = []
    for moment in map(local, moments):
        year = f" {moment.year}" if moment.year != this_year else ""
        said.append(f"{days[moment.weekday()]} {moment.day} {months[moment.month]}{year} {moment:%H:%M}")
    return said


def hour(moment: datetime) -> str:
    """'10:42'."""
    return local(moment).strftime("%H:%M")


def when(moment: datetime) -> str:
    """'maandag 21 november 10:42'."""
    return f"{day(moment)} {hour(moment)}"


def soon(moment: datetime) -> str:
    """'vandaag 16:00', 'morgen 09:00', 'woensdag 10:00' within the week to come, else the whole date."""
    there = local(moment).date()
    days = (there - local(g.clock.now()).date()).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if 2 <= days <= 6:
        return f"{_names(code())[0][there.weekday()]} {hour(moment)}"
    return f"{near[days]} {hour(moment)}" if days in near else when(moment)


def late_by(moment: datetime) -> str:
    """How long ago something was due: '3 uur te laat'."""
    late: timedelta = g.clock.now() - moment
    if late.days >= 1:
        return str(_("%(n)s days late", n=late.days) if late.days > 1 else _("1 day late"))
    hours, minutes = divmod(int(late.total_seconds()) // 60, 60)
    return str(_("%(n)s hours late", n=hours) if hours > 1 else _("%(n)s minutes late", n=hours * 60 + minutes))


def init_language(app: Flask) -> None:
    Babel(app, locale_selector=choose_language, default_translation_directories="../translations")
    app.jinja_env.filters.update(when=when, clock=hour, day=day, soon=soon, late_by=late_by, tell=say_or_tell)
    app.jinja_env.globals.update(tell=say_or_tell, say=say)
