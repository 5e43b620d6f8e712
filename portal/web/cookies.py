"""Cookies: how those beside the session are kept, and signing the session's and the token of forms.

Flask and Flask-WTF derive the same key anew for each of them; here it is kept.
"""

from functools import cache, cached_property
from typing import Any

import flask_wtf.csrf
from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

A_YEAR = 31_536_000  # seconds


def _name(name: str) -> str:
    # The prefix makes the browser refuse it from another host, another path and without TLS.
    return f"__Host-{name}" if current_app.extensions["settings"].https else name


def kept(name: str) -> str:
    """A cookie of ours that stays after the browser is closed, or ''."""
    return request.cookies.get(_name(name), "")


def keep(response: Response, name: str, value: str, *, lasts: int | None = A_YEAR) -> Response:
    """Let the browser keep this for so many seconds (None: until it is closed).

    Never sent to scripts, other sites or without TLS where there is any.
    """
    secure = current_app.extensions["settings"].https
    response.set_cookie(_name(name), value, max_age=lasts, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def drop(response: Response, name: str) -> Response:
    """Let the browser forget it."""
    secure = current_app.extensions["settings"].https
    response.delete_cookie(_name(name), httponly=True, samesite="Lax", secure=secure, path="/")
    return response


class _Signer(TimestampSigner):
    """The libraries' own signature; only the derived key is kept."""

    def __init__(self, secret_key: Any, **kw: Any) -> None:
        super().__init__(secret_key, **kw)
        self._derived: dict[Any, bytes] = {}

    def derive_key(self, secret_key: Any = None) -> bytes:
        if secret_key not in self._derived:
            self._derived[secret_key] = super().derive_key(secret_key)
        return self._derived[secret_key]


class _Serializer(URLSafeTimedSerializer):
    default_signer = _Signer

    @cached_property
    def _own(self) -> Any:
        return super().make_signer()

    def make_signer(self, salt: Any = None) -> Any:
        return super().make_signer(salt) if salt else self._own


@cache
def _serializer(secret: str, salt: str, derivation: str = "django-concat", **kw: Any) -> _Serializer:
    return _Serializer(secret, salt=salt, signer_kwargs={"key_derivation": derivation}, **kw)


class Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> Any:
        return _serializer(app.secret_key, self.salt, self.key_derivation, serializer=self.serializer)


def init_cookies(app: Flask) -> None:
    app.session_interface = Sessions()
    flask_wtf.csrf.URLSafeTimedSerializer = _serializer
