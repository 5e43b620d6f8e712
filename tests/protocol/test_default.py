"""The default protocol against its source: the poster's 33 steps and every hint that they must hold."""

import re
from collections import Counter
from typing import Any

import pytest

from portal.policy import TEAM_FUNCTIONS
from portal.protocol.rules import CONDITIONS, Step, default_document, parse

PROTOCOL = parse(default_document())

# key, who, due, when, gate, opens: the table of the protocol, phase by phase.
TABLE = {
    "analyse": """
        victim-support           counselor      1h   victim-here    -        wishes
        scope-impact             coordinator    2h   always         -        scope
        check-protocol           coordinator    2h   always         -        protocol
        involve-counselor        coordinator    1h   always         -        team
        police-advice            leadership     4h   always         -        police
        line-up-actions          coordinator    4h   always         -        plan
    """,
    "react": """
        talk-victim-parents      counselor      1d   victim-here    parents  conversations
        help-victim-parents      care           2d   victim-here    parents  help
        attention-suspect        mentor         1d   suspect-here   -        people
        contact-partner-school   leadership     1d   other-school   -        links
        talk-suspect-parents     mentor         2d   suspect-here   -        conversations
        help-suspect-parents     care           3d   suspect-here   -        help
        report-decision          leadership     2d   always         police   police
        take-offline             coordinator    4h   beyond-device  -        takedowns
        rest-period              care           1d   victim-here    rest     rest
        alternative-intervention care           5d   suspect-12-17  -        halt
    """,
    "facilitate": """
        statement                communication  4h   always         -        statement
        equip-teachers           care           1d   always         -        sheet
    """,
    "activate": """
        delete-request           mentor         1d   always         -        takedowns
        victim-class             mentor         1d   victim-here    class    classes
        buddies                  counselor      3d   victim-here    buddies  buddies
        inform-class-parents     communication  1d   victim-here    -        letters
        watch-online             communication  1d   always         -        watch
    """,
    "communicate": """
        follow-statement         communication  2d   always         -        statement
        other-classes            coordinator    4d   beyond-class   -        classes
        inform-other-parents     communication  4d   beyond-class   -        letters
        media-ready              communication  2d   always         -        media
        align-partner-school     communication  1d   other-school   -        links
    """,
    "evaluate": """
        evaluate-involved        counselor      21d  always         -        evaluation
        partner-feedback         leadership     21d  other-school   -        links
        evaluate-zat             care           28d  always         -        evaluation
        plan-aftercare           care           7d   always         -        aftercare
        update-protocol          coordinator    35d  always         -        protocol
    """,
}
ROWS = [(phase, *line.split()) for phase, table in TABLE.items() for line in table.strip().splitlines()]

