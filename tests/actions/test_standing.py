"""Who may change an action, and how it stands for its reader."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.actions import rules
from portal.errors import Invalid, NotAllowed
from portal.policy import TEAM_FUNCTIONS, Standing

ME, COLLEAGUE, NOBODY = 1, 2, None


@pytest.mark.parametrize(
    ("functions", "assignee", "function", "expected"),
    [
        pytest.param(["coordinator"], COLLEAGUE, "care", True, id="the coordinator changes any"),
        pytest.param(["coordinator"], NOBODY, "", True, id="the coordinator, of nobody"),
        pytest.param(["leadership"], ME, "leadership", True, id="leadership: own"),
        pytest.param(["leadership"], COLLEAGUE, "leadership", False, id="leadership: of a colleague"),
        pytest.param(["leadership"], NOBODY, "leadership", True, id="leadership: waits for leadership"),
        pytest.param(["leadership"], NOBODY, "care", False, id="leadership: waits for care"),
        *[
            row
            for function in ("counselor", "care", "mentor", "communication")
            for row in [
                pytest.param([function], ME, "coordinator", True, id=f"{function}: given by name"),
                pytest.param([function], COLLEAGUE, function, False, id=f"{function}: given to another"),
                pytest.param([function], NOBODY, function, True, id=f"{function}: waits for the function"),
                pytest.param([function], NOBODY, "coordinator", False, id=f"{function}: waits for another"),
                pytest.param([function], NOBODY, "", False, id=f"{function}: waits for nobody"),
            ]
        ],
        pytest.param(["mentor", "care"], NOBODY, "care", True, id="one of two functions"),
        pytest.param(["mentor", "coordinator"], COLLEAGUE, "care", True, id="the widest function counts"),
        pytest.param([], ME, "", False, id="not on the team"),
        pytest.param(["administrator"], ME, "administrator", False, id="an administrator"),
    ],
)
def test_who_may_change_an_action(functions: list[str], assignee: int | None, function: str, expected: bool) -> None:
    standing = Standing(ME, frozenset(functions))
    assert rules.may_change(standing, assignee_id=assignee, function=function) is expected
    if expected:
        rules.check_may_change(standing, assignee_id=assignee, function=function)
    else:
        with pytest.raises(NotAllowed):
            rules.check_may_change(standing, assignee_id=assignee, function=function)


@pytest.mark.parametrize("function", TEAM_FUNCTIONS)
def test_rule_3_only_coordinator_and_leadership_go_on_against_the_order(function: str) -> None:
    standing = Standing(ME, frozenset([function]))
    if function in ("coordinator", "leadership"):
        rules.check_may_override_order(standing)
    else:
        with pytest.raises(NotAllowed):
            rules.check_may_override_order(standing)


@pytest.mark.parametrize(
    ("told", "note", "fine"),
    [(True, "", True), (True, "In room 12.", True), (False, "She was abroad.", True), (False, "", False)],
)
def test_rule_4_who_overrides_says_whether_the_victim_was_told(told: bool, note: str, fine: bool) -> None:
    if fine:
        rules.check_override(told, note)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_override(told, note)
    assert refused.value.field == "told_note"


NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(seconds=1), NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "due", "gate", "expected"),
    [
        pytest.param("todo", LATER, "open", "todo", id="to do"),
        pytest.param("todo", NOW, "open", "todo", id="due this second is not late"),
        pytest.param("todo", EARLIER, "open", "late", id="late"),
        pytest.param("todo", None, "open", "todo", id="without a time it is never late"),
        pytest.param("doing", LATER, "open", "doing", id="being done"),
        pytest.param("doing", EARLIER, "open", "late", id="being done, too late"),
        pytest.param("todo", EARLIER, "waiting", "waiting", id="rule 4: what waits for the victim is not late"),
        pytest.param("todo", EARLIER, "closed", "closed", id="rule 4: a no closes it, it is not late"),
        pytest.param("doing", EARLIER, "closed", "closed", id="a no closes what was begun"),
        pytest.param("done", EARLIER, "open", "done", id="done"),
        pytest.param("done", EARLIER, "closed", "done", id="done stays done"),
        pytest.param("not-needed", EARLIER, "waiting", "not-needed", id="not needed"),
    ],
)
def test_how_an_action_stands(state: str, due: datetime | None, gate: str, expected: str) -> None:
    assert rules.standing_of(state, due, gate, NOW) == expected


def test_a_call_may_wait_for_minutes() -> None:
    assert rules.minutes(15) == timedelta(minutes=15)
