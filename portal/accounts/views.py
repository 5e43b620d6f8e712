"""Signing in and out, the own account, and the administrator's list of accounts."""

from typing import Any

from flask import Blueprint, abort, flash, g, make_response, redirect, request, session
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from portal.accounts import operations, queries
from portal.accounts.absence.queries import deputies
from portal.accounts.forms import PasswordForm, PersonForm, SignInForm
from portal.accounts.models import Person
from portal.errors import Refused
from portal.policy import TEAM_FUNCTIONS
from portal.school.queries import school_name
from portal.web.access import own_path, public, requires
from portal.web.carrying import Carried, carried
from portal.web.errors import typed_texts
from portal.web.forms import whole_number
from portal.web.fragments import answer, answer_alike, onward
from portal.web.language import LANGUAGES

bp = Blueprint("accounts", __name__)


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
        _enter(person)


def _enter(person: Person) -> None:
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


@bp.post("/language")
@public
def language() -> Any:
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(404)
    if current_user.is_authenticated:
        operations.choose_language(current_user, code, now=g.clock.now())
    back = onward(own_path(request.form.get("next")))
    back.set_cookie("language", code, max_age=31536000, httponly=True, samesite="Lax", secure=g.settings.https)
    return back


@bp.route("/account/password", methods=["GET", "POST"])
@requires("account", "change")
def password() -> Any:
    form = PasswordForm()
    if form.accepts(lambda: operations.change_password(current_user, form.old.data, form.new.data, now=g.clock.now())):
        flash(_("Your new password is saved."))
        return onward("/")
    return answer("accounts/password.html", form=form, status=form.status)


@bp.get("/accounts")
@requires("accounts", "read")
def accounts() -> Any:
    without = sorted(set(TEAM_FUNCTIONS) - deputies().keys(), key=TEAM_FUNCTIONS.index)
    return answer("accounts/accounts.html", people=list(queries.people()), without=without)


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires("accounts", "change")
def new_account() -> Any:
    form = PersonForm()
    made: list[Any] = []
    if form.accepts(
        lambda: made.extend(operations.create_person(form.values, actor_id=current_user.id, now=g.clock.now()))
    ):
        if form.repeated:
            flash(_("This account was made already. Its first password was shown once; you can give a new one here."))
            return onward("/accounts")
        return answer("accounts/starting_password.html", person=made[0], secret=made[1])
    return answer("accounts/account.html", form=form, person=None, status=form.status)


def _person_or_404(person_id: int) -> Person:
    person = queries.by_id(person_id)
    if person is None:
        abort(404)
    return person


@bp.route("/accounts/<int:person_id>", methods=["GET", "POST"])
@requires("accounts", "change")
def account(person_id: int) -> Any:
    person = _person_or_404(person_id)
    form = PersonForm(data=None if request.form else _shown(person))
    if form.accepts(
        lambda: operations.change_person(
            person, form.values, version=whole_number(form.version.data), actor_id=current_user.id, now=g.clock.now()
        )
    ):
        flash(_("Saved."))
        return onward("/accounts")
    form.compare(_shown(_person_or_404(person_id)))
    return answer("accounts/account.html", form=form, person=person, status=form.status)


def _shown(person: Person) -> dict[str, Any]:
    fields = ("name", "email", "phone", "functions", "language", "version")
    return {**{field: getattr(person, field) for field in fields}, "classes": ", ".join(person.classes)}


@bp.post("/accounts/<int:person_id>/password")
@requires("accounts", "change")
def new_password(person_id: int) -> Any:
    person = _person_or_404(person_id)
    secret = operations.reset_password(person, actor_id=current_user.id, now=g.clock.now())
    return answer("accounts/starting_password.html", person=person, secret=secret)
