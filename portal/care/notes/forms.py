"""What is typed about confidential notes."""

from collections.abc import Iterable
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.accounts.models import Person
from portal.care.notes.rules import LONGEST
from portal.web.forms import Form, LongTextField, MomentField, PickField


class NoteForm(Form):
    text = LongTextField(_("Your note"), required=True, most=LONGEST)
    about = PickField(_("About whom"), coerce=int, default=0)
    at = MomentField(_("When it happened"), past_only=True, description=_("Leave empty if it is happening now."))

    @property
    def values(self) -> dict[str, Any]:
        return {"text": self.text.data, "about": self.about.data or None, "at": self.at.data}


class ReceiverForm(Form):
    receiver = PickField(_("To whom"), required=True, coerce=int)
    version = wtforms.HiddenField()

    def offer(self, people: Iterable[Person]) -> None:
        self.receiver.choices = [(0, gettext("choose")), *((person.id, person.name) for person in people)]
