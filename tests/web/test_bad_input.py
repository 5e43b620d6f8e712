"""Everything that can be typed wrong, in every field of every form: a message, nothing lost, nothing changed.

The fields are read from the pages themselves, so that a new one is tried without being named here.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from portal.accounts.throttle import rules as throttle
from portal.actions.models import Action
from portal.care.rest.models import Rest
from portal.incidents.models import Incident, Involved
from portal.web.errors import MOST_SHOWN
from tests.conftest import MONDAY, given_up
from tests.reading import SentForm
from tests.web.coming_in import came_in
from tests.web.fields import (
    FORMS,
    IMAGERY,
    LIVELY,
    NOTHING_TYPED,
    PARTNER,
    SCRIPT,
    SENT_OTHERWISE,
    Fields,
    fill,
    odd_values,
)
from tests.web.scene import Frozen, routes, written

FINE, REFUSED = {200, 303}, {404, 409, 422}
# Stored, but not on the page that follows or on the form itself.
NOT_SHOWN = {"classes", "told_note", "confidential"}
TYPED = ("text", "textarea", "email", "tel", "date", "datetime-local")
# Where something is seen online: the address of imagery may stand there, and is shown to who asks for it alone.
SEEN_AT = {("watch.new", "address"), ("watch.take_down", "address"), ("partners_asks.ask", "how")}
COUNTED = ("entry.login", "accounts.password")  # a wrong password is written down


class Attempt:
    """One form in the hands of one person, to be sent again and again with something odd in it."""

    def __init__(
        self, app: Any, browser: Any, endpoint: str, page: str, valid: dict[str, Any], place: Any, log: Any
    ) -> None:
        self.app, self.browser, self.page, self.endpoint, self.log = app, browser, page, endpoint, log
        self.shown = Fields(browser.get(page))
        self.form = self._find(self.shown)
        self.path = self.form.action or page
        self.valid = {name: value for name, value in self.form.data.items() if name != "csrf_token"} | valid
        self.frozen = Frozen(place)
        self.wrong: list[str] = []
        # The first refusal may write down that a page was read; after it, none writes anything.
        self.send("csrf_token", "")

    def _find(self, page: Fields) -> SentForm:
        for form in page.forms:
            with_ref = self.app.url_map.bind("localhost")
            try:
                found, _args = with_ref.match((form.action or self.page).partition("?")[0], method="POST")
            except HTTPException:
                continue
            if found == self.endpoint:
                return form
        raise AssertionError(f"no form for {self.endpoint} on {self.page}")

    def fields(self) -> list[tuple[str, str]]:
        names = sorted((self.form.names | set(self.valid)) - {"csrf_token"})
        names = [name for name in names if not name.startswith("people-1-")]  # like those of the first person
        return [(name, self.shown.kinds.get((id(self.form), name), "hidden")) for name in names]

    def send(self, name: str, value: Any, *, htmx: bool = False) -> tuple[Any, bool]:
        """Gives the answer and whether anything was written; puts back what was changed."""
        before = written()
        data = self.valid | {name: value}
        if value is None:
            del data[name]
        answer = self.browser.post(self.path, data, htmx=htmx)
        return answer, written() != before

    def thaw(self) -> None:
        self.frozen.thaw()
        if self.endpoint == "accounts.password":
            self.browser.come_back(MONDAY)  # with its new password the session got a new token

    def check(self, name: str, kind: str, value: Any, *, refuse: bool) -> None:
        answer, changed = self.send(name, value)
        text = answer.get_data(as_text=True)
        problems = []
        if answer.status_code not in FINE | REFUSED:
            problems.append("unexpected status")
        if answer.status_code in REFUSED and changed and self.endpoint not in COUNTED:
            problems.append("refused, but something changed")
        if refuse and answer.status_code in FINE:
            problems.append("accepted")
        if answer.status_code == 422:
            problems += self.refused_well(text, name, kind, value)
        if SCRIPT in text:
            problems.append("script in the page")
        if answer.status_code in FINE and value == LIVELY and kind in TYPED:
            problems += self.accepted_well(answer, name, value)
        if answer.status_code in FINE:
            self.thaw()
        self.wrong += [f"{self.path} {name}={value!r:.40}: {answer.status_code} {one}" for one in problems]

    def refused_well(self, text: str, name: str, kind: str, value: Any) -> list[str]:
        page, problems = Fields(text), []
        if "govuk-error-summary" not in text:
            problems.append("no summary")
        ids = set(page.ids)
        problems += [f"link to {href}" for href in page.summary if href.removeprefix("#") not in ids]
        if kind in TYPED:
            kept = self._find(page).first(name)
            if kept != value.strip():
                problems.append(f"typed text lost: {kept!r:.40}")
        return problems

    def accepted_well(self, answer: Any, name: str, value: str) -> list[str]:
        pages = [answer.get_data(as_text=True)]
        pages += [self.browser.get(path).get_data(as_text=True) for path in {answer.location or self.page, self.page}]
        pages.append(self.log())
        if any(SCRIPT in page for page in pages):
            return ["script in a page"]
        short = re.sub(r"^people-\d+-", "", name)
        shown = any(value in page.text or _typed(page, value) for page in map(Fields, pages))
        hidden = short in NOT_SHOWN or (self.endpoint, short) in SEEN_AT
        return [] if shown or hidden else ["accepted, but not shown back"]


def _typed(page: Fields, value: str) -> bool:
    return any(value in values for form in page.forms for values in form.data.values())


def known(here: Any, cast: dict[str, Any], endpoint: str, other: Incident | None) -> dict[str, Any]:
    return {
        **here.args(endpoint),
        "receipt": here.receipt.slug,
        "stranger": cast["stranger"].id,
        "counselor": cast["counselor"].id,
        "other": other.id if other else 0,
    }


@pytest.fixture
def unhurried() -> Iterator[None]:
    """Nobody is held up for typing wrong so often."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REFUSED_FROM", "REFUSED_FROM_IN_A_DAY", "BUSY_FROM"):
            patch.setattr(throttle, name, 1000)
        yield


