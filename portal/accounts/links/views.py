"""The page behind a link, where somebody chooses a password; and asking for such a link."""

from typing import Any

from flask import Blueprint, current_app, flash, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.entry.operations import sign_out
from portal.accounts.entry.views import enter, visitor
from portal.accounts.links import operations, queries
from portal.accounts.links.forms import ChooseForm, ForgottenForm, SetUpForm
from portal.accounts.models import SETUP, Link, Person
from portal.errors import Missing
from portal.web.access import public
from portal.web.fragments import answer, onward
from portal.web.language import code

bp = Blueprint("links", __name__)


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> Any:
    """Looking changes nothing, for mail scanners look too."""
    link = queries.by_token(token, current_app.secret_key, g.clock.now())
    if link is None:
        return answer("accounts/link_over.html", status=404)
    form = SetUpForm() if link.kind == SETUP else ChooseForm()
    came: list[Person] = []
    try:
        # No transaction around it: a password is hashed slowly on purpose, and others wait to write.
        if form.tries(lambda: came.append(_use(link, form))):
            return _go_in(came[0])
    except Missing:
        return answer("accounts/link_over.html", status=404)
    return answer("accounts/welcome.html", form=form, link=link, status=form.status)


def _use(link: Link, form: Any) -> Person:
    now = g.clock.now()
    if link.kind != SETUP:
        return operations.use(link, form.new.data, visitor(), now=now)
    values = {"name": form.name.data, "email": form.email.data, "language": code()}
    return operations.set_up(link, values, form.new.data, visitor(), now=now)


def _go_in(person: Person) -> Any:
    if current_user.is_authenticated and current_user.id != person.id:
        sign_out(current_user, now=g.clock.now())
    enter(person)
    flash(_("Your password is saved, and you are signed in."))
    return onward("/")


@bp.route("/login/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> Any:
    """The same answer, after the same work, whether or not somebody has the address."""
    form = ForgottenForm() if g.settings.smtp is not None else None
    if form and form.accepts(lambda: operations.ask(form.email.data, code(), now=g.clock.now())):
        flash(_("If somebody has an account with this address, a mail with a link is on its way. Look in your mail."))
        return onward("/login")
    return answer("accounts/forgotten.html", form=form, status=form.status if form else 200)
