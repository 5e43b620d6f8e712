"""The own account, and the administrator's list of accounts."""

from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import operations, queries
from portal.accounts.absence.queries import deputies
from portal.accounts.entry.views import go_on
from portal.accounts.forms import PasswordForm, PersonForm
from portal.accounts.models import Person
from portal.accounts.throttle import operations as throttle
from portal.accounts.throttle.rules import too_often
from portal.policy import TEAM_FUNCTIONS
from portal.web.access import own_path, public, requires
from portal.web.cookies import keep
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward
from portal.web.language import LANGUAGES

bp = Blueprint("accounts", __name__)


@bp.post("/language")
@public
def language() -> Any:
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(404)
    if current_user.is_authenticated:
        operations.choose_language(current_user, code, now=g.clock.now())
    back = onward(own_path(request.form.get("next")))
    return keep(back, "language", code)


@bp.route("/account/password", methods=["GET", "POST"])
@requires("account", "password")
def password() -> Any:
    form, now, counted = PasswordForm(), g.clock.now(), ("old-password", current_user.id)
    # Counted outside of the form's transaction, which a wrong password takes back.
    wait = throttle.reserve(counted, now) if form.was_sent else None
    if wait:
        form.refuse(too_often(wait))
        return answer("accounts/password.html", form=form, status=form.status)
    if form.accepts(lambda: operations.change_password(current_user, form.old.data, form.new.data, now=now)):
        throttle.take_back(counted)
        go_on(current_user._get_current_object())
        flash(_("Your new password is saved."))
        return onward("/")
    if form.was_sent and not form.old.errors:
        throttle.take_back(counted)
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
