"""The own account, and the administrator's list of accounts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import operations, queries
from portal.accounts.absence.queries import deputies
from portal.accounts.entry.views import go_on
from portal.accounts.forms import PasswordForm, PersonForm
from portal.accounts.links.queries import open_link, open_links
from portal.accounts.links.rules import path_of
from portal.accounts.models import Link, Person
from portal.accounts.staff import operations as staff
from portal.accounts.staff import queries as staff_queries
from portal.audit.operations import record_read
from portal.policy import TEAM_FUNCTIONS
from portal.web import keeping
from portal.web.access import own_path, public, requires
from portal.web.cookies import keep
from portal.web.forms import whole_number
from portal.web.fragments import answer, onward, signed_out
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
    form = PasswordForm()
    if form.tries(lambda: operations.change_password(current_user, form.old.data, form.new.data, now=g.clock.now())):
        go_on(current_user._get_current_object())
        flash(_("Your new password is saved."))
        return onward("/")
    return answer("accounts/password.html", form=form, status=form.status)


@bp.get("/accounts")
@requires("accounts", "read")
def accounts() -> Any:
    without = sorted(set(TEAM_FUNCTIONS) - deputies().keys(), key=TEAM_FUNCTIONS.index)
    return answer(
        "accounts/accounts.html",
        people=list(queries.people()),
        links=open_links(g.clock.now()),
        missing=staff_queries.missing(),
        without=without,
        mails=g.settings.smtp is not None,
    )


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires("accounts", "change")
def new_account() -> Any:
    form = PersonForm()
    if form.accepts(lambda: staff.add(form.values, actor=current_user, now=g.clock.now())):
        person = queries.by_email(form.email.data)
        return onward(f"/accounts/{person.id}" if person else "/accounts")
    return answer("accounts/new_account.html", form=form, mails=g.settings.smtp is not None, status=form.status)


@bp.route("/accounts/<int:person_id>", methods=["GET", "POST"])
@requires("accounts", "change")
def account(person_id: int) -> Any:
    person = queries.existing(person_id)
    form, before, was = PersonForm(data=None if request.form else _shown(person)), set(person.functions), person.email
    if form.accepts(
        lambda: staff.change(
            person, form.values, version=whole_number(form.version.data), actor=current_user, now=g.clock.now()
        )
    ):
        if person.id == current_user.id and (before, was) != (set(person.functions), person.email):
            return _signed_out()
        flash(_("Saved."))
        return onward("/accounts" if before <= set(person.functions) else f"/accounts/{person.id}")
    form.compare(_shown(queries.existing(person_id)))
    return _account_page(form, queries.existing(person_id))


def _signed_out() -> Any:
    """Other functions or another address end every session, also that of the administrator who chose them."""
    gone = signed_out()
    flash(_("Saved. You are signed out by it. Sign in again."))
    return gone


def _account_page(form: PersonForm, person: Person) -> Any:
    link = open_link(person, g.clock.now())
    return answer(
        "accounts/account.html",
        form=form,
        person=person,
        link=link,
        address=_address_to_hand_over(link),
        handed=staff_queries.handed_over(person),
        status=form.status,
    )


def _address_to_hand_over(link: Link | None) -> str:
    """Where no mail goes out, the administrator hands the link over; that it was shown is in the trail."""
    if link is None or g.settings.smtp is not None:
        return ""
    record_read("account:link:read", f"person:{link.person_id}", reader_id=current_user.id, now=g.clock.now())
    return f"{g.address}{path_of(link.nonce, current_app.secret_key)}"


@bp.get("/accounts/invitations")
@requires("accounts", "change")
def invitations() -> Any:
    """All links to hand over, where no mail goes out."""
    shown = [(link, _address_to_hand_over(link)) for link in open_links(g.clock.now()).values()]
    return answer("accounts/invitations.html", shown=[pair for pair in shown if pair[1]])


def _shown(person: Person) -> dict[str, Any]:
    fields = ("name", "email", "phone", "functions", "language", "version")
    return {**{field: getattr(person, field) for field in fields}, "classes": ", ".join(person.classes)}


def _done(person: Person, act: Callable[..., Any], said: str) -> Any:
    keeping.once(lambda: act(person, actor=current_user, now=g.clock.now()))
    flash(said)
    return onward(f"/accounts/{person.id}")


@bp.post("/accounts/<int:person_id>/password")
@requires("accounts", "change")
def new_password(person_id: int) -> Any:
    said = _("The old password opens nothing any more. A link to choose a new one was made.")
    return _done(queries.existing(person_id), staff.lose_password, said)


@bp.post("/accounts/<int:person_id>/invite")
@requires("accounts", "change")
def invite(person_id: int) -> Any:
    said = _("A new link was made. The one before opens nothing any more.")
    return _done(queries.existing(person_id), staff.invite, said)


@bp.route("/accounts/<int:person_id>/leave", methods=["GET", "POST"])
@requires("accounts", "change")
def leave(person_id: int) -> Any:
    person = queries.existing(person_id)
    if request.method == "POST":
        return _done(person, staff.leave, _("The account is closed."))
    return onward(f"/accounts/{person.id}") if person.left_at else answer("accounts/leave.html", person=person)


@bp.post("/accounts/<int:person_id>/back")
@requires("accounts", "change")
def let_back(person_id: int) -> Any:
    said = _("The account is open again. This colleague is on no team yet.")
    return _done(queries.existing(person_id), staff.let_back, said)
