"""Why what the leak check asks about may stay, as it was typed beside each finding."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portal.communication.check.rules import LONGEST_REASON
from portal.errors import N_, Invalid
from portal.web.text import holds_imagery, odd_characters, tidy

MOST = 200  # findings that a page can ask about
LONGEST_KEY = 2 * LONGEST_REASON


def fitting(form: Any, texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Of what was typed, as much as can be kept: a longer text is refused, and is not looked through before that."""
    return {
        language: {part: text[: form[f"{language}-{part}"].most] for part, text in said.items()}
        for language, said in texts.items()
    }


def shown_reasons(sent: Mapping[str, str]) -> dict[str, str]:
    """Reasons as they were typed, to be shown again also when they were refused."""
    return {key: reason for reason, key in _pairs(sent) if key}


def _pairs(sent: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Each reason, with the key of what it is about."""
    names = [name for name in sent if re.fullmatch(r"reason-\d{1,3}", name)][:MOST]
    return [(tidy(sent[name]), sent.get(f"key-{name.partition('-')[2]}", "")) for name in names]


def typed_reasons(sent: Mapping[str, str]) -> dict[str, str]:
    """Reasons by the key of what they are about. Raises `Invalid` for one that is too long or holds imagery."""
    found = {}
    for reason, key in _pairs(sent):
        if not reason or not 0 < len(key) <= LONGEST_KEY:
            continue
        if len(reason) > LONGEST_REASON:
            raise Invalid("reasons", N_("Say it in at most %(most)s characters."), most=LONGEST_REASON)
        if holds_imagery(reason) or odd_characters(reason, lines=False):
            raise Invalid("reasons", N_("Write the reason in words, without addresses of images."))
        found[key] = reason
    return found
