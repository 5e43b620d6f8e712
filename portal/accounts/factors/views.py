"""The page that asks for the second factor, and the page where it is set up."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from portal.accounts.entry.forms import CodeForm, PasskeyProofForm, SignInForm
from portal.accounts.entry.views import passkey_site, stay, with_code, with_passkey
from portal.accounts.factors import operations, queries
from portal.accounts.factors.forms import AppForm, PasskeyForm
from portal.accounts.factors.rules import is_fresh
from portal.accounts.passkeys import operations as passkeys
from portal.accounts.queries import existing
from portal.errors import TooOften
from portal.web import keeping
from portal.web.access import own_path, public, requires
from portal.web.fragments import answer, onward

bp = Blueprint("factors", __name__)
OWN = "/account/second-factor"


def _onto() -> str:
    """Where somebody was going when the second factor was asked."""
    return own_path(request.args.get("next"))


def _with_next(path: str) -> str:
    return path if _onto() == "/" else f"{path}?{urlencode({'next': _onto()})}"


def _shown_lately() -> bool:
    return is_fresh(current_user.stepped_up_at, g.clock.now())


@bp.route("/login/second-factor", methods=["GET", "POST"])
@requires("factor", "read")
def second_factor() -> Any:
    if _shown_lately():
        return onward(_onto())
    if not queries.has_factor(current_user):
        return onward(_with_next(OWN))
    form = CodeForm()
    if form.tries(lambda: with_code(form)):
        return onward(_onto())
    if isinstance(form.refused, TooOften):
        raise form.refused
    return answer("accounts/second_factor.html", form=form, passkey=None, onto=_with_next(""), status=form.status)


@bp.post("/login/passkey/options")
@public
def options_to_prove() -> Any:
    person = current_user if current_user.is_authenticated else None
    return _json(passkeys.options_to_prove(person, passkey_site(), now=g.clock.now()))


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")


@bp.post("/login/passkey")
@public
def passkey() -> Any:
    """Sign in with a passkey alone, or show it as second factor."""
    form = PasskeyProofForm()
    if form.tries(lambda: with_passkey(form.credential.data)):
        return onward(_onto())
    name, other = (
        ("accounts/second_factor.html", CodeForm(formdata=None))
        if current_user.is_authenticated
        else ("accounts/login.html", SignInForm(formdata=None))
    )
    return answer(name, form=other, passkey=form, onto=_with_next(""), status=form.status)


@bp.get(OWN)
@requires("factor", "read")
def own() -> Any:
    return _own(PasskeyForm(formdata=None))


def _own(form: PasskeyForm) -> Any:
    there = queries.factors_of(current_user)
    if there.number and not _shown_lately():
        return onward(f"/login/second-factor?{urlencode({'next': OWN})}")
    may_remove = g.settings.demo or there.number > 1
    return answer(
        "accounts/factors.html", there=there, form=form, may_remove=may_remove, onto=_with_next(""), status=form.status
    )


def _done(codes: list[str]) -> Any:
    """Codes are shown once, with the answer that made them."""
    stay()
    if codes:
        return answer("accounts/codes.html", codes=codes, onto=_onto())
    flash(_("Saved."))
    return onward(OWN)


@bp.post(f"{OWN}/app/new")
@requires("factor", "change")
def new_app() -> Any:
    operations.begin_app(current_user, now=g.clock.now())
    return onward(_with_next(f"{OWN}/app"))


@bp.route(f"{OWN}/app", methods=["GET", "POST"])
@requires("factor", "change")
def app() -> Any:
    made, form = queries.new_app_of(current_user), AppForm()
    codes: list[str] = []
    if form.accepts(lambda: codes.extend(operations.confirm_app(current_user, form.code.data, now=g.clock.now()))):
        return _done(codes)
    if made is None or (queries.has_factor(current_user) and not _shown_lately()):
        return onward(_with_next(OWN))
    address = operations.address_of(current_user, made)
    groups = [made.secret[start : start + 4] for start in range(0, len(made.secret), 4)]
    # Drawn by the library out of squares only: no text of anybody stands in it.
    drawn = Markup(operations.drawn(address))  # noqa: S704
    return answer("accounts/app.html", form=form, address=address, drawn=drawn, groups=groups, status=form.status)


@bp.post(f"{OWN}/passkeys/options")
@requires("factor", "change")
def options_to_add() -> Any:
    return _json(passkeys.options_to_add(current_user, passkey_site(), now=g.clock.now()))


@bp.post(f"{OWN}/passkeys")
@requires("factor", "change")
def add_passkey() -> Any:
    form, codes = PasskeyForm(), list[str]()

    def add() -> None:
        name = form.name.data or _("Passkey")
        codes[:] = passkeys.add(current_user, form.credential.data, name, passkey_site(), now=g.clock.now())

    if form.tries(add):
        return _done(codes)
    return _own(form)


@bp.post(f"{OWN}/codes")
@requires("factor", "change")
def new_codes() -> Any:
    codes: list[str] = []
    if not keeping.once(lambda: codes.extend(operations.new_codes(current_user, now=g.clock.now()))):
        flash(_("These codes were made already, and shown once. You can make new ones again."))
    return _done(codes)


@bp.post(f"{OWN}/app/remove")
@requires("factor", "change")
def remove_app() -> Any:
    return _remove(None)


@bp.post(f"{OWN}/passkeys/<int:passkey_id>/remove")
@requires("factor", "change")
def remove_passkey(passkey_id: int) -> Any:
    return _remove(passkey_id)


def _remove(passkey_id: int | None) -> Any:
    keeping.once(lambda: operations.remove(current_user, passkey_id, may_be_last=g.settings.demo, now=g.clock.now()))
    return _done([])


@bp.post("/accounts/<int:person_id>/second-factor")
@requires("accounts", "change")
def ask_reset(person_id: int) -> Any:
    person = existing(person_id)
    keeping.once(lambda: operations.ask_reset(person, actor=current_user, now=g.clock.now()))
    flash(_("Asked. A member of school leadership has to confirm it."))
    return onward(f"/accounts/{person_id}")
