"""What the other school says of what it was asked."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import Form, LongTextField, MomentField, TextField, whole_number


class Answer(Form):
    version = wtforms.HiddenField()

    @property
    def read_version(self) -> int:
        return whole_number(self.version.data)


class DoneForm(Answer):
    words = LongTextField(_("What came of it"), most=500)


class DateForm(Answer):
    due_at = MomentField(_("When you can have it done"), required=True)
    words = LongTextField(_("Why another date"), most=500)


class DeclineForm(Answer):
    words = LongTextField(
        _("Why not"), most=500, required=True, description=_("The school that asks then looks for another way.")
    )


class AgainForm(Answer):
    """A button."""


class OwnForm(Form):
    title = TextField(_("What your school does"), required=True, description=_("In a few words."))
    due_at = MomentField(_("When it is done"))
