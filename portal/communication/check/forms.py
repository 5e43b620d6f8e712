"""Why a soft finding may stay, as typed beside it."""

from collections.abc import Mapping


def typed_reasons(sent: Mapping[str, str]) -> dict[str, str]:
    """The reasons that were typed, by the key of their finding."""
    return {
        sent[f"key-{n}"]: sent.get(f"reason-{n}", "").strip()
        for n in (name.removeprefix("key-") for name in sent if name.startswith("key-"))
    }
