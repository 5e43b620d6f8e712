"""What a page shows of a value is escaped once, whatever it is: our own way says the same as Jinja's."""

import pytest
from markupsafe import Markup, escape

from portal.web.templates import escaped


class Own:
    def __html__(self) -> str:
        return "<b>own</b>"


class Text(str):
    __slots__ = ()


VALUES = ["<b>&\"'", "", Markup("<b>"), 3, True, None, 2.5, Own(), Text("<i>"), ["<"], Markup("%s") % "<u>"]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_escaped_as_jinja_does(value: object) -> None:
    assert escaped(value) == str(escape(value))


def test_a_template_escapes_what_it_shows(app: object) -> None:
    made = app.jinja_env.from_string("{{ a }}{{ b }}{{ c|e }}{% set d %}{{ a }}{% endset %}{{ d }}{{ a ~ b }}")  # type: ignore[attr-defined]
    assert made.render(a="<", b=Markup("<b>"), c="&") == "&lt;<b>&amp;&lt;&lt;<b>"
