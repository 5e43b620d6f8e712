"""The door of a shared link: it asks for the code, and lets pass who gave it."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, redirect, request

from portal.links import queries
from portal.links.door import operations
from portal.links.door.forms import CodeForm
from portal.links.kinds.rules import may
from portal.links.models import SharedLink
from portal.links.rules import hash_of
from portal.web import cookies
from portal.web.access import public
from portal.web.carrying import Carried, carried, sign
from portal.web.errors import typed_texts
from portal.web.fragments import answer, by_itself, fragment_due, onward

bp = Blueprint("door", __name__, url_prefix="/p/<token>")


def cookie_of(link: SharedLink) -> str:
    """One for each link, so that the session of one opens no other."""
    return _cookie(link.token_hash)


def _cookie(token_hash: str) -> str:
    return f"link-{token_hash[:12]}"


def enter(args: dict[str, Any], act: str) -> Any:
    """Let pass who opened this link: `g.link`, `g.visit` and `g.at`, the address of its page, are theirs.

    404 for an address that does not answer; without a session the door is shown instead.
    """
    g.at = f"/p/{args.pop('token')}"
    now, token = g.clock.now(), g.at[3:]
    secret = cookies.kept(_cookie(hash_of(token)))
    g.link, g.visit = queries.entered(token, operations.key_of(secret) if secret else "", now)
    if g.link is None:
        return _gone()
    if g.visit is None:
        return _closed(was_open=bool(secret))
    if not may(g.link.kind, act):
        abort(404)
    if not by_itself():
        operations.note_use(g.visit, now=now)
    return None


def _gone() -> Any:
    """The same for an address that never was and for one that works no more. What was sent there is shown back."""
    return answer("links/partner/gone.html", form=CodeForm(formdata=None), typed=typed_texts(), status=404)


def _closed(was_open: bool) -> Any:
    if request.method == "POST":
        typed = typed_texts()
        kept = sign(g.link.subject, request.full_path.rstrip("?").removeprefix(g.at)) if typed else ""
        shown = _door(CodeForm(formdata=None), 401, was_open=was_open, kept=kept, typed=typed)
        # htmx would put it in place of what was sent.
        shown.headers.update({"HX-Retarget": "#main", "HX-Reswap": "innerHTML"} if fragment_due() else {})
        return shown
    if fragment_due():
        return Response(status=401, headers={"HX-Redirect": g.at})
    return _door(CodeForm(), 200, was_open=was_open) if request.path == g.at else redirect(g.at, 303)


def _door(form: CodeForm, status: int, **values: Any) -> Response:
    return answer("links/partner/door.html", "links/partner/_door.html", form=form, status=status, **values)


def _refused() -> Carried | None:
    """The form that was sent to this link while its session had ended."""
    found = carried(request.form.get("carried", ""))
    return found if found and found.whose == g.link.subject else None


@bp.post("/code")
@public
def code(token: str) -> Any:
    g.at, now = f"/p/{token}", g.clock.now()
    g.link = queries.by_token(token, now)
    if g.link is None:
        return _gone()
    form, opened, refused = CodeForm(), [], _refused()
    typed = typed_texts(refused.fields) if refused else []
    values = {"before": cookies.kept(cookie_of(g.link)), "secret": str(current_app.secret_key), "now": now}
    address = request.remote_addr or ""
    if not form.tries(lambda: opened.append(operations.enter(g.link, form.code.data or "", address, **values))):
        return _door(form, form.status, kept=request.form["carried"] if refused else "", typed=typed)
    shown = answer("links/partner/send_now.html", refused=refused, typed=typed) if refused else onward(g.at)
    return cookies.keep(shown, cookie_of(g.link), opened[0], lasts=None)
