"""Browsers of who has no account, and came in by a shared link."""

from flask import Flask

from portal.links.models import SharedLink
from portal.links.rules import code_of, path_of
from tests.conftest import Browser


def came_in(app: Flask, link_id: int) -> Browser:
    """A browser that opened this link with its code."""
    link, secret = SharedLink.get_by_id(link_id), str(app.secret_key)
    browser, path = Browser(app), path_of(link.nonce, secret)
    answer = browser.post(f"{path}/code", {"code": code_of(link.nonce, link.code_number, secret)})
    assert answer.status_code == 303
    return browser
