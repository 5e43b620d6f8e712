"""Signing in and out, and the box to sign in beside a form."""

from typing import Any

from flask import Blueprint, after_this_request, flash, g, request, session
from flask_babel import gettext as _
from flask_login import current_user, login_user
from flask_wtf.csrf import generate_csrf

from portal.accounts.devices import operations as devices
from portal.accounts.entry import operations
from portal.accounts.entry.forms import SignInForm
from portal.accounts.entry.rules import Visitor
from portal.accounts.models import Person
from portal.errors import Refused
from portal.school.queries import school_name
from portal.web.access import own_path, public, requires
from portal.web.carrying import Carried, carried
from portal.web.cookies import keep, kept
from portal.web.errors import typed_texts
from portal.web.forms import whole_number
from portal.web.fragments import answer, answer_alike, onward, signed_out

bp = Blueprint("entry", __name__)
DEVICE = "rustpunt-device"


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Any:
    if current_user.is_authenticated:
        return onward("/")
    if request.method != "POST":
        return answer_alike("accounts/login.html", school_name(), form=SignInForm)
    form = SignInForm()
    if form.validate_on_submit() and _entered(form):
        return onward(own_path(request.args.get("next")))
    return answer("accounts/login.html", form=form, status=form.status)


def visitor() -> Visitor:
    """Where this request comes from. `PORTAL_TRUSTED_PROXIES` says which address that is."""
    return Visitor(request.remote_addr or "", request.user_agent.string, kept(DEVICE))


def _entered(form: SignInForm, only: int | None = None) -> Person | None:
    """Who signed in with what was typed; None leaves in the form why not."""
    try:
        person = operations.sign_in(
            form.email.data, form.password.data, now=g.clock.now(), only=only, visitor=visitor()
        )
    except Refused as error:
        form.refuse(error)
        return None
    if person is None:
        form.form_errors.append(_("This address and password do not belong together. Try again."))
    else:
        _enter(person)
    return person


def go_on(person: Person) -> None:
    """This browser goes on with the person's token, and is known as a device of theirs."""
    login_user(person)
    marks = devices.remember(kept(DEVICE), person)
    after_this_request(lambda response: keep(response, DEVICE, marks))


def _enter(person: Person) -> None:
    """A fresh cookie: nothing that was there before the sign-in lives on."""
    session.clear()
    # Made for the forms of the session before, if this request has forms.
    g.pop("csrf_token", None)
    go_on(person)
    # Known after the session has ended too: what was being sent then is sent for nobody else.
    session["person"] = person.id


@bp.route("/session", methods=["GET", "POST"])
@public
def here() -> Any:
    """Whether the session of the page that asks still lasts: a fresh token for its forms, or a box to sign in."""
    form, owner = SignInForm(), whole_number(request.values.get("person"))
    if form.validate_on_submit():
        _entered(form, owner)
    alive = current_user.is_authenticated and current_user.id == owner
    if alive and not current_user.must_change_password:
        return "", 204, {"X-CSRFToken": generate_csrf()}
    form.stand_beside("here")
    return answer("accounts/_here.html", form=form, owner=owner, alive=alive, status=max(form.status, 401))


@bp.post("/login/again")
@public
def again() -> Any:
    """Sign in on the page that refused a form, and show the form again, ready to be sent."""
    form, refused = SignInForm(), carried(request.form.get("carried", ""))
    person = _entered(form) if refused and form.validate() else None
    if refused is None or person is None:
        return answer("accounts/again.html", form=form, refused=refused, typed=_typed(refused), status=form.status)
    if person.id != refused.person_id:
        flash(_("You are signed in. What was typed before was of a colleague and was not sent."), "warning")
        return onward("/")
    return answer("accounts/send_now.html", refused=refused, typed=_typed(refused))


def _typed(refused: Carried | None) -> list[str]:
    return typed_texts(refused.fields) if refused else []


@bp.post("/logout")
@requires("account", "read")
def logout() -> Any:
    operations.sign_out(current_user, now=g.clock.now())
    return signed_out()
