"""Which statement is the valid one: what stands online now, and nothing else."""

from datetime import timedelta

from portal.accounts.models import Person
from portal.communication.documents import operations, queries
from portal.incidents.models import Incident
from portal.incidents.queries import find_for

WORDS = {"nl": {"going": "Er gaat een foto rond op school."}}


def act(what: str, incident: Incident, person: Person, number: int, now) -> None:
    document = queries.of(incident)
    _incident, standing = find_for(person, incident.ref)
    operations.act(document, what, number=number, version=document.version, standing=standing, actor=person, now=now)


def published(incident: Incident, cast, now, words=WORDS) -> None:
    """Written by communication, approved and published by leadership."""
    document = operations.begin(incident, "statement", actor=cast["communication"], now=now)
    made = operations.save(document, words, version=document.version, actor=cast["communication"], now=now)
    act("ask", incident, cast["communication"], made.number, now)
    act("approve", incident, cast["leadership"], made.number, now)
    act("publish", incident, cast["leadership"], made.number, now)


def test_what_is_online_is_valid_with_since_when_and_by_whom(incident, team, cast, clock):
    """One voice: press log, talk cards and online watch show the statement that parents can read now."""
    made = incident()
    team(made, "communication")
    assert queries.valid(made) is None
    published(made, cast, clock.now())
    now, online = clock.now(), queries.of(made)
    clock.advance(hours=1)
    operations.save(
        online, {"nl": {"going": "Anders."}}, version=online.version, actor=cast["communication"], now=clock.now()
    )
    found = queries.valid(made)
    assert (found.said("nl"), found.since, found.by) == (WORDS["nl"], now, cast["leadership"].name)
    assert found.said("en") == found.said("nl")
    assert found.path == f"/statements/{online.slug}"


def test_published_anew_is_one_statement_since_then(incident, team, cast, clock):
    made = incident()
    team(made, "communication")
    published(made, cast, clock.now())
    clock.advance(hours=1)
    act("withdraw", made, cast["leadership"], 1, clock.now())
    assert queries.valid(made) is None
    act("publish", made, cast["leadership"], 1, clock.now() + timedelta(minutes=1))
    assert queries.valid(made).since == clock.now() + timedelta(minutes=1)
