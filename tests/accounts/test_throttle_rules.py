"""How often is too often, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.throttle import rules

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def failures(*minutes_ago: float) -> list[datetime]:
    return [NOW - timedelta(minutes=minutes) for minutes in minutes_ago]


@pytest.mark.parametrize(
    ("ago", "wait"),
    [
        ([], None),
        ([1, 1, 1, 1, 1], None),
        ([14, 10, 8, 5, 3, 0], 1),
        ([15, 10, 8, 5, 3, 0], None),  # the first is no longer within the window
        ([14, 10, 8, 5, 3, 2, 0], 2),
        ([30, 29, 28, 27, 26, 25, 20, 0], 4),  # who was refused once today is refused sooner
        ([*range(20, 11, -1), 0], 16),
        ([*range(30, 19, -1), 0], 30),
        ([*range(60, 0, -1)], 30),
        ([60.0 * hour for hour in range(20, 1, -1)], None),  # one an hour: slips of the finger
        ([60.0 * hour for hour in range(20, 0, -1)], 30),
    ],
)
def test_the_wait_after_so_many_failures(ago: list[float], wait: int | None) -> None:
    assert rules.wait_of(failures(*ago)) == (wait and timedelta(minutes=wait))


def test_the_wait_counts_from_the_last_failure_and_ends() -> None:
    tried = failures(5, 4, 3, 2, 1, 0)
    assert rules.left(tried, NOW) == timedelta(minutes=1)
    assert rules.left(tried, NOW + timedelta(seconds=59)) == timedelta(seconds=1)
    assert rules.left(tried, NOW + timedelta(seconds=60)) is None
    assert rules.left([], NOW) is None


@pytest.mark.parametrize(
    ("number", "seconds"), [(0, None), (19, None), (20, 2), (21, 3), (47, 29), (48, 30), (9999, 30)]
)
def test_an_address_only_delays(number: int, seconds: int | None) -> None:
    assert rules.delay_of(number) == (seconds and timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7:51234", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("<script>", "unknown"),
        ("999.1.1.1", "unknown"),
        ("x" * 5000, "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert rules.network(address) == counted


@pytest.mark.parametrize(
    ("wait", "said"),
    [(0.5, "2 seconds"), (30, "30 seconds"), (31, "one minute"), (60, "one minute"), (61, "2 minutes"), (1800, "30 m")],
)
def test_how_long_is_said_and_sent(wait: float, said: str) -> None:
    refused = rules.too_often(timedelta(seconds=wait))
    assert said in str(refused)
    assert (refused.status, refused.wait) == (429, max(2, round(wait)))
