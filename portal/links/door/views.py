"""The door of a shared link: it asks for the code, and lets pass who gave it."""

from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, request

from portal.links import queries
from portal.links.door import operations
from portal.links.door.forms import CodeForm
from portal.links.kinds.rules import may
from portal.links.models import SharedLink
from portal.web import cookies
from portal.web.access import public
from portal.web.fragments import answer, by_itself, onward

bp = Blueprint("door", __name__, url_prefix="/p/<token>")


def _cookie(link: SharedLink) -> str:
    """One for each link, so that the session of one opens no other."""
    return f"link-{link.token_hash[:12]}"


def enter(args: dict[str, Any], act: str) -> Any:
    """Let pass who opened this link: `g.link`, `g.visit` and `g.at`, the address of its page, are theirs.

    404 for an address that does not answer; without a session the door is shown instead.
    """
    g.at = f"/p/{args.pop('token')}"
    now = g.clock.now()
    g.link = queries.by_token(g.at[3:], now)
    if g.link is None or not may(g.link.kind, act):
        abort(404)
    secret = cookies.kept(_cookie(g.link))
    g.visit = queries.visit(g.link, operations.key_of(secret), now) if secret else None
    if g.visit is None:
        return _door() if request.method == "GET" and request.path == g.at else _to_door()
    if not by_itself():
        operations.note_use(g.visit, now=now)
    return None


def _door(form: CodeForm | None = None) -> Any:
    form = form or CodeForm()
    return answer("links/partner/door.html", form=form, status=form.status if form.was_sent else 200)


def _to_door() -> Any:
    return redirect(g.at, 303) if request.method == "GET" else (_door().get_data(), 401)


@bp.post("/code")
@public
def code(token: str) -> Any:
    g.at, now = f"/p/{token}", g.clock.now()
    g.link = queries.by_token(token, now)
    if g.link is None:
        abort(404)
    form, opened = CodeForm(), []
    secret = str(current_app.secret_key)
    address = request.remote_addr or ""
    if form.tries(
        lambda: opened.append(operations.enter(g.link, form.code.data or "", address, secret=secret, now=now))
    ):
        return cookies.keep(onward(g.at), _cookie(g.link), opened[0], lasts=None)
    return _door(form)
