"""What is typed about a period of rest."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.accounts.models import Person
from portal.care.rest.rules import EVERY, FORMS
from portal.incidents.forms import nameless, words
from portal.web.forms import ChoiceField, DateField, Form, LongTextField, MomentField, PickField
from portal.web.language import named


class RestForm(Form):
    names_somebody: Callable[[str], bool]

    first = DateField(_("From"), required=True)
    last = DateField(_("To and including"), required=True)
    form = ChoiceField(_("How"), choices=words(FORMS), required=True)
    schoolwork = LongTextField(_("Schoolwork"), most=500, description=_("What can wait, and who gathers the rest."))
    keeper = PickField(_("Who keeps contact with the victim"), coerce=int, default=0)
    every = PickField(_("How often"), coerce=int, choices=words({str(n): text for n, text in EVERY.items()}))
    teller = PickField(_("Who tells the teachers"), coerce=int, default=0)
    told = LongTextField(
        _("What the teachers hear"),
        most=1000,
        checks=[nameless],
        description=_("Never the reason, and no name: the one who tells them says the name aloud."),
    )
    return_at = MomentField(_("Talk at coming back"), description=_("Before the first lesson, with somebody trusted."))
    version = wtforms.HiddenField()

    def offer(self, team: Iterable[Person], away: dict[int, date]) -> None:
        nobody = (0, gettext("nobody yet"))
        people = [nobody, *((one.id, named(one.name, away.get(one.id))) for one in team)]
        self.keeper.choices = self.teller.choices = people
        self.every.choices = [(n, gettext(text)) for n, text in EVERY.items()]

    @property
    def values(self) -> dict[str, Any]:
        return {
            "first": self.first.data,
            "last": self.last.data,
            "form": self.form.data,
            "schoolwork": self.schoolwork.data or "",
            "keeper": self.keeper.data or None,
            "every": self.every.data,
            "teller": self.teller.data or None,
            "told": self.told.data or "",
            "return_at": self.return_at.data,
        }


class BeginForm(Form):
    ticked = wtforms.BooleanField(_("Also tick off “A period of rest for the victim” in the plan"))
    version = wtforms.HiddenField()


class ToldForm(Form):
    version = wtforms.HiddenField()


class ContactForm(Form):
    words = LongTextField(
        _("How it goes, and what was agreed"),
        most=1000,
        required=True,
        description=_("Goes into the logbook. What is confidential belongs in a note of the counselor."),
    )
    version = wtforms.HiddenField()


class LongerForm(Form):
    last = DateField(_("To and including"), required=True)
    return_at = MomentField(_("Talk at coming back"))
    words = LongTextField(_("Why"), most=500)
    version = wtforms.HiddenField()


class EndForm(Form):
    words = LongTextField(_("Why it ends now"), most=500, required=True)
    version = wtforms.HiddenField()
