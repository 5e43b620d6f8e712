"""When a period of rest can be, how it stands, and when there is contact next, as tables."""

from datetime import UTC, date, datetime

import pytest

from portal.care.rest import rules
from portal.clock import SCHOOL_ZONE
from portal.errors import Invalid, Refused
from portal.web.language import LANGUAGES

MON, WED, FRI = date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 27)


def amsterdam(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("first", "last", "return_at", "wrong"),
    [
        (MON, MON, None, ""),
        (MON, FRI, amsterdam("2026-11-30T08:15"), ""),
        (MON, FRI, amsterdam("2026-11-23T08:15"), ""),
        (FRI, MON, None, "last"),
        (MON, date(2027, 2, 1), None, "last"),
        (MON, FRI, amsterdam("2026-11-20T08:15"), "return_at"),
    ],
)
def test_days_that_cannot_be_are_refused(first: date, last: date, return_at: datetime | None, wrong: str) -> None:
    if not wrong:
        rules.check_days(first, last, return_at)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_days(first, last, return_at)
    assert refused.value.field == wrong


@pytest.mark.parametrize(("states", "wrong"), [([], False), (["ended"], False), (["ended", "planned"], True)])
def test_a_victim_has_one_period_of_rest_at_a_time(states: list[str], wrong: bool) -> None:
    if wrong:
        with pytest.raises(Refused):
            rules.check_none_there(states)
    else:
        rules.check_none_there(states)


@pytest.mark.parametrize(
    ("state", "last", "today", "expected"),
    [
        ("planned", WED, FRI, "planned"),
        ("running", FRI, WED, "running"),
        ("running", WED, WED, "running"),
        ("running", WED, FRI, "over"),
        ("ended", WED, FRI, "ended"),
    ],
)
def test_how_it_stands_today(state: str, last: date, today: date, expected: str) -> None:
    assert rules.stands(state, last, today) == expected


@pytest.mark.parametrize(
    ("every", "after", "expected"),
    [
        pytest.param(1, "2026-11-23T10:12", "2026-11-24T10:12", id="every school day"),
        pytest.param(1, "2026-11-27T16:30", "2026-11-30T16:30", id="never in a weekend"),
        pytest.param(3, "2026-11-25T16:30", "2026-11-30T16:30", id="three days on is a Saturday"),
        pytest.param(7, "2026-12-18T09:00", "2026-12-28T09:00", id="not on Christmas Day"),
        pytest.param(1, "2027-03-26T09:00", "2027-03-30T09:00", id="over Easter and the change of the clock"),
    ],
)
def test_the_next_contact_is_on_an_open_day_at_the_same_time(every: int, after: str, expected: str) -> None:
    assert rules.next_contact(every, amsterdam(after)) == amsterdam(expected)


def test_the_texts_that_stand_ready_are_there_in_both_languages_and_hold_no_reason() -> None:
    texts = rules.ready()
    assert set(texts) == {"told", "schoolwork"}
    for text in texts.values():
        assert set(text) == set(LANGUAGES)
        reasons = ("foto", "photo", "film", "beeld", "imagery", "sexting", "slachtoffer", "victim", "politie", "police")
        assert not [word for one in text.values() for word in reasons if word in one.lower()]
