"""Headers on every answer, and the secret that signs cookies."""

import hashlib
import hmac
import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, session

from portal.config import Settings
from portal.db import boot_lock, current, write_secret
from portal.logs import fault

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: the check against forged requests over HTTPS needs the origin.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=()",
    "X-Robots-Tag": "noindex",
}
STRICT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def app_secret(settings: Settings) -> str:
    """The secret that signs cookies, made once; several workers starting together get the same."""
    path = settings.keys / "app.secret"
    if not path.exists():
        with boot_lock(settings):
            if not path.exists():
                write_secret(path, secrets.token_hex(32))
    return path.read_text("ascii").strip()


@cache
def _secret_in(path: Path) -> bytes:
    return path.read_bytes().strip()


def secret_here() -> str:
    """As `app_secret`, of the installation in which the current school lives; made before."""
    return _secret_in(current().keys / "app.secret").decode()


def keyed(purpose: str, *parts: object) -> str:
    """What is kept in place of these parts (HMAC-SHA256, hexadecimal): without the secret of this installation
    nobody can make it, or find out what it is of. Differs per purpose and school."""
    place = current()
    said = json.dumps([purpose, place.slug, *parts]).encode()
    return hmac.new(_secret_in(place.keys / "app.secret"), said, hashlib.sha256).hexdigest()


def init_security(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=app_secret(settings),
        SESSION_COOKIE_NAME="__Host-rustpunt" if settings.https else "rustpunt",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # The token lives as long as the session does; a page that stays open all day must still work.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2000,
    )

    always = [*HEADERS.items(), *([STRICT] if settings.https else [])]
    answer = app.wsgi_app

    def guarded(environ: Any, start_response: Any) -> Any:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said = {name for name, _value in headers}
            sent = [*headers, *(one for one in always if one[0] not in said)]
            if environ.get("PATH_INFO", "").startswith("/p/"):
                # The address is a secret, and the check against forged requests needs no more than the origin.
                sent = [(name, "strict-origin" if name == "Referrer-Policy" else value) for name, value in sent]
            return start_response(status, sent, *error)

        try:
            return answer(environ, begin)
        except Exception as error:
            # The server would write down what the error says.
            said = f"Something went wrong on our side. Tell this number: {fault('past the pages', error)}\n"
            plain = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
            begin("500 Internal Server Error", plain)
            return [said.encode()]

    # Around everything, so that no answer goes out without them; a page that was written with its own keeps those.
    app.wsgi_app = guarded  # type: ignore[method-assign]

    @app.after_request
    def headers(response: Response) -> Response:
        # Said here in one header for all pages, and not again when the session is saved.
        session.accessed = False
        if request.endpoint == "static" and response.status_code < 400:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
            response.headers["Vary"] = "HX-Request, Cookie"
        return response