# Each hint of the source: words of which every one stands in the step's text, in Dutch and in English.
HINTS: list[tuple[str, list[str], list[str]]] = [
    ("victim-support", ["oordeel niet"], ["do not judge"]),
    ("victim-support", ["steun", "luister"], ["support", "listen"]),
    ("victim-support", ["vraag wat hij of zij", "nodig"], ["ask what he or she needs"]),
    ("victim-support", ["beloof niets wat u niet kunt waarmaken"], ["promise nothing you cannot keep"]),
    ("victim-support", ["geen sturende vragen"], ["no leading questions"]),
    ("scope-impact", ["soms", "niet vrijwillig gemaakt"], ["sometimes", "not made voluntarily"]),
    ("scope-impact", ["welke kanalen"], ["which channels"]),
    ("scope-impact", ["hoe ver"], ["how far"]),
    ("scope-impact", ["welke klassen"], ["which classes"]),
    ("scope-impact", ["hoeveel onrust"], ["how much unrest"]),
    ("police-advice", ["voordat", "verwijdert"], ["before anything is deleted"]),
    ("talk-victim-parents", ["voorbereid", "schaamte"], ["prepared", "shame"]),
    ("talk-victim-parents", ["boosheid", "verdriet"], ["anger", "grief"]),
    ("talk-victim-parents", ["machteloosheid"], ["powerlessness"]),
    ("help-victim-parents", ["vooraf", "lijst", "ouders"], ["beforehand", "list", "available for parents"]),
    ("attention-suspect", ["ook een kind"], ["a child too"]),
    ("attention-suspect", ["ook een risico"], ["also a risk"]),
    ("report-decision", ["in overleg met de politie"], ["in consultation with the police"]),
    ("take-offline", ["meldknop"], ["meldknop"]),
    ("take-offline", ["helpwanted (offlimits)"], ["helpwanted (offlimits)"]),
    ("take-offline", ["platform zelf"], ["platform itself"]),
    ("alternative-intervention", ["halt 'respect online'"], ["halt 'respect online'"]),
    ("alternative-intervention", ["herstelgesprek"], ["restorative talk"]),
    ("statement", ["wat is er aan de hand"], ["what is going on"]),
    ("statement", ["wat vindt de school"], ["what does the school think"]),
    ("statement", ["wat doet de school"], ["what does the school do"]),
    ("statement", ["waarom doet de school dat"], ["why does the school do that"]),
    ("statement", ["contactpersoon"], ["contact person"]),
    ("equip-teachers", ["krachtige boodschap"], ["powerful message"]),
    ("equip-teachers", ["gesprekstechnieken"], ["conversation techniques"]),
    ("equip-teachers", ["gedragsinterventies"], ["behavioural interventions"]),
    ("equip-teachers", ["lesmateriaal"], ["lesson material"]),
    ("equip-teachers", ["leraren kunnen een oordeel hebben", "ruimte"], ["teachers can have a judgement", "room"]),
    ("equip-teachers", ["zonder verspreiders", "geen shame sexting"], ["without spreaders", "no shame sexting"]),
    ("equip-teachers", ["negatieve groepsdruk", "positieve"], ["negative group pressure", "positive"]),
    ("equip-teachers", ["probleem benoemen", "normaal"], ["problematise", "normalise"]),
    ("victim-class", ["inzicht", "nadenken"], ["insight", "reflect"]),
    ("victim-class", ["afspraken", "slachtoffer steunt"], ["agreements", "supports the victim"]),
    ("buddies", ["wie hij of zij als steun in de klas wil"], ["whom he or she wants as a resource in class"]),
    ("inform-class-parents", ["gesprek ook thuis"], ["conversation at home too"]),
    ("inform-class-parents", ["houvast"], ["something to hold on to"]),
    ("watch-online", ["online speelt", "sociale media actief"], ["goes on online", "actively watch social media"]),
    ("follow-statement", ["bericht op sociale media niet", "verwijs"], ["post on social media wrong", "refer"]),
    ("other-classes", ["hangt af van de verspreiding en de onrust"], ["depends on the degree of spread and unrest"]),
    ("media-ready", ["wie doet wat"], ["who does what"]),
    ("media-ready", ["zo nodig", "online"], ["online", "if need be"]),
    ("media-ready", ["journalisten en cameraploegen"], ["journalists and camera crews"]),
    ("media-ready", ["sociale media, krant, radio en televisie"], ["social media, newspapers, radio and television"]),
    ("evaluate-involved", ["preventie"], ["prevention measures"]),
    ("evaluate-zat", ["wat ging goed"], ["what went well"]),
    ("evaluate-zat", ["wat kan beter"], ["what could be better"]),
    ("plan-aftercare", ["hoe is het nu"], ["how is it now"]),
    ("plan-aftercare", ["nog iets nodig"], ["anything still needed"]),
    ("plan-aftercare", ["1, 4 en 12 weken"], ["1, 4 and 12 weeks"]),
    ("plan-aftercare", ["slachtoffer", "omstanders", "leraren"], ["victim", "bystanders", "teachers"]),
    ("update-protocol", ["uitkomst", "protocol", "preventie"], ["output", "protocol", "prevention measures"]),
]
PHASE_HINTS = [
    ("analyse", ["snel", "denk", "cultuursensitief", "gevoelig"], ["fast", "think", "culture", "delicate"]),
    ("facilitate", ["groep", "krachtig signaal", "shame sexting"], ["group", "powerful signal", "shame sexting"]),
    ("activate", ["volg sociale media actief"], ["actively watch social media"]),
    ("communicate", ["sociale media", "verwijs", "website"], ["social media", "refer", "website"]),
    ("evaluate", ["protocol", "preventie"], ["protocol", "prevention"]),
]


def test_there_are_33_steps_in_six_phases() -> None:
    assert [phase.key for phase in PROTOCOL.phases] == list(TABLE)
    count = Counter(step.phase for step in PROTOCOL.steps.values())
    assert [count[key] for key in TABLE] == [6, 10, 2, 5, 5, 5]


