"""Which steps apply, when they are due, and what refuses an action: tables of the domain's rules."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.actions import rules
from portal.clock import SCHOOL_ZONE
from portal.errors import GateClosed, OrderRefused
from portal.incidents.rules import Facts, Someone
from portal.protocol.rules import Step, default_document, parse

PROTOCOL = parse(default_document())


def someone(part: str, school: str = "own", ages: tuple[int, int] | None = None, number: int = 1) -> Someone:
    return Someone(number, part, school, ages)


def facts(*people: Someone, **also: Any) -> Facts:
    return Facts(people, **({"spread": "unknown", "unrest": None, "classes": 0, "flags": ()} | also))


VICTIM, PLACEHOLDER = someone("victim"), someone("victim", "unknown")
ELSEWHERE = someone("victim", "other", number=2)


@pytest.mark.parametrize(
    ("condition", "known", "expected"),
    [
        pytest.param("always", facts(), True, id="always"),
        pytest.param("victim-here", facts(VICTIM), True, id="victim: ours"),
        pytest.param("victim-here", facts(PLACEHOLDER), True, id="victim: nothing known of the school"),
        pytest.param("victim-here", facts(), True, id="victim: nobody named yet"),
        pytest.param("victim-here", facts(someone("suspect")), True, id="victim: only a suspect named"),
        pytest.param("victim-here", facts(ELSEWHERE), False, id="victim: at another school only"),
        pytest.param("victim-here", facts(ELSEWHERE, VICTIM), True, id="victim: one of two is ours"),
        pytest.param("suspect-here", facts(VICTIM), False, id="suspect: nobody"),
        pytest.param("suspect-here", facts(someone("suspect")), True, id="suspect: ours"),
        pytest.param("suspect-here", facts(someone("spreader")), True, id="suspect: one who passed it on"),
        pytest.param("suspect-here", facts(someone("suspect", "unknown")), False, id="suspect: school not known"),
        pytest.param("suspect-here", facts(someone("suspect", "other")), False, id="suspect: elsewhere"),
        pytest.param("suspect-here", facts(someone("bystander")), False, id="suspect: a bystander is none"),
        pytest.param("other-school", facts(VICTIM, someone("suspect", "other")), True, id="other: of a suspect"),
        pytest.param("other-school", facts(VICTIM, someone("spreader", "other")), True, id="other: of a spreader"),
        pytest.param("other-school", facts(ELSEWHERE), True, id="other: of a victim"),
        pytest.param("other-school", facts(VICTIM, someone("bystander", "other")), False, id="other: of a bystander"),
        pytest.param("other-school", facts(PLACEHOLDER), False, id="other: not known"),
        pytest.param("beyond-device", facts(spread="unknown"), False, id="device: not known"),
        pytest.param("beyond-device", facts(spread="device"), False, id="device: on one"),
        *[
            pytest.param("beyond-device", facts(spread=spread), True, id=f"device: {spread}")
            for spread in ("few", "class", "classes", "schools", "internet")
        ],
        *[
            pytest.param("beyond-class", facts(spread=spread, classes=1, unrest=2), False, id=f"class: {spread}")
            for spread in ("unknown", "device", "few", "class")
        ],
        *[
            pytest.param("beyond-class", facts(spread=spread), True, id=f"class: {spread}")
            for spread in ("classes", "schools", "internet")
        ],
        pytest.param("beyond-class", facts(unrest=2), False, id="class: restless in one"),
        pytest.param("beyond-class", facts(unrest=3), True, id="class: unrest 3"),
        pytest.param("beyond-class", facts(unrest=4), True, id="class: unrest 4"),
        pytest.param("beyond-class", facts(spread="class", classes=2), True, id="class: two are touched"),
        *[
            pytest.param("suspect-12-17", facts(someone("suspect", ages=ages)), expected, id=f"halt: {ages}")
            for ages, expected in [
                (None, False),
                ((11, 11), False),
                ((11, 12), True),
                ((12, 12), True),
                ((17, 17), True),
                ((17, 18), True),
                ((18, 18), False),
                ((18, 19), False),
                ((10, 11), False),
            ]
        ],
        pytest.param("suspect-12-17", facts(someone("victim", ages=(14, 14))), False, id="halt: not for a victim"),
        pytest.param("suspect-12-17", facts(someone("suspect", "other", (15, 15))), True, id="halt: also elsewhere"),
        pytest.param("suspect-12-17", facts(someone("spreader", ages=(15, 15))), True, id="halt: who passed it on"),
    ],
)
def test_a_condition_holds(condition: str, known: Facts, expected: bool) -> None:
    assert rules.holds(condition, known) is expected


def test_an_unknown_condition_is_a_mistake_in_the_protocol() -> None:
    with pytest.raises(ValueError, match="full-moon"):
        rules.holds("full-moon", facts())


def plan(known: Facts) -> dict[str, list[tuple[int | None, str]]]:
    rows: dict[str, list[tuple[int | None, str]]] = {}
    for want in rules.wanted(PROTOCOL, known):
        rows.setdefault(want.step.key, []).append((want.victim_id, want.gate))
    return rows


def test_rule_4_gated_steps_are_one_action_per_victim_of_ours() -> None:
    rows = plan(facts(someone("victim", number=7), ELSEWHERE, someone("victim", "unknown", number=9)))
    assert rows["talk-victim-parents"] == [(7, "parents"), (9, "parents")]
    assert rows["victim-class"] == [(7, "class"), (9, "class")]
    assert rows["report-decision"] == [(7, "police"), (9, "police")]
    assert rows["victim-support"] == [(None, "")]


def test_a_victim_elsewhere_leaves_those_steps_to_the_other_school() -> None:
    rows = plan(facts(ELSEWHERE, someone("suspect", ages=(15, 15))))
    assert not {"victim-support", "talk-victim-parents", "rest-period", "victim-class", "buddies"} & set(rows)
    # The decision stays ours, and nobody of ours is asked for a wish.
    assert rows["report-decision"] == [(None, "")]
    assert {"contact-partner-school", "align-partner-school", "partner-feedback"} <= set(rows)


def test_everything_at_once_is_the_whole_protocol_in_its_order() -> None:
    people = (VICTIM, someone("suspect", ages=(15, 15), number=2), someone("suspect", "other", number=3))
    rows = plan(facts(*people, spread="classes"))
    assert list(rows) == list(PROTOCOL.steps)


def test_the_least_that_is_known_gives_no_steps_for_others() -> None:
    conditions = {PROTOCOL.steps[key].when for key in plan(facts(PLACEHOLDER))}
    assert conditions == {"always", "victim-here"}


@pytest.mark.parametrize(
    ("step", "flags", "gate"),
    [
        ("report-decision", (), "police"),
        ("report-decision", ("coercion", "adult", "age-gap", "suicide", "honour"), "police"),
        ("report-decision", ("staff",), ""),
        ("report-decision", ("danger",), ""),
        ("report-decision", ("under-12",), ""),
        ("report-decision", ("coercion", "staff"), ""),
        ("talk-victim-parents", ("staff", "danger", "under-12"), "parents"),
        ("rest-period", ("danger",), "rest"),
        ("statement", (), ""),
    ],
)
def test_rules_4_and_8_where_the_victim_does_not_decide_on_the_police(
    step: str, flags: tuple[str, ...], gate: str
) -> None:
    assert rules.gate_of(PROTOCOL.steps[step], facts(VICTIM, flags=flags)) == gate


def step(due: str) -> Step:
    document = default_document()
    return parse({**document, "step": [{**document["step"][1], "due": due}]}).steps["scope-impact"]


def amsterdam(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_ZONE)


AUTUMN = (date(2026, 10, 17), date(2026, 10, 25))


@pytest.mark.parametrize(
    ("due", "reported", "red_flag", "expected"),
    [
        pytest.param("1h", "2026-11-23T10:00", False, "2026-11-23T11:00", id="hours in the day"),
        pytest.param("4h", "2026-11-23T17:59", False, "2026-11-23T21:59", id="hours just before the night"),
        pytest.param("4h", "2026-11-23T18:00", False, "2026-11-24T08:00", id="hours that end at 22:00"),
        pytest.param("4h", "2026-11-23T21:00", False, "2026-11-24T08:00", id="hours past midnight"),
        pytest.param("4h", "2026-11-24T02:59", False, "2026-11-24T08:00", id="hours that end at 06:59"),
        pytest.param("4h", "2026-11-24T03:00", False, "2026-11-24T07:00", id="hours that end at 07:00"),
        pytest.param("4h", "2026-11-23T21:00", True, "2026-11-24T01:00", id="a red flag goes on at night"),
        pytest.param("1h", "2026-11-21T15:00", False, "2026-11-21T16:00", id="hours on a Saturday"),
        pytest.param("1h", "2026-12-31T21:30", False, "2027-01-01T08:00", id="hours into a new year"),
        pytest.param("4h", "2026-03-28T23:30", True, "2026-03-29T04:30", id="the night that lacks an hour"),
        pytest.param("4h", "2026-03-28T23:30", False, "2026-03-29T08:00", id="the morning after it"),
        pytest.param("4h", "2026-10-24T23:30", True, "2026-10-25T02:30+01:00", id="the night with an hour more"),
        pytest.param("4h", "2026-10-24T23:30", False, "2026-10-25T08:00", id="the morning after that"),
        pytest.param("1d", "2026-11-23T10:42", False, "2026-11-24T10:42", id="a day, same time"),
        pytest.param("1d", "2026-11-20T10:00", False, "2026-11-23T10:00", id="1d from Friday is Monday"),
        pytest.param("2d", "2026-11-20T10:00", False, "2026-11-23T10:00", id="2d from Friday is Monday"),
        pytest.param("3d", "2026-11-20T10:00", False, "2026-11-23T10:00", id="3d from Friday is Monday"),
        pytest.param("1d", "2026-11-20T10:00", True, "2026-11-23T10:00", id="days skip weekends with a flag too"),
        pytest.param("1d", "2027-04-26T10:00", False, "2027-04-28T10:00", id="over King's Day"),
        pytest.param("1d", "2026-12-24T10:00", False, "2026-12-28T10:00", id="over Christmas and a weekend"),
        pytest.param("1d", "2026-04-03T10:00", False, "2026-04-07T10:00", id="over Easter"),
        pytest.param("1d", "2026-05-13T10:00", False, "2026-05-15T10:00", id="over Ascension Day"),
        pytest.param("1d", "2026-10-16T10:00", False, "2026-10-19T10:00", id="a short step in the school's holiday"),
        pytest.param("2d", "2026-10-19T10:00", False, "2026-10-21T10:00", id="two days do not wait for it either"),
        pytest.param("3d", "2026-10-16T10:00", False, "2026-10-26T10:00", id="three days wait for its end"),
        pytest.param("7d", "2026-10-14T10:00", False, "2026-10-26T10:00", id="a week that ends in it"),
        pytest.param("21d", "2026-10-05T10:00", False, "2026-10-26T10:00", id="three weeks to the day after it"),
        pytest.param("1d", "2026-03-28T02:30", False, "2026-03-30T02:30", id="no day on the missing hour"),
        pytest.param("7d", "2026-03-27T10:00", False, "2026-04-07T10:00", id="same wall clock in summer time"),
    ],
)
def test_when_a_step_is_due(due: str, reported: str, red_flag: bool, expected: str) -> None:
    at = amsterdam(reported).astimezone(UTC)
    found = rules.due_at(step(due), at, red_flag=red_flag, closed=[AUTUMN])
    wanted = datetime.fromisoformat(expected)
    assert found == (wanted if wanted.tzinfo else amsterdam(expected))
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        pytest.param("2026-11-24T09:00", "2026-11-24T10:00", "2026-11-25T10:00", id="done before it was due"),
        pytest.param("2026-11-24T16:00", "2026-11-24T10:00", "2026-11-25T10:00", id="done late on the day"),
        pytest.param("2026-11-26T16:00", "2026-11-24T10:00", "2026-11-27T10:00", id="done two days late"),
        pytest.param("2026-11-27T12:00", "2026-11-27T10:00", "2026-11-30T10:00", id="no weekend"),
        pytest.param("2026-12-24T12:00", "2026-12-24T10:00", "2026-12-28T10:00", id="no Christmas"),
        pytest.param("2026-10-23T12:00", "2026-10-23T10:00", "2026-10-26T10:00", id="same wall clock in winter time"),
        pytest.param(
            "2026-11-24T23:30", "2026-11-24T10:00", "2026-11-25T10:00", id="the school's day, not that of UTC"
        ),
    ],
)
def test_a_daily_step_comes_back_on_the_next_open_day(now: str, due: str, expected: str) -> None:
    found = rules.next_daily(amsterdam(now).astimezone(UTC), amsterdam(due).astimezone(UTC))
    assert found == amsterdam(expected)


ASK, NO, UNSAFE, SAFETY_UNKNOWN, POLICE = ("not known yet", "does not want", "not safe", "not noted yet", "not asked")


@pytest.mark.parametrize(
    ("gate", "wish", "safety", "state", "reason"),
    [
        pytest.param("", None, None, "open", "", id="no gate"),
        pytest.param("", "no", "no", "open", "", id="no gate, whatever was said"),
        *[
            row
            for gate in ("rest", "buddies", "class")
            for row in [
                pytest.param(gate, None, None, "waiting", ASK, id=f"{gate}: nothing known"),
                pytest.param(gate, "not-asked", None, "waiting", ASK, id=f"{gate}: not asked"),
                pytest.param(gate, "not-yet", None, "waiting", ASK, id=f"{gate}: not yet"),
                pytest.param(gate, "yes", None, "open", "", id=f"{gate}: yes"),
                pytest.param(gate, "no", None, "closed", NO, id=f"{gate}: no"),
                pytest.param(gate, "override", None, "open", "", id=f"{gate}: overridden"),
            ]
        ],
        pytest.param("parents", None, None, "waiting", ASK, id="parents: nothing known"),
        pytest.param("parents", None, "yes", "waiting", ASK, id="parents: only that it is safe"),
        pytest.param("parents", "not-yet", "yes", "waiting", ASK, id="parents: not yet"),
        pytest.param("parents", "yes", None, "waiting", SAFETY_UNKNOWN, id="parents: yes, safety not asked"),
        pytest.param("parents", "yes", "not-yet", "waiting", SAFETY_UNKNOWN, id="parents: yes, safety not known"),
        pytest.param("parents", "yes", "yes", "open", "", id="parents: yes and safe"),
        pytest.param("parents", "yes", "no", "closed", UNSAFE, id="parents: yes but not safe"),
        pytest.param("parents", "no", "yes", "closed", NO, id="parents: no"),
        pytest.param("parents", "no", None, "closed", NO, id="parents: no, safety not asked"),
        pytest.param("parents", "override", "yes", "open", "", id="parents: overridden"),
        pytest.param("parents", "override", "no", "open", "", id="parents: overridden, knowing it is not safe"),
        pytest.param("police", None, None, "waiting", POLICE, id="police: never asked"),
        pytest.param("police", "not-asked", None, "open", "", id="police: said why it was not asked"),
        pytest.param("police", "not-yet", None, "open", "", id="police: not yet"),
        pytest.param("police", "no", None, "open", "", id="police: no informs, it does not block"),
        pytest.param("police", "yes", None, "open", "", id="police: yes"),
        pytest.param("police", "override", None, "open", "", id="police: overridden"),
    ],
)
def test_rule_4_what_a_wish_opens(gate: str, wish: str | None, safety: str | None, state: str, reason: str) -> None:
    assert rules.gate_state(gate, wish, safety) == state
    if state == "open":
        rules.check_gate(gate, wish, safety)
        return
    with pytest.raises(GateClosed, match=reason) as refused:
        rules.check_gate(gate, wish, safety)
    assert refused.value.way_on
    assert refused.value.status == 409


def test_rule_4_the_safety_check_is_recorded_before_parents_are_told_also_when_overridden() -> None:
    assert rules.gate_state("parents", "override", None) == "waiting"


@pytest.mark.parametrize(
    ("state", "key", "reason"),
    [
        pytest.param(None, "", "", id="nothing comes before"),
        pytest.param("done", "police-advice", "", id="police advised"),
        pytest.param("todo", "police-advice", "police", id="rule 3: police not asked"),
        pytest.param("doing", "police-advice", "police", id="rule 3: police being asked"),
        pytest.param("not-needed", "police-advice", "police", id="rule 3: asking cannot be left out"),
        pytest.param("todo", "statement", "Another action", id="another is to do"),
        pytest.param("doing", "", "Another action", id="a free action is being done"),
        pytest.param("done", "statement", "", id="another is done"),
        pytest.param("not-needed", "statement", "", id="another is not needed"),
    ],
)
def test_the_order_of_actions(state: str | None, key: str, reason: str) -> None:
    if not reason:
        rules.check_order(state, key)
        return
    with pytest.raises(OrderRefused, match=reason) as refused:
        rules.check_order(state, key)
    assert refused.value.way_on
