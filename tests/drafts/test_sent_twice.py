"""A form that is sent twice, because its answer was lost, makes one record."""

from typing import Any

import pytest

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.drafts.models import SentForm
from portal.incidents import operations
from portal.incidents.models import Entry, Incident
from tests.reading import Page


def writes(browser: Any, case: Incident, text: str = "Called.") -> tuple[str, dict[str, Any]]:
    """The form of the logbook as it stands, filled in."""
    at = f"/incidents/{case.ref}/log"
    form = next(f for f in Page(browser.get(at)).forms if "text" in f.names)
    return at, form.with_(text=text)


def count(text: str = "Called.") -> int:
    return int(Entry.select().where(Entry.text == text).count())


def test_sent_twice_is_one_record(incident: Any, client: Any) -> None:
    browser, case = client("coordinator"), incident()
    at, form = writes(browser, case)
    answers = [browser.post(at, form) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, at)] * 2
    assert (count(), SentForm.select().count()) == (1, 1)
    # A page of its own is a form of its own.
    browser.post(*writes(browser, case))
    assert count() == 2


def test_changed_and_sent_again_nothing_is_lost(incident: Any, client: Any) -> None:
    browser, case = client("coordinator"), incident()
    at, form = writes(browser, case)
    browser.post(at, form)
    browser.post(at, {**form, "text": "Called twice."})
    assert (count(), count("Called twice.")) == (1, 1)


def test_the_key_of_a_record_that_was_rolled_back_is_free(incident: Any, client: Any, monkeypatch: Any) -> None:
    browser, case = client("coordinator"), incident()
    at, form = writes(browser, case)
    real = operations.record

    def fails(*args: Any, **kw: Any) -> None:
        real(*args, **kw)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(operations, "record", fails)
        assert browser.post(at, form).status_code == 500
    assert (count(), SentForm.select().count()) == (0, 0)
    assert browser.post(at, form).status_code == 303
    assert count() == 1


def test_a_refused_form_takes_no_key(incident: Any, client: Any) -> None:
    browser, case = client("coordinator"), incident()
    at, form = writes(browser, case, text="")
    assert browser.post(at, form).status_code == 422
    assert SentForm.select().count() == 0


def test_the_key_of_somebody_else_never_matches(incident: Any, client: Any) -> None:
    case = incident()
    at, form = writes(client("coordinator"), case)
    del form["csrf_token"]
    client("coordinator").post(at, form)
    client("leadership").post(at, form)
    assert count() == 2


@pytest.mark.parametrize("once", ["", "abc", "x" * 31, "x" * 5000, "☃" * 32])
def test_what_is_no_key_is_passed_over(incident: Any, client: Any, once: str) -> None:
    browser, case = client("coordinator"), incident()
    at, form = writes(browser, case)
    for _ in range(2):
        assert browser.post(at, {**form, "once": once}).status_code == 303
    assert (count(), SentForm.select().count()) == (2, 0)


def test_no_word_of_the_form_is_kept_with_its_key(incident: Any, client: Any) -> None:
    browser, case = client("coordinator"), incident()
    at, form = writes(browser, case)
    browser.post(at, form)
    assert form["once"][0] not in SentForm.get().key
    assert len(form["once"][0]) == 32


def test_an_account_that_is_sent_twice_leads_to_the_same_page(client: Any) -> None:
    browser = client("administrator")
    form = next(f for f in Page(browser.get("/accounts/new")).forms if "email" in f.names)
    filled = form.with_(name="Q. Nieuw", email="nieuw@baken.example")
    first, second = browser.post("/accounts/new", filled), browser.post("/accounts/new", filled)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert Person.select().where(Person.email == "nieuw@baken.example").count() == 1


