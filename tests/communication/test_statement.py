"""The statement through HTTP: from nothing to online, with two pairs of eyes."""

from collections.abc import Callable

import pytest

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.communication.check import rules as check_rules
from portal.communication.documents import queries
from portal.communication.documents.models import Document, DocumentAct, DocumentVersion
from portal.communication.statement import rules
from portal.incidents.models import Entry, Incident
from portal.notices.models import Mail
from tests.communication.conftest import CLEAN, at, meant, now_of, typed
from tests.conftest import Browser, FixedClock

By = Callable[[str], Browser]


def acts(case: Incident) -> list[tuple[int, str]]:
    rows = DocumentAct.select().where(DocumentAct.document == now_of(case)).order_by(DocumentAct.id)
    return [(one.number, one.act) for one in rows]


def test_from_nothing_to_online_in_three_pages_and_two_people(case: Incident, by: By) -> None:
    begin = by("communication").get(at(case)).text
    assert 'value="class" checked' in begin.replace("\n", "").replace("  ", ""), "what is known says which situation"
    editor = by("communication").get(at(case, "/write?situation=class")).text
    example = rules.situations()["class"].examples["nl"]
    assert example["think"] in editor
    sent = {f"nl-{part}": text.replace("{contact}", "Bel de school.") for part, text in example.items()}
    answer = by("communication").post(at(case, "/write"), {**sent, "version": 0, "situation": "class", "go": "ask"})
    assert answer.status_code == 303
    answer = by("leadership").post(at(case, "/approve"), meant(case, go="publish"))
    assert answer.status_code == 303
    assert now_of(case).state == "published"
    assert now_of(case).online == 1
    assert not now_of(case).indexed
    shown = by("communication").get(at(case)).text
    assert f"http://localhost:8000/statements/{now_of(case).slug}" in shown
    assert acts(case) == [(1, "ask"), (1, "approve"), (1, "publish")]


def test_publishing_ticks_off_the_step_when_that_was_asked(asked: Incident, by: By) -> None:
    by("leadership").post(at(asked, "/approve"), meant(asked, go="approve"))
    assert now_of(asked).state == "approved"
    assert by("communication").post(at(asked, "/publish"), meant(asked, number=1, ticked="y")).status_code == 303
    assert Action.get(Action.incident == asked, Action.step == "statement").state == "done"


def test_the_steps_that_leadership_may_not_tick_off_are_offered_to_whose_they_are(online: Incident, by: By) -> None:
    """Leadership changes own actions only, and publishes all the same: communication ticks them off with one button."""

    def state(step: str) -> str:
        return str(Action.get(Action.incident == online, Action.step == step).state)

    assert state("statement") == "todo"
    assert at(online, "/steps") not in by("leadership").get(at(online)).text
    assert by("leadership").post(at(online, "/steps"), {"steps": "statement"}).status_code == 422
    assert at(online, "/steps") in by("communication").get(at(online)).text
    assert by("communication").post(at(online, "/steps"), {}).status_code == 422
    both = {"steps": ["statement", "follow-statement"]}
    assert by("communication").post(at(online, "/steps"), both).status_code == 303
    assert (state("statement"), state("follow-statement")) == ("done", "done")
    assert at(online, "/steps") not in by("communication").get(at(online)).text


def test_rule_7_who_wrote_it_cannot_approve_it(asked: Incident, by: By, cast: dict[str, Person]) -> None:
    DocumentVersion.update(made_by=cast["leadership"]).execute()
    assert "/statement/approve" not in by("leadership").get(at(asked)).text
    assert by("leadership").post(at(asked, "/approve"), meant(asked, go="publish")).status_code == 409
    assert now_of(asked).state == "waiting"


def test_a_change_after_approval_asks_for_approval_again(asked: Incident, by: By) -> None:
    by("leadership").post(at(asked, "/approve"), meant(asked, go="approve"))
    version = now_of(asked).version
    by("communication").post(at(asked, "/write"), typed(version=version, nl_why="Another reason."))
    assert now_of(asked).state == "draft"
    assert by("communication").post(at(asked, "/publish"), meant(asked, number=1)).status_code == 409
    assert now_of(asked).online is None


def test_an_older_version_stays_online_while_a_newer_one_is_written(online: Incident, by: By) -> None:
    by("communication").post(
        at(online, "/write"), typed(version=now_of(online).version, nl_why="More is known.", go="ask")
    )
    document = now_of(online)
    assert (document.state, document.online) == ("waiting", 1)
    page = by("leadership").get(at(online)).text
    assert "<ins>" in page
    assert "More is known." in page.replace("<ins>", "").replace("</ins>", "")
    by("leadership").post(at(online, "/approve"), meant(online, go="publish"))
    assert now_of(online).online == 2
    first = queries.version_of(document, 1)
    assert first is not None, "rule 10: what was published is kept"
    assert first.texts["nl"]["why"] == CLEAN["why"]


