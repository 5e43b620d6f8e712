"""Settings from the environment (`docs/settings.md`). A bad value stops the start with one line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from portal.clock import SCHOOL_ZONE

ROOT = Path(__file__).resolve().parent.parent


class ConfigError(ValueError):
    """A setting that cannot be used; the text names it."""


@dataclass(frozen=True)
class Settings:
    data: Path
    keys: Path
    base_url: str
    demo: bool
    smtp: SplitResult | None
    trusted_proxies: int
    now: datetime | None
    ratelimit: bool = True

    @property
    def https(self) -> bool:
        """Whether browsers reach the portal over TLS; decides on the cookies' names and flags."""
        return self.base_url.startswith("https://")

    def address_of(self, slug: str, schools: Collection[str]) -> str:
        """Where browsers reach this one of the schools: all of an address but its path.

        From the second school on, the first label of the host chooses. A name is only ever put before the host that
        was set, never in place of a part of it: no link leads to a host that may be somebody else's.
        """
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        if len(schools) < 2 or host.partition(".")[0] == slug or _is_number(host):
            return self.base_url
        return parts._replace(netloc=f"{slug}.{parts.netloc}").geturl()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the `PORTAL_` variables. Raises `ConfigError`."""
        demo = _flag(environ, "PORTAL_DEMO")
        now = environ.get("PORTAL_NOW", "")
        if now and not demo:
            raise ConfigError("PORTAL_NOW: only allowed together with PORTAL_DEMO=1")
        ratelimit = _flag(environ, "PORTAL_RATELIMIT", "1")
        if not (ratelimit or demo):
            raise ConfigError("PORTAL_RATELIMIT: 0 is only allowed together with PORTAL_DEMO=1")
        return cls(
            data=_folder(environ, "PORTAL_DATA", "data"),
            keys=_folder(environ, "PORTAL_KEYS", "keys"),
            base_url=_base_url(environ.get("PORTAL_BASE_URL", "") or "http://localhost:8000", demo),
            demo=demo,
            smtp=_smtp(environ.get("PORTAL_SMTP_URL", "")),
            trusted_proxies=_count(environ, "PORTAL_TRUSTED_PROXIES"),
            now=_moment(now) if now else None,
            ratelimit=ratelimit,
        )


def _is_number(host: str) -> bool:
    """An address without a name, below which no other name can be."""
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _flag(environ: Mapping[str, str], name: str, default: str = "0") -> bool:
    value = environ.get(name, "") or default
    if value not in ("0", "1"):
        raise ConfigError(f"{name}: must be 0 or 1, not {value!r}")
    return value == "1"


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "") or "0"
    if not (value.isascii() and value.isdigit() and int(value) <= 10):
        raise ConfigError(f"{name}: must be a whole number from 0 to 10, not {value!r}")
    return int(value)


def _folder(environ: Mapping[str, str], name: str, default: str) -> Path:
    path = Path(environ.get(name, "") or ROOT / "instance" / default)
    if path.exists() and not path.is_dir():
        raise ConfigError(f"{name}: {path} is not a folder")
    return path.absolute()


def _base_url(value: str, demo: bool) -> str:
    parts = _split(value)
    plain = parts and not (parts.query or parts.fragment or parts.username) and parts.path in ("", "/")
    if not parts or not plain or parts.scheme not in ("http", "https"):
        raise ConfigError(f"PORTAL_BASE_URL: must look like https://portal.school.example, not {value!r}")
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "http" and not (loopback or demo):
        raise ConfigError("PORTAL_BASE_URL: http is only allowed on this machine itself; use https")
    return value.rstrip("/")


def _split(value: str) -> SplitResult | None:
    """The parts of an address with a host and a possible port; None for anything else."""
    try:
        parts = urlsplit(value)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _smtp(value: str) -> SplitResult | None:
    if not value:
        return None
    parts = _split(value)
    if not parts or parts.scheme not in ("smtp", "smtps"):
        raise ConfigError("PORTAL_SMTP_URL: must look like smtp://user:password@mail.example:587")
    return parts


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=SCHOOL_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(f"PORTAL_NOW: must look like 2026-11-21T10:42, not {value!r}") from None
