"""Signing in and out, and the box to sign in beside a form."""

from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, request, session
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from portal.accounts.entry import operations
from portal.accounts.entry.forms import SignInForm
from portal.accounts.models import Person
from portal.errors import Refused
from portal.school.queries import school_name
from portal.web.access import own_path, public, requires
from portal.web.carrying import Carried, carried
from portal.web.errors import typed_texts
from portal.web.forms import whole_number
from portal.web.fragments import answer, answer_alike, onward

bp = Blueprint("entry", __name__)


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Any:
    if current_user.is_authenticated:
        return onward("/")
    if request.method != "POST":
        return answer_alike("accounts/login.html", school_name(), form=SignInForm)
    form = SignInForm()
    person = None
    if form.validate_on_submit():
        person = operations.sign_in(form.email.data, form.password.data, now=g.clock.now())
        _enter_or_say(form, person)
    if person is None:
        return answer("accounts/login.html", form=form, status=form.status)
    return onward(own_path(request.args.get("next")))


def _enter_or_say(form: SignInForm, person: Person | None) -> None:
    if person is None:
        form.form_errors.append(_("This address and password do not belong together. Try again."))
    else:
        enter(person)


def enter(person: Person) -> None:
    """A fresh cookie: nothing that was there before the sign-in lives on."""
    session.clear()
    # Made for the forms of the session before, if this request has forms.
    g.pop("csrf_token", None)
    login_user(person)
    # Known after the session has ended too: what was being sent then is sent for nobody else.
    session["person"] = person.id


@bp.route("/session", methods=["GET", "POST"])
@public
def here() -> Any:
    """Whether the session of the page that asks still lasts: a fresh token for its forms, or a box to sign in."""
    form, owner = SignInForm(), whole_number(request.values.get("person"))
    if form.validate_on_submit():
        try:
            person = operations.sign_in(form.email.data, form.password.data, now=g.clock.now(), only=owner)
        except Refused as error:
            form.refused = error
        else:
            _enter_or_say(form, person)
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
    person = None
    if refused and form.validate():
        person = operations.sign_in(form.email.data, form.password.data, now=g.clock.now())
        _enter_or_say(form, person)
    if refused is None or person is None:
        return answer("accounts/again.html", form=form, refused=refused, typed=_typed(refused), status=422)
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
    logout_user()
    session.clear()
    gone = make_response(redirect("/login", 303))
    gone.headers["Clear-Site-Data"] = '"cache", "storage"'
    return gone
