"""What may stand in a text field. Pure: a text in, the trouble found out.

Imagery of a minor is never stored here (product rule 1): no pasted picture, no `data:` address, no
address that points at a picture or video. A bare file name is text and stays allowed.
"""

import re
import unicodedata
from urllib.parse import unquote

_EXTENSIONS = [
    "jpg",
    "jpeg",
    "jpe",
    "jfif",
    "png",
    "gif",
    "webp",
    "heic",
    "heif",
    "avif",
    "bmp",
    "tif",
    "tiff",
    "svg",
    "mp4",
    "m4v",
    "mov",
    "webm",
    "mkv",
    "avi",
    "wmv",
    "flv",
    "3gp",
    "mpg",
    "mpeg",
    "ogv",
    "m3u8",
    "ts",
]
_HOSTED = (
    r"(?:youtube(?:-nocookie)?\.com/(?:watch|shorts|embed|live)|youtu\.be/\w|vimeo\.com/\d|"
    r"tiktok\.com/(?:@[^/\s]+/(?:video|photo)|v/)|v[mt]\.tiktok\.com/\w|"
    r"instagram\.com/(?:p|reels?|tv|stories)/|snapchat\.com/(?:spotlight|t|s|add/[^/\s]+/\w)|"
    r"imgur\.com/\w|streamable\.com/\w|gyazo\.com/\w|prnt\.sc/\w|ibb\.co/\w|postimg\.cc/\w|"
    r"photos\.app\.goo\.gl/\w|(?:twitter|x)\.com/[^/\s]+/status/\d+/(?:photo|video)|"
    r"pbs\.twimg\.com/|cdninstagram\.com/|fbcdn\.net/|media\.discordapp\.net/|cdn\.discordapp\.com/)"
)
_ADDRESS = r"(?:[a-z][a-z0-9+.-]{1,9}://|www\.|(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/)"
_ENDING = rf"\.(?:{'|'.join(_EXTENSIONS)})(?![a-z0-9])"
_IMAGERY = re.compile(
    r"(?<![a-z])data\s*:\s*[a-z0-9.+-]*/?[a-z0-9.+-]*\s*(?:;[^,\s]{0,80})?,"
    r"|(?<![a-z])blob:\s*https?:"
    r"|<\s*(?:img|video|source|picture|object|embed)\b[^>]*\b(?:src|data|srcset)\s*="
    rf"|{_ADDRESS}\S*{_ENDING}"
    rf"|(?:https?://|www\.|\b){_HOSTED}"
    # The first bytes of PNG, JPEG, GIF, WebP, MP4 when somebody pastes the base64 alone.
    r"|(?:ivborw0kggo|/9j/4|r0lgodlh|uklgr)[a-z0-9+/]{40,}"
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


def holds_imagery(text: str) -> bool:
    """Whether the text carries a picture or the address of one, also when disguised."""
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold().replace("hxxp", "http")
    return any(_IMAGERY.search(form) for form in {plain, unquote(plain)})


def odd_characters(text: str, *, lines: bool) -> bool:
    """Whether there are control characters, or marks that turn the reading direction round.

    Such marks can make a sentence read as something else than what was stored.
    """
    allowed = "\n\t" if lines else ""
    return bool(_BIDI.search(text)) or any(
        unicodedata.category(char) in ("Cc", "Cs", "Co") and char not in allowed for char in text
    )


def tidy(text: str | None) -> str:
    """Without white space around it and with one kind of line end."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
