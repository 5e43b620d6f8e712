"""Run by itself: reads HTML, writes a PDF/UA-1. Imports nothing of ours, so that it is there quickly.

Ends with `NO_LIBRARIES` where WeasyPrint or the libraries that it calls are missing.
"""

import sys
from pathlib import Path
from typing import Any

STYLE = Path(__file__).with_name("paper.css")
NO_LIBRARIES = 3


def render(page: str) -> bytes:
    """The PDF of a page that stands by itself. Raises `ImportError` and `OSError` where something is missing."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]
        """Opens no address: a letter is made of its own text only."""

        def fetch(self, url: str, *args: Any, **kw: Any) -> Any:
            raise ValueError("nothing is fetched")

    nothing = Nothing()
    style = CSS(string=STYLE.read_text("utf-8"), url_fetcher=nothing)
    made: bytes = HTML(string=page, url_fetcher=nothing).write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return made


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(render(sys.stdin.buffer.read().decode()))
    except (ImportError, OSError):
        sys.exit(NO_LIBRARIES)