def test_sent_back_with_a_remark_that_the_author_reads(asked: Incident, by: By) -> None:
    said = meant(asked, words="The third part is too long.")
    assert by("leadership").post(at(asked, "/send-back"), said).status_code == 303
    assert now_of(asked).state == "draft"
    assert "The third part is too long." in by("communication").get(at(asked, "/write")).text
    again = typed(version=now_of(asked).version, go="ask", nl_do="Shorter.")
    assert by("communication").post(at(asked, "/write"), again).status_code == 303


def test_rule_6_a_remark_names_nobody(asked: Incident, by: By) -> None:
    answer = by("leadership").post(at(asked, "/send-back"), meant(asked, words="Everybody knows it is about Noor."))
    assert answer.status_code == 422
    assert now_of(asked).state == "waiting"


def test_withdrawn_with_a_reason_and_published_again(online: Incident, by: By) -> None:
    assert by("communication").post(at(online, "/withdraw"), meant(online, words="Wrong.")).status_code == 403
    assert by("leadership").post(at(online, "/withdraw"), meant(online)).status_code == 422, "a reason is asked"
    assert by("leadership").post(at(online, "/withdraw"), meant(online, words="It was not so.")).status_code == 303
    assert (now_of(online).state, now_of(online).online) == ("withdrawn", None)
    assert "It was not so." in by("care").get(at(online)).text
    assert by("leadership").post(at(online, "/publish"), meant(online)).status_code == 303
    assert now_of(online).online == 1


def test_the_buttons_bring_it_online_and_take_it_off(online: Incident, by: By) -> None:
    """Not only the row says so: what parents read is written before the answer."""
    address = f"/statements/{now_of(online).slug}"
    assert by("stranger").get(address).status_code == 200
    by("leadership").post(at(online, "/withdraw"), meant(online, number=1, words="It was not right."))
    assert by("stranger").get(address).status_code == 410


def test_a_hard_finding_keeps_it_inside_and_loses_nothing_typed(case: Incident, by: By) -> None:
    answer = by("communication").post(at(case, "/write"), typed(nl_going="It is about Noor V.", go="ask"))
    assert answer.status_code == 409
    assert "It is about Noor V." in answer.text
    assert queries.of(case) is None, "neither kept as a version nor asked for"
    assert by("communication").post(at(case, "/write"), typed(nl_going="It is about Noor V.")).status_code == 303
    assert now_of(case).state == "draft", "as a draft it can be kept"


def test_somebody_who_was_added_after_approval_keeps_it_inside(
    asked: Incident, by: By, clock: FixedClock, cast: dict[str, Person]
) -> None:
    again = typed(version=now_of(asked).version, go="ask", nl_why="As Xanthippe said in the assembly.")
    by("communication").post(at(asked, "/write"), again)
    by("leadership").post(at(asked, "/approve"), meant(asked, go="approve"))
    by("coordinator").post(
        f"/incidents/{asked.ref}/people/new", {"part": "bystander", "name": "Xanthippe Quast", "school": "own"}
    )
    answer = by("communication").post(at(asked, "/publish"), meant(asked, number=2))
    assert answer.status_code == 409
    assert now_of(asked).online is None


def test_a_part_that_is_missing_is_said_beside_it(case: Incident, by: By) -> None:
    answer = by("communication").post(at(case, "/write"), typed(nl_contact="", go="ask"))
    assert answer.status_code == 422
    assert 'id="nl-contact-error"' in answer.text
    answer = by("communication").post(at(case, "/write"), typed(en_going="Something.", go="ask"))
    assert 'id="en-think-error"' in answer.text


def test_choosing_a_situation_fills_empty_parts_only(case: Incident, by: By) -> None:
    sent = {"nl-going": "My own words.", "situation": "public", "version": 0, "go": "fill-nl"}
    page = by("communication").post(at(case, "/write"), sent)
    assert page.status_code == 200
    assert "My own words." in page.text
    assert rules.situations()["public"].examples["nl"]["why"] in page.text
    assert rules.situations()["public"].examples["nl"]["going"] not in page.text
    assert rules.situations()["public"].examples["en"]["why"] not in page.text
    page = by("communication").post(at(case, "/write"), sent | {"go": "fill-en"})
    assert rules.situations()["public"].examples["en"]["why"] in page.text
    assert Document.select().count() == 0, "nothing is kept by looking"


