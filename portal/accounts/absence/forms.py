"""What is typed about absences and deputies."""

from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS
from portal.web.forms import DateField, Form, PickField


class AbsenceForm(Form):
    first = DateField(_("First day"), required=True)
    last = DateField(_("Last day"), required=True)
    deputy = PickField(_("Who stands in"), coerce=int, default=0)

    def offer(self, people: list[Any]) -> None:
        self.deputy.choices = [(0, gettext("nobody")), *((p.id, p.name) for p in people)]


class _Deputies(Form):
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, int]:
        return {function: self._fields[function].data or 0 for function in TEAM_FUNCTIONS}


def deputies_form(people: list[Any], chosen: dict[str, Any]) -> _Deputies:
    """One list per function of the team."""
    offered = [(0, gettext("nobody yet")), *((p.id, p.name) for p in people)]
    fields = {
        function: PickField(_(FUNCTION_NAMES[function]), coerce=int, default=0, choices=offered)
        for function in TEAM_FUNCTIONS
    }
    form: _Deputies = type("Deputies", (_Deputies,), fields)(data=chosen)
    return form
