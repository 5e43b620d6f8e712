"""Dutch or English, and dates as people say them: always with the weekday."""

import gettext
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_babel, get_locale
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from portal.clock import local
from portal.config import ROOT
from portal.errors import N_
from portal.web.cookies import kept
from portal.web.templates import init_templates

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
    cookie = kept("language")
    return cookie if cookie in LANGUAGES else _asked_for(request.headers.get("Accept-Language", ""))


@lru_cache(256)
def _asked_for(header: str) -> str:
    return parse_accept_header(header, LanguageAccept).best_match(LANGUAGES, DEFAULT) or DEFAULT


class Reader:
    """Who a page is for: the language and the moment, asked once per request because every line needs them."""

    __slots__ = ("language", "now", "today")

    def __init__(self) -> None:
        self.language = choose_language()
        self.now: datetime = g.clock.now()
        self.today = local(self.now).date()


_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


def reader() -> Reader:
    known = _reader.get()
    if known is None:
        known = Reader()
        if has_request_context():
            _reader.set(known)
    return known


def code() -> str:
    known = _reader.get()
    if known is not None:
        return known.language
    return reader().language if has_request_context() else choose_language()


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", ROOT / "translations", [language], fallback=True)


@lru_cache(4096)
def translate(language: str, message: str) -> str:
    """A text in a language; English texts are their own key."""
    return _catalogue(language).gettext(message)


def _(message: str, **values: Any) -> str:
    text = translate(code(), message)
    return text % values if values else text


def spoken(message: str, **values: Any) -> Markup:
    """What `_` is in templates where the text is not known before: trusted itself, what is filled in is escaped."""
    return Markup(translate(code(), message)) % values if values else _alone(code(), message)  # noqa: S704


@lru_cache(4096)
def _alone(language: str, message: str) -> Markup:
    return Markup(translate(language, message)) % {}  # noqa: S704


def tell(text: Any) -> str:
    """The reader's language of a text kept in both (`{"nl": …, "en": …}`); a plain text stays as it is."""
    if isinstance(text, dict):
        return str(text.get(code()) or text["nl"])
    return str(text)


def say(message: str, values: dict[str, Any]) -> str:
    """A stored message in the reader's language, with values that may themselves be in both languages."""
    return _(message, **{name: _value(value) for name, value in values.items()})


def _value(value: Any) -> str:
    if isinstance(value, dict) and "message" in value:
        return say(value["message"], value.get("values", {}))
    if isinstance(value, dict) and "day" in value:
        return day(date.fromisoformat(value["day"]))
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    return tell(value)


def say_or_tell(text: Any) -> str:
    """A text in both languages, a stored message with its values, or plain words."""
    return _value(text)


# Written out: of what Babel knows of a language we need these words only, and it takes megabytes per process.
DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_DAYS = {"nl": ("ma", "di", "wo", "do", "vr", "za", "zo"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def month_names(language: str) -> tuple[dict[int, str], list[str]]:
    """Months by number, and the short weekdays from Monday."""
    return dict(enumerate(MONTHS[language], 1)), list(SHORT_DAYS[language])


@lru_cache(4096)
def _day(day: date, language: str, year: int) -> str:
    days, months = DAYS[language], MONTHS[language]
    return f"{days[day.weekday()]} {day.day} {months[day.month - 1]}{'' if day.year == year else f' {day.year}'}"


def day(moment: datetime | date) -> str:
    """'maandag 21 november', with the year when it is not this year."""
    when = local(moment).date() if isinstance(moment, datetime) else moment
    asks = reader()
    return _day(when, asks.language, asks.today.year)


def named(name: str, until: date | None) -> str:
    """A colleague in a list to pick from: the name, and until when he or she is away."""
    return str(_("%(name)s (away until the end of %(day)s)", name=name, day=day(until))) if until else name


def all_when(moments: list[datetime]) -> list[str]:
    """`when` of many moments."""
    return [when(moment) for moment in moments]


@lru_cache(4096)
def hour(moment: datetime) -> str:
    """'10:42'."""
    return local(moment).strftime("%H:%M")


def when(moment: datetime) -> str:
    """'maandag 21 november 10:42'."""
    return f"{day(moment)} {hour(moment)}"


def when_in(moment: datetime, language: str) -> str:
    """As `when`, with the year, where no page is being made: for a mail."""
    return f"{_day(local(moment).date(), language, 0)} {hour(moment)}"


def day_in(moment: datetime, language: str) -> str:
    """As `day`, with the year, in a language that need not be the reader's: for a letter."""
    return _day(local(moment).date(), language, 0)


def soon(moment: datetime | date) -> str:
    """'vandaag 16:00', 'morgen 09:00', 'woensdag 10:00' within the week to come, else the whole date.

    A day is said the same way, without an hour.
    """
    asks = reader()
    return _soon(moment, asks.language, asks.today)


@lru_cache(4096)
def _soon(moment: datetime | date, language: str, today: date) -> str:
    there, clock = (local(moment).date(), f" {hour(moment)}") if isinstance(moment, datetime) else (moment, "")
    days = (there - today).days
    near = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}.get(days)
    if 2 <= days <= 6:
        return f"{DAYS[language][there.weekday()]}{clock}"
    return f"{translate(language, near) if near else _day(there, language, today.year)}{clock}"


def late_by(moment: datetime | date) -> str:
    """How long ago something was due: '3 uur te laat'; of what was due on a day, in days."""
    late = reader().now - moment if isinstance(moment, datetime) else reader().today - moment
    if late.days >= 1:
        return _("%(n)s days late", n=late.days) if late.days > 1 else _("1 day late")
    hours, minutes = divmod(int(late.total_seconds()) // 60, 60)
    return _("%(n)s hours late", n=hours) if hours > 1 else _("%(n)s minutes late", n=hours * 60 + minutes)


class Words(Domain):  # type: ignore[misc]
    """The texts of forms and operations: Flask-Babel's own way to them makes a locale's name for each."""

    def gettext(self, string: str, **values: Any) -> str:
        text = translate(self._language(), string)
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, num: int, **values: Any) -> str:
        return _catalogue(self._language()).ngettext(singular, plural, num) % {"num": num, **values}

    def _language(self) -> str:
        return code() if has_request_context() else str(get_locale().language)


def init_language(app: Flask) -> None:
    Babel(app, locale_selector=choose_language, default_translation_directories="../translations")
    get_babel(app).instance.domain_instance = Words()
    init_templates(app, code, translate)
    app.jinja_env.filters.update(
        when=when, clock=hour, day=day, soon=soon, late_by=late_by, tell=say_or_tell, spoken=spoken
    )
    app.jinja_env.globals.update(tell=say_or_tell, say=say, _=spoken)

    @app.teardown_request
    def forget_reader(error: BaseException | None) -> None:
        _reader.set(None)
