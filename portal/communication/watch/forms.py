"""What is typed about looking online and what was seen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.communication.watch import rules
from portal.incidents.forms import nameless, words
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField, TicksField, no_imagery
from portal.web.text import holds_picture

TERMS = 12  # at most


def no_picture(form: Any, field: wtforms.Field) -> None:
    """Refuse a picture itself, in the one field that may hold the address of one (product rule 1)."""
    if holds_picture(field.data or ""):
        raise wtforms.validators.StopValidation(gettext("Rustpunt never keeps imagery. Write the address alone."))


class SeenAtField(TextField):
    """Where something is seen online, as the police need it: text that is kept masked, and never made a link."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.validators = [no_picture if check is no_imagery else check for check in self.validators]


def _terms(form: Any, field: wtforms.Field) -> None:
    if len(listed(field.data)) > TERMS:
        raise wtforms.ValidationError(gettext("At most %(n)s words: a longer list nobody looks through.", n=TERMS))


def listed(text: str | None) -> list[str]:
    """Search terms, one a line."""
    return list(dict.fromkeys(line.strip()[:60] for line in (text or "").splitlines() if line.strip()))


def _none(labels: dict[str, str]) -> list[tuple[str, Any]]:
    return [("", _("not known yet")), *words(labels)]


def _address() -> SeenAtField:
    hint = _("Only when it has to be taken offline. Copy it without opening it. It stays hidden.")
    return SeenAtField(_("Address of the page"), most=500, description=hint)


class LookedForm(Form):
    """One tap."""


class PlacesForm(Form):
    names_somebody: Callable[[str], bool]

    platforms = TicksField(_("Where we look"), choices=words(rules.PLATFORMS), required=True)
    terms = LongTextField(
        _("Words to search for"),
        most=600,
        checks=[nameless, _terms],
        description=_("One on a line: the school, its nickname, the town. Never the name of a pupil."),
    )
    version = wtforms.HiddenField()


class TurnsForm(Form):
    """A list to choose from for each part of each day; the fields are made by `over`."""

    version = wtforms.HiddenField()


def over(days: Iterable[date]) -> type[TurnsForm]:
    """The form for the turns of these days."""
    fields = {field_of(day, part): PickField(coerce=int) for day in days for part in rules.PARTS}
    return type("TurnsOfWeek", (TurnsForm,), fields)


def field_of(day: date, part: str) -> str:
    return f"{part}-{day}"


def chosen(form: TurnsForm, days: Iterable[date]) -> Mapping[tuple[date, str], int]:
    return {(day, part): form[field_of(day, part)].data or 0 for day in days for part in rules.PARTS}


class Judged:
    """What is thought of a post."""

    truth = ChoiceField(_("Is it right?"), choices=words(rules.TRUTHS), default="unknown", required=True)
    tone = PickField(_("Tone"), choices=words(rules.TONES), default="calm", required=True)
    reach = PickField(_("Reach"), choices=_none(rules.REACHES), default="")

    @property
    def judged(self) -> dict[str, Any]:
        return {"truth": self.truth.data, "tone": self.tone.data, "reach": self.reach.data or ""}


class PostForm(Judged, Form):
    names_somebody: Callable[[str], bool]

    platform = PickField(_("Where"), choices=[("", _("choose")), *words(rules.PLATFORMS)], required=True)
    said = LongTextField(
        _("What it says, in words"),
        most=1000,
        required=True,
        checks=[nameless],
        description=_("No picture and no name: write “a pupil”, or “the victim”."),
    )
    account_kind = PickField(_("Account"), choices=_none(rules.ACCOUNTS), default="")
    seen_at = MomentField(_("When you saw it"), past_only=True, description=_("Leave empty for now."))
    address = _address()

    @property
    def values(self) -> dict[str, Any]:
        return {
            **self.judged,
            "platform": self.platform.data,
            "said": self.said.data,
            "account_kind": self.account_kind.data or "",
            "seen_at": self.seen_at.data,
            "address": self.address.data or "",
        }


class AssessForm(Judged, Form):
    version = wtforms.HiddenField()


class ReplyForm(Form):
    names_somebody: Callable[[str], bool]

    words = LongTextField(
        _("What was answered"),
        most=1000,
        required=True,
        checks=[nameless],
        description=_("Refer to the statement; do not discuss. No name."),
    )
    version = wtforms.HiddenField()

    def propose(self, text: str) -> None:
        """Stands there until something was typed."""
        self.words.data = self.words.data or text


class TakeDownForm(Form):
    address = _address()
    version = wtforms.HiddenField()


class UnrestForm(Form):
    value = wtforms.HiddenField()
    version = wtforms.HiddenField()
