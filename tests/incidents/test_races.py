"""What another worker did between reading an incident and changing it."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.errors import Refused
from portal.incidents import queries
from portal.incidents.joining.operations import join
from portal.incidents.models import Involved
from portal.incidents.operations import add_involved, answer_flag, change_scope, end_as_false_alarm
from tests.incidents.conftest import fresh

ADDED = {"part": "victim", "name": "Added late"}


def test_a_flag_is_not_answered_after_another_worker_ended_it(
    incident: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case, by = incident(), {"actor": cast["coordinator"], "now": clock.now()}
    read_before = fresh(case)
    end_as_false_alarm(case, "It was a rumour.", **by)
    with pytest.raises(Refused):
        answer_flag(read_before, "danger", "yes", **by)
    assert queries.flag_answers(case)["danger"] == "no"


def test_the_situation_is_not_changed_after_another_worker_ended_it(
    incident: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    case, by = incident(), {"actor": cast["coordinator"], "now": clock.now()}
    read_before = fresh(case)
    end_as_false_alarm(case, "It was a rumour.", **by)
    with pytest.raises(Refused):
        change_scope(read_before, {"spread": "internet"}, version=read_before.version, **by)
    assert fresh(case).spread == "class"


def test_nobody_is_added_where_another_worker_joined_it(
    incident: Callable[..., Any], cast: dict[str, Any], clock: Any
) -> None:
    target, source = incident(), incident(reporter="stranger")
    read_before, by = fresh(source), {"actor": cast["coordinator"], "now": clock.now()}
    join(source, target, checked=False, **by)
    with pytest.raises(Refused):
        add_involved(read_before, ADDED, **by)
    assert not Involved.select().where(Involved.name == "Added late").exists()


def test_two_are_not_joined_into_each_other(incident: Callable[..., Any], cast: dict[str, Any], clock: Any) -> None:
    first, second = incident(), incident(reporter="stranger")
    read_before, by = (fresh(second), fresh(first)), {"actor": cast["coordinator"], "now": clock.now()}
    join(first, second, checked=False, **by)
    with pytest.raises(Refused):
        join(*read_before, checked=False, **by)
    assert (fresh(first).state, fresh(second).state) == ("joined", "open")
