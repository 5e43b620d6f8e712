"""What is typed about the teacher sheet."""

from collections.abc import Callable

import wtforms
from flask_babel import lazy_gettext as _

from portal.classes.sheets.rules import sections
from portal.incidents.forms import nameless
from portal.web.forms import Form, LongTextField

LONGEST = 3000  # characters of one section


class SheetForm(Form):
    """A text for each section, with the section's own title."""

    names_somebody: Callable[[str], bool]
    signal = LongTextField(most=LONGEST, checks=[nameless])
    now = LongTextField(most=LONGEST, checks=[nameless])
    say = LongTextField(most=LONGEST, checks=[nameless])
    lesson = LongTextField(most=LONGEST, checks=[nameless])
    remark = LongTextField(most=LONGEST, checks=[nameless])
    phone = LongTextField(most=LONGEST, checks=[nameless])
    own = LongTextField(most=LONGEST, checks=[nameless])
    questions = LongTextField(most=LONGEST, checks=[nameless])
    version = wtforms.HiddenField()

    @property
    def texts(self) -> dict[str, str]:
        return {key: self[key].data or "" for key in sections()}


class GiveForm(Form):
    ticked = wtforms.BooleanField(_("Also tick off this step in the plan"), default=True)
    version = wtforms.HiddenField()