def test_the_check_answers_while_typing(case: Incident, by: By) -> None:
    sent = typed(nl_going="Everybody talks about Noor.")
    part = by("communication").post(at(case, "/check"), sent, htmx=True).text
    assert part.lstrip().startswith("<div")
    assert 'id="statement-check"' in part
    assert 'id="findings"' in part
    assert "<html" not in part
    assert Document.select().count() == 0
    whole = by("communication").post(at(case, "/write"), sent | {"go": "check"}).text
    assert "Everybody talks about Noor." in whole, "the same without scripts"
    assert by("leadership").post(at(case, "/check"), sent).status_code == 403


def test_a_check_that_has_stopped_says_so_and_stops_nothing_else(
    case: Incident, by: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After very many names the check is quiet; that it found nothing is then never said."""
    monkeypatch.setattr(check_rules, "MOST_SHOWN", 0)
    sent = typed(nl_going="Everybody talks about Noor.")
    for answer in (
        by("communication").post(at(case, "/check"), sent, htmx=True),
        by("communication").post(at(case, "/write"), sent | {"go": "check"}),
    ):
        assert answer.status_code == 200
        assert '<p class="rp-note" role="status">' in answer.text
        assert "rp-findings__none" not in answer.text
        assert "Everybody talks about Noor." in answer.text
    refused = by("communication").post(at(case, "/write"), sent | {"go": "ask"})
    assert (refused.status_code, Document.select().count()) == (429, 0)
    assert by("coordinator").post(at(case, "/write"), typed(go="ask")).status_code == 303
    assert by("leadership").post(at(case, "/approve"), meant(case, go="approve")).status_code == 303
    assert by("communication").get(at(case)).status_code == 200


def test_two_who_begin_at_once_lose_nothing(case: Incident, by: By) -> None:
    by("communication").post(at(case, "/write"), typed(nl_why="The first."))
    answer = by("coordinator").post(at(case, "/write"), typed(nl_why="The second."))
    assert answer.status_code == 409
    assert "The first." in answer.text
    assert "The second." in answer.text
    assert DocumentVersion.select().count() == 1


def test_who_looked_at_an_older_text_approves_nothing(asked: Incident, by: By) -> None:
    looked_at = meant(asked, go="publish")
    by("communication").post(
        at(asked, "/write"), typed(version=now_of(asked).version, nl_why="Changed meanwhile.", go="ask")
    )
    answer = by("leadership").post(at(asked, "/approve"), looked_at)
    assert answer.status_code == 409
    assert "Changed meanwhile." in answer.text, "and reads what it says now"
    assert acts(asked) == [(1, "ask"), (2, "ask")]


@pytest.mark.usefixtures("school")
def test_mail_about_it_holds_nothing_of_it(asked: Incident, by: By, cast: dict[str, Person]) -> None:
    mails = Mail.select().where(Mail.kind == "document")
    assert {one.person_id for one in mails} == {cast["leadership"].id}
    assert not any(text in str(one.__data__) for one in mails for text in (*CLEAN.values(), asked.code_name))
    by("leadership").post(at(asked, "/approve"), meant(asked, go="approve"))
    assert {one.person_id for one in mails.clone()} == {cast["leadership"].id, cast["communication"].id}


def test_the_logbook_tells_each_act_and_no_word_of_the_text(online: Incident) -> None:
    lines = list(Entry.select().where(Entry.incident == online))
    assert sum("statement" in str(one.__data__).lower() for one in lines) >= 3
    assert not any(text in str(one.__data__) for one in lines for text in CLEAN.values())


def test_any_two_versions_can_be_compared_and_others_are_not_there(online: Incident, by: By) -> None:
    by("communication").post(at(online, "/write"), typed(version=now_of(online).version, nl_why="A newer reason."))
    page = by("care").get(at(online, "/versions?old=1&new=2")).text
    assert "<del>" in page
    assert "<ins>" in page
    assert by("care").get(at(online, "/versions?old=1&new=9")).status_code == 404
    assert by("care").get(at(online, "/versions?old=x")).status_code == 404


def test_an_incident_that_ended_changes_no_more(asked: Incident, by: By) -> None:
    sent = meant(asked, go="publish")
    by("coordinator").post(f"/incidents/{asked.ref}/end", {"reason": "It was a drawing."})
    page = by("leadership").get(at(asked)).text
    assert "/statement/approve" not in page
    assert by("leadership").post(at(asked, "/approve"), sent).status_code == 409
    assert now_of(asked).state == "waiting"


def test_who_only_reads_finds_an_empty_page_that_says_what_it_is_for(case: Incident, by: By) -> None:
    page = by("care").get(at(case)).text
    assert "rp-empty" in page
    assert "/statement/write" not in page
    assert by("care").get(at(case, "/versions")).status_code == 404
