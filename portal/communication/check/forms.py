"""Why soft findings may stay, as it was typed."""

from collections.abc import Mapping


def typed_reasons(form: Mapping[str, str]) -> dict[str, str]:
    """Reasons by the key of the finding."""
    numbers = [name.removeprefix("key-") for name in form if name.startswith("key-")]
    return {form[f"key-{number}"]: form.get(f"reason-{number}", "").strip() for number in numbers}
