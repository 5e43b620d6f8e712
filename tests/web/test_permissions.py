"""The table of functions, held against every route there is: made from the table and the routes themselves."""

import re
from typing import Any

import pytest

from portal.incidents.models import KeptOut, Membership
from portal.policy import INCIDENT_PARTS, SCHOOL_PARTS, TEAM_FUNCTIONS, incident_verbs, school_verbs
from portal.web.access import PUBLIC, Rule
from tests.web.scene import routes, written

SIGN_IN, MISSING, FORBIDDEN = {303, 401}, {404}, {403}
ALLOWED = {200, 303, 409, 422}
ROLES = (*TEAM_FUNCTIONS, "administrator", "reporter", "stranger", "kept-out", "nobody")
# Parts of the address of an incident and the part of the table they must ask for.
PARTS = {"people": "people", "log": "log", "team": "team", "plan": "plan", "audit": "trail"}
SCHOOL = {"accounts": "accounts", "settings": "settings", "receipts": "receipt", "account": "account", "audit": "audit"}
ALL_PARTS = {*INCIDENT_PARTS, *SCHOOL_PARTS, PUBLIC.part}
NARROWER = {
    "actions.wish": "wishes",
    "actions.note": "log",
    "absence.own": "absence",
    "absence.end_own": "absence",
    "trail.opened": "trail",
}


def expected(role: str, access: Rule, endpoint: str, method: str, *, on_team: bool) -> set[int]:
    """The statuses that the table allows, from the rule alone."""
    if (endpoint, method) == ("entry.here", "GET"):
        return {401}  # says whether the session lasts of the person who is named, and nobody is
    if access is PUBLIC:
        return ALLOWED
    if role == "nobody":
        return SIGN_IN
    if access.part not in INCIDENT_PARTS:
        verbs = school_verbs(access.part, [role])
        if role != "reporter" and (access.part == "receipt" or endpoint == "drafts.throw_away"):
            return MISSING
        if access.part == "absence" and role == "administrator":
            return MISSING  # there are no actions to stand in for
    else:
        verbs = incident_verbs(access.part, [role] if on_team and role in TEAM_FUNCTIONS else [])
    if not verbs:
        return MISSING
    if verbs.isdisjoint(access.verbs):
        return FORBIDDEN
    if (endpoint, method) == ("incidents.log", "POST") and "write" not in verbs:
        return FORBIDDEN  # entries on own actions are written at the action
    return ALLOWED


def walk(
    app: Any, browser: Any, scene: Any, role: str, frozen: Any, *, on_team: bool, parts: Any = ALL_PARTS
) -> list[str]:
    """Ask for everything; gives what was answered otherwise than the table says."""
    wrong, asked, snapshot = [], 0, frozen()
    for rule, access, method in routes(app):
        if rule.endpoint == "entry.logout" or access.part not in parts:
            continue
        path, data = scene.path(rule, role), scene.payload(rule.endpoint, role)
        want = expected(role, access, rule.endpoint, method, on_team=on_team)
        for htmx in (False, True):
            before, asked = written(), asked + 1
            answer = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
            changed = written() != before
            if answer.status_code not in want or (changed and want is not ALLOWED):
                wrong.append(f"{role} {method} {path} htmx={htmx}: {answer.status_code}, not {want}; {changed=}")
            if want is SIGN_IN and not _asks_to_sign_in(answer, htmx):
                wrong.append(f"{method} {path} htmx={htmx}: {answer.status_code} {answer.headers}")
            if changed and method == "POST":
                snapshot.thaw()
    assert asked > 50
    return wrong


def _asks_to_sign_in(answer: Any, htmx: bool) -> bool:
    if htmx:
        return answer.status_code == 401 and answer.headers["HX-Redirect"].startswith("/login?next=")
    return answer.status_code == 303 and answer.location.startswith("/login?next=")


@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_as_the_table_says(
    app: Any, scene: Any, client: Any, cast: dict[str, Any], frozen: Any, clock: Any, role: str
) -> None:
    here = scene()
    if role == "kept-out":
        # Both rows, as if one of them had been forgotten: being kept out is the stronger.
        KeptOut.create(incident=here.case, person=cast["care"], since=clock.now())
    browser = client({"kept-out": "care", "nobody": None}.get(role, role))
    assert walk(app, browser, here, role, frozen, on_team=role in TEAM_FUNCTIONS) == []


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
def test_no_function_opens_an_incident_without_its_team(
    app: Any, scene: Any, client: Any, frozen: Any, function: str
) -> None:
    assert (
        walk(app, client(function), scene(without=function), function, frozen, on_team=False, parts=INCIDENT_PARTS)
        == []
    )


