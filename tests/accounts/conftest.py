"""The furnished incident of the tests that walk over every page, and who has only typed a password."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import Totp
from tests.accounts.factors import give_app
from tests.conftest import Browser
from tests.web.conftest import frozen, scene

__all__ = ["frozen", "scene"]


@pytest.fixture
def password_only(app: Any, cast: dict[str, Any], clock: Any) -> Callable[..., Browser]:
    """`password_only("care")`: signed in with a password; `app_set_up=False` for who has no second factor yet."""

    def make(function: str, *, app_set_up: bool = True) -> Browser:
        browser, person = Browser(app), cast[function]
        if app_set_up and not Totp.select().where(Totp.person == person).exists():
            give_app(person)
        browser.sign_in(person, clock.now(), stepped_up=False)
        return browser

    return make
