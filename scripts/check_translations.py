"""Does every language have every text? Prints what is wrong and ends with 1, else with 0.

Extracts the texts of the source anew and compares them with each catalogue: a text without a
translation, a fuzzy one, one that the source no longer holds, or other placeholders than the
original's is an error.
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)")
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}


def extract(root: Path) -> dict[str, str]:
    """Every text of the source with the first place where it stands."""
    with open(root / "babel.cfg", encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    texts: dict[str, str] = {}
    found = extract_from_dir(root, methods, options, keywords=KEYWORDS, directory_filter=wanted_folder)
    for filename, line, message, _comments, _context in found:
        singular = message[0] if isinstance(message, tuple | list) else message
        texts.setdefault(singular, f"{filename}:{line}")
    texts.pop("", None)
    return texts


def wanted_folder(path: str) -> bool:
    """The environment and the packages of the front end hold thousands of files that are not ours."""
    return Path(path).name not in {".venv", "node_modules", "instance", "static", "tests"}


def singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def is_translated(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms)


def dropped_placeholders(message: Message) -> list[str]:
    """Placeholders that only the original has; of several plural forms each may say it in words."""
    if not isinstance(message.id, str):
        return []
    return sorted(set(PLACEHOLDER.findall(message.id)) - set(PLACEHOLDER.findall(message.string)))


def compare(texts: dict[str, str], catalog: Catalog) -> list[str]:
    """One line for each thing that is wrong with the catalogue."""
    messages = {singular(message): message for message in catalog if message.id}
    problems = [f"missing: {text!r} ({place})" for text, place in texts.items() if text not in messages]
    if catalog.fuzzy:
        problems.append("the whole catalogue is marked fuzzy, so none of it is compiled")
    for text, message in messages.items():
        if text not in texts:
            problems.append(f"no longer in the source: {text!r}")
        elif message.fuzzy:
            problems.append(f"fuzzy: {text!r} ({texts[text]})")
        elif not is_translated(message):
            problems.append(f"not translated: {text!r} ({texts[text]})")
        else:
            problems += [f"placeholders: {text!r}: {error}" for error in message.check(catalog)]
            if dropped := dropped_placeholders(message):
                problems.append(f"placeholders: {text!r}: the translation drops {', '.join(dropped)}")
    problems += [f"obsolete entry: {text!r}" for text in catalog.obsolete]
    return problems


def main() -> int:
    texts = extract(ROOT)
    files = sorted(ROOT.glob("translations/*/LC_MESSAGES/messages.po"))
    if not any(file.parent.parent.name == "nl" for file in files):
        print("translations/nl/LC_MESSAGES/messages.po is missing")
        return 1
    wrong = 0
    for file in files:
        with open(file, "rb") as content:
            problems = compare(texts, read_po(content, locale=file.parent.parent.name))
        wrong += len(problems)
        for problem in problems:
            print(f"{file.relative_to(ROOT)}: {problem}")
    if not wrong:
        print(f"{len(texts)} texts, all translated.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
