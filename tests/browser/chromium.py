"""Which Chromium the browser tests drive. Run as a module it says whether one can be started."""

import os
import shutil
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

CANDIDATES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# A test must not phone home, and its requests must be those of the page alone.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """The Chromium of `CHROMIUM` or of the machine; None stands for the one that Playwright fetched."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ((named,) if named else CANDIDATES))
    return next(filter(None, found), None)


def launch(playwright: Playwright) -> Browser:
    arguments = list(ARGUMENTS)
    # Chromium's sandbox refuses to work for root.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return playwright.chromium.launch(executable_path=executable(), args=arguments)


def main() -> int:
    try:
        with sync_playwright() as playwright:
            launch(playwright).close()
    except Error as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
