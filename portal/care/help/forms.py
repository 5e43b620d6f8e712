"""What is typed about help."""

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from portal.care.help.rules import ANSWERS, KINDS
from portal.incidents.forms import words
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField, TicksField


class OfferForm(Form):
    receiver = PickField(_("To whom"), required=True, default="")
    options = TicksField(_("Which help"), required=True, coerce=int)
    offered_at = MomentField(
        _("When it was offered"), past_only=True, description=_("Leave empty if it is happening now.")
    )
    tick = TicksField(
        _("In the plan"), choices=[("tick", _("Also tick off the help for these parents in the plan"))], default=()
    )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "receiver": self.receiver.data,
            "options": self.options.data,
            "offered_at": self.offered_at.data,
            "tick": bool(self.tick.data),
        }


class AnswerForm(Form):
    answer = ChoiceField(_("What do they say?"), choices=words(ANSWERS), required=True)
    words = LongTextField(_("In short, or what is needed now"), most=500)
    version = wtforms.HiddenField()


class OptionForm(Form):
    kind = PickField(_("Kind of help"), choices=words(KINDS), default="other", required=True)
    name = TextField(_("Name"), required=True)
    reach = TextField(
        _("How to reach it"), most=200, description=_("A telephone number, or who at school arranges it.")
    )
    note = TextField(_("For whom or what"), most=300)
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        return {
            "kind": self.kind.data,
            "name": self.name.data,
            "reach": self.reach.data or "",
            "note": self.note.data or "",
        }
