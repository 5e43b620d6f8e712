"""The sign-in page is made once for everybody; what is somebody's own never stays in it."""

import re
from collections.abc import Callable
from typing import Any

from portal.school.operations import change_settings
from portal.school.queries import school


def tokens(page: str) -> list[str]:
    return re.findall(r'name="csrf_token" value="([^"]+)"', page)


def test_everybody_gets_an_own_token_in_the_same_page(client: Callable[..., Any]) -> None:
    pages = [client().get("/login").get_data(as_text=True) for _ in range(3)]
    assert len({token for page in pages for token in tokens(page)}) == 3
    assert all(len(tokens(page)) == 3 for page in pages)
    assert len({re.sub(r'value="[^"]{60,}"', "", page) for page in pages}) == 1
    assert not any("\0" in page for page in pages)


def test_the_page_is_of_the_language_that_is_asked_for(client: Callable[..., Any]) -> None:
    said = [
        client().get("/login", headers={"Accept-Language": code}).get_data(as_text=True) for code in ("nl", "en", "nl")
    ]
    assert ['lang="nl"' in page.split("<head>")[0] for page in said] == [True, False, True]


def test_what_stands_in_the_address_of_one_is_not_shown_to_another(client: Callable[..., Any]) -> None:
    client().get("/login?next=/incidents/secret")
    assert "secret" not in client().get("/login").get_data(as_text=True)


def test_a_school_that_changes_its_name_is_called_so(client: Callable[..., Any], clock: Any, cast: Any) -> None:
    client().get("/login")
    change_settings({"name": "De Nieuwe School"}, version=school().version, actor_id=None, now=clock.now())
    assert "De Nieuwe School" in client().get("/login").get_data(as_text=True)