@pytest.fixture
def attempt(app: Any, scene: Any, incident: Any, client: Any, cast: dict[str, Any], school: Any, unhurried: Any) -> Any:
    def make(endpoint: str) -> Attempt:
        shown, here = FORMS[endpoint], scene()
        other = incident(flags={"coercion": "yes"}) if endpoint == "desk.join" else None
        if endpoint == "incidents.reopen":
            Incident.update(state="ended").where(Incident.id == here.case.id).execute()
        if endpoint == "rest.new":
            Rest.delete().execute()  # one at a time
        values = known(here, cast, endpoint, other)
        coordinator, page = client("coordinator"), shown.page.format(**values)
        if endpoint == "people.merge":
            # A choice that is not there shows everybody: that reading is no change.
            coordinator.get(f"/incidents/{here.case.ref}/people")
        log = lambda: coordinator.get(f"/incidents/{here.case.ref}/log").get_data(as_text=True)  # noqa: E731
        browser = came_in(app, here.shared) if shown.role == PARTNER else client(shown.role)
        return Attempt(app, browser, endpoint, page, fill(shown.valid, values), school, log)

    return make


@pytest.mark.parametrize("endpoint", FORMS)
def test_every_field_takes_anything_calmly(attempt: Any, endpoint: str) -> None:
    trial = attempt(endpoint)
    assert trial.fields()
    # Else only refusals for another reason would be seen.
    answer, _changed = trial.send("go", trial.valid.get("go", "next"))
    assert answer.status_code in (FINE if endpoint != "entry.login" else {422}), answer.status_code
    trial.thaw()
    seen: Counter[str] = Counter()
    for name, kind in trial.fields():
        refused, others = odd_values(kind)
        # Everything on the first field of its kind; on the others imagery, and the rest in turn.
        if seen[kind]:
            turn = refused[seen[kind] % len(refused)] if refused else None
            refused = [value for value in refused if value in (turn, IMAGERY[0])]
        seen[kind] += 1
        if (endpoint, name) in SEEN_AT:
            refused, others = [value for value in refused if value != IMAGERY[1]], [*others, IMAGERY[1]]
        for value in refused:
            trial.check(name, kind, value, refuse=True)
        for value in others:
            trial.check(name, kind, value, refuse=False)
        answer, _changed = trial.send(name, None)
        if answer.status_code not in FINE | REFUSED:
            trial.wrong.append(f"{trial.path} without {name}: {answer.status_code}")
        if answer.status_code in FINE:
            trial.thaw()
    assert not trial.wrong, "\n".join(trial.wrong)


def test_every_form_there_is_was_tried(app: Any) -> None:
    posts = {rule.endpoint for rule, _access, method in routes(app) if method == "POST"}
    assert posts == set(FORMS) | NOTHING_TYPED | SENT_OTHERWISE


