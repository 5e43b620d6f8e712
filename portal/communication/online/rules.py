"""What everybody can read at the address of a statement: one file that holds a whole answer. Pure.

Source: product rule 6 (no name leaves the school) and rule 10 (what was published is kept, inside).
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.communication.documents.rules import LANGUAGES, Texts, headed

SHOWN, GONE = 200, 410
SLUG = re.compile(r"[A-Za-z0-9_-]{9,43}")
# Ten digits with at most two breaks, as 010-5550112 and +31 10 555 0112, or a number of eight like 0900-8844.
NUMBER = re.compile(r"(?<![\w+-])(?:(?:\+31[ -]?|0)[1-9]\d{0,3}[ -]?\d{2,4}[ -]?\d{2,5}|0[89]00[ -]?\d{4,7})(?![\w-])")


@dataclass(frozen=True)
class Page:
    """What is shown: `status` 200 with texts, or 410. `moments`: when it was published, and each time it changed."""

    status: int
    texts: Texts
    moments: tuple[datetime, ...]
    indexed: bool
    school: Mapping[str, str]

    @property
    def languages(self) -> list[str]:
        """Dutch always; English where there is an English text. The sentence that it is gone is in both."""
        return [one for one in LANGUAGES if self.status == GONE or one == "nl" or any(self.parts(one))]

    def parts(self, language: str) -> list[tuple[str, str]]:
        """Heading and text of the parts that say something."""
        return headed(self.texts, language)


@dataclass(frozen=True)
class Answer:
    """What a file says: a status, the headers and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


def moments(published: list[tuple[int, datetime]]) -> tuple[datetime, ...]:
    """When what it says became another: of pairs of version and moment, oldest first.

    The same version that comes back after a withdrawal has the moment at which it was there first.
    """
    return tuple(at for place, (number, at) in enumerate(published) if place == 0 or number != published[place - 1][0])


def paragraphs(text: str) -> list[list[list[tuple[str, str]]]]:
    """A text in paragraphs of lines of pieces: words, and where they are a telephone number what to dial."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.replace("\r\n", "\n").strip())
    return [[_pieces(line.strip()) for line in block.split("\n")] for block in blocks]


def _pieces(line: str) -> list[tuple[str, str]]:
    pieces, at = [], 0
    for found in NUMBER.finditer(line):
        digits = re.sub(r"[^\d+]", "", found[0])
        if len(digits) in ((12,) if digits[0] == "+" else (8, 10, 11) if digits[:3] in ("080", "090") else (10,)):
            pieces += [(line[at : found.start()], ""), (found[0], digits)]
            at = found.end()
    return [piece for piece in [*pieces, (line[at:], "")] if piece[0]]


def bound(status: int, html: str, style: str, *, indexed: bool) -> bytes:
    """The file: on its first line status and headers, then the page. The policy allows nothing but its own `style`."""
    body = html.encode()
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    sources = ("default-src 'none'", f"style-src 'sha256-{allowed}'", "img-src data:")
    policy = "; ".join((*sources, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        # Kept by whoever wants, asked for each time: what is withdrawn or changed shows at the next look.
        "Cache-Control": "no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    }
    if indexed and status == SHOWN:
        headers["X-Robots-Tag"] = "all"
    return json.dumps({"status": status, "headers": headers}).encode() + b"\n" + body


def opened(file: bytes) -> Answer:
    """What such a file answers."""
    head, _line, body = file.partition(b"\n")
    said: dict[str, Any] = json.loads(head)
    return Answer(said["status"], said["headers"], body)


def digest(file: bytes) -> str:
    return hashlib.sha256(file).hexdigest()