def test_joining_and_ending_twice_lead_to_the_same_page(incident: Any, client: Any) -> None:
    browser, source, target = client("coordinator"), incident(), incident()
    at = f"/incidents/{source.ref}/join"
    form = next(f for f in Page(browser.get(at)).forms if "other" in f.names).with_(other=str(target.id))
    assert {browser.post(at, form).location for _ in range(2)} == {f"/incidents/{target.ref}"}
    at = f"/incidents/{target.ref}/end"
    form = next(f for f in Page(browser.get(at)).forms if "reason" in f.names).with_(reason="It was a drawing.")
    assert {browser.post(at, form).location for _ in range(2)} == {f"/incidents/{target.ref}"}
    assert Entry.select().where(Entry.text == "It was a drawing.").count() == 1


def test_handing_over_twice(incident: Any, client: Any, cast: Any) -> None:
    browser, case = client("coordinator"), incident()
    form = Page(browser.get(f"/incidents/{case.ref}/plan?show=hand-over")).form("/hand-over")
    actions = [str(a.id) for a in Action.select().where(Action.incident == case).limit(2)]
    filled = form.with_(actions=actions, person=str(cast["leadership"].id))
    at = f"/incidents/{case.ref}/plan/hand-over"
    assert [browser.post(at, filled).status_code for _ in range(2)] == [303, 303]
    assert Entry.select().where(Entry.event.startswith("Handed over")).count() == 1


def test_buttons_pressed_twice_answer_as_the_first_time(scene: Any, client: Any) -> None:
    here, browser = scene(), client("coordinator")
    team, plan = f"/incidents/{here.case.ref}/team", f"/incidents/{here.case.ref}/plan"
    drop = here.droppable["coordinator"]
    for page, path in (
        (team, f"{team}/{here.barred.id}/let-in"),
        (team, f"{team}/{here.extra.id}/remove"),
        (plan, f"{plan}/{drop}/drop"),
    ):
        form = Page(browser.get(page)).form(path)
        entries = Entry.select().count()
        answers = [browser.post(path, form.data) for _ in range(2)]
        assert [a.status_code for a in answers] == [303, 303], path
        assert Entry.select().count() > entries
        now = Entry.select().count()
        browser.post(path, form.data)
        assert Entry.select().count() == now
    admin = client("administrator")
    form = next(f for f in Page(admin.get("/settings")).forms if f.action.endswith("/remove"))
    assert [admin.post(form.action, form.data).status_code for _ in range(2)] == [303, 303]


# Sent the same way again, these set what is so: to keep somebody out, to answer a question. They must count again.
# What a passkey signs is accepted once by itself.
COUNT_AGAIN = (
    *("/unrest", "/team/keep-out", "/keep-out", "/login", "/logout", "/language", "/account/sessions/end"),
    *("/passkey", "/passkeys", "/account/password", "/code"),
)


def test_every_other_form_carries_a_key(app: Any, scene: Any, client: Any) -> None:
    from tests.web.scene import routes

    here, bare = scene(), set()
    for function in ("coordinator", "administrator", "reporter", None):
        browser = client(function)
        for rule, _access, method in routes(app):
            path = here.path(rule, function or "")
            answer = browser.get(path) if method == "GET" else None
            if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
                sent = [f for f in Page(answer).forms if "csrf_token" in f.names]
                bare |= {(f.action or path).partition("?")[0] for f in sent if "once" not in f.names}
    kinds = ("/incidents/new/", "/flags/", "/welcome/")
    assert {p for p in bare if not p.endswith(COUNT_AGAIN) and not any(kind in p for kind in kinds)} == set()


def test_keeping_out_counts_every_time(scene: Any, client: Any, cast: Any) -> None:
    here, browser = scene(), client("coordinator")
    at = f"/incidents/{here.case.ref}/team"
    form = Page(browser.get(at)).form("/keep-out").with_(**{"barred-person": str(cast["stranger"].id)})
    for _ in range(2):
        assert browser.post(f"{at}/keep-out", form).status_code == 303
        assert client("stranger").get(f"/incidents/{here.case.ref}").status_code == 404
        assert browser.post(f"{at}/{cast['stranger'].id}/let-in").status_code == 303
