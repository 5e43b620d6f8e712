"""A page as a PDF that can be read out (PDF/UA-1), laid out in a process of its own.

WeasyPrint and what it brings take some 50 MB that a worker would never give back, and call libraries written in C:
`paper_maker.py` is run for each paper, and is gone afterwards.
"""

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from portal.errors import N_, Refused
from portal.web.paper_maker import NO_LIBRARIES

LONGEST = 30  # seconds, on a busy server
COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("paper_maker.py")))


class NoPaper(Refused):
    """The server cannot make a PDF; printing from the browser works."""


def _surroundings() -> dict[str, str]:
    """Where our keys and passwords are, what lays out a page need not know."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}


@lru_cache(8)
def pdf(page: str) -> bytes:
    """The page (HTML that stands by itself) on A4. Raises `NoPaper`."""
    try:
        made = subprocess.run(  # noqa: S603
            COMMAND, input=page.encode(), capture_output=True, timeout=LONGEST, check=False, env=_surroundings()
        )
    except (OSError, subprocess.TimeoutExpired):
        made = None
    if made is not None and made.returncode == 0:
        return made.stdout
    if made is not None and made.returncode == NO_LIBRARIES:
        raise NoPaper(
            N_("This server cannot make a PDF: the Pango libraries are missing."),
            N_(
                "Print from your browser. Who looks after the server can install libpango-1.0-0, libpangoft2-1.0-0, "
                "libharfbuzz-subset0 and a font."
            ),
        )
    raise NoPaper(N_("The PDF could not be made."), N_("Try again, or print from your browser."))
