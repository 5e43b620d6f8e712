"""What the list of incidents asks in SQL is what the rules say in Python."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from portal.actions.models import Action, Wish
from portal.actions.queries import LATE, PHASE_NUMBER, UNFINISHED, current_phase_is
from portal.actions.rules import STATES, WISH_ANSWERS, gate_state, standing_of
from portal.db import db
from portal.incidents.models import Involved
from portal.protocol.rules import GATES, default_phases

ANSWERS = (None, *WISH_ANSWERS)


def said(victim: Any, subject: str, answer: str | None, person: Any, now: Any) -> list[dict[str, Any]]:
    """The wish, after another one that no longer counts."""
    before = "no" if answer == "yes" else "yes"
    row = {"victim": victim, "subject": subject, "recorded_by": person, "recorded_at": now}
    return [{**row, "answer": before}, {**row, "answer": answer}] if answer else []


def test_late_is_what_the_plan_calls_late(incident: Any, cast: Any, clock: Any) -> None:
    case, now, wishes, actions, expected = incident(), clock.now(), [], [], set()
    # The newest wish counts by the order of writing, also when the clock stood still.
    dues = (None, now - timedelta(seconds=1), now, now + timedelta(hours=1))
    for number, (gate, wish, safety) in enumerate(product(("", *GATES), ANSWERS, ANSWERS), 10):
        victim = Involved.create(incident=case, part="victim", number=number)
        wishes += said(victim, gate, wish, cast["counselor"], now) if gate else []
        wishes += said(victim, "safety", safety, cast["counselor"], now)
        for state, due in product(STATES, dues):
            title = f"{gate} {wish} {safety} {state} {due}"
            row = {"incident": case, "title": title, "victim": victim, "gate": gate, "due_at": due, "changed_at": now}
            actions.append({**row, "state": state})
            if standing_of(state, due, gate_state(gate, wish if gate else None, safety), now) == "late":
                expected.add(title)
    with db.atomic():
        for model, rows in ((Wish, wishes), (Action, actions)):
            for start in range(0, len(rows), 500):
                model.insert_many(rows[start : start + 500]).execute()
    sql = f"SELECT a.title FROM action a WHERE a.title <> '' AND {UNFINISHED} AND {LATE}"
    found = {title for (title,) in db.execute_sql(sql, {"now": now.replace(tzinfo=None)})}
    assert len(expected) > 50
    assert found == expected


@pytest.mark.parametrize("unfinished", list(product((True, False), repeat=3)))
def test_the_phase_of_an_incident_is_the_first_with_work_left(incident: Any, unfinished: tuple[bool, ...]) -> None:
    case = incident(flags={"coercion": "yes"})
    Action.update(state="done").where(Action.incident == case, Action.phase != "").execute()
    places = (0, 2, 5)
    keys = [default_phases()[place].key for place in places]
    for key, left in zip(keys, unfinished, strict=True):
        if left:
            one = Action.select().where(Action.incident == case, Action.phase == key).first()
            Action.update(state="doing").where(Action.id == one.id).execute()
    # A call has no phase and does not hold the incident back.
    first = next((place + 1 for place, left in zip(places, unfinished, strict=True) if left), None)
    sql = f"SELECT min({PHASE_NUMBER}) FROM action a WHERE a.incident_id = {case.id} AND {UNFINISHED}"
    assert db.execute_sql(sql).fetchone()[0] == first
    ask = f"SELECT 1 FROM incident i WHERE i.id = {case.id} AND "
    numbers = [phase.number for phase in default_phases()]
    is_in = [number for number in numbers if db.execute_sql(ask + current_phase_is(number)).fetchone()]
    assert is_in == ([first] if first else [])
