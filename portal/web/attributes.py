"""Attributes of form controls, written at once: WTForms formats, escapes and joins each of them by itself."""

from functools import cache
from typing import Any

from markupsafe import Markup, escape
from wtforms.widgets import core


@cache
def _name(key: str) -> str:
    return str(escape(core.clean_key(key)))  # type: ignore[attr-defined]


def html_params(**values: Any) -> Markup:
    """As WTForms' own: True is a name alone, False is nothing, the rest is escaped."""
    said = [
        _name(key) if value is True else f'{_name(key)}="{str(escape(value)).replace(chr(34), "&quot;")}"'
        for key, value in sorted(values.items())
        if value is not False
    ]
    return Markup(" ".join(said))  # noqa: S704  (escaped one by one)


def init_attributes() -> None:
    core.html_params = html_params
    core.Input.html_params = staticmethod(html_params)  # type: ignore[method-assign]
