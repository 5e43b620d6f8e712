"""How long a session lasts, and what a device is called. Pure."""

from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)  # without use
NOTED = timedelta(minutes=1)  # how exactly the last use is known
# The first that a User-Agent holds is what it is: Edge and Opera also call themselves Chrome, and Chrome Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """A short label of a browser out of its User-Agent, like 'Chrome on Windows'; '' when it tells nothing known."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " on ".join(filter(None, (browser, system)))


def to_note(seen_at: datetime | None, now: datetime) -> bool:
    """Whether this use of a session has to be written down: once a minute at most."""
    return seen_at is None or now - seen_at >= NOTED
