"""What is typed on our side about what another school is asked."""

from datetime import datetime
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.links.asks.rules import Ready
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField
from portal.web.language import tell

OWN = "own"  # the choice of own words


class MoreForm(Form):
    """One action more: a ready one, or own words."""

    key = ChoiceField(_("What do you ask?"), required=True, choices=[])
    title = TextField(
        _("What"), most=120, description=_("In a few words, without names: everybody on the team reads it.")
    )
    how = LongTextField(_("How"), most=1000)
    due_at = MomentField(_("By when"), description=_("Empty: the time that is usual for it."))

    def offer(self, ready: list[Ready]) -> None:
        self.key.choices = [*((one.key, tell(one.title)) for one in ready), (OWN, gettext("Something else"))]

    def values(self, ready: dict[str, Ready], language: str, usual: datetime | None) -> dict[str, Any]:
        """What is asked: of a ready one its texts in the language of who reads them."""
        one, due = ready.get(self.key.data or ""), self.due_at.data
        if one is None:
            return {"key": "", "title": self.title.data or "", "how": self.how.data or "", "due_at": due}
        return {"key": one.key, "title": one.title[language], "how": one.how[language], "due_at": due or usual}


class DateForm(Form):
    """One button per answer to the date that they propose."""

    accept = wtforms.HiddenField()
    version = wtforms.HiddenField()


class AgainForm(Form):
    due_at = MomentField(_("By when"))
    version = wtforms.HiddenField()


class TakeOverForm(Form):
    person = PickField(_("Who does it"), coerce=int, default=0, required=True)
    version = wtforms.HiddenField()

    def offer(self, people: list[tuple[int, str]]) -> None:
        self.person.choices = [(0, gettext("choose")), *people]


class RemindForm(Form):
    """A button."""
