"""What is typed about the statement, and what is decided on it."""

from collections.abc import Callable, Iterable
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.communication.documents.rules import LANGUAGES, PARTS, Texts
from portal.communication.statement.rules import LONGEST, situations
from portal.incidents.forms import nameless
from portal.web.forms import ChoiceField, Form, LongTextField, PickField, TicksField, whole_number
from portal.web.language import tell

PART_WORDS = {
    "going": _("What is going on"),
    "think": _("What do we think of it"),
    "do": _("What do we do"),
    "why": _("Why"),
    "contact": _("Whom to contact"),
}


class SituationForm(Form):
    """Where it begins: what is going on."""

    situation = ChoiceField(_("What is going on?"))

    def offer(self) -> None:
        self.situation.choices = [(one.key, tell(one.title)) for one in situations().values()]


class WriteForm(Form):
    """A text for each part in each language, named as an operation names what is missing: 'nl-going'."""

    situation = PickField(_("Example for"))
    version = wtforms.HiddenField()

    def offer(self) -> None:
        self.situation.choices = [("", "–"), *((one.key, tell(one.title)) for one in situations().values())]

    def show(self, texts: Texts) -> None:
        """Put these texts into the fields, also where something else was sent."""
        for language, part in _ALL:
            self[f"{language}-{part}"].data = texts.get(language, {}).get(part, "")

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        return {language: {part: self[f"{language}-{part}"].data or "" for part in PARTS} for language in LANGUAGES}


_ALL = [(language, part) for language in LANGUAGES for part in PARTS]
for _language, _part in _ALL:
    setattr(WriteForm, f"{_language}-{_part}", LongTextField(PART_WORDS[_part], most=LONGEST))


class DecideForm(Form):
    """Approving a version, putting it online."""

    letters = TicksField(_("Approve these letters too: they say the same"), coerce=int)
    ticked = wtforms.BooleanField(_("Also tick off “Draft the communication statement” in the plan"), default=True)
    indexed = wtforms.BooleanField(_("Search engines may show this page"))
    number = wtforms.HiddenField()
    version = wtforms.HiddenField()

    def offer(self, letters: Iterable[tuple[int, str, bool]]) -> None:
        """The letters that can go along; those with words of their own are ticked by who read these."""
        found = list(letters)
        own = gettext("read it first: it has words of its own")
        self.letters.choices = [(one, name if ready else f"{name} ({own})") for one, name, ready in found]
        if not self.arrived:
            self.letters.data = [one for one, _name, ready in found if ready]


class StepsForm(Form):
    """What of the plan is done now that it is online; published by leadership, the steps are of somebody else."""

    steps = TicksField(_("What is done now? Tick it off in the plan"), required=True)


class WordsForm(Form):
    """Sending a version back, or withdrawing it: with words that others of the team read."""

    names_somebody: Callable[[str], bool]
    words = LongTextField(most=500, required=True, checks=[nameless])
    number = wtforms.HiddenField()
    version = wtforms.HiddenField()

    def ask(self, question: str, hint: str) -> None:
        self.words.label.text, self.words.description = gettext(question), gettext(hint)


def decided(form: Any) -> dict[str, int]:
    """Which version of the text, of which version of the row."""
    return {"number": whole_number(form.number.data), "version": whole_number(form.version.data)}
