"""The leak check on what goes out: what it knows of people, who is told whose name it is, and what is written down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g, render_template
from markupsafe import escape

from portal.audit.models import AuditEvent
from portal.communication.check import operations as check
from portal.communication.check import rules
from portal.communication.check.forms import typed_reasons
from portal.errors import Invalid, TooOften
from portal.incidents.models import Involved
from portal.incidents.people.operations import merge
from portal.incidents.people.rules import edition
from portal.policy import Standing
from portal.school.models import School

PEOPLE = [
    {"part": "victim", "name": "Noor Vermeer", "class_name": "3B", "age": 14},
    {"part": "suspect", "name": "Roos de Boer", "class_name": "4HV1", "birth_year": 2009},
    {"part": "parent", "name": "Meneer Haddou"},
]


def said(nl: str, en: str = "") -> dict[str, dict[str, str]]:
    return {"nl": {"going": nl}, "en": {"going": en}}


def kinds(case: Any, text: str, **more: Any) -> list[str]:
    return [one.finding.kind for one in check.findings(case, said(text), **more)]


@pytest.fixture
def case(incident: Callable[..., Any]) -> Any:
    made = incident(people=[{"school": "own", **one} for one in PEOPLE], scope={"classes": ["2C"]})
    Involved.update(reach="06-12345678").where(Involved.name == "Noor Vermeer").execute()
    Involved.update(aliases=["@r_boer.x"]).where(Involved.name == "Roos de Boer").execute()
    return made


@pytest.fixture
def looks(case: Any, cast: Any, clock: Any) -> Callable[..., Any]:
    """Somebody of the team looks at a text."""

    def look(function: str, text: str, **more: Any) -> list[dict[str, Any]]:
        who = {"standing": Standing(cast[function].id, frozenset({function})), "actor": cast[function]}
        return check.look(case, said(text), **who, now=clock.now(), **more)

    return look


def shown() -> list[str]:
    rows = AuditEvent.select().where(AuditEvent.action == check.SHOWN).order_by(AuditEvent.id)
    return [row.subject for row in rows]


def of(case: Any, part: str) -> Involved:
    return Involved.get(Involved.incident == case, Involved.part == part)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Noor Vermeer", ["name"]),
        ("mevrouw Haddou", ["surname"]),  # a parent counts too
        ("r_boer.x", ["account"]),
        ("bel 0612345678", ["account"]),
        ("in 3b en 2-C", ["class", "class"]),  # and a class that it touches
        ("3 mei 2009", ["birth"]),
        ("13 mei 2012", ["birth"]),  # as old as fourteen can be
        ("13 mei 2010", []),
        ("Roos en Noor", ["first", "first"]),
        ("De school helpt.", []),
    ],
)
def test_what_is_known_of_everybody_is_found(case: Any, text: str, found: list[str]) -> None:
    """Product rule 6."""
    assert kinds(case, text) == found


def test_a_name_of_before_two_rows_were_one_still_counts(case: Any, cast: Any, clock: Any, incident: Any) -> None:
    first, other = of(case, "victim"), of(case, "suspect")
    merge(first, other, seen=edition([(first.id, 1), (other.id, 1)]), actor=cast["care"], now=clock.now())
    assert kinds(case, "Boer of r_boer.x of Noor Vermeer") == ["common", "account", "name"]


def test_what_the_school_itself_is_called_is_no_finding(case: Any) -> None:
    ours = {"name": "Het Roos College", "address": "Vermeerstraat 3", "place": "Boer"}
    School.update(**ours, contact_name="Noor Haddou", contact_phone="06 12345678").execute()
    text = "Het Roos College, Vermeerstraat 3, Boer. Bel Noor Haddou (06-12345678)."
    assert kinds(case, text) == []
    assert kinds(case, "Roos, Haddou") == ["first", "surname"]


def test_a_letter_to_a_class_may_name_it(case: Any) -> None:
    assert kinds(case, "Ouders van 3B en 4HV1", class_name="3b") == ["class"]


def test_who_sees_names_is_told_whose_it_is(looks: Any) -> None:
    (found,) = looks("coordinator", "Dat was Noor Vermeer.")
    assert (found["n"], found["start"], found["end"], found["hard"], found["whose"]) == (1, 8, 20, True, "victim 1")
    assert shown() == []


def test_who_sees_no_names_is_told_kind_and_place_and_that_is_written_down(looks: Any, case: Any, clock: Any) -> None:
    """Product rule 11: one event per reader, person and hour."""
    (found,) = looks("communication", "Dat was Noor Vermeer.")
    assert (found["kind"], found["start"], found["whose"]) == ("name", 8, "")
    looks("communication", "Dat was Noor. En 3B.")
    assert shown() == [f"involved:{of(case, 'victim').id}"]
    looks("communication", "Dat waren Noor en Roos, en 2C.")
    assert shown()[1:] == [f"incident:{case.id}", f"involved:{of(case, 'suspect').id}"]
    clock.advance(hours=1)
    looks("communication", "Dat was Noor.")
    assert len(shown()) == 4
    looks("communication", "De dader woont in de Kerkstraat 3.")
    assert len(shown()) == 4


def test_who_tries_out_a_list_is_stopped(looks: Any, case: Any, cast: Any, clock: Any) -> None:
    for _hour in range(rules.MOST_SHOWN):
        looks("communication", "Noor")
        clock.advance(hours=1)
    with pytest.raises(TooOften):
        looks("communication", "Noor")
    who = {"standing": Standing(cast["communication"].id, frozenset({"communication"})), "actor": cast["communication"]}
    with pytest.raises(TooOften):
        check.gate(case, said("Alles is rustig."), {}, **who, now=clock.now())
    assert looks("leadership", "Noor")
    clock.advance(hours=25)
    assert looks("communication", "Noor")


def test_the_gate_asks_for_a_change_or_a_reason(case: Any, cast: Any, clock: Any) -> None:
    who = {"standing": Standing(cast["communication"].id, frozenset({"communication"})), "actor": cast["communication"]}
    with pytest.raises(check.Leaks) as leaks:
        check.gate(case, said("Roos uit 3B."), {"class:3b": "mag"}, **who, now=clock.now())
    assert [one.finding.kind for one in leaks.value.found] == ["first", "class"]
    check.gate(case, said("Een roos. Roos!"), {"first:roos": "de bloem"}, **who, now=clock.now())
    with pytest.raises(check.Leaks):
        check.gate(case, said("Roos!"), {"first:roos": "  "}, **who, now=clock.now())


def test_reasons_are_read_beside_what_they_are_about() -> None:
    sent = {
        "reason-2": " de bloem ",
        "key-2": "first:roos",
        "reason-3": "",
        "key-3": "x",
        "reason-4": "y",
        "reason-x": "z",
        "reason-5": "kept nowhere",
        "key-5": "first:" + "x" * 2000,
    }
    assert typed_reasons(sent) == {"first:roos": "de bloem"}


@pytest.mark.parametrize("reason", ["x" * 301, "https://x.nl/a.jpg", "a\x00b"])
def test_a_reason_is_short_and_without_imagery(reason: str) -> None:
    """Product rule 1."""
    with pytest.raises(Invalid):
        typed_reasons({"reason-1": reason, "key-1": "first:roos"})


def test_marks_lie_where_it_was_typed() -> None:
    told = [
        {"n": 1, "language": "nl", "part": "going", "start": 4, "end": 8, "hard": True},
        {"n": 2, "language": "nl", "part": "going", "start": 6, "end": 10, "hard": False},
        {"n": 3, "language": "nl", "part": "going", "start": 6, "end": 8, "hard": False},
    ]
    (part,) = rules.marked(told, said("Hoi Noor, dag"))
    assert part["pieces"] == [("Hoi ", 0, False), ("Noor", 1, True), (", ", 2, False), ("dag", 0, False)]
    assert rules.marked([], said("Hoi")) == []


def test_the_page_says_what_to_do(app: Flask, looks: Any, clock: Any) -> None:
    text = "Noor Vermeer <b>& Roos. Roos!"
    found = looks("coordinator", text, reasons={"first:roos": 'de "bloem"'})
    marks = rules.marked(found, said(text))
    with app.test_request_context("/"):
        g.clock = clock
        values = {"findings": found, "marks": marks, "part_words": {"going": "What is going on"}}
        asked = render_template("communication/_findings.html", **values, ask_reasons=True)
        quiet = render_template("communication/_findings.html", findings=found)
        nothing = render_template("communication/_findings.html", findings=[])
    assert asked.count('name="reason-') == 1
    assert f'value="{escape("de " + chr(34) + "bloem" + chr(34))}"' in asked
    assert 'name="key-2" value="first:roos"' in asked
    assert "What is going on" in asked
    assert 'class="rp-mark rp-mark--hard">Noor Vermeer</mark> &lt;b&gt;&amp; ' in asked
    assert 'name="reason-' not in quiet
    assert "rp-findings__none" in nothing


def test_every_kind_has_its_words() -> None:
    assert set(rules.KINDS) > rules.PERSONAL
    assert timedelta(seconds=rules.WAIT) == timedelta(hours=1)
