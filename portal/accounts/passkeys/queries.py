"""Where a request's passkeys count."""

from pathlib import Path

from portal.accounts.passkeys.rules import Site
from portal.db import current_file


def site(base_url: str, asked_host: str) -> Site:
    """That of the current school."""
    return Site.of(base_url, asked_host, Path(current_file()).stem)