def test_routes_ask_for_the_part_that_their_address_names(app: Any) -> None:
    for rule, access, method in routes(app):
        if "<ref>" not in rule.rule:
            top = rule.rule.strip("/").partition("/")[0]
            assert access.part == NARROWER.get(rule.endpoint, SCHOOL.get(top, access.part)), rule.rule
            assert (access.part == "report") == rule.rule.startswith("/incidents/new"), rule.rule
            continue
        first = rule.rule.removeprefix("/incidents/<ref>").strip("/").partition("/")[0]
        assert access.part == NARROWER.get(rule.endpoint, PARTS.get(first, "overview")), rule.rule
        if rule.methods.isdisjoint({"GET"}):
            assert not {"read", "read-own", "read-masked"} & set(access.verbs), f"{method} {rule.rule}"


def told(answer: Any, *hidden: str) -> tuple[int, str]:
    """Status and text without what belongs to the request itself."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True))
    for part in hidden:
        text = text.replace(part, "…")
    return answer.status_code, text


def test_a_foreign_incident_and_a_missing_one_cannot_be_told_apart(
    app: Any, scene: Any, client: Any, cast: dict[str, Any]
) -> None:
    here, browser = scene(without="coordinator"), client("coordinator")
    for rule, access, method in routes(app):
        if access.part not in INCIDENT_PARTS:
            continue
        data = here.payload(rule.endpoint)
        for htmx in (False, True):
            answers = []
            for ref in (here.case.ref, "2026-997"):
                path = here.path(rule, ref=ref)
                sent = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
                answers.append(told(sent, ref))
            assert answers[0] == answers[1], f"{method} {rule.rule}"
            assert answers[0][0] == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_receipt_of_somebody_else_and_a_missing_one_cannot_be_told_apart(
    scene: Any, client: Any, method: str
) -> None:
    here = scene()
    missing = "x" * len(here.receipt.slug)
    for function in ("coordinator", "stranger", "administrator"):
        browser = client(function)
        for ending in [""] if method == "GET" else ["/add", "/join"]:
            send = browser.get if method == "GET" else browser.post
            answers = [told(send(f"/receipts/{slug}{ending}"), slug) for slug in (here.receipt.slug, missing)]
            assert answers[0] == answers[1]
            assert answers[0][0] == 404


def test_rows_of_one_incident_are_not_there_under_the_address_of_another(app: Any, scene: Any, client: Any) -> None:
    """Also for who coordinates both: an id is only valid with its own incident."""
    here, there, browser = scene(), scene(), client("coordinator")
    tried = 0
    for rule, access, method in routes(app):
        if access.part not in INCIDENT_PARTS or rule.arguments <= {"ref", "key"}:
            continue
        path, data = there.path(rule, ref=here.case.ref), there.payload(rule.endpoint)
        assert here.case.ref != there.case.ref
        for htmx in (False, True):
            before, tried = written(), tried + 1
            answer = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
            assert (answer.status_code, written() - before) == (404, 0), f"{method} {path}"
    assert tried >= 20


@pytest.mark.parametrize("number", [0, 999999, 10**20])
def test_a_number_that_no_row_has_is_not_there(app: Any, scene: Any, client: Any, number: int) -> None:
    here = scene()
    for rule, _access, method in routes(app):
        numbers = {name: number for name in rule.arguments if name.endswith("_id")}
        if not numbers:
            continue
        browser = client("coordinator" if "ref" in rule.arguments else "administrator")
        path, data = here.path(rule, **numbers), here.payload(rule.endpoint)
        answer = browser.get(path) if method == "GET" else browser.post(path, data)
        assert answer.status_code == 404, f"{method} {path}"


def test_every_form_that_was_forged_is_refused(app: Any, scene: Any, client: Any) -> None:
    here, tried = scene(), 0
    for rule, access, method in routes(app):
        if method != "POST":
            continue
        person = "administrator" if access.part in ("accounts", "settings") else "coordinator"
        browser = client("reporter" if access.part in ("receipt", "report") else person)
        path, data = here.path(rule), here.payload(rule.endpoint)
        for token in ({}, {"csrf_token": "made-up"}, {"csrf_token": client().csrf_token()}):
            before, tried = written(), tried + 1
            answer = browser.post(path, {**data, **token}, token=False)
            assert (answer.status_code, written() - before) == (400, 0), path
    assert tried > 60


def test_an_administrator_sees_no_incident_even_with_a_place_on_its_team(
    scene: Any, client: Any, cast: dict[str, Any], clock: Any
) -> None:
    """Somebody on a team can become administrator later: then no incident is there any more."""
    here = scene()
    Membership.create(incident=here.case, person=cast["administrator"], function="coordinator", joined_at=clock.now())
    browser = client("administrator")
    assert browser.get(f"/incidents/{here.case.ref}").status_code == 404
    assert here.case.code_name not in browser.get("/incidents").get_data(as_text=True)
