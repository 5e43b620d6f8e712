"""What somebody without an account types is not lost, and is sent once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, g

from portal import create_app
from portal.config import ROOT
from portal.drafts.models import SentForm
from portal.links.models import LinkDraft, LinkMessage
from portal.links.rules import MOST_DRAFTS
from portal.web.access import shared
from portal.web.forms import Form, LongTextField
from portal.web.fragments import answer, onward
from portal.web.templates import Loader
from tests.conftest import Worker
from tests.links.conftest import Lent
from tests.reading import Page
from tests.web.fields import IMAGERY

SAID = "De ouders zijn gebeld."
HERE = "/say#words"
PAGE = """{% extends "layouts/partner.html" %}{% from "components/forms.html" import csrf, field %}
{% block main %}<h1>Say</h1>
<form method="post" action="{{ g.at }}/say">{{ csrf() }}{{ field(form.words) }}</form>
{% endblock %}"""


class SayForm(Form):
    words = LongTextField("Words", required=True)


bp = Blueprint("shared_say", __name__, url_prefix="/p/<token>")


@bp.route("/say", methods=["GET", "POST"])
@shared("write")
def say() -> Any:
    form = SayForm()
    form.keep_draft(f"{g.at}/say")
    if form.accepts(lambda: LinkMessage.create(link=g.link, text=form.words.data, by_link=g.link, at=g.clock.now())):
        return onward(g.at)
    return answer("say.html", form=form, status=form.status)


@pytest.fixture
def speaking(app: Flask, worker: Worker, tmp_path: Path) -> Flask:
    """The application with one more page behind a link, on which something is said."""
    made = create_app(worker.app.extensions["settings"])
    made.register_blueprint(bp)
    made.extensions["clock"] = app.extensions["clock"]
    (tmp_path / "say.html").write_text(PAGE)
    made.jinja_env.loader = Loader([ROOT / "templates", tmp_path])
    return made


@pytest.fixture
def lent(lent: Lent, speaking: Flask) -> Lent:
    return replace(lent, app=speaking)


@pytest.fixture
def other(other: Lent, speaking: Flask) -> Lent:
    return replace(other, app=speaking)


def keep(browser: Any, lent: Lent, place: str = HERE, text: str = SAID) -> Any:
    return browser.post(f"{lent.path}/drafts", {"place": place, "text": text})


def typed(browser: Any, lent: Lent) -> str:
    return next(form.first("words") for form in Page(browser.get(f"{lent.path}/say")).forms if "words" in form.names)


def test_what_was_typed_comes_back_until_it_is_sent(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    assert keep(browser, lent).text.endswith("10:00")
    clock.advance(hours=1)  # The session has ended; the words have not.
    again = lent.visitor()
    assert typed(again, lent) == SAID
    assert "/drafts#" not in again.get(f"{lent.path}/say").text
    assert again.post(f"{lent.path}/say", {"words": SAID}).status_code == 303
    assert LinkDraft.select().count() == 0
    assert typed(again, lent) == ""


def test_a_draft_holds_nothing_of_the_address(lent: Lent) -> None:
    """Its token is nowhere in the database."""
    browser = lent.visitor()
    assert f'data-draft="{HERE}"' in browser.get(f"{lent.path}/say").text
    keep(browser, lent)
    assert LinkDraft.get().place == HERE


def test_a_draft_is_read_through_its_own_link_only(lent: Lent, other: Lent) -> None:
    keep(lent.visitor(), lent)
    assert typed(other.visitor(), other) == ""


def test_nothing_typed_nothing_kept(lent: Lent) -> None:
    browser = lent.visitor()
    keep(browser, lent)
    assert keep(browser, lent, text="").text == ""
    assert LinkDraft.select().count() == 0


def test_two_devices_of_one_person_write_in_one_draft(lent: Lent) -> None:
    first, second = lent.visitor(), lent.visitor()
    keep(first, lent, text="Een.")
    keep(second, lent, text="Twee.")
    assert typed(first, lent) == "Twee."


@pytest.mark.parametrize("place", ["/nothing#text", "/drafts/x#text", "#text", "/code#code", "https://x.example/say#a"])
def test_a_draft_is_kept_at_forms_of_the_link_only(lent: Lent, place: str) -> None:
    assert keep(lent.visitor(), lent, place=place).status_code in (404, 422)
    assert LinkDraft.select().count() == 0


def test_a_draft_holds_no_imagery(lent: Lent) -> None:
    """Product rule 1."""
    assert keep(lent.visitor(), lent, text=IMAGERY[0]).status_code == 422
    assert LinkDraft.select().count() == 0


def test_there_is_an_end_to_the_drafts_of_a_link(lent: Lent, clock: Any) -> None:
    browser = lent.visitor()
    for number in range(MOST_DRAFTS):
        LinkDraft.create(link=lent.link, place=f"/say#w{number}", text="x", saved_at=clock.now())
    assert keep(browser, lent).status_code == 422
    assert keep(browser, lent, place="/say#w1", text="y").status_code == 200


def test_without_the_code_nothing_is_kept(lent: Lent) -> None:
    assert keep(lent.door(), lent).status_code == 401
    assert LinkDraft.select().count() == 0


def test_a_form_that_is_sent_twice_makes_one_record(lent: Lent) -> None:
    """The answer was lost on the way, and the browser sent it again."""
    browser = lent.visitor()
    form = next(form for form in Page(browser.get(f"{lent.path}/say")).forms if "words" in form.names)
    sent = {"once": form.first("once"), "words": SAID}
    assert [browser.post(f"{lent.path}/say", sent).status_code for _time in range(2)] == [303, 303]
    assert LinkMessage.select().count() == 1
    assert SentForm.get().person_id == 0
    browser.post(f"{lent.path}/say", sent | {"words": "Nog iets."})
    assert LinkMessage.select().count() == 2


def test_the_key_of_a_form_is_worth_nothing_on_another_link(lent: Lent, other: Lent) -> None:
    sent = {"once": "a" * 32, "words": SAID}
    for one in (lent, other):
        one.visitor().post(f"{one.path}/say", sent)
    assert LinkMessage.select().count() == 2


def test_who_is_signed_in_as_well_speaks_as_the_visitor(lent: Lent, cast: Any, clock: Any) -> None:
    """A colleague of ours who tries the address of the other school keeps no draft of their own with it."""
    browser = lent.visitor()
    browser.sign_in(cast["coordinator"], clock.now())
    keep(browser, lent)
    assert typed(browser, lent) == SAID
    browser.post(f"{lent.path}/say", {"once": "a" * 32, "words": SAID})
    assert SentForm.get().person_id == 0