def test_rows_of_another_incident_are_no_choice(scene: Any, client: Any, cast: dict[str, Any]) -> None:
    """Numbers typed by hand: an action to wait for, a colleague who is not on the team, actions to hand over."""
    here, there, browser = scene(), scene(), client("coordinator")
    at, own = f"/incidents/{here.case.ref}/plan", here.actions["coordinator"]
    foreign = there.actions["coordinator"]
    planning = {"function": "", "assignee": "0", "after": "0", "version": "1"}
    for path, data in (
        (f"{at}/{own}/planning", {**planning, "after": str(foreign)}),
        (f"{at}/{own}/planning", {**planning, "assignee": str(cast["stranger"].id)}),
        (f"{at}/new", {"title": "Call", "after": str(foreign)}),
        (f"{at}/new", {"title": "Call", "assignee": str(there.extra.id)}),
        (f"{at}/hand-over", {"actions": str(foreign), "person": str(here.extra.id)}),
        (f"{at}/hand-over", {"actions": str(own), "person": str(there.extra.id)}),
        (f"/incidents/{here.case.ref}/team/add", {"member-person": str(cast["admin"].id), "member-function": "care"}),
        (f"/incidents/{here.case.ref}/team/keep-out", {"barred-person": str(cast["admin"].id)}),
    ):
        browser.get(path.removesuffix("/planning"))
        before = written()
        answer = browser.post(path, data)
        assert (answer.status_code, written() - before) == (422, 0), path
        assert "govuk-error-summary" in answer.get_data(as_text=True)
    assert not Action.select().where(Action.after == foreign).exists()


def test_one_foreign_action_among_own_ones_is_left_alone(scene: Any, client: Any) -> None:
    here, there = scene(), scene()
    both = [str(here.actions["care"]), str(there.actions["care"])]
    path = f"/incidents/{here.case.ref}/plan/hand-over"
    answer = client("coordinator").post(path, {"actions": both, "person": str(here.extra.id)})
    assert answer.status_code in (303, 422)
    assert not Action.select().where(Action.id == there.actions["care"], Action.assignee == here.extra).exists()


def test_thousands_of_texts_are_not_all_shown_again(client: Any) -> None:
    """Without signing in, a megabyte of them would make a page of six."""
    browser = client()
    with given_up():
        answer = browser.plain.post("/login", data="a=b%26&" * 20_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert answer.text.count("b&amp;") == MOST_SHOWN
    rows = {f"people-{row}-{name}": "Noor" for row in range(20) for name in ("name", "class_name", "contact")}
    assert browser.post("/login", {**rows, "csrf_token": ""}, token=False).text.count("Noor") == len(rows)


@pytest.mark.parametrize("path", ["/login", "/incidents/new/{slug}/what", "/incidents/{ref}/log", "/settings"])
@pytest.mark.parametrize("htmx", [False, True])
def test_more_than_a_megabyte_gets_a_page_of_its_own(scene: Any, client: Any, path: str, htmx: bool) -> None:
    here = scene()
    path = path.format(ref=here.case.ref, slug=here.draft.slug)
    browser, before = client("coordinator"), written()
    answer = browser.post(path, {"story": "x" * (1024 * 1024 + 1)}, htmx=htmx)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, written()) == (413, before)
    assert len(Fields(text).text) > 50
    assert ("<!doctype html>" in text) != htmx


@pytest.mark.parametrize(
    "body",
    [
        {"data": b"text=%ff%fe%00&kind=%c0%80", "content_type": "application/x-www-form-urlencoded"},
        {"data": b'{"text": "a"}', "content_type": "application/json"},
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"", "content_type": "multipart/form-data"},
        {
            "data": b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
            "content_type": "multipart/form-data; boundary=x",
        },
        {"data": b"&".join(b"a=1" for _ in range(3000)), "content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_body_that_no_browser_sends_is_refused(scene: Any, client: Any, body: dict[str, Any]) -> None:
    here, browser = scene(), client("coordinator")
    token = {"X-CSRFToken": browser.csrf_token()}
    browser.get(f"/incidents/{here.case.ref}/people/new")  # names people, which is written down
    before = written()
    answer = browser._send("POST", f"/incidents/{here.case.ref}/people/new", False, {**body, "headers": token})
    assert answer.status_code in (400, 413, 422)
    assert written() == before


@pytest.mark.parametrize("referrer", ["http://[", "//[", "\xff", "x" * 3000])
def test_an_address_that_is_none_is_no_error(client: Any, referrer: str) -> None:
    answer = client("coordinator").post("/account/password", {"old": ""}, headers={"Referer": referrer})
    assert answer.status_code == 422


def test_a_picture_sent_as_a_file_is_never_kept(scene: Any, client: Any) -> None:
    here, browser = scene(), client("coordinator")
    for field in ("text", "file"):
        data = {"kind": "talk", "text": "Said.", field: (io.BytesIO(b"\x89PNG\r\n\x1a\n" * 10), "a.png", "image/png")}
        answer = browser.post(f"/incidents/{here.case.ref}/log", data, content_type="multipart/form-data")
        assert answer.status_code in (303, 422)
    assert b"PNG" not in browser.get(f"/incidents/{here.case.ref}/log").data
    assert Involved.select().where(Involved.incident == here.case, Involved.part != "buddy").count() == 2
