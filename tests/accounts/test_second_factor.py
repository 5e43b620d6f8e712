"""A password alone opens reporting and nothing else; what the second factor is, and how often it may be wrong."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from portal import demo, policy
from portal.accounts.factors import operations
from portal.accounts.factors.rules import as_recovery_code, closed_until, plain, recovery_codes, too_many
from portal.accounts.models import Failure, Passkey, RecoveryCode, SignIn, Totp
from portal.accounts.throttle import operations as throttle
from portal.audit.models import AuditEvent
from portal.drafts.models import Draft
from portal.errors import Invalid, TooOften
from portal.incidents.models import Entry
from portal.incidents.rules import flags as questions
from portal.notices.models import Mail
from portal.web.access import PUBLIC, SHARED
from tests.accounts.factors import code_at, give_app
from tests.conftest import MONDAY, Browser, at_once, given_up
from tests.reading import Page
from tests.web.scene import OTHER_PUPIL, PUPIL, routes, written

ASKED, SET_UP = "/login/second-factor", "/account/second-factor"
STORY = "Two pupils told me in the break."


def opened(browser: Browser) -> bool:
    return browser.get("/incidents").status_code == 200


# --- What a stolen password opens


@pytest.mark.parametrize("has", [True, False])
@pytest.mark.parametrize("function", ["coordinator", "leadership", "administrator", "reporter"])
def test_a_password_alone_opens_only_what_the_table_names(
    app: Any, scene: Any, password_only: Any, function: str, has: bool
) -> None:
    here, wrong, refused = scene(), [], 0
    if not has:
        Passkey.delete().execute()
        Totp.delete().execute()
    browser, page = password_only(function, app_set_up=has), ASKED if has else SET_UP
    for rule, access, method in routes(app):
        # Behind a shared link nobody's session counts.
        if (
            access is PUBLIC
            or access.part == SHARED
            or policy.goes(policy.WITHOUT_SECOND_FACTOR, access.part, access.verbs)
        ):
            continue
        path, data = here.path(rule, function), here.payload(rule.endpoint, function)
        for htmx in (False, True):
            before, refused = written(), refused + 1
            answer = browser.get(path, htmx=htmx) if method == "GET" else browser.post(path, data, htmx=htmx)
            asks = (
                answer.status_code == 401 and 'class="rp-card"' in answer.text
                if method == "POST"
                else (
                    answer.status_code == 401 and answer.headers["HX-Redirect"] == f"{page}?next={quote(path, '')}"
                    if htmx
                    else (answer.status_code, answer.location) == (303, f"{page}?next={quote(path, '')}")
                )
            )
            if not asks or written() != before:
                wrong.append(f"{method} {path} {htmx=}: {answer.status_code} {answer.headers.get('Location')}")
    assert not wrong, "\n".join(wrong)
    assert refused > 90


def test_what_a_password_alone_opens_is_a_short_list(app: Any) -> None:
    """Whoever adds a view to one of these parts reads this first: what was reported is not shown back by it."""
    open_to_all = {
        rule.endpoint
        for rule, access, _method in routes(app)
        if access is not PUBLIC and policy.goes(policy.WITHOUT_SECOND_FACTOR, access.part, access.verbs)
    }
    assert {name for name in open_to_all if not name.startswith("factors.")} == {
        *("report.start", "report.red_flags", "report.keep_out", "report.what"),
        *("receipts.receipts", "receipts.receipt", "receipts.add", "receipts.join", "drafts.keep", "entry.logout"),
    }


def begun(browser: Browser) -> str:
    """The address of a report whose first step was sent."""
    start = next(f for f in Page(browser.get("/incidents/new")).forms if f.action.startswith("/incidents/new/"))
    flags = dict.fromkeys(start.names - {"csrf_token"}, "no") | dict.fromkeys(questions(), "no")
    assert browser.post(start.action, {**flags, "go": "next"}).status_code == 303
    return start.action


def test_reporting_goes_with_a_password_alone(client: Any, cast: Any) -> None:
    browser = client()
    give_app(cast["teacher"])
    answer = browser.post("/login", {"email": "teacher@baken.example", "password": demo.PASSWORD})
    assert answer.location == "/"
    assert browser.get("/").location == f"{ASKED}?next=%2F"
    assert {"/incidents/new", "/receipts"} <= set(Page(browser.get(f"{ASKED}?next=%2F")).links)
    at = begun(browser)
    assert browser.get(f"{at}/keep-out").status_code == 200
    told = {"story": STORY, "go": "send", "people-0-part": "victim", "people-0-name": PUPIL, "people-0-school": "own"}
    sent = browser.post(f"{at}/what", told)
    assert sent.location.startswith("/receipts/")
    receipt = browser.get(sent.location)
    assert receipt.status_code == 200
    assert "M. de Wit" in receipt.text, "who was told"
    assert STORY not in receipt.text
    assert PUPIL not in receipt.text
    assert sent.location in Page(browser.get("/receipts")).links
    assert browser.post(f"{sent.location}/add", {"text": "One more thing."}).status_code == 303
    assert Entry.select().where(Entry.text == "One more thing.").exists()
    assert "One more thing." not in browser.get(sent.location).text
    somebody = {"join": cast["leadership"].id}
    assert browser.post(f"{sent.location}/join", somebody).status_code == 409, "somebody leads it already"
    later = client()
    later.post("/login", {"email": "teacher@baken.example", "password": demo.PASSWORD})
    assert later.post(f"{sent.location}/join", somebody).status_code == 401, "brings nobody onto what was reported"


@pytest.mark.parametrize("htmx", [False, True])
def test_the_receipt_of_before_says_that_it_arrived_and_no_word_of_it(
    scene: Any, password_only: Any, client: Any, htmx: bool
) -> None:
    here, browser = scene(), password_only("teacher")
    at = f"/receipts/{here.receipt.slug}"
    client("teacher").post(f"{at}/add", {"text": "An added word."})
    hidden = (STORY, PUPIL, OTHER_PUPIL, "An added word.", "Not sent yet.")
    text = browser.get(at, htmx=htmx).text
    assert not [word for word in hidden if word in text]
    assert "M. de Wit" in text
    if not htmx:
        assert here.case.code_name in text
        assert f"{ASKED}?next={at}" in Page(text).links
    assert not AuditEvent.select().where(AuditEvent.action == "incident:person:read").exists()
    for path, data in ((f"{at}/add", {"text": ""}), (f"{at}/join", {})):
        refused = browser.post(path, data, htmx=htmx)
        assert not [word for word in hidden if word in refused.text]
    assert STORY in client("teacher").get(at).text


def test_an_unfinished_report_of_before_is_neither_offered_nor_opened(scene: Any, password_only: Any) -> None:
    here, browser = scene(), password_only("teacher")
    at = f"/incidents/new/{here.draft.slug}"
    assert at not in browser.get("/incidents/new").text
    for path in (at, f"{at}/keep-out", f"{at}/what"):
        assert browser.get(path).location == f"{ASKED}?next={quote(path, '')}"
        before = written()
        refused = browser.post(path, {"go": "send", "story": "I heard it.", "staff": "no"})
        assert (refused.status_code, written()) == (401, before)
        assert ("I heard it." in refused.text) is True
    missing = "x" * len(here.draft.slug)
    assert browser.get(f"/incidents/new/{missing}/what").status_code == 404


def test_a_draft_of_another_session_is_not_shown_and_not_lost(scene: Any, password_only: Any, client: Any) -> None:
    here, browser = scene(), password_only("teacher")
    at, place = f"/receipts/{here.receipt.slug}", f"/receipts/{here.receipt.slug}/add#text"
    assert "Not sent yet." not in browser.get(at).text
    assert browser.post("/drafts", {"place": place, "text": "Typed now."}).status_code == 200
    assert Page(browser.get(at)).form("/add").first("text") == "Typed now."
    assert browser.post("/drafts", {"place": place, "text": "Typed now, and more."}).status_code == 200
    other = password_only("teacher")
    assert "Typed now" not in other.get(at).text
    other.post("/drafts", {"place": place, "text": ""})
    whole = client("teacher")
    assert {"Typed now, and more.", "Not sent yet."} <= {
        text for text in ("Typed now, and more.", "Not sent yet.") if text in whole.get("/drafts").text
    }
    assert browser.post(f"{at}/add", {"text": "Typed now, and more."}).status_code == 303
    assert [draft.text for draft in Draft.select()] == ["Not sent yet."]


def test_the_text_of_a_session_that_ended_goes_with_what_is_sent(scene: Any, password_only: Any) -> None:
    """Who signs in again beside the form and sends it has no draft of it left."""
    here, first = scene(), password_only("teacher")
    Draft.delete().execute()
    at, place = f"/receipts/{here.receipt.slug}", f"/receipts/{here.receipt.slug}/add#text"
    first.post("/drafts", {"place": place, "text": "The whole of it."})
    assert password_only("teacher").post(f"{at}/add", {"text": "The whole of it."}).status_code == 303
    assert Draft.select().count() == 0


def test_nobody_throws_drafts_away_with_a_password_alone(scene: Any, password_only: Any) -> None:
    here, browser = scene(), password_only("teacher")
    assert browser.post(f"/drafts/{here.typed}/throw-away").status_code == 401
    assert Draft.select().where(Draft.id == here.typed).exists()


def test_a_draft_of_an_incident_is_refused_so_that_the_page_asks(scene: Any, password_only: Any) -> None:
    here, browser = scene(), password_only("coordinator")
    sent = {"place": f"/incidents/{here.case.ref}/log#text", "text": "Typed."}
    assert browser.post("/drafts", sent).status_code == 401
    assert not Draft.select().where(Draft.text == "Typed.").exists()


# --- Showing it


def test_a_code_opens_everything_and_kills_a_copied_cookie(password_only: Any, client: Any, clock: Any) -> None:
    browser, copy = password_only("coordinator"), client()
    with given_up(), browser.plain.session_transaction() as there, copy.plain.session_transaction() as here:
        here.update(there)
    answer = browser.post(f"{ASKED}?next=/incidents", {"code": code_at(clock.now())})
    assert (answer.status_code, answer.location) == (303, "/incidents")
    assert opened(browser)
    assert copy.get("/incidents").location.startswith("/login?")
    assert SignIn.get().stepped_up_at == clock.now()
    assert AuditEvent.select().where(AuditEvent.action == "account:sign-in:step-up").count() == 1


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_after_the_code_nobody_is_sent_elsewhere(password_only: Any, clock: Any, elsewhere: str) -> None:
    answer = password_only("coordinator").post(ASKED, {"code": code_at(clock.now())}, query_string={"next": elsewhere})
    assert answer.location == "/"


@pytest.mark.parametrize(("step", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_around_now(password_only: Any, clock: Any, step: int, good: bool) -> None:
    browser = password_only("coordinator")
    answer = browser.post(ASKED, {"code": code_at(clock.now(), step)})
    assert answer.status_code == (303 if good else 422)
    assert opened(browser) is good


def test_a_code_is_accepted_once_and_none_of_before_it(password_only: Any, clock: Any) -> None:
    code, before = code_at(clock.now()), code_at(clock.now(), -1)
    assert password_only("coordinator").post(ASKED, {"code": f" {code[:3]} {code[3:]} "}).status_code == 303
    for old in (code, before):
        other = password_only("coordinator")
        assert other.post(ASKED, {"code": old}).status_code == 422
        assert not opened(other)
    assert password_only("coordinator").post(ASKED, {"code": code_at(clock.now(), 1)}).status_code == 303


def test_two_workers_do_not_both_accept_a_code(app: Any, school: Any, cast: Any, clock: Any, client: Any) -> None:
    person = give_app(cast["care"])
    right: list[bool] = []

    def show() -> None:
        right.append(operations._is_right(person, code_at(clock.now()), clock.now()))

    assert at_once(app, school, show) == []
    assert sorted(right) == [False, False, False, True]


def test_a_recovery_code_works_once_and_is_mailed(password_only: Any, cast: Any, client: Any, clock: Any) -> None:
    browser = password_only("coordinator")
    codes = operations._make_codes(cast["coordinator"])
    assert browser.post(ASKED, {"code": codes[0].upper().replace("0", "O").replace("-", " ")}).status_code == 303
    assert opened(browser)
    assert Mail.get(Mail.kind == "factor").person_id == cast["coordinator"].id
    assert password_only("coordinator").post(ASKED, {"code": codes[0]}).status_code == 422
    assert password_only("leadership").post(ASKED, {"code": codes[1]}).status_code == 422, "of a colleague"


def test_who_has_few_codes_left_is_told(password_only: Any, cast: Any) -> None:
    browser, codes = password_only("coordinator"), operations._make_codes(cast["coordinator"])
    RecoveryCode.update(used_at=MONDAY).where(RecoveryCode.id > RecoveryCode.select().first().id + 3).execute()
    browser.post(ASKED, {"code": codes[0]})
    assert "3" in Page(browser.get("/first-hour")).text
    assert "rp-note--warning" in browser.get(SET_UP).text


def test_codes_are_kept_as_hashes_of_80_bits() -> None:
    codes = recovery_codes()
    assert len(set(codes)) == 10
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4] * 4
        assert as_recovery_code(plain(code.upper())) == plain(code)


# --- How often it may be wrong


def wrong_codes(browser: Browser, number: int) -> Any:
    for _number in range(number):
        answer = browser.post(ASKED, {"code": "000000"})
    return answer


def test_the_fifth_wrong_code_ends_the_session_and_begins_a_wait(password_only: Any, clock: Any) -> None:
    browser = password_only("coordinator")
    assert wrong_codes(browser, 4).status_code == 422
    last = wrong_codes(browser, 1)
    assert (last.status_code, last.headers["Retry-After"]) == (429, "900")
    assert SignIn.select().count() == 0
    assert browser.get("/receipts").location.startswith("/login")
    # Also the right code, and also in a new session.
    clock.advance(minutes=14)
    assert password_only("coordinator").post(ASKED, {"code": code_at(clock.now())}).status_code == 429
    clock.advance(minutes=1)
    assert password_only("coordinator").post(ASKED, {"code": code_at(clock.now())}).status_code == 303
    assert Failure.select().count() == 0


def test_a_wait_is_of_one_account_only_and_of_recovery_codes_too(password_only: Any, cast: Any, clock: Any) -> None:
    wrong_codes(password_only("coordinator"), 5)
    codes = operations._make_codes(cast["coordinator"])
    assert password_only("coordinator").post(ASKED, {"code": codes[0]}).status_code == 429
    assert password_only("leadership").post(ASKED, {"code": code_at(clock.now())}).status_code == 303


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, None), (4, None), (5, 15), (9, 15), (10, 60), (14, 60), (15, 240), (20, 960)]
)
def test_waits_grow_during_a_day(failures: int, minutes: int | None) -> None:
    times = [MONDAY + timedelta(minutes=number) for number in range(failures)]
    until = closed_until(times)
    last = times[failures // 5 * 5 - 1] if failures >= 5 else MONDAY
    assert until == (minutes and last + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "one minute"), (900, "15 minutes"), (3600, "60"), (14400, "4 hours")]
)
def test_the_wait_is_told_in_words(seconds: int, said: str) -> None:
    assert said in str(too_many(seconds))


def test_tries_at_once_in_several_workers_are_all_counted(app: Any, school: Any, cast: Any, clock: Any) -> None:
    person = give_app(cast["care"])
    said: list[str] = []

    def guess() -> None:
        for _number in range(3):
            try:
                operations.show_code(person, "000000", now=clock.now())
            except (Invalid, TooOften) as error:
                said.append(type(error).__name__)

    assert at_once(app, school, guess) == []
    assert Failure.select().count() == 5
    assert said.count("Invalid") <= 4
    assert len(said) == 12


def test_after_too_many_wrong_codes_the_right_one_is_not_looked_at(cast: Any, clock: Any) -> None:
    person = give_app(cast["care"])
    for _number in range(5):
        throttle.reserve(("code", person.id), clock.now(), closed_until)
    with pytest.raises(TooOften):
        operations.show_code(person, code_at(clock.now()), now=clock.now())
    assert (Failure.select().count(), Totp.get().last_step) == (5, 0)


# --- A form that was sent without it

NOTE = {"kind": "talk", "text": "Said by the father."}


def test_a_form_waits_for_the_code_and_is_sent_with_one_button(incident: Any, password_only: Any, clock: Any) -> None:
    browser, at = password_only("coordinator"), f"/incidents/{incident().ref}/log"
    refused = browser.post(at, NOTE)
    assert refused.status_code == 401
    form = Page(refused).form("/login/again")
    wrong = browser.post("/login/again", form.with_(code="000000"), token=False)
    assert wrong.status_code == 422
    form = Page(wrong).form("/login/again")
    shown = browser.post("/login/again", form.with_(code=code_at(clock.now())), token=False)
    assert NOTE["text"] in Page(shown).text
    assert not Entry.select().where(Entry.text == NOTE["text"]).exists()
    assert browser.post(at, Page(shown).form(at).data, token=False).status_code == 303
    assert Entry.select().where(Entry.text == NOTE["text"]).count() == 1


def test_who_has_no_factor_sets_it_up_elsewhere_and_sends_the_form(
    incident: Any, password_only: Any, cast: Any, clock: Any
) -> None:
    browser, at = password_only("coordinator", app_set_up=False), f"/incidents/{incident().ref}/log"
    refused = browser.post(at, NOTE)
    assert SET_UP in Page(refused).links
    form = Page(refused).form("/login/again")
    assert Page(browser.post("/login/again", form.data, token=False)).form("/login/again").data["carried"]
    SignIn.update(stepped_up_at=clock.now()).execute()
    shown = browser.post("/login/again", form.data, token=False)
    assert browser.post(at, Page(shown).form(at).data, token=False).status_code == 303


def test_a_form_without_a_long_text_is_shown_back(password_only: Any, cast: Any, scene: Any) -> None:
    browser = password_only("administrator")
    refused = browser.post("/accounts/new", {"name": "Q. Nieuw", "email": "q@baken.example"})
    assert refused.status_code == 401
    assert "Q. Nieuw" in refused.text
    assert 'name="carried"' not in refused.text


def beside(browser: Browser, person: Any, at: str, **data: Any) -> Any:
    known = {"person": person.id, "at": at}
    return browser.post("/session", known | data) if data else browser.get("/session", query_string=known)


def test_the_box_asks_for_the_code_where_it_is_needed(incident: Any, password_only: Any, cast: Any, clock: Any) -> None:
    browser, person, at = password_only("coordinator"), cast["coordinator"], f"/incidents/{incident().ref}/log"
    assert beside(browser, person, "/incidents/new/x").status_code == 204
    assert beside(browser, person, "//[").status_code == 204
    asked = beside(browser, person, at)
    assert asked.status_code == 401
    form = Page(asked).form("/session")
    assert form.names >= {"code", "person", "at"}
    assert beside(browser, person, at, code="000000").status_code == 422
    done = beside(browser, person, at, code=code_at(clock.now()))
    assert (done.status_code, done.data) == (204, b"")
    assert browser.post(at, {**NOTE, "csrf_token": done.headers["X-CSRFToken"]}, token=False).status_code == 303


def test_the_box_asks_password_and_then_code(incident: Any, client: Any, cast: Any, clock: Any) -> None:
    browser, person, at = client("coordinator"), give_app(cast["coordinator"]), f"/incidents/{incident().ref}/log"
    browser.csrf_token()
    SignIn.delete().execute()
    right = {"email": "coordinator@baken.example", "password": demo.PASSWORD}
    step = beside(browser, person, at, **right)
    assert (step.status_code, "govuk-error-summary" in step.text) == (401, False)
    assert "code" in Page(step).form("/session").names
    assert beside(browser, person, at, code=code_at(clock.now())).status_code == 204
    assert opened(browser)


def test_too_many_wrong_codes_in_the_box_lead_back_to_the_password(
    incident: Any, password_only: Any, cast: Any
) -> None:
    browser, person, at = password_only("coordinator"), cast["coordinator"], f"/incidents/{incident().ref}/log"
    for _number in range(5):
        answer = beside(browser, person, at, code="000000")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "password" in Page(answer).form("/session").names


def test_who_signs_in_beside_a_report_goes_on_with_it(client: Any, password_only: Any, cast: Any) -> None:
    browser = password_only("teacher")
    at = begun(browser)
    SignIn.delete().execute()
    right = {"email": "teacher@baken.example", "password": demo.PASSWORD}
    assert beside(browser, cast["teacher"], f"{at}/what", **right).status_code == 204
    assert browser.post(f"{at}/what", {"go": "send", "story": STORY}).location.startswith("/receipts/")


def test_who_signs_in_on_the_sign_in_page_begins_anew(password_only: Any) -> None:
    browser = password_only("teacher")
    at = begun(browser)
    SignIn.delete().execute()
    browser.post("/login", {"email": "teacher@baken.example", "password": demo.PASSWORD})
    assert browser.get(f"{at}/what").location.startswith(ASKED)


def test_a_first_password_is_replaced_before_the_factor_is_asked(password_only: Any, cast: Any) -> None:
    browser, person = password_only("coordinator"), cast["coordinator"]
    type(person).update(must_change_password=True).where(type(person).id == person.id).execute()
    assert browser.get("/incidents").location == "/account/password"
    assert browser.get(SET_UP).location == "/account/password"
    new = {"old": demo.PASSWORD, "new": "a sentence that is new"}
    assert browser.post("/account/password", new).status_code == 303
    assert browser.get("/account/password").location == f"{ASKED}?next=%2Faccount%2Fpassword"
