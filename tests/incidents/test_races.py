"""What another worker did between reading an incident and changing it."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.errors import Refused
from portal.incidents import queries
from portal.incidents.joining.operations import join
from portal.incidents.models import Involved, KeptOut, Membership
from portal.incidents.operations import answer_flag, change_scope, end_as_false_alarm
from portal.incidents.people.operations import add_involved
from portal.incidents.team.operations import keep_out
from tests.incidents.conftest import fresh
from tests.reading import Page, said

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


@pytest.mark.parametrize("what", ["keep-out", "add", "remove", "let-in"])
def test_the_team_of_an_incident_that_was_joined_since_it_was_found_is_left_alone(
    app: Any, client: Any, incident: Any, cast: Any, clock: Any, team: Any, monkeypatch: Any, what: str
) -> None:
    """Another worker joins it between the guard of the request and the operation."""
    source, target = incident(), incident(reporter="stranger")
    team(source, "mentor")
    team(target, "communication")
    keep_out(source, cast["stranger"], actor=cast["coordinator"], now=clock.now())
    find, added = app.extensions["find_incident"], cast["communication"].id

    def found_and_then_joined(person: Any, ref: str) -> Any:
        found = find(person, ref)
        if fresh(source).state == "open":
            join(fresh(source), fresh(target), checked=True, actor=cast["coordinator"], now=clock.now())
        return found

    monkeypatch.setitem(app.extensions, "find_incident", found_and_then_joined)
    path, data = {
        "keep-out": ("keep-out", {"barred-person": cast["mentor"].id}),
        "add": ("add", {"member-person": added, "member-function": "counselor"}),
        "remove": (f"{cast['mentor'].id}/remove", {}),
        "let-in": (f"{cast['stranger'].id}/let-in", {}),
    }[what]
    refused = client("coordinator").post(f"/incidents/{source.ref}/team/{path}", data)
    assert refused.status_code == 409
    assert said(app, "Open its team again: it goes on in the other incident. Do it there.") in Page(refused).text
    assert not Membership.select().where(Membership.incident == source).exists()
    kept = {(row.incident_id, row.person_id) for row in KeptOut.select()}
    assert kept == {(case.id, cast["stranger"].id) for case in (source, target)}
    assert client("mentor").get(f"/incidents/{target.ref}").status_code == 200
    # Where it goes on the same thing works.
    again = client("coordinator").post(f"/incidents/{source.ref}/team/{path}", data)
    assert again.status_code == 303
    assert client("mentor").get(f"/incidents/{target.ref}").status_code == (200 if what in ("add", "let-in") else 404)


def test_functions_in_two_incidents_do_not_count_together(incident: Any, cast: Any, clock: Any, team: Any) -> None:
    source, target = incident(), incident(reporter="stranger")
    team(target, "communication")
    join(source, target, checked=True, actor=cast["coordinator"], now=clock.now())
    for person in (cast["communication"], cast["mentor"]):  # left behind
        Membership.create(incident=source, person=person, function="counselor", joined_at=clock.now())
    found = queries.find_for(cast["communication"], source.ref)
    assert found is not None
    assert (found[0].id, found[1].functions) == (target.id, {"communication"})
    assert queries.find_for(cast["mentor"], source.ref) is None
