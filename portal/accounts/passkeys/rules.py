"""Where passkeys of this portal count, and what they are told about their owner. Pure."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

LASTS = timedelta(minutes=5)  # what has to be signed
MOST_OPEN = 10_000  # of them at once
SIGN_IN, STEP_UP, ADD = "sign-in", "step-up", "add"  # what a challenge is for
MOST = 20  # passkeys of one person
MOST_SENT = 20_000  # characters of what a browser sends about one: more than any has
PORTS = {"http": 80, "https": 443}


class Site(NamedTuple):
    """What a passkey is bound to: `host` of the portal for all its schools, and the `origin` of this school's pages."""

    host: str
    origin: str
    school: str

    @classmethod
    def of(cls, base_url: str, asked_host: str, school: str) -> "Site":
        """`asked_host` is that of the request; only one below the portal's own counts."""
        base = urlsplit(base_url)
        host = base.hostname or ""
        name = asked_host.partition(":")[0].lower()
        shown = name if name.endswith(f".{host}") else host
        port = f":{base.port}" if base.port and base.port != PORTS.get(base.scheme) else ""
        return cls(host, f"{base.scheme}://{shown}{port}", school)

    def handle(self, person_id: int) -> bytes:
        """What the passkey keeps to know its owner by: no name."""
        return f"{self.school}:{person_id}".encode()
