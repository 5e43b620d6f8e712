"""Attributes of form controls: what WTForms itself writes, to the letter."""

from typing import Any

import pytest
from markupsafe import Markup
from wtforms.widgets.core import Input

from portal.web.attributes import html_params


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "a", "class_": "b c", "id": 3}, 'class="b c" id="3" name="a"'),
        ({"required": True, "readonly": False, "data_hx_post": "/x"}, 'data-hx-post="/x" required'),
        ({"value": '"><script>'}, 'value="&#34;&gt;&lt;script&gt;"'),
        ({"value": Markup('<b>"')}, 'value="<b>&quot;"'),
        ({"<x": "y"}, '&lt;x="y"'),
        ({"value": None}, 'value="None"'),
    ],
)
def test_attributes_are_escaped(values: dict[str, Any], said: str) -> None:
    assert html_params(**values) == said


def test_controls_are_written_with_it(client: Any) -> None:
    client()
    assert Input.html_params is html_params
