"""What is typed about letters."""

from collections.abc import Callable
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from portal.communication.documents.rules import LANGUAGES
from portal.communication.letters.rules import CHANNELS, PARTS
from portal.incidents.forms import nameless, words
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, TextField, TicksField


def _field(part: str) -> Any:
    if part == "subject":
        return TextField(_("Subject"))
    said = {
        "opening": _("Opening"),
        "core": _("What the school says"),
        "more": _("What the reader can do"),
        "closing": _("Closing"),
    }
    hint = _("The text of the statement. As it is, it is approved with it.") if part == "core" else ""
    return LongTextField(said[part], description=hint)


class BeginForm(Form):
    letters = TicksField(_("Which letters do you need?"), required=True)


class _LetterForm(Form):
    version = wtforms.HiddenField()

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """By language and part; a language of which nothing is typed is left out."""
        typed = {language: {part: self[f"{language}-{part}"].data or "" for part in PARTS} for language in LANGUAGES}
        return {language: said for language, said in typed.items() if any(said.values())}


LetterForm: Any = type(
    "LetterForm", (_LetterForm,), {f"{language}-{part}": _field(part) for language in LANGUAGES for part in PARTS}
)


class ApproveForm(Form):
    letters = TicksField(_("These say what the approved statement says"), coerce=int, required=True)


class DecideForm(Form):
    number = wtforms.HiddenField()
    version = wtforms.HiddenField()
    names_somebody: Callable[[str], bool]

    remark = LongTextField(_("What should change"), most=1000, checks=[nameless])


class RenewForm(Form):
    version = wtforms.HiddenField()


class InformForm(Form):
    names_somebody: Callable[[str], bool]

    channel = ChoiceField(_("How"), choices=words(CHANNELS), required=True)
    at = MomentField(_("When"), required=True, past_only=True)
    whom = TextField(
        _("To whom exactly"), checks=[nameless], description=_("Such as: all parents of the upper years, by class.")
    )
    words = LongTextField(_("Worth noting"), most=500, checks=[nameless])
    ticked = wtforms.BooleanField(_("Also tick off this step in the plan"))
    version = wtforms.HiddenField()  # the number of the version that was approved, as it was shown
