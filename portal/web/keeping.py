"""What a form remembers beyond one request: drafts of its long texts, and that it was sent already.

The package that has these rows fills `hooks` in `create_app`; nothing here knows it.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import g, request
from flask_login import current_user

from portal.db import db
from portal.web.limits import only_session
from portal.web.text import tidy

# drafts(person_id, only) gives drafts by place; forget(person_id, {place: text}, only); was_sent(key);
# claim(key, person_id, now); has_text(path) tells the addresses of forms with a long text. `only` is the session whose
# drafts count, when those of other sessions need the second factor.
hooks: dict[str, Callable[..., Any]] = {}
# The same for who came in by a shared link and has no account: drafts(link), forget(link, {place: text}).
of_visitors: dict[str, Callable[..., Any]] = {}
ONCE = re.compile(r"[A-Za-z0-9_-]{32}")


def new_once() -> str:
    """192 random bits for the forms of one page: sent twice, each of them is accepted once."""
    if "once" not in g:
        g.once = secrets.token_urlsafe(24)
    return str(g.once)


def _who() -> Any:
    """Whose form it is: a shared link behind its address, else an account; None for nobody."""
    if g.get("visit"):
        return f"link:{g.visit.link_id}"
    return current_user.id if current_user.is_authenticated else None


def sent_key() -> str:
    """What tells this form, as it was filled in and by whom, from all others; '' when it carries no `once`.

    What was typed counts: changed and sent again from the same page, it is a second record and no repetition.
    """
    once, who = request.form.get("once", ""), _who()
    if not ONCE.fullmatch(once) or who is None:
        return ""
    fields = sorted((name, tidy(text)) for name, text in request.form.items(multi=True) if name != "csrf_token")
    said = json.dumps([who, request.path, fields]).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(said).digest()).decode().rstrip("=")


def sent_before() -> bool:
    """Whether this very form was accepted before."""
    key = sent_key()
    return bool(key) and bool(hooks["was_sent"](key))


def once(act: Callable[[], Any]) -> bool:
    """Do it in one transaction with the claim of the form's key; False when it was done before."""
    key = sent_key()
    with db.atomic():
        if key and hooks["was_sent"](key):
            return False
        act()
        if key:
            hooks["claim"](key, 0 if g.get("visit") else current_user.id, g.clock.now())
    return True


def place_of(address: str) -> str:
    """Where a draft is kept: behind a shared link without the address of the page, which is a secret."""
    return address.removeprefix(g.at) if g.get("visit") else address


def draft(place: str) -> Any:
    """The reader's own draft at a place: `id`, `text`, `saved_at`; None when there is none."""
    if _who() is None:
        return None
    if "drafts" not in g:
        visitor = g.get("visit")
        g.drafts = of_visitors["drafts"](g.link) if visitor else hooks["drafts"](current_user.id, only_session())
    return g.drafts.get(place)


def forget(texts: dict[str, str]) -> None:
    """What was typed at these places has been sent, as these texts; joins the transaction of the record."""
    g.pop("drafts", None)
    if g.get("visit"):
        of_visitors["forget"](g.link, texts)
    else:
        hooks["forget"](current_user.id, texts, only_session())
