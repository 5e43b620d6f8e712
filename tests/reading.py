"""Reading a page as its visitor does: its words, its links, and what a form would send.

Tests ask for names, values and addresses; where words are needed they come out of the same catalogue as
the page (`said`), so that a better translation breaks no test.
"""

import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask_babel import force_locale, gettext

VOID = {"input", "meta", "link", "br", "hr", "img"}


def said(app: Flask, message: str, language: str = "nl", **values: Any) -> str:
    """A message of the interface in a language."""
    with app.app_context(), force_locale(language):
        return str(gettext(message, **values))


def heard(pdf: bytes) -> str:
    """What a reader hears of a document, in the order of its content."""
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


@dataclass
class SentForm:
    """A form as it stands: `data` is what the browser would send, without its buttons."""

    action: str
    data: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    method: str = "get"

    def with_(self, **changes: Any) -> dict[str, Any]:
        return self.data | changes

    def first(self, name: str) -> str:
        return self.data.get(name, [""])[0]


class Page(HTMLParser):
    """One answer, read once: `text`, `links`, `ids` and `forms`."""

    def __init__(self, answer: Any) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.ids: list[str] = []
        self.forms: list[SentForm] = []
        self._by_id: dict[str, SentForm] = {}
        self._words: list[str] = []
        self._open: SentForm | None = None
        self._select: tuple[SentForm, str, list[str]] | None = None
        self._area: tuple[SentForm, str] | None = None
        self._silent = 0
        text = answer if isinstance(answer, str) else answer.get_data(as_text=True)
        self.feed(text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def form(self, ending: str) -> SentForm:
        """The form whose address ends so."""
        found = [form for form in self.forms if form.action.endswith(ending)]
        assert found, f"no form to …{ending}, only {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        elif tag == "form":
            self._open = SentForm(given.get("action") or "", method=(given.get("method") or "get").lower())
            self.forms.append(self._open)
            if given.get("id"):
                self._by_id[str(given["id"])] = self._open
        elif tag in ("script", "style", "title"):
            self._silent += 1
        self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str | None]) -> None:
        form = self._by_id.get(given.get("form") or "", self._open)
        name, value = given.get("name") or "", given.get("value")
        if form is None:
            return
        if tag == "option" and self._select:
            self._select[0].offered.setdefault(self._select[1], []).append(value or "")
            if "selected" in given or not self._select[2]:
                self._select[2][:] = [value or ""]
        elif not name:
            return
        elif tag == "button":
            form.buttons.append((name, value or ""))
        elif tag == "input":
            kind = given.get("type", "text")
            form.names.add(name)
            if kind in ("radio", "checkbox"):
                form.offered.setdefault(name, []).append(value or "")
            if kind not in ("radio", "checkbox") or "checked" in given:
                form.data.setdefault(name, []).append(value or "")
        elif tag == "select":
            form.names.add(name)
            self._select = (form, name, [])
        elif tag == "textarea":
            form.names.add(name)
            form.data[name] = [""]
            self._area = (form, name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select:
            form, name, values = self._select
            form.data.setdefault(name, []).extend(values)
            self._select = None
        elif tag == "textarea" and self._area:
            form, name = self._area
            form.data[name] = [form.data[name][0].removeprefix("\r\n").removeprefix("\n")]
            self._area = None
        elif tag in ("script", "style", "title"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if self._area:
            form, name = self._area
            form.data[name][0] += data
        elif not self._silent:
            self._words.append(data)
