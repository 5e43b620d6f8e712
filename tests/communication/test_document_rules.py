"""The states of what goes out and who may do what, as tables (product rules 7 and 10)."""

from typing import Any

import pytest

from portal.communication.documents import rules
from portal.communication.documents.rules import ACTS, PARTS, STATES
from portal.errors import Invalid, NotAllowed, Refused
from portal.policy import TEAM_FUNCTIONS, Standing

AFTER = {
    ("ask", "draft"): "waiting",
    ("send-back", "waiting"): "draft",
    ("send-back", "approved"): "draft",
    ("approve", "waiting"): "approved",
    ("publish", "approved"): "published",
    ("publish", "withdrawn"): "published",
    ("withdraw", "published"): "withdrawn",
}
MAY = {
    "ask": {"coordinator", "communication"},
    "send-back": {"leadership"},
    "approve": {"leadership"},
    "publish": {"leadership", "communication"},
    "withdraw": {"leadership"},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_an_act_is_done_in_its_states_and_in_no_other(act: str, state: str) -> None:
    if (act, state) in AFTER:
        assert rules.next_state(act, state) == AFTER[act, state]
    else:
        with pytest.raises(Refused):
            rules.next_state(act, state)


@pytest.mark.parametrize("state", ["draft", "waiting", "approved"])
def test_what_is_online_can_be_withdrawn_whatever_is_written_meanwhile(state: str) -> None:
    assert rules.next_state("withdraw", state, is_online=True) == state


@pytest.mark.parametrize("part", ["statement", "letters"])
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what(act: str, part: str) -> None:
    for function in (*TEAM_FUNCTIONS, "administrator"):
        standing = Standing(1, frozenset({function}))
        if function in MAY[act]:
            rules.check_may(standing, part, act)
        else:
            with pytest.raises(NotAllowed):
                rules.check_may(standing, part, act)


@pytest.mark.parametrize(
    ("versions", "acts", "number", "blocked"),
    [
        ([(1, 5)], [(1, "ask", 5)], 1, {5}),
        ([(1, 5), (2, 6)], [(2, "ask", 6)], 2, {5, 6}),  # nothing was approved yet: both wrote it
        ([(1, 5), (2, 6)], [(1, "approve", 9), (2, "ask", 6)], 2, {6}),  # what 5 wrote was approved by 9
        ([(1, 5)], [(1, "ask", 7)], 1, {5, 7}),  # who asks stands for the text too
        ([(1, 5), (2, 5)], [(1, "approve", 9), (1, "send-back", 9), (2, "ask", 5)], 2, {5}),
    ],
)
def test_rule_7_the_author_of_a_statement_cannot_approve_it(
    versions: Any, acts: Any, number: int, blocked: set[int]
) -> None:
    found = rules.authors(versions, acts, number=number)
    assert found == blocked
    for person in (5, 6, 7, 9):
        if person in blocked:
            with pytest.raises(Refused):
                rules.check_second_pair(found, person)
        else:
            rules.check_second_pair(found, person)


WHOLE = dict.fromkeys(PARTS, "Said.")


@pytest.mark.parametrize(
    ("texts", "missing"),
    [
        ({"nl": WHOLE}, None),
        ({"nl": WHOLE, "en": dict.fromkeys(PARTS, " ")}, None),
        ({"nl": WHOLE, "en": WHOLE}, None),
        ({"nl": WHOLE | {"do": " "}}, "nl-do"),
        ({"nl": WHOLE, "en": {"going": "Said."}}, "en-think"),
        ({}, "nl-going"),
    ],
)
def test_a_text_is_whole_in_dutch_and_whole_or_absent_in_english(texts: Any, missing: str | None) -> None:
    if missing is None:
        rules.check_complete(texts, PARTS, PARTS)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_complete(texts, PARTS, PARTS)
    assert refused.value.field == missing


def test_of_two_statements_the_one_online_goes_on_else_the_one_that_was_approved_else_the_one_that_is_here() -> None:
    assert rules.wins((True, 1), (False, 3))
    assert not rules.wins((False, 3), (True, 1))
    assert not rules.wins((False, 0), (False, 1))
    assert rules.wins((False, 0), (False, 0))
    assert rules.wins((True, 1), (True, 1))
