"""Signing in and out, and the box to sign in beside a form."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, after_this_request, flash, g, request, session
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from portal.accounts.devices import operations as devices
from portal.accounts.entry import operations
from portal.accounts.entry.forms import CodeForm, PasskeyProofForm, SignInForm
from portal.accounts.entry.rules import Visitor
from portal.accounts.factors import operations as factors
from portal.accounts.factors.queries import codes_left, has_factor
from portal.accounts.factors.rules import FEW_CODES
from portal.accounts.models import Person
from portal.accounts.passkeys import operations as passkeys
from portal.accounts.passkeys.queries import site
from portal.accounts.passkeys.rules import Site
from portal.errors import Invalid, TooOften
from portal.school.queries import school_name
from portal.web.access import needs_second_factor, own_path, public, requires
from portal.web.carrying import carried
from portal.web.cookies import keep, kept
from portal.web.errors import typed_texts
from portal.web.forms import whole_number
from portal.web.fragments import answer, answer_alike, onward, signed_out
from portal.web.proof import ProofForm

bp = Blueprint("entry", __name__)
DEVICE = "rustpunt-device"


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Any:
    if current_user.is_authenticated:
        return onward("/")
    onto = f"?{urlencode({'next': own_path(request.args['next'])})}" if "next" in request.args else ""
    if request.method != "POST":
        return answer_alike("accounts/login.html", school_name(), form=SignInForm, onto=onto)
    form = SignInForm()
    if form.tries(lambda: enter(_with_password(form))):
        return onward(own_path(request.args.get("next")))
    return answer("accounts/login.html", form=form, onto=onto, status=form.status)


def _with_password(form: SignInForm, only: int | None = None) -> Person:
    person = operations.sign_in(form.email.data, form.password.data, now=g.clock.now(), only=only, visitor=visitor())
    if person is None:
        raise Invalid("", _("This address and password do not belong together. Try again."))
    return person


def visitor() -> Visitor:
    """Where this request comes from. `PORTAL_TRUSTED_PROXIES` says which address that is."""
    return Visitor(request.remote_addr or "", request.user_agent.string, kept(DEVICE))


def go_on(person: Person) -> None:
    """This browser goes on with the person's token, and is known as a device of theirs."""
    login_user(person)
    marks = devices.remember(kept(DEVICE), person)
    after_this_request(lambda response: keep(response, DEVICE, marks))


def enter(person: Person, *, goes_on: bool = False) -> None:
    """A fresh cookie: nothing that was there before the sign-in lives on.

    Who `goes_on` on a page that is open keeps the reports that were begun there.
    """
    begun = session.get("begun") if goes_on and session.get("person") == person.id else None
    session.clear()
    # Made for the forms of the session before, if this request has forms.
    g.pop("csrf_token", None)
    go_on(person)
    # Known after the session has ended too: what was being sent then is sent for nobody else.
    session["person"] = person.id
    if begun:
        session["begun"] = begun


def stay() -> None:
    """This session was stepped up: the browser gets its new token."""
    session["_user_id"] = current_user.get_id()


def passkey_site() -> Site:
    """Where a passkey that this request brings counts."""
    return site(g.settings.base_url, request.host)


def with_passkey(sent: str, only: int | None = None) -> None:
    """Step this session up, or begin one, by what a passkey signed."""
    here, now = passkey_site(), g.clock.now()
    if current_user.is_authenticated:
        passkeys.step_up(current_user, sent, here, now=now)
        stay()
    else:
        enter(passkeys.sign_in(sent, here, visitor(), now=now, only=only), goes_on=only is not None)


def with_code(form: CodeForm) -> None:
    """Step this session up by a code; says so when few recovery codes are left. Too many wrong ones end it."""
    try:
        factors.show_code(current_user, form.code.data, now=g.clock.now())
    except TooOften:
        logout_user()
        raise
    stay()
    left = codes_left(current_user)
    if left <= FEW_CODES:
        few = ngettext("You have 1 recovery code left.", "You have %(num)s recovery codes left.", left)
        flash(f"{few} {_('Make new ones on the page of your second step.')}", "warning")


def _prove(only: int | None = None) -> ProofForm:
    """Let in who shows it, with what this request brings: a password, a code or a passkey. Gives the form."""
    if "credential" in request.form:
        passkey = PasskeyProofForm()
        passkey.tries(lambda: with_passkey(passkey.credential.data, only))
        return passkey
    if current_user.is_authenticated:
        code = CodeForm()
        code.tries(lambda: with_code(code))
        return code
    form = SignInForm()
    form.tries(lambda: enter(_with_password(form, only), goes_on=True))
    return form


def _asked(tried: ProofForm) -> ProofForm:
    """What is to be shown next: the form that was tried, when something is wrong with it, or an empty one."""
    wanted = CodeForm if current_user.is_authenticated else SignInForm
    return tried if isinstance(tried, wanted) else wanted(formdata=None)


@bp.route("/session", methods=["GET", "POST"])
@public
def here() -> Any:
    """Whether a form of the page that asks can be sent: a fresh token for it, or a box to sign in.

    `at` is where it goes; the box asks for the second factor too where that is needed.
    """
    owner, at = whole_number(request.values.get("person")), request.values.get("at", "")
    tried = _prove(owner) if request.method == "POST" else SignInForm(formdata=None)
    alive = current_user.is_authenticated and current_user.id == owner
    if alive and not current_user.must_change_password and not needs_second_factor(at):
        return "", 204, {"X-CSRFToken": generate_csrf()}
    form = _asked(tried)
    form.stand_beside("here")
    status = tried.status if tried.errors or tried.refused else 401
    values = {"form": form, "tried": tried, "owner": owner, "at": at, "alive": alive, "status": status}
    return answer("accounts/_here.html", **values, has_factor=alive and has_factor(current_user))


@bp.post("/login/again")
@public
def again() -> Any:
    """Sign in on the page that refused a form, and show the form again, ready to be sent."""
    refused = carried(request.form.get("carried", ""))
    if refused is None:
        return answer("accounts/again.html", form=None, refused=None, status=422)
    tried, typed = _prove(), typed_texts(refused.fields)
    alive = current_user.is_authenticated
    if alive and current_user.id != refused.whose:
        flash(_("You are signed in. What was typed before was of a colleague and was not sent."), "warning")
        return onward("/")
    if not alive or needs_second_factor(refused.path):
        values = {"form": _asked(tried), "tried": tried, "refused": refused, "typed": typed, "status": tried.status}
        return answer("accounts/again.html", **values, has_factor=alive and has_factor(current_user))
    return answer("accounts/send_now.html", refused=refused, typed=typed)


@bp.post("/logout")
@requires("account", "leave")
def logout() -> Any:
    operations.sign_out(current_user, now=g.clock.now())
    return signed_out()
