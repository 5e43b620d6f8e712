"""What is asked in a report, in three short steps."""

from typing import Any

import wtforms
from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _

from portal.desk.report.rules import told_something
from portal.incidents.forms import ScopeFields, words
from portal.incidents.people.forms import InvolvedFields
from portal.incidents.rules import ANSWERS, PARTS, flags
from portal.web.forms import ChoiceField, Form, LongTextField, PickField, TicksField
from portal.web.language import tell

PRESET_PARTS = ("victim", "suspect")
MOST_PEOPLE = 20
REPORTED = {part: name for part, name in PARTS.items() if part != "buddy"}  # whom the victim chooses only later


class FlagsForm(Form):
    """One question per red flag; the fields are made from `flags.toml`."""

    @property
    def answers(self) -> dict[str, str]:
        return {key: self[key].data or "" for key in flags()}


def flags_form(answers: dict[str, str], *, required: bool, sent: bool) -> FlagsForm:
    """The questions in the reader's language, filled in with what was answered before."""
    fields = {
        key: ChoiceField(tell(flag["question"]), choices=words(ANSWERS), required=required)
        for key, flag in flags().items()
    }
    form_class: Any = type("AskedFlagsForm", (FlagsForm,), fields)
    return form_class(data=None if sent else answers)  # type: ignore[no-any-return]


class KeepOutForm(Form):
    keep_out = TicksField(_("Who must not see this?"), coerce=int)
    join = TicksField(_("Who may join?"), coerce=int)


class PersonRow(InvolvedFields, wtforms.Form):
    """One person; a row that says nothing is left out."""

    part = PickField(_("Part in the incident"), choices=[("", lazy_gettext("choose")), *words(REPORTED)], default="")

    def validate(self, extra_validators: Any = None) -> bool:
        """Who is written about has a part."""
        good = super().validate(extra_validators)
        if not self.part.data and told_something(self.person, ""):
            self.part.errors = [gettext("Choose an answer: %(label)s", label=self.part.label.text)]
            return False
        return bool(good)


class PeopleField(wtforms.FieldList):  # type: ignore[type-arg]
    """The rows of people; only their own plain numbers count, whatever a browser sends."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Any:
        known = {f"{prefix}-{number}": number for number in range(MOST_PEOPLE)}
        return sorted({known[at] for key in formdata if (at := key.rpartition("-")[0]) in known})


class WhatForm(ScopeFields, Form):
    story = LongTextField(
        _("What happened, in your own words"),
        description=_("What you saw or heard, from whom, and when. No pictures, no addresses of pictures."),
    )
    people = PeopleField(wtforms.FormField(PersonRow), max_entries=MOST_PEOPLE)

    @property
    def involved(self) -> list[dict[str, Any]]:
        """People about whom something was told."""
        presets = [*PRESET_PARTS, *([""] * MOST_PEOPLE)]
        rows = [(entry.form.person, presets[number]) for number, entry in enumerate(self.people)]
        return [{**row} for row, preset in rows if told_something(row, preset)]
