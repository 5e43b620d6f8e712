"""Settings from the environment: a bad value stops the start with one line that names it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.config import ROOT, ConfigError, Settings

BASE, SMTP, NOW, DEMO, PROXIES = (
    "PORTAL_BASE_URL",
    "PORTAL_SMTP_URL",
    "PORTAL_NOW",
    "PORTAL_DEMO",
    "PORTAL_TRUSTED_PROXIES",
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (DEMO, "true"),
        (DEMO, "yes"),
        (DEMO, "2"),
        (PROXIES, "-1"),
        (PROXIES, "one"),
        (PROXIES, "1.5"),
        (PROXIES, "11"),
        (PROXIES, "٣"),
        (BASE, "portal.school.example"),
        (BASE, "ftp://portal.school.example"),
        (BASE, "https://"),
        (BASE, "https:///path"),
        (BASE, "https://portal.school.example/rustpunt"),
        (BASE, "http://portal.school.example"),
        (BASE, "javascript:alert(1)"),
        (BASE, "https://[::1"),
        (BASE, "https://portal.school.example:99999"),
        (BASE, "https://portal.school.example:port"),
        (BASE, "https://portal.school.example?x=1"),
        (BASE, "https://portal.school.example#x"),
        (BASE, "https://user:secret@portal.school.example"),
        (SMTP, "mail.school.example"),
        (SMTP, "http://mail.school.example"),
        (SMTP, "smtp://"),
        (SMTP, "smtp://mail.school.example:port"),
        (SMTP, "smtp://mail.school.example:99999"),
        (SMTP, "smtp://[::1"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as refused:
        Settings.from_environ({name: value})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", ["soon", "10:42", "2026-13-01", "2026-11-21T25:00", "21-11-2026", "0001-01-01T00:00"])
def test_a_bad_moment_is_refused_by_name(value: str) -> None:
    with pytest.raises(ConfigError, match=NOW):
        Settings.from_environ({NOW: value, DEMO: "1"})


def test_a_shifted_clock_is_for_the_demo_only() -> None:
    with pytest.raises(ConfigError, match=NOW):
        Settings.from_environ({NOW: "2026-11-21T10:42"})


def test_throttles_are_switched_off_for_the_demo_only() -> None:
    with pytest.raises(ConfigError, match="PORTAL_RATELIMIT"):
        Settings.from_environ({"PORTAL_RATELIMIT": "0"})
    with pytest.raises(ConfigError, match="PORTAL_RATELIMIT"):
        Settings.from_environ({"PORTAL_RATELIMIT": "off", DEMO: "1"})
    assert Settings.from_environ({}).ratelimit
    assert Settings.from_environ({"PORTAL_RATELIMIT": "1"}).ratelimit
    assert not Settings.from_environ({"PORTAL_RATELIMIT": "0", DEMO: "1"}).ratelimit


@pytest.mark.parametrize("name", ["PORTAL_DATA", "PORTAL_KEYS"])
def test_a_file_is_no_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=name):
        Settings.from_environ({name: str(tmp_path / "file")})


def test_a_password_is_not_repeated_in_the_message() -> None:
    with pytest.raises(ConfigError) as refused:
        Settings.from_environ({SMTP: "smtp://user:geheim@:99999"})
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("base", "alone", "address"),
    [
        ("https://portal.example", True, "https://portal.example"),
        ("https://portal.example", False, "https://lyceum.portal.example"),
        ("http://localhost:8046", False, "http://lyceum.localhost:8046"),
        # Begun with one school, whose name it has: that one keeps its address, and none leaves that host.
        ("https://lyceum.example", False, "https://lyceum.example"),
        ("https://baken.example", False, "https://lyceum.baken.example"),
        # No name can stand below a number.
        ("http://127.0.0.1:8000", False, "http://127.0.0.1:8000"),
        ("http://[::1]:8000", False, "http://[::1]:8000"),
    ],
)
def test_each_of_several_schools_has_an_address_of_its_own(base: str, alone: bool, address: str) -> None:
    schools = ["lyceum"] if alone else ["baken", "lyceum"]
    assert Settings.from_environ({BASE: base, DEMO: "1"}).address_of("lyceum", schools) == address


@pytest.mark.parametrize("empty", [{}, {BASE: "", DEMO: "", SMTP: "", NOW: "", PROXIES: "", "PORTAL_DATA": ""}])
def test_without_settings_it_runs_on_this_machine(empty: dict[str, str]) -> None:
    settings = Settings.from_environ(empty)
    assert settings.base_url == "http://localhost:8000"
    assert (settings.data, settings.keys) == (ROOT / "instance" / "data", ROOT / "instance" / "keys")
    assert (settings.demo, settings.smtp, settings.trusted_proxies, settings.now) == (False, None, 0, None)
    assert not settings.https


@pytest.mark.parametrize(
    ("value", "demo", "kept", "https"),
    [
        ("https://portal.school.example", "0", "https://portal.school.example", True),
        ("https://portal.school.example/", "0", "https://portal.school.example", True),
        ("https://portal.school.example:8443", "0", "https://portal.school.example:8443", True),
        ("http://localhost:9000", "0", "http://localhost:9000", False),
        ("http://127.0.0.1", "0", "http://127.0.0.1", False),
        ("http://[::1]:8000", "0", "http://[::1]:8000", False),
        ("http://192.168.1.20:8000", "1", "http://192.168.1.20:8000", False),
    ],
)
def test_a_good_address(value: str, demo: str, kept: str, https: bool) -> None:
    settings = Settings.from_environ({BASE: value, DEMO: demo})
    assert (settings.base_url, settings.https) == (kept, https)


def test_a_good_mail_server() -> None:
    smtp = Settings.from_environ({SMTP: "smtps://user:a%40b@mail.example:465"}).smtp
    assert smtp
    assert (smtp.scheme, smtp.hostname, smtp.port, smtp.username) == ("smtps", "mail.example", 465, "user")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2026-11-21T10:42", datetime(2026, 11, 21, 9, 42, tzinfo=UTC), id="the school's time"),
        pytest.param("2026-07-01T10:42", datetime(2026, 7, 1, 8, 42, tzinfo=UTC), id="in summer"),
        pytest.param("2026-11-21T10:42+00:00", datetime(2026, 11, 21, 10, 42, tzinfo=UTC), id="with its zone"),
        pytest.param("2026-11-21", datetime(2026, 11, 20, 23, 0, tzinfo=UTC), id="a day"),
    ],
)
def test_a_good_moment(value: str, expected: datetime) -> None:
    assert Settings.from_environ({NOW: value, DEMO: "1"}).now == expected


def test_other_good_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environ({DEMO: "1", PROXIES: "2", "PORTAL_DATA": "data", "UNRELATED": "x"})
    assert (settings.demo, settings.trusted_proxies) == (True, 2)
    assert settings.data == tmp_path / "data"
