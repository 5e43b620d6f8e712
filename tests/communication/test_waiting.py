"""What waits for somebody stands in that person's work, whether or not a mail came."""

from collections.abc import Callable

import pytest

from portal.accounts.models import Person
from portal.clock import local
from portal.communication.documents import queries
from portal.communication.documents.models import DocumentVersion
from portal.communication.documents.rules import new_slug
from portal.communication.media import queries as media
from portal.communication.online.rules import SLUG
from portal.communication.watch import queries as watch
from portal.communication.watch.models import WatchTurn
from portal.desk.contacts import queries as contacts
from portal.desk.contacts.queries import duties_of
from portal.incidents.models import Incident
from tests.communication.conftest import at, meant
from tests.conftest import MONDAY, Browser, FixedClock

By = Callable[[str], Browser]
TODAY = MONDAY.date()


def kinds(person: Person) -> list[str]:
    return [one.moment.kind for one in duties_of(person, TODAY)]


def test_what_waits_for_approval_stands_in_the_work_of_leadership(
    asked: Incident, by: By, cast: dict[str, Person]
) -> None:
    assert kinds(cast["leadership"]) == ["approve"]
    assert kinds(cast["communication"]) == kinds(cast["coordinator"]) == []
    assert at(asked) in by("leadership").get("/").text
    by("leadership").post(at(asked, "/approve"), meant(asked, go="approve"))
    assert kinds(cast["leadership"]) == []
    assert kinds(cast["communication"]) == ["publish"]
    by("communication").post(at(asked, "/publish"), meant(asked, number=1))
    assert kinds(cast["communication"]) == []


def test_rule_7_it_does_not_wait_for_who_wrote_it(asked: Incident, cast: dict[str, Person]) -> None:
    DocumentVersion.update(made_by=cast["leadership"]).execute()
    assert kinds(cast["leadership"]) == []


def test_who_asks_reads_whom_to_call(asked: Incident, by: By, cast: dict[str, Person]) -> None:
    Person.update(phone="06-55501002").where(Person.id == cast["leadership"].id).execute()
    shown = by("communication").get(at(asked)).text
    assert cast["leadership"].name in shown
    assert 'href="tel:0655501002"' in shown


def test_a_turn_is_not_late_on_its_own_day(
    case: Incident, by: By, cast: dict[str, Person], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also beside a question of the press, which has an hour, whichever of them the table begins with."""
    monkeypatch.setattr(contacts, "duties", [media.duties, watch.duties])
    officer = cast["communication"]
    WatchTurn.create(incident=case, day=TODAY, part_of_day="evening", person=officer)
    call = {
        "medium": "Radio",
        "question": "What happened?",
        "within": "hour",
        "at": local(clock.now()).isoformat()[:16],
    }
    assert by("communication").post(f"/incidents/{case.ref}/media/calls/new", call).status_code == 303
    assert {one.moment.at for one in duties_of(officer, TODAY) if one.moment.kind == "watch-evening"} == {TODAY}
    assert 'class="rp-act late"' not in by("communication").get("/").text


def test_rule_6_an_address_says_nothing_and_can_be_told_over_the_telephone(case: Incident, online: Incident) -> None:
    made = {new_slug() for _time in range(200)}
    assert len(made) == 200
    assert all(len(one) == 9 and not set(one) & set("aeiouyl01") and SLUG.fullmatch(one) for one in made)
    document = queries.of(Incident.get_by_id(online.id))
    assert document
    assert len(document.slug) == 9
