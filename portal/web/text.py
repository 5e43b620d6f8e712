"""What may stand in a text field. Pure: a text in, the trouble found out.

Imagery of a minor is never stored here (product rule 1): no pasted picture, no `data:` address, no
address that points at a picture or video. A bare file name is text and stays allowed.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

_EXTENSIONS = (
    "jpg|jpeg|jpe|jfif|png|gif|webp|heic|heif|avif|bmp|tif|tiff|svg|"
    "mp4|m4v|mov|webm|mkv|avi|wmv|flv|3gp|mpg|mpeg|ogv|m3u8|ts"
)
_HOSTED = (
    r"(?:youtube(?:-nocookie)?\.com/(?:watch|shorts|embed|live)|youtu\.be/\w|"
    r"vimeo\.com/\d|player\.vimeo\.com/video|"
    r"tiktok\.com/(?:@[^/\s]+/(?:video|photo)|v/)|v[mt]\.tiktok\.com/\w|"
    r"instagram\.com/(?:p|reels?|tv|stories)/|snapchat\.com/(?:spotlight|t|s|add/[^/\s]+/\w)|"
    r"facebook\.com/(?:photo|watch|reel|[^/\s]+/(?:photos|videos))|fb\.watch/\w|"
    r"imgur\.com/\w|streamable\.com/\w|gyazo\.com/\w|prnt\.sc/\w|ibb\.co/\w|postimg\.cc/\w|[iv]\.redd\.it/\w|"
    r"photos\.app\.goo\.gl/\w|photos\.google\.com/\w|telegra\.ph/\w|"
    r"(?:twitter|x)\.com/[^/\s]+/status/\d+/(?:photo|video)|"
    r"pbs\.twimg\.com/|cdninstagram\.com/|fbcdn\.net/|media\.discordapp\.net/|cdn\.discordapp\.com/)"
)
# A scheme, or a host and a slash; 'foto.jpg/film.mp4' is two file names and no address.
_HOST = rf"[a-z0-9-]\.(?!(?:{_EXTENSIONS})[/:])[a-z]{{2,}}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}"
_ADDRESS = re.compile(rf"[a-z][a-z0-9+.-]{{1,9}}://|www\.|(?:{_HOST})(?::\d+)?/")
_ENDING = re.compile(rf"\.(?:{_EXTENSIONS})(?![a-z0-9])")
_TAG = r"<\s?(?:img|video|source|picture|object|embed)\b"
# What is repeated never runs past where it could begin anew: else a long text takes seconds.
_PICTURE = re.compile(
    r"(?<![a-z])data\s?:\s?(?:(?:image|video|application|text)/|;\s?base64)|(?<![a-z])data:,"
    r"|(?<![a-z])blob:\s?https?:"
    rf"|{_TAG}(?:(?!{_TAG})[^>])*\b(?:src|data|srcset)\s?="
    r"|!\[(?:(?!!\[)[^\]\n])*\]\s?\("
    # The first bytes of PNG, JPEG, GIF, WebP and MP4, when somebody pastes the base64 alone.
    r"|(?:ivborw0kggo|/9j/4|r0lgodlh|uklgr|aaaa[a-z0-9+/]{2}z0exb)[a-z0-9+/\s]{40}"
)
_AT_HOST = re.compile(rf"(?:https?://|www\.|\b){_HOSTED}")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
UNQUOTED = 3  # how often an address may have been percent-encoded
MARKS = 30  # on one letter at most: Unicode's own limit; what puts them in order takes seconds for thousands
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


def holds_imagery(text: str) -> bool:
    """Whether the text carries a picture or the address of one, also when disguised."""
    return any(_PICTURE.search(form) or _AT_HOST.search(form) or _points_at_imagery(form) for form in _forms(text))


def holds_picture(text: str) -> bool:
    """Whether the text carries a picture itself, whatever address stands in it."""
    return any(_PICTURE.search(form) for form in _forms(text))


def _forms(text: str) -> Iterable[str]:
    """The text without its disguises, also as it would be with its percent signs read."""
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()
    plain = plain.replace("hxxp", "http").replace("[.]", ".").replace("(.)", ".").replace("[:]", ":")
    forms = [plain]
    for _times in range(UNQUOTED):
        forms.append(unquote(forms[-1]))
    return dict.fromkeys(forms)


def _points_at_imagery(text: str) -> bool:
    """Whether a word of the text is an address that ends like a picture or video."""
    for word in text.split():
        start = _ADDRESS.search(word)
        if start and _ENDING.search(word, start.end()):
            return True
    return False


def odd_characters(text: str, *, lines: bool) -> bool:
    """Whether there are control characters, piles of marks, or marks that turn the reading direction round.

    Such marks can make a sentence read as something else than what was stored.
    """
    allowed = "\n\t" if lines else ""
    refused = ("Cc", "Cs", "Co") if lines else ("Cc", "Cs", "Co", "Zl", "Zp")
    kinds = [unicodedata.category(char) for char in text]
    piled = "M" * (MARKS + 1) in "".join(kind[0] for kind in kinds)
    return (
        piled
        or bool(_BIDI.search(text))
        or any(kind in refused and char not in allowed for kind, char in zip(kinds, text, strict=True))
    )


def tidy(text: str | None) -> str:
    """Without white space around it and with one kind of line end."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