@pytest.mark.parametrize(("phase", "key", "who", "due", "when", "gate", "opens"), ROWS, ids=[row[1] for row in ROWS])
def test_a_step_is_as_in_the_table(phase: str, key: str, who: str, due: str, when: str, gate: str, opens: str) -> None:
    step = PROTOCOL.steps[key]
    assert (step.phase, step.who, step.when, step.opens) == (phase, who, when, opens)
    assert step.gate == gate.strip("-")
    assert f"{step.due}{'h' if step.in_hours else 'd'}" == due
    assert step.who in TEAM_FUNCTIONS


def test_the_order_is_that_of_the_table() -> None:
    assert list(PROTOCOL.steps) == [row[1] for row in ROWS]


def test_rule_3_deleting_comes_after_the_police_and_watching_is_daily() -> None:
    assert {step.key: step.after for step in PROTOCOL.steps.values() if step.after} == {
        "delete-request": "police-advice"
    }
    assert [step.key for step in PROTOCOL.steps.values() if step.daily] == ["watch-online"]


def words(step: Step, language: str) -> str:
    """What its reader sees of a step, in small letters."""
    said = [step.do[language], step.why[language], *step.watch[language], *step.script.get(language, [])]
    return " ".join(said).casefold()


@pytest.mark.parametrize(("key", "dutch", "english"), HINTS, ids=[f"{key}: {en[0]}" for key, _nl, en in HINTS])
def test_a_hint_of_the_source_is_found(key: str, dutch: list[str], english: list[str]) -> None:
    step = PROTOCOL.steps[key]
    assert [hint for hint in dutch if hint not in words(step, "nl")] == []
    assert [hint for hint in english if hint not in words(step, "en")] == []


@pytest.mark.parametrize(("key", "dutch", "english"), PHASE_HINTS)
def test_the_aim_of_a_phase_holds_what_the_source_says(key: str, dutch: list[str], english: list[str]) -> None:
    phase = PROTOCOL.phase(key)
    assert phase
    assert [hint for hint in dutch if hint not in phase.aim["nl"].casefold()] == []
    assert [hint for hint in english if hint not in phase.aim["en"].casefold()] == []


def texts(row: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """(field, language, text) of everything that is kept in two languages."""
    return [
        (name, code, text) for name, value in row.items() if isinstance(value, dict) for code, text in value.items()
    ]


@pytest.mark.parametrize("kind", ["phase", "step"])
def test_every_text_is_there_in_dutch_and_english(kind: str) -> None:
    needed = {"phase": ("name", "aim"), "step": ("title", "do", "why", "watch")}[kind]
    for row in default_document()[kind]:
        for name in needed:
            assert set(row[name]) == {"nl", "en"}, f"{row['key']}.{name}"
        for name, code, text in texts(row):
            lines = text if isinstance(text, list) else [text]
            assert lines, f"{row['key']}.{name}.{code}"
            assert all(line == line.strip() and len(line) > 2 for line in lines), f"{row['key']}.{name}.{code}"


@pytest.mark.parametrize("key", list(PROTOCOL.steps))
def test_the_languages_say_the_same_number_of_things(key: str) -> None:
    step = PROTOCOL.steps[key]
    assert len(step.watch["nl"]) == len(step.watch["en"])
    assert len(step.script.get("nl", [])) == len(step.script.get("en", []))
    for language in ("nl", "en"):
        sentences = re.findall(r"[.?!](?=\s|$)", step.do[language])
        assert 2 <= len(sentences) <= 4, f"what to do in {language}: {len(sentences)} sentences"


@pytest.mark.parametrize("key", [row[1] for row in ROWS if row[6] == "conversations" or row[1].startswith("attention")])
def test_a_conversation_has_a_script(key: str) -> None:
    assert PROTOCOL.steps[key].script["nl"]


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"when": "full-moon"}, "unknown condition"),
        ({"gate": "moon"}, "unknown condition, gate"),
        ({"due": "1w"}, "due time"),
        ({"phase": "moon"}, "not there"),
        ({"after": "moon"}, "not there"),
    ],
)
def test_a_document_that_is_not_whole_is_refused(change: dict[str, str], trouble: str) -> None:
    document = default_document()
    with pytest.raises(ValueError, match=trouble):
        parse({**document, "step": [{**document["step"][0], **change}]})


def test_every_condition_is_used() -> None:
    assert {step.when for step in PROTOCOL.steps.values()} == set(CONDITIONS)
