"""The table of functions, held against every route there is: made from the table and the routes themselves."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from portal import policy
from portal.incidents.models import KeptOut, Membership
from portal.policy import INCIDENT_PARTS, SCHOOL_PARTS, TEAM_FUNCTIONS, incident_verbs, school_verbs
from portal.web.access import PUBLIC, SHARED, Rule
from tests.conftest import Browser
from tests.web.scene import NOTED, OTHER_PUPIL, PUPIL, routes, written
from tests.web.schools import Visitor, second_school

SIGN_IN, MISSING, FORBIDDEN = {303, 401}, {404}, {403}
ALLOWED = {200, 303, 409, 422}
DOOR = {200, 303, 401}
ROLES = (*TEAM_FUNCTIONS, "administrator", "reporter", "stranger", "nobody")
# Parts of the address of an incident and the part of the table they must ask for.
PARTS = {"people": "people", "log": "log", "team": "team", "plan": "plan", "notes": "notes", "audit": "trail"}
PARTS |= {"sheet": "sheet"}
PARTS |= {"classes": "classes"}
PARTS |= {"conversations": "conversations"}
PARTS |= {"wishes": "wishes", "rest": "rest"}
PARTS |= {"buddies": "buddies"}
PARTS |= {"media": "media"}
PARTS |= {"letters": "letters", "statement": "statement"}
PARTS |= {"watch": "watch"}
PARTS |= {"links": "links"}
SCHOOL = {
    "accounts": "accounts",
    "settings": "settings",
    "receipts": "receipt",
    "account": "account",
    "emergency": "emergency",
    "audit": "audit",
    "sheets": "sheets",
}
ALL_PARTS = {*INCIDENT_PARTS, *SCHOOL_PARTS, PUBLIC.part, SHARED}
# Parts that lead to an incident: what there is to see changes with the team and with being kept out.
OF_INCIDENTS = {*INCIDENT_PARTS, "receipt"}
NARROWER = {
    "actions.wish": "wishes",
    "actions.note": "log",
    "absence.own": "absence",
    "absence.end_own": "absence",
    "trail.opened": "trail",
    "help.options": "help",
    "help.option": "help",
    "help.remove_option": "help",
}
NARROWER |= {
    f"factors.{name}": "factor"
    for name in ("own", "new_app", "app", "options_to_add", "add_passkey", "new_codes", "remove_app", "remove_passkey")
}


# Rows that the coordinator only reads.
CARED_FOR = {"note_id", "conversation_id", "offer_id"}


@dataclass(frozen=True)
class Visit:
    """Who asks: a role of the cast, and how they stand to the incident and to the portal."""

    role: str
    on_team: bool = True
    kept_out: bool = False
    stepped_up: bool = True

    def verbs(self, part: str) -> frozenset[str]:
        """What the table grants."""
        if part not in INCIDENT_PARTS:
            return school_verbs(part, [self.role])
        on_team = self.on_team and not self.kept_out and self.role in TEAM_FUNCTIONS
        return incident_verbs(part, [self.role] if on_team else [])


def expected(visit: Visit, access: Rule, rule: Any, method: str) -> set[int]:
    """The statuses that the table allows, from the rule alone."""
    endpoint = rule.endpoint
    if (endpoint, method) == ("entry.here", "GET"):
        return {401}  # says whether the session lasts of the person who is named, and nobody is
    if access is PUBLIC:
        return ALLOWED
    if access.part == SHARED:
        return DOOR  # without the code, whoever it is: tests/links/test_every_page.py looks what it says
    if visit.role == "nobody":
        return SIGN_IN
    if not visit.stepped_up and not _opened_by_password(access, rule):
        return SIGN_IN
    verbs = visit.verbs(access.part)
    if _one_receipt(access, rule) or endpoint == "drafts.throw_away":
        verbs = verbs if visit.role == "reporter" and not visit.kept_out else frozenset()
        if endpoint == "receipts.join" and verbs and not visit.stepped_up:
            return SIGN_IN  # that of the scene was reported elsewhere
    if access.part == "sheets" and visit.kept_out:
        return MISSING
    if access.part == "absence" and visit.role == "administrator":
        return MISSING  # there are no actions to stand in for
    if not verbs:
        return MISSING
    if verbs.isdisjoint(access.verbs):
        return FORBIDDEN
    if (endpoint, method) == ("incidents.log", "POST") and "write" not in verbs:
        return FORBIDDEN  # entries on own actions are written at the action
    if (endpoint, method) == ("help.offered", "POST") and verbs.isdisjoint({"change", "change-own"}):
        return FORBIDDEN
    return ALLOWED


def _one_receipt(access: Rule, rule: Any) -> bool:
    return access.part == "receipt" and "slug" in rule.arguments


def _opened_by_password(access: Rule, rule: Any) -> bool:
    """Whether the second factor is not asked for it."""
    if access.part == "report" and "slug" in rule.arguments:
        return False  # that of the scene was begun elsewhere, and what was reported is not shown back
    return policy.goes(policy.WITHOUT_SECOND_FACTOR, access.part, access.verbs)


def walk(
    app: Any,
    browser: Any,
    scene: Any,
    visit: Visit,
    frozen: Any = None,
    *,
    parts: Any = ALL_PARTS,
    signs_in: bool = True,
    secrets: tuple[str, ...] = (),
) -> list[str]:
    """Ask for everything; gives what was answered otherwise than the table says.

    `frozen` is needed by who may change something; `signs_in` is whether who is refused is led to the sign-in page;
    no answer may hold one of the `secrets`.
    """
    wrong, asked, snapshot = [], 0, frozen and frozen()
    for rule, access, method in routes(app):
        all_sessions = (visit.role, rule.rule, method) == ("leadership", "/emergency", "POST")
        if all_sessions or rule.endpoint == "entry.logout" or access.part not in parts:
            continue
        path, data = scene.path(rule, visit.role), scene.payload(rule.endpoint, visit.role)
        want = expected(visit, access, rule, method)
        for htmx in (False, True):
            before, asked = written(), asked + 1
            answer = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
            changed = written() != before
            if answer.status_code not in want or (changed and want is not ALLOWED):
                wrong.append(f"{visit} {method} {path} htmx={htmx}: {answer.status_code}, not {want}; {changed=}")
            if secrets and any(word in answer.get_data(as_text=True).replace(path, "") for word in secrets):
                wrong.append(f"{visit} {method} {path} htmx={htmx}: words of the incident")
            if want is SIGN_IN and signs_in and not _asks_to_sign_in(answer, htmx):
                wrong.append(f"{method} {path} htmx={htmx}: {answer.status_code} {answer.headers}")
            if changed and method == "POST" and snapshot:
                snapshot.thaw()
    assert asked > 50
    return wrong


def _asks_to_sign_in(answer: Any, htmx: bool) -> bool:
    if htmx:
        return answer.status_code == 401 and answer.headers["HX-Redirect"].startswith("/login?next=")
    return answer.status_code == 303 and answer.location.startswith("/login?next=")


@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_as_the_table_says(app: Any, scene: Any, client: Any, frozen: Any, role: str) -> None:
    browser = client(None if role == "nobody" else role)
    assert walk(app, browser, scene(), Visit(role), frozen) == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "nobody"])
def test_without_the_second_factor_only_reporting_is_open(
    app: Any, scene: Any, cast: Any, clock: Any, frozen: Any, role: str
) -> None:
    browser = Browser(app)
    browser.sign_in(cast[role], clock.now(), stepped_up=False)
    assert walk(app, browser, scene(), Visit(role, stepped_up=False), frozen, signs_in=False) == []


def test_at_another_school_nothing_of_this_one_is_there(
    app: Any, scene: Any, worker: Any, cast: Any, clock: Any
) -> None:
    """The same people with the same addresses and passwords, signed in there: none of these rows is theirs."""
    here = scene()
    secrets = (here.case.code_name, here.case.ref, PUPIL, OTHER_PUPIL, NOTED, "Written by", "Two pupils told me")
    with second_school(worker) as there:
        for role in (*TEAM_FUNCTIONS, "administrator", "reporter"):
            browser = Visitor(app, there).enter(cast[role].email, clock.now())
            visit = Visit(role, on_team=False, kept_out=True)
            parts = {*OF_INCIDENTS, "desk", "drafts"}
            assert walk(app, browser, here, visit, parts=parts, secrets=secrets) == []


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_the_cookie_of_one_school_opens_nothing_at_another(
    app: Any, scene: Any, worker: Any, cast: Any, clock: Any, role: str
) -> None:
    here = scene()
    with second_school(worker) as there:
        at_home = Visitor(app, worker.place).enter(cast[role].email, clock.now())
        assert at_home.get("/accounts" if role == "administrator" else f"/incidents/{here.case.ref}").status_code == 200
        stranger = Visitor(app, there).bring_cookie(at_home)
        closed = ALL_PARTS - {PUBLIC.part, SHARED}
        assert walk(app, stranger, here, Visit("nobody"), signs_in=False, parts=closed) == []
        # Nor does a link of the one.
        assert stranger.get(f"/welcome/{here.token}").status_code == 404
        # And a school that is none has no page at all.
        assert stranger.get("/login", base_url="http://none.localhost").status_code == 404


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


def told(answer: Any, *hidden: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers without what belongs to the request itself."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True))
    for part in hidden:
        text = text.replace(part, "…")
    heads = {name: "" if name in ("Set-Cookie", "X-CSRFToken") else value for name, value in answer.headers}
    return answer.status_code, text, heads


@pytest.mark.parametrize("how", ["not on the team", "kept out"])
def test_a_foreign_incident_and_a_missing_one_cannot_be_told_apart(
    app: Any, scene: Any, client: Any, cast: dict[str, Any], clock: Any, how: str
) -> None:
    """In every function: neither opens it without its team, and being kept out is stronger than a place on it."""
    here = scene()
    for role in (*TEAM_FUNCTIONS, "reporter"):
        if how == "kept out":
            # Both rows, as if one of them had been forgotten.
            KeptOut.create(incident=here.case, person=cast[role], since=clock.now())
        else:
            # Without the operation, so that rows that are their own are still there to be asked for.
            Membership.delete().where(Membership.person == cast[role]).execute()
        browser, missing = client(role), {"ref": "2026-997", "slug": "x" * len(here.receipt.slug)}
        for rule, access, method in routes(app):
            own_receipt = role == "reporter" and how != "kept out"
            if access.part not in INCIDENT_PARTS and (own_receipt or not _one_receipt(access, rule)):
                continue
            data = here.payload(rule.endpoint, role)
            for htmx in (False, True):
                answers, before = [], written()
                for path in (here.path(rule, role), here.path(rule, role, **missing)):
                    sent = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
                    answers.append(told(sent, here.case.ref, here.receipt.slug, *missing.values()))
                assert answers[0] == answers[1], f"{role} {method} {rule.rule}"
                assert (answers[0][0], written() - before) == (404, 0), f"{role} {method} {rule.rule}"


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
    """Also for who is on both teams: an id is only valid with its own incident."""
    here, there = scene(), scene()
    for function in TEAM_FUNCTIONS:
        browser, tried = client(function), 0
        for rule, access, method in routes(app):
            if access.part not in INCIDENT_PARTS or rule.arguments <= {"ref", "key", "kind"}:
                continue
            path = there.path(rule, function, ref=here.case.ref)
            data = there.payload(rule.endpoint, function)
            allowed = expected(Visit(function), access, rule, method)
            want = MISSING if allowed is ALLOWED else allowed
            for htmx in (False, True):
                before, tried = written(), tried + 1
                answer = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
                assert (answer.status_code in want, written() - before) == (True, 0), f"{method} {path}"
        assert tried >= 20


@pytest.mark.parametrize("number", [0, 999999, 10**20])
def test_a_number_that_no_row_has_is_not_there(app: Any, scene: Any, client: Any, number: int) -> None:
    here = scene()
    for rule, access, method in routes(app):
        numbers = {name: number for name in rule.arguments if name.endswith("_id")}
        if not numbers or access.part == SHARED:  # those behind a link: tests/links/test_every_page.py
            continue
        able = [one for one in TEAM_FUNCTIONS if not Visit(one).verbs(access.part).isdisjoint(access.verbs)]
        browser = client(able[0] if "ref" in rule.arguments else "administrator")
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
