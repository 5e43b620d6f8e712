"""What a page shows of a value is escaped once, in templates that are compiled our way too."""

from typing import Any

from markupsafe import Markup


def test_a_template_escapes_what_it_shows(app: Any) -> None:
    made = app.jinja_env.from_string("{{ a }}{{ b }}{{ c|e }}{% set d %}{{ a }}{% endset %}{{ d }}{{ a ~ b }}")
    assert made.render(a="<", b=Markup("<b>"), c="&") == "&lt;<b>&amp;&lt;&lt;<b>"
