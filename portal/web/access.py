"""Deny by default: every view says who may use it, and the guard asks before the view runs."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from portal import policy
from portal.web.carrying import carry
from portal.web.errors import error_page
from portal.web.fragments import fragment_due
from portal.web.limits import limited

View = TypeVar("View", bound=Callable[..., Any])


class Rule(NamedTuple):
    """A part of the table in `portal.policy` and the verbs of which one is enough."""

    part: str
    verbs: tuple[str, ...]


PUBLIC = Rule("public", ())
SHARED = "shared"  # what an outsider reaches through a link; the verb is an act of its kind
LONGEST_PATH = 2000  # characters of where somebody goes after signing in


def requires(part: str, *verbs: str) -> Callable[[View], View]:
    """Only for those whom the table grants one of the verbs on the part."""
    assert verbs
    assert part in policy.INCIDENT_PARTS or part in policy.SCHOOL_PARTS, part

    def mark(view: View) -> View:
        view.access = Rule(part, verbs)  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """For everybody, also without signing in."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def shared(act: str) -> Callable[[View], View]:
    """Only behind a shared link that was opened with its code, for kinds of outsiders that have this act."""

    def mark(view: View) -> View:
        view.access = Rule(SHARED, (act,))  # type: ignore[attr-defined]
        return view

    return mark


def own_path(path: str | None) -> str:
    """Where to go after signing in: a path of ours, else the start page.

    Also what only looks like a path once somebody on the way has decoded it is refused.
    """
    if not path or len(path) > LONGEST_PATH or not path.isprintable():
        return "/"
    for said in (path, unquote(path.partition("?")[0])):
        if not said.startswith("/") or said[1:2] in ("/", "\\") or any(ord(c) < 33 or c == "\\" for c in said):
            return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path


def lacks_second_factor(rule: Rule) -> bool:
    """Whether a view has to wait until the second factor was shown in this session."""
    if rule is PUBLIC or rule.part == SHARED or not limited():
        return False
    return not policy.goes(policy.WITHOUT_SECOND_FACTOR, rule.part, rule.verbs)


def needs_second_factor(address: str) -> bool:
    """The same for a form that is to be sent to an address of ours."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(address).path, method="POST")
    except (HTTPException, ValueError):
        return False
    return lacks_second_factor(access_of(current_app, endpoint))


def to_second_factor() -> Any:
    """The page that asks for the second factor, or where one is set up; back here afterwards.

    A form that was sent without it comes back with what was typed, as one does after the session has ended.
    """
    page = "/login/second-factor" if current_app.extensions["has_factor"](current_user) else "/account/second-factor"
    if request.method == "POST":
        carried = "" if fragment_due() or "person" not in session else carry()
        return error_page(401, about="step", step=page, carried=carried)
    return _instead(page + "?" + urlencode({"next": request.full_path.rstrip("?")}))


def to_sign_in() -> Any:
    """The sign-in page, and back here afterwards. A fragment cannot go there, so the browser is told to.

    A form that somebody was writing while the session ended comes back with what was typed. Its token was
    checked before this, so that a forged form is never carried over a sign-in.
    """
    if request.method == "POST" and "person" in session:
        return error_page(401, carried="" if fragment_due() else carry())
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return _instead("/login?" + urlencode({"next": here}))


def _instead(target: str) -> Any:
    if request.htmx:  # type: ignore[attr-defined]
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def init_access(
    app: Flask,
    find_incident: Callable[[Any, str], Any],
    has_factor: Callable[[Any], bool],
    enter_link: Callable[[dict[str, Any], str], Any],
) -> None:
    """Guard every request. `find_incident(person, ref)` gives (incident, Standing) or None.

    `has_factor(person)` tells whether somebody has set up a second factor. `enter_link(args, act)` lets an outsider
    pass with None, or answers instead.
    """
    app.extensions.update(find_incident=find_incident, has_factor=has_factor, enter_link=enter_link)
    app.before_request(guard)


def guard() -> Any:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static":
        return None
    rule: Rule = view.access
    if rule is PUBLIC:
        return None
    if rule.part == SHARED:
        return current_app.extensions["enter_link"](request.view_args or {}, rule.verbs[0])
    if not current_user.is_authenticated:
        return to_sign_in()
    if current_user.must_change_password:
        if not policy.goes(policy.WITH_FIRST_PASSWORD, rule.part, rule.verbs):
            return redirect("/account/password", 303)
    elif lacks_second_factor(rule):
        return to_second_factor()
    _check(rule, request.view_args or {})
    return None


def allowed_at(path: str) -> dict[str, Any]:
    """The arguments of one of our addresses to which this person may send a form; else 404 or 403.

    Asks what the guard asks there, and leaves the incident of that address in `g`.
    """
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        abort(404)
    rule = access_of(current_app, endpoint)
    if rule is PUBLIC or rule.part == SHARED:
        abort(404)
    if lacks_second_factor(rule):
        abort(401)
    g.pop("incident", None)
    args = dict(values)
    _check(rule, args)
    return args


def act_at(path: str) -> str:
    """The act of an outsider that a form sent to this address is; '' for what is none."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return ""
    rule = access_of(current_app, endpoint)
    return rule.verbs[0] if rule.part == SHARED else ""


def _check(rule: Rule, args: dict[str, Any]) -> None:
    granted = _granted(rule.part, args)
    if not granted:
        abort(404)
    if granted.isdisjoint(rule.verbs):
        abort(403)


def _granted(part: str, args: dict[str, Any]) -> frozenset[str]:
    if part in policy.SCHOOL_PARTS:
        return policy.school_verbs(part, current_user.functions)
    # Taken out, so that a view cannot look the incident up by itself, past the team.
    ref = args.pop("ref")
    found = current_app.extensions["find_incident"](current_user, ref)
    if found is None:
        abort(404)
    g.incident, g.standing = found
    return policy.incident_verbs(part, g.standing.functions)


def check_views(app: Flask) -> None:
    """Refuse to start with a view that does not say who may use it. Raises `RuntimeError`."""
    bare = [name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "access")]
    astray = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in bare and rule.endpoint != "static" and _astray(app, rule)
    ]
    if bare or astray:
        raise RuntimeError(f"views without a permission: {', '.join(bare + astray)}")


def access_of(app: Flask, endpoint: str) -> Rule:
    """Who may use a view."""
    view: Any = app.view_functions[endpoint]
    rule: Rule = view.access
    return rule


def _astray(app: Flask, rule: Any) -> bool:
    """Whether a route asks for a part of an incident but does not name the incident."""
    access = access_of(app, rule.endpoint)
    return access.part in policy.INCIDENT_PARTS and "ref" not in rule.arguments


def rules_of(app: Flask) -> Iterable[tuple[Any, Rule]]:
    """Every route with its rule: what the permission tests walk."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule, access_of(app, rule.endpoint)
